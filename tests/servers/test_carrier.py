"""Check health, documentation and errors of the REST door."""

from datetime import date, datetime

from kiwoom_sim.servers.openapi import served_specs
from tests.servers.doors import Client, tell


def test_health_answers_get_and_head() -> None:
    async def story(client: Client) -> None:
        for path, status in (("/", "running"), ("/health", "healthy")):
            page = (await client.http.get(path)).json()
            assert (page["scenario"], page["status"]) == ("small", status)
            assert (page["service"], page["connections"]) == ("kiwoom-sim", 0)
            assert page["timestamp"] == f"{page['market_time']}+09:00"
            assert datetime.fromisoformat(page["timestamp"]).date() == date(2026, 3, 23)
            head = await client.http.head(path)
            assert (head.status_code, head.content) == (200, b"")

    tell(story)


def test_pages_come_from_the_package() -> None:
    async def story(client: Client) -> None:
        page = await client.http.get("/docs")
        assert page.headers["content-type"].startswith("text/html")
        for part in ("docs.css", "docs.js"):
            assert f"/docs/{part}" in page.text
            assert (await client.http.get(f"/docs/{part}")).status_code == 200
        assert "://" not in page.text
        assert (await client.http.get("/openapi.json")).json()["openapi"] == "3.1.0"

    tell(story)


def test_errors_are_json_objects() -> None:
    async def story(client: Client) -> None:
        for path in ("/nowhere", "/docs/nothing.js", "/docs/..%2fcarrier.py"):
            reply = await client.http.get(path)
            assert (reply.status_code, reply.json()["path"]) == (404, reply.url.path)
        posted = await client.http.post("/nowhere", json={})
        assert isinstance(posted.json()["return_code"], int)
        assert (await client.http.delete("/docs")).json()["error"]

    tell(story)


FIRST = {"ka10075": "571758", "kt00009": "501724", "kt10002": "506550", "kt10003": "506550"}
"""What needs an order first says so: the lists, and what changes an order that is open."""


def test_every_served_api_has_an_example_that_works() -> None:
    async def story(client: Client) -> None:
        await client.login()
        described = {api["id"]: api for api in (await client.http.get("/docs/apis.json")).json()}
        assert set(described) == {spec.api_id for spec in served_specs()}
        failed = {}
        for api_id, api in described.items():
            if api_id == "au10002":
                continue
            body = api["example"]
            reply = (await client.call(api_id, api["path"], **body)).json()
            if reply["return_code"] != 0 and FIRST.get(api_id, "?") not in reply["return_msg"]:
                failed[api_id] = reply["return_msg"]
        assert failed == {}

    tell(story)

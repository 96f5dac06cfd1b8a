"""Ask the control door as a test in another language does: over HTTP, with plain JSON."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.replay import replay
from kiwoom_sim.servers.control import BODY_BYTES_MAX
from tests.servers.doors import WAIT_S, Client, tell

RULES = """
[[rule]]
id = "second"
match = { api = "ka10001" }
when = { nth = 2 }
do = { kind = "http_error", status = 503 }
"""


class Control:
    """Speak to the control door."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str, /, **query: object) -> dict[str, Any]:
        reply = await self.http.get(f"/control/v1/{path}", params=query)
        assert reply.status_code == 200, reply.text
        page: dict[str, Any] = reply.json()
        return page

    async def post(self, path: str, /, **body: object) -> dict[str, Any]:
        reply = await self.http.post(f"/control/v1/{path}", json=body)
        assert reply.status_code == 200, reply.text
        page: dict[str, Any] = reply.json()
        return page


Story = Callable[[Client, Control], Awaitable[None]]


def control(story: Story, extra: str = "", runs: Path | None = None, **overrides: object) -> None:
    """Tell a story with a client of the control door."""

    async def both(client: Client) -> None:
        url = client.running.control_url
        async with httpx.AsyncClient(base_url=url, timeout=WAIT_S) as http:
            await story(client, Control(http))

    tell(both, extra, runs, **overrides)


def test_requests_are_counted_and_listed_newest_first() -> None:
    async def story(client: Client, door: Control) -> None:
        await client.login()
        await client.quote()
        await client.quote("nonsense")
        await client.http.get("/api/dostk/stkinfo")
        page = await door.get("requests")
        assert [each["seq"] for each in page["requests"]] == [4, 3, 2, 1]
        assert (page["count"], page["forgotten"]) == (4, 0)
        assert page["counts"]["au10001"] == {"200": 1}
        page = await door.get("requests", **{"api-id": "ka10001"})
        assert page["count"] == 2
        wrong, right = page["requests"]
        assert (right["id"], right["status"], right["return_code"]) == ("r2", 200, 0)
        assert (right["method"], right["path"]) == ("POST", "/api/dostk/stkinfo")
        assert right["body"] == '{"stk_cd":"005930"}'
        assert (wrong["id"], wrong["refusal"], wrong["return_code"]) == ("r3", "1902", 2)
        assert (await door.get("requests", since="r3"))["count"] == 1
        page = await door.get("requests", limit=1, path="/api/*")
        assert (page["count"], len(page["requests"])) == (3, 1)
        assert (await door.get("requests", status=405))["count"] == 1

    control(story)


def test_secrets_are_not_shown() -> None:
    async def story(client: Client, door: Control) -> None:
        keys = {"appkey": "my-key", "secretkey": "my-secret"}
        reply = await client.http.post(
            "/oauth2/token", json={"grant_type": "client_credentials", **keys}
        )
        token = reply.json()["token"]
        await client.http.post("/oauth2/revoke", json={**keys, "token": token})
        text = (await door.http.get("/control/v1/requests")).text
        assert "key#1" in text
        for secret in ("my-key", "my-secret", token):
            assert secret not in text

    control(story)


def test_a_reset_separates_two_tests_and_replays(tmp_path: Path) -> None:
    async def story(client: Client, door: Control) -> None:
        await client.login()
        for _ in range(2):
            statuses = [(await client.quote()).status_code for _ in range(3)]
            assert statuses == [200, 503, 200]
            page = await door.get("requests", **{"api-id": "ka10001"})
            assert page["counts"] == {"ka10001": {"200": 2, "503": 1}}
            told = await door.post("reset")
            assert (told["reset"], told["tokens"]) == (True, False)
        assert (await door.get("requests"))["count"] == 0
        await door.post("reset", tokens=True)
        assert "8005" in (await client.quote()).json()["return_msg"]
        before = client.token
        assert await client.login() != before
        [slip] = [each for each in (await door.get("requests"))["requests"] if each["refusal"]]
        assert slip["faults"] == []

    control(story, RULES, tmp_path)
    events = (tmp_path / "small-0001" / "journal" / "events.jsonl").read_text()
    assert events.count('"event":"reset"') == 3
    found = replay(RunDirectory(tmp_path / "small-0001"), tmp_path / "replay")
    assert (found.differing, found.first) == ((), "")


def test_time_is_made_to_pass() -> None:
    async def story(client: Client, door: Control) -> None:
        before = await door.get("clock")
        assert (before["mode"], before["speed"], before["phase"]) == ("stepped", 1, "calm")
        told = await door.post("advance", by="5s")
        assert told["advanced_ms"] == 5_000
        assert told["wire_ms"] >= before["wire_ms"] + 5_000
        assert (before["market_time"], told["market_time"]) == (
            "2026-03-23T09:30:00.000", "2026-03-23T09:30:05.000",
        )  # fmt: skip
        assert (await door.post("advance", by="1s@market"))["advanced_ms"] == 1_000
        after = await door.post("advance", by=60_000)
        assert (after["phase"], (await door.get("clock"))["phase"]) == (None, None)

    phase = '[[phase]]\nid = "calm"\nfor = "60s"\n'
    control(story, phase, **{"clock.mode": "stepped"})


def test_health_and_the_list_of_paths() -> None:
    async def story(client: Client, door: Control) -> None:
        for path in ("/health", "/control/v1/health"):
            page = (await door.http.get(path)).json()
            assert (page["status"], page["scenario"]) == ("healthy", "small")
            head = await door.http.head(path)
            assert (head.status_code, head.content) == (200, b"")
        paths = (await door.http.get("/")).json()["paths"]
        assert paths["/control/v1/reset"] == ["POST"]

    control(story)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "says"),
    [
        ("GET", "/control/v1/request", "", 404, {"did_you_mean": "/control/v1/requests"}),
        ("GET", "/control/v1/reset", "", 405, {"allowed": ["POST"]}),
        ("DELETE", "/health", "", 405, {"allowed": ["GET"]}),
        ("GET", "/control/v1/requests?api_id=x", "", 400, {"did_you_mean": "api-id"}),
        ("GET", "/control/v1/requests?limit=ten", "", 400, {}),
        ("GET", "/control/v1/requests?limit=99999999999999", "", 400, {}),
        ("GET", "/control/v1/requests?since=f3", "", 400, {}),
        ("GET", "/control/v1/requests?status=", "", 400, {}),
        ("POST", "/control/v1/reset", '{"token": true}', 400, {"allowed": ["tokens"]}),
        ("POST", "/control/v1/reset", "tokens", 400, {"allowed": ["tokens"]}),
        ("POST", "/control/v1/advance", "", 400, {"allowed": ["by"]}),
        ("POST", "/control/v1/advance", '{"by": "soon"}', 400, {}),
        ("POST", "/control/v1/advance", '{"by": -5}', 400, {}),
        ("POST", "/control/v1/advance", " " * (BODY_BYTES_MAX + 1), 413, {}),
    ],
)
def test_what_is_wrong_is_explained(
    method: str, path: str, body: str, status: int, says: dict[str, object]
) -> None:
    async def story(client: Client, door: Control) -> None:
        reply = await door.http.request(method, path, content=body)
        assert reply.status_code == status
        page = reply.json()
        assert page["error"]
        assert {name: page.get(name) for name in says} == says
        if status == 405:
            assert reply.headers["allow"] == says["allowed"][0]  # type: ignore[index] # a list

    control(story)


def test_a_run_that_has_ended_cannot_be_controlled() -> None:
    async def story(client: Client, door: Control) -> None:
        await asyncio.wait_for(client.running.live.stop("stop"), WAIT_S)
        for path, body in (("reset", {}), ("advance", {"by": "1s"})):
            reply = await door.http.post(f"/control/v1/{path}", json=body)
            assert (reply.status_code, reply.json()["error"]) == (503, "the run has ended")

    control(story)

"""Check that REST connections are numbered and say nothing of the server."""

import httpx

from tests.servers.doors import Client, tell


def test_connections_are_numbered_in_order_of_arrival() -> None:
    async def story(client: Client) -> None:
        seen = []
        accept = client.running.simulation.accept

        def remember(record: object) -> None:
            seen.append(record.conn)  # type: ignore[attr-defined] # a record
            accept(record)  # type: ignore[arg-type] # as above

        client.running.simulation.accept = remember  # type: ignore[method-assign] # a spy
        async with httpx.AsyncClient(base_url=client.running.rest_url) as other:
            for http in (client.http, other, client.http):
                await http.post("/api/dostk/stkinfo")
        assert seen == [1, 2, 1]

    tell(story)


def test_only_the_brokers_headers_are_sent() -> None:
    async def story(client: Client) -> None:
        await client.login()
        reply = await client.quote()
        assert sorted(reply.headers) == [
            "access-control-expose-headers", "api-id", "cont-yn", "content-length",
            "content-type", "next-key",
        ]  # fmt: skip
        assert reply.headers["access-control-expose-headers"] == "api-id,cont-yn,next-key"

    tell(story)

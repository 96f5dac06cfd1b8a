"""Check that all doors open together or not at all, and close together."""

import asyncio
import socket

import httpx
import pytest

from kiwoom_sim.app import serve
from kiwoom_sim.errors import StartError
from tests.servers.doors import Client, tell


def test_a_busy_port_leaves_nothing_open() -> None:
    async def start() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            async with serve(rest_port=0, ws_port=port):
                pass

    with pytest.raises(StartError, match="ws door"):
        asyncio.run(start())


def test_nobody_answers_after_the_end() -> None:
    urls = []

    async def story(client: Client) -> None:
        urls.append(client.running.rest_url)

    tell(story)
    with pytest.raises(httpx.ConnectError):
        httpx.get(urls[0])

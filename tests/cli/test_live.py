"""Check what a run shows of itself while it runs."""

import asyncio
from io import StringIO

import pytest
from rich.console import Console

from kiwoom_sim.cli import live
from kiwoom_sim.cli.live import View
from tests.servers.doors import Client, tell, until

RULES = """
[[phase]]
id = "only"
[[rule]]
id = "busy"
match = { api = "ka10001" }
do = { kind = "rate_limit", per_second = 0 }
"""


def test_the_view_shows_time_phase_rates_and_faults() -> None:
    async def story(client: Client) -> None:
        view = View(client.running)
        await client.login()
        await client.quote()
        shown = view.look()
        assert shown["market time"].startswith("2026-03-23 09:30:0")
        assert shown["phase"] == "only"
        assert shown["requests"].startswith("2  (")
        assert shown["faults"] == "busy 1"
        assert shown["refusals"] == "1700 1"
        assert view.look()["requests"].endswith("(0.0/s)")

    tell(story, RULES)


def test_the_table_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "REFRESH_S", 0.01)
    screen = Console(file=StringIO(), force_terminal=True)
    drawn = screen.file

    async def story(client: Client) -> None:
        assert isinstance(drawn, StringIO)
        async with asyncio.TaskGroup() as tasks:
            drawing = tasks.create_task(live.show_table(client.running, screen))
            await until(lambda: drawn.getvalue().count("market time") >= 2)
            drawing.cancel()

    tell(story, RULES)

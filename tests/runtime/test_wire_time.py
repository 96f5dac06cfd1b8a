"""Check when wire time begins, and waits for some of it."""

import asyncio

from kiwoom_sim.runtime.live import Live
from kiwoom_sim.runtime.outbox import Outgoing
from tests.runtime.stories import HELD, run, token_of
from tests.servers.doors import until


def test_wire_time_waits_for_the_first_client() -> None:
    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        await asyncio.sleep(0.02)
        assert live.now_ms() == 0
        await live.request("POST", "/api/dostk/stkinfo", {}, b"{}", 1)
        assert live.now_ms() == 0
        await token_of(live)
        await until(lambda: live.now_ms() > 0)

    run(story, HELD)


def test_wire_time_does_not_wait_for_a_login_that_never_comes() -> None:
    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        await live.connect("/api/dostk/websocket", {})
        await asyncio.sleep(0)
        assert live.now_ms() == 0
        await live.connect("/ws", {})
        await until(lambda: live.now_ms() > 0)

    run(story, HELD)


def test_advancing_begins_a_wire_time_that_was_waiting() -> None:
    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        await live.advance(5_000)
        assert 5_000 <= live.now_ms() < 3_600_000
        await token_of(live)
        assert live.now_ms() >= 5_000

    run(story, HELD)


def test_a_delay_ends_when_its_time_was_skipped() -> None:
    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        delayed = asyncio.ensure_future(live.delay(3_600_000))
        await live.advance(3_000_000)
        assert not delayed.done()
        await live.advance(600_000)
        await delayed
        await live.delay(1)

    run(story)


def test_a_delay_ends_by_itself_while_wire_time_has_not_begun() -> None:
    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        await live.delay(1)
        assert live.now_ms() == 0

    run(story, HELD)

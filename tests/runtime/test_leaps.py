"""Check time that is made to pass at once: what happens in it, and who outlives it."""

import asyncio

import pytest

from kiwoom_sim.runtime.live import Live
from kiwoom_sim.runtime.outbox import Outgoing
from tests.runtime.stories import STEPPED, listen, run
from tests.servers.doors import until


def answering(live: Live, delivered: list[Outgoing]) -> None:
    """Let connection 1 answer every PING, some time after it was sent."""

    def deliver(items: list[Outgoing]) -> None:
        delivered.extend(items)
        loop = asyncio.get_running_loop()
        for item in items:
            if item.cause == "ping" and item.close < 0:
                loop.call_later(0.01, live.message, 1, item.frame.decode())

    live.deliver = deliver


def ticks(delivered: list[Outgoing]) -> list[bytes]:
    return [item.frame for item in delivered if item.cause == "tick"]


def test_a_stepped_market_moves_by_what_is_advanced_and_no_more() -> None:
    async def story(live: Live, delivered: list[Outgoing]) -> None:
        clock = live.simulation.parts.world.clock
        await listen(live)
        start = clock.at(0)
        assert clock.at(live.now_ms()) == start
        before = live.now_ms()
        await live.advance(3_000)
        assert live.now_ms() >= before + 3_000
        assert clock.at(live.now_ms()) == start + 3_000
        assert live.simulation.pumped_ms >= before + 3_000
        count = len(ticks(delivered))
        assert count > 0
        await live.advance(0)
        assert len(ticks(delivered)) == count

    run(story, STEPPED)


def test_how_time_is_cut_changes_no_frame_of_a_stepped_market() -> None:
    heard: list[list[bytes]] = []
    for parts in ((4_000,), (1, 999, 0, 1_500, 1_500)):

        async def story(
            live: Live, delivered: list[Outgoing], parts: tuple[int, ...] = parts
        ) -> None:
            await listen(live)
            for part in parts:
                await live.advance(part)
            heard.append(ticks(delivered))

        run(story, STEPPED)
    assert heard[0] == heard[1] != []


def test_a_market_that_runs_goes_along() -> None:
    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        clock = live.simulation.parts.world.clock
        start = clock.at(0)
        await live.advance(90_000)
        assert clock.at(live.now_ms()) == start + live.now_ms() >= start + 90_000

    run(story)


def test_whoever_answers_pings_outlives_a_long_jump() -> None:
    async def story(live: Live, delivered: list[Outgoing]) -> None:
        answering(live, delivered)
        await listen(live)
        live.message(1, b'{"trnm":"REMOVE","grp_no":"1"}')
        await live.advance(600_000)
        pings = [item for item in delivered if item.cause == "ping"]
        assert 59 <= len(pings) <= 61
        assert all(item.close < 0 for item in delivered)

    run(story, STEPPED + '[wire]\nping_interval = "10s"\n')


def test_whoever_is_silent_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiwoom_sim.runtime.leaps.ANSWER_S", 0.001)

    async def story(live: Live, delivered: list[Outgoing]) -> None:
        await listen(live)
        await live.advance(10_000)
        assert [item.close for item in delivered if item.cause == "ping"][-1] == 1000

    run(story, STEPPED + '[wire]\nping_interval = "500ms"\nping_misses = 3\n')


def test_two_who_advance_at_once_advance_one_after_the_other() -> None:
    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        clock = live.simulation.parts.world.clock
        await asyncio.gather(*(live.advance(2_500) for _ in range(4)))
        assert clock.at(live.now_ms()) == clock.at(0) + 10_000

    run(story, STEPPED)


def test_a_run_that_has_ended_does_not_advance() -> None:
    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        advancing = asyncio.ensure_future(live.advance(10**9))
        await until(lambda: live.now_ms() > 5_000)
        await live.stop("stop")
        with pytest.raises(RuntimeError, match="has ended"):
            await advancing
        with pytest.raises(RuntimeError, match="has ended"):
            await live.advance(0)

    run(story, STEPPED)

"""Check what the doors ask of a live run, without sockets."""

import asyncio
from pathlib import Path

import pytest

from kiwoom_sim.observe.timing import TimingLog
from kiwoom_sim.runtime.live import Live
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.runtime.pacer import Pacer
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.scenario.loader import parse_scenario
from tests.runtime.stories import PATH, TEXT, call_headers, run, token_of
from tests.runtime.test_turns import never_ready


def test_cold_and_warm_answers_agree() -> None:
    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        headers = call_headers(await token_of(live))
        body = b'{"stk_cd":"005930"}'
        tickets = [
            await live.request("POST", "/api/dostk/stkinfo", headers, body, 1) for _ in range(2)
        ]
        assert all(ticket.reply and ticket.reply.status == 200 for ticket in tickets)
        assert live.simulation.parts.metrics.waits == 1

    live = run(story)
    assert live.simulation.digests()["journal.rest"]["count"] == 3


def test_an_error_of_ours_does_not_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        token = await token_of(live)

        def broken(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(live.simulation.requests, "ask", broken)
        ticket = await live.request(
            "POST", "/api/dostk/stkinfo", call_headers(token), b'{"stk_cd":"005930"}', 1
        )
        assert ticket.reply is not None
        assert ticket.reply.refusal == "1999"

    run(story)


def test_timing_is_kept_beside_the_run(tmp_path: Path) -> None:
    async def main() -> None:
        live = Live(Simulation(parse_scenario(TEXT), epoch_ms=0), Pacer(), TimingLog(tmp_path))
        await token_of(live)
        await live.stop("stop")
        await live.stop("again")

    asyncio.run(main())
    assert '"seq":1' in (tmp_path / "timing.jsonl").read_text()


def test_a_handshake_that_the_end_overtakes_is_given_up() -> None:
    async def main() -> None:
        live = Live(Simulation(parse_scenario(TEXT), epoch_ms=0), Pacer(), TimingLog(None))
        pump = live.simulation.pump
        live.simulation.pump = never_ready  # type: ignore[method-assign]
        early = asyncio.ensure_future(live.connect(PATH, {}))
        await asyncio.sleep(0)
        live.simulation.pump = pump  # type: ignore[method-assign]
        live._turns.catch_up = answered  # type: ignore[method-assign]
        await live.stop("stop")
        for waiting in (early, live.connect(PATH, {})):
            with pytest.raises(asyncio.CancelledError):
                await asyncio.wait_for(waiting, 5)

    asyncio.run(main())


async def answered() -> int:
    return 0

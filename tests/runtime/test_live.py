"""Check the live loop without sockets: order, waiting, and the end."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from kiwoom_sim.market.store import NotReady
from kiwoom_sim.observe.records import Record
from kiwoom_sim.observe.run_directory import create
from kiwoom_sim.observe.timing import TimingLog
from kiwoom_sim.observe.trace import read_trace
from kiwoom_sim.runtime.live import Live
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.runtime.pacer import Pacer
from kiwoom_sim.runtime.replay import replay
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.scenario.loader import parse_scenario
from kiwoom_sim.scenario.render import render_scenario
from tests.servers.doors import until

TEXT = """
schema = 1
[clock]
start = 2026-03-23T09:30:00
[market]
symbols = ["005930"]
"""
KEYS = b'{"grant_type":"client_credentials","appkey":"a","secretkey":"b"}'
PATH = "/api/dostk/websocket"


STEPPED = TEXT.replace("[market]", 'mode = "stepped"\n[market]')
REGISTER = b'{"trnm":"REG","grp_no":"1","data":[{"item":["005930"],"type":["0B","0D"]}]}'

Story = Callable[[Live, list[Outgoing]], Awaitable[None]]


def run(story: Story, text: str = TEXT, kept: Path | None = None) -> Live:
    """Run a story beside a live simulation and end it."""

    async def main() -> Live:
        simulation = Simulation(parse_scenario(text), epoch_ms=0, directory=kept)
        live = Live(simulation, Pacer(), TimingLog(None))
        delivered: list[Outgoing] = []
        live.deliver = delivered.extend
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(live.run())
            await asyncio.wait_for(story(live, delivered), 30)
            await live.stop("stop")
        return live

    return asyncio.run(main())


async def token_of(live: Live) -> str:
    ticket = await live.request("POST", "/oauth2/token", {}, KEYS, 1)
    assert ticket.reply is not None
    token: str = msgspec.json.decode(ticket.reply.body)["token"]
    return token


def call_headers(token: str) -> dict[str, str]:
    return {"api-id": "ka10001", "authorization": f"Bearer {token}"}


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


def test_messages_are_answered_at_once_and_in_order() -> None:
    async def story(live: Live, delivered: list[Outgoing]) -> None:
        token = await token_of(live)
        connection, plan = await live.connect(PATH, {})
        assert (connection, plan.injections) == (1, ())
        live.message(1, msgspec.json.encode({"trnm": "LOGIN", "token": token}).decode())
        live.message(1, b'{"trnm":"REG","grp_no":"1","data":[{"item":["005930"],"type":["0B"]}]}')
        await until(lambda: len(delivered) >= 4)
        names = [msgspec.json.decode(item.frame)["trnm"] for item in delivered]
        assert names[:3] == ["LOGIN", "REG", "REAL"]
        live.disconnected(1, 1000)
        assert live.simulation.parts.metrics.messages == 2

    run(story)


def test_wire_time_waits_for_the_first_client() -> None:
    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        await asyncio.sleep(0.02)
        assert live.now_ms() == 0
        await live.request("POST", "/api/dostk/stkinfo", {}, b"{}", 1)
        assert live.now_ms() == 0
        await token_of(live)
        await until(lambda: live.now_ms() > 0)

    run(story, TEXT.replace("[market]", 'hold = "first-request"\n[market]'))


def test_wire_time_does_not_wait_for_a_login_that_never_comes() -> None:
    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        await live.connect("/api/dostk/websocket", {})
        await asyncio.sleep(0)
        assert live.now_ms() == 0
        await live.connect("/ws", {})
        await until(lambda: live.now_ms() > 0)

    run(story, TEXT.replace("[market]", 'hold = "first-request"\n[market]'))


def test_a_peer_that_gives_up_before_its_handshake_leaves_no_session() -> None:
    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        taken: list[Record] = []
        take = live.simulation.apply
        live.simulation.pump = never_ready  # type: ignore[method-assign]
        connecting = asyncio.ensure_future(live.connect("/ws", {}))
        await asyncio.sleep(0)
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting
        del live.simulation.pump
        live.simulation.apply = lambda record: (taken.append(record), take(record))[1]  # type: ignore[method-assign]
        await until(lambda: len(taken) == 2)
        assert [record.kind for record in taken] == ["open", "close"]

    run(story)


def never_ready(_until_ms: int) -> None:
    raise NotReady("never", lambda: None)


def test_timing_is_kept_beside_the_run(tmp_path: Path) -> None:
    async def main() -> None:
        live = Live(Simulation(parse_scenario(TEXT), epoch_ms=0), Pacer(), TimingLog(tmp_path))
        await token_of(live)
        await live.stop("stop")
        await live.stop("again")

    asyncio.run(main())
    assert '"seq":1' in (tmp_path / "timing.jsonl").read_text()


async def listen(live: Live) -> None:
    """Log in on a socket and register."""
    token = await token_of(live)
    await live.connect(PATH, {})
    live.message(1, msgspec.json.encode({"trnm": "LOGIN", "token": token}).decode())
    live.message(1, REGISTER)


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
    monkeypatch.setattr("kiwoom_sim.runtime.live.ANSWER_S", 0.001)

    async def story(live: Live, delivered: list[Outgoing]) -> None:
        await listen(live)
        await live.advance(10_000)
        assert [item.close for item in delivered if item.cause == "ping"][-1] == 1000

    run(story, STEPPED + '[wire]\nping_interval = "500ms"\nping_misses = 3\n')


def test_advancing_begins_a_wire_time_that_was_waiting() -> None:
    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        await live.advance(5_000)
        assert 5_000 <= live.now_ms() < 3_600_000
        await token_of(live)
        assert live.now_ms() >= 5_000

    run(story, TEXT.replace("[market]", 'hold = "first-request"\n[market]'))


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

    run(story, TEXT.replace("[market]", 'hold = "first-request"\n[market]'))


UNTIL = (
    TEXT + """
[[phase]]
id = "quiet"
until = "ws.connections >= 1"
timeout = "60s"
[[phase]]
id = "busy"
until = "rest.requests >= 2"
timeout = "60s"
[[phase]]
id = "down"
"""
    '[[rule]]\nid = "page"\nphase = "down"\ndo = { kind = "http_error" }\n'
)


def test_what_ends_a_phase_is_recorded_and_a_replay_agrees(tmp_path: Path) -> None:
    scenario = parse_scenario(UNTIL)
    directory = create(tmp_path, scenario.name)
    directory.scenario.write_text(render_scenario(scenario), encoding="utf-8")
    statuses: list[int] = []

    async def story(live: Live, _delivered: list[Outgoing]) -> None:
        headers = call_headers(await token_of(live))

        async def quote() -> None:
            body = b'{"stk_cd":"005930"}'
            ticket = await live.request("POST", "/api/dostk/stkinfo", headers, body, 1)
            statuses.append(ticket.reply.status if ticket.reply else 0)

        phases = live.simulation.parts.faults.phases

        async def in_phase(name: str) -> None:
            await until(lambda: getattr(phases.at(live.now_ms()), "id", "") == name)

        await quote()
        await live.connect(PATH, {})
        await in_phase("busy")
        await quote()
        await quote()
        await in_phase("down")
        await quote()

    live = run(story, UNTIL, directory.path)
    assert statuses == [200, 200, 200, 503]
    directory.write_digests(live.simulation.digests())
    _, records = read_trace(directory.path)
    decided = [record.text for record in records if record.kind == "control"]
    assert decided == ["until quiet", "until busy"]
    (tmp_path / "again").mkdir()
    assert replay(directory, tmp_path / "again").differing == ()

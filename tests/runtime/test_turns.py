"""Check that records take their turn: after the frames before them, in order."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from kiwoom_sim.market.store import NotReady
from kiwoom_sim.observe.records import Record
from kiwoom_sim.observe.run_directory import create
from kiwoom_sim.observe.trace import read_trace
from kiwoom_sim.runtime.live import Live
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.runtime.replay import replay
from kiwoom_sim.scenario.loader import parse_scenario
from kiwoom_sim.scenario.render import render_scenario
from tests.runtime.stories import PATH, TEXT, call_headers, run, token_of
from tests.servers.doors import until


def never_ready(_until_ms: int) -> None:
    raise NotReady("never", lambda: None)


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

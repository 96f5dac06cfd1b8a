"""Check that sessions, ticks and frame faults share one line of time."""

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.faults.engine import FaultEngine
from kiwoom_sim.faults.kinds.disconnect import Disconnect
from kiwoom_sim.faults.kinds.latency import Latency
from kiwoom_sim.faults.match import Match
from kiwoom_sim.faults.rules import Rule
from kiwoom_sim.faults.when import When
from kiwoom_sim.observe.journal import Journal
from kiwoom_sim.observe.metrics import Metrics
from kiwoom_sim.observe.records import Record
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.switchboard import Switchboard
from kiwoom_sim.protocol.tokens import Clocks, TokenBook
from kiwoom_sim.runtime.assembly import assemble
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.runtime.sockets import Sockets
from kiwoom_sim.scenario.loader import parse_scenario

WIRE = WireConfig(ping_interval_ms=1_000)
TICK = b'{"trnm":"REAL","data":[{"type":"0B","name":"x","item":"005930","values":{}}]}'


class Line:
    """Hold sockets whose ticks come every 100 ms for connections 1 and 2."""

    def __init__(self, *rules: Rule, wires: tuple[tuple[int, WireConfig], ...] = ()) -> None:
        clocks = Clocks(epoch_ms=0, market_at=lambda ms: ms)
        self.tokens = TokenBook(WIRE, (), seed=1, clocks=clocks)
        self.board = Switchboard(WIRE, self.tokens)
        self.metrics = Metrics()
        self.seen = 0
        self.sockets = Sockets(
            self.board,
            self.ticks,
            wires=wires,
            faults=FaultEngine(rules=rules, seed=1),
            journal=Journal(),
            metrics=self.metrics,
        )
        self.ticking = True

    def ticks(self, until_ms: int) -> list[Outgoing]:
        due = range(self.seen // 100 * 100 + 100, until_ms + 1, 100)
        self.seen = max(until_ms, self.seen)
        if not self.ticking:
            return []
        return [Outgoing(ms=ms, to=(1, 2), frame=TICK, cause="tick") for ms in due]

    def login(self, connection: int, ms: int = 0, appkey: str = "") -> None:
        token = self.tokens.issue(appkey or f"app{connection}", "secret", ms)
        self.sockets.pump(ms)
        self.sockets.open(record("open", connection, ms, path="/api/dostk/websocket"))
        text = msgspec.json.encode({"trnm": "LOGIN", "token": token.text}).decode()  # type: ignore[union-attr] # accepted
        self.sockets.receive(record("bytes", connection, ms, text=text))

    def out(self) -> list[tuple[int, tuple[int, ...], str]]:
        return [(item.ms, item.to, name(item)) for item in self.sockets.take()]


def name(item: Outgoing) -> str:
    if item.close >= 0:
        return f"close {item.close}"
    return str(msgspec.json.decode(item.frame)["trnm"])


def record(kind: Any, connection: int, ms: int, **fields: Any) -> Record:
    return Record(ms=ms, seq=1, conn=connection, kind=kind, door="ws", **fields)


def test_ticks_and_pings_leave_in_order_of_time() -> None:
    line = Line()
    line.login(1)
    line.login(2)
    line.sockets.take()
    line.sockets.pump(1_000)
    out = line.out()
    assert [ms for ms, _, _ in out] == sorted(ms for ms, _, _ in out)
    assert out[-3:] == [(1_000, (1,), "PING"), (1_000, (2,), "PING"), (1_000, (1, 2), "REAL")]


@given(st.lists(st.integers(0, 3_000), max_size=6))
def test_pumping_in_parts_equals_pumping_at_once(stops: list[int]) -> None:
    def run(*times: int) -> list[tuple[int, tuple[int, ...], str]]:
        line = Line(latency("50ms"))
        line.login(1)
        line.login(2)
        for ms in times:
            line.sockets.pump(ms)
        return line.out()

    assert run(*sorted(stops), 3_000) == run(3_000)


def test_nothing_follows_the_end_of_a_session() -> None:
    line = Line()
    line.login(1)
    line.login(2, appkey="app1")
    line.sockets.pump(200)
    out = line.out()
    assert (0, (1,), "close 1000") in out
    assert [to for _, to, what in out if what == "REAL"] == [(2,), (2,)]


def test_a_peer_that_is_gone_gets_nothing() -> None:
    line = Line()
    line.login(1)
    line.login(2)
    line.sockets.pump(100)
    line.sockets.take()
    line.sockets.close(record("close", 2, 100))
    line.sockets.pump(200)
    assert line.out() == [(200, (1,), "REAL")]


def latency(delay: str, **match: Any) -> Rule:
    delay_ms = int(delay.removesuffix("ms"))
    return Rule(
        id="slow",
        match=Match(door="ws", moment=("frame",), api=("REAL",), **match),
        do=(Latency(delay_ms=delay_ms),),
    )


def test_a_delayed_frame_holds_only_its_connection_back() -> None:
    line = Line(latency("250ms", connection=(2,)))
    line.login(1)
    line.login(2)
    line.sockets.take()
    line.sockets.pump(500)
    out = line.out()
    assert [ms for ms, to, what in out if to == (1,) and what == "REAL"] == [
        100, 200, 300, 400, 500,
    ]  # fmt: skip
    assert [ms for ms, to, what in out if to == (2,) and what == "REAL"] == [350, 450]


def test_a_close_between_frames_comes_instead_of_one() -> None:
    rule = Rule(
        id="cut",
        match=Match(door="ws", moment=("frame",), api=("REAL",), connection=(1,)),
        when=When(nth=(3,)),
        do=(Disconnect(code=1011, reason="oops"),),
    )
    line = Line(rule)
    line.login(1)
    line.login(2)
    line.sockets.take()
    line.sockets.pump(500)
    mine = [(ms, what) for ms, to, what in line.out() if 1 in to]
    assert mine == [(100, "REAL"), (200, "REAL"), (300, "close 1011")]
    assert line.metrics.faults[("cut", "disconnect")] == 1


def test_a_message_can_take_effect_and_lose_its_answer() -> None:
    rule = Rule(
        id="lost",
        match=Match(door="ws", moment=("message",), api=("REG",)),
        do=(Disconnect(at="after"),),
    )
    line = Line(rule)
    line.ticking = False
    line.login(1)
    line.sockets.take()
    text = '{"trnm":"REG","grp_no":"1","refresh":"1","data":[{"item":["005930"],"type":["0B"]}]}'
    line.sockets.receive(record("bytes", 1, 5, text=text))
    assert line.out() == [(5, (1,), "close 0")]


def test_a_refused_handshake_opens_no_session() -> None:
    rule = Rule(id="shut", match=Match(door="ws", moment=("connect",)), do=(Disconnect(),))
    line = Line(rule)
    plan = line.sockets.open(record("open", 1, 0, path="/api/dostk/websocket"))
    assert plan.close is not None
    assert line.board.session(1) is None


def test_settings_change_at_their_time() -> None:
    line = Line(wires=((500, WireConfig(ping_interval_ms=5_000)),))
    line.ticking = False
    line.login(1)
    line.sockets.pump(7_000)
    assert [ms for ms, _, what in line.out() if what == "PING"] == [1_000, 6_000]


def test_the_end_closes_everybody() -> None:
    line = Line()
    line.login(1)
    line.login(2)
    line.sockets.take()
    line.sockets.end_all(50)
    assert line.out() == [(50, (1,), "close 1001"), (50, (2,), "close 1001")]


WS_TEXT = """
schema = 1
[clock]
start = 2026-03-23T09:30:00
[market]
symbols = ["005930", "000660"]
[ralph]
interval = "100ms"
vcp = "30%"
closing_bet = "30%"
[[rule]]
id = "slow"
match = { door = "ws", moment = "frame", code = "005930", connection = 2 }
do = { kind = "latency", delay = "130ms" }
[[rule]]
id = "cut"
match = { door = "ws", moment = "frame", api = "realtime_price", connection = 1 }
when = { nth = 5 }
do = { kind = "disconnect", code = 1011 }
"""


def ws_run(*times: int) -> list[Outgoing]:
    """Return what two clients of `/ws` are sent in a second that is pumped in parts."""
    sockets = assemble(parse_scenario(WS_TEXT), epoch_ms=0, directory=None, run="").sockets
    for connection in (1, 2):
        sockets.open(record("open", connection, 0, path="/ws"))
    for ms in times:
        sockets.pump(ms)
    return sockets.take()


@settings(max_examples=6, deadline=None)
@given(st.lists(st.integers(0, 1_000), max_size=5))
def test_rounds_and_their_faults_in_parts_equal_those_at_once(stops: list[int]) -> None:
    assert ws_run(*sorted(stops), 1_000) == ws_run(1_000)


def test_welcome_comes_first_and_a_cut_client_hears_no_more_rounds() -> None:
    out = ws_run(1_000)
    mine = [item for item in out if 1 in item.to]
    assert msgspec.json.decode(mine[0].frame)["type"] == "connected"
    assert (mine[-1].ms, mine[-1].close) == (300, 1011)
    others = [item for item in out if 2 in item.to]
    assert others[-1].ms > 800
    assert all(item.close < 0 for item in others)

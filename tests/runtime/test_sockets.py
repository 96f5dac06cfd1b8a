"""Check that sessions, ticks and frame faults share one line of time."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.faults.engine import FaultEngine
from kiwoom_sim.faults.kinds import FaultKind
from kiwoom_sim.faults.kinds.dead_registration import DeadRegistration
from kiwoom_sim.faults.kinds.delay import Delay
from kiwoom_sim.faults.kinds.disconnect import Disconnect
from kiwoom_sim.faults.kinds.ignored import Ignored
from kiwoom_sim.faults.kinds.kick import Kick
from kiwoom_sim.faults.kinds.latency import Latency
from kiwoom_sim.faults.kinds.login_refused import LoginRefused
from kiwoom_sim.faults.kinds.register_refused import RegisterRefused
from kiwoom_sim.faults.kinds.system_frame import SystemFrame
from kiwoom_sim.faults.match import WsMatch
from kiwoom_sim.faults.rules import WsRule
from kiwoom_sim.faults.when import When
from kiwoom_sim.observe.journal import FrameEntry, Journal
from kiwoom_sim.observe.metrics import Metrics
from kiwoom_sim.observe.records import Record
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.switchboard import Switchboard
from kiwoom_sim.protocol.tokens import Clocks, TokenBook
from kiwoom_sim.runtime.assembly import assemble
from kiwoom_sim.runtime.delivery import Delivery
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.runtime.service import Service
from kiwoom_sim.runtime.sockets import Sockets
from kiwoom_sim.scenario.loader import parse_scenario

WHEN = When()
WIRE = WireConfig(ping_interval_ms=1_000)
TICK = b'{"trnm":"REAL","data":[{"type":"0B","name":"x","item":"005930","values":{}}]}'


class Line:
    """Hold sockets whose ticks come every 100 ms for connections 1 and 2."""

    def __init__(self, *rules: WsRule, wires: tuple[tuple[int, WireConfig], ...] = ()) -> None:
        clocks = Clocks(epoch_ms=0, market_at=lambda ms: ms)
        self.tokens = TokenBook(WIRE, (), seed=1, clocks=clocks)
        self.board = Switchboard(WIRE, self.tokens)
        self.metrics = Metrics()
        self.seen = 0
        journal, faults = Journal(), FaultEngine(rules=rules, seed=1)
        self.service = Service(journal, self.tokens.forget)
        self.sockets = Sockets(
            self.board,
            self.ticks,
            wires=wires,
            faults=faults,
            service=self.service,
            delivery=Delivery(
                self.board,
                faults=faults,
                journal=journal,
                metrics=self.metrics,
                service=self.service,
            ),
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
    if item.ending is not None:
        return item.ending.name
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


def latency(delay: str, **match: Any) -> WsRule:
    delay_ms = int(delay.removesuffix("ms"))
    return WsRule(
        id="slow",
        match=WsMatch(moment=("frame",), api=("REAL",), **match),
        do=(Delay(delay_ms=delay_ms),),
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
    rule = WsRule(
        id="cut",
        match=WsMatch(moment=("frame",), api=("REAL",), connection=(1,)),
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
    rule = WsRule(
        id="lost",
        match=WsMatch(moment=("message",), api=("REG",)),
        do=(Disconnect(at="after"),),
    )
    line = Line(rule)
    line.ticking = False
    line.login(1)
    line.sockets.take()
    text = '{"trnm":"REG","grp_no":"1","refresh":"1","data":[{"item":["005930"],"type":["0B"]}]}'
    line.sockets.receive(record("bytes", 1, 5, text=text))
    assert line.out() == [(5, (1,), "close 0")]


REG = {"trnm": "REG", "grp_no": "1", "data": [{"item": ["005930"], "type": ["0B"]}]}


class Talk:
    """Hold a conversation of one client, whose ticks are silent."""

    def __init__(self, *do: FaultKind, when: When = WHEN, **match: Any) -> None:
        self.line = Line(WsRule(id="r", do=do, match=WsMatch(**match), when=when))
        self.line.ticking = False
        self.entries: list[FrameEntry] = []
        self.line.sockets._delivery._journal.frame = self.entries.append  # type: ignore[method-assign] # listens in

    def say(self, ms: int, message: object) -> None:
        self.line.sockets.pump(ms)
        text = msgspec.json.encode(message).decode()
        self.line.sockets.receive(record("bytes", 1, ms, text=text))

    def heard(self, until_ms: int = 0) -> list[tuple[int, str, int | None]]:
        """Return (time, name, code) of what was said until a time."""
        self.line.sockets.pump(until_ms)
        return [(item.ms, name(item), code(item)) for item in self.line.sockets.take()]


def code(item: Outgoing) -> int | None:
    found = msgspec.json.decode(item.frame) if item.close < 0 else {}
    return found.get("return_code", found.get("code"))


def test_a_login_is_refused_in_the_words_of_the_broker() -> None:
    talk = Talk(LoginRefused(cause="8010"))
    talk.line.login(1)
    (frame, _) = talk.line.sockets.take()
    told = msgspec.json.decode(frame.frame)
    assert (told["trnm"], told["return_code"]) == ("LOGIN", 805004)
    assert "[CODE=8010, MESSAGE=" in told["return_msg"]
    assert talk.line.board.session(1) is None


def test_refused_logins_are_counted_by_the_app_key_of_their_token() -> None:
    talk = Talk(LoginRefused(), when=When(first=2))
    for connection in (1, 2, 3):
        talk.line.login(connection, appkey="same")
    assert [code for _, name, code in talk.heard() if name == "LOGIN"] == [805004, 805004, 0]
    talk.line.login(4, appkey="other")
    assert talk.heard()[0] == (0, "LOGIN", 805004)


def test_a_login_that_is_ignored_ends_as_one_that_never_came() -> None:
    talk = Talk(Ignored(), api=("LOGIN",))
    talk.line.login(1)
    assert talk.heard(WIRE.login_wait_ms) == [
        (30_000, "SYSTEM", "R10004"), (30_000, "close 1000", None),
    ]  # fmt: skip


def test_a_login_can_count_and_its_answer_be_lost() -> None:
    talk = Talk(Ignored(at="after"), api=("LOGIN",))
    talk.line.login(1)
    assert talk.heard(1_000) == [(1_000, "PING", None)]
    assert [entry.dropped for entry in talk.entries] == [True, False]


def test_an_answer_is_late_and_what_follows_waits() -> None:
    talk = Talk(Latency(delay_ms=1_200), api=("LOGIN",))
    talk.line.login(1)
    talk.say(5, REG)
    assert talk.heard(1_300) == [(1_200, "LOGIN", 0), (1_200, "REG", 0), (1_200, "PING", None)]


def test_signs_of_life_that_are_ignored_end_the_session() -> None:
    talk = Talk(Ignored(), api=("PING",))
    talk.line.login(1)
    for second in range(1, 6):
        talk.say(second * 1_000 + 1, {"trnm": "PING"})
    names = [(ms, name) for ms, name, _ in talk.heard(9_000)]
    assert names[-2:] == [(6_000, "SYSTEM"), (6_000, "close 1000")]
    assert talk.line.metrics.faults == {("r", "ignored"): 5}


@pytest.mark.parametrize("at", ["before", "after"])
def test_a_system_frame_comes_beside_the_login_answer(at: Any) -> None:
    talk = Talk(SystemFrame(at=at))
    talk.line.login(1)
    names = [name for _, name, _ in talk.heard()]
    assert names == (["SYSTEM", "LOGIN"] if at == "before" else ["LOGIN", "SYSTEM"])


def test_a_refused_registration_registers_nothing() -> None:
    talk = Talk(RegisterRefused(code=105115), when=When(first=1))
    talk.line.login(1)
    talk.say(1, REG)
    assert talk.heard()[1:] == [(1, "REG", 105115)]
    assert talk.line.board.registry.listeners(("0B", "005930")) == ()
    talk.say(2, REG)
    assert talk.heard() == [(2, "REG", 0)]
    assert talk.line.board.registry.listeners(("0B", "005930")) == (1,)


def test_a_dead_registration_is_acknowledged_and_never_served() -> None:
    talk = Talk(DeadRegistration(), when=When(first=1))
    talk.line.login(1)
    talk.line.login(2)
    talk.say(1, REG)
    talk.line.ticking = True
    assert talk.heard(250)[2:] == [(1, "REG", 0), (100, "REAL", None), (200, "REAL", None)]
    dropped = [entry for entry in talk.entries if entry.dropped]
    assert [(entry.ms, entry.to, entry.faults) for entry in dropped] == [
        (100, (1,), ("f1",)), (200, (1,), ("f1",)),
    ]  # fmt: skip
    talk.say(260, REG)
    talk.line.sockets.pump(300)
    assert talk.line.sockets.take()[-1].to == (1, 2), "shared again, since it was registered anew"


def test_a_kick_can_meet_a_message() -> None:
    talk = Talk(Kick(), api=("REG",), moment=("message",))
    talk.line.login(1)
    talk.say(1, REG)
    assert talk.heard()[1:] == [(1, "SYSTEM", "R10001"), (1, "close 1000", None)]


def test_a_refused_handshake_opens_no_session() -> None:
    rule = WsRule(id="shut", match=WsMatch(moment=("connect",)), do=(Disconnect(),))
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
[[ws]]
id = "slow"
match = { moment = "frame", code = "005930", connection = 2 }
do = { kind = "delay", delay = "130ms" }
[[ws]]
id = "cut"
match = { moment = "frame", api = "realtime_price", connection = 1 }
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

"""Check when the service stands still or goes away, and what becomes of its sessions then."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.engine.commands import PauseService, RestartService
from kiwoom_sim.faults.effects import Drop, Injection, Plan
from kiwoom_sim.faults.kinds.pause import Pause
from kiwoom_sim.faults.kinds.restart import Restart
from kiwoom_sim.faults.match import WsMatch
from kiwoom_sim.faults.rules import WsRule
from kiwoom_sim.faults.when import When
from kiwoom_sim.observe.journal import EventEntry, Journal
from kiwoom_sim.protocol.tokens import token_text
from kiwoom_sim.runtime.service import Service, asked_by
from tests.runtime.test_sockets import Line, record


class Told(Journal):
    """Remember what was written down."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[int, str, dict[str, str | int]]] = []

    def event(self, entry: EventEntry) -> None:
        self.told.append((entry.ms, entry.event, entry.detail))


def test_a_plan_may_ask_for_both() -> None:
    effects = (PauseService(for_ms=1), RestartService(down_ms=2))
    injections = tuple(
        Injection(fault_id=f"f{n}", rule="r", kind="k", effect=effect)
        for n, effect in enumerate((Drop(), *effects))
    )
    assert asked_by(Plan(injections=injections)) == [(effects[0], "f1"), (effects[1], "f2")]


def test_what_is_due_in_a_stop_is_due_at_its_end() -> None:
    service = Service(Told(), lambda: None)
    service.ask(PauseService(for_ms=500), 1_000)
    service.ask(PauseService(for_ms=100), 3_000)
    seen = [service.resume_ms(ms) for ms in (999, 1_000, 1_499, 1_500, 3_050, 3_100)]
    assert seen == [999, 1_500, 1_500, 1_500, 3_100, 3_100]


def test_a_stop_within_a_stop_makes_it_longer_by_the_rest() -> None:
    journal = Told()
    service = Service(journal, lambda: None)
    for ms, for_ms in ((1_000, 500), (1_200, 1_000), (1_300, 10)):
        service.ask(PauseService(for_ms=for_ms), ms, ("f1",))
    assert service.resume_ms(1_000) == 2_200
    assert [service.take_due().longer_ms for _ in range(3)] == [500, 700, 0]
    assert [detail["until_ms"] for _, _, detail in journal.told] == [1_500, 2_200, 2_200]
    assert journal.told[0][2]["fault"] == "f1"


def test_the_script_and_faults_come_in_order_of_time() -> None:
    forgotten: list[int] = []
    service = Service(Told(), lambda: forgotten.append(1))
    service.schedule(RestartService(down_ms=10), 2_000)
    service.schedule(RestartService(down_ms=10, keep_state=True), 4_000)
    assert service.next_ms == 2_000
    service.ask(PauseService(for_ms=5), 1_000)
    assert service.next_ms == 1_000
    assert [service.take_due().ms for _ in range(2)] == [1_000, 2_000]
    assert forgotten == [1]
    assert [order.ms for order in service.take_orders()] == [1_000, 2_000]
    service.ask(PauseService(for_ms=5), 3_000)
    assert [service.take_due().ms for _ in range(2)] == [3_000, 4_000]
    assert forgotten == [1]
    assert service.next_ms is None
    assert len(service.take_orders()) == 2
    assert service.take_orders() == []


REGISTER = '{"trnm":"REG","grp_no":"1","data":[{"item":["005930"],"type":["0B"]}]}'
STOP = WsRule(
    id="stop",
    do=(Pause(for_ms=500),),
    match=WsMatch(api=("REAL",), connection=(1,)),
    when=When(nth=(3,)),
)


def test_a_stop_holds_everything_and_then_lets_it_go_in_order() -> None:
    line = Line(STOP)
    for connection in (1, 2):
        line.login(connection)
    line.out()
    line.sockets.pump(299)
    assert [ms for ms, _, _ in line.out()] == [100, 200]
    line.sockets.pump(799)
    line.sockets.receive(record("bytes", 2, 799, text='{"trnm":"REMOVE","grp_no":"1"}'))
    assert line.out() == []
    line.sockets.pump(900)
    assert line.out() == [
        *[(800, (connection,), "REAL") for connection in (1, 2)],  # the third tick, judged alone
        *[(800, (1, 2), "REAL")] * 4,
        (800, (2,), "REMOVE"),
        (800, (1, 2), "REAL"),
        (900, (1, 2), "REAL"),
    ]


def test_sessions_do_not_age_while_the_service_is_stopped() -> None:
    line = Line()
    line.ticking = False
    line.login(1)
    line.sockets.open(record("open", 2, 0, path="/api/dostk/websocket"))
    line.out()
    line.service.schedule(PauseService(for_ms=60_000), 500)
    line.sockets.pump(90_499)
    ended = [(ms, to) for ms, to, what in line.out() if what == "close 1000"]
    assert ended == [(66_000, (1,)), (90_000, (2,))]


def test_a_restart_ends_every_session_and_its_registrations() -> None:
    line = Line()
    for connection in (1, 2):
        line.login(connection)
    line.out()
    line.service.schedule(RestartService(down_ms=1_000, keep_state=True), 250)
    line.sockets.pump(1_000)
    assert line.out() == [
        (100, (1, 2), "REAL"),
        (200, (1, 2), "REAL"),
        (250, (1,), "reset"),
        (250, (2,), "reset"),
    ]
    assert line.board.connections() == ()
    assert line.tokens.find(token_text(1, 1, 1), 1_000) is not None
    line.service.ask(RestartService(down_ms=1_000), 2_000)
    line.sockets.pump(2_000)
    assert line.tokens.find(token_text(1, 1, 1), 2_000) is None


@pytest.mark.parametrize(
    ("match", "said"),
    [
        (WsMatch(moment=("connect",)), []),
        (WsMatch(moment=("message",), api=("REG",)), ["LOGIN", "reset"]),
        (WsMatch(moment=("frame",), api=("REAL",)), ["LOGIN", "REG", "reset"]),
    ],
)
def test_whatever_sets_a_restart_off_is_lost_with_its_connection(
    match: WsMatch, said: list[str]
) -> None:
    line = Line(WsRule(id="r", do=(Restart(down_for_ms=9),), match=match, when=When(first=1)))
    line.login(1)
    line.sockets.receive(record("bytes", 1, 50, text=REGISTER))
    line.sockets.pump(150)
    assert [what for _, _, what in line.out()] == said
    assert line.board.connections() == ()


@given(st.lists(st.integers(0, 3_000), max_size=6))
def test_how_often_one_looks_changes_nothing_about_a_stop(looks: list[int]) -> None:
    def run(*times: int) -> list[tuple[int, tuple[int, ...], str]]:
        line = Line(STOP)
        line.login(1)
        line.login(2)
        line.service.schedule(PauseService(for_ms=700), 1_450)
        for ms in (*sorted(times), 3_000):
            line.sockets.pump(ms)
        return line.out()

    assert run(*looks) == run()

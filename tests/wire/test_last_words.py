"""Check what network faults make of sessions: answers that break off, handshakes without one."""

import json

import pytest

from kiwoom_sim.faults.kinds import FaultKind
from kiwoom_sim.faults.kinds.accept_hang import AcceptHang
from kiwoom_sim.faults.kinds.garbage import Garbage
from kiwoom_sim.faults.kinds.half_open import HalfOpen
from kiwoom_sim.faults.kinds.hang import Hang
from kiwoom_sim.faults.kinds.listener_down import ListenerDown
from kiwoom_sim.faults.kinds.no_answer import NoAnswer
from kiwoom_sim.faults.kinds.reset import Reset
from tests.runtime.test_sockets import Talk, record


@pytest.mark.parametrize(
    ("kind", "said", "opened"),
    [
        (Reset(), [("", "reset")], False),
        (Reset(at="during"), [("LOGIN", "reset")], True),
        (Reset(at="after"), [("", "reset")], True),
        (HalfOpen(), [("", "half_open")], False),
        (Hang(at="after"), [("", "hang")], True),
        (NoAnswer(), [("", "close")], False),
        (ListenerDown(for_ms=9), [("", "shut")], False),
        (ListenerDown(for_ms=9, cut=False), [("LOGIN", ""), ("", "shut")], True),
    ],
)
def test_a_message_can_be_the_last_of_a_connection(
    kind: FaultKind, said: list[tuple[str, str]], opened: bool
) -> None:
    talk = Talk(kind, moment=("message",), api=("LOGIN",))
    asked: list[str | bytes] = []
    receive = talk.line.board.receive
    talk.line.board.receive = lambda *what: asked.append(what[1]) or receive(*what)  # type: ignore[method-assign,func-returns-value,assignment,misc] # listens in
    talk.line.login(1)
    heard = [
        (
            json.loads(item.frame)["trnm"] if item.frame else "",
            item.ending.name if item.ending else "",
        )
        for item in talk.line.sockets.take()
        if item.close < 0
    ]
    assert (heard, bool(asked)) == (said, opened)
    is_gone = not isinstance(kind, ListenerDown) or kind.cut
    assert (talk.line.board.session(1) is None) == is_gone
    ends = [entry.end for entry in talk.entries if entry.end]
    assert ends == [name for _, name in said if name]


@pytest.mark.parametrize("kind", [Reset(at="during"), HalfOpen(), Garbage(), AcceptHang()])
def test_a_handshake_that_breaks_off_opens_no_session(kind: FaultKind) -> None:
    talk = Talk(kind, moment=("connect",))
    plan = talk.line.sockets.open(record("open", 1, 0, path="/ws"))
    assert plan.ends
    assert talk.line.sockets.count() == 0
    assert talk.heard(9_000) == []

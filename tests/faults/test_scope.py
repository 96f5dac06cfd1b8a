import pytest

from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.kinds.http_error import HttpError
from kiwoom_sim.faults.scope import ANYTHING, PUSHES, Scope, scope_of

REAL = Facts(door="ws", moment="frame", wire_ms=0, api_id="REAL")
PING = Facts(door="ws", moment="frame", wire_ms=0, api_id="PING")


@pytest.mark.parametrize(
    ("scope", "covers"),
    [
        (Scope(), (True, True)),
        (Scope(moments=("message",)), (False, False)),
        (Scope(only=("PING",)), (False, True)),
        (Scope(moments=("frame",), usual=PUSHES), (True, False)),
    ],
)
def test_a_scope_covers_what_its_kind_can_act_on(scope: Scope, covers: tuple[bool, bool]) -> None:
    assert (scope.covers(REAL, named=False), scope.covers(PING, named=False)) == covers


def test_names_in_a_match_replace_the_usual_ones_only() -> None:
    assert Scope(usual=PUSHES).covers(PING, named=True)
    assert not Scope(only=PUSHES).covers(PING, named=True)


def test_a_kind_without_a_scope_acts_on_anything() -> None:
    assert scope_of(HttpError()) is ANYTHING

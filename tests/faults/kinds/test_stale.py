from kiwoom_sim.faults.effects import Backdate
from kiwoom_sim.faults.kinds.stale import Stale
from tests.faults.answers import occasion


def test_queries_are_asked_as_of_earlier() -> None:
    assert Stale(age_ms=5_000).effects(occasion()) == (Backdate(age_ms=5_000),)
    assert not Stale().mistake()


def test_tokens_are_never_stale() -> None:
    assert Stale().effects(occasion(path="/oauth2/token")) == ()

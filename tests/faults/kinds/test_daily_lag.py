from kiwoom_sim.faults.effects import Backdate
from kiwoom_sim.faults.kinds.daily_lag import DailyLag
from tests.faults.answers import occasion


def test_queries_are_asked_as_of_the_end_of_an_earlier_day() -> None:
    assert DailyLag(days=2).effects(occasion()) == (Backdate(days=2),)
    assert not DailyLag().mistake()


def test_tokens_do_not_lag() -> None:
    assert DailyLag().effects(occasion(path="/oauth2/token")) == ()

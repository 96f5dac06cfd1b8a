from kiwoom_sim.faults.effects import Close, Refuse
from kiwoom_sim.faults.kinds.login_refused import LoginRefused
from tests.faults.test_occasion import occasion


def test_it_says_no_and_closes() -> None:
    assert LoginRefused(cause="8010").effects(occasion()) == (
        Refuse("805004", {"cause": "8010"}),
        Close(1000, "Bye", after=True),
    )
    assert LoginRefused().mistake() == ""
    assert LoginRefused.acts_on.only == ("LOGIN",)

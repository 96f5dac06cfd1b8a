from kiwoom_sim.faults.effects import Refuse
from kiwoom_sim.faults.kinds.no_data_error import NoDataError
from tests.faults.answers import occasion


def test_a_query_is_refused() -> None:
    assert NoDataError().effects(occasion()) == (Refuse(code="571758"),)
    assert NoDataError(code="501724").effects(occasion()) == (Refuse(code="501724"),)
    assert not NoDataError().mistake()


def test_a_token_is_not() -> None:
    assert NoDataError().effects(occasion(path="/oauth2/token")) == ()

from kiwoom_sim.faults.effects import Amend, Refuse
from kiwoom_sim.faults.kinds.moved_api import MovedApi
from tests.faults.answers import occasion

MOVED = MovedApi(to="/api/dostk/mrkcond")


def test_the_documented_path_is_refused_and_the_new_one_leads_to_the_api() -> None:
    assert MOVED.effects(occasion(path="/api/dostk/chart")) == (Refuse("1504"),)
    assert MOVED.effects(occasion(path="/api/dostk/mrkcond")) == (Amend(documented_path=True),)
    assert MOVED.mistake() == ""

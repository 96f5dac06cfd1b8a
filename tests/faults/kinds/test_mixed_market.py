from kiwoom_sim.faults.effects import Mingle
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.kinds.mixed_market import MixedMarket
from kiwoom_sim.faults.scope import scope_of
from tests.faults.answers import occasion


def test_rows_are_taken_from_the_other_lists() -> None:
    when = occasion()
    kind = MixedMarket(markets=("10", "8"), rows=2)
    assert kind.effects(when) == (
        Mingle(field="mrkt_tp", values=("10", "8"), rows=2, occasion=when),
    )
    assert kind.mistake() == ""
    assert MixedMarket(markets=("8", "8")).mistake() == "names a market twice"


def test_only_the_list_of_instruments_can_be_mixed() -> None:
    scope = scope_of(MixedMarket)
    for api_id, covered in (("ka10099", True), ("ka10081", False)):
        facts = Facts(door="rest", moment="request", wire_ms=0, api_id=api_id)
        assert scope.covers(facts, named=True) is covered

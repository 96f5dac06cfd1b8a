from kiwoom_sim.core.rng import stream_key
from kiwoom_sim.faults.effects import Refuse
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.kinds.business_error import BusinessError
from kiwoom_sim.faults.occasion import Memory, Occasion


def test_the_code_is_refused_with_its_parameters() -> None:
    facts = Facts(door="rest", moment="request", wire_ms=0)
    occasion = Occasion(facts, key=stream_key(1, "f"), ordinal=1, place=0, memory=Memory())
    kind = BusinessError(code="855056", parameters={"qty": "6"})
    assert kind.effects(occasion) == (Refuse("855056", {"qty": "6"}),)
    assert BusinessError(code="8005", status=401).effects(occasion) == (Refuse("8005", {}, 401),)
    assert kind.mistake() == ""

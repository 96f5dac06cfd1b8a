import msgspec
import pytest

from kiwoom_sim.engine.config import ANCHOR_START_MS
from kiwoom_sim.faults.kinds import FaultKind
from kiwoom_sim.faults.kinds.hook import Hook
from kiwoom_sim.faults.phases import Phase
from kiwoom_sim.faults.rules import WsRule
from kiwoom_sim.scenario.fields import fields_of
from kiwoom_sim.scenario.schema import DoorsConfig, Scenario


def structs_of(struct: type[msgspec.Struct]) -> set[type[msgspec.Struct]]:
    """Return a struct and every config struct inside it."""
    found = {struct}
    todo: list[object] = [field.type for field in fields_of(struct)]
    while todo:
        item = todo.pop()
        if isinstance(item, msgspec.inspect.StructType):
            found |= structs_of(item.cls) if item.cls not in found else set()
        for inner in ("type", "item_type", "value_type"):
            todo += [getattr(item, inner)] if hasattr(item, inner) else []
        todo += list(getattr(item, "types", ()) or getattr(item, "item_types", ()))
    return found


CONFIGS = sorted(structs_of(Scenario), key=lambda struct: struct.__name__)


def test_the_plainest_scenario_is_the_real_wire_at_a_fixed_time() -> None:
    scenario = Scenario(name="plain")
    assert scenario.clock.start_ms == ANCHOR_START_MS
    assert scenario.wire.environment == "real"
    assert scenario.phase_plan.end_ms == 0


def test_the_phase_plan_is_made_from_the_phases() -> None:
    scenario = Scenario(name="two", phases=(Phase(id="a", for_ms=5), Phase(id="b", for_ms=6)))
    assert scenario.phase_plan.end_ms == 11


@pytest.mark.parametrize("struct", CONFIGS, ids=lambda struct: struct.__name__)
def test_every_key_of_a_scenario_is_documented(struct: type[msgspec.Struct]) -> None:
    if struct.__name__ in {"Window", "At"}:
        return
    assert struct.__struct_config__.frozen
    assert [field.attribute for field in fields_of(struct) if not field.doc] == []


def test_every_fault_kind_says_where_it_works() -> None:
    for kind in FaultKind.__args__:
        assert set(kind.doors) <= {"rest", "ws"}
        assert kind.doors
        assert kind.__struct_config__.tag_field == "kind"


@pytest.mark.parametrize(
    ("doors", "port"),
    [
        (DoorsConfig(), 5118),
        (DoorsConfig(rest=0), 0),
        (DoorsConfig(rest=6116), 0),
        (DoorsConfig(rest=0, control=5118), 5118),
        (DoorsConfig(control=0), 0),
    ],
)
def test_the_control_door_moves_with_the_rest_door(doors: DoorsConfig, port: int) -> None:
    assert doors.control_port == port


def test_a_scenario_knows_whether_it_calls_code_from_outside() -> None:
    rule = WsRule(id="r", do=(Hook(name="mine"),))
    assert Scenario(name="s", ws_rules=(rule,)).has_hooks
    assert not Scenario(name="s").has_hooks

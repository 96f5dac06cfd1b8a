import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.faults.phases import Phase, PhasePlan
from kiwoom_sim.faults.ramps import Ramp
from kiwoom_sim.faults.until import Until

CALM, STORM = Phase(id="calm", for_ms=30_000), Phase(id="storm", for_ms=60_000)
REST = Phase(id="rest")


def test_phases_follow_one_another_and_the_last_may_go_on() -> None:
    plan = PhasePlan((CALM, STORM, REST))
    at = {ms: plan.at(ms) for ms in (0, 29_999, 30_000, 89_999, 90_000, 10**9)}
    assert [phase.id for phase in at.values() if phase] == [
        "calm", "calm", "storm", "storm", "rest", "rest",
    ]  # fmt: skip
    assert plan.start_ms(50_000) == 30_000
    assert plan.end_ms is None
    assert plan.changes() == ((0, CALM), (30_000, STORM), (90_000, REST))


def test_after_the_last_phase_with_a_length_none_is_in_force() -> None:
    plan = PhasePlan((CALM,))
    assert plan.at(30_000) is None
    assert plan.start_ms(30_000) == 0
    assert plan.end_ms == 30_000
    assert plan.changes() == ((0, CALM), (30_000, None))


def test_without_phases_none_is_ever_in_force() -> None:
    plan = PhasePlan(())
    assert plan.at(0) is None
    assert plan.end_ms == 0
    assert plan.changes() == ()


@given(st.lists(st.integers(1, 1_000), min_size=1, max_size=6), st.integers(0, 10_000))
def test_the_phase_in_force_is_the_last_one_that_began(lengths: list[int], wire_ms: int) -> None:
    plan = PhasePlan(tuple(Phase(id=f"p{i}", for_ms=ms) for i, ms in enumerate(lengths)))
    begun = [phase for start_ms, phase in plan.changes() if start_ms <= wire_ms]
    assert plan.at(wire_ms) == begun[-1]


WAIT = Phase(id="wait", until=Until("ws.connections"), timeout_ms=10_000)


def test_a_phase_that_waits_lasts_to_its_time_out_at_most() -> None:
    plan = PhasePlan((CALM, WAIT, REST))
    assert plan.changes() == ((0, CALM), (30_000, WAIT), (40_000, REST))
    assert plan.at(39_999) == WAIT


def test_a_phase_is_over_when_it_is_told_so() -> None:
    plan = PhasePlan((CALM, WAIT, STORM))
    assert plan.end_now(33_000) == ((33_000, STORM), (93_000, None))
    assert [plan.at(ms) for ms in (29_999, 32_999, 33_000, 93_000)] == [CALM, WAIT, STORM, None]
    assert (plan.start_ms(50_000), plan.end_ms) == (33_000, 93_000)


def test_a_phase_may_be_over_at_once() -> None:
    plan = PhasePlan((WAIT, REST))
    assert plan.end_now(0) == ((0, REST),)
    assert plan.at(0) == REST


RISE = Phase(id="rise", for_ms=3_000, settings={"wire.rest_per_second": Ramp(1, 5), "x": True})


def test_a_ramp_is_told_step_by_step() -> None:
    plan = PhasePlan((CALM, RISE, REST))
    steps = [(ms, phase.settings) for ms, phase in plan.changes() if phase and phase.id == "rise"]
    assert steps == [
        (30_000, {"wire.rest_per_second": 1, "x": True}),
        (31_000, {"wire.rest_per_second": 3, "x": True}),
        (32_000, {"wire.rest_per_second": 5, "x": True}),
    ]


def test_a_ramp_of_a_phase_that_waits_stops_with_it() -> None:
    rise = Phase(id="r", until=Until("event.x"), timeout_ms=9_000, settings={"x": Ramp(0, 80)})
    plan = PhasePlan((rise, REST))
    plan.end_now(2_500)
    assert [ms for ms, _ in plan.changes()] == [0, 1_000, 2_000, 2_500]


@pytest.mark.parametrize(
    ("phase", "told"),
    [
        (Phase(id="p", for_ms=1, until=Until("x"), timeout_ms=1), "either for, or until"),
        (Phase(id="p", until=Until("x")), "until needs timeout"),
        (Phase(id="p", timeout_ms=5), "timeout needs until"),
        (Phase(id="p", settings={"x": Ramp(1, 2)}), "a ramp needs a phase that ends"),
    ],
)
def test_keys_that_disagree_are_told(phase: Phase, told: str) -> None:
    assert told in phase.mistake()
    assert RISE.mistake() == WAIT.mistake() == REST.mistake() == ""

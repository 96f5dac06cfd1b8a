from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.faults.phases import Phase, PhasePlan

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

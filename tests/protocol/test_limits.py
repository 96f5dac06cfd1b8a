from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.limits import Bucket, Limits, Rate


def codes(limits: Limits, calls: list[tuple[int, str, int]]) -> list[str]:
    outcomes = (limits.take(key, api_id, "/p", at_ms) for key, api_id, at_ms in calls)
    return ["" if refused is None else refused.code for refused in outcomes]


def test_real_allows_five_a_second_per_key_and_id() -> None:
    limits = Limits(WireConfig())
    assert codes(limits, [(1, "a", 0)] * 6) == [""] * 5 + ["1700"]
    assert codes(limits, [(1, "b", 0), (2, "a", 0)]) == ["", ""]
    assert codes(limits, [(1, "a", 199), (1, "a", 200), (1, "a", 200)]) == ["1700", "", "1700"]


def test_demo_allows_one_a_second_and_two_at_once() -> None:
    limits = Limits(WireConfig(environment="demo"))
    assert codes(limits, [(1, "a", 0)] * 3) == ["", "", "1700"]
    assert codes(limits, [(1, "a", at_ms) for at_ms in range(1_000, 9_000, 1_000)]) == [""] * 8


def test_the_refusal_names_rate_and_api() -> None:
    limits = Limits(WireConfig(environment="demo", rest_burst=1, limit_status=200))
    limits.take(1, "ka10001", "/p", 0)
    refused = limits.take(1, "ka10001", "/p", 0)
    assert refused is not None
    assert refused.parameters == {"per_second": "1", "api_id": "ka10001"}
    assert refused.status == 200


def test_total_and_group_limits_count_only_where_asked_for() -> None:
    total = Limits(WireConfig(total_per_second=2))
    assert codes(total, [(1, "a", 0), (1, "b", 0), (1, "c", 0), (2, "a", 0)]) == [
        "", "", "1701", "",
    ]  # fmt: skip
    group = Limits(WireConfig(group_per_second=1))
    assert codes(group, [(1, "a", 0), (1, "b", 0)]) == ["", "1702"]


def test_limits_can_be_switched_off() -> None:
    limits = Limits(WireConfig(limits_enabled=False))
    assert codes(limits, [(1, "a", 0)] * 100) == [""] * 100


@given(
    st.integers(1, 20), st.integers(1, 20),
    st.lists(st.integers(0, 700), min_size=1, max_size=80),
)  # fmt: skip
def test_no_window_lets_more_through_than_rate_and_burst(
    per_second: int, burst: int, waits: list[int]
) -> None:
    bucket = Bucket(Rate(per_second, burst), 0)
    now, passed = 0, []
    for wait in waits:
        now += wait
        if bucket.has_room(now):
            bucket.take()
            passed.append(now)
    for first, from_ms in enumerate(passed):
        for last in range(first, len(passed)):
            allowed = burst * 1_000 + (passed[last] - from_ms) * per_second
            assert (last - first + 1) * 1_000 <= allowed


@given(st.lists(st.integers(0, 300), max_size=50))
def test_a_refused_call_takes_nothing(waits: list[int]) -> None:
    eager, patient = Limits(WireConfig()), Limits(WireConfig())
    now = 0
    for wait in waits:
        now += wait
        outcome = eager.take(1, "a", "/p", now)
        if outcome is not None:
            assert eager.take(1, "a", "/p", now) is not None
        assert (patient.take(1, "a", "/p", now) is None) == (outcome is None)

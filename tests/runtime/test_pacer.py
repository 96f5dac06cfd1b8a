"""Check that wire time starts at zero and never runs backwards."""

from kiwoom_sim.core.clock import datetime_from_moment
from kiwoom_sim.runtime.pacer import Pacer, korean_wall_ms, stamp_ns


def test_wire_time_starts_at_zero_and_grows() -> None:
    pacer = Pacer()
    pacer.restart()
    times = [pacer.now_ms() for _ in range(1_000)]
    assert times == sorted(times)
    assert 0 <= times[0] < 1_000


def test_wall_time_is_korean() -> None:
    assert datetime_from_moment(korean_wall_ms()).year >= 2024
    assert stamp_ns() <= stamp_ns()

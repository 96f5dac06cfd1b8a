"""Check that wire time starts at zero and never runs backwards."""

from kiwoom_sim.core.clock import datetime_from_moment
from kiwoom_sim.runtime.pacer import Pacer, korean_wall_ms, stamp_ns


def test_wire_time_starts_at_zero_and_grows() -> None:
    pacer = Pacer()
    pacer.restart()
    times = [pacer.now_ms() for _ in range(1_000)]
    assert times == sorted(times)
    assert 0 <= times[0] < 1_000


def test_skipped_time_has_passed() -> None:
    pacer = Pacer()
    before = pacer.now_ms()
    assert pacer.skip(3_600_000) >= before + 3_600_000
    assert pacer.now_ms() >= before + 3_600_000
    pacer.restart()
    assert pacer.now_ms() < 3_600_000


def test_paused_time_moves_by_skips_alone_and_goes_on_from_there() -> None:
    pacer = Pacer()
    pacer.skip(100)
    pacer.pause()
    paused = pacer.now_ms()
    assert [pacer.now_ms(), pacer.skip(0), pacer.skip(50)] == [paused, paused, paused + 50]
    pacer.resume()
    times = [pacer.now_ms() for _ in range(1_000)]
    assert times == sorted(times)
    assert paused + 50 <= times[0] < paused + 50 + 1_000
    pacer.resume()
    assert pacer.now_ms() >= times[-1]


def test_wall_time_is_korean() -> None:
    assert datetime_from_moment(korean_wall_ms()).year >= 2024
    assert stamp_ns() <= stamp_ns()

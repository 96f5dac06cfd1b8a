"""Check that commands come due in order of time, then of entry."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.engine.clock import MarketClock
from kiwoom_sim.engine.commands import HaltSymbol
from kiwoom_sim.engine.timeline import Timeline

COMMAND = HaltSymbol(symbol="005930")


def test_wire_and_market_times_meet_on_one_line() -> None:
    timeline = Timeline(MarketClock(1_000, speed=Fraction(10)))
    timeline.at_wire(50, "wire", COMMAND)
    timeline.at_elapsed(400, "market", COMMAND)
    assert timeline.next_ms == 40
    assert [(due.name, due.wire_ms, due.market_ms) for due in timeline.take(60)] == [
        ("market", 40, 1_400),
        ("wire", 50, 1_500),
    ]
    assert len(timeline) == 0


def test_entry_order_decides_at_one_instant() -> None:
    timeline = Timeline(MarketClock(0))
    for name in "abc":
        timeline.at_wire(5, name, COMMAND)
    assert timeline.take(4) == []
    assert [due.name for due in timeline.take(5)] == ["a", "b", "c"]


def test_stepped_clock_brings_market_times_into_sight() -> None:
    clock = MarketClock(0, speed=Fraction(0))
    timeline = Timeline(clock)
    timeline.at_elapsed(1_000, "later", COMMAND)
    assert timeline.next_ms is None
    clock.step(7, 2_000)
    timeline.reschedule()
    assert [(due.wire_ms, due.market_ms) for due in timeline.take(7)] == [(7, 1_000)]


@given(st.lists(st.integers(0, 50), max_size=10), st.lists(st.integers(0, 60), max_size=5))
def test_taking_in_parts_equals_taking_at_once(times: list[int], stops: list[int]) -> None:
    def filled() -> Timeline:
        timeline = Timeline(MarketClock(0))
        for number, wire_ms in enumerate(times):
            timeline.at_wire(wire_ms, str(number), COMMAND)
        return timeline

    parts, whole = filled(), filled()
    taken = [due for stop in sorted([*stops, 60]) for due in parts.take(stop)]
    assert taken == whole.take(60)

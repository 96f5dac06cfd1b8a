"""The frame of a day maps times to slots and knows its halts."""

from msgspec import structs

from kiwoom_sim.core.clock import MS_PER_MINUTE, clock_ms, moment
from kiwoom_sim.market.intraday.day_frame import DayFrame, slot_starts
from kiwoom_sim.market.records import Venue
from tests.market.markets import RUN_DAY, at, day, shared_market


def frame(on: int = RUN_DAY) -> DayFrame:
    return shared_market()._days.symbol_day("005930", on).frame


def test_slots_are_the_minutes_and_the_closing_print() -> None:
    own = frame()
    assert own.slots == 381
    times = [(8, 59), (9,), (9, 0, 59), (9, 1), (15, 19), (15, 25), (15, 30), (20,)]
    assert [own.slot_at(at(*time)) for time in times] == [-1, 0, 0, 1, 379, 379, 380, 380]
    assert [own.slot_start(slot) for slot in (0, 379, 380)] == [at(9), at(15, 19), at(15, 30)]
    starts = own.starts_of_day()
    assert starts[[0, 1, -1]].tolist() == [clock_ms(9), clock_ms(9, 1), clock_ms(15, 30)]
    assert (starts[1:-1] - starts[:-2] == MS_PER_MINUTE).all()


def test_days_with_other_hours_have_other_slots() -> None:
    late, short = frame(day("20260102")), frame(day("20160302"))
    assert (late.slots, late.slot_start(0)) == (321, moment(late.day, clock_ms(10)))
    assert (short.slots, short.slot_start(350)) == (351, moment(short.day, clock_ms(15)))
    assert len(slot_starts(late.times)) == 321


def test_halts_and_keys() -> None:
    own = structs.replace(frame(), halts=((10, 20), (30, 40)), venue=Venue.NXT, stamp=3)
    assert [own.halted_at(time) for time in (9, 10, 19, 20, 35)] == [False, True, True, False, True]
    assert own.key == ("005930", RUN_DAY, 3, "_NX")
    assert own.limits == (own.lower, own.upper)
    assert own.opening_end_ms < own.closing_end_ms

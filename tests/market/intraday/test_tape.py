"""Events cut a day into stretches, and each stretch changes its prints in one way."""

from fractions import Fraction

import numpy as np
import pytest

from kiwoom_sim.core.clock import moment
from kiwoom_sim.market.alterations import Event, Halt, Pin, Resume
from kiwoom_sim.market.intraday.day_frame import DayFrame
from kiwoom_sim.market.intraday.refine import Bars
from kiwoom_sim.market.intraday.tape import (
    Carry,
    TapeSource,
    make_tape,
    scaled_bar,
    scaled_prices,
)
from kiwoom_sim.market.intraday.trades import Prints
from tests.market.markets import RUN_DAY, at, shared_market

BASE = 199_800


def frame() -> DayFrame:
    own = shared_market()._days.symbol_day("005930", RUN_DAY).frame
    assert own.base == BASE
    return own


def prints(*trades: tuple[int, int]) -> Prints:
    """Return prints of 10 shares at (time, price)."""
    time, price = (np.array(column, dtype=np.int64) for column in zip(*trades, strict=True))
    quantity = np.full_like(time, 10)
    return Prints(time * 0, time, price, quantity, price * 10, np.ones_like(time))


PATH = prints((at(10), 200_000), (at(11), 201_000), (at(12), 202_000), (at(13), 203_000))
CARRY = Carry(close=BASE, volume=1, turnover=1)


def shown(*events: Event, carry: Carry = CARRY) -> list[int]:
    prices: list[int] = make_tape(frame(), PATH, carry, list(events)).prints.price.tolist()
    return prices


def test_without_events_the_tape_is_the_path() -> None:
    tape = make_tape(frame(), PATH, CARRY, [])
    assert tape.prints.price.tolist() == PATH.price.tolist()
    assert tape.ratio == 1
    assert tape.pin is None
    assert not tape.halted
    assert tape.halts == ()


def test_prints_vanish_after_a_halt_and_come_back_after_the_resume() -> None:
    assert shown(Halt(at(11)), Resume(at(12))) == [200_000, 201_000, 203_000]
    tape = make_tape(frame(), PATH, CARRY, [Halt(at(11))])
    assert tape.halted
    assert tape.halts == ((at(11) + 1, moment(RUN_DAY + 1)),)


def test_a_pin_holds_and_the_path_goes_on_from_it() -> None:
    pinned = shown(Pin(at(10, 30), at(11, 30), 210_000))
    assert pinned == [200_000, 210_000, 210_000, 211_000, 212_000]
    assert shown(Pin(at(10, 30), at(10, 30), 210_000)) == [
        200_000, 210_000, 211_000, 212_000, 213_000,
    ]  # fmt: skip


def test_a_resume_ends_a_pin_and_a_later_pin_replaces_it() -> None:
    early = Pin(at(10, 30), at(12, 30), 210_000)
    assert shown(early, Resume(at(11, 30))) == [200_000, 210_000, 210_000, 211_000, 212_000]
    assert shown(early, Pin(at(11, 30), at(14), 190_000)) == [
        200_000, 210_000, 210_000, 190_000, 190_000, 190_000,
    ]  # fmt: skip


def test_a_pin_goes_on_from_the_day_before_and_into_the_next() -> None:
    carry = Carry(close=BASE, volume=1, turnover=1, pin=(210_000, at(11, 30)))
    assert shown(carry=carry) == [210_000, 210_000, 211_000, 212_000]
    tape = make_tape(frame(), PATH, CARRY, [Pin(at(12, 30), moment(RUN_DAY + 2), 220_000)])
    assert tape.pin == (220_000, moment(RUN_DAY + 2))
    assert not Carry(close=1, volume=1, turnover=1, pin=tape.pin).idle
    assert CARRY.idle


def test_a_pin_outside_continuous_trading_adds_no_print() -> None:
    assert shown(Pin(at(8), at(10, 30), 210_000)) == [210_000, 211_000, 212_000, 213_000]
    assert len(shown(Halt(at(10, 15)), Pin(at(10, 30), at(10, 30), 210_000))) == 1


@pytest.mark.parametrize("ratio", [Fraction(1), Fraction(1, 3), Fraction(3, 2)])
def test_scaled_prices_are_legal_and_keep_their_order(ratio: Fraction) -> None:
    prices = np.arange(100_000, 200_000, 100)
    scaled = scaled_prices(prices, ratio, 0, (90_000, 250_000))
    assert (np.diff(scaled) >= 0).all()
    assert scaled.min() >= 90_000
    assert scaled.max() <= 250_000


def test_a_scaled_bar_is_flat_when_few_shares_are_left() -> None:
    bar = Bars(
        *(np.array([v]) for v in (200_000, 210_000, 190_000, 205_000)), *([np.array([60])] * 2)
    )
    carry = Carry(close=BASE, volume=1, turnover=1, shares=Fraction(1, 4))
    few = scaled_bar(bar, carry, frame())
    assert (few.open[0], few.high[0], few.low[0], few.close[0]) == (205_000,) * 4
    assert few.volume[0] == 15
    none = scaled_bar(bar, Carry(close=BASE, volume=1, turnover=1, shares=Fraction(1, 90)), frame())
    assert (none.close[0], none.volume[0], none.turnover[0]) == (BASE, 0, 0)


def test_a_source_serves_slots_and_ranges() -> None:
    source = TapeSource(frame(), make_tape(frame(), PATH, CARRY, []))
    slots = source.slots
    assert slots.volume.sum() == 40
    assert slots.close[[0, 60, 61, 380]].tolist() == [BASE, 200_000, 200_000, 203_000]
    assert slots.open[120] == 201_000
    assert source.prints(60, 120).price.tolist() == [200_000, 201_000]
    assert source.totals(121)[:, 0].sum() == 2
    assert source.auction(at(9), frame().opening_end_ms) == (0, 0)
    assert source.auction(moment(RUN_DAY + 3), moment(RUN_DAY + 3)) == (0, 0)

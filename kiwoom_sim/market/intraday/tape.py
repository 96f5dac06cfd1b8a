"""Apply scripted events to the prints of one symbol's day, and serve the finished tape.

Theory of operation: events cut the day into stretches. In each, prints vanish (halt), or have one
price (pin), or have the path's price times a ratio. When a pin ends, the ratio is chosen so that
the price moves on from the pin; limits clip. All of this is monotone in the price, so a tape's
bars are what its prints make, and nothing else.

Known deviations: a pin during continuous trading adds one print of one share, so that the new
price shows at once.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from msgspec import Struct, structs

from kiwoom_sim.core.clock import MS_PER_DAY, moment
from kiwoom_sim.market.intraday.day_frame import DayFrame
from kiwoom_sim.market.intraday.refine import Bars
from kiwoom_sim.market.intraday.trades import Prints
from kiwoom_sim.market.overlay import Event, Halt, Pin, Resume
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.ticks import round_to_tick

_DENOMINATOR_MAX = 1_000_000

Auction = tuple[int, int]
"""Price and quantity of an auction's print, (0, 0) if there is none."""


class Carry(Struct, frozen=True, kw_only=True):
    """Hold what a symbol takes from one session into the next.

    Attributes:
        ratio: Shown price over path price.
        shares: New shares per old share.
        pin: Price and end of a running pin.
        close, volume, turnover: Of the session before, in the shares of that session.
    """

    close: int
    volume: int
    turnover: int
    ratio: Fraction = Fraction(1)
    shares: Fraction = Fraction(1)
    pin: tuple[int, int] | None = None
    halted: bool = False

    @property
    def idle(self) -> bool:
        """Whether the carried state leaves the path alone apart from ratios."""
        return self.pin is None and not self.halted


class Stretch(Struct, frozen=True):
    """Hold one stretch (start, end] of a day and what happens to its prints."""

    start: int
    end: int
    halted: bool
    price: int | None
    ratio: Fraction


class Tape(Struct, frozen=True):
    """Hold the finished prints of a day.

    Attributes:
        prints: What was traded.
        halts: Stretches without trading.
        ratio, pin, halted: State at the end of the day; `ratio` against the day's own path.
        auctions: Per stretch its end, and price and quantity of the opening and the closing print
            as they look from inside of it, (0, 0) where there is none.
    """

    prints: Prints
    halts: tuple[tuple[int, int], ...]
    ratio: Fraction
    pin: tuple[int, int] | None
    halted: bool
    auctions: tuple[tuple[int, tuple[Auction, Auction]], ...]


def scaled_prices(prices: Ints, ratio: Fraction, table: int, limits: tuple[int, int]) -> Ints:
    """Return legal prices nearest to prices times a ratio, inside the limits."""
    if ratio == 1:
        return np.clip(prices, *limits)
    num, den = ratio.numerator, ratio.denominator
    scaled = (2 * prices * num + den) // (2 * den)
    return np.clip(round_to_tick(scaled, table), *limits)


def scaled_bar(bar: Bars, carry: Carry, frame: DayFrame) -> Bars:
    """Return a day bar of the path as it shows under the carried ratios."""
    prices = [
        scaled_prices(column, carry.ratio, frame.table, frame.limits)
        for column in (bar.open, bar.high, bar.low, bar.close)
    ]
    volume = bar.volume * carry.shares.numerator // carry.shares.denominator
    thin = volume < 20
    close = np.where(volume == 0, frame.base, prices[3])
    opening, high, low = (np.where(thin, close, column) for column in prices[:3])
    turnover = (opening + high + low + close) * volume // 4
    return Bars(opening, high, low, close, volume, turnover)


def cut_day(
    frame: DayFrame, prints: Prints, carry: Carry, events: Sequence[Event]
) -> tuple[list[Stretch], Fraction, tuple[int, int] | None, bool]:
    """Return the stretches of a day and the state after the last."""
    time, end = moment(frame.day), moment(frame.day + 1) - 1
    halted, pin, ratio = carry.halted, carry.pin, Fraction(1)
    stretches: list[Stretch] = []

    def go_to(instant: int) -> None:
        nonlocal time, pin, ratio
        while pin is not None and pin[1] <= instant:
            stretches.append(Stretch(time, max(time, pin[1]), halted, pin[0], ratio))
            time = max(time, pin[1])
            ratio, pin = _ratio_from(pin[0], prints, time, frame.base), None
        price = pin[0] if pin is not None else None
        stretches.append(Stretch(time, max(time, instant), halted, price, ratio))
        time = max(time, instant)

    for event in events:
        go_to(event.at_ms)
        if isinstance(event, Halt):
            halted = True
        elif isinstance(event, Resume):
            halted = False
            if pin is not None:
                ratio, pin = _ratio_from(pin[0], prints, time, frame.base), None
        elif isinstance(event, Pin):
            pin = (event.price, event.until_ms)
    go_to(end)
    return stretches, ratio, pin, halted


def _ratio_from(price: int, prints: Prints, time: int, base: int) -> Fraction:
    """Return the ratio that makes the path's price at a time show as `price`."""
    number = int(np.searchsorted(prints.time, time, side="right")) - 1
    path = int(prints.price[number]) if number >= 0 else base
    return Fraction(price, path).limit_denominator(_DENOMINATOR_MAX)


def make_tape(frame: DayFrame, prints: Prints, carry: Carry, events: Sequence[Event]) -> Tape:
    """Return the tape of a day from the prints of its (scaled) path."""
    stretches, ratio, pin, halted = cut_day(frame, prints, carry, events)
    pieces = [_apply(stretch, prints, frame) for stretch in stretches]
    pins = (event for event in events if isinstance(event, Pin))
    pieces += [_pin_print(pin, prints, frame, stretches) for pin in pins]
    columns = {
        name: np.concatenate([getattr(piece, name) for piece in pieces])
        for name in Prints.__struct_fields__
    }
    order = np.argsort(columns["time"], kind="stable")
    made = Prints(**{name: column[order] for name, column in columns.items()})
    halts = tuple((each.start + 1, each.end + 1) for each in stretches if each.halted)
    auctions = tuple((each.end, _auctions(each, prints, frame)) for each in stretches)
    return Tape(made, halts, ratio, pin, halted, auctions)


def _auctions(stretch: Stretch, prints: Prints, frame: DayFrame) -> tuple[Auction, Auction]:
    """Return both auction prints as they would be if a stretch lasted."""
    lasting = structs.replace(stretch, start=moment(frame.day), end=moment(frame.day + 1))
    shown = _apply(lasting, prints, frame)
    found = []
    for end_ms in (frame.opening_end_ms, frame.closing_end_ms):
        at = np.flatnonzero((shown.time == end_ms) & (shown.side == 0))
        first = (int(shown.price[at[0]]), int(shown.quantity[at[0]])) if len(at) else (0, 0)
        found.append(first)
    return found[0], found[1]


def _apply(stretch: Stretch, prints: Prints, frame: DayFrame) -> Prints:
    first, last = np.searchsorted(prints.time, (stretch.start, stretch.end), side="right")
    part = prints.take(slice(int(first), int(last)))
    if stretch.halted:
        return prints.take(slice(0, 0))
    if stretch.price is None and stretch.ratio == 1:
        return part
    if stretch.price is not None:
        price = np.full_like(part.price, min(max(stretch.price, frame.lower), frame.upper))
    else:
        price = scaled_prices(part.price, stretch.ratio, frame.table, frame.limits)
    return structs.replace(part, price=price, turnover=price * part.quantity)


def _pin_print(pin: Pin, prints: Prints, frame: DayFrame, stretches: list[Stretch]) -> Prints:
    """Return the one print that shows a pinned price at once, or none outside trading."""
    at = pin.at_ms + 1
    closing = moment(frame.day, frame.times.closing_auction_ms)
    halted = any(each.halted and each.start < at <= each.end for each in stretches)
    if halted or not frame.opening_end_ms < at < closing:
        return prints.take(slice(0, 0))
    number = int(np.searchsorted(prints.time, pin.at_ms, side="right")) - 1
    before = int(prints.price[number]) if number >= 0 else frame.base
    row = max(frame.slot_at(at), 0)
    values = (row, at, pin.price, 1, pin.price, 1 if pin.price >= before else -1)
    return Prints(*(np.array([value], dtype=np.int64) for value in values))


class TapeSource:
    """Serve a finished tape as the source of a `SymbolDay`."""

    def __init__(self, frame: DayFrame, tape: Tape) -> None:
        self._prints = tape.prints
        starts = frame.starts_of_day() + frame.day * MS_PER_DAY
        self._slot = np.searchsorted(starts, tape.prints.time, side="right") - 1
        self._count = frame.slots
        self._auctions = tape.auctions
        self.slots = self._bars(frame)

    def totals(self, end: int) -> Ints:
        """Return (trades, buys, sells, bought, sold) of each slot below `end`."""
        side, quantity = self._prints.side, self._prints.quantity
        ones = np.ones_like(side)
        buy, sell = (side > 0).astype(np.int64), (side < 0).astype(np.int64)
        columns = [self._sum(each) for each in (ones, buy, sell, buy * quantity, sell * quantity)]
        return np.stack(columns, axis=1)[:end]

    def prints(self, first: int, last: int) -> Prints:
        """Return the prints of the slots from `first` to `last`, both included."""
        begin, end = np.searchsorted(self._slot, (first, last + 1))
        return self._prints.take(slice(int(begin), int(end)))

    def auction(self, time_ms: int, *, opening: bool) -> Auction:
        """Return price and quantity of a coming auction print as it looks at a time."""
        found = next((both for end, both in self._auctions if time_ms <= end), ((0, 0), (0, 0)))
        return found[0] if opening else found[1]

    def _sum(self, values: Ints) -> Ints:
        sums = np.zeros(self._count, dtype=np.int64)
        np.add.at(sums, self._slot, values)
        return sums

    def _bars(self, frame: DayFrame) -> Bars:
        prints = self._prints
        first = np.searchsorted(self._slot, np.arange(self._count))
        last = np.searchsorted(self._slot, np.arange(self._count), side="right")
        traded = last > first
        prices = np.concatenate([[frame.base], prints.price])
        close = prices[last]
        opening = np.where(traded, prices[np.minimum(first + 1, len(prices) - 1)], close)
        high, low = close.copy(), close.copy()
        np.maximum.at(high, self._slot, prints.price)
        np.minimum.at(low, self._slot, prints.price)
        volume, turnover = self._sum(prints.quantity), self._sum(prints.turnover)
        return Bars(opening, high, low, close, volume, turnover)

"""Apply scripted events to the prints of one symbol's day, and serve the finished tape.

Theory of operation: events cut the day into stretches. In each, prints vanish (halt, silence,
call auction), or have one price (pin), or have the path's price times a ratio, which may move
(sway). When a pin ends, the ratio is chosen so that the price moves on from the pin; limits clip.
A tape's bars are what its prints make, and nothing else.

Known deviations: a pin or a turn of a sway during continuous trading adds one print of one share,
so that the new price shows at once; what an interruption's auction trades is fixed when it begins.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from kiwoom_sim.core.clock import MS_PER_DAY, moment
from kiwoom_sim.market.alterations import Event, Interruption, Pin, Sway
from kiwoom_sim.market.intraday.day_frame import DayFrame
from kiwoom_sim.market.intraday.refine import Bars
from kiwoom_sim.market.intraday.stretches import (
    Ending,
    Stretch,
    cut_day,
    factors,
    path_price,
)
from kiwoom_sim.market.intraday.trades import Prints
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.ticks import round_to_tick

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


class Tape(Struct, frozen=True):
    """Hold the finished prints of a day.

    Attributes:
        prints: What was traded.
        halts: Stretches without trading.
        ratio, pin, halted: State at the end of the day; `ratio` against the day's own path.
        auctions: Per stretch its end, and price and quantity of auction prints as they look from
            inside of it, by their times.
        interruptions: Call auctions (from, to) that interrupt trading; the print comes at `to`.
    """

    prints: Prints
    halts: tuple[tuple[int, int], ...]
    ratio: Fraction
    pin: tuple[int, int] | None
    halted: bool
    auctions: tuple[tuple[int, dict[int, Auction]], ...]
    interruptions: tuple[tuple[int, int], ...] = ()


def scaled_prices(
    prices: Ints,
    ratio: Fraction,
    table: int,
    limits: tuple[int, int],
    moved: Ints | None = None,
) -> Ints:
    """Return legal prices nearest to prices times a ratio, inside the limits.

    Args:
        prices: What is scaled.
        ratio: By how much.
        table: Price-step table.
        limits: Lower and upper limit.
        moved: Another factor for each price, in parts per million.
    """
    if ratio == 1 and moved is None:
        return np.clip(prices, *limits)
    num, den = ratio.numerator, ratio.denominator
    if moved is not None:  # in thousandths, so that the product stays small
        prices, den = prices * moved // 1_000, den * 1_000
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


def make_tape(frame: DayFrame, prints: Prints, carry: Carry, events: Sequence[Event]) -> Tape:
    """Return the tape of a day from the prints of its (scaled) path."""
    before = Ending(Fraction(1), carry.pin, carry.halted)
    stretches, ending = cut_day(frame, prints, before, events)
    pieces = [_apply(stretch, prints, frame) for stretch in stretches]
    pieces += [_reopening(stretch, prints, frame) for stretch in stretches]
    pieces += [_single(*shown, frame) for shown in _shown_at_once(events, stretches, prints, frame)]
    columns = {
        name: np.concatenate([getattr(piece, name) for piece in pieces])
        for name in Prints.__struct_fields__
    }
    order = np.argsort(columns["time"], kind="stable")
    made = Prints(**{name: column[order] for name, column in columns.items()})
    made = made.take(_allowed(made, prints, frame))
    halts = [(each.start + 1, each.end + 1) for each in stretches if each.halted]
    interruptions = [
        (each.at_ms + 1, each.until_ms) for each in events if isinstance(each, Interruption)
    ]
    halts, interruptions = (
        sorted([*own, *board])
        for own, board in ((halts, frame.halts), (interruptions, frame.interruptions))
    )
    ends = [frame.opening_end_ms, *(end for _, end in interruptions), frame.closing_end_ms]
    auctions = tuple((each.end, _auctions(each, prints, frame, ends)) for each in stretches)
    return Tape(
        made, tuple(halts), ending.ratio, ending.pin, ending.halted, auctions, tuple(interruptions)
    )


def _allowed(made: Prints, prints: Prints, frame: DayFrame) -> NDArray[np.bool_]:
    """Say which prints may be: those of the path, and others while the board is open."""
    closed = np.zeros(len(made.time), dtype=bool)
    for begin, end in (*frame.halts, *frame.interruptions):
        closed |= (made.time >= begin) & (made.time < end)
    return ~closed | np.isin(made.time, prints.time)


def _auctions(
    stretch: Stretch, prints: Prints, frame: DayFrame, ends: list[int]
) -> dict[int, Auction]:
    """Return the auction prints as they would be if a stretch lasted, by their times."""
    found: dict[int, Auction] = {}
    lasting = structs.replace(
        stretch, start=moment(frame.day), end=moment(frame.day + 1), muted_ms=0, auction=None
    )
    for end_ms in ends:
        if stretch.halted or stretch.start < end_ms <= stretch.muted_ms:
            continue
        if end_ms == stretch.auction_ms:
            shown = _reopening(structs.replace(stretch, end=end_ms, muted_ms=0), prints, frame)
        else:
            first = int(np.searchsorted(prints.time, end_ms))
            part = prints.take(slice(first, first + 1))
            shown = _apply(lasting, part.take((part.time == end_ms) & (part.side == 0)), frame)
        if len(shown.time):
            found[end_ms] = int(shown.price[0]), int(shown.quantity[0])
    return found


def _apply(stretch: Stretch, prints: Prints, frame: DayFrame) -> Prints:
    """Return what a stretch makes of the path's prints in it."""
    begin = max(stretch.start, stretch.silent_ms)
    if stretch.halted or begin >= stretch.end:
        return prints.take(slice(0, 0))
    first, last = np.searchsorted(prints.time, (begin, stretch.end), side="right")
    part = prints.take(slice(int(first), int(last)))
    if stretch.is_plain:
        return part
    price = _shown_prices(stretch, part.price, part.time, frame)
    return structs.replace(part, price=price, turnover=price * part.quantity)


def _shown_prices(stretch: Stretch, prices: Ints, times: Ints, frame: DayFrame) -> Ints:
    """Return what prices of the path at some times look like in a stretch."""
    if stretch.price is not None:
        return np.full_like(prices, min(max(stretch.price, frame.lower), frame.upper))
    moved = factors(stretch.sways, times) if stretch.sways else None
    return scaled_prices(prices, stretch.ratio, frame.table, frame.limits, moved)


def _reopening(stretch: Stretch, prints: Prints, frame: DayFrame) -> Prints:
    """Return the print that ends an interruption, or none."""
    auction = stretch.auction
    if auction is None or stretch.end != auction.until_ms or stretch.halted:
        return prints.take(slice(0, 0))
    if stretch.muted_ms >= auction.until_ms:
        return prints.take(slice(0, 0))
    price = auction.price if stretch.price is None else stretch.price
    price = min(max(price, frame.lower), frame.upper)
    return _single(auction.until_ms, price, auction.quantity, 0, frame)


def _shown_at_once(
    events: Sequence[Event], stretches: list[Stretch], prints: Prints, frame: DayFrame
) -> list[tuple[int, int, int, int]]:
    """Return (time, price, quantity, side) of prints that show a new price at once."""
    closing = moment(frame.day, frame.times.closing_auction_ms)
    found = []
    for event in events:
        marks: list[tuple[int, int]] = []
        if isinstance(event, Pin):
            marks = [(event.at_ms + 1, event.price)]
        elif isinstance(event, Sway):
            marks = [(time + 1, 0) for time, _ in event.knots]
        for at, pinned in marks:
            inside = next((each for each in stretches if each.start < at <= each.end), None)
            if inside is None or inside.halted or inside.silent_ms >= at:
                continue
            if not frame.opening_end_ms < at < closing:
                continue
            path = np.array([path_price(prints, at, frame.base)], dtype=np.int64)
            times = np.array([at], dtype=np.int64)
            before = int(path_price(prints, at - 1, frame.base))
            price = pinned or int(_shown_prices(inside, path, times, frame)[0])
            found.append((at, price, 1, 1 if price >= before else -1))
    return found


def _single(at: int, price: int, quantity: int, side: int, frame: DayFrame) -> Prints:
    row = max(frame.slot_at(at), 0)
    values = (row, at, price, quantity, price * quantity, side)
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

    def auction(self, time_ms: int, end_ms: int) -> Auction:
        """Return price and quantity of the auction print at `end_ms` as it looks at a time."""
        found: dict[int, Auction] = next(
            (known for end, known in self._auctions if time_ms <= end), {}
        )
        return found.get(end_ms, (0, 0))

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

"""Cut a symbol's day at its events into stretches in which one thing happens to the prints.

Not for: applying a stretch to prints (`tape`).

Invariants: stretches cover the day without a gap; a stretch knows nothing of later events, so
what is expected from inside of it does not change when an event is added behind it.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.clock import moment
from kiwoom_sim.market.alterations import (
    PPM,
    Event,
    Halt,
    Interruption,
    Mute,
    Pin,
    Resume,
    Sway,
    Tide,
)
from kiwoom_sim.market.intraday.day_frame import DayFrame
from kiwoom_sim.market.intraday.trades import Prints
from kiwoom_sim.market.records import Ints

_DENOMINATOR_MAX = 1_000_000


class Stretch(Struct, frozen=True):
    """Hold one stretch (start, end] of a day and what happens to its prints.

    Attributes:
        price: The price of all prints, or None.
        ratio: Factor on prices.
        sways: Factors that move, on top of the ratio.
        muted_ms: Until when nobody trades, or 0.
        auction: The running interruption, or None.
    """

    start: int
    end: int
    halted: bool
    price: int | None
    ratio: Fraction
    sways: tuple[Sway, ...] = ()
    muted_ms: int = 0
    auction: Interruption | None = None

    @property
    def auction_ms(self) -> int:
        """When the running interruption ends, or 0."""
        return self.auction.until_ms if self.auction is not None else 0

    @property
    def is_plain(self) -> bool:
        """Whether prices are those of the path."""
        return self.price is None and self.ratio == 1 and not self.sways

    @property
    def silent_ms(self) -> int:
        """Until when no print of the path is shown, or 0."""
        return max(self.muted_ms, self.auction_ms)


class Ending(Struct, frozen=True):
    """Hold what is left at the end of a day.

    Attributes:
        ratio: Shown price over the day's path price.
        pin: Price and end of a running pin.
    """

    ratio: Fraction
    pin: tuple[int, int] | None
    halted: bool


def factors(sways: Sequence[Sway | Tide], times: Ints) -> Ints:
    """Return the product of moving factors at each time, in parts per million."""
    whole: Ints = np.full(times.shape, PPM, dtype=np.int64)
    for sway in sways:
        edges = np.array([sway.at_ms, *(time for time, _ in sway.knots)], dtype=np.int64)
        values = np.array([PPM, *(factor for _, factor in sway.knots)], dtype=np.int64)
        after = np.searchsorted(edges, times, side="right")
        before = np.maximum(after - 1, 0)
        later = np.minimum(after, len(edges) - 1)
        span = np.maximum(edges[later] - edges[before], 1)
        passed = np.clip(times - edges[before], 0, span)
        whole = whole * (values[before] + (values[later] - values[before]) * passed // span) // PPM
    return np.maximum(whole, 1)


def ratio_from(price: int, prints: Prints, time: int, base: int) -> Fraction:
    """Return the ratio that makes the path's price at a time show as `price`."""
    return Fraction(price, path_price(prints, time, base)).limit_denominator(_DENOMINATOR_MAX)


def path_price(prints: Prints, time: int, base: int) -> int:
    """Return the last price of the path at or before a time."""
    number = int(np.searchsorted(prints.time, time, side="right")) - 1
    return int(prints.price[number]) if number >= 0 else base


class _Cutter:
    """Walk through a day."""

    def __init__(self, frame: DayFrame, prints: Prints, ending: Ending) -> None:
        self.stretches: list[Stretch] = []
        self._time = moment(frame.day)
        self._base = frame.base
        self._prints = prints
        self._ratio = Fraction(1)
        self._pin, self._halted = ending.pin, ending.halted
        self._sways: tuple[Sway, ...] = ()
        self._muted = 0
        self._auction: Interruption | None = None

    def go_to(self, instant: int) -> None:
        """Close the stretches up to an instant."""
        while ends := [end for end in self._ends() if end <= instant]:
            end = min(ends)
            self._close(end)
            self._expire(end)
        self._close(instant)

    def take(self, event: Event) -> None:
        """Let an event begin."""
        if isinstance(event, Halt):
            self._halted = True
        elif isinstance(event, Resume):
            self._halted, self._muted = False, 0
            self._unpin()
        elif isinstance(event, Pin):
            self._pin = (event.price, event.until_ms)
        elif isinstance(event, Sway):
            self._sways = (*self._sways, event)
        elif isinstance(event, Mute):
            self._muted = event.until_ms
        elif isinstance(event, Interruption):
            self._auction = event

    def ending(self) -> Ending:
        """Return what is left."""
        ratio = self._ratio
        for sway in self._sways:
            ratio *= Fraction(sway.knots[-1][1], PPM)
        return Ending(ratio.limit_denominator(_DENOMINATOR_MAX), self._pin, self._halted)

    def _ends(self) -> list[int]:
        pinned = self._pin[1] if self._pin is not None else 0
        auction = self._auction.until_ms if self._auction is not None else 0
        return [end for end in (pinned, self._muted, auction) if end]

    def _expire(self, end: int) -> None:
        if self._pin is not None and self._pin[1] <= end:
            self._unpin()
        self._muted = 0 if self._muted <= end else self._muted
        if self._auction is not None and self._auction.until_ms <= end:
            if self._pin is None and not self._halted:
                self._go_on_from(self._auction.price)
            self._auction = None

    def _unpin(self) -> None:
        if self._pin is not None:
            self._go_on_from(self._pin[0])
            self._pin = None

    def _go_on_from(self, price: int) -> None:
        self._ratio = ratio_from(price, self._prints, self._time, self._base)
        self._sways = ()

    def _close(self, end: int) -> None:
        price = self._pin[0] if self._pin is not None else None
        stretch = Stretch(
            self._time, max(self._time, end), self._halted, price, self._ratio, self._sways,
            self._muted, self._auction,
        )  # fmt: skip
        self.stretches.append(stretch)
        self._time = stretch.end


def cut_day(
    frame: DayFrame, prints: Prints, before: Ending, events: Sequence[Event]
) -> tuple[list[Stretch], Ending]:
    """Return the stretches of a day, and what is left after the last.

    Args:
        frame: The day.
        prints: What the path trades.
        before: What the session before left; its ratio is in the prints.
        events: What happens, in order.
    """
    cutter = _Cutter(frame, prints, before)
    for event in events:
        cutter.go_to(event.at_ms)
        cutter.take(event)
    cutter.go_to(moment(frame.day + 1) - 1)
    return cutter.stretches, cutter.ending()

"""Say where the best ask and bid stand: at the last trade, one spread apart.

A buyer-initiated trade was at the best ask, a seller-initiated one at the best bid; the other
side is a few steps away. The spread of a symbol may change at its *knots*, every five seconds
with a phase of its own, and nowhere else.

Invariants: the best bid is below the best ask; both are on the grid and inside the limits; a side
that would lie beyond a limit is empty (0). At the upper limit there is no ask: it is locked.
"""

import numpy as np

from kiwoom_sim.core.rng import Key, philox, philox_block, stream_key
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.ticks import price_at_rank, tick_rank

KNOT_MS = 5_000

_WORD = 2.0**32
_MASK = 0xFFFFFFFF
_LIQUID = ((20_000, 0.96), (5_000, 0.9), (1_000, 0.8), (200, 0.65), (0, 0.5))


class Knots:
    """Know the knots of one symbol and what is drawn at them.

    Attributes:
        key: Random stream of the symbol's book.
        phase_ms: Offset of its knots.
    """

    def __init__(self, seed: int, instrument: Instrument) -> None:
        self.key: Key = stream_key(seed, "book", instrument.code)
        self.phase_ms = self.key[0] % KNOT_MS
        trades = 45.0 * (instrument.ref_amount / 1e6) ** 0.5
        self._one = next(share for floor, share in _LIQUID if trades >= floor)
        self._latest = (-1, 0)

    def number(self, time_ms: int) -> int:
        """Return the number of the knot at or before a time."""
        return (time_ms - self.phase_ms) // KNOT_MS

    def time(self, number: int) -> int:
        """Return the time of a knot."""
        return number * KNOT_MS + self.phase_ms

    def spreads(self, times: Ints) -> Ints:
        """Return the spread in steps at each time."""
        numbers = (times - self.phase_ms) // KNOT_MS
        words = philox_block(*self.key, numbers, 0, 0, 1)[0]
        draw = words.astype(np.float64) / _WORD
        steps: Ints = 1 + (draw >= self._one) + (draw >= (1 + self._one) / 2)
        return steps.astype(np.int64)

    def spread(self, time_ms: int) -> int:
        """Return the spread in steps at a time; the same as `spreads`, one by one."""
        number = self.number(time_ms)
        known, steps = self._latest
        if known != number:
            draw = philox(self.key, (number & _MASK, 0, 0, 1))[0] / _WORD
            steps = 1 + (draw >= self._one) + (draw >= (1 + self._one) / 2)
            self._latest = number, steps  # one step: threads may read
        return steps


def leaning(price: Ints, side: Ints, lower: int, upper: int) -> Ints:
    """Return the side of the book that each trade stands for: 1 ask, -1 bid.

    Auction prints (side 0) stand for the ask at every other price; at a limit the book is locked.
    """
    lean = np.where(side == 0, np.where(price // 5 % 2 == 0, 1, -1), side)
    return np.where(price >= upper, -1, np.where(price <= lower, 1, lean)).astype(np.int64)


def best_quotes(
    price: Ints, lean: Ints, spread: Ints, table: int, limits: tuple[int, int]
) -> tuple[Ints, Ints]:
    """Return (best ask, best bid), 0 where a side is empty.

    Args:
        price: Last prices.
        lean: 1 where the last price is the best ask, -1 where it is the best bid.
        spread: Steps between the two.
        table: Price-step table.
        limits: Lower and upper limit.
    """
    rank = tick_rank(price, table)
    lower, upper = limits
    ask = np.where(lean > 0, price, price_at_rank(rank + spread, table))
    bid = np.where(lean > 0, price_at_rank(np.maximum(rank - spread, 0), table), price)
    return np.where(ask > upper, 0, ask), np.where(bid < lower, 0, bid)

"""Decide for every second how many trades it has and how many of them buyers started.

These numbers come before the trades themselves, so that running totals at any trade are known
without making the trades of the whole day.

Invariants, per second with volume: turning points <= trades <= shares; bought shares are at least
the buys, and the rest is at least the sells. Auction prints are one trade and neither side.
"""

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.rng import uniform_quads
from kiwoom_sim.market.intraday.path import SECONDS, SLOTS_MAX, SlotRows
from kiwoom_sim.market.intraday.refine import Bars, Floats, turning_points
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.records import Ints

TRADES_MAX = 25
"""Most trades of a symbol in one second."""

_LEAST = 0.4
_CONTRARY = 0.14
_LEAN = 0.33


class Counts(Struct, frozen=True):
    """Hold trade counts per second, shape (rows, 60).

    Attributes:
        trades: All trades.
        buys: Trades started by buyers.
        bought: Shares of those.
        printed: 1 in the second of an auction print.
        draw: A uniform per second, for those who place the trades.
    """

    trades: Ints
    buys: Ints
    bought: Ints
    printed: Ints
    draw: Floats

    def totals(self, volume: Ints) -> Ints:
        """Return (trades, buys, sells, bought, sold) per row, shape (rows, 5)."""
        sold = volume * (1 - self.printed) - self.bought
        sells = self.trades - self.buys - self.printed
        columns = (self.trades, self.buys, sells, self.bought, sold)
        return np.stack([column.sum(axis=1) for column in columns], axis=1)


def count_trades(
    universe: Universe, rows: SlotRows, seconds: Bars, limits: tuple[Ints, Ints]
) -> Counts:
    """Return the counts of split slots.

    Args:
        universe: Holds the keys.
        rows: The slots.
        seconds: Their seconds, see `split_slots`.
        limits: Lower and upper limits, one per row.
    """
    keys = universe.keys("trade-counts")[rows.position]
    noise = uniform_quads(keys, rows.day * SLOTS_MAX + rows.slot, SECONDS)
    volume = seconds.volume
    wanted = (_LEAST + 2 * (1 - _LEAST) * noise[..., 0]) * volume / rows.mean_size[:, None]
    least, most = turning_points(seconds), np.minimum(volume, TRADES_MAX)
    trades = np.minimum(np.maximum(np.rint(wanted).astype(np.int64), least), most)
    at = np.arange(SECONDS) == rows.auction_second[:, None]
    printed = (at & (volume > 0)).astype(np.int64)
    trades = np.where(printed > 0, 1, trades)
    direction = _directions(rows, seconds, noise[:, 0, 1], limits)
    share = 0.5 + _LEAN * direction + 0.3 * (noise[..., 1] - 0.5)
    buys = np.rint(np.clip(share, 0.0, 1.0) * trades).astype(np.int64)
    single = (direction > 0) ^ (noise[..., 1] < _CONTRARY)
    buys = np.where(trades == 1, single, buys) * (1 - printed)
    part = volume * buys / np.maximum(trades, 1) * (0.6 + 0.8 * noise[..., 2])
    bought = np.clip(np.rint(part).astype(np.int64), buys, volume - (trades - buys))
    bought = np.where(buys == 0, 0, np.where(buys == trades, volume, bought))
    return Counts(trades, buys, bought, printed, noise[..., 3])


def _directions(rows: SlotRows, seconds: Bars, draw: Floats, limits: tuple[Ints, Ints]) -> Ints:
    """Return the sign of the latest price change at each second; drawn where there was none."""
    before = np.concatenate([rows.auction_before[:, None], seconds.close[:, :-1]], axis=1)
    change = np.sign(seconds.close - before)
    change[:, 0] = np.where(change[:, 0] == 0, np.where(draw < 0.5, -1, 1), change[:, 0])
    position = np.where(change != 0, np.arange(SECONDS), 0)
    latest = np.take_along_axis(change, np.maximum.accumulate(position, axis=1), axis=1)
    lower, upper = (limit[:, None] for limit in limits)
    locked: Ints = np.where(seconds.close >= upper, -1, np.where(seconds.close <= lower, 1, latest))
    return locked

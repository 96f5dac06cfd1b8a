"""Answer which member firms (거래원) trade a symbol most.

Each firm owns a share of the day's final volume, drawn around its share of the market, and of the
volume so far the part that is through (`apportion.part_so_far`); so totals only grow during the
day, and buyers and sellers each sum to the symbol's volume.

Known deviations: which firms count as foreign follows today's list for all days. The screen is
compared with its state `UPDATE_MS` earlier; the broker updates it at irregular times.
"""

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_DAY, day_of, moment
from kiwoom_sim.core.rng import normal_grid, stream_key
from kiwoom_sim.market.apportion import by_weight, part_so_far
from kiwoom_sim.market.basis import Basis, LiveSymbols
from kiwoom_sim.market.listing.reference import Broker, load_reference
from kiwoom_sim.market.records import BrokerLine, Ints

UPDATE_MS = 30_000
TOP = 5
FOREIGN_TOTAL = "888"
"""Code of the pseudo firm that stands for all foreign firms (외국계 전체)."""


class ForeignFirms(Struct, frozen=True, kw_only=True):
    """Hold what all foreign firms (외국계) sold and bought today, and since the last update."""

    sell: int
    sell_change: int
    buy: int
    buy_change: int


class Brokers:
    """Answer the member firms' trading of symbols."""

    def __init__(self, basis: Basis, live: LiveSymbols) -> None:
        """Bind the parts of a market and what its symbols show."""
        self._basis = basis
        self._live = live
        self._firms: list[Broker] = [
            broker for broker in load_reference().brokers.values() if broker.status == "current"
        ]
        self._usual = np.array([broker.share for broker in self._firms])
        self._foreign = np.array([broker.foreign for broker in self._firms])

    def top(self, code: str, now: int) -> tuple[tuple[BrokerLine, ...], tuple[BrokerLine, ...]]:
        """Return today's five largest sellers and buyers at `now`, largest first.

        Firms without a trade are left out, so either side may be shorter.
        """
        sell, sell_before, buy, buy_before = self._sides(code, now)
        return self._lines(sell, sell_before), self._lines(buy, buy_before)

    def foreign_firms(self, code: str, now: int) -> ForeignFirms:
        """Return what the foreign firms together did today up to `now`."""
        sell, sell_before, buy, buy_before = (
            int(side[self._foreign].sum()) for side in self._sides(code, now)
        )
        return ForeignFirms(
            sell=sell,
            sell_change=sell - sell_before,
            buy=buy,
            buy_change=buy - buy_before,
        )

    def foreign_nets(self, code: str, now: int, last_day: int, count: int) -> Ints:
        """Return the foreign firms' net buys, in shares, for each of the newest day candles."""
        candles = self._live.day_candles(code, now, last_day, count)
        days = candles.time // MS_PER_DAY
        sell, buy = self._split(code, days, candles.volume)
        nets: Ints = (buy - sell)[:, self._foreign].sum(axis=1)
        if len(days) and days[-1] == day_of(now):
            sold, bought = self._so_far(code, int(days[-1]), int(candles.volume[-1]))
            nets[-1] = (bought - sold)[self._foreign].sum()
        return nets

    def _sides(self, code: str, now: int) -> tuple[Ints, Ints, Ints, Ints]:
        """Return every firm's sales now and an update earlier, and its purchases likewise."""
        day = day_of(now)
        before = max(moment(day), now - UPDATE_MS)
        sell, buy = self._so_far(code, day, self._live.volume_at(code, now))
        sell_before, buy_before = self._so_far(code, day, self._live.volume_at(code, before))
        return sell, sell_before, buy, buy_before

    def _so_far(self, code: str, day: int, done: int) -> tuple[Ints, Ints]:
        """Return sold and bought shares of every firm after `done` shares of a day."""
        final = done
        candles = self._live.day_candles(code, moment(day, MS_PER_DAY - 1), day, 1)
        if len(candles) and day_of(int(candles.time[-1])) == day:
            final = max(done, int(candles.volume[-1]))
        sell, buy = self._basis.store.get(
            ("brokers", code, day, final),
            lambda: self._split(code, np.array([day]), np.array([final])),
        )
        return part_so_far(sell[0], done), part_so_far(buy[0], done)

    def _split(self, code: str, days: Ints, volumes: Ints) -> tuple[Ints, Ints]:
        """Split volumes of days over the firms, sold and bought, shape (days, firms)."""
        count = len(self._firms)
        key = np.array([stream_key(self._basis.universe.seed, "brokers", code)], dtype=np.uint32)
        # Position 0 is the firms' lasting taste for the symbol; days are positions above.
        draws = normal_grid(key, np.append(0, days), 2 * count)
        weights = np.tile(self._usual, 2) * np.exp(0.5 * draws[0] + 0.5 * draws[1:])
        return by_weight(weights[:, :count], volumes), by_weight(weights[:, count:], volumes)

    def _lines(self, totals: Ints, before: Ints) -> tuple[BrokerLine, ...]:
        order = np.lexsort((np.arange(len(totals)), -totals))[:TOP]
        return tuple(
            BrokerLine(
                self._firms[place].code,
                int(totals[place]),
                int(totals[place] - before[place]),
            )
            for place in order.tolist()
            if totals[place] > 0
        )

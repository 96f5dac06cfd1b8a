"""Make the single trades (체결) of seconds whose bars and counts are known.

Trades of a second come in up to five bursts at distinct instants, as when one order meets several
resting ones. Prices start at the second's open, visit its extremes and end at its close.

Invariants, per second: quantities sum to the volume, turnovers to the turnover; the numbers of
buys and the shares bought are the counted ones; times rise, within 1..999 ms of the second.
A trade depends on its symbol, day, slot and number only, never on what else is made with it.

Known deviations: the turnover of a second is divided by price times quantity, so the running
turnover agrees with every bar, but may differ from the plain sum of price times quantity.
"""

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_DAY
from kiwoom_sim.core.rng import normal_quantile, uniform_quads
from kiwoom_sim.market.intraday.path import SLOTS_MAX, SlotRows
from kiwoom_sim.market.intraday.refine import Bars, Floats
from kiwoom_sim.market.intraday.trade_counts import Counts
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.ticks import price_at_rank, tick_rank

BURSTS_MAX = 5
BURST_MS = 200

_GOLDEN = 0.6180339887498949
_SIZE_NOISE = 1.1
_BLOCK_SHARE, _BLOCK_FACTOR = 0.02, 8.0
_ROUND_SHARE = 0.45
_LOTS = ((150, 100), (60, 50), (12, 10))
_WEIGHT_UNIT = 4_096.0


class Prints(Struct, frozen=True):
    """Hold trades as columns, in order.

    Attributes:
        row: Row of the slot in what they were made from.
        turnover: Won of each trade.
        side: 1 buyer-initiated, -1 seller-initiated, 0 auction.
    """

    row: Ints
    time: Ints
    price: Ints
    quantity: Ints
    turnover: Ints
    side: Ints

    def take(self, index: object) -> "Prints":
        """Return the trades at a numpy index."""
        return Prints(*(getattr(self, name)[index] for name in self.__struct_fields__))


class _Layout(Struct, frozen=True):
    """Place every trade: its row and second, its second's number, its number in there."""

    row: Ints
    second: Ints
    entry: Ints
    number: Ints
    count: Ints
    draw: Floats
    noise: Floats


def make_trades(
    universe: Universe, rows: SlotRows, seconds: Bars, counts: Counts, start_ms: Ints
) -> Prints:
    """Return all trades of slots, row by row.

    Args:
        universe: Holds the keys.
        rows: The slots, all of one symbol.
        seconds: Their seconds.
        counts: Their counts.
        start_ms: Start of each slot, in ms since midnight.
    """
    busy = np.nonzero(counts.trades)
    bars = seconds.take(busy)
    number = counts.trades[busy]
    layout = _lay_out(universe, rows, busy, number, counts.draw[busy])
    entry = layout.entry
    price = _prices(bars, layout, int(rows.table[0]))
    before = np.concatenate([rows.auction_before[:, None], seconds.close[:, :-1]], axis=1)[busy]
    side = _sides(price, before, layout, counts.buys[busy])
    side = np.where(counts.printed[busy][entry] > 0, 0, side)
    bought = counts.bought[busy]
    quantity = _quantities(layout, side, bought, bars.volume - bought)
    turnover = _shares(entry, price * quantity, bars.turnover)
    time = rows.day[layout.row] * MS_PER_DAY + start_ms[layout.row] + layout.second * 1_000
    printed = side == 0
    instants = np.where(printed, rows.auction_ms[layout.row] % 1_000, _instants(layout))
    time += instants
    return Prints(layout.row, time, price, quantity, turnover, side)


def _lay_out(
    universe: Universe, rows: SlotRows, busy: tuple[Ints, ...], count: Ints, draw: Floats
) -> _Layout:
    entry = np.repeat(np.arange(len(count)), count)
    starts = np.cumsum(count) - count
    everything = np.arange(len(entry))
    row = busy[0][entry]
    per_row = np.bincount(busy[0], weights=count, minlength=len(rows.slot)).astype(np.int64)
    in_row = everything - (np.cumsum(per_row) - per_row)[row]
    keys = universe.keys("trades")[rows.position]
    longest = int(per_row.max()) if len(entry) else 1
    noise = uniform_quads(keys, rows.day * SLOTS_MAX + rows.slot, longest)[row, in_row]
    return _Layout(
        row=row,
        second=busy[1][entry],
        entry=entry,
        number=everything - starts[entry],
        count=count,
        draw=draw,
        noise=noise,
    )


def _instants(layout: _Layout) -> Ints:
    """Return ms within the second; trades of one burst share theirs."""
    bursts = np.minimum(layout.count, 1 + (layout.draw * BURSTS_MAX).astype(np.int64))
    entry, draw = layout.entry, layout.draw[layout.entry]
    burst = layout.number * bursts[entry] // layout.count[entry]
    again = (draw * 64.0) % 1.0
    window = np.floor((burst + again) * BURSTS_MAX / bursts[entry]).astype(np.int64)
    offset = ((draw * 4_096.0 + burst * _GOLDEN) % 1.0) * (BURST_MS - 2)
    instants: Ints = window * BURST_MS + 1 + offset.astype(np.int64)
    return instants


def _prices(bars: Bars, layout: _Layout, table: int) -> Ints:
    """Return prices that start at the open, pass the extremes and end at the close."""
    count, draw = layout.count, layout.draw
    ranks = [tick_rank(column, table) for column in (bars.open, bars.high, bars.low, bars.close)]
    opening, high, low, close = ranks
    above = high > np.maximum(opening, close)
    below = low < np.minimum(opening, close)
    both = above & below
    high_first = np.where(both, (draw * 256.0) % 1.0 < 0.5, above)
    inner = np.maximum(count - 2, 1)
    spare = np.maximum(inner - both, 1)
    first_at = 1 + (((draw * 16.0) % 1.0) * spare).astype(np.int64)
    gap = np.maximum(inner - first_at, 1)
    second_at = first_at + 1 + (((draw * 1_024.0) % 1.0) * gap).astype(np.int64)
    first = np.where(high_first, high, np.where(below, low, opening))
    second = np.where(both, np.where(high_first, low, high), first)
    turning = above | below
    first_at = np.where(turning, first_at, 0)
    second_at = np.where(both, second_at, first_at)
    entry, number = layout.entry, layout.number
    last_at = np.maximum(count - 1, 1)
    points = np.stack([np.zeros_like(count), first_at, second_at, last_at])[:, entry]
    levels = np.stack([opening, np.where(turning, first, opening), second, close])
    levels[2] = np.where(turning, levels[2], opening)
    levels = levels[:, entry]
    leg = (number > points[1]).astype(np.int64) + (number > points[2])
    everything = np.arange(len(entry))
    left, right = points[leg, everything], points[leg + 1, everything]
    share = (number - left) / np.maximum(right - left, 1)
    line = levels[leg, everything] * (1 - share) + levels[leg + 1, everything] * share
    between = (number > left) & (number < right)
    wobble = np.where(between, 1.6 * (layout.noise[:, 0] - 0.5), 0.0)
    rank = np.clip(np.rint(line + wobble).astype(np.int64), low[entry], high[entry])
    rank = np.where(number == count[entry] - 1, close[entry], rank)
    return price_at_rank(rank, table)


def _sides(price: Ints, before: Ints, layout: _Layout, buys: Ints) -> Ints:
    """Return sides: the counted number of buys goes to trades that moved the price up."""
    entry, number = layout.entry, layout.number
    previous = np.concatenate([[0], price[:-1]])
    previous = np.where(number == 0, before[entry], previous)
    change = np.sign(price - previous)
    start = np.where(number == 0, np.arange(len(entry)), 0)
    known = np.where(change != 0, np.arange(len(entry)), start)
    latest = change[np.maximum.accumulate(np.maximum(known, start))] if len(entry) else change
    score = latest * 1.0 + 1.2 * (layout.noise[:, 1] - 0.5)
    order = np.lexsort((number, -score, entry))
    starts = (np.cumsum(layout.count) - layout.count)[entry]
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    sides: Ints = np.where(place - starts < buys[entry], 1, -1)
    return sides


def _quantities(layout: _Layout, side: Ints, bought: Ints, sold: Ints) -> Ints:
    """Return sizes: log-normal with a few blocks, round lots frequent, exact in sum per side."""
    group = layout.entry * 2 + (side > 0)
    order = np.lexsort((layout.number, group))
    totals = np.stack([sold, bought], axis=1).reshape(-1)
    sizes = np.bincount(group, minlength=len(totals))
    weights = np.exp(_SIZE_NOISE * normal_quantile(layout.noise[:, 2]))
    weights *= np.where(layout.noise[:, 1] * 64.0 % 1.0 < _BLOCK_SHARE, _BLOCK_FACTOR, 1.0)
    sorted_group = group[order]
    units = 1 + np.rint(weights[order] * _WEIGHT_UNIT).astype(np.int64)
    quantity = 1 + _shares(sorted_group, units, totals - sizes)
    lot = np.ones_like(quantity)
    for least, unit in reversed(_LOTS):
        lot[quantity >= least] = unit
    ends = np.cumsum(sizes)[sorted_group] - 1
    last = np.arange(len(group)) == ends
    rounded = (layout.noise[order, 3] < _ROUND_SHARE) & ~last
    cut = np.where(rounded, quantity % lot, 0)
    quantity -= cut
    running = np.concatenate([[0], np.cumsum(cut)])
    starts = ends + 1 - sizes[sorted_group]
    quantity += np.where(last, running[ends + 1] - running[starts], 0)
    result = np.empty_like(quantity)
    result[order] = quantity
    return result


def _shares(group: Ints, units: Ints, totals: Ints) -> Ints:
    """Split totals over members of sorted groups by exact cumulative units (at least 1 each)."""
    running = np.cumsum(units)
    sizes = np.bincount(group, minlength=len(totals))
    ends = np.cumsum(sizes)
    upto = np.concatenate([[0], running])
    start = upto[ends - sizes][group]
    width = (upto[ends] - upto[ends - sizes])[group].astype(np.float64)
    total = totals[group]
    after = np.rint(total * ((running - start) / width)).astype(np.int64)
    before = np.rint(total * ((running - units - start) / width)).astype(np.int64)
    shares: Ints = after - before
    return shares

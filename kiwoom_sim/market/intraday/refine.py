"""Split parent bars into child bars so that the children add up to the parent exactly.

One function serves every level: a day becomes (opening auction, minutes, closing auction), a
minute becomes 60 seconds. Rows are parents (any mix of symbols and days), columns are children.

Theory of operation: volume first, by rounding cumulative weights; only children with volume
move. Log prices of their closes are a Brownian bridge from the parent's open to its close on the
variance clock; what reaches beyond open and close is stretched so that the extremes are hit.

Invariants, for every row with volume:
    volumes and turnovers of the children sum to the parent's; the first traded child opens at the
    parent's open, the last traded one closes at its close; the highest high and the lowest low
    are the parent's; every price is on the grid; a child holds no more distinct turning points
    (open, high, low, close) than it has shares; a child without volume is flat at the previous
    close. Rows do not influence each other, so any subset of rows gives the same numbers.

Not for: choosing weights and variances; see `intraday`.
"""

from collections.abc import Callable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kiwoom_sim.core.rng import normal_quantile
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.ticks import round_to_tick, tick_sizes

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

RESERVE = 4
"""Shares set aside for the child that must be able to visit open, high, low and close."""

_WEIGHT_UNIT = 65_536.0
_RANGE_PER_SD = 1.4
_LOG_DIGITS = 9


class Bars(Struct, frozen=True):
    """Hold bars as columns of one shape; prices and turnover in won, volume in shares."""

    open: Ints
    high: Ints
    low: Ints
    close: Ints
    volume: Ints
    turnover: Ints

    def take(self, index: object) -> "Bars":
        """Return the bars at a numpy index."""
        return Bars(*(getattr(self, name)[index] for name in self.__struct_fields__))


class Plan(Struct, frozen=True):
    """Say how parents are to be split.

    Attributes:
        weights: Share of the volume per child, shape (rows, children), 0 or above.
        variances: Share of the variance per child, same shape, 0 or above.
        noise: Uniforms of shape (rows, children, 4); entry 0 is left to the maker of the weights.
        hot: Child that certainly trades, shape (rows,); never an auction.
        before: Price that children before the first trade stay at, shape (rows,).
        table: Price-step table per row, shape (rows,).
        auctions: The first and the last child are single-price auctions.
    """

    weights: Floats
    variances: Floats
    noise: Floats
    hot: Ints
    before: Ints
    table: Ints
    auctions: bool = False


def turning_points(bars: Bars) -> Ints:
    """Return how many trades a bar needs at least to visit its open, high, low and close."""
    flat = (bars.high == bars.low) & (bars.open == bars.close)
    above = (bars.high > np.maximum(bars.open, bars.close)).astype(np.int64)
    below = (bars.low < np.minimum(bars.open, bars.close)).astype(np.int64)
    needed: Ints = np.where(flat, 1, 2 + above + below)
    return needed


def refine(parents: Bars, plan: Plan) -> Bars:
    """Return the children of all parents, shape (rows, children)."""
    volume = _volumes(parents, plan)
    path, stretched = _log_path(parents, plan, volume > 0)
    close, high, low = (stretched(line) for line in path)
    bars = _to_prices(parents, plan, volume, (close, high, low))
    return _with_turnover(parents, bars)


def refine_closes(parents: Bars, plan: Plan) -> Ints:
    """Return the closes of all children, shape (rows, children); the same as those of `refine`."""
    volume = _volumes(parents, plan)
    path, stretched = _log_path(parents, plan, volume > 0)
    close, _ = _closes(parents, plan, volume, stretched(path[0]))
    return close


def share_out(total: Ints, weights: Floats) -> Ints:
    """Return integers of the shape of `weights` that sum to `total` per row.

    Weights should be whole numbers below 2**53 in sum, so that the result is exact everywhere.
    """
    running = np.cumsum(weights, axis=1)
    whole = running[:, -1:]
    part = np.divide(running, whole, out=np.zeros_like(running), where=whole > 0)
    edges = np.rint(total[:, None] * part).astype(np.int64)
    shares: Ints = np.diff(edges, axis=1, prepend=0)
    return shares


def _volumes(parents: Bars, plan: Plan) -> Ints:
    rows = np.arange(len(plan.hot))
    weights = np.rint(plan.weights * _WEIGHT_UNIT)
    weights[rows, plan.hot] = np.maximum(weights[rows, plan.hot], 1.0)
    reserve = np.minimum(parents.volume, RESERVE)
    volume = share_out(parents.volume - reserve, weights)
    volume[rows, plan.hot] += reserve
    return volume


def _log_path(
    parents: Bars, plan: Plan, traded: Flags
) -> tuple[tuple[Floats, Floats, Floats], Callable[[Floats], Floats]]:
    """Return log closes, highs and lows, and what stretches each of them to the parent's bar."""
    start, end = np.log(parents.open)[:, None], np.log(parents.close)[:, None]
    top, bottom = np.log(parents.high)[:, None], np.log(parents.low)[:, None]
    variance = np.where(traded, plan.variances, 0.0)
    clock = np.cumsum(variance, axis=1)
    whole = np.maximum(clock[:, -1:], 1e-300)
    clock = clock / whole
    walk = np.cumsum(np.sqrt(variance / whole) * normal_quantile(plan.noise[..., 1]), axis=1)
    scale = (top - bottom) / _RANGE_PER_SD
    close = start + clock * (end - start) + scale * (walk - clock * walk[:, -1:])
    before = np.concatenate([start, close[:, :-1]], axis=1)
    middle = (before + close) * 0.5
    square = (close - before) ** 2
    spread = 2.0 * scale * scale * variance / whole
    high = middle + 0.5 * np.sqrt(square - spread * np.log(plan.noise[..., 2]))
    low = middle - 0.5 * np.sqrt(square - spread * np.log(plan.noise[..., 3]))
    upper, lower = np.maximum(start, end), np.minimum(start, end)
    stretch_up = _stretch(top - upper, high.max(axis=1, keepdims=True) - upper)
    stretch_down = _stretch(lower - bottom, lower - low.min(axis=1, keepdims=True))

    def stretched(path: Floats) -> Floats:
        inside = np.minimum(np.maximum(path, lower), upper)
        above, below = np.maximum(path - upper, 0.0), np.minimum(path - lower, 0.0)
        return inside + (stretch_up * above + stretch_down * below)

    return (close, high, low), stretched


def _stretch(wanted: Floats, reached: Floats) -> Floats:
    return np.divide(wanted, reached, out=np.zeros_like(wanted), where=reached > 1e-12)


def _to_prices(
    parents: Bars, plan: Plan, volume: Ints, path: tuple[Floats, Floats, Floats]
) -> Bars:
    """Round the path to prices and make opens, forced points and extremes consistent."""
    traded = volume > 0
    rows = np.arange(len(volume))
    close, before = _closes(parents, plan, volume, path[0])
    high, low = (_to_grid(parents, plan, line) for line in path[1:])
    first = traded.argmax(axis=1)
    opening = _opens(plan, before, close)
    opening[rows, first] = parents.open
    plain = volume == 1
    if plan.auctions:
        plain[:, 0] = True
        plain[:, -1] = True
    opening = np.where(plain | ~traded, close, opening)
    up_first = plan.noise[..., 2] < plan.noise[..., 3]
    may_high = ((volume >= 4) | ((volume == 3) & up_first)) & ~plain
    may_low = ((volume >= 4) | ((volume == 3) & ~up_first)) & ~plain
    body_high, body_low = np.maximum(opening, close), np.minimum(opening, close)
    high = np.where(may_high, np.maximum(high, body_high), body_high)
    low = np.where(may_low, np.minimum(low, body_low), body_low)
    _force_extremes(parents, plan, traded, (opening, high, low, close))
    return Bars(opening, high, low, close, volume, volume)


def _closes(parents: Bars, plan: Plan, volume: Ints, line: Floats) -> tuple[Ints, Ints]:
    """Return the close of each child and the close before it."""
    traded = volume > 0
    rows, count = np.arange(len(volume)), volume.shape[1]
    close = _to_grid(parents, plan, line)
    first = traded.argmax(axis=1)
    last = count - 1 - traded[:, ::-1].argmax(axis=1)
    single = (volume[rows, first] == 1) | (plan.auctions & (first == 0))
    close[rows, first] = np.where(single, parents.open, close[rows, first])
    close[rows, last] = parents.close
    return _carried(close, traded, plan.before)


def _to_grid(parents: Bars, plan: Plan, line: Floats) -> Ints:
    """Return the legal prices nearest to log prices, within the parents' bars."""
    bottom, top = parents.low[:, None], parents.high[:, None]
    prices = np.rint(np.exp(np.round(line, _LOG_DIGITS)))
    prices = np.minimum(np.maximum(prices, bottom), top)
    step = tick_sizes(parents.low, plan.table)
    size = step[:, None].astype(np.float64)
    result: Ints = (np.floor(prices / size + 0.5) * size).astype(np.int64)
    mixed = np.flatnonzero(step != tick_sizes(parents.high, plan.table))
    if len(mixed):
        values = prices[mixed].astype(np.int64)
        result[mixed] = round_to_tick(values, plan.table[mixed, None])
    return result


def _carried(close: Ints, traded: Flags, before: Ints) -> tuple[Ints, Ints]:
    """Return closes with untraded children filled in, and the close before each child."""
    position = np.where(traded, np.arange(close.shape[1]), -1)
    position = np.maximum.accumulate(position, axis=1)
    filled = np.take_along_axis(close, np.maximum(position, 0), axis=1)
    filled = np.where(position < 0, before[:, None], filled)
    return filled, np.concatenate([before[:, None], filled[:, :-1]], axis=1)


def _opens(plan: Plan, before: Ints, close: Ints) -> Ints:
    """Return opens: the close before, or three times in ten one step from it to the close."""
    draw = plan.noise[..., 3] * 1024.0
    moves = (draw - np.floor(draw)) < 0.3
    direction: Ints = np.where(moves, np.sign(close - before), 0)
    edge = np.where(direction < 0, before - 1, before)
    opens: Ints = before + direction * tick_sizes(edge, plan.table[:, None])
    return opens


def _force_extremes(
    parents: Bars, plan: Plan, traded: Flags, columns: tuple[Ints, Ints, Ints, Ints]
) -> None:
    """Let the hot child reach what nobody reached; it is the whole parent when that is tiny."""
    opening, high, low, close = columns
    rows = np.arange(len(plan.hot))
    tiny = (parents.volume > 0) & (parents.volume < RESERVE)
    at = rows[tiny], plan.hot[tiny]
    opening[at], close[at] = parents.open[tiny], parents.close[tiny]
    high[at], low[at] = parents.high[tiny], parents.low[tiny]
    lowest = np.iinfo(np.int64).min
    reached = np.where(traded, high, lowest).max(axis=1)
    short = (reached < parents.high) & (parents.volume >= RESERVE)
    high[rows[short], plan.hot[short]] = parents.high[short]
    reached = -np.where(traded, -low, lowest).max(axis=1)
    short = (reached > parents.low) & (parents.volume >= RESERVE)
    low[rows[short], plan.hot[short]] = parents.low[short]


def _with_turnover(parents: Bars, bars: Bars) -> Bars:
    typical = (bars.open + bars.high + bars.low + bars.close) * bars.volume
    turnover = share_out(parents.turnover, typical.astype(np.float64))
    return Bars(bars.open, bars.high, bars.low, bars.close, bars.volume, turnover)

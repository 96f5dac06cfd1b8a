"""Walk closing prices from session to session on legal prices, forward or backward in time.

Forward, a close is the wanted price rounded to the step and clipped to the limits of its base.
Backward, a base is the nearest legal price to the wanted one from which the known close is inside
the limits. So base(t) = close(t - 1) and lower(t) <= close(t) <= upper(t) hold either way.

Not for: where the wanted prices come from (`share_returns`, `derived`).

Known deviations from the exchange: on the one day at which a price-step table changes, going
backward, moves are kept inside 10 % so that the price is legal in both tables.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kiwoom_sim.market.daily.noise import Floats
from kiwoom_sim.market.daily.price_models import whole_won
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.ticks import (
    Product,
    ceil_to_tick,
    floor_to_tick,
    limit_percent,
    price_limits,
    round_to_tick,
    tick_sizes,
    tick_table,
)

Flags = NDArray[np.bool_]

_SAFE_MOVE = 0.13  # below every limit (15 % until 2015-06-14), so no limit need be computed
_SAFE_PRICE = 200  # below it, a step is a large share of the price
_BORDER_MOVE = 0.10


class StepRules(Struct, frozen=True, kw_only=True):
    """Hold the price rules of a group of instruments of one product.

    Attributes:
        product: Which tables hold.
        leverage: Leverage of each instrument, at least 1.
    """

    product: Product
    leverage: Ints

    def table(self, day: int) -> int:
        """Return the price-step table in force on a day."""
        return tick_table(self.product, day)

    def percent(self, day: int) -> Ints:
        """Return each instrument's limit in percent; 0 means none."""
        return limit_percent(self.product, 1, day) * self.leverage

    def limits(self, bases: Ints, days: Ints) -> tuple[Ints, Ints]:
        """Return (lower, upper) limits of base prices, shape (instruments, sessions)."""
        lower, upper = np.empty_like(bases), np.empty_like(bases)
        rules = [(self.table(int(day)), limit_percent(self.product, 1, int(day))) for day in days]
        for table, percent in sorted(set(rules)):
            columns = [at for at, rule in enumerate(rules) if rule == (table, percent)]
            lower[:, columns], upper[:, columns] = price_limits(
                bases[:, columns], table, percent * self.leverage[:, None]
            )
        return lower, upper

    def rounded(self, prices: Ints, days: Ints) -> Ints:
        """Return prices rounded to the step of their day, shape (instruments, sessions)."""
        result = np.empty_like(prices)
        tables = [self.table(int(day)) for day in days]
        for table in sorted(set(tables)):
            columns = [at for at, each in enumerate(tables) if each == table]
            result[:, columns] = round_to_tick(prices[:, columns], table)
        return result


class Aims(Struct, frozen=True, kw_only=True):
    """Say where prices want to go; column j is the step between sessions j and j + 1.

    Attributes:
        keep: The wanted log price is `keep * log(known price) + drive`.
        drive: Shape (instruments, steps).
        still: Steps without a trade: the price stays.
        limit_up: Steps that end at the upper limit.
    """

    keep: float
    drive: Floats
    still: Flags
    limit_up: Flags


def _wanted(aims: Aims, known: Ints, step: int) -> Ints:
    logs = aims.drive[:, step]
    if aims.keep:
        logs = aims.keep * np.log(known) + logs
    return whole_won(logs)


def _risky(goal: Ints, known: Ints, forced: Flags) -> Ints:
    """Return the rows whose move must be held against the limits."""
    small = np.minimum(goal, known)
    wide = np.abs(goal - known) > _SAFE_MOVE * small
    return np.flatnonzero(wide | (small < _SAFE_PRICE) | forced)


def walk_forward(start: Ints, aims: Aims, rules: StepRules, days: Ints) -> Ints:
    """Return closes of shape (instruments, steps + 1); column 0 is `start`.

    Args:
        start: Close of the first session.
        aims: Wanted prices.
        rules: Price rules of the instruments.
        days: Day of each session, steps + 1 of them.
    """
    path = np.empty((len(start), len(days)), dtype=np.int64)
    path[:, 0] = known = start
    for step in range(len(days) - 1):
        day = int(days[step + 1])
        table, forced = rules.table(day), aims.limit_up[:, step]
        goal = round_to_tick(_wanted(aims, known, step), table)
        rows = _risky(goal, known, forced)
        if len(rows):
            lower, upper = price_limits(known[rows], table, rules.percent(day)[rows])
            goal[rows] = np.where(forced[rows], upper, np.clip(goal[rows], lower, upper))
        known = np.where(aims.still[:, step], known, goal)
        path[:, step + 1] = known
    return path


def walk_backward(end: Ints, aims: Aims, rules: StepRules, days: Ints) -> Ints:
    """Return closes of shape (instruments, steps + 1); the last column is `end`."""
    path = np.empty((len(end), len(days)), dtype=np.int64)
    path[:, -1] = known = end
    for step in range(len(days) - 2, -1, -1):
        day = int(days[step + 1])
        table, earlier = rules.table(day), rules.table(int(days[step]))
        wanted = _wanted(aims, known, step)
        if table == earlier:
            goal = round_to_tick(wanted, table)
            rows = _risky(goal, known, aims.limit_up[:, step])
            if len(rows):
                goal[rows] = _nearest_bases(
                    goal[rows], known[rows], aims.limit_up[rows, step],
                    table, rules.percent(day)[rows],
                )  # fmt: skip
        else:
            room = (known * _BORDER_MOVE).astype(np.int64)
            near = np.clip(wanted, known - room, known + room)
            goal = round_to_tick(round_to_tick(near, earlier), table)
        known = np.where(aims.still[:, step], known, goal)
        path[:, step] = known
    return path


def _nearest_bases(goal: Ints, close: Ints, forced: Flags, table: int, percent: Ints) -> Ints:
    """Return the legal base nearest to each goal, or the lowest one where a rise is forced.

    Steps from the edge of what is arithmetically possible towards the close, which is itself a
    legal base, so the search ends.
    """
    lowest = ceil_to_tick(-(-close * 100 // (100 + percent)), table)
    highest = floor_to_tick(close * 100 // np.maximum(100 - percent, 1), table)
    free = percent == 0
    base = np.where(free, goal, np.clip(np.where(forced, lowest, goal), lowest, highest))
    while True:
        lower, upper = price_limits(base, table, percent)
        low, high = upper < close, lower > close
        if not (low.any() or high.any()):
            return base
        up, down = base + tick_sizes(base, table), floor_to_tick(base - 1, table)
        base = np.where(low, up, np.where(high & ~free, down, base))
        base = np.where(free, np.maximum(base, 5), base)

"""Build one block of daily bars for some instruments, from the closes at the block's edge.

A block is 64 sessions: block k holds sessions 64 k + 1 to 64 k + 64. Blocks from 0 on are walked
forward from their first edge (session 64 k), earlier ones backward from their last edge.

Invariants: a row's bytes depend on the seed, its own edge and its underlyings' bars; not on which
other rows are built with it.

Not for: keeping blocks or finding edges (`daily`).
"""

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from kiwoom_sim.market.daily.bars import (
    FIELDS,
    DailyBars,
    finish_bars,
    opening_prices,
    stacked,
    unstacked,
)
from kiwoom_sim.market.daily.factors import Factors
from kiwoom_sim.market.daily.funds import (
    FundColumns,
    Wishes,
    fund_columns,
    fund_wishes,
    value_steps,
)
from kiwoom_sim.market.daily.noise import Floats, normal_cells
from kiwoom_sim.market.daily.price_models import MEMORY, bridge_extremes
from kiwoom_sim.market.daily.price_walk import Aims, StepRules, walk_backward, walk_forward
from kiwoom_sim.market.daily.share_returns import (
    PULL,
    ShareColumns,
    ShareReturns,
    draw_share_returns,
    share_columns,
)
from kiwoom_sim.market.daily.underlyings import Underlying, from_members, from_stock, member_rows
from kiwoom_sim.market.daily.volume import (
    VolumeColumns,
    at_positions,
    draw_volumes,
    volume_columns,
    volume_tide,
)
from kiwoom_sim.market.daily.warrants import WarrantColumns, warrant_columns, warrant_wishes
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.ticks import Product

BLOCK = 64
"""Sessions per block."""

_INTRADAY_SHARE = 1.0


class Part(Struct, frozen=True, kw_only=True):
    """Hold some rows of the universe with their parameters.

    Attributes:
        name: Key of the part in the store.
        rows: Universe rows, ascending.
        shares, funds, warrants: Positions in `rows`.
    """

    name: tuple[str, str]
    rows: Ints
    shares: Ints
    funds: Ints
    warrants: Ints
    share_columns: ShareColumns
    fund_columns: FundColumns
    warrant_columns: WarrantColumns
    volume_columns: VolumeColumns
    rules: tuple[StepRules, ...]

    @property
    def underlyings(self) -> list[str]:
        """Keys of all underlyings, sorted."""
        return sorted({*self.fund_columns.underlying, *self.warrant_columns.underlying})


class Frame(Struct, frozen=True, kw_only=True):
    """Hold what a block shares between instruments.

    Attributes:
        first: Number of the session before the block's first.
        forward: Whether the block is walked forward in time.
        days: Noise days of `MEMORY` sessions, the session `first`, and the block's sessions.
        factors: Shared series of the session `first` and the block's sessions.
    """

    first: int
    forward: bool
    days: Ints
    factors: Factors

    @property
    def sessions(self) -> Ints:
        """Numbers of the block's sessions."""
        return np.arange(self.first + 1, self.first + BLOCK + 1)

    @property
    def recent(self) -> Ints:
        """Noise days of the session `first` and the block's sessions."""
        return self.days[MEMORY:]


class Block(Struct, frozen=True, kw_only=True):
    """Hold the bars of a part in a block.

    Attributes:
        fields: Bars as `daily_bars.stacked` makes them.
        values: Log net asset values of funds in `funds.LOG_UNIT`, one session more in front;
            0 for other instruments.
    """

    fields: Ints
    values: Ints


class Edge(Struct, frozen=True, kw_only=True):
    """Hold closes and log net asset values of a part at one session."""

    closes: Ints
    values: Ints


def make_part(universe: Universe, name: tuple[str, str], rows: Ints) -> Part:
    """Return a part with its parameters."""
    product = universe.product[rows]
    shares = np.flatnonzero(product <= Product.KOSDAQ)
    funds = np.flatnonzero(product == Product.FUND)
    warrants = np.flatnonzero(product == Product.ELW)
    leverage = np.array(
        [max(1, abs(universe.instruments[int(row)].leverage)) for row in rows], dtype=np.int64
    )
    return Part(
        name=name, rows=rows, shares=shares, funds=funds, warrants=warrants,
        share_columns=share_columns(universe, rows[shares]),
        fund_columns=fund_columns(universe, rows[funds]),
        warrant_columns=warrant_columns(universe, rows[warrants]),
        volume_columns=volume_columns(universe, rows),
        rules=tuple(
            StepRules(
                product=each,
                leverage=np.where(each is Product.FUND, leverage, 1)[product == each],
            )
            for each in Product
        ),
    )  # fmt: skip


class _Canvas:
    """Collect the bars of a part, group by group."""

    def __init__(self, universe: Universe, part: Part, frame: Frame, edge: Edge) -> None:
        self.universe, self.part, self.frame, self.edge = universe, part, frame, edge
        self.fields = np.zeros((len(FIELDS), len(part.rows), BLOCK), dtype=np.int64)
        self.memory = normal_cells(universe.keys("daily-memory")[part.rows], frame.days, 2)
        self.tide = volume_tide(part.volume_columns, frame.factors.volume, self.memory[1])
        keys = universe.keys("daily-volume")[part.rows]
        self.noise = normal_cells(keys, frame.recent[1:], 1)[0]

    def volume(self, at: Ints, moves: Floats) -> Ints:
        """Return the volumes of some positions."""
        columns = at_positions(self.part.volume_columns, at)
        return draw_volumes(columns, self.tide[at, 1:], self.noise[at], moves, self.frame.sessions)

    def walk(self, at: Ints, aims: Aims, rules: StepRules) -> Ints:
        """Return the closes of some positions, one session more in front."""
        walk = walk_forward if self.frame.forward else walk_backward
        return walk(self.edge.closes[at], aims, rules, self.frame.recent)

    def paint_shares(self, returns: ShareReturns) -> None:
        """Fill in the shares."""
        part, columns = self.part, self.part.share_columns
        volume = self.volume(part.shares, returns.value)
        home = PULL * np.log(self.universe.ref_price[columns.rows])[:, None]
        drive = home + (returns.value if self.frame.forward else -returns.value)
        for product in (Product.KOSPI, Product.KOSDAQ):
            own = np.flatnonzero(self.universe.product[columns.rows] == product)
            if not len(own):
                continue
            aims = Aims(
                keep=1 - PULL, drive=drive[own], still=volume[own] == 0,
                limit_up=returns.limit_up[own],
            )  # fmt: skip
            rules = part.rules[product]
            path = self.walk(part.shares[own], aims, rules)
            limits = rules.limits(path[:, :-1], self.frame.recent[1:])
            logs = np.log(path)
            move = np.diff(logs, axis=1)
            gaps = columns.on_var[own, None] * move + returns.gap[own]
            opened = opening_prices(logs[:, :-1] + gaps, limits, rules, self.frame.recent[1:])
            spread = returns.deviation[own] ** 2 * (1 - columns.on_var[own, None])
            high, low = bridge_extremes(
                np.log(opened), logs[:, 1:], _INTRADAY_SHARE * spread,
                (returns.uniforms[0][own], returns.uniforms[1][own]),
            )  # fmt: skip
            bars = self._finished(path, volume[own], opened, (high, low), rules, limits)
            self.fields[:, part.shares[own]] = stacked(bars)

    def paint_wishes(self, at: Ints, wishes: Wishes, product: Product, last_days: Ints) -> None:
        """Fill in funds or warrants; none trades after its last day."""
        rules, days = self.part.rules[product], self.frame.recent
        volume = self.volume(at, np.diff(wishes.close, axis=1))
        volume[days[None, 1:] > last_days[:, None]] = 0
        goal = wishes.close[:, 1:] if self.frame.forward else wishes.close[:, :-1]
        none = np.zeros(volume.shape, dtype=np.bool_)
        path = self.walk(at, Aims(keep=0.0, drive=goal, still=volume == 0, limit_up=none), rules)
        limits = rules.limits(path[:, :-1], days[1:])
        opened = opening_prices(wishes.open, limits, rules, days[1:])
        bars = self._finished(path, volume, opened, (wishes.high, wishes.low), rules, limits)
        self.fields[:, at] = stacked(bars)

    def _finished(
        self, path: Ints, volume: Ints, opened: Ints, extremes: tuple[Floats, Floats],
        rules: StepRules, limits: tuple[Ints, Ints],
    ) -> DailyBars:  # fmt: skip
        days = self.frame.recent[1:]
        high, low = (opening_prices(each, limits, rules, days) for each in extremes)
        return finish_bars(path, volume, opened, (high, low), limits)


def build_block(
    universe: Universe, part: Part, frame: Frame, edge: Edge,
    outside: Callable[[str], Underlying],
) -> Block:  # fmt: skip
    """Return the bars of a part in a block.

    Args:
        universe: The instruments.
        part: Which of them.
        frame: The block.
        edge: State at session `frame.first`, or at the last session when walking backward.
        outside: Gives an underlying whose members are not all in the part.
    """
    canvas = _Canvas(universe, part, frame, edge)
    values = np.zeros((len(part.rows), BLOCK + 1), dtype=np.int64)
    if len(part.shares):
        canvas.paint_shares(
            draw_share_returns(
                universe, part.share_columns, frame.factors, frame.days,
                canvas.memory[0][part.shares],
            )
        )  # fmt: skip
    underlyings = {
        key: _inside(universe, part, frame, canvas.fields, key) or outside(key)
        for key in part.underlyings
    }
    never = np.iinfo(np.int64).max
    if len(part.funds):
        steps = value_steps(part.fund_columns, underlyings)
        values[part.funds] = _chained(edge.values[part.funds], steps, forward=frame.forward)
        wishes = fund_wishes(
            universe, part.fund_columns, underlyings, values[part.funds], frame.recent
        )
        canvas.paint_wishes(part.funds, wishes, Product.FUND, np.full(len(part.funds), never))
    if len(part.warrants):
        wishes = warrant_wishes(part.warrant_columns, underlyings, frame.recent)
        canvas.paint_wishes(part.warrants, wishes, Product.ELW, part.warrant_columns.last_day)
    return Block(fields=canvas.fields, values=values)


def _chained(edge: Ints, steps: Ints, *, forward: bool) -> Ints:
    """Return running sums of steps, one column more, that meet `edge` at the known end."""
    sums = np.concatenate([np.zeros((len(edge), 1), np.int64), np.cumsum(steps, axis=1)], axis=1)
    known = sums[:, :1] if forward else sums[:, -1:]
    chained: Ints = sums - known + edge[:, None]
    return chained


def _inside(
    universe: Universe, part: Part, frame: Frame, fields: Ints, key: str
) -> Underlying | None:
    """Return an underlying from the part's own bars, or None if a member is not among them."""
    members = member_rows(universe, key)
    if not len(members) or not np.isin(members, part.rows).all():
        return None
    bars = unstacked(fields[:, np.searchsorted(part.rows, members)])
    return underlying_of(universe, key, bars, frame)


def underlying_of(universe: Universe, key: str, bars: DailyBars, frame: Frame) -> Underlying:
    """Return an underlying from its members' bars."""
    if key.startswith("stock:"):
        return from_stock(bars)
    return from_members(universe, key, bars, frame.factors, frame.recent[1:])

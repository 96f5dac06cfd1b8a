"""Answer daily bars of any instrument and session: the authoritative layer of the market path.

Session 0 is the reference day, at which every close is the reference price. Closes are built
outward from there in blocks, only as far as asked; the same bytes come out in any order of
requests and for any subset of instruments.

Invariants: base(t) = close(t - 1); prices are legal and inside the limits; low <= open, close <=
high; a session without volume has four prices equal to its base; a bar never needs more trades to
visit its prices than it has shares; low x volume <= turnover <= high x volume.

Not for: today's bar so far, corporate actions and scripted events (`overlay`), index levels
(`indices`), US instruments.

Known deviations: an instrument has bars before its listing day; funds and ELWs on an index of
which the universe lists no member follow the market's factor.
"""

from collections.abc import Iterator

import numpy as np

from kiwoom_sim.market.daily.bars import DailyBars, unstacked
from kiwoom_sim.market.daily.blocks import (
    BLOCK,
    Block,
    Edge,
    Frame,
    Part,
    build_block,
    make_part,
    underlying_of,
)
from kiwoom_sim.market.daily.factors import Factors, draw_factors
from kiwoom_sim.market.daily.funds import LOG_UNIT
from kiwoom_sim.market.daily.noise import noise_days
from kiwoom_sim.market.daily.price_models import MEMORY
from kiwoom_sim.market.daily.underlyings import Underlying, from_factor, member_rows
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.calendar import Calendar
from kiwoom_sim.market.rules.ticks import Product
from kiwoom_sim.market.store import Store

_FEW = 16
"""Up to so many instruments are built one by one; more are built with their chunk."""

_NEAR = 4
"""So many blocks of one instrument are built on the spot."""

_CHUNK = 1024


class DailyPath:
    """Build and keep the daily path of a universe."""

    def __init__(self, universe: Universe, calendar: Calendar, seed: int, store: Store) -> None:
        self._universe = universe
        self._calendar = calendar
        self._seed = seed
        self._store = store
        self._sectors = tuple(sorted({each.sector_code for each in universe.instruments}))
        self._parts: dict[tuple[str, str], Part] = {}
        logs = np.rint(np.log(universe.ref_price) * LOG_UNIT).astype(np.int64)
        funds = universe.product == Product.FUND
        self._closes: dict[int, Ints] = {0: universe.ref_price.copy()}
        self._values: dict[int, Ints] = {0: np.where(funds, logs, 0)}

    def bars(self, indices: Ints, first_session: int, last_session: int) -> DailyBars:
        """Return the bars of some instruments from one session to another, both included.

        Args:
            indices: Rows of the universe, in any order.
            first_session: Session number, not before the calendar's first.
            last_session: Not before `first_session`, not after the calendar's last.

        Returns:
            Arrays of shape (instruments, sessions), instruments in the order asked.

        Raises:
            ValueError: The calendar does not reach a session.
        """
        fields = [
            np.concatenate([block.fields[:, at, begin:end] for block, at in found], axis=1)
            for found, begin, end in self._blocks(indices, first_session, last_session)
        ]
        return unstacked(fields[0] if len(fields) == 1 else np.concatenate(fields, axis=2))

    def net_asset_values(self, indices: Ints, first_session: int, last_session: int) -> Ints:
        """Return net asset values (순자산가치) of funds at the close, in 1/100 won.

        Arguments as of `bars`; instruments that are not funds have 0.
        """
        logs = np.concatenate(
            [
                np.concatenate([block.values[at, begin + 1 : end + 1] for block, at in found])
                for found, begin, end in self._blocks(indices, first_session, last_session)
            ],
            axis=1,
        )
        values = np.rint(np.exp(logs / LOG_UNIT) * 100).astype(np.int64)
        return np.where(logs == 0, 0, values)

    def _blocks(
        self, indices: Ints, first: int, last: int
    ) -> Iterator[tuple[list[tuple[Block, Ints]], int, int]]:
        """Yield, per block: (block, positions in it) in the order asked, begin and end column."""
        if not self._calendar.first_index <= first <= last <= self._calendar.last_index:
            raise ValueError(f"no sessions {first} to {last} in the calendar")
        parts = self._covering(np.asarray(indices, dtype=np.int64))
        for number in range((first - 1) // BLOCK, (last - 1) // BLOCK + 1):
            start = number * BLOCK + 1
            found = [self._held(part, at, number) for part, at in parts]
            yield found, max(first - start, 0), min(last - start + 1, BLOCK)

    def _held(self, part: Part, at: Ints, number: int) -> tuple[Block, Ints]:
        """Return a block, or a larger one that is there already, and the positions in it."""
        kind, _ = part.name
        if kind == "row":
            row = int(part.rows[0])
            chunk = self._part("chunk", row // _CHUNK)
            if ("daily", *chunk.name, number) in self._store:
                return self._block(chunk, number), np.array([row % _CHUNK], dtype=np.int64)
        return self._block(part, number), at

    def _covering(self, indices: Ints) -> list[tuple[Part, Ints]]:
        """Return parts and positions in them that give the instruments in the order asked."""
        if len(indices) <= _FEW:
            return [(self._part("row", int(row)), np.zeros(1, np.int64)) for row in indices]
        chunks = indices // _CHUNK
        edges = np.flatnonzero(np.diff(chunks)) + 1
        runs = np.split(indices, edges)
        return [(self._part("chunk", int(run[0]) // _CHUNK), run % _CHUNK) for run in runs]

    def _part(self, kind: str, entity: int | str) -> Part:
        """Return a part by kind: one `row`, a `chunk` of rows, or the `members` of a key."""
        name = (kind, str(entity))
        part = self._parts.get(name)
        if part is None:
            if isinstance(entity, str):
                rows = member_rows(self._universe, entity)
            elif kind == "row":
                rows = np.array([entity], dtype=np.int64)
            else:
                end = min((entity + 1) * _CHUNK, len(self._universe))
                rows = np.arange(entity * _CHUNK, end, dtype=np.int64)
            part = self._parts[name] = make_part(self._universe, name, rows)
        return part

    def _block(self, part: Part, number: int) -> Block:
        """Return a block of a part, building what leads to it from session 0 first."""

        def build() -> Block:
            return build_block(
                self._universe, part, self._frame(number), self._edge(part, number),
                lambda key: self._underlying(key, number),
            )  # fmt: skip

        heavy = len(part.rows) > _FEW or self._is_far(part, number)
        return self._store.get(("daily", *part.name, number), build, heavy=heavy)

    def _is_far(self, part: Part, number: int) -> bool:
        """Say whether many blocks lead to a block that are not known yet."""
        step = 1 if number >= 0 else -1
        near = number - _NEAR * step
        if near * step <= 0:
            return False
        return not self._known(part, (near if number >= 0 else near + 1) * BLOCK)

    def _edge(self, part: Part, number: int) -> Edge:
        """Return the state at the edge from which a block is walked."""
        forward = number >= 0
        target = (number if forward else number + 1) * BLOCK
        if not self._known(part, target):
            for earlier in range(number) if forward else range(-1, number, -1):
                reached = (earlier + 1 if forward else earlier) * BLOCK
                if not self._known(part, reached):
                    self._record(part, reached, self._block(part, earlier))
        return Edge(closes=self._closes[target][part.rows], values=self._values[target][part.rows])

    def _known(self, part: Part, session: int) -> bool:
        closes = self._closes.get(session)
        return closes is not None and bool((closes[part.rows] > 0).all())

    def _record(self, part: Part, session: int, block: Block) -> None:
        """Keep the state at the far edge of a block."""
        bars = unstacked(block.fields)
        forward = session > 0
        size = len(self._universe)
        values = self._values.setdefault(session, np.zeros(size, np.int64))
        values[part.rows] = block.values[:, -1 if forward else 0]
        # Closes last: they mark the row as known to other threads.
        closes = self._closes.setdefault(session, np.zeros(size, np.int64))
        closes[part.rows] = bars.close[:, -1] if forward else bars.base[:, 0]

    def _underlying(self, key: str, number: int) -> Underlying:
        """Return how an underlying moves in a block."""

        def build() -> Underlying:
            frame = self._frame(number)
            if key.startswith("factor:"):
                return from_factor(self._seed, key, frame.factors, frame.recent[1:])
            block = self._block(self._part("members", key), number)
            return underlying_of(self._universe, key, unstacked(block.fields), frame)

        return self._store.get(("daily-underlying", key, number), build)

    def _frame(self, number: int) -> Frame:
        first = number * BLOCK

        def build() -> Frame:
            days = noise_days(self._calendar, first - MEMORY, first + BLOCK)
            factors: Factors = draw_factors(self._seed, self._sectors, days)
            return Frame(first=first, forward=number >= 0, days=days, factors=factors)

        return self._store.get(("daily-frame", number), build)

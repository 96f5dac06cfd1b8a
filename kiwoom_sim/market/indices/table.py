"""Turn prices of members into index levels, exactly.

A level is capitalisation over a divisor, floored, in 1/100 point: `sum(price * shares) * scale //
divisor`, all integers. The divisor is fixed so that the level of the reference day is the
published one; when listed shares change it is replaced so that the level goes on.

Not for: when prices are taken (`index_slots`, `index_history`).

Known deviations: full capitalisation also where the exchange uses free float. A volatility index
has no members here; its level is the inverse of the composite's.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kiwoom_sim.market.listing.reference import Reference, select_members
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.records import Ints

_LARGEST = 2**63 // 64
"""Scaled capitalisations start below this, so that they may grow sixtyfold."""

_COMPOSITE = "001"


class Breadth(Struct, frozen=True, kw_only=True):
    """Count the members of every index by price: at, or strictly between, base and limits."""

    upper: Ints
    rising: Ints
    flat: Ints
    falling: Ints
    lower: Ints


class _Groups(Struct, frozen=True, kw_only=True):
    """Hold groups of symbols that are members of the same indices.

    Attributes:
        order: Positions in the universe, group by group.
        starts: Where each group starts in `order`.
        groups: Groups of each index, index by index.
        index_starts: Where each index starts in `groups`.
    """

    order: Ints
    starts: Ints
    groups: Ints
    index_starts: Ints


class IndexTable:
    """Hold the members and divisors of all indices; row i of any answer is `codes[i]`.

    Attributes:
        codes: Index codes, in the broker's order.
        members: Positions in the universe, one array per index.
        divisors: Of the reference day.
        positions: Positions of all symbols that are a member of anything.
    """

    def __init__(self, universe: Universe, reference: Reference) -> None:
        self.codes = list(reference.indices)
        self._rows = {code: row for row, code in enumerate(self.codes)}
        specs = list(reference.indices.values())
        composite = reference.indices[_COMPOSITE]
        self.members = [
            select_members(spec if spec.rule.boards else composite, universe) for spec in specs
        ]
        self._shares = universe.shares
        sizes = [len(rows) for rows in self.members]
        self._groups = _group(self.members, len(universe))
        self.positions: Ints = np.sort(self._groups.order)
        self.sizes: Ints = np.array(sizes, dtype=np.int64)
        self._inverse = np.array([not spec.rule.boards for spec in specs])
        self._composite_level = composite.level
        self._levels = np.array([spec.level for spec in specs], dtype=np.int64)
        levels = np.where(self._inverse, composite.level, self._levels)
        whole = self.capitalisations(universe.ref_price)
        self._scale = np.array([_scale(int(value)) for value in whole], dtype=np.int64)
        self.divisors: Ints = whole * self._scale // levels
        assert (self.divisors > levels).all(), "the reference level is hit exactly"

    def row(self, code: str) -> int | None:
        """Return the row of an index code, or None if there is no such index."""
        return self._rows.get(code)

    def sums(self, columns: NDArray[np.int64]) -> Ints:
        """Return sums over the members of every index, of columns over the universe."""
        groups = self._groups
        of_group = np.add.reduceat(columns[groups.order], groups.starts, axis=0)
        totals: Ints = np.add.reduceat(of_group[groups.groups], groups.index_starts, axis=0)
        return totals

    def capitalisations(self, prices: Ints, shares: Ints | None = None) -> Ints:
        """Return every index's capitalisation in won.

        Args:
            prices: Shape (universe,) or (universe, n).
            shares: Listed shares; those of the reference day if not given.
        """
        counts = self._shares if shares is None else shares
        return self.sums(prices * (counts if prices.ndim == 1 else counts[:, None]))

    def levels(
        self, prices: Ints, shares: Ints | None = None, divisors: Ints | None = None
    ) -> Ints:
        """Return every index's level in 1/100 point, shape (indices,) or (indices, n)."""
        return self.levels_of(self.capitalisations(prices, shares), divisors)

    def levels_of(self, capitalisations: Ints, divisors: Ints | None = None) -> Ints:
        """Return the levels of capitalisations."""
        by = self.divisors if divisors is None else divisors
        shape = (-1, 1) if capitalisations.ndim == 2 else (-1,)
        levels = capitalisations * self._scale.reshape(shape) // by.reshape(shape)
        for row in np.flatnonzero(self._inverse).tolist():
            whole = int(self._levels[row]) * self._composite_level
            levels[row] = whole // np.maximum(1, levels[row])
        return levels

    def continued(self, divisors: Ints, before: Ints, after: Ints) -> Ints:
        """Return the divisors after a change of listed shares, such that levels stay.

        Args:
            divisors: Before the change.
            before: Capitalisations at the last close.
            after: Capitalisations at the adjusted base prices with the new shares.
        """
        return np.array(
            [
                divisor if old == new else max(1, divisor * new // old)
                for divisor, old, new in zip(
                    divisors.tolist(), before.tolist(), after.tolist(), strict=True
                )
            ],
            dtype=np.int64,
        )

    def breadth(self, last: Ints, base: Ints, lower: Ints, upper: Ints) -> Breadth:
        """Return how many members of every index stand where; the five counts add up to all."""
        at_upper = (upper > 0) & (last >= upper) & (last > base)
        at_lower = (lower > 0) & (last <= lower) & (last < base)
        marks = np.stack(
            [
                at_upper,
                (last > base) & ~at_upper,
                last == base,
                (last < base) & ~at_lower,
                at_lower,
            ],
            axis=1,
        ).astype(np.int64)
        counts = self.sums(marks)
        return Breadth(
            upper=counts[:, 0],
            rising=counts[:, 1],
            flat=counts[:, 2],
            falling=counts[:, 3],
            lower=counts[:, 4],
        )


def _scale(capitalisation: int) -> int:
    """Return the largest power of ten that keeps a capitalisation below the bound."""
    scale = 1
    while capitalisation * scale * 10 < _LARGEST:
        scale *= 10
    return scale


def _group(members: list[Ints], count: int) -> _Groups:
    """Return the groups of symbols that are members of the same indices."""
    belongs = np.zeros((count, len(members)), dtype=bool)
    for row, positions in enumerate(members):
        belongs[positions, row] = True
    kinds, kind_of = np.unique(belongs, axis=0, return_inverse=True)
    kind_of = kind_of.reshape(-1)
    order = np.argsort(kind_of, kind="stable")
    order = order[belongs[order].any(axis=1)]
    used, starts = np.unique(kind_of[order], return_index=True)
    owned = [np.flatnonzero(kinds[used, row]) for row in range(len(members))]
    return _Groups(
        order=order,
        starts=starts,
        groups=np.concatenate(owned),
        index_starts=np.cumsum([0, *(len(groups) for groups in owned[:-1])]),
    )

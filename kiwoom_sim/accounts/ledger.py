"""Keep every amount of money and every share twice: the double-entry ledger (복식부기).

Nothing else in the house holds money or shares; balances, positions and profit are read from
here. What is counted is a *unit*: a currency ("KRW") or a share ("005930"), so that other
currencies and venues need no other ledger.

Layout: an entry is a list of lines; each adds an amount of one unit to one account of one owner.
Assets and costs grow with plus, what is owed, earned or was brought in grows with minus.

Invariants: the lines of every entry sum to zero for each unit, so all accounts together always do;
an entry is taken whole or not at all; amounts are integers of the unit's smallest part.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

WON = "KRW"


class Line(Struct, frozen=True):
    """Add an amount to an account.

    Attributes:
        owner: Ordinal of the account's owner; 0 is everybody else.
        name: Name of the account, for example `cash`.
        detail: What it is about, for example a stock code or a settlement day; often empty.
        unit: What is counted.
        amount: How much of it, plus or minus.
    """

    owner: int
    name: str
    detail: str
    unit: str
    amount: int


class Entry(Struct, frozen=True, kw_only=True):
    """Hold one movement with all its sides.

    Attributes:
        time_ms: Market time.
        reason: What happened, in one word.
    """

    time_ms: int
    reason: str
    lines: tuple[Line, ...]


class UnbalancedError(AssertionError):
    """Tell that an entry would create or destroy something."""


class Ledger:
    """Hold all entries and the balances that they come to.

    Attributes:
        entries: Every movement so far, in order.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._balances: dict[tuple[int, str, str, str], int] = {}
        self._totals: dict[tuple[int, str, str], int] = {}
        self._details: dict[tuple[int, str], dict[str, None]] = {}

    def post(self, time_ms: int, reason: str, lines: Sequence[Line]) -> None:
        """Take a movement.

        Raises:
            UnbalancedError: Its lines do not sum to zero; nothing was taken.
        """
        kept = tuple(line for line in lines if line.amount)
        sums: dict[str, int] = {}
        for line in kept:
            sums[line.unit] = sums.get(line.unit, 0) + line.amount
        wrong = {unit: total for unit, total in sums.items() if total}
        if wrong:
            raise UnbalancedError(f"{reason} does not balance: {wrong}")
        if not kept:
            return
        self.entries.append(Entry(time_ms=time_ms, reason=reason, lines=kept))
        for line in kept:
            place = line.owner, line.name, line.detail, line.unit
            self._balances[place] = self._balances.get(place, 0) + line.amount
            whole = line.owner, line.name, line.unit
            self._totals[whole] = self._totals.get(whole, 0) + line.amount
            self._details.setdefault((line.owner, line.name), {})[line.detail] = None

    def balance(self, owner: int, name: str, detail: str = "", unit: str = WON) -> int:
        """Return what an account comes to."""
        return self._balances.get((owner, name, detail, unit), 0)

    def details(self, owner: int, name: str) -> tuple[str, ...]:
        """Return what an account was ever about, in order of first use."""
        return tuple(self._details.get((owner, name), ()))

    def total(self, owner: int, name: str, unit: str = WON) -> int:
        """Return the sum of an account over all its details."""
        return self._totals.get((owner, name, unit), 0)

    def sums(self) -> dict[str, int]:
        """Return the sum of everything for each unit; all of them are zero."""
        sums: dict[str, int] = {}
        for (_, _, _, unit), amount in self._balances.items():
            sums[unit] = sums.get(unit, 0) + amount
        return sums

    def of(self, owner: int) -> Iterator[Entry]:
        """Return the movements that touch an owner, in order."""
        return (entry for entry in self.entries if any(each.owner == owner for each in entry.lines))

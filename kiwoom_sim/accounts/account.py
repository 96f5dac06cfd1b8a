"""Read one client's account: what it has, may spend, may sell and owes (계좌).

Every question is answered from the ledger; `bookings` changes it and has the chart of accounts.
"""

from msgspec import Struct

from kiwoom_sim.accounts.fees import Environment
from kiwoom_sim.accounts.ledger import Ledger


class Position(Struct, frozen=True, kw_only=True):
    """Hold what an account has of one lot.

    Attributes:
        symbol: Stock code.
        loan_day: Day of the loan that paid for it, 0 if none did.
        quantity: Shares, those that open sell orders hold included.
        free: Shares that may be sold.
        cost_won: What they cost, without commission.
        loan_won: What is owed for them.
    """

    symbol: str
    loan_day: int
    quantity: int
    free: int
    cost_won: int
    loan_won: int

    @property
    def average_won(self) -> int:
        """Return the average price (매입가), cut to whole won."""
        return self.cost_won // self.quantity if self.quantity else 0


def lot_of(symbol: str, loan_day: int = 0) -> str:
    """Return the name of a lot."""
    return f"{symbol}/{loan_day}" if loan_day else symbol


def split_lot(lot: str) -> tuple[str, int]:
    """Return stock code and loan day of a lot; 0 means that no loan paid for it."""
    symbol, _, day = lot.partition("/")
    return symbol, int(day or 0)


class Account:
    """Answer for one client's account.

    Attributes:
        owner: Ordinal of the app key that owns it, at least 1.
        environment: Environment that the account is kept in; it decides the costs.
        name: Name of its holder.
    """

    def __init__(
        self, owner: int, ledger: Ledger, *, environment: Environment = "real", name: str = ""
    ) -> None:
        self.owner = owner
        self.environment: Environment = environment
        self.name = name
        self._ledger = ledger

    @property
    def orderable_won(self) -> int:
        """Return what may be spent (주문가능금액): money that settles later included."""
        return self._ledger.balance(self.owner, "cash") + self._ledger.total(self.owner, "due")

    @property
    def settled_won(self) -> int:
        """Return the settled money (예수금), what open orders hold included."""
        return self._ledger.balance(self.owner, "cash") + self.reserved_won

    @property
    def reserved_won(self) -> int:
        """Return what open buy orders hold."""
        return self._ledger.total(self.owner, "reserved")

    def due(self) -> tuple[tuple[int, int], ...]:
        """Return day and money of everything that settles later; below zero = to be paid."""
        days = sorted(self._ledger.details(self.owner, "due"), key=int)
        amounts = ((int(day), self._ledger.balance(self.owner, "due", day)) for day in days)
        return tuple((day, amount) for day, amount in amounts if amount)

    def free_shares(self, lot: str) -> int:
        """Return the shares of a lot that may be sold (매도가능수량)."""
        return self._ledger.balance(self.owner, "shares", lot, split_lot(lot)[0])

    def position(self, lot: str) -> Position:
        """Return what the account has of a lot; a lot without shares has quantity 0."""
        symbol, loan_day = split_lot(lot)
        free = self.free_shares(lot)
        return Position(
            symbol=symbol,
            loan_day=loan_day,
            quantity=free + self._ledger.balance(self.owner, "committed", lot, symbol),
            free=free,
            cost_won=self._ledger.balance(self.owner, "holding", lot),
            loan_won=-self._ledger.balance(self.owner, "loan", lot),
        )

    def positions(self) -> tuple[Position, ...]:
        """Return every lot with shares, in order of first purchase."""
        found = (self.position(lot) for lot in self._ledger.details(self.owner, "shares"))
        return tuple(position for position in found if position.quantity)

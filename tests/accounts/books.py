"""Open a ledger with one account for tests."""

from kiwoom_sim.accounts.account import Account
from kiwoom_sim.accounts.bookings import Bookings, Trade
from kiwoom_sim.accounts.ledger import Ledger

OWNER = 1
SAMSUNG = "005930"


class Books:
    """Hold a ledger, its one account, and what books for it."""

    def __init__(self, cash_won: int = 0) -> None:
        self.ledger = Ledger()
        self.account = Account(OWNER, self.ledger)
        self.bookings = Bookings(self.account, self.ledger)
        self.bookings.deposit(0, cash_won)

    def won(self, name: str, detail: str = "") -> int:
        return self.ledger.balance(OWNER, name, detail)

    def balances(self) -> bool:
        return not any(self.ledger.sums().values())


def trade(quantity: int, price_won: int, **more: int | str) -> Trade:
    facts: dict[str, int | str] = {
        "time_ms": 1, "order": 1, "symbol": SAMSUNG, "lot": SAMSUNG, "commission_won": 0,
        "tax_won": 0, "settlement_day": 20, "open_before": quantity,
    }  # fmt: skip
    return Trade(quantity=quantity, price_won=price_won, **{**facts, **more})  # type: ignore[arg-type]  # each has its own type

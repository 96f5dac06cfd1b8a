"""Book what happens to a client's money and shares: one balanced entry for each.

Layout, the chart of accounts of one owner (계정과목):

    cash        settled money (예수금); below zero while sales pay for it that settle later
    due         money that settles on a day (결제예정), detail = day number
    reserved    money that open buy orders hold (주문증거금), detail = order number
    holding     what a position cost, detail = lot
    loan        what was borrowed for a position (융자금), detail = lot, below zero
    equity      what was brought in, below zero
    commission, tax, interest   costs
    realised    profit from sales before costs, below zero
    shares      free shares, detail = lot, unit = stock code
    committed   shares that open sell orders hold, likewise

A *lot* is a stock code, or for shares on credit the code and the day of the loan
(`005930/20560`), because the broker lists and repays them by loan.

Invariants: an order never holds more than was free; when it ends, nothing stays held; a sale
takes its share of the cost, and the last one all of it.
"""

from msgspec import Struct

from kiwoom_sim.accounts.account import Account, split_lot
from kiwoom_sim.accounts.ledger import WON, Ledger, Line

MARKET = 0
"""Owner of everything that is not a client's."""


class Trade(Struct, frozen=True, kw_only=True):
    """Hold one fill with its costs, as the account books it.

    Attributes:
        order: Number of the order that was filled.
        lot: What was bought or sold.
        settlement_day: When the money moves.
        loan_won: What is borrowed for it, or paid back.
        interest_won: Interest that a repayment brings due.
        open_before: Shares of the order that were open before this fill.
    """

    time_ms: int
    order: int
    symbol: str
    lot: str
    price_won: int
    quantity: int
    commission_won: int
    tax_won: int
    settlement_day: int
    open_before: int
    loan_won: int = 0
    interest_won: int = 0

    @property
    def turnover_won(self) -> int:
        """Return price times quantity."""
        return self.price_won * self.quantity


class Bookings:
    """Change one client's account."""

    def __init__(self, account: Account, ledger: Ledger) -> None:
        self._account = account
        self._ledger = ledger

    @property
    def _owner(self) -> int:
        return self._account.owner

    def deposit(self, time_ms: int, amount_won: int) -> None:
        """Bring money in."""
        self._post(
            time_ms, "deposit", self._won("cash", amount_won), self._won("equity", -amount_won)
        )

    def bring_in(self, time_ms: int, lot: str, quantity: int, cost_won: int) -> None:
        """Bring shares in that cost so much."""
        symbol, _ = split_lot(lot)
        self._post(
            time_ms,
            "bring_in",
            self._won("holding", cost_won, lot),
            self._won("equity", -cost_won),
            Line(self._owner, "shares", lot, symbol, quantity),
            Line(MARKET, "market", "", symbol, -quantity),
        )

    def reserve(self, time_ms: int, order: int, amount_won: int) -> None:
        """Hold money for a buy order; the caller has checked that there is enough."""
        self._post(
            time_ms,
            "reserve",
            self._won("cash", -amount_won),
            self._won("reserved", amount_won, str(order)),
        )

    def commit(self, time_ms: int, lot: str, quantity: int) -> None:
        """Hold shares for a sell order; the caller has checked that there are enough."""
        symbol, _ = split_lot(lot)
        self._post(
            time_ms,
            "commit",
            Line(self._owner, "shares", lot, symbol, -quantity),
            Line(self._owner, "committed", lot, symbol, quantity),
        )

    def release(self, time_ms: int, order: int, open_before: int, quantity: int) -> None:
        """Give back the part of an order's money that some of its open shares held."""
        lines = self._given_back(order, open_before, quantity)
        self._post(time_ms, "release", *lines)

    def uncommit(self, time_ms: int, lot: str, quantity: int) -> None:
        """Give back shares that a sell order held."""
        self.commit(time_ms, lot, -quantity)

    def buy(self, trade: Trade) -> None:
        """Book a fill of a buy order."""
        symbol, paid = trade.symbol, trade.turnover_won
        self._post(
            trade.time_ms,
            "buy",
            *self._given_back(trade.order, trade.open_before, trade.quantity),
            self._won("holding", paid, trade.lot),
            self._won("loan", -trade.loan_won, trade.lot),
            self._won("commission", trade.commission_won),
            self._won(
                "due", trade.loan_won - paid - trade.commission_won, str(trade.settlement_day)
            ),
            Line(self._owner, "shares", trade.lot, symbol, trade.quantity),
            Line(MARKET, "market", "", symbol, -trade.quantity),
        )

    def sell(self, trade: Trade) -> int:
        """Book a fill of a sell order; return what the shares had cost, in won."""
        held = self._account.position(trade.lot)
        cost = held.cost_won * trade.quantity // held.quantity
        costs = trade.commission_won + trade.tax_won + trade.interest_won
        got = trade.turnover_won - costs - trade.loan_won
        self._post(
            trade.time_ms,
            "sell",
            self._won("holding", -cost, trade.lot),
            self._won("realised", cost - trade.turnover_won),
            self._won("loan", trade.loan_won, trade.lot),
            self._won("commission", trade.commission_won),
            self._won("tax", trade.tax_won),
            self._won("interest", trade.interest_won),
            self._won("due", got, str(trade.settlement_day)),
            Line(self._owner, "committed", trade.lot, trade.symbol, -trade.quantity),
            Line(MARKET, "market", "", trade.symbol, trade.quantity),
        )
        return cost

    def settle(self, time_ms: int, last_day: int) -> None:
        """Let everything that is due up to a day become settled money."""
        for day in self._ledger.details(self._owner, "due"):
            amount = self._ledger.balance(self._owner, "due", day)
            if amount and int(day) <= last_day:
                moved = self._won("due", -amount, day), self._won("cash", amount)
                self._post(time_ms, "settle", *moved)

    def split(self, time_ms: int, symbol: str, new: int, old: int) -> None:
        """Exchange `old` shares of a symbol for `new` ones; no order of it may be open.

        Fractions are cut; what a lot cost stays, but is lost if no share is left of it.
        """
        for lot in self._ledger.details(self._owner, "shares"):
            if split_lot(lot)[0] == symbol:
                held = self._account.position(lot)
                left = held.free * new // old
                lost = 0 if left else held.cost_won
                self._post(
                    time_ms,
                    "split",
                    Line(self._owner, "shares", lot, symbol, left - held.free),
                    Line(MARKET, "market", "", symbol, held.free - left),
                    self._won("holding", -lost, lot),
                    self._won("realised", lost),
                )

    def _given_back(self, order: int, open_before: int, quantity: int) -> tuple[Line, Line]:
        """Return the lines that give back the money held for some of an order's open shares."""
        held = self._ledger.balance(self._owner, "reserved", str(order))
        part = held * quantity // open_before
        return self._won("reserved", -part, str(order)), self._won("cash", part)

    def _won(self, name: str, amount: int, detail: str = "") -> Line:
        return Line(self._owner, name, detail, WON, amount)

    def _post(self, time_ms: int, reason: str, *lines: Line) -> None:
        self._ledger.post(time_ms, reason, lines)

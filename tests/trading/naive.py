"""Keep accounts a second time, from the notices alone and from first principles."""

from collections.abc import Callable

from kiwoom_sim.engine.orders import Notice, OrderLine
from kiwoom_sim.exchange.order_types import Destination, Side
from kiwoom_sim.market.rules.calendar import Calendar

DAY_MS = 86_400_000
COMMISSION = {Destination.KRX: 150, Destination.NXT: 145, Destination.SOR: 150}  # per million


class NaiveAccount:
    """Hold what one client has."""

    def __init__(self, cash_won: int, shares: dict[str, tuple[int, int]]) -> None:
        self.start_won = cash_won
        self.shares = {symbol: quantity for symbol, (quantity, _) in shares.items()}
        self.cost_won = {symbol: cost for symbol, (_, cost) in shares.items()}
        self.moves: list[tuple[int, int]] = []  # settlement day, won
        self.profit_won = 0

    @property
    def money_won(self) -> int:
        return self.start_won + sum(amount for _, amount in self.moves)

    def settled_won(self, day: int) -> int:
        return self.start_won + sum(amount for due, amount in self.moves if due <= day)


class NaiveBooks:
    """Read notices; what they say is all that is known."""

    def __init__(
        self,
        accounts: dict[int, NaiveAccount],
        calendar: Calendar,
        upper_limit: Callable[[str], int],
        untaxed: frozenset[str],
    ) -> None:
        self.accounts = accounts
        self.lines: dict[int, OrderLine] = {}
        self.held_won: dict[int, int] = {}
        self.gone: dict[int, int] = {}
        self._calendar = calendar
        self._upper_limit = upper_limit
        self._untaxed = untaxed

    def read(self, notice: Notice) -> None:
        line, before = notice.line, self.lines.get(notice.line.number)
        self.lines[line.number] = line
        if line.action == "cancel":
            assert (line.open, line.status, line.confirmed) == (0, "cancelled", line.quantity)
            return
        if before is None:
            assert (line.status, line.open, line.filled) == ("accepted", line.quantity, 0)
            self.gone[line.number] = 0
            self.held_won[line.number] = self._most(line) if line.side is Side.BUY else 0
            return
        went = before.open - line.open
        assert went >= 0
        if line.status == "filled":
            assert (went, line.filled) == (line.last_quantity, before.filled + went)
            self._fill(line, notice.time_ms // DAY_MS)
        else:
            assert line.filled == before.filled
            self.gone[line.number] += went
        if went:
            held = self.held_won[line.number]
            self.held_won[line.number] = held - held * went // before.open

    def open_shares(self, owner: int, symbol: str, side: Side) -> int:
        found = (line for line in self.lines.values() if line.owner == owner and line.side is side)
        return sum(line.open for line in found if line.symbol == symbol)

    def reserved_won(self, owner: int) -> int:
        return sum(self.held_won.get(n, 0) for n, o in self.lines.items() if o.owner == owner)

    def _most(self, line: OrderLine) -> int:
        """Return what a purchase may cost: without a price, or if it loses it, at the limit."""
        is_open_ended = not line.price_won or line.type_code == "5"
        price = self._upper_limit(line.symbol) if is_open_ended else line.price_won
        return price * line.quantity + commission(price * line.quantity, line.destination)

    def _fill(self, line: OrderLine, day: int) -> None:
        account = self.accounts[line.owner]
        symbol, quantity = line.symbol, line.last_quantity
        turnover = quantity * line.last_price_won
        fee = commission(turnover, line.destination)
        due = self._calendar.next(self._calendar.next(day))
        if line.side is Side.BUY:
            assert not line.price_won or line.last_price_won <= line.price_won or (
                line.type_code == "5"
            )  # fmt: skip
            account.moves.append((due, -turnover - fee))
            account.shares[symbol] = account.shares.get(symbol, 0) + quantity
            account.cost_won[symbol] = account.cost_won.get(symbol, 0) + turnover
            return
        assert line.last_price_won >= line.price_won or line.type_code == "5"
        tax = 0 if symbol in self._untaxed else turnover * 20 // 10_000
        cost = account.cost_won[symbol] * quantity // account.shares[symbol]
        account.moves.append((due, turnover - fee - tax))
        account.shares[symbol] -= quantity
        account.cost_won[symbol] -= cost
        account.profit_won += turnover - cost


def commission(turnover_won: int, to: Destination) -> int:
    return turnover_won * COMMISSION[to] // 1_000_000 // 10 * 10

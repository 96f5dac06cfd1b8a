"""Take orders for accounts, and book what becomes of them: the broker's order desk.

The desk stands between the floor, which matches, and the accounts, which pay. It gives out order
numbers, holds money and shares for what is open, and notes every change for the account's owner.

Layout: `place`, `amend`, `cancel` answer at once; `follow` lets market time pass. Changes collect
as notices until `take_notices` fetches them.

Invariants: what is declined changes nothing, not even the counter of order numbers; what an open
order holds is given back when it ends; order numbers rise.

Known deviations: the real desk takes orders of some kinds before their session and keeps them;
an amendment of part of an order leaves the rest where it stood.
"""

from msgspec import structs

from kiwoom_sim.accounts.account import Account, Position
from kiwoom_sim.accounts.bookings import Bookings, Trade
from kiwoom_sim.accounts.fees import Environment, commission_won, tax_won
from kiwoom_sim.accounts.ledger import Ledger
from kiwoom_sim.core.clock import day_of, moment
from kiwoom_sim.engine.orders import (
    Accepted,
    Action,
    AmendOrder,
    CancelOrder,
    Notice,
    OrderLine,
    Status,
)
from kiwoom_sim.engine.statement import Statement, account_number
from kiwoom_sim.exchange.checks import Declined, Reason, why_not, why_not_amend
from kiwoom_sim.exchange.floor import Floor
from kiwoom_sim.exchange.order_types import VENUES, Pricing, Side
from kiwoom_sim.exchange.orders import Expired, Filled, Happening, Order, PlaceOrder
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.rules.ticks import UNLIMITED


class Desk:
    """Hold the accounts and the orders of a run.

    Attributes:
        ledger: Money and shares of everybody.
        accounts: Accounts by the ordinal of their owner.
    """

    def __init__(
        self, market: Market, *, environment: Environment, seed: int, first_day: int
    ) -> None:
        self.ledger = Ledger()
        self.accounts: dict[int, Account] = {}
        self._bookings: dict[int, Bookings] = {}
        self._market = market
        self._environment: Environment = environment
        self._seed = seed
        self._floor = Floor(market)
        self._lines: dict[int, OrderLine] = {}
        self._orders: dict[int, Order] = {}
        self._numbers = 0
        self._fills = 0
        self._day = first_day
        self._notices: list[Notice] = []

    def open_account(self, owner: int, name: str, cash_won: int, now: int) -> Bookings:
        """Open an account with some money; return what books for it."""
        account = Account(owner, self.ledger, environment=self._environment, name=name)
        self.accounts[owner] = account
        bookings = self._bookings[owner] = Bookings(account, self.ledger)
        bookings.deposit(now, cash_won)
        return bookings

    def statement(self, owner: int) -> Statement:
        """Return an account as it stands."""
        account = self.accounts[owner]
        return Statement(
            number=account_number(self._seed, owner),
            name=account.name,
            environment=account.environment,
            settled_won=account.settled_won,
            orderable_won=account.orderable_won,
            reserved_won=account.reserved_won,
            due=account.due(),
            positions=account.positions(),
            lines=tuple(line for line in self._lines.values() if line.owner == owner),
        )

    def take_notices(self) -> list[Notice]:
        """Return the changes since the last time, in order, and forget them."""
        taken, self._notices = self._notices, []
        return taken

    def place(self, asked: PlaceOrder, now: int) -> Accepted | Declined:
        """Take a new order, or say why not.

        Raises:
            NotReady: The market has to be generated first.
        """
        reason = why_not(asked, self._market, now)
        if reason is not None:
            return Declined(reason=reason)
        declined = self._not_covered(asked, now)
        if declined is not None:
            return declined
        self._floor.prepare(asked, now)
        order = self._new(asked, now)
        self._hold(order, now)
        self._start(order, now, "new")
        return Accepted(number=order.number, first=order.first, quantity=order.quantity)

    def amend(self, asked: AmendOrder, now: int) -> Accepted | Declined:
        """Give open shares of an order another price, or say why not.

        A stop order that was triggered is a limit order from then on; a conditional one that
        became a market order cannot be amended.

        Raises:
            NotReady: The market has to be generated first.
        """
        order = self._original(asked)
        if isinstance(order, Declined):
            return order
        quantity = asked.quantity or order.open
        if quantity > order.open:
            return Declined(reason=Reason.NOTHING_OPEN, possible=order.open)
        if order.asked.type.pricing is not Pricing.LIMIT or order.limit_won is None:
            return Declined(reason=Reason.UNCHANGED_TYPE)
        trigger = None if order.works else asked.trigger_won or order.asked.trigger_won
        wanted = structs.replace(
            order.asked, quantity=quantity, price_won=asked.price_won, trigger_won=trigger
        )
        reason = why_not_amend(wanted, self._market, now)
        if reason is not None:
            return Declined(reason=reason)
        if wanted.side is Side.BUY:
            free = self.accounts[asked.owner].orderable_won + self._held_won(order, quantity)
            if self._needed_won(wanted, now) > free:
                possible = self._affordable(wanted, free, now)
                return Declined(reason=Reason.NOT_ENOUGH_CASH, possible=possible)
        self._floor.prepare(wanted, now)
        self._take_off(order, quantity, now)
        amended = self._new(wanted, now, order)
        self._hold(amended, now)
        self._settle_line(order, now, "confirmed")
        self._start(amended, now, "amend")
        return Accepted(number=amended.number, first=amended.first, quantity=quantity)

    def cancel(self, asked: CancelOrder, now: int) -> Accepted | Declined:
        """Take open shares of an order back, or say why not."""
        order = self._original(asked)
        if isinstance(order, Declined):
            return order
        quantity = asked.quantity or order.open
        if quantity < 1:
            return Declined(reason=Reason.BAD_QUANTITY)
        if quantity > order.open:
            return Declined(reason=Reason.NOTHING_OPEN, possible=order.open)
        self._take_off(order, quantity, now)
        self._numbers += 1
        number = self._numbers
        self._settle_line(order, now, "cancelled")
        line = self._line(order, "cancel", now, "cancelled")
        self._put(
            structs.replace(
                line, number=number, original=order.number, quantity=quantity, open=0, filled=0,
                paid_won=0, confirmed=quantity, entered_ms=now, commission_won=0, tax_won=0,
                last_price_won=0, last_quantity=0, fill_number=0,
            ),
            now,
        )  # fmt: skip
        return Accepted(number=number, first=order.first, quantity=quantity)

    def follow(self, after: int, until: int) -> None:
        """Let market time pass: orders meet the market, days end.

        Raises:
            NotReady: The market has to be generated first; then follow again.
        """
        happened = self._floor.follow(after, until)
        for day in range(self._day + 1, day_of(until) + 1):
            while happened and happened[0].time_ms < moment(day):
                self._book(happened.pop(0))
            self._begin_day(day)
        for each in happened:
            self._book(each)

    def _begin_day(self, day: int) -> None:
        """Let what is due become settled money, and shares split."""
        self._day = day
        for owner in self.accounts:
            self._bookings[owner].settle(moment(day), day)
            held = {position.symbol: None for position in self.accounts[owner].positions()}
            for symbol in held:
                for split in self._market.overlay.splits(symbol):
                    if day_of(split.at_ms) == day:
                        self._bookings[owner].split(moment(day), symbol, split.new, split.old)

    def _original(self, asked: AmendOrder | CancelOrder) -> Order | Declined:
        """Return the order that an amendment or a cancel is about, or why there is none."""
        line = self._lines.get(asked.original)
        if line is None or line.owner != asked.owner or line.symbol != asked.symbol:
            return Declined(reason=Reason.UNKNOWN_ORDER)
        if line.action == "cancel":
            return Declined(reason=Reason.IS_A_CANCEL)
        if line.destination is not asked.destination:
            return Declined(reason=Reason.OTHER_VENUE)
        order = self._orders[asked.original]
        return order if order.is_open else Declined(reason=Reason.NOTHING_OPEN)

    def _not_covered(self, asked: PlaceOrder, now: int) -> Declined | None:
        """Return that an account cannot cover an order, or None."""
        account = self.accounts[asked.owner]
        if asked.side is Side.SELL:
            free = account.free_shares(asked.lot)
            if asked.quantity > free:
                return Declined(reason=Reason.NOT_ENOUGH_SHARES, possible=free)
        elif self._needed_won(asked, now) > account.orderable_won:
            possible = self._affordable(asked, account.orderable_won, now)
            return Declined(reason=Reason.NOT_ENOUGH_CASH, possible=possible)
        return None

    def _needed_won(self, asked: PlaceOrder, now: int) -> int:
        """Return what a purchase may cost at most; a price that is open counts as the limit."""
        turnover = asked.quantity * self._worst_won(asked, now)
        venue = VENUES[asked.destination]
        return turnover + commission_won(turnover, venue, self._environment)

    def _worst_won(self, asked: PlaceOrder, now: int) -> int:
        if asked.price_won is not None and not asked.type.turns_to_market:
            return asked.price_won
        quote = self._market.quote(asked.symbol, now)
        if quote.upper_limit < UNLIMITED:
            return quote.upper_limit
        levels = self._market.book(asked.symbol, now).asks  # no daily limit: the deepest visible
        return max(quote.last, *(level.price for level in levels))

    def _affordable(self, asked: PlaceOrder, free_won: int, now: int) -> int:
        """Return how many shares somebody could buy with some money."""
        free = max(free_won, 0)
        most = free // self._worst_won(asked, now)
        while most and self._needed_won(structs.replace(asked, quantity=most), now) > free:
            most -= 1
        return most

    def _held_won(self, order: Order, quantity: int) -> int:
        held = self.ledger.balance(order.asked.owner, "reserved", str(order.number))
        return held * quantity // order.open

    def _new(self, asked: PlaceOrder, now: int, original: Order | None = None) -> Order:
        self._numbers += 1
        order = Order(self._numbers, asked, now, original)
        self._orders[order.number] = order
        return order

    def _hold(self, order: Order, now: int) -> None:
        """Hold what an order may cost, or the shares that it sells."""
        bookings = self._bookings[order.asked.owner]
        if order.asked.side is Side.BUY:
            bookings.reserve(now, order.number, self._needed_won(order.asked, now))
        else:
            bookings.commit(now, order.asked.lot, order.open)

    def _start(self, order: Order, now: int, action: Action) -> None:
        """Tell that an order was accepted, and let it meet the market."""
        self._put(self._line(order, action, now, "accepted"), now)
        for each in self._floor.enter(order, now):
            self._book(each)

    def _take_off(self, order: Order, quantity: int, now: int) -> None:
        """Take open shares of an order off the floor, and give back what they held."""
        self._give_back(order, order.open, quantity, now)
        self._floor.withdraw(order, quantity)

    def _give_back(self, order: Order, open_before: int, quantity: int, now: int) -> None:
        bookings = self._bookings[order.asked.owner]
        if order.asked.side is Side.BUY:
            bookings.release(now, order.number, open_before, quantity)
        else:
            bookings.uncommit(now, order.asked.lot, quantity)

    def _book(self, happening: Happening) -> None:
        """Book what happened to an order, and tell its owner."""
        order, now = happening.order, happening.time_ms
        if isinstance(happening, Filled):
            self._book_fill(happening)
        elif isinstance(happening, Expired):
            self._give_back(order, happening.quantity, happening.quantity, now)
            self._settle_line(order, now, "lapsed")
        else:
            line = self._lines[order.number]
            self._put(structs.replace(line, status="confirmed", changed_ms=now), now)

    def _book_fill(self, fill: Filled) -> None:
        asked, now = fill.order.asked, fill.time_ms
        turnover = fill.price_won * fill.quantity
        due_day = self._settlement_day(day_of(now))
        is_sale = asked.side is Side.SELL
        product = self._instrument(asked.symbol).product
        trade = Trade(
            time_ms=now, order=fill.order.number, symbol=asked.symbol, lot=asked.lot,
            price_won=fill.price_won, quantity=fill.quantity, settlement_day=due_day,
            commission_won=commission_won(turnover, VENUES[asked.destination], self._environment),
            tax_won=tax_won(turnover, product, due_day) if is_sale else 0,
            open_before=fill.open_before,
        )  # fmt: skip
        bookings = self._bookings[asked.owner]
        if is_sale:
            bookings.sell(trade)
        else:
            bookings.buy(trade)
        self._fills += 1
        line = self._lines[fill.order.number]
        self._put(
            structs.replace(
                line,
                open=fill.open_before - fill.quantity,
                filled=line.filled + fill.quantity,
                paid_won=line.paid_won + turnover,
                commission_won=line.commission_won + trade.commission_won,
                tax_won=line.tax_won + trade.tax_won,
                last_price_won=fill.price_won,
                last_quantity=fill.quantity,
                fill_number=self._fills,
                status="filled",
                changed_ms=now,
            ),
            now,
            self.accounts[asked.owner].position(asked.lot),
        )

    def _settlement_day(self, day: int) -> int:
        """Return the day on which a trade settles (결제일): the second session after it."""
        calendar = self._market.calendar
        return calendar.next(calendar.next(day))

    def _settle_line(self, order: Order, now: int, status: Status) -> None:
        """Note that open shares of an order went away."""
        line = self._lines[order.number]
        self._put(structs.replace(line, open=order.open, status=status, changed_ms=now), now)

    def _line(self, order: Order, action: Action, now: int, status: Status) -> OrderLine:
        asked = order.asked
        return OrderLine(
            owner=asked.owner, number=order.number, original=order.original, action=action,
            symbol=asked.symbol, side=asked.side, type_code=asked.type.code,
            destination=asked.destination, quantity=order.quantity,
            price_won=asked.price_won or 0, trigger_won=asked.trigger_won or 0, open=order.open,
            filled=0, paid_won=0, confirmed=order.quantity if action == "amend" else 0,
            commission_won=0, tax_won=0, last_price_won=0,
            last_quantity=0, fill_number=0, entered_ms=now, changed_ms=now, status=status,
        )  # fmt: skip

    def _put(self, line: OrderLine, now: int, position: Position | None = None) -> None:
        self._lines[line.number] = line
        self._notices.append(Notice(time_ms=now, line=line, position=position))

    def _instrument(self, symbol: str) -> Instrument:
        return self._market.universe.by_code[symbol]

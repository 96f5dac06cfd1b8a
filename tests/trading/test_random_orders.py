"""Whatever two clients do over a market day, nothing is lost, doubled or crossed."""

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiwoom_sim.core.clock import MS_PER_MINUTE, MS_PER_SECOND, day_of
from kiwoom_sim.engine.orders import Accepted
from kiwoom_sim.exchange.checks import Declined
from kiwoom_sim.exchange.order_types import ORDER_TYPES, VENUES, Destination, Pricing, Side
from kiwoom_sim.exchange.orders import Order
from kiwoom_sim.market.rules.sessions import phase_at
from kiwoom_sim.market.rules.ticks import Product, price_at_rank, tick_rank, tick_table
from kiwoom_sim.market.views.trading import Matching
from tests.engine.desks import amendment, lines, make_desk, open_account, withdrawal
from tests.exchange.making import CODE, ask_for
from tests.market.markets import at, shared_market
from tests.trading.naive import NaiveAccount, NaiveBooks

FUND = "069500"
SYMBOLS = {CODE: Product.KOSPI, FUND: Product.FUND}
START = {
    1: (50_000_000, {CODE: (300, 50_000_000), FUND: (100, 7_777_777)}),
    2: (3_000_000, {CODE: (2_000, 123_456_789), FUND: (0, 0)}),
}
STEPS_WANTED = 200_000 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 2_000

STEPS_EACH = 50
STRANGERS = st.sampled_from([False] * 7 + [True])

OWNERS = st.sampled_from(list(START))
TYPES = st.sampled_from(["0"] * 5 + list(ORDER_TYPES))
TO = st.sampled_from([Destination.KRX] * 4 + [Destination.NXT, Destination.SOR])
QUANTITIES = st.sampled_from([1, 2, 7, 10, 33, 100, 1_000])
BEGINNINGS = (
    at(8, 29, 58), at(8, 38), at(8, 59, 50), at(9, 0, 20), at(10), at(13, 7, 3, 77),
    at(15, 19, 30), at(15, 29, 30), at(15, 39, 30), at(16, 9, 50), at(17, 59, 50),
)  # fmt: skip
WAITS = st.sampled_from(
    [1, 50, 400, *[n * MS_PER_SECOND for n in (1, 3, 10, 30)], MS_PER_MINUTE, 5 * MS_PER_MINUTE]
)


class Trading(RuleBasedStateMachine):
    """Let two clients trade, and keep their accounts a second time."""

    def __init__(self) -> None:
        super().__init__()
        self.market = shared_market()

    @initialize(now=st.sampled_from(BEGINNINGS))
    def open(self, now: int) -> None:
        self.now = now
        self.desk = make_desk(self.market, now)
        for owner, (cash, shares) in START.items():
            bookings = open_account(self.desk, owner, cash, now)
            for symbol, (quantity, cost) in shares.items():
                bookings.bring_in(now, symbol, quantity, cost)
        self.naive = NaiveBooks(
            {owner: NaiveAccount(*start) for owner, start in START.items()},
            self.market.calendar,
            lambda symbol: self.market.quote(symbol, self.now).upper_limit,
            frozenset({FUND}),
        )

    @rule(owner=OWNERS, side=st.sampled_from(Side), code=TYPES, steps=st.integers(-5, 5),
          quantity=QUANTITIES, to=TO, symbol=st.sampled_from([CODE, CODE, FUND]))  # fmt: skip
    def place(
        self, *, owner: int, side: Side, code: str, steps: int, quantity: int, to: Destination,
        symbol: str,
    ) -> None:  # fmt: skip
        type_ = ORDER_TYPES[self.fitting(code)]
        code = type_.code
        asked = ask_for(
            side, quantity, self.near(symbol, steps) if type_.needs_price else None,
            type_code=code, to=to, owner=owner, symbol=symbol,
            trigger_won=self.near(symbol, steps // 2) if type_.needs_trigger else None,
        )  # fmt: skip
        before = self.seen()
        self.check(before, self.desk.place(asked, self.now))

    @rule(stranger=STRANGERS, place=st.integers(0, 40), steps=st.integers(-5, 5),
          quantity=st.sampled_from([0, 0, 1, 5, 50]))  # fmt: skip
    def amend(self, stranger: bool, place: int, steps: int, quantity: int) -> None:
        line = self.pick(place)
        if line is None:
            return
        owner = 3 - line.owner if stranger else line.owner
        asked = amendment(
            line.number, self.near(line.symbol, steps), quantity, owner=owner,
            symbol=line.symbol, to=line.destination,
        )  # fmt: skip
        before = self.seen()
        answer = self.desk.amend(asked, self.now)
        self.check(before, answer)
        if isinstance(answer, Accepted):
            assert owner == line.owner
            assert answer.quantity == (quantity or line.open)

    @rule(stranger=STRANGERS, place=st.integers(0, 40), quantity=st.sampled_from([0, 0, 1, 5]))
    def cancel(self, stranger: bool, place: int, quantity: int) -> None:
        line = self.pick(place)
        if line is None:
            return
        owner = 3 - line.owner if stranger else line.owner
        asked = withdrawal(
            line.number, quantity, owner=owner, symbol=line.symbol, to=line.destination
        )
        before = self.seen()
        answer = self.desk.cancel(asked, self.now)
        self.check(before, answer)
        assert isinstance(answer, Accepted) == (owner == line.owner and 0 < line.open >= quantity)

    @rule(wait_ms=WAITS)
    def wait(self, wait_ms: int) -> None:
        self.desk.follow(self.now, self.now + wait_ms)
        self.now += wait_ms

    def fitting(self, code: str) -> str:
        """Return a type, mostly one that is taken in this phase."""
        phase = phase_at(self.market.calendar, self.now)
        fits = [each for each, type_ in ORDER_TYPES.items() if phase in type_.phases]
        keeps = not fits or code in fits or int(code) % 5 == 0
        return code if keeps else fits[int(code) % len(fits)]

    def near(self, symbol: str, steps: int) -> int:
        """Return a price some steps from the best bid."""
        table = tick_table(SYMBOLS[symbol], day_of(self.now))
        quote = self.market.quote(symbol, self.now)
        rank = int(tick_rank(quote.bid or quote.last, table)) + steps
        return int(price_at_rank(rank, table))

    def pick(self, place: int):  # type: ignore[no-untyped-def]  # a line, or nothing yet
        """Return one of the newest orders, an open one if there is."""
        every = list(self.desk._lines.values())
        chosen = [line for line in every if line.open] or every
        return chosen[place % len(chosen)] if chosen and place < 38 else (every or [None])[-1]

    def seen(self) -> tuple[object, ...]:
        self.read()
        return len(self.desk.ledger.entries), self.desk._numbers, dict(self.desk._lines)

    def check(self, before: tuple[object, ...], answer: Accepted | Declined) -> None:
        """What is declined changed nothing; what is accepted has the next number."""
        if isinstance(answer, Declined):
            assert self.desk.take_notices() == []
            assert self.seen() == before
        else:
            assert answer.number == before[1] + 1  # type: ignore[operator]  # the counter

    def read(self) -> None:
        for notice in self.desk.take_notices():
            assert notice.time_ms <= self.now
            self.naive.read(notice)

    @invariant()
    def books_agree(self) -> None:
        self.read()
        assert not any(self.desk.ledger.sums().values())
        assert self.naive.lines == self.desk._lines
        for owner, account in self.desk.accounts.items():
            own = self.naive.accounts[owner]
            assert account.reserved_won == self.naive.reserved_won(owner)
            assert account.orderable_won == own.money_won - account.reserved_won >= 0
            assert account.settled_won == own.settled_won(day_of(self.now))
            assert -self.desk.ledger.total(owner, "realised") == own.profit_won
            for symbol in SYMBOLS:
                position = account.position(symbol)
                assert position.quantity == own.shares[symbol]
                assert position.cost_won == own.cost_won[symbol]
                committed = self.naive.open_shares(owner, symbol, Side.SELL)
                assert position.free == position.quantity - committed >= 0

    @invariant()
    def shares_of_orders_are_conserved(self) -> None:
        for number, order in self.desk._orders.items():
            line = self.naive.lines[number]
            assert (line.open, line.filled) == (order.open, order.filled)
            assert line.quantity == line.open + line.filled + self.naive.gone[number]
            assert bool(order.open) == order.is_open
        taken = [line for owner in START for line in lines(self.desk, owner) if line.confirmed]
        for line in taken:
            assert self.naive.gone[line.original] >= line.confirmed

    @invariant()
    def clients_do_not_stand_crossed(self) -> None:
        for (symbol, venue), post in self.desk._floor._posts.items():
            trading = self.market.trading(symbol, self.now, venue)
            if trading.matching is not Matching.CONTINUOUS:
                continue
            standing = [order for order in post._orders if order.works and is_plain(order)]
            buys = [order.limit_won for order in standing if order.sign > 0]
            sells = [order.limit_won for order in standing if order.sign < 0]
            assert max(buys, default=0) < min(sells, default=10**9), (symbol, venue)


def is_plain(order: Order) -> bool:
    assert VENUES[order.asked.destination]
    return order.limit_won is not None and order.asked.type.pricing is not Pricing.MIDDLE


TestTrading = Trading.TestCase
TestTrading.settings = settings(
    max_examples=max(STEPS_WANTED // STEPS_EACH, 1) * 2,  # half of them end early
    stateful_step_count=STEPS_EACH,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

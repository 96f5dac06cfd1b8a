"""Open an order desk over a real small market for tests."""

from kiwoom_sim.accounts.bookings import Bookings
from kiwoom_sim.accounts.fees import Environment
from kiwoom_sim.core.clock import day_of
from kiwoom_sim.engine.desk import Desk
from kiwoom_sim.engine.orders import Accepted, AmendOrder, CancelOrder, Notice, OrderLine
from kiwoom_sim.exchange.checks import Declined, Reason
from kiwoom_sim.exchange.order_types import Destination
from kiwoom_sim.market.market import Market
from tests.exchange.making import CODE
from tests.exchange.stage import steps
from tests.market.markets import at, shared_market

KRX = Destination.KRX
NOON = at(12)
Step = tuple[int, str, str, int, int]


def make_desk(market: Market, now: int, environment: Environment = "real") -> Desk:
    return Desk(market, environment=environment, seed=7, first_day=day_of(now))


def open_account(desk: Desk, owner: int, cash_won: int, now: int) -> Bookings:
    return desk.open_account(owner, "홍길동", cash_won, now)


def lines(desk: Desk, owner: int = 1) -> list[OrderLine]:
    """Return every order of an account, in order of their numbers."""
    return [line for line in desk._lines.values() if line.owner == owner]


def amendment(
    original: int, price_won: int, quantity: int = 0, *, owner: int = 1, symbol: str = CODE,
    to: Destination = KRX, trigger_won: int | None = None,
) -> AmendOrder:  # fmt: skip
    return AmendOrder(
        owner=owner, original=original, symbol=symbol, destination=to, quantity=quantity,
        price_won=price_won, trigger_won=trigger_won,
    )  # fmt: skip


def withdrawal(
    original: int, quantity: int = 0, *, owner: int = 1, symbol: str = CODE, to: Destination = KRX
) -> CancelOrder:
    return CancelOrder(
        owner=owner, original=original, symbol=symbol, destination=to, quantity=quantity
    )


def opened(cash_won: int = 100_000_000, now: int = NOON, market: Market | None = None) -> Desk:
    desk = make_desk(market or shared_market(), now)
    open_account(desk, 1, cash_won, now)
    return desk


def holding(quantity: int, cost_won: int, now: int = NOON, market: Market | None = None) -> Desk:
    desk = opened(now=now, market=market)
    desk._bookings[1].bring_in(now, CODE, quantity, cost_won)
    return desk


def steps_of(notices: list[Notice]) -> list[Step]:
    """Return (number, action, status, open, filled) of notices."""
    return [
        (each.line.number, each.line.action, each.line.status, each.line.open, each.line.filled)
        for each in notices
    ]


def accepted(answer: Accepted | Declined) -> int:
    assert isinstance(answer, Accepted), answer
    return answer.number


def refused(answer: Accepted | Declined) -> tuple[Reason, int]:
    assert isinstance(answer, Declined), answer
    return answer.reason, answer.possible


def far_bid(market: Market, now: int = NOON) -> int:
    """Return a price that rests, 20 steps below the best bid."""
    return steps(market.quote(CODE, now).bid, -20)

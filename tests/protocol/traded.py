"""Give tests an account that has traded: fills, open orders, an amendment, a cancel."""

from collections.abc import Sequence

from kiwoom_sim.core.clock import day_of
from kiwoom_sim.engine.desk import Desk
from kiwoom_sim.engine.orders import Accepted, AmendOrder, CancelOrder, OrderLine
from kiwoom_sim.exchange.order_types import ORDER_TYPES, Destination, Side
from kiwoom_sim.exchange.orders import PlaceOrder
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.views.trading import Matching

OWNER = 1


def opened(market: Market, now: int, cash: int = 100_000_000, *, seed: int = 3) -> Desk:
    desk = Desk(market, environment="real", seed=seed, first_day=day_of(now))
    desk.open_account(OWNER, "홍길동" if seed == 3 else f"고객{seed}", cash, now)
    return desk


def place(
    desk: Desk,
    now: int,
    symbol: str,
    quantity: int,
    price: int | None = None,
    *,
    side: Side = Side.BUY,
    code: str = "",
    to: Destination = Destination.KRX,
    trigger: int | None = None,
) -> int:
    """Place an order that is taken; without a price a market order. Return its number."""
    kind = ORDER_TYPES[code or ("3" if price is None else "0")]
    outcome = desk.place(
        PlaceOrder(
            owner=OWNER, symbol=symbol, lot=symbol, side=side, type=kind, destination=to,
            quantity=quantity, price_won=price, trigger_won=trigger,
        ),
        now,
    )  # fmt: skip
    assert isinstance(outcome, Accepted), outcome
    return outcome.number


def amend(desk: Desk, now: int, number: int, quantity: int, price: int) -> int:
    """Amend an order; return the number of the new one."""
    line = line_of(desk, number)
    outcome = desk.amend(
        AmendOrder(
            owner=OWNER, original=number, symbol=line.symbol, destination=line.destination,
            quantity=quantity, price_won=price,
        ),
        now,
    )  # fmt: skip
    assert isinstance(outcome, Accepted), outcome
    return outcome.number


def cancel(desk: Desk, now: int, number: int, quantity: int = 0) -> int:
    """Cancel an order; return the number of the cancel."""
    line = line_of(desk, number)
    outcome = desk.cancel(
        CancelOrder(
            owner=OWNER, original=number, symbol=line.symbol, destination=line.destination,
            quantity=quantity,
        ),
        now,
    )  # fmt: skip
    assert isinstance(outcome, Accepted), outcome
    return outcome.number


def line_of(desk: Desk, number: int) -> OrderLine:
    return next(line for line in desk.statement(OWNER).lines if line.number == number)


def busy(market: Market, now: int, symbols: Sequence[str], *, seed: int = 3) -> Desk:
    """Return a desk with a busy account: all that trades bought, some sold, some orders open."""
    desk = opened(market, now, 10_000_000_000 + seed, seed=seed)
    for position, symbol in enumerate(symbols):
        venues = market.universe.by_code[symbol].nxt_ok and position % 3
        to = (Destination.KRX, Destination.SOR, Destination.NXT)[venues or 0]
        book = market.book(symbol, now)
        ask, bid, low = book.asks[0].price, book.bids[position % 4].price, book.bids[5].price
        is_open = market.trading(symbol, now).matching is Matching.CONTINUOUS
        if not (is_open and ask and bid and low):
            continue
        if position % 2:
            desk._bookings[OWNER].bring_in(now, symbol, 30, 30 * low)
        lot = 10 * (position + 1)
        place(desk, now, symbol, lot, code="6", to=to)
        order = place(desk, now, symbol, lot, bid, to=to)
        amended = amend(desk, now, order, 10, (ask, low)[position % 2])
        if position % 3 == 1 and line_of(desk, amended).open:
            cancel(desk, now, amended)
        free = desk.accounts[OWNER].free_shares(symbol)
        if free and position % 2:
            place(desk, now, symbol, min(free, 10), side=Side.SELL, code="6", to=to)
        place(desk, now, symbol, 10, bid, code="28", trigger=book.asks[5].price)
    return desk

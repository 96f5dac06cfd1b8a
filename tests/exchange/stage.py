"""Put orders on a trading floor over a real small market, and tell what becomes of them."""

from kiwoom_sim.exchange.floor import Floor
from kiwoom_sim.exchange.order_types import Destination, Side
from kiwoom_sim.exchange.orders import Expired, Filled, Happening, Order
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.records import Trades, Venue
from tests.exchange.making import CODE, ask_for
from tests.market.markets import at, shared_market

Told = tuple[int, str, int, int, int]


class Stage:
    """Hold a floor whose time passes only when it is told to."""

    def __init__(self, market: Market, now: int, symbol: str = CODE) -> None:
        self.market = market
        self.floor = Floor(market)
        self.now = now
        self.symbol = symbol
        self.orders: list[Order] = []

    def enter(
        self,
        side: Side,
        quantity: int,
        price_won: int | None = None,
        type_code: str = "0",
        to: Destination = Destination.KRX,
        trigger_won: int | None = None,
    ) -> tuple[Order, list[Told]]:
        """Enter an order now; return it and what happened at once."""
        asked = ask_for(
            side, quantity, price_won, type_code=type_code, to=to, trigger_won=trigger_won,
            symbol=self.symbol,
        )  # fmt: skip
        order = Order(len(self.orders) + 1, asked, self.now)
        self.orders.append(order)
        return order, [told(each) for each in self.floor.enter(order, self.now)]

    def until(self, time_ms: int) -> list[Told]:
        """Let time pass and return what happened."""
        happened = self.floor.follow(self.now, time_ms)
        self.now = time_ms
        return [told(each) for each in happened]

    def quotes(self) -> tuple[int, int]:
        """Return best ask and bid now."""
        book = self.market.book(self.symbol, self.now)
        return book.asks[0].price, book.bids[0].price

    def passed(self, until: int) -> tuple[Side, int]:
        """Return side and price of an order that rests now and that the market will trade past."""
        ask, bid = self.quotes()
        prices = self.trades(until).price
        if prices.max() > ask:
            return Side.SELL, ask
        assert prices.min() < bid, "the market stands still"
        return Side.BUY, bid

    def trades(self, until: int, venue: Venue = Venue.KRX) -> Trades:
        """Return the market's trades from now on."""
        return self.market.trades(self.symbol, self.now, until, venue)


def told(happening: Happening) -> Told:
    """Return (time, what, order number, quantity, price) of something that happened."""
    order = happening.order.number
    if isinstance(happening, Filled):
        return happening.time_ms, "filled", order, happening.quantity, happening.price_won
    if isinstance(happening, Expired):
        return happening.time_ms, "expired", order, happening.quantity, 0
    return happening.time_ms, "triggered", order, 0, 0


def stage_at(hour: int, minute: int = 0, second: int = 0, market: Market | None = None) -> Stage:
    return Stage(market or shared_market(), at(hour, minute, second))


def steps(price: int, count: int) -> int:
    """Return a price some steps away, where one step is 500 won or 100 below 200,000."""
    for _ in range(abs(count)):
        low = price - (1 if count < 0 else 0) < 200_000
        price += (100 if low else 500) * (1 if count > 0 else -1)
    return price

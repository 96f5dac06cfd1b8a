"""Answer the newest trades of today (체결정보), newest first."""

from msgspec import Struct

from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.records import Trades, Venue
from kiwoom_sim.protocol.calls import Call, Query, Result, split_symbol
from kiwoom_sim.protocol.measures import change_code, rate_percent, strength_percent
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import ApiSpec

EXCHANGE_NAMES = {Venue.KRX: "KRX", Venue.NXT: "NXT", Venue.ALL: "통합"}


class TradeColumns(Struct, frozen=True, kw_only=True):
    """Hold the rows of ka10003.

    Attributes:
        signed_quantity: Shares, negative when seller-initiated.
        volume, turnover: Totals of the day up to the trade.
        strength: Buyer- over seller-initiated volume so far (체결강도).
    """

    time: list[int]
    base: list[int]
    price: list[int]
    change: list[int]
    rate: list[int]
    sign: list[str]
    ask: list[int]
    bid: list[int]
    signed_quantity: list[int]
    volume: list[int]
    turnover: list[int]
    strength: list[int]
    exchange: list[str]


def trade_columns(trades: Trades, base: int, limits: tuple[int, int], venue: Venue) -> TradeColumns:
    """Return trades as rows, newest first.

    Args:
        trades: Trades, oldest first.
        base: Base price of the day.
        limits: Lower and upper limit of the day.
        venue: Where they happened.
    """
    lower, upper = limits
    prices = trades.price[::-1].tolist()
    sides = trades.side[::-1].tolist()
    quantities = trades.quantity[::-1].tolist()
    bought, sold = trades.buy_volume[::-1].tolist(), trades.sell_volume[::-1].tolist()
    return TradeColumns(
        time=trades.time[::-1].tolist(),
        base=[base] * len(prices),
        price=prices,
        change=[price - base for price in prices],
        rate=[rate_percent(price, base) for price in prices],
        sign=[change_code(price, base, upper, lower) for price in prices],
        ask=trades.ask[::-1].tolist(),
        bid=trades.bid[::-1].tolist(),
        signed_quantity=[
            -quantity if side < 0 else quantity
            for quantity, side in zip(quantities, sides, strict=True)
        ],
        volume=trades.volume[::-1].tolist(),
        turnover=trades.turnover[::-1].tolist(),
        strength=[strength_percent(*pair) for pair in zip(bought, sold, strict=True)],
        exchange=[EXCHANGE_NAMES[venue]] * len(prices),
    )


def trade_list(spec: ApiSpec, call: Call, views: Views) -> Result | Refused:
    """Answer ka10003; an unlisted code gets an empty list."""
    code, venue = split_symbol(call.text("stk_cd"))
    if views.instrument(code) is None:
        return Result()
    trades = views.market.last_trades(code, views.now_ms, int(spec.params["count"]), venue)
    quote = views.market.quote(code, views.now_ms, venue)
    columns = trade_columns(trades, quote.base, (quote.lower_limit, quote.upper_limit), venue)
    return Result(columns=columns, count=len(trades))


QUERIES = {"trade_list": Query(trade_list, columns=(TradeColumns,))}

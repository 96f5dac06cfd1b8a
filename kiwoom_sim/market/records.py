"""Name the values that the market answers with.

Prices are integer won, except index levels, which are integers of 1/100 point. Quantities are
shares. Turnover (거래대금) is integer won. Times are market time in ms (`core.clock`).
All records are immutable; arrays inside them must not be written to.
"""

from enum import Enum

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Venue(Enum):
    """Say whose prints are meant: the exchange's, the alternative venue's, or both."""

    KRX = ""
    NXT = "_NX"
    ALL = "_AL"


class Candles(Struct, frozen=True, kw_only=True):
    """Hold candles (봉) of one symbol or index as columns, oldest first.

    A candle exists only where something traded, except day candles: a session without a trade
    has volume 0 and open = high = low = close = base.

    Attributes:
        time: Start of the candle (day candles: midnight of the day; weeks, months and years:
            midnight of the period's first session; tick candles: time of the first trade).
        base: Price that the change is measured against (previous session's adjusted close).
    """

    time: Ints
    open: Ints
    high: Ints
    low: Ints
    close: Ints
    volume: Ints
    turnover: Ints
    base: Ints

    def __len__(self) -> int:
        """Return the number of candles."""
        return len(self.time)


class Trades(Struct, frozen=True, kw_only=True):
    """Hold consecutive trades (체결) of one symbol as columns, oldest first.

    Attributes:
        quantity: Shares, at least 1.
        side: 1 buyer-initiated, -1 seller-initiated, 0 auction.
        ask, bid: Best quotes right after the trade; 0 where that side is empty.
        volume, turnover: Totals of the day up to and including this trade.
        open, high, low: Of the day up to and including this trade.
        buy_volume, sell_volume: Signed volume of the day so far (auction prints count in neither).
        buy_count, sell_count: Numbers of such trades so far.
    """

    time: Ints
    price: Ints
    quantity: Ints
    side: Ints
    ask: Ints
    bid: Ints
    volume: Ints
    turnover: Ints
    open: Ints
    high: Ints
    low: Ints
    buy_volume: Ints
    sell_volume: Ints
    buy_count: Ints
    sell_count: Ints

    def __len__(self) -> int:
        """Return the number of trades."""
        return len(self.time)


class Quote(Struct, frozen=True, kw_only=True):
    """Hold what a quote screen shows of one symbol at one instant of one day.

    Before the day's first trade `last` is the base price, open, high and low are 0, and
    `time_ms` is None.
    """

    code: str
    day: int
    time_ms: int | None
    last: int
    base: int
    open: int
    high: int
    low: int
    high_time_ms: int | None
    low_time_ms: int | None
    volume: int
    turnover: int
    quantity: int
    side: int
    ask: int
    bid: int
    buy_volume: int
    sell_volume: int
    buy_count: int
    sell_count: int
    upper_limit: int
    lower_limit: int
    previous_volume: int
    previous_turnover: int
    listed_shares: int
    expected_price: int
    expected_quantity: int
    halted: bool


class Level(Struct, frozen=True):
    """Hold one price level of the book; price 0 means that the level is empty.

    Attributes:
        change: Quantity now minus quantity at this price in the book's previous state.
    """

    price: int
    quantity: int
    change: int


class Book(Struct, frozen=True, kw_only=True):
    """Hold the ten-level order book (호가) of one symbol; level 0 is the best.

    Attributes:
        time_ms: When this state of the book began.
        expected_price, expected_quantity: Of the running call auction, else 0.
    """

    code: str
    time_ms: int
    asks: tuple[Level, ...]
    bids: tuple[Level, ...]
    ask_total: int
    bid_total: int
    ask_total_change: int
    bid_total_change: int
    base: int
    last: int
    volume: int
    expected_price: int
    expected_quantity: int


class IndexQuote(Struct, frozen=True, kw_only=True):
    """Hold one index (업종지수) at one instant; levels are integers of 1/100 point."""

    code: str
    day: int
    time_ms: int
    last: int
    base: int
    open: int
    high: int
    low: int
    high_time_ms: int
    low_time_ms: int
    volume: int
    turnover: int
    previous_volume: int
    quantity: int
    upper_count: int
    rising_count: int
    flat_count: int
    falling_count: int
    lower_count: int
    traded_count: int
    member_count: int


class Phase(Enum):
    """Name the stretches of a trading day (장운영)."""

    CLOSED = "closed"
    BEFORE_OPEN = "before_open"
    OPENING_AUCTION = "opening_auction"
    CONTINUOUS = "continuous"
    CLOSING_AUCTION = "closing_auction"
    AFTER_CLOSE = "after_close"
    CLOSING_PRICE = "closing_price"
    SINGLE_PRICE = "single_price"
    AFTER_MARKET = "after_market"


INVESTORS = (
    "individual",
    "foreign",
    "financial_investment",
    "insurance",
    "investment_trust",
    "other_finance",
    "bank",
    "pension",
    "private_fund",
    "state",
    "other_corporation",
    "resident_foreign",
)
"""Investor kinds (투자자), in the order of the arrays of `Flows`.

Institutions (기관계) are the sum of financial_investment .. state.
"""


class Flows(Struct, frozen=True, kw_only=True):
    """Hold investor flows (투자자별 매매) of one symbol, one row per day, oldest first.

    Attributes:
        day: Day numbers, shape (n,).
        buy, sell: Shares, shape (n, len(INVESTORS)); every row of both sums to the day's volume.
        buy_won, sell_won: Won, same shape; every row of both sums to the day's turnover.
    """

    day: Ints
    buy: Ints
    sell: Ints
    buy_won: Ints
    sell_won: Ints


class BrokerLine(Struct, frozen=True):
    """Hold one member firm's (거래원) traded shares so far today on one side.

    Attributes:
        change: Shares since the previous update of the screen.
    """

    code: str
    quantity: int
    change: int

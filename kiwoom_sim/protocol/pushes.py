"""Name the records that real-time pushes (REAL) are rendered from.

`realtime.py` fills them from market columns; the catalogue's `from` names their attributes.
Prices are won, index levels hundredths of a point, percentages hundredths of a percent, times
market time in ms. None prints as an empty text.

Not for: deciding when something is sent.
"""

from msgspec import Struct

from kiwoom_sim.market.records import Book, IndexQuote, Venue
from kiwoom_sim.protocol.measures import (
    change_code,
    percent,
    rate_percent,
    signed_share_percent,
    strength_percent,
)

EXCHANGE_CODES = {Venue.KRX: "1", Venue.NXT: "2", Venue.ALL: "0"}


class StockDay(Struct, frozen=True, kw_only=True):
    """Hold what does not change about one symbol during one session.

    Attributes:
        open_time_ms: Time of the first trade, None before it or where it is not followed.
    """

    base: int
    upper_limit: int
    lower_limit: int
    previous_volume: int
    previous_turnover: int
    listed_shares: int
    open_time_ms: int | None = None


class StockPush(Struct, frozen=True, kw_only=True):
    """Hold one trade (0B), or one price change without a trade (0A: quantity 0).

    Attributes:
        side: 1 buyer-initiated, -1 seller-initiated, 0 auction.
        session: Stretch of the day (장구분): "1" before, "2" during, "3" after the session.
        high_time_ms, low_time_ms: Of the day's extremes, None where they are not followed.
        upper_limit_time_ms, lower_limit_time_ms: First touch of a limit, None without one.
        same_time_volume: Yesterday's volume up to this time of day, 0 = not followed.
    """

    day: StockDay
    time_ms: int
    last: int
    quantity: int
    side: int
    ask: int
    bid: int
    volume: int
    turnover: int
    open: int
    high: int
    low: int
    buy_volume: int
    sell_volume: int
    buy_count: int
    sell_count: int
    venue: Venue = Venue.KRX
    session: str = "2"
    high_time_ms: int | None = None
    low_time_ms: int | None = None
    upper_limit_time_ms: int | None = None
    lower_limit_time_ms: int | None = None
    same_time_volume: int = 0

    @property
    def base(self) -> int:
        """Return the base price of the day."""
        return self.day.base

    @property
    def change(self) -> int:
        """Return the change against the base price."""
        return self.last - self.day.base

    @property
    def rate(self) -> int:
        """Return the change in hundredths of a percent."""
        return rate_percent(self.last, self.day.base)

    @property
    def sign(self) -> str:
        """Return the direction code."""
        return change_code(self.last, self.day.base, self.day.upper_limit, self.day.lower_limit)

    @property
    def signed_quantity(self) -> int:
        """Return the traded shares, negative when seller-initiated."""
        return -self.quantity if self.side < 0 else self.quantity

    @property
    def volume_change(self) -> int:
        """Return the volume against the whole previous session's."""
        return self.volume - self.day.previous_volume

    @property
    def turnover_change(self) -> int:
        """Return the turnover against the whole previous session's, in won."""
        return self.turnover - self.day.previous_turnover

    @property
    def volume_share(self) -> int:
        """Return volume as a percentage of the previous session's, negative while below it."""
        return signed_share_percent(self.volume, self.day.previous_volume)

    @property
    def share_turnover(self) -> int:
        """Return volume as a percentage of the listed shares."""
        return percent(self.volume, self.day.listed_shares)

    @property
    def trading_cost(self) -> int:
        """Return what buying and selling one share costs, in won (0.03 % and 0.2 % tax)."""
        return self.last * 23 // 10_000

    @property
    def strength(self) -> int:
        """Return buyer-initiated over seller-initiated volume (체결강도)."""
        return strength_percent(self.buy_volume, self.sell_volume)

    @property
    def market_cap(self) -> int:
        """Return the market capitalisation in won."""
        return self.last * self.day.listed_shares

    @property
    def same_time_share(self) -> int | None:
        """Return volume as a percentage of yesterday's up to this time."""
        return percent(self.volume, self.same_time_volume) if self.same_time_volume else None

    @property
    def open_time_ms(self) -> int | None:
        """Return the time of the day's first trade."""
        return self.day.open_time_ms

    @property
    def buy_share(self) -> int:
        """Return buyer-initiated volume as a percentage of all signed volume."""
        return percent(self.buy_volume, self.buy_volume + self.sell_volume)

    @property
    def print_turnover(self) -> int:
        """Return the turnover of this trade alone, in won."""
        return self.last * self.quantity

    @property
    def sell_quantity(self) -> int:
        """Return the shares of this trade if seller-initiated."""
        return self.quantity if self.side < 0 else 0

    @property
    def buy_quantity(self) -> int:
        """Return the shares of this trade if buyer-initiated."""
        return self.quantity if self.side > 0 else 0

    @property
    def net_volume(self) -> int:
        """Return buyer-initiated minus seller-initiated volume of the day."""
        return self.buy_volume - self.sell_volume

    @property
    def average(self) -> int:
        """Return the day's average price."""
        return self.turnover // self.volume if self.volume else self.day.base

    @property
    def exchange(self) -> str:
        """Return the exchange code (거래소구분)."""
        return EXCHANGE_CODES[self.venue]


class QuotePush(Struct, frozen=True, kw_only=True):
    """Hold a change of the best quotes (0C)."""

    base: int
    ask: int
    bid: int


class BookPush(Struct, frozen=True, kw_only=True):
    """Hold one state of the order book (0D).

    Attributes:
        nxt: Book of the alternative venue at the same time, None where it is not traded there.
        liquidity_provided: Whether a liquidity provider (LP) quotes the symbol (ETF, ETN, ELW).
        upper_limit, lower_limit: Daily limits, for the direction code.
    """

    book: Book
    day: StockDay
    nxt: Book | None = None
    liquidity_provided: bool = False
    session: str = "2"


class IndexPush(Struct, frozen=True, kw_only=True):
    """Hold one value of an index (0J, 0U).

    Attributes:
        closing: Whether this is the closing value (its time is written 888888).
    """

    quote: IndexQuote
    closing: bool = False


class PhasePush(Struct, frozen=True, kw_only=True):
    """Hold one notice of the market's phase (0s).

    Attributes:
        remaining: Time left, already in wire form (`HHMMSS`).
    """

    time_ms: int
    code: str
    remaining: str

"""Name the records that real-time pushes (REAL) are rendered from.

`realtime.py` fills them from market columns; the catalogue's `from` names their attributes.
Prices are won, index levels hundredths of a point, percentages hundredths of a percent, times
market time in ms. None prints as an empty text.

Not for: deciding when something is sent.
"""

from typing import Any

from msgspec import Struct

from kiwoom_sim.market.records import Book, IndexQuote, Venue
from kiwoom_sim.protocol.index_values import IndexLine, index_values
from kiwoom_sim.protocol.ladder import Ladder, ladder_values, padded
from kiwoom_sim.protocol.measures import (
    change_code,
    percent,
    quantity_text,
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
    def quantity_text(self) -> str:
        """Return the traded shares with the sign of who began."""
        return quantity_text(self.quantity, self.side)

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


class BookPush(Ladder, frozen=True, kw_only=True):
    """Hold one state of the order book (0D); made by `book_push`.

    Attributes:
        session: Stretch of the day, as in `StockPush`.
        net_bid, net_ask: Bid minus ask total, and the reverse.
        bid_ratio, ask_ratio: Bid over ask total, and the reverse.
        expected_volume_share: Expected quantity of the auction over yesterday's volume.
        krx_ask_quantities, nxt_ask_quantities, ...: The exchange's and the alternative venue's
            parts of the levels.
        krx_middle, nxt_middle: Middle of the best quotes (중간가), 0 without both quotes.
    """

    time_ms: int
    volume: int
    session: str
    net_bid: int
    net_ask: int
    bid_ratio: int
    ask_ratio: int
    expected_price: int
    expected_quantity: int
    expected_change: int
    expected_rate: int
    expected_sign: str
    expected_volume_share: int
    krx_ask_quantities: tuple[int, ...]
    krx_bid_quantities: tuple[int, ...]
    krx_ask_total: int
    krx_bid_total: int
    nxt_ask_quantities: tuple[int, ...]
    nxt_bid_quantities: tuple[int, ...]
    nxt_ask_total: int
    nxt_bid_total: int
    krx_middle: int
    krx_middle_change: int
    krx_middle_rate: int
    krx_middle_sign: str
    nxt_middle: int
    nxt_middle_change: int
    nxt_middle_rate: int
    nxt_middle_sign: str


def _middle(prefix: str, book: Book | None, base: int) -> dict[str, Any]:
    """Return the fields of a venue's middle price."""
    ask = book.asks[0].price if book and book.asks else 0
    bid = book.bids[0].price if book and book.bids else 0
    middle = (ask + bid) // 2 if ask and bid else 0
    against = middle or base
    return {
        f"{prefix}_middle": middle,
        f"{prefix}_middle_change": against - base,
        f"{prefix}_middle_rate": rate_percent(against, base),
        f"{prefix}_middle_sign": change_code(against, base),
    }


def _venue_part(book: Book | None, of: Book, prefix: str) -> dict[str, Any]:
    """Return how much of each level of `of` is in a venue's book, and that venue's totals."""
    values: dict[str, Any] = {f"{prefix}_ask_total": 0, f"{prefix}_bid_total": 0}
    for side, levels, own in (
        ("ask", of.asks, book.asks if book else ()),
        ("bid", of.bids, book.bids if book else ()),
    ):
        there = {level.price: level.quantity for level in own if level.price}
        values[f"{prefix}_{side}_quantities"] = padded(
            [there.get(level.price, 0) for level in levels]
        )
    if book is not None:
        values[f"{prefix}_ask_total"] = book.ask_total
        values[f"{prefix}_bid_total"] = book.bid_total
    return values


def book_push(
    book: Book,
    day: StockDay,
    *,
    krx: Book | None = None,
    nxt: Book | None = None,
    provided: bool = False,
    session: str = "2",
) -> BookPush:
    """Return the record of a book.

    Args:
        book: The book of the item (the sum of both venues for `_AL`).
        day: What is fixed during the session.
        krx: The exchange's own book; None for an `_NX` item.
        nxt: The alternative venue's book; None for a plain item.
        provided: Whether a liquidity provider quotes the symbol (ETF, ETN, ELW).
        session: Stretch of the day.
    """
    expected = book.expected_price or day.base
    return BookPush(
        base=day.base,
        **ladder_values(book, provided=provided),
        time_ms=book.time_ms,
        volume=book.volume,
        session=session,
        net_bid=book.bid_total - book.ask_total,
        net_ask=book.ask_total - book.bid_total,
        bid_ratio=percent(book.bid_total, book.ask_total),
        ask_ratio=percent(book.ask_total, book.bid_total),
        expected_price=book.expected_price,
        expected_quantity=book.expected_quantity,
        expected_change=expected - day.base,
        expected_rate=rate_percent(expected, day.base),
        expected_sign=change_code(expected, day.base, day.upper_limit, day.lower_limit),
        expected_volume_share=percent(book.expected_quantity, day.previous_volume),
        **_venue_part(krx, book, "krx"),
        **_venue_part(nxt, book, "nxt"),
        **_middle("krx", krx, day.base),
        **_middle("nxt", nxt, day.base),
    )


def index_push(quote: IndexQuote, *, closing: bool = False) -> IndexLine:
    """Return the record of an index value (0J, 0U); a closing one prints 888888 as its time."""
    return IndexLine(**index_values(quote, closing=closing))


class PhasePush(Struct, frozen=True, kw_only=True):
    """Hold one notice of the market's phase (0s).

    Attributes:
        remaining: Time left, already in wire form (`HHMMSS`).
    """

    time_ms: int
    code: str
    remaining: str


RECORDS: dict[str, type] = {
    "stock": StockPush,
    "quote": QuotePush,
    "book": BookPush,
    "index": IndexLine,
    "phase": PhasePush,
}
"""Records that a real-time file of the catalogue may name."""

"""Say what happens to one symbol at one venue: trades, quotes, book, still prices.

Known deviations: a price change without a trade (0A) is said in two places only: at the end of
the opening auction for a stock that nobody has traded, and when the closing price is confirmed.

Source:
    When each type is sent: real-time pages of the Kiwoom REST API guide.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from kiwoom_sim.core.clock import MS_PER_MINUTE, day_of, moment, time_of_day
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.records import Book, Quote, Trades, Venue
from kiwoom_sim.market.rules.sessions import AUCTION_END_SPREAD_MS, session_times
from kiwoom_sim.protocol.pushes import BookPush, QuotePush, StockDay, StockPush, book_push

STOCK_TYPES = ("0A", "0B", "0C", "0D")

StockSays = StockPush | QuotePush | BookPush
Make = Callable[[], StockSays | None]

_LIQUIDITY_PROVIDED = frozenset({"ETF", "ETN", "ELW"})
_TRADE_COLUMNS = (
    "quantity", "side", "ask", "bid", "volume", "turnover", "open", "high", "low",
    "buy_volume", "sell_volume", "buy_count", "sell_count",
)  # fmt: skip


class StockFeed:
    """Answer for one symbol, one venue and one session day."""

    def __init__(self, market: Market, instrument: Instrument, venue: Venue, day: int) -> None:
        self._market = market
        self._code = instrument.code
        self._venue = venue
        self._times = session_times(market.calendar, day)
        self._liquidity_provided = instrument.sec_type in _LIQUIDITY_PROVIDED
        self._books: dict[int, Book] = {}
        self._day: StockDay | None = None

    def plan(self, kind: str, start_ms: int, end_ms: int) -> list[tuple[int, Make]]:
        """Return due times of one type at start_ms <= time < end_ms, and what makes each push."""
        if kind == "0A":
            return self._still_prices(start_ms, end_ms)
        if kind == "0B":
            return self._trades(start_ms, end_ms)
        changes = self._market.book_changes(self._code, start_ms - 1, end_ms - 1, self._venue)
        if kind == "0D":
            return [(at_ms, partial(self._depth, at_ms)) for at_ms in changes]
        before = [start_ms - 1, *changes]
        return [
            (at, partial(self._best, at, was)) for was, at in zip(before, changes, strict=False)
        ]

    def _still_prices(self, start_ms: int, end_ms: int) -> list[tuple[int, Make]]:
        day, times = self._times.day, self._times
        opened_ms = moment(day, times.open_ms + AUCTION_END_SPREAD_MS)
        confirmed_ms = moment(day, times.close_ms + AUCTION_END_SPREAD_MS)
        makes: list[tuple[int, Make]] = [
            (opened_ms, partial(self._still, opened_ms, untraded=True)),
            (confirmed_ms, partial(self._still, confirmed_ms, untraded=False)),
        ]
        return [(at_ms, make) for at_ms, make in makes if start_ms <= at_ms < end_ms]

    def _still(self, at_ms: int, *, untraded: bool) -> StockPush | None:
        quote = self._market.quote(self._code, at_ms, self._venue)
        if untraded and quote.volume:
            return None
        values = {name: getattr(quote, name) for name in _TRADE_COLUMNS}
        values |= {"quantity": 0, "side": 0, "last": quote.last}
        opened_ms = self._open_ms(quote.time_ms) if quote.volume else None
        return self._push(at_ms, values, _stock_day(quote, opened_ms), _Extremes(quote))

    def _trades(self, start_ms: int, end_ms: int) -> list[tuple[int, Make]]:
        trades = self._market.trades(self._code, start_ms - 1, end_ms - 1, self._venue)
        pushes: list[StockPush] = []

        def push(row: int) -> StockPush:
            # What the day was like before is asked when the first trade is due, not when it is
            # planned: that asks for much at once.
            if not pushes:
                pushes.extend(self._pushes(trades, start_ms))
            return pushes[row]

        return [(at_ms, partial(push, row)) for row, at_ms in enumerate(trades.time.tolist())]

    def _pushes(self, trades: Trades, start_ms: int) -> list[StockPush]:
        quote = self._market.quote(self._code, start_ms, self._venue)
        times = trades.time.tolist()
        opened_ms = self._open_ms(quote.time_ms) if quote.volume else times[0]
        day, extremes = _stock_day(quote, opened_ms), _Extremes(quote)
        pushes = []
        for at_ms, values in zip(times, _rows(trades), strict=True):
            extremes = extremes.after(at_ms, values["high"], values["low"])
            pushes.append(self._push(at_ms, values, day, extremes))
        return pushes

    def _push(
        self, at_ms: int, values: dict[str, Any], day: StockDay, extremes: "_Extremes"
    ) -> StockPush:
        at_upper = extremes.high == day.upper_limit
        at_lower = extremes.low == day.lower_limit
        return StockPush(
            day=day,
            time_ms=at_ms,
            venue=self._venue,
            session=self._session(at_ms),
            high_time_ms=extremes.high_ms,
            low_time_ms=extremes.low_ms,
            upper_limit_time_ms=extremes.high_ms if at_upper else None,
            lower_limit_time_ms=extremes.low_ms if at_lower else None,
            **values,
        )

    def _best(self, at_ms: int, before_ms: int) -> QuotePush | None:
        book = self._book(at_ms)
        best = _best_of(book)
        if day_of(before_ms) == self._times.day and best == _best_of(self._book(before_ms)):
            return None
        return QuotePush(base=book.base, ask=best[0], bid=best[1])

    def _depth(self, at_ms: int) -> BookPush:
        if self._day is None:
            self._day = _stock_day(self._market.quote(self._code, at_ms, self._venue), None)
        krx, nxt = (
            self._part(at_ms, venue) if self._venue in {venue, Venue.ALL} else None
            for venue in (Venue.KRX, Venue.NXT)
        )
        return book_push(
            self._book(at_ms),
            self._day,
            krx=krx,
            nxt=nxt,
            provided=self._liquidity_provided,
            session=self._session(at_ms),
        )

    def _part(self, at_ms: int, venue: Venue) -> Book:
        if venue is self._venue:
            return self._book(at_ms)
        return self._market.book(self._code, at_ms, venue)

    def _book(self, at_ms: int) -> Book:
        book = self._books.get(at_ms)
        if book is None:
            book = self._books[at_ms] = self._market.book(self._code, at_ms, self._venue)
            if len(self._books) > 2:  # the one before and the one now
                del self._books[min(self._books)]
        return book

    def _open_ms(self, now_ms: int | None) -> int | None:
        """Return the time of the day's first trade, which was at or before `now_ms`."""
        if now_ms is None:
            return None
        market, day = self._market, self._times.day
        from_ms = moment(day, self._times.open_ms)
        first = market.trades(self._code, from_ms - 1, from_ms + MS_PER_MINUTE - 1, self._venue)
        if not len(first):
            minutes = market.minutes(self._code, now_ms, 1, self._times.minutes + 2)
            today = [at_ms for at_ms in minutes.time.tolist() if day_of(at_ms) == day]
            if not today:
                return None
            first = market.trades(
                self._code, today[0] - 1, today[0] + MS_PER_MINUTE - 1, self._venue
            )
        return int(first.time[0]) if len(first) else None

    def _session(self, at_ms: int) -> str:
        of_day = time_of_day(at_ms)
        if of_day < self._times.open_ms:
            return "1"
        return "2" if of_day < self._times.closing_price_ms else "3"


class _Extremes:
    """Follow the day's high and low and when each was first reached."""

    __slots__ = ("high", "high_ms", "low", "low_ms")

    def __init__(self, quote: Quote) -> None:
        self.high, self.high_ms = quote.high, quote.high_time_ms
        self.low, self.low_ms = quote.low, quote.low_time_ms

    def after(self, at_ms: int, high: int, low: int) -> "_Extremes":
        """Return the extremes after a trade."""
        if high == self.high and low == self.low:
            return self
        later = object.__new__(_Extremes)
        later.high, later.low = high, low
        later.high_ms = self.high_ms if high == self.high else at_ms
        later.low_ms = self.low_ms if low == self.low else at_ms
        return later


def _stock_day(quote: Quote, open_time_ms: int | None) -> StockDay:
    return StockDay(
        base=quote.base,
        upper_limit=quote.upper_limit,
        lower_limit=quote.lower_limit,
        previous_volume=quote.previous_volume,
        previous_turnover=quote.previous_turnover,
        listed_shares=quote.listed_shares,
        open_time_ms=open_time_ms,
    )


def _best_of(book: Book) -> tuple[int, int]:
    """Return the best ask and bid, 0 where that side is empty."""
    ask = book.asks[0].price if book.asks else 0
    return ask, book.bids[0].price if book.bids else 0


def _rows(trades: Trades) -> list[dict[str, Any]]:
    """Return trades row by row, under the names of a push."""
    names = ("last", *_TRADE_COLUMNS)
    columns = [trades.price, *(getattr(trades, name) for name in _TRADE_COLUMNS)]
    cells = zip(*(column.tolist() for column in columns), strict=True)
    return [dict(zip(names, row, strict=True)) for row in cells]

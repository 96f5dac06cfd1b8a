"""Build the quote (현재가) of a symbol from its day: last trade, extremes, best quotes."""

from kiwoom_sim.core.clock import day_of
from kiwoom_sim.market.intraday.days import Days
from kiwoom_sim.market.records import Quote, Venue
from kiwoom_sim.market.views.book import Books


def quote_at(days: Days, books: Books, code: str, now: int, venue: Venue) -> Quote:
    """Return the quote of a symbol at an instant; off sessions that of the session before."""
    day = days.calendar.latest(day_of(now))
    own = days.symbol_day(code, day, venue)
    frame = own.frame
    ask, bid, expected_price, expected_quantity = _best(books, code, now, venue)
    trades, number = own.last_trade(now)
    traded = number >= 0

    def at(name: str) -> int:
        return int(getattr(trades, name)[number]) if traded else 0

    high, low = at("high"), at("low")
    return Quote(
        code=code,
        day=day,
        time_ms=at("time") if traded else None,
        last=at("price") if traded else frame.base,
        base=frame.base,
        open=at("open"),
        high=high,
        low=low,
        high_time_ms=own.extreme_time(high, high=True) if traded else None,
        low_time_ms=own.extreme_time(low, high=False) if traded else None,
        volume=at("volume"),
        turnover=at("turnover"),
        quantity=at("quantity"),
        side=at("side"),
        ask=ask,
        bid=bid,
        buy_volume=at("buy_volume"),
        sell_volume=at("sell_volume"),
        buy_count=at("buy_count"),
        sell_count=at("sell_count"),
        upper_limit=frame.upper,
        lower_limit=frame.lower,
        previous_volume=frame.previous_volume,
        previous_turnover=frame.previous_turnover,
        listed_shares=frame.shares,
        expected_price=expected_price,
        expected_quantity=expected_quantity,
        halted=frame.halted_at(now),
    )


def _best(books: Books, code: str, now: int, venue: Venue) -> tuple[int, int, int, int]:
    """Return best ask, best bid, expected price and quantity."""
    if venue is Venue.KRX:
        state = books.state(code, now)
        return state.ask, state.bid, state.expected_price, state.expected_quantity
    book = books.book(code, now, venue)
    best = book.asks[0].price, book.bids[0].price
    return *best, book.expected_price, book.expected_quantity

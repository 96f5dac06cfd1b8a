"""Build the quote (현재가) of a symbol from its day: last trade, extremes, best quotes."""

from kiwoom_sim.core.clock import day_of
from kiwoom_sim.market.book import Books
from kiwoom_sim.market.days import Days
from kiwoom_sim.market.records import Quote


def quote_at(days: Days, books: Books, code: str, now: int) -> Quote:
    """Return the quote of a symbol at an instant; off sessions that of the session before."""
    day = days.calendar.latest(day_of(now))
    own = days.symbol_day(code, day)
    frame = own.frame
    state = books.state(code, now)
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
        ask=state.ask,
        bid=state.bid,
        buy_volume=at("buy_volume"),
        sell_volume=at("sell_volume"),
        buy_count=at("buy_count"),
        sell_count=at("sell_count"),
        upper_limit=frame.upper,
        lower_limit=frame.lower,
        previous_volume=frame.previous_volume,
        previous_turnover=frame.previous_turnover,
        listed_shares=frame.shares,
        expected_price=state.expected_price,
        expected_quantity=state.expected_quantity,
        halted=frame.halted_at(now),
    )

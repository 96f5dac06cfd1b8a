"""Books have ten legal levels, changes against the state before, and memory of consumption."""

from itertools import pairwise

import numpy as np
from hypothesis import given

from kiwoom_sim.core.clock import day_of, moment
from kiwoom_sim.market.records import Book, Level
from kiwoom_sim.market.rules.ticks import tick_rank
from kiwoom_sim.market.views.book import LEVELS
from tests.market.markets import RUN_DAY, at, codes, moments, open_market, shared_market

CODE = "005930"


def ranks(levels: tuple[Level, ...], code: str, day: int) -> list[int]:
    universe = shared_market().universe
    table = int(universe.tick_tables(day)[universe.codes.index(code)])
    prices = [level.price for level in levels if level.price]
    found: list[int] = tick_rank(prices, table).tolist()
    return found


@given(code=codes(), now=moments())
def test_a_book_has_consecutive_levels_around_the_spread(code: str, now: int) -> None:
    book = shared_market().book(code, now)
    shown = day_of(book.time_ms)
    asks, bids = (ranks(side, code, shown) for side in (book.asks, book.bids))
    assert len(book.asks) == len(book.bids) == LEVELS
    assert asks == list(range(asks[0], asks[0] + len(asks))) if asks else not book.ask_total
    assert bids == list(range(bids[0], bids[0] - len(bids), -1)) if bids else not book.bid_total
    assert not (asks and bids) or bids[0] < asks[0]
    assert asks or bids
    for side, total in ((book.asks, book.ask_total), (book.bids, book.bid_total)):
        assert all((level.quantity > 0) == (level.price > 0) for level in side)
        assert total == sum(level.quantity for level in side)


@given(code=codes(), now=moments())
def test_changes_are_against_the_state_before(code: str, now: int) -> None:
    market = shared_market()
    book = market.book(code, now)
    before = market.book(code, book.time_ms - 1)
    for side, earlier in ((book.asks, before.asks), (book.bids, before.bids)):
        known = {level.price: level.quantity for level in earlier}
        for level in side:
            if level.price:
                assert level.change == level.quantity - known.get(level.price, 0)
    assert book.ask_total_change == book.ask_total - before.ask_total
    assert book.bid_total_change == book.bid_total - before.bid_total


def test_a_book_stands_still_between_changes() -> None:
    market = shared_market()
    changes = market.book_changes(CODE, at(10), at(10, 1))
    for time, following in pairwise(changes[:31]):
        assert market.book(CODE, time) == market.book(CODE, following - 1)
        assert market.book(CODE, time).time_ms == time


def test_before_the_session_the_last_book_of_the_one_before_shows() -> None:
    market = shared_market()
    early, late = market.book(CODE, at(7)), market.book(CODE, moment(RUN_DAY) - 1)
    assert (early.asks, early.bids, early.time_ms) == (late.asks, late.bids, late.time_ms)
    assert (early.volume, early.last) == (0, early.base)
    first = market.calendar.day_at(market.calendar.first_index)
    assert market.book(CODE, moment(first, 1)).time_ms > 0


def test_at_a_limit_a_side_is_empty() -> None:
    market = open_market()
    upper = market.quote(CODE, at(10)).upper_limit
    market.overlay.pin(CODE, at(10), upper, 3_600_000)
    book = market.book(CODE, at(10, 30))
    assert book.bids[0].price == upper == book.last
    assert book.asks == (Level(0, 0, 0),) * LEVELS
    assert book.ask_total == 0
    lower = market.quote("247540", at(10)).lower_limit
    market.overlay.pin("247540", at(10), lower, 3_600_000)
    book = market.book("247540", at(10, 30))
    assert (book.asks[0].price, book.bid_total) == (lower, 0)


def test_neighbouring_books_are_alike() -> None:
    market = shared_market()
    times = market.book_changes(CODE, at(13), at(13, 2))
    books: list[Book] = [market.book(CODE, time) for time in times]
    totals = np.array([book.ask_total for book in books])
    assert np.abs(np.diff(totals) / totals[:-1]).mean() < 0.1

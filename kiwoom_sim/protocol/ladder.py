"""Spread an order book (호가) into the sequences that messages pick their levels from.

Sequences hold ten levels, the best first; an empty level has price and quantity 0.

Known deviations: numbers of orders are estimated from the quantities, because the book keeps no
single orders. A liquidity provider (LP) stands for a fixed part of the five best levels of a fund
or warrant.
"""

from typing import Any

from msgspec import Struct

from kiwoom_sim.market.records import Book, Level

LEVELS = 10
_LP_LEVELS = 5
_LP_PERCENT = 60
_ORDER_WON = 6_000_000
_ORDER_SHARES_MAX = 400


class Ladder(Struct, frozen=True, kw_only=True):
    """Hold the levels and totals of one book.

    Attributes:
        base: Base price, for direction signs.
        ask_changes, bid_changes: Against the previous state of the book.
        ask_counts, bid_counts: Estimated numbers of orders.
    """

    base: int
    book_time_ms: int
    ask_prices: tuple[int, ...]
    ask_quantities: tuple[int, ...]
    ask_changes: tuple[int, ...]
    ask_counts: tuple[int, ...]
    bid_prices: tuple[int, ...]
    bid_quantities: tuple[int, ...]
    bid_changes: tuple[int, ...]
    bid_counts: tuple[int, ...]
    lp_ask_quantities: tuple[int, ...]
    lp_bid_quantities: tuple[int, ...]
    ask_total: int
    ask_total_change: int
    ask_count_total: int
    bid_total: int
    bid_total_change: int
    bid_count_total: int


def order_count(quantity: int, price: int) -> int:
    """Return an estimate of how many orders make up a quantity at a price."""
    if quantity <= 0:
        return 0
    usual = max(1, min(_ORDER_SHARES_MAX, _ORDER_WON // max(1, price)))
    return 1 + (quantity - 1) // usual


def padded(values: list[int]) -> tuple[int, ...]:
    """Return ten values; missing levels are 0."""
    return tuple(values[:LEVELS]) + (0,) * (LEVELS - len(values))


def _provided(levels: tuple[Level, ...], *, provided: bool) -> tuple[int, ...]:
    if not provided:
        return (0,) * LEVELS
    return padded([level.quantity * _LP_PERCENT // 100 for level in levels[:_LP_LEVELS]])


def ladder_values(book: Book, *, provided: bool = False) -> dict[str, Any]:
    """Return the fields of a `Ladder` but its base.

    Args:
        book: The book.
        provided: Whether a liquidity provider quotes the symbol.
    """
    asks, bids = book.asks, book.bids
    ask_counts = padded([order_count(level.quantity, level.price) for level in asks])
    bid_counts = padded([order_count(level.quantity, level.price) for level in bids])
    return {
        "book_time_ms": book.time_ms,
        "ask_prices": padded([level.price for level in asks]),
        "ask_quantities": padded([level.quantity for level in asks]),
        "ask_changes": padded([level.change for level in asks]),
        "ask_counts": ask_counts,
        "bid_prices": padded([level.price for level in bids]),
        "bid_quantities": padded([level.quantity for level in bids]),
        "bid_changes": padded([level.change for level in bids]),
        "bid_counts": bid_counts,
        "lp_ask_quantities": _provided(asks, provided=provided),
        "lp_bid_quantities": _provided(bids, provided=provided),
        "ask_total": book.ask_total,
        "ask_total_change": book.ask_total_change,
        "ask_count_total": sum(ask_counts),
        "bid_total": book.bid_total,
        "bid_total_change": book.bid_total_change,
        "bid_count_total": sum(bid_counts),
    }

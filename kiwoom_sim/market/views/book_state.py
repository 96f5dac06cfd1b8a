"""Know when a symbol's order book changes, and what it rests on at each of these instants.

A book begins a new state at the start of a call auction, at the end of one, at every instant with
a trade, and at the symbol's knots (every five seconds) from the opening auction to the end of the
closing one. Between these instants it stands still; while trading is halted and outside these
hours it does not change at all.
"""

import numpy as np
from msgspec import Struct

from kiwoom_sim.core.clock import moment
from kiwoom_sim.core.rng import philox
from kiwoom_sim.market.intraday.symbol_day import SymbolDay
from kiwoom_sim.market.intraday.touch import best_quotes, leaning
from kiwoom_sim.market.rules.ticks import price_at_rank, tick_rank

_MASK = 0xFFFFFFFF
_NOISE_LANE = 2


class State(Struct, frozen=True, kw_only=True):
    """Hold what a state of the book rests on.

    Attributes:
        time_ms: When the state began.
        ask, bid: Best quotes, 0 where a side is empty.
        last: Last price of the day, or its base price.
        volume: Shares traded so far that day.
        sold, bought: Shares traded at the bid and at the ask since the latest knot.
        expected_price, expected_quantity: Of a running call auction, else 0.
    """

    time_ms: int
    ask: int
    bid: int
    last: int
    volume: int
    sold: int
    bought: int
    expected_price: int
    expected_quantity: int


def marks(day: SymbolDay) -> tuple[int, int, int, int]:
    """Return start and end of the opening auction, start and end of the closing auction."""
    frame = day.frame
    return (
        moment(frame.day, frame.times.opening_auction_ms),
        frame.opening_end_ms,
        moment(frame.day, frame.times.closing_auction_ms),
        frame.closing_end_ms,
    )


def auction_spans(day: SymbolDay) -> tuple[tuple[int, int], ...]:
    """Return start and end of each call auction of a day."""
    edges = marks(day)
    return edges[:2], *day.frame.interruptions, edges[2:]


def state_time(day: SymbolDay, time_ms: int) -> int | None:
    """Return when the state that holds at a time began, or None before the day's first."""
    spans = auction_spans(day)
    if time_ms < spans[0][0]:
        return None
    latest = max(edge for span in spans for edge in span if edge <= time_ms)
    knot = _knot_before(day, min(time_ms, spans[-1][1]))
    if knot >= spans[0][0]:
        latest = max(latest, knot)
    trades, number = day.last_trade(time_ms)
    return max(latest, int(trades.time[number])) if number >= 0 else latest


def _knot_before(day: SymbolDay, time_ms: int) -> int:
    """Return the latest knot at or before a time that does not fall into a halt."""
    knots = day.frame.knots
    for begin, end in reversed(day.frame.halts):
        if begin <= knots.time(knots.number(time_ms)) < end:
            time_ms = begin - 1
    return knots.time(knots.number(time_ms))


def change_times(day: SymbolDay, start: int, end: int) -> list[int]:
    """Return when new states begin, with start < time <= end, in order."""
    frame = day.frame
    spans = auction_spans(day)
    first, last = max(start, spans[0][0] - 1), min(end, spans[-1][1])
    times = {edge for span in spans for edge in span if start < edge <= end}
    if first < last:
        knots = frame.knots
        for number in range(knots.number(first) + 1, knots.number(last) + 1):
            time = knots.time(number)
            if not frame.halted_at(time):
                times.add(time)
    for slot in range(max(frame.slot_at(start), 0), frame.slot_at(end) + 1):
        trades = day.trades(slot)
        begin, stop = np.searchsorted(trades.time, (start, end), side="right")
        times.update(trades.time[begin:stop].tolist())
    return sorted(times)


def state_at(day: SymbolDay, time_ms: int) -> State:
    """Return the state that begins at a time given by `state_time`."""
    frame = day.frame
    trades, number = day.last_trade(time_ms)
    last = int(trades.price[number]) if number >= 0 else frame.base
    side = int(trades.side[number]) if number >= 0 else 0
    volume = int(trades.volume[number]) if number >= 0 else 0
    price, expected, quantity = last, 0, 0
    for begin, end in auction_spans(day):
        if begin <= time_ms < end and not frame.halted_at(time_ms):
            expected, quantity = _expected(day, time_ms, (begin, end), last)
            price, side = (expected, 0) if expected else (last, side)
    ask, bid = touch(day, price, side, time_ms)
    sold = bought = 0
    if number >= 0 and not expected:
        knot = frame.knots.time(frame.knots.number(time_ms))
        recent = slice(int(np.searchsorted(trades.time, knot, side="right")), number + 1)
        amount, paid = trades.quantity[recent], trades.price[recent]
        sold = int(amount[(paid == bid) & (trades.side[recent] < 0)].sum())
        bought = int(amount[(paid == ask) & (trades.side[recent] > 0)].sum())
    return State(
        time_ms=time_ms, ask=ask, bid=bid, last=last, volume=volume, sold=sold, bought=bought,
        expected_price=expected, expected_quantity=quantity,
    )  # fmt: skip


def touch(day: SymbolDay, price: int, side: int, time_ms: int) -> tuple[int, int]:
    """Return (best ask, best bid) around a last price as of the knot before a time."""
    frame = day.frame
    prices = np.array([price], dtype=np.int64)
    lean = leaning(prices, np.array([side], dtype=np.int64), *frame.limits)
    spread = np.array([frame.knots.spread(time_ms)], dtype=np.int64)
    ask, bid = best_quotes(prices, lean, spread, frame.table, frame.limits)
    return int(ask[0]), int(bid[0])


def _expected(day: SymbolDay, time_ms: int, span: tuple[int, int], start: int) -> tuple[int, int]:
    """Return expected price and quantity; they close in on the coming print."""
    frame = day.frame
    price, quantity = day.auction(time_ms, span[1])
    if not quantity:
        return 0, 0
    share = (time_ms - span[0]) / (span[1] - span[0])
    number = frame.knots.number(time_ms)
    words = philox(frame.knots.key, (number & _MASK, 0, 0, _NOISE_LANE))
    lean, size = words[0] / 2**32 - 0.5, words[1] / 2**32
    goal, origin = (int(rank) for rank in tick_rank([price, start], frame.table))
    distance = origin - goal
    off = (1 - share) ** 1.5 * (distance + lean * (2 + abs(distance)))
    rank = max(goal + round(off), 1)
    expected = int(price_at_rank(rank, frame.table))
    part = (0.05 + 0.95 * share * share) * (1 - 0.3 * size * (1 - share))
    return min(max(expected, frame.lower), frame.upper), max(1, int(quantity * part))

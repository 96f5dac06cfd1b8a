"""Trades can be read over any span, in any pieces."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.clock import moment
from kiwoom_sim.market.intraday.symbol_day import join_trades
from kiwoom_sim.market.intraday.tape_reader import TapeReader
from tests.market.markets import RUN_DAY, at, open_market, shared_market

CODE = "247540"


def reader() -> TapeReader:
    return shared_market()._tape


@given(
    start=st.integers(at(8), at(15)),
    cuts=st.lists(st.integers(0, 3_600_000), min_size=1, max_size=4),
)
def test_pieces_join_to_the_whole(start: int, cuts: list[int]) -> None:
    edges = [start, *(start + cut for cut in sorted(cuts))]
    pieces = [reader().between(CODE, *edge) for edge in pairwise(edges)]
    whole = reader().between(CODE, edges[0], edges[-1])
    joined = join_trades(pieces)
    for name in whole.__struct_fields__:
        assert np.array_equal(getattr(joined, name), getattr(whole, name))


def test_a_span_may_hold_several_sessions() -> None:
    friday, monday = RUN_DAY - 4, RUN_DAY - 1
    trades = reader().between(CODE, moment(friday, 1), moment(monday + 1))
    market = shared_market()
    days = market.days(CODE, at(8), monday, 2)
    assert trades.quantity.sum() == days.volume.sum()
    assert (np.diff(trades.time) >= 0).all()
    assert len(reader().between(CODE, moment(friday + 1), moment(friday + 2))) == 0
    assert len(reader().between(CODE, at(16), at(17))) == 0


def test_the_newest_trades_are_of_today() -> None:
    newest = reader().newest(CODE, at(9, 2), 10**6)
    whole = reader().between(CODE, moment(RUN_DAY), at(9, 2))
    assert (newest.volume == whole.volume).all()
    assert (reader().newest(CODE, at(9, 2), 7).volume == whole.volume[-7:]).all()
    assert len(reader().newest(CODE, at(8), 7)) == 0


def test_what_was_built_is_ready() -> None:
    market = open_market()
    span = at(10), at(10, 3)
    assert not market._tape.is_ready(CODE, *span)
    market._days.symbol_day(CODE, RUN_DAY)
    assert not market._tape.is_ready(CODE, *span)
    market._tape.build([CODE], *span)
    assert market._tape.is_ready(CODE, *span)
    assert not market._tape.is_ready(CODE, at(8), moment(RUN_DAY + 1, 1))
    market._tape.build([CODE], moment(RUN_DAY - 2), moment(RUN_DAY - 2, 5))
    assert market._tape.is_ready(CODE, moment(RUN_DAY - 2), moment(RUN_DAY - 2, 5))


def test_what_was_built_is_enough_for_quotes() -> None:
    market, now = open_market(), at(14, 3)
    market.prefetch([CODE], now - 60_000, now)
    held = set(market.store._units)
    quote = market.quote(CODE, now)
    assert set(market.store._units) == held
    whole = market.trades(CODE, moment(RUN_DAY), now)
    assert quote.high_time_ms == whole.time[whole.price.argmax()]
    assert quote.low_time_ms == whole.time[whole.price.argmin()]

"""Best ask and bid stand around the last trade, never crossed, empty beyond limits."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.market.intraday.touch import KNOT_MS, Knots, best_quotes, leaning
from kiwoom_sim.market.rules.ticks import price_at_rank, price_limits
from tests.market.markets import at, shared_market


def knots(code: str = "005930") -> Knots:
    return Knots(7, shared_market().universe.by_code[code])


@given(
    base=st.integers(100, 5_000),
    move=st.integers(-3_000, 3_000),
    side=st.sampled_from([-1, 0, 1]),
    spread=st.integers(1, 3),
)
def test_quotes_are_legal_and_never_crossed(base: int, move: int, side: int, spread: int) -> None:
    start = int(price_at_rank(base, 0))
    lower, upper = (int(limit) for limit in price_limits(start, 0, 30))
    price = np.array([min(max(int(price_at_rank(max(base + move, 1), 0)), lower), upper)])
    lean = leaning(price, np.array([side]), lower, upper)
    ask, bid = best_quotes(price, lean, np.array([spread]), 0, (lower, upper))
    assert price[0] in {ask[0], bid[0]}
    assert ask[0] == 0 or bid[0] < ask[0] <= upper
    assert bid[0] == 0 or lower <= bid[0]
    if price[0] == upper:
        assert (ask[0], bid[0]) == (0, upper)
    if price[0] == lower:
        assert (ask[0], bid[0]) == (lower, 0)


def test_knots_come_every_five_seconds() -> None:
    own, now = knots(), at(10)
    number = own.number(now)
    assert own.time(number) <= now < own.time(number + 1) == own.time(number) + KNOT_MS
    assert knots("247540").phase_ms != own.phase_ms


def test_spreads_are_one_step_nearly_always_for_liquid_symbols() -> None:
    times = at(9) + KNOT_MS * np.arange(4_000)
    wide = {code: float((knots(code).spreads(times) > 1).mean()) for code in ("005930", "58LSGR")}
    assert wide["005930"] < 0.1 < wide["58LSGR"] < 0.6
    assert (knots().spreads(times) == knots().spreads(times + 0)).all()
    inside = knots().time(knots().number(at(10)))
    assert len(set(knots().spreads(inside + np.arange(0, KNOT_MS, 100)).tolist())) == 1


@given(time=st.integers(at(8), at(16)))
def test_one_spread_is_as_many(time: int) -> None:
    assert knots().spread(time) == knots().spreads(np.array([time]))[0]

"""Ask for signals of many symbols at many instants of several worlds, and compute them again."""

from collections import Counter
from functools import cache
from itertools import pairwise
from statistics import fmean
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.clock import MS_PER_MINUTE, clock_ms, moment
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.rules.ticks import floor_to_tick, limits, tick_table
from kiwoom_sim.market.store import NotReady
from kiwoom_sim.protocol.ralph.patterns import PatternKind
from kiwoom_sim.protocol.ralph.scores import TOTAL_MAX
from kiwoom_sim.protocol.ralph.signals import (
    BARS,
    ClosingBetSignal,
    SignalType,
    Strength,
    VcpSignal,
    closing_bet_signal,
    price_levels,
    signal_type_of,
    strength_of,
    vcp_signal,
)
from tests.protocol.samples import DAY as SAMPLE_DAY
from tests.protocol.samples import quote
from tests.protocol.worlds import SYMBOLS, body_of, day, views

FRESH = "493280"
"""A share listed four days before the run."""
NEVER_TRADED = "000040"
"""A share whose trading was stopped long before the run."""
CODES = (
    "005930", "000660", "035420", "051910", "006400", "247540", "086520", "015760", "000040",
    "069500", "114800", "530107", "57DFBC", FRESH,
)  # fmt: skip
START = "20260324"
INSTANTS = (
    ("20260324", clock_ms(8, 20)), ("20260324", clock_ms(9, 0, 45)), ("20260324", clock_ms(14, 40)),
    ("20260326", clock_ms(12, 30)), ("20260328", clock_ms(11)), ("20260407", clock_ms(15, 25)),
    ("20260416", clock_ms(18)),
)  # fmt: skip


def open_market(seed: int, codes: tuple[str, ...] = CODES) -> Market:
    return Market(MarketConfig(symbols=codes), seed=seed, start_day=day(START))


@cache
def sample() -> tuple[tuple[Views, VcpSignal, ClosingBetSignal], ...]:
    """Return both signals of every symbol at every instant of two worlds."""
    worlds = [open_market(seed) for seed in (1, 2)]
    asked = [Views(each, moment(day(on), at)) for each in worlds for on, at in INSTANTS]
    return tuple(
        (at, vcp_signal(at, code), closing_bet_signal(at, code)) for at in asked for code in CODES
    )


def on_grid(price: int, instrument: Instrument, on_day: int) -> bool:
    return price > 0 and floor_to_tick(price, tick_table(instrument.product, on_day)) == price


def one_signal_each(at: Views, code: str) -> tuple[VcpSignal, ClosingBetSignal]:
    """Return both signals after checking what holds for every one of them."""
    vcp, bet = vcp_signal(at, code), closing_bet_signal(at, code)
    now = at.market.quote(code, at.now_ms)
    instrument = at.market.universe.by_code[code]
    assert vcp.current_price == bet.current_price == now.last
    assert vcp.pivot_price >= vcp.current_price
    assert 70 <= vcp.score <= 95
    assert 0 <= vcp.rsi <= 100
    assert vcp.volume_ratio >= 0
    assert (vcp.score, vcp.rsi, vcp.volume_ratio) == tuple(
        round(value, 2) for value in (vcp.score, vcp.rsi, vcp.volume_ratio)
    )
    each = msgspec.structs.astuple(bet.scores)
    assert all(0 <= value <= 2 for value in each)
    assert bet.score == min(TOTAL_MAX, sum(each))
    low, high = sorted((bet.target_price, bet.stop_loss))
    assert low < bet.current_price < high
    assert (bet.target_price < bet.current_price) == (bet.signal_type == "SELL")
    for price in (vcp.pivot_price, low, high):
        assert on_grid(price, instrument, now.day)
    bounds = limits(now.last, instrument.product, now.day, instrument.leverage)
    assert bounds[0] <= low
    assert high <= bounds[1]
    return vcp, bet


def test_members_are_those_of_the_contract_in_its_order() -> None:
    at = views()
    assert list(msgspec.to_builtins(vcp_signal(at, "005930"))) == [
        "ticker", "name", "pattern_type", "score", "current_price", "pivot_price", "volume_ratio",
        "rsi", "signal_strength",
    ]  # fmt: skip
    bet = msgspec.to_builtins(closing_bet_signal(at, "005930"))
    assert list(bet) == [
        "ticker", "name", "score", "scores", "current_price", "target_price", "stop_loss",
        "signal_type",
    ]  # fmt: skip
    assert list(bet["scores"]) == [
        "price_position", "volume_surge", "smart_money_flow", "market_trend", "rsi_signal",
        "macd_signal", "bollinger_position", "support_resistance", "time_signal", "momentum",
    ]  # fmt: skip
    assert (bet["ticker"], bet["name"]) == ("005930", "삼성전자")


def test_every_signal_keeps_its_bounds() -> None:
    for at, vcp, bet in sample():
        assert one_signal_each(at, vcp.ticker) == (vcp, bet)


def test_every_kind_of_signal_occurs() -> None:
    kinds = Counter(vcp.pattern_type for _, vcp, _ in sample())
    strengths = Counter(vcp.signal_strength for _, vcp, _ in sample())
    types = Counter(bet.signal_type for _, _, bet in sample())
    assert set(kinds) == set(get_args(PatternKind))
    assert set(strengths) == set(get_args(Strength))
    assert set(types) == set(get_args(SignalType))
    assert min(*kinds.values(), *strengths.values(), *types.values()) > len(sample()) // 50


def test_every_number_of_points_occurs_for_every_question() -> None:
    for name in ClosingBetSignal.__annotations__["scores"].__struct_fields__:
        assert {getattr(bet.scores, name) for _, _, bet in sample()} == {0, 1, 2}, name


def test_signals_differ_between_symbols_days_and_worlds() -> None:
    of_one_code = {
        (vcp.score, vcp.rsi, bet.current_price)
        for _, vcp, bet in sample()
        if vcp.ticker == "005930"
    }
    at_one_instant = {(vcp.score, vcp.rsi) for _, vcp, _ in sample()[: len(CODES)]}
    assert len(of_one_code) == 2 * len(INSTANTS)
    assert len(at_one_instant) == len(CODES)


def test_a_signal_does_not_depend_on_what_was_asked_before() -> None:
    fresh = open_market(2)
    for at, vcp, bet in reversed(sample()[len(sample()) // 2 :: 7]):
        again = Views(fresh, at.now_ms)
        assert (vcp_signal(again, vcp.ticker), closing_bet_signal(again, vcp.ticker)) == (vcp, bet)


def rsi_of_rows(closes: list[int]) -> float:
    """Return RSI 14 as a client would compute it."""
    ups = [max(0, new - old) for old, new in pairwise(closes)]
    downs = [max(0, old - new) for old, new in pairwise(closes)]
    up, down = fmean(ups[:14]), fmean(downs[:14])
    for rise, fall in zip(ups[14:], downs[14:], strict=True):
        up, down = (up * 13 + rise) / 14, (down * 13 + fall) / 14
    return 100 - 100 / (1 + up / down)


@pytest.mark.parametrize("code", [c for c in SYMBOLS if c in CODES and c != NEVER_TRADED])
@pytest.mark.parametrize("hour", [8, 10, 16])
def test_rsi_and_volume_ratio_follow_from_the_official_daily_chart(code: str, hour: int) -> None:
    at = views(hour)
    chart = body_of("ka10081", at, stk_cd=code, base_dt=START, upd_stkpc_tp="1")
    rows = chart["stk_dt_pole_chart_qry"][:BARS][::-1]
    volumes = [int(row["trde_qty"]) for row in rows]
    signal = vcp_signal(at, code)
    closes = [int(row["cur_prc"].lstrip("+-")) for row in rows]
    assert signal.rsi == pytest.approx(rsi_of_rows(closes), abs=0.011)
    assert signal.volume_ratio == pytest.approx(volumes[-1] / fmean(volumes[-21:-1]), abs=0.011)
    assert signal.current_price == closes[-1]


def test_the_hour_before_the_close_earns_time_points() -> None:
    times = [(8, 30), (9, 30), (12, 30), (14, 40), (15, 29), (15, 31)]
    earned = [closing_bet_signal(views(*each), "005930").scores.time_signal for each in times]
    assert earned == [0, 0, 1, 2, 2, 0]
    assert closing_bet_signal(views(14, 40, on="20260322"), "005930").scores.time_signal == 0


@pytest.mark.parametrize(("code", "board"), [("005930", "001"), ("247540", "101")])
def test_the_market_trend_is_that_of_the_shares_own_board(code: str, board: str) -> None:
    for on in ("20260324", "20260331", "20260407", "20260416"):
        at = views(15, on=on)
        chart = body_of("ka20006", at, inds_cd=board, base_dt=on)["inds_dt_pole_qry"][:20]
        closes = [int(row["cur_prc"].lstrip("+-")) for row in chart]
        trend = closes[0] / fmean(closes) - 1
        expected = (trend >= 0.005) + (trend >= 0.03)
        assert closing_bet_signal(at, code).scores.market_trend == expected


def test_smart_money_is_what_foreigners_and_institutions_bought() -> None:
    at = views(16)
    chart = body_of(
        "ka10059", at, dt=START, stk_cd="005930", amt_qty_tp="2", trde_tp="0", unit_tp="1"
    )["stk_invsr_orgn"][:5]
    net = sum(int(row["frgnr_invsr"]) + int(row["orgn"]) for row in chart)
    share = net / sum(int(row["acc_trde_qty"]) for row in chart)
    expected = (share >= 0.01) + (share >= 0.03)
    assert closing_bet_signal(at, "005930").scores.smart_money_flow == expected


def test_a_share_of_four_days_has_signals() -> None:
    at = Views(open_market(5), moment(day(START), clock_ms(14)))
    assert len(at.market.days(FRESH, at.now_ms, day(START), BARS)) < 5
    one_signal_each(at, FRESH)


def test_a_share_without_a_day_is_neutral() -> None:
    at = Views(open_market(5), moment(day("20260302"), clock_ms(14)))
    assert len(at.market.days(FRESH, at.now_ms, day("20260302"), BARS)) == 0
    vcp, _ = one_signal_each(at, FRESH)
    assert (vcp.score, vcp.rsi, vcp.volume_ratio) == (70, 50, 1)
    assert (vcp.pattern_type, vcp.signal_strength) == ("VCP", "Weak")


def test_a_halted_share_is_held() -> None:
    market = open_market(1, ("005930", "000660"))
    at = moment(day(START), clock_ms(14, 40))
    before = closing_bet_signal(Views(market, at), "005930")
    assert before.signal_type != "HOLD", "the halt below has something to change"
    market.overlay.halt("005930", moment(day(START), clock_ms(14, 40)))
    _, halted = one_signal_each(Views(market, at + MS_PER_MINUTE), "005930")
    assert halted.signal_type == "HOLD"
    assert halted.target_price > halted.current_price > halted.stop_loss
    one_signal_each(Views(market, moment(day("20260420"), clock_ms(14))), "005930")


def test_a_share_that_never_trades_is_neutral_and_held() -> None:
    vcp, bet = one_signal_each(views(14, 40), NEVER_TRADED)
    assert (vcp.volume_ratio, vcp.score, vcp.signal_strength) == (1, 70, "Weak")
    assert bet.signal_type == "HOLD"


@pytest.mark.parametrize("side", [0, 1])
def test_a_price_at_its_limit_has_signals(side: int) -> None:
    market = open_market(1, ("005930", "000660"))
    since = moment(day(START), clock_ms(10))
    quoted = market.quote("005930", since)
    price = (quoted.lower_limit, quoted.upper_limit)[side]
    market.overlay.pin("005930", since, price, for_ms=20 * MS_PER_MINUTE)
    vcp, _ = one_signal_each(Views(market, since + 10 * MS_PER_MINUTE), "005930")
    assert vcp.current_price == price


def test_a_split_leaves_rsi_and_pattern_as_they_were() -> None:
    plain, divided = open_market(1), open_market(1)
    divided.overlay.split("005930", day("20260325"), new=5, old=1)
    at = moment(day("20260325"), clock_ms(8))
    before, _ = one_signal_each(Views(plain, at), "005930")
    after, _ = one_signal_each(Views(divided, at), "005930")
    assert after.current_price == pytest.approx(before.current_price / 5, rel=0.01)
    assert after.rsi == pytest.approx(before.rsi, abs=1)
    assert (after.pattern_type, after.volume_ratio) == (before.pattern_type, before.volume_ratio)


def test_a_cold_market_asks_to_come_back_and_then_gives_the_same_signals() -> None:
    warm, cold = open_market(4), open_market(4)
    cold.store.cooperative = True
    at = moment(day(START), clock_ms(14, 40))

    def patiently(ask: type[VcpSignal] | type[ClosingBetSignal]) -> object:
        signal = vcp_signal if ask is VcpSignal else closing_bet_signal
        for _ in range(50):
            try:
                return signal(Views(cold, at), "247540")
            except NotReady as missing:
                missing.build()
        raise AssertionError("always something missing")

    with pytest.raises(NotReady):
        closing_bet_signal(Views(cold, at), "247540")
    assert patiently(VcpSignal) == vcp_signal(Views(warm, at), "247540")
    assert patiently(ClosingBetSignal) == closing_bet_signal(Views(warm, at), "247540")


def test_an_unknown_code_is_a_key_error() -> None:
    for signal in (vcp_signal, closing_bet_signal):
        with pytest.raises(KeyError):
            signal(views(), "999999")


def test_scores_become_words_at_their_thresholds() -> None:
    words = [strength_of(score) for score in (70.0, 78.99, 79.0, 85.99, 86.0, 95.0)]
    assert words == ["Weak", "Weak", "Moderate", "Moderate", "Strong", "Strong"]
    types = [signal_type_of(score) for score in (0, 5, 6, 8, 9, 12)]
    assert types == ["SELL", "SELL", "HOLD", "HOLD", "BUY", "BUY"]
    assert signal_type_of(12, halted=True) == signal_type_of(0, halted=True) == "HOLD"


PRODUCTS = ("005930", "247540", "069500", "114800", "57DFBC")


@given(
    st.sampled_from(PRODUCTS),
    st.sampled_from(["BUY", "HOLD", "SELL"]),
    st.integers(10, 3_000_000),
    st.floats(0, 5_000_000),
)
def test_levels_are_legal_prices_on_either_side(
    code: str, kind: SignalType, price: int, usual_range: float
) -> None:
    instrument = open_universe()[code]
    legal = int(floor_to_tick(price, tick_table(instrument.product, SAMPLE_DAY)))
    now = quote(code=code, last=legal)
    target, stop = price_levels(kind, now, instrument, usual_range)
    low, high = sorted((target, stop))
    assert low < legal < high
    assert (target < legal) == (kind == "SELL")
    assert on_grid(low, instrument, SAMPLE_DAY)
    assert on_grid(high, instrument, SAMPLE_DAY)
    lower, upper = limits(legal, instrument.product, SAMPLE_DAY, instrument.leverage)
    assert lower <= low
    assert high <= upper


@cache
def open_universe() -> dict[str, Instrument]:
    return open_market(1).universe.by_code


def test_a_buy_looks_twice_as_far_up_as_down() -> None:
    share = open_universe()["005930"]
    now = quote(last=70_000)
    assert price_levels("BUY", now, share, 1_000.0) == (72_000, 69_000)
    assert price_levels("HOLD", now, share, 1_000.0) == (71_000, 69_000)
    assert price_levels("SELL", now, share, 1_000.0) == (68_000, 71_000)


def test_a_standing_price_has_levels_one_step_away() -> None:
    assert price_levels("BUY", quote(last=70_000), open_universe()["005930"], 0.0) == (
        70_100,
        69_900,
    )


def test_nothing_lies_below_the_lowest_legal_price() -> None:
    warrant, share = open_universe()["57DFBC"], open_universe()["005930"]
    assert price_levels("BUY", quote(last=5), warrant, 0.0) == (10, 5)
    assert price_levels("SELL", quote(last=1), share, 3.0) == (1, 2)

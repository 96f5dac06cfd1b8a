"""Times of a trading day under every set of rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.clock import MS_PER_DAY, clock_ms, format_time, moment, parse_day
from kiwoom_sim.market.records import Phase
from kiwoom_sim.market.rules.calendar import load_calendar
from kiwoom_sim.market.rules.sessions import (
    Regime,
    phase_at,
    phase_notices,
    regime,
    session_times,
)

KRX = load_calendar()
SESSIONS = st.integers(KRX.first_index, KRX.last_index).map(KRX.day_at)


def day(text: str) -> int:
    found = parse_day(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("20160729", Regime.CLOSE_AT_THREE),
        ("20160801", Regime.EXCHANGE_ONLY),
        ("20250228", Regime.EXCHANGE_ONLY),
        ("20250304", Regime.WITH_NXT),
        ("20260911", Regime.WITH_NXT),
        ("20260914", Regime.WITH_AFTER_MARKET),
    ],
)
def test_rules_change_on_their_day(text: str, rules: Regime) -> None:
    assert regime(day(text)) is rules


def test_a_normal_day() -> None:
    times = session_times(KRX, day("20260320"))
    assert times.opening_auction_ms == clock_ms(8, 30)
    assert (times.open_ms, times.close_ms) == (clock_ms(9), clock_ms(15, 30))
    assert times.closing_auction_ms == clock_ms(15, 20)
    assert times.minutes == 380
    assert (times.single_price_ms, times.single_price_end_ms) == (clock_ms(16), clock_ms(18))
    assert times.after_market_ms is None
    assert times.nxt is not None
    assert (times.nxt.pre_ms, times.nxt.main_ms) == (clock_ms(8), clock_ms(9, 0, 30))
    assert (times.nxt.after_ms, times.nxt.after_end_ms) == (clock_ms(15, 40), clock_ms(20))


def test_the_first_session_of_a_year_opens_an_hour_late() -> None:
    times = session_times(KRX, day("20260102"))
    assert times.opening_auction_ms == clock_ms(9, 30)
    assert (times.open_ms, times.close_ms, times.minutes) == (clock_ms(10), clock_ms(15, 30), 320)
    assert times.nxt is not None
    assert times.nxt.pre_ms is None


def test_examination_day_runs_an_hour_late() -> None:
    times = session_times(KRX, day("20251113"))
    assert (times.open_ms, times.close_ms, times.minutes) == (clock_ms(10), clock_ms(16, 30), 380)
    assert (times.closing_price_ms, times.single_price_ms) == (clock_ms(16, 40), clock_ms(17))
    assert times.single_price_end_ms == clock_ms(18)
    assert times.nxt is not None
    assert (times.nxt.main_ms, times.nxt.after_ms) == (clock_ms(10, 0, 30), clock_ms(16, 40))


def test_the_after_market_replaces_single_price_trading() -> None:
    times = session_times(KRX, day("20260914"))
    assert times.single_price_ms is None
    assert (times.after_market_ms, times.after_market_end_ms) == (clock_ms(16), clock_ms(20))


def test_before_august_2016_the_market_closed_at_three() -> None:
    times = session_times(KRX, day("20160729"))
    assert (times.close_ms, times.minutes, times.nxt) == (clock_ms(15), 350, None)


def test_a_closed_day_has_no_times() -> None:
    for ask in (session_times, phase_notices):
        with pytest.raises(ValueError, match="20260321"):
            ask(KRX, day("20260321"))
    assert phase_at(KRX, moment(day("20260321"), clock_ms(10))) is Phase.CLOSED


@pytest.mark.parametrize(
    ("of_day", "phase"),
    [
        (clock_ms(8, 29, 59), Phase.BEFORE_OPEN),
        (clock_ms(8, 30), Phase.OPENING_AUCTION),
        (clock_ms(9), Phase.CONTINUOUS),
        (clock_ms(15, 20) - 1, Phase.CONTINUOUS),
        (clock_ms(15, 20), Phase.CLOSING_AUCTION),
        (clock_ms(15, 30), Phase.AFTER_CLOSE),
        (clock_ms(15, 40), Phase.CLOSING_PRICE),
        (clock_ms(16), Phase.SINGLE_PRICE),
        (clock_ms(18), Phase.CLOSED),
    ],
)
def test_phases_of_a_normal_day(of_day: int, phase: Phase) -> None:
    assert phase_at(KRX, moment(day("20260320"), of_day)) is phase


def test_phase_in_the_new_evening() -> None:
    assert phase_at(KRX, moment(day("20260914"), clock_ms(19))) is Phase.AFTER_MARKET


@given(SESSIONS, st.integers(0, MS_PER_DAY - 2))
def test_phases_never_go_back_within_a_day(session: int, of_day: int) -> None:
    order = [
        Phase.BEFORE_OPEN, Phase.OPENING_AUCTION, Phase.CONTINUOUS, Phase.CLOSING_AUCTION,
        Phase.AFTER_CLOSE, Phase.CLOSING_PRICE, Phase.SINGLE_PRICE, Phase.AFTER_MARKET,
        Phase.CLOSED,
    ]  # fmt: skip
    here = order.index(phase_at(KRX, moment(session, of_day)))
    assert here <= order.index(phase_at(KRX, moment(session, of_day + 1)))


@given(SESSIONS)
def test_times_and_notices_are_in_order(session: int) -> None:
    times = session_times(KRX, session)
    assert times.opening_auction_ms < times.open_ms < times.closing_auction_ms < times.close_ms
    assert times.close_ms < times.closing_price_ms < times.closing_price_end_ms < times.end_ms
    assert times.minutes in {320, 350, 290, 380}
    moments = [notice.of_day_ms for notice in phase_notices(KRX, session)]
    assert moments == sorted(moments)


def test_notices_of_a_normal_day() -> None:
    notices = phase_notices(KRX, day("20260320"))
    told = [f"{format_time(n.of_day_ms)} {n.code} {n.remaining}" for n in notices]
    assert told[:4] == ["080000 P 000000", "084000 0 002000", "085000 0 001000", "085000 Q 000000"]
    for line in ("090000 3 000000", "152000 2 001000", "153000 4 000000", "180000 9 000000"):
        assert line in told
    assert "".join(n.code for n in notices if n.code not in "02") == "PQ3RS4T8aUbcd9V"


def test_notices_follow_the_rules_of_the_day() -> None:
    evening = {notice.code for notice in phase_notices(KRX, day("20260914"))}
    assert not evening & {"c", "d"}
    before_nxt = {notice.code for notice in phase_notices(KRX, day("20250228"))}
    assert not before_nxt & set("PQRSTUV")
    assert not {n.code for n in phase_notices(KRX, day("20260102"))} & {"P", "Q"}

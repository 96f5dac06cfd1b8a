"""Incidents in one symbol do what they say, in all views at once, and change no past."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.core.clock import MS_PER_HOUR, MS_PER_MINUTE, clock_ms, moment
from kiwoom_sim.market.incidents import Incidents
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.records import Venue
from tests.market.markets import RUN_DAY, at, open_market
from tests.market.test_market import check_prices_are_legal, check_views_agree

CODE, KOSDAQ, FUND, ELW = "005930", "247540", "069500", "58LSGR"
NEXT = RUN_DAY + 1


def market() -> Market:
    return open_market(codes=(CODE, KOSDAQ))


def changed(act: Callable[[Incidents], None]) -> tuple[Market, Market]:
    """Return a market in which something happens, and one in which nothing does."""
    bare, made = market(), market()
    act(made.incidents)
    return made, bare


def test_a_gap_moves_the_opening_and_what_follows() -> None:
    made, bare = changed(lambda act: act.gap_open(CODE, at(16), 500))
    ours, theirs = (each.quote(CODE, at(10, on=NEXT)) for each in (made, bare))
    assert ours.base == theirs.base
    assert ours.open == pytest.approx(theirs.open * 1.05, rel=0.005)
    assert ours.last == pytest.approx(theirs.last * 1.05, rel=0.005)
    assert made.quote(CODE, at(15, 45)) == bare.quote(CODE, at(15, 45))


def test_a_gap_told_before_the_opening_shows_in_the_expected_price() -> None:
    made, bare = changed(lambda act: act.gap_open(CODE, at(8, 45), -1_000))
    assert made.book(CODE, at(8, 44)) == bare.book(CODE, at(8, 44))
    ours, theirs = (each.quote(CODE, at(8, 59, 59)).expected_price for each in (made, bare))
    assert ours == pytest.approx(theirs * 0.9, rel=0.01)
    assert made.quote(CODE, at(9, 1)).open == pytest.approx(ours, rel=0.01)


def test_limits_cut_a_gap() -> None:
    made, _ = changed(lambda act: act.gap_open(CODE, at(8), 5_000))
    quote = made.quote(CODE, at(9, 1))
    assert quote.open == quote.last == quote.upper_limit
    assert quote.ask == 0


@pytest.mark.parametrize("up", [True, False])
def test_a_lock_holds_the_limit_until_the_close_and_the_next_day_starts_there(up: bool) -> None:
    made, _ = changed(lambda act: act.limit_lock(CODE, at(10), up=up))
    quote = made.quote(CODE, at(14))
    limit = quote.upper_limit if up else quote.lower_limit
    assert (made.trades(CODE, at(10), at(16)).price == limit).all()
    book = made.book(CODE, at(14))
    assert (book.asks[0].quantity == 0, book.bids[0].quantity == 0) == (up, not up)
    levels = book.bids if up else book.asks
    assert levels[0].quantity > 5 * levels[1].quantity
    tomorrow = made.quote(CODE, at(10, on=NEXT))
    assert tomorrow.base == limit
    assert abs(tomorrow.open - limit) < limit // 10


def test_a_lock_of_some_time_ends() -> None:
    made, _ = changed(lambda act: act.limit_lock(CODE, at(10), up=True, for_ms=600_000))
    assert len(np.unique(made.trades(CODE, at(10, 10), at(11)).price)) > 1


def test_a_flash_crash_falls_and_comes_back() -> None:
    made, bare = changed(lambda act: act.flash_crash(CODE, at(10), 1_000, 10_000, 60_000))
    bottom = made.quote(CODE, at(10, 0, 10, 1))
    assert bottom.last == pytest.approx(bare.quote(CODE, at(10, 0, 10, 1)).last * 0.9, rel=0.01)
    assert bottom.low == bottom.last
    ours, theirs = (each.trades(CODE, at(10, 2), at(11)).price for each in (made, bare))
    assert (ours == theirs).all()
    middle = made.quote(CODE, at(10, 0, 40)).last
    assert bottom.last < middle < bare.quote(CODE, at(10, 0, 40)).last


def test_nobody_trades_while_the_book_goes_on() -> None:
    made, bare = changed(lambda act: act.no_trade(CODE, at(10), 1_800_000))
    assert len(made.trades(CODE, at(10), at(10, 30))) == 0
    assert len(made.book_changes(CODE, at(10), at(10, 30))) >= 300
    assert not made.quote(CODE, at(10, 10)).halted
    assert len(made.trades(CODE, at(10, 30), at(11))) == len(bare.trades(CODE, at(10, 30), at(11)))


def test_a_resume_ends_silence() -> None:
    made, _ = changed(lambda act: act.no_trade(CODE, at(10)))
    assert len(made.trades(CODE, at(10), at(23))) == 0
    made.overlay.resume(CODE, at(11))
    assert len(made.trades(CODE, at(11), at(12))) > 0


@pytest.mark.parametrize(("code", "percent"), [(CODE, 3), (KOSDAQ, 6)])
@pytest.mark.parametrize("up", [True, False])
def test_a_dynamic_interruption(code: str, percent: int, up: bool) -> None:
    made, bare = changed(lambda act: act.interrupt(code, at(10), "dynamic", up=up))
    jump = made.trades(code, at(10), at(10, 2, 1))
    before = bare.quote(code, at(10)).last
    assert len(jump) == 1
    moved = int(jump.price[0]) / before - 1
    assert moved == pytest.approx(percent / 100 * (1 if up else -1), abs=0.006)
    [(begin, end)] = made._days.symbol_day(code, RUN_DAY).frame.interruptions
    assert begin == at(10) + 2
    assert at(10, 2) <= end < at(10, 2, 32)
    assert end % 1_000
    during = made.quote(code, at(10, 1))
    assert during.expected_price > 0
    assert during.expected_quantity > 0
    assert made.quote(code, end).expected_price == 0
    auction = made.trades(code, end - 1, end)
    assert auction.side.tolist() == [0]
    assert abs(made.quote(code, end - 1).expected_price - auction.price[0]) <= 1_000
    assert len(made.trades(code, end, end + 60_000)) > 0
    assert made.book(code, at(10)) == bare.book(code, at(10))


def test_a_static_interruption_counts_from_the_latest_auction() -> None:
    made, _ = changed(lambda act: act.interrupt(CODE, at(10), "static", up=True))
    opening = made.quote(CODE, at(9, 1)).open
    assert made.quote(CODE, at(10, 1)).last == pytest.approx(opening * 1.1, rel=0.003)
    [(_, end)] = made._days.symbol_day(CODE, RUN_DAY).frame.interruptions
    reopened = made.quote(CODE, end).last
    made.incidents.interrupt(CODE, at(11), "static", up=True)
    assert made.quote(CODE, at(11, 1)).last == pytest.approx(reopened * 1.1, rel=0.003)


def test_the_alternative_venue_stops_during_an_interruption() -> None:
    made, _ = changed(lambda act: act.interrupt(CODE, at(10), "dynamic", up=True))
    [(begin, end)] = made._days.symbol_day(CODE, RUN_DAY).frame.interruptions
    assert len(made.trades(CODE, begin - 1, end, Venue.NXT)) == 0
    assert len(made.trades(CODE, begin - 1, end, Venue.ALL)) == 1
    check_views_agree(made, CODE, at(10, 1))


def test_a_halt_during_an_interruption_takes_its_print() -> None:
    made, _ = changed(lambda act: act.interrupt(CODE, at(10), "dynamic", up=True))
    made.overlay.halt(CODE, at(10, 1))
    assert made.quote(CODE, at(10, 1, 30)).halted
    assert made.book_changes(CODE, at(10, 1), at(10, 2)) == []
    assert len(made.trades(CODE, at(10, 1), at(11))) == 0


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda act: act.gap_open("999999", at(8), 100), 'unknown symbol "999999"'),
        (lambda act: act.no_trade(CODE, at(16)), "the session is over"),
        (lambda act: act.no_trade(CODE, at(10, on=RUN_DAY + 4)), "is not on a session"),
        (lambda act: act.limit_lock(ELW, at(10), up=True), "has no price limits"),
        (lambda act: act.interrupt(ELW, at(10), "static", up=True), "no volatility interr"),
        (lambda act: act.interrupt(CODE, at(15, 18), "static", up=True), "closing auction"),
        (lambda act: act.interrupt(CODE, at(8, 50), "static", up=True), "not traded continuously"),
        (lambda act: act.flash_crash(CODE, at(15, 21), 100, 1, 1), "not traded continuously"),
    ],
)
def test_what_cannot_happen_is_refused(act: Callable[[Incidents], None], words: str) -> None:
    made = open_market(codes=(CODE, ELW))
    with pytest.raises(ValueError, match=words):
        act(made.incidents)
    assert made.overlay.codes() == []


def test_what_contradicts_a_running_incident_is_refused() -> None:
    made = market()
    made.incidents.interrupt(CODE, at(10), "dynamic", up=True)
    with pytest.raises(ValueError, match="is in a call auction"):
        made.incidents.interrupt(CODE, at(10, 1), "dynamic", up=True)
    made.overlay.halt(CODE, at(11))
    with pytest.raises(ValueError, match="is halted"):
        made.incidents.limit_lock(CODE, at(12), up=True)
    made.incidents.gap_open(CODE, at(12), 100)
    with pytest.raises(ValueError, match="would change the past"):
        made.incidents.gap_open(CODE, at(11, 59), 100)
    made.incidents.limit_lock(KOSDAQ, at(10), up=True)
    with pytest.raises(ValueError, match="outside the limits"):
        made.incidents.interrupt(KOSDAQ, at(11), "dynamic", up=True)


KINDS = ("gap", "lock", "crash", "mute", "vi", "halt", "pin")


def happen(made: Market, time: int, data: st.DataObject) -> None:
    """Let something happen if it can."""
    act, kind = made.incidents, data.draw(st.sampled_from(KINDS), label="kind")
    up, span = (
        data.draw(st.booleans(), label="up"),
        data.draw(st.integers(0, 5_400_000), label="ms"),
    )
    try:
        if kind == "gap":
            act.gap_open(CODE, time, data.draw(st.integers(-4_000, 4_000), label="bps"))
        elif kind == "lock":
            act.limit_lock(CODE, time, up=up, for_ms=span)
        elif kind == "crash":
            act.flash_crash(CODE, time, data.draw(st.integers(1, 4_000)), span // 9, span + 1)
        elif kind == "mute":
            act.no_trade(CODE, time, span)
        elif kind == "vi":
            act.interrupt(CODE, time, data.draw(st.sampled_from(["static", "dynamic"])), up=up)
        elif kind == "halt":
            halted = made.overlay.halted_at(CODE, time)
            (made.overlay.resume if halted else made.overlay.halt)(CODE, time)
        else:
            made.overlay.pin(CODE, time, made.quote(CODE, time).last, span)
    except ValueError:
        return


@settings(max_examples=14)
@given(data=st.data())
def test_views_agree_under_any_incidents(data: st.DataObject) -> None:
    made, time = market(), at(8, 40)
    for _ in range(data.draw(st.integers(1, 6), label="incidents")):
        time += data.draw(st.integers(1, 2 * MS_PER_HOUR), label="after")
        happen(made, time, data)
    for _ in range(4):
        now = moment(
            RUN_DAY + data.draw(st.integers(0, 1), label="day"),
            data.draw(st.integers(clock_ms(8), clock_ms(16)), label="now"),
        )
        check_views_agree(made, CODE, now)
        check_prices_are_legal(made, CODE, now)


@settings(max_examples=10)
@given(time=st.integers(at(8, 40), at(15, 25)), data=st.data())
def test_an_incident_changes_nothing_before_it(time: int, data: st.DataObject) -> None:
    made = market()
    happen(made, time - MS_PER_MINUTE * data.draw(st.integers(1, 30)), data)
    before = made.quote(CODE, time), made.book(CODE, time)
    span = time - MS_PER_MINUTE, time
    changes = made.book_changes(CODE, *span)
    happen(made, time, data)
    assert (made.quote(CODE, time), made.book(CODE, time)) == before
    assert made.book_changes(CODE, *span) == changes

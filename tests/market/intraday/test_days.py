"""Days follow from the path and from what was done to the market, one after the other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.core.clock import MS_PER_DAY, moment
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.records import Candles
from tests.market.markets import RUN_DAY, at, open_market, shared_market
from tests.market.test_market import check_prices_are_legal, check_views_agree

CODE = "005930"
NEXT = RUN_DAY + 1
LATE = moment(RUN_DAY + 9)


def market() -> Market:
    return open_market(codes=(CODE, "247540"))


def same(left: Candles, right: Candles) -> bool:
    return all(
        np.array_equal(getattr(left, name), getattr(right, name)) for name in left.__struct_fields__
    )


def test_base_is_the_close_of_the_session_before() -> None:
    days = shared_market().days(CODE, at(11), RUN_DAY, 500)
    assert (days.base[1:] == days.close[:-1]).all()


def test_a_halt_stops_trades_and_time_goes_on_after_it() -> None:
    bare, halted = market(), market()
    halted.overlay.halt(CODE, at(10))
    halted.overlay.resume(CODE, at(11))
    assert len(halted.trades(CODE, at(10), at(11))) == 0
    assert halted.quote(CODE, at(10, 0, 0, 1)).halted
    assert not halted.quote(CODE, at(10)).halted
    assert halted.quote(CODE, at(10, 30)).last == bare.quote(CODE, at(10)).last
    assert halted.book_changes(CODE, at(10), at(11)) == []
    assert not halted.quote(CODE, at(11, 0, 0, 1)).halted
    ours, theirs = (each.trades(CODE, at(11), at(12)) for each in (halted, bare))
    assert (ours.price == theirs.price).all()
    assert (ours.volume < theirs.volume).all()
    assert halted.book(CODE, at(9, 59)) == bare.book(CODE, at(9, 59))
    assert same(halted.minutes("247540", at(12), 1, 90), bare.minutes("247540", at(12), 1, 90))


def test_a_symbol_that_stays_halted_does_not_trade_on_later_days() -> None:
    halted = market()
    halted.overlay.halt(CODE, at(10))
    days = halted.days(CODE, LATE, NEXT + 6, 4, adjusted=False)
    assert (days.volume == 0).all()
    assert (days.close == halted.quote(CODE, at(10)).last).all()
    assert halted.quote(CODE, moment(NEXT, 11 * 3_600_000)).halted
    halted.overlay.resume(CODE, moment(NEXT + 1, 10 * 3_600_000))
    assert halted.days(CODE, LATE, NEXT + 1, 1).volume[0] > 0


def test_a_pin_shows_at_once_holds_and_moves_on_without_a_jump() -> None:
    pinned = market()
    pinned.overlay.pin(CODE, at(10), 220_000, 600_000)
    assert pinned.quote(CODE, at(10)).last != 220_000
    assert pinned.quote(CODE, at(10, 0, 0, 1)).last == 220_000
    assert (pinned.trades(CODE, at(10), at(10, 10)).price == 220_000).all()
    after = pinned.trades(CODE, at(10, 10), at(10, 20)).price
    assert abs(int(after[0]) - 220_000) <= 1_000
    assert len(np.unique(after)) > 1
    tomorrow = pinned.days(CODE, LATE, NEXT, 2)
    assert tomorrow.base[1] == tomorrow.close[0]
    assert 190_000 < tomorrow.close[1] < 250_000


def test_a_split_changes_prices_shares_and_adjusted_candles() -> None:
    bare, split = market(), market()
    split.overlay.split(CODE, NEXT, 5, 1)
    now = moment(NEXT, 11 * 3_600_000)
    ours, theirs = split.quote(CODE, now), bare.quote(CODE, now)
    assert abs(ours.last * 5 - theirs.last) < 5 * 200
    assert ours.listed_shares == 5 * theirs.listed_shares
    assert ours.previous_volume == 5 * theirs.previous_volume
    before = moment(RUN_DAY, 12 * 3_600_000)
    assert split.quote(CODE, before) == bare.quote(CODE, before)
    raw = split.days(CODE, now, NEXT, 30, adjusted=False)
    adjusted = split.days(CODE, now, NEXT, 30)
    assert (raw.close[:-1] == bare.days(CODE, now, NEXT, 30).close[:-1]).all()
    assert np.abs(adjusted.close[:-1] * 5 - raw.close[:-1]).max() <= 3
    assert (adjusted.volume[:-1] == 5 * raw.volume[:-1]).all()
    assert adjusted.close[-1] == raw.close[-1] == ours.last
    assert split.days(CODE, before, RUN_DAY, 5).close[-1] == bare.quote(CODE, before).last
    weeks = split.periods(CODE, now, NEXT, 3, "week")
    assert abs(int(weeks.close[0]) * 5 - int(bare.periods(CODE, now, NEXT, 3, "week").close[0])) < 5
    minutes = split.minutes(CODE, now, 1, 700)
    assert int(minutes.high.max()) < 60_000


@settings(max_examples=12)
@given(data=st.data())
def test_views_agree_under_any_events(data: st.DataObject) -> None:
    changed, time = market(), at(8)
    halted = False
    for _ in range(data.draw(st.integers(1, 5), label="events")):
        time += data.draw(st.integers(1, 3 * 3_600_000), label="after")
        kind = data.draw(st.sampled_from(["halt", "pin", "split"]), label="kind")
        if kind == "halt":
            (changed.overlay.resume if halted else changed.overlay.halt)(CODE, time)
            halted = not halted
        elif kind == "pin":
            percent = data.draw(st.integers(-29, 29), label="percent")
            set_price(changed, time, percent, data.draw(st.integers(0, 7_200_000), label="for"))
        elif not changed.overlay.splits(CODE):
            changed.overlay.split(CODE, NEXT, *data.draw(st.sampled_from([(5, 1), (1, 4)])))
    for _ in range(4):
        now = moment(
            RUN_DAY + data.draw(st.integers(0, 2), label="day"),
            data.draw(st.integers(8 * 3_600_000, 16 * 3_600_000), label="now"),
        )
        check_views_agree(changed, CODE, now)
        check_prices_are_legal(changed, CODE, now)


def set_price(changed: Market, time: int, percent: int, for_ms: int) -> None:
    """Pin a legal price near a percentage of the base."""
    day = time // MS_PER_DAY
    if not changed.calendar.is_session(day):
        day = changed.calendar.next(day)
    frame = changed.quote(CODE, moment(day, 3_600_000))
    step = 1_000 if frame.base > 50_000 else 100
    price = frame.base * (100 + percent) // 100 // step * step
    changed.overlay.pin(CODE, time, max(price, frame.lower_limit), for_ms)


@settings(max_examples=10)
@given(at_ms=st.integers(at(9), at(15, 25)), for_ms=st.integers(0, 3_600_000))
def test_an_event_changes_nothing_before_it(at_ms: int, for_ms: int) -> None:
    bare, changed = market(), market()
    before = bare.quote(CODE, at_ms), bare.book(CODE, at_ms)
    changed.overlay.pin(CODE, at_ms, 180_000, for_ms)
    assert (changed.quote(CODE, at_ms), changed.book(CODE, at_ms)) == before
    span = at_ms - 60_000, at_ms
    assert changed.book_changes(CODE, *span) == bare.book_changes(CODE, *span)


def test_unknown_symbols_raise_a_key_error() -> None:
    with pytest.raises(KeyError):
        market().days("999999", LATE, NEXT, 1)

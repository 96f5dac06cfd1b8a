"""Events are kept in order, change no past, and are refused with clear words."""

import pytest

from kiwoom_sim.core.clock import moment
from kiwoom_sim.market.alterations import Halt, Pin, Resume, Split
from kiwoom_sim.market.overlay import Overlay, split_days
from tests.market.markets import RUN_DAY, at, open_market

NEXT = RUN_DAY + 1
CODE = "005930"


@pytest.fixture
def overlay() -> Overlay:
    return open_market(codes=(CODE,)).overlay


def test_events_are_kept_in_order(overlay: Overlay) -> None:
    overlay.split(CODE, NEXT, 5, 1)
    overlay.halt(CODE, at(10))
    overlay.resume(CODE, at(11))
    assert overlay.events_on(CODE, RUN_DAY) == [Halt(at(10)), Resume(at(11))]
    assert overlay.events_on(CODE, NEXT) == overlay.splits(CODE) == [Split(moment(NEXT), 5, 1)]
    assert overlay.codes() == [CODE]
    assert overlay.first_day(CODE) == RUN_DAY
    assert overlay.revision(CODE) == 3
    assert split_days(overlay) == [NEXT]


def test_what_shows_until_a_time_is_named_by_the_events_before_it(overlay: Overlay) -> None:
    overlay.halt(CODE, at(10))
    overlay.resume(CODE, at(11))
    assert [overlay.revision_at(at(hour)) for hour in (10, 11, 12)] == [0, 1, 2]


def test_halts_hold_until_resumed(overlay: Overlay) -> None:
    overlay.halt(CODE, at(10))
    overlay.pin(CODE, at(10, 30), 200_000, 60_000)
    overlay.resume(CODE, at(11))
    halted = [overlay.halted_at(CODE, at(*time)) for time in ((9, 59), (10,), (10, 59), (11,))]
    assert halted == [False, True, True, False]


def test_an_event_on_a_holiday_takes_effect_on_the_next_session(overlay: Overlay) -> None:
    saturday = RUN_DAY + 4
    overlay.halt(CODE, moment(saturday, 1))
    assert overlay.first_day(CODE) == saturday + 2
    assert overlay.first_day("000660") is None


def test_a_resume_ends_a_pin(overlay: Overlay) -> None:
    overlay.pin(CODE, at(10), 200_000, 3_600_000)
    overlay.resume(CODE, at(10, 30))
    with pytest.raises(ValueError, match="neither halted nor pinned"):
        overlay.resume(CODE, at(10, 31))
    assert overlay.events_on(CODE, RUN_DAY)[0] == Pin(at(10), at(11), 200_000)


@pytest.mark.parametrize(
    ("price", "words"),
    [
        (200_100, "not a multiple of the price step 500; nearest: 200000 or 200500"),
        (500_000, "outside the limits"),
        (1_000, "outside the limits"),
    ],
)
def test_illegal_prices_are_refused(overlay: Overlay, price: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        overlay.pin(CODE, at(10), price)
    assert overlay.revision(CODE) == 0


def test_the_past_cannot_be_changed(overlay: Overlay) -> None:
    with pytest.raises(ValueError, match="would change the past"):
        overlay.halt(CODE, at(10), now=at(10, 0, 1))
    overlay.halt(CODE, at(10), now=at(10))
    with pytest.raises(ValueError, match="would change the past"):
        overlay.resume(CODE, at(9, 59))
    with pytest.raises(ValueError, match="already halted"):
        overlay.halt(CODE, at(10, 1))


def test_impossible_requests_are_refused(overlay: Overlay) -> None:
    with pytest.raises(ValueError, match='unknown symbol "999999"'):
        overlay.halt("999999", at(10))
    with pytest.raises(ValueError, match="cannot split"):
        overlay.split(CODE, NEXT, 0, 1)
    with pytest.raises(ValueError, match="is not a session"):
        overlay.split(CODE, RUN_DAY + 4, 2, 1)
    with pytest.raises(ValueError, match="held for -1 ms"):
        overlay.pin(CODE, at(10), 200_000, -1)
    overlay.split(CODE, NEXT, 2, 1)
    with pytest.raises(ValueError, match="already split"):
        overlay.split(CODE, NEXT, 2, 1)

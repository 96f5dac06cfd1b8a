"""Events cut a day into stretches that cover it and know nothing of later events."""

from fractions import Fraction
from itertools import pairwise

import numpy as np

from kiwoom_sim.core.clock import moment
from kiwoom_sim.market.alterations import (
    PPM,
    Event,
    Halt,
    Interruption,
    Mute,
    Pin,
    Resume,
    Sway,
)
from kiwoom_sim.market.intraday.stretches import (
    Ending,
    Stretch,
    cut_day,
    factors,
    path_price,
    ratio_from,
)
from tests.market.intraday.test_tape import BASE, PATH, frame
from tests.market.markets import RUN_DAY, at

START = Ending(Fraction(1), None, halted=False)


def cut(*events: Event) -> list[Stretch]:
    return cut_day(frame(), PATH, START, list(events))[0]


def holding(stretches: list[Stretch], time: int) -> Stretch:
    return next(each for each in stretches if each.start < time <= each.end)


def test_stretches_cover_the_day() -> None:
    stretches = cut(
        Halt(at(9)), Pin(at(10), at(11), 210_000), Mute(at(11, 30), at(13)), Resume(at(12)),
        Sway(at(13), ((at(14), 900_000),)), Interruption(at(13, 30), at(13, 33), 203_000, 10),
    )  # fmt: skip
    assert stretches[0].start == moment(RUN_DAY)
    assert stretches[-1].end == moment(RUN_DAY + 1) - 1
    for before, after in pairwise(stretches):
        assert before.end == after.start


def test_each_state_ends_at_its_time() -> None:
    stretches = cut(Mute(at(10), at(11)), Interruption(at(12), at(12, 2), 202_000, 10))
    assert holding(stretches, at(10, 30)).muted_ms == at(11)
    assert holding(stretches, at(11, 0, 1)).silent_ms == 0
    assert holding(stretches, at(12, 2)).auction_ms == at(12, 2)
    assert holding(stretches, at(12, 3)).is_plain


def test_the_path_goes_on_from_the_price_of_an_auction() -> None:
    stretches = cut(Interruption(at(12), at(12, 2), 404_000, 10))
    assert holding(stretches, at(12, 3)).ratio == 2
    halted = cut(Interruption(at(12), at(12, 2), 404_000, 10), Halt(at(12, 1)))
    assert holding(halted, at(12, 3)).ratio == 1


def test_a_resume_ends_a_silence() -> None:
    assert holding(cut(Mute(at(10), at(15)), Resume(at(11))), at(12)).is_plain


def test_a_sway_moves_in_straight_lines_and_stays() -> None:
    sway = Sway(at(10), ((at(11), 900_000), (at(12), 950_000)))
    times = np.array([at(9), at(10), at(10, 30), at(11), at(11, 30), at(12), at(15)])
    assert factors([sway], times).tolist() == [
        PPM, PPM, 950_000, 900_000, 925_000, 950_000, 950_000,
    ]  # fmt: skip
    assert factors([sway, sway], times[3:4]).tolist() == [810_000]
    assert cut_day(frame(), PATH, START, [sway])[1].ratio == Fraction(19, 20)


def test_a_pin_takes_the_place_of_sways() -> None:
    events = [Sway(at(10), ((at(10, 1), 900_000),)), Pin(at(11), at(11), 201_000)]
    stretches, ending = cut_day(frame(), PATH, START, events)
    assert holding(stretches, at(12)).sways == ()
    assert ending.ratio == 1


def test_ratios_come_from_the_path_at_that_time() -> None:
    assert path_price(PATH, at(9), BASE) == BASE
    assert path_price(PATH, at(11), BASE) == 201_000
    assert ratio_from(402_000, PATH, at(11), BASE) == 2

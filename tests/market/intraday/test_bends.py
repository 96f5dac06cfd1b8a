"""Bent children keep what nothing touches, stay legal and lose nothing but closed volume."""

import numpy as np

from kiwoom_sim.market.alterations import PPM, Closure, Tide
from kiwoom_sim.market.intraday.bends import Bend, DayRules, bend_of, bent, stacked
from kiwoom_sim.market.intraday.path import SplitDays, fields
from kiwoom_sim.market.intraday.refine import Bars, turning_points
from tests.market.markets import RUN_DAY, at, everything


def days() -> tuple[SplitDays, DayRules]:
    block = everything()._snapshots._blocks.minute_block(RUN_DAY)
    rows = block.split.rows
    return block.split, DayRules(rows.base, rows.table, block.lower, block.upper)


def bend(*events: Tide | Closure) -> Bend:
    """Return what happens to all symbols alike."""
    times = everything()._days.times(RUN_DAY)
    one = bend_of(events, times)
    assert one is not None
    return stacked([one] * len(everything().universe))


def column(hour: int, minute: int) -> int:
    """Return the child of a minute."""
    return (hour - 9) * 60 + minute + 1


def check(bars: Bars) -> None:
    """Check what every bar has to keep, and that quiet ones are flat at the close before."""
    assert (bars.low <= np.minimum(bars.open, bars.close)).all()
    assert (bars.high >= np.maximum(bars.open, bars.close)).all()
    busy = bars.volume > 0
    assert (turning_points(bars)[busy] <= bars.volume[busy]).all()
    quiet = ~busy[:, 1:]
    assert (bars.close[:, 1:] == bars.close[:, :-1])[quiet].all()
    assert (bars.open == bars.close)[~busy].all()
    assert (bars.turnover[~busy] == 0).all()


def test_nothing_happens_without_events() -> None:
    assert bend_of([], everything()._days.times(RUN_DAY)) is None


def test_a_tide_moves_what_comes_after_it() -> None:
    split, rules = days()
    made, reopened = bent(split.children, bend(Tide(at(10), ((at(10, 2), 900_000),))), rules)
    first = column(10, 0)
    for ours, theirs in zip(fields(made), fields(split.children), strict=True):
        assert (ours[:, :first] == theirs[:, :first]).all()
    assert (made.volume == split.children.volume).all()
    assert not reopened.volume.any()
    check(made)
    lasting = made.close[:, -1] / split.children.close[:, -1]
    free = (made.close[:, -1] > rules.lower) & (made.close[:, -1] > 5_000)
    free &= made.volume[:, first:].any(axis=1)
    assert np.abs(lasting[free] - 0.9).max() < 0.006


def test_a_closure_takes_volume_and_prints_a_share_of_it() -> None:
    split, rules = days()
    made, reopened = bent(
        split.children, bend(Closure(at(10), at(10, 20), at(10, 30, 12, 345))), rules
    )
    closed = slice(column(10, 0), column(10, 30))
    assert not made.volume[:, closed].any()
    check(made)
    slot = column(10, 30) - 1
    gathered = split.children.volume[:, closed].sum(axis=1)
    assert (reopened.volume[:, slot] == gathered * 40 // 100).all()
    assert set(reopened.print_ms[:, slot].tolist()) == {-1, 12_345}
    rest = np.delete(reopened.volume, slot, axis=1)
    assert not rest.any()
    after = column(10, 30)
    assert (
        made.volume[:, after] == split.children.volume[:, after] + reopened.volume[:, slot]
    ).all()


def test_a_closure_for_the_day_takes_the_closing_auction_too() -> None:
    split, rules = days()
    made, reopened = bent(split.children, bend(Closure(at(14), at(24), 0)), rules)
    assert not made.volume[:, column(14, 0) :].any()
    assert not reopened.volume.any()
    check(made)


def test_factors_of_one_change_nothing() -> None:
    split, rules = days()
    made, _ = bent(split.children, bend(Tide(at(10), ((at(11), PPM),))), rules)
    for ours, theirs in zip(fields(made), fields(split.children), strict=True):
        assert (ours == theirs).all()

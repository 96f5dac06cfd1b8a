"""Draw each pattern by hand and see it found."""

from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.protocol.ralph.indicators import DayBars
from kiwoom_sim.protocol.ralph.patterns import (
    contraction_quality,
    cup_quality,
    find_pattern,
    tightness_quality,
)


def bars_of(closes: list[int], reach: int = 300, volume: int = 1_000) -> DayBars:
    """Return bars around closes, `reach` won to either side."""
    return DayBars(
        high=tuple(close + reach for close in closes),
        low=tuple(close - reach for close in closes),
        close=tuple(closes),
        volume=(volume,) * len(closes),
    )


def swings(*legs: int) -> list[int]:
    """Return 15 closes per leg that swing around 10,000 by so much."""
    return [10_000 + (leg if bar % 2 else -leg) for leg in legs for bar in range(15)]


def cup(depth: int, recovered: int) -> list[int]:
    """Return 60 closes from 10,000 down by `depth` and up again by `recovered`."""
    down = [10_000 - depth * bar // 29 for bar in range(30)]
    return down + [10_000 - depth + recovered * bar // 29 for bar in range(30)]


@st.composite
def some_bars(draw: st.DrawFn) -> DayBars:
    """Draw bars of any length, their closes within their ranges."""
    triple = st.tuples(*[st.integers(1, 100_000)] * 3).map(sorted)
    rows = draw(st.lists(triple, max_size=80))
    volumes = draw(
        st.lists(st.integers(0, 10**9), min_size=len(rows), max_size=len(rows)),
    )
    return DayBars(
        high=tuple(row[2] for row in rows),
        low=tuple(row[0] for row in rows),
        close=tuple(row[1] for row in rows),
        volume=tuple(volumes),
    )


def test_legs_that_halve_are_a_full_contraction_but_for_the_volume() -> None:
    bars = bars_of(swings(2_000, 800, 300), reach=0)
    assert contraction_quality(bars) == 2 / 3
    quieter = DayBars(high=bars.high, low=bars.low, close=bars.close, volume=(9,) * 30 + (3,) * 15)
    assert contraction_quality(quieter) == 1
    assert find_pattern(quieter).kind == "VCP"


def test_a_contraction_breaks_out_of_its_last_leg() -> None:
    found = find_pattern(bars_of(swings(2_000, 800, 300), reach=0))
    assert (found.kind, found.resistance) == ("VCP", 10_300)


def test_legs_that_widen_are_no_contraction() -> None:
    assert contraction_quality(bars_of(swings(300, 800, 2_000), reach=0)) == 0


def test_equal_closes_are_tight_and_spread_ones_are_not() -> None:
    assert tightness_quality(bars_of([9_000, 9_500, *[10_000] * 5])) == 1
    assert tightness_quality(bars_of([10_000, 11_000, 12_000, 13_000, 14_000], reach=10)) == 0


def test_a_tight_price_breaks_out_of_five_bars() -> None:
    found = find_pattern(bars_of([12_000, 9_500, 9_700, *[10_000] * 5]))
    assert (found.kind, found.quality, found.resistance) == ("Tight", 1, 10_300)


def test_a_price_that_stands_still_is_not_tight() -> None:
    assert tightness_quality(bars_of([10_000] * 60, reach=0)) == 0


def test_what_does_not_trade_has_no_pattern() -> None:
    halted = bars_of([9_000, 9_500, *[10_000] * 5], volume=0)
    assert tightness_quality(halted) == 1
    found = find_pattern(halted)
    assert (found.kind, found.quality, found.resistance) == ("VCP", 0, 10_300)


def test_a_recovered_fall_is_a_cup_whose_rim_resists() -> None:
    bars = bars_of(cup(3_000, 2_900), reach=10)
    found = find_pattern(bars)
    assert (found.kind, found.resistance) == ("Cup", 10_010)
    assert found.quality > 0.9


def test_a_cup_is_worth_less_the_less_of_it_there_is() -> None:
    whole = cup_quality(bars_of(cup(3_000, 3_000)))
    half = cup_quality(bars_of(cup(3_000, 1_500)))
    shallow = cup_quality(bars_of(cup(300, 300)))
    assert whole > half > 0
    assert whole > shallow > 0
    assert cup_quality(bars_of(list(range(10_000, 4_000, -100)))) == 0


def test_a_price_that_never_fell_has_no_cup() -> None:
    assert cup_quality(bars_of([10_000] * 60)) == 0


def test_too_few_bars_have_no_pattern() -> None:
    few = find_pattern(bars_of([10_000, 10_100, 10_200]))
    assert (few.kind, few.quality, few.resistance) == ("VCP", 0, 10_500)
    none = find_pattern(bars_of([]))
    assert (none.quality, none.resistance) == (0, 0)


@given(some_bars())
def test_any_bars_have_a_pattern_of_the_greatest_quality(bars: DayBars) -> None:
    found = find_pattern(bars)
    qualities = {
        "VCP": contraction_quality(bars),
        "Tight": tightness_quality(bars),
        "Cup": cup_quality(bars),
    }
    assert all(0 <= quality <= 1 for quality in qualities.values())
    if any(bars.volume[-5:]):
        assert found.quality == max(qualities.values()) == qualities[found.kind]
    else:
        assert found.quality == 0
    assert found.resistance >= max(bars.close[-1:], default=0)

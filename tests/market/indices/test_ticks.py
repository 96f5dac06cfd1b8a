import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.core.clock import clock_ms, moment
from kiwoom_sim.market.indices.ticks import IndexTicks, gather, last_second, select, tick_time

DAY = 20_000


def ticks_of(levels: list[int]) -> IndexTicks:
    count = len(levels)
    return IndexTicks(
        day=DAY,
        number=np.arange(count),
        second=32_400 + np.arange(count),
        level=np.array(levels),
        volume=np.arange(count),
        turnover=np.arange(count) * 7,
    )


def test_a_second_is_out_with_its_last_millisecond() -> None:
    assert last_second(clock_ms(9) + 998) == 32_399
    assert last_second(clock_ms(9) + 999) == 32_400
    assert int(tick_time(DAY, np.int64(32_400))) == moment(DAY, clock_ms(9) + 999)


@settings(deadline=None)
@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=50), st.integers(1, 9))
def test_candles_hold_all_ticks_of_their_group(levels: list[int], size: int) -> None:
    ticks = ticks_of(levels)
    candles = gather(ticks, ticks.number // size, 100)
    assert len(candles) == -(-len(levels) // size)
    for place in range(len(candles)):
        part = levels[place * size : (place + 1) * size]
        assert candles.open[place] == part[0]
        assert candles.close[place] == part[-1]
        assert candles.high[place] == max(part)
        assert candles.low[place] == min(part)
        assert candles.time[place] == ticks.times()[place * size]
    assert candles.volume.sum() == ticks.volume.sum()
    assert candles.turnover.sum() == ticks.turnover.sum()
    assert set(candles.base.tolist()) == {100}


def test_starts_replace_the_time_of_the_first_tick() -> None:
    ticks = ticks_of([3, 4, 5])
    group = np.array([0, 0, 1])
    candles = gather(ticks, group, 1, starts=group * 60_000)
    assert candles.time.tolist() == [0, 60_000]


def test_selecting_keeps_columns_together() -> None:
    ticks = ticks_of([3, 4, 5, 6])
    assert len(ticks.take(slice(1, 3))) == 2
    candles = select(gather(ticks, ticks.number, 1), np.array([False, True, False, True]))
    assert candles.close.tolist() == [4, 6]

"""Make the trades of an evening: the after-market of the alternative venue (NXT 애프터마켓).

A symbol trades there after the close only where an event says so. Its price moves from the
exchange's last one towards a goal in a straight line, a trade every few seconds; the exchange
itself, its close and its next base price know nothing of it.

Known deviations: no volatility interruption happens in the evening, and its opening at one price
is not made.

Source:
    Sessions of the alternative venue: continuous trading from 15:40 to 20:00 within the day's
    limits of the exchange.
"""

from collections.abc import Sequence

import numpy as np

from kiwoom_sim.core.rng import philox_block
from kiwoom_sim.market.alterations import PPM, Evening
from kiwoom_sim.market.intraday.day_frame import DayFrame
from kiwoom_sim.market.intraday.trades import Prints
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.ticks import round_to_tick, tick_sizes

_CELL_MS = 5_000
_LANE = 6
_MASK = 0xFFFFFFFF
_VOLUME_SHARE = 50_000
"""One trade has about this part of a usual day's volume."""


def evening_prints(
    frame: DayFrame, close: int, usual_volume: int, events: Sequence[Evening]
) -> Prints:
    """Return the trades of a day's evening events, in order of time.

    Args:
        frame: The symbol's day.
        close: Last price of the exchange, from which the first event starts.
        usual_volume: Shares that trade on a usual day.
        events: In order; each starts from where the one before arrived.
    """
    pieces = []
    for event in sorted(events):
        made, close = _stretch(frame, close, usual_volume, event)
        pieces.append(made)
    if not pieces:
        nothing = np.zeros(0, dtype=np.int64)
        return Prints(*(nothing for _ in Prints.__struct_fields__))
    return Prints(*(np.concatenate([getattr(each, name) for each in pieces]) for name in _NAMES))


_NAMES = Prints.__struct_fields__


def _stretch(frame: DayFrame, start: int, usual_volume: int, event: Evening) -> tuple[Prints, int]:
    """Return the trades of one event, and the price at which it ends."""
    cells = np.arange(event.at_ms // _CELL_MS, event.until_ms // _CELL_MS + 1)
    words = philox_block(*frame.knots.key, cells & _MASK, cells >> 32, 0, _LANE)
    time = cells * _CELL_MS + (words[0] % _CELL_MS).astype(np.int64)
    inside = (time > event.at_ms) & (time <= event.until_ms)
    time = time[inside]
    side = np.where(words[1][inside] % 2 == 0, 1, -1).astype(np.int64)
    share = (time - event.at_ms) * 1_000 // max(event.until_ms - event.at_ms, 1)
    factor = PPM + (event.goal_ppm - PPM) * share // 1_000
    price = _legal(start * factor // PPM, frame)
    price = np.where(side < 0, _legal(price - tick_sizes(price, frame.table), frame), price)
    most = max(usual_volume // _VOLUME_SHARE, 1)
    quantity = 1 + (words[2][inside] % most).astype(np.int64)
    row = np.full_like(time, frame.slots - 1)
    end = _legal(np.array([start * event.goal_ppm // PPM], dtype=np.int64), frame)
    return Prints(row, time, price, quantity, price * quantity, side), int(end[0])


def _legal(prices: Ints, frame: DayFrame) -> Ints:
    """Return the nearest prices that the day allows."""
    clipped: Ints = np.clip(round_to_tick(np.maximum(prices, 1), frame.table), *frame.limits)
    return clipped

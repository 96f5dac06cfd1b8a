"""Turn a session into one of liquidation trading (정리매매): call auctions every half hour.

The opening and the closing auction stay; between them what the path trades in half an hour is
traded at once, at the path's price of that instant.
"""

import numpy as np

from kiwoom_sim.core.clock import MS_PER_MINUTE, moment
from kiwoom_sim.market.alterations import Interruption, Mute
from kiwoom_sim.market.intraday.day_frame import DayFrame
from kiwoom_sim.market.intraday.stretches import path_price
from kiwoom_sim.market.intraday.trades import Prints
from kiwoom_sim.market.rules.interruptions import auction_end

EVERY_MS = 30 * MS_PER_MINUTE


def liquidation_auctions(
    seed: int, frame: DayFrame, prints: Prints
) -> tuple[list[Interruption | Mute], int]:
    """Return what makes the day's prints auctions, and when the last one before the close ends.

    Args:
        seed: Seed of the run.
        frame: The day.
        prints: What the path trades.
    """
    times = frame.times
    found: list[Interruption | Mute] = []
    before = frame.opening_end_ms
    for of_day in range(times.open_ms + EVERY_MS, times.closing_auction_ms, EVERY_MS):
        end = auction_end(seed, frame.instrument.code, moment(frame.day, of_day))
        first, last = np.searchsorted(prints.time, (before, end), side="right")
        quantity = int(prints.quantity[first:last].sum())
        if quantity:
            price = path_price(prints, end, frame.base)
            found.append(Interruption(before, end, price, quantity))
        else:
            found.append(Mute(before, end))
        before = end
    found.append(Mute(before, moment(frame.day, times.close_ms) - 1))
    return found, before

from itertools import pairwise

import numpy as np

from kiwoom_sim.market.alterations import Interruption, Mute
from kiwoom_sim.market.intraday.liquidation import EVERY_MS, liquidation_auctions
from kiwoom_sim.market.intraday.trades import Prints
from tests.market.markets import RUN_DAY, at, open_market


def test_every_half_hour_is_one_auction() -> None:
    own = open_market()._days.symbol_day("247540", RUN_DAY)
    frame, prints = own.frame, own.prints()
    found, last_ms = liquidation_auctions(7, frame, prints)
    auctions = [each for each in found if isinstance(each, Interruption)]
    assert [each.until_ms // EVERY_MS for each in auctions] == [
        at(9, 30) // EVERY_MS + number for number in range(12)
    ]
    assert all(before.until_ms == after.at_ms for before, after in pairwise(found))
    between = (prints.time > frame.opening_end_ms) & (prints.time <= last_ms)
    assert sum(each.quantity for each in auctions) == int(prints.quantity[between].sum())
    assert found[-1] == Mute(last_ms, at(15, 30) - 1)


def test_a_half_hour_without_trades_has_no_print() -> None:
    frame = open_market()._days.symbol_day("247540", RUN_DAY).frame
    empty = np.zeros(0, dtype=np.int64)
    found, _ = liquidation_auctions(7, frame, Prints(*[empty] * len(Prints.__struct_fields__)))
    assert len(found) == 13
    assert all(isinstance(each, Mute) for each in found)

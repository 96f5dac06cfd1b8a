import numpy as np
import pytest

from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.daily.bars import unstacked
from kiwoom_sim.market.daily.blocks import BLOCK, Edge, Frame, build_block, make_part
from kiwoom_sim.market.daily.factors import draw_factors
from kiwoom_sim.market.daily.noise import noise_days
from kiwoom_sim.market.daily.price_models import MEMORY
from kiwoom_sim.market.listing.universe import load_universe
from kiwoom_sim.market.rules.calendar import load_calendar
from kiwoom_sim.market.rules.ticks import Product

UNIVERSE = load_universe(MarketConfig(symbols=("005930", "0193W0", "57MXTL", "247540")), 9)
SECTORS = tuple({each.sector_code for each in UNIVERSE.instruments})
ROWS = np.arange(len(UNIVERSE))


def frame_of(number: int) -> Frame:
    first = number * BLOCK
    days = noise_days(load_calendar(), first - MEMORY, first + BLOCK)
    factors = draw_factors(9, SECTORS, days)
    return Frame(first=first, forward=number >= 0, days=days, factors=factors)


def nowhere(key: str):
    raise LookupError(key)


def built(number: int, rows=ROWS):
    part = make_part(UNIVERSE, ("test", "part"), rows)
    edge = Edge(closes=UNIVERSE.ref_price[rows], values=np.full(len(rows), 9_500_000_000))
    return build_block(UNIVERSE, part, frame_of(number), edge, outside=nowhere)


def test_part_sorts_its_instruments_by_kind():
    part = make_part(UNIVERSE, ("test", "part"), ROWS)
    kinds = [UNIVERSE.product[part.rows[each]] for each in (part.funds, part.warrants)]
    assert [kind.tolist() for kind in kinds] == [[Product.FUND], [Product.ELW]]
    assert len(part.shares) == 2
    assert part.underlyings == ["stock:005930"]


@pytest.mark.parametrize("number", [0, -1])
def test_block_meets_its_edge(number: int):
    bars = unstacked(built(number).fields)
    known = bars.base[:, 0] if number >= 0 else bars.close[:, -1]
    assert known.tolist() == UNIVERSE.ref_price.tolist()
    assert np.array_equal(bars.base[:, 1:], bars.close[:, :-1])


@pytest.mark.parametrize("number", [0, -1])
def test_fund_value_meets_its_edge_and_others_have_none(number: int):
    values = built(number).values
    funds = UNIVERSE.product == Product.FUND
    assert (values[funds, 0 if number >= 0 else -1] == 9_500_000_000).all()
    assert not values[~funds].any()


def test_shares_do_not_depend_on_the_part():
    part = make_part(UNIVERSE, ("test", "part"), ROWS)
    shares = ROWS[part.shares]
    assert np.array_equal(built(0, shares).fields, built(0).fields[:, part.shares])


def test_underlying_outside_the_part_is_asked_for():
    warrant = np.flatnonzero(UNIVERSE.product == Product.ELW)
    with pytest.raises(LookupError, match="stock:005930"):
        built(0, warrant)


def test_sessions_are_numbered_from_the_edge():
    assert frame_of(-1).sessions[[0, -1]].tolist() == [-63, 0]
    assert frame_of(0).sessions[[0, -1]].tolist() == [1, 64]

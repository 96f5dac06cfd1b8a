"""Member firms, indices and themes, and who belongs to an index."""

import numpy as np
import pytest

from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.listing.reference import load_reference, select_members
from kiwoom_sim.market.listing.universe import load_universe

REFERENCE = load_reference()
ALL = load_universe(MarketConfig(), seed=1)


def members(code: str) -> list[str]:
    return [ALL.codes[i] for i in select_members(REFERENCE.indices[code], ALL)]


def test_tables_are_complete() -> None:
    assert len(REFERENCE.brokers) == 52
    assert len(REFERENCE.indices) == 105
    assert len(REFERENCE.themes) == 56
    assert all(len(code) == 3 for code in (*REFERENCE.brokers, *REFERENCE.indices))


def test_the_published_levels() -> None:
    levels = {code: REFERENCE.indices[code].level for code in ("001", "101", "201")}
    assert levels == {"001": 578_120, "101": 116_152, "201": 86_250}
    assert {code for code, spec in REFERENCE.indices.items() if not spec.approx} == set(levels)
    assert all(spec.level > 0 for spec in REFERENCE.indices.values())


def test_group_numbers_drop_leading_zeros() -> None:
    assert REFERENCE.indices["001"].group == "1"
    assert REFERENCE.indices["150"].group == "150"


def test_kiwoom_is_a_domestic_firm() -> None:
    kiwoom = REFERENCE.brokers["050"]
    assert (kiwoom.name_ko, kiwoom.foreign, kiwoom.status) == ("키움증권", False, "current")
    assert REFERENCE.brokers["888"].status == "pseudo"
    assert 90 < sum(broker.share for broker in REFERENCE.brokers.values()) < 110


@pytest.mark.parametrize(
    ("code", "count"), [("201", 200), ("150", 150), ("401", 100), ("701", 100)]
)
def test_baskets_have_their_size(code: str, count: int) -> None:
    assert len(members(code)) == count


def test_composites_hold_common_shares_of_their_board() -> None:
    kospi = members("001")
    assert "005930" in kospi
    assert not {"005935", "395400", "069500", "247540"} & set(kospi)
    assert set(members("101")) <= {row.code for row in ALL.instruments if row.market == "KOSDAQ"}


def test_sectors_hold_their_shares() -> None:
    assert "005930" in members("013")
    assert {"395400", "330590"} <= set(members("028"))
    assert set(members("024")) < set(members("021"))


def test_the_volatility_index_has_no_members() -> None:
    assert members("603") == []


def test_theme_members_are_listed() -> None:
    codes = {code for theme in REFERENCE.themes.values() for code in theme.members}
    assert codes <= set(ALL.codes)


@pytest.mark.parametrize("symbols", [("005930",), ("069500",), ("247540", "086520")])
def test_a_narrowed_universe_keeps_every_index_computable(symbols: tuple[str, ...]) -> None:
    narrow = load_universe(MarketConfig(symbols=symbols), seed=1)
    for spec in REFERENCE.indices.values():
        found = select_members(spec, narrow)
        assert len(found) or not spec.rule.boards
        assert (np.diff(found) > 0).all()

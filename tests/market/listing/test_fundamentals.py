from collections import Counter

import pytest

from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.listing.fundamentals import FOREIGN_CAP_BPS, FULL_BPS, company_facts
from kiwoom_sim.market.listing.universe import Universe, load_universe


@pytest.fixture(scope="module")
def universe() -> Universe:
    return load_universe(MarketConfig(), 7)


def test_figures_are_coherent(universe: Universe) -> None:
    for instrument in universe.instruments:
        facts = company_facts(7, instrument)
        shares = instrument.listed_shares
        assert 1 <= facts.settlement_month <= 12
        assert facts.capital_won > 0
        assert 0 <= facts.foreign_reference <= facts.foreign_cap(shares) <= shares
        if facts.eps is None:
            assert facts.net_income_won == facts.sales_won == 0
            assert facts.per_hundredths(instrument.ref_price) is None
            continue
        assert facts.bps is not None
        assert facts.bps > 0
        assert facts.net_income_won == facts.eps * shares
        assert facts.sales_won >= abs(facts.net_income_won)
        assert abs(facts.operating_profit_won) <= facts.sales_won
        assert (facts.roe_bps > 0) == (facts.eps > 0) or facts.roe_bps == 0


def test_ratios_follow_the_price(universe: Universe) -> None:
    instrument = universe.by_code["005930"]
    facts = company_facts(7, instrument)
    assert facts.eps is not None
    assert facts.eps > 0
    price = instrument.ref_price
    per = facts.per_hundredths(price)
    assert per == price * 100 // facts.eps
    assert facts.pbr_hundredths(2 * price) in {
        2 * (facts.pbr_hundredths(price) or 0),
        2 * (facts.pbr_hundredths(price) or 0) + 1,
    }
    assert facts.ev_hundredths(price * instrument.listed_shares) is not None


def test_some_companies_lose_money_and_most_do_not(universe: Universe) -> None:
    signs = Counter(
        facts.eps > 0
        for facts in (company_facts(7, row) for row in universe.instruments)
        if facts.eps is not None
    )
    assert 0.05 < signs[False] / signs.total() < 0.4


def test_ratios_are_plausible(universe: Universe) -> None:
    per = sorted(
        ratio
        for row in universe.instruments
        if (ratio := company_facts(7, row).per_hundredths(row.ref_price)) is not None
    )
    assert 800 < per[len(per) // 2] < 3_500


def test_caps_of_the_law_hold(universe: Universe) -> None:
    for code, cap in FOREIGN_CAP_BPS.items():
        instrument = universe.by_code.get(code)
        if instrument is not None:
            assert company_facts(7, instrument).foreign_cap_bps == cap
    assert company_facts(7, universe.by_code["005930"]).foreign_cap_bps == FULL_BPS


def test_a_seed_changes_the_figures_and_the_same_seed_does_not(universe: Universe) -> None:
    instrument = universe.by_code["005930"]
    assert company_facts(7, instrument) == company_facts(7, instrument)
    assert company_facts(7, instrument) != company_facts(8, instrument)

import numpy as np
import pytest

from kiwoom_sim.core.clock import clock_ms, moment, parse_day
from kiwoom_sim.market.listing.reference import load_reference
from kiwoom_sim.market.people.brokers import UPDATE_MS, Brokers
from tests.market.live import EvenLive, make_basis

START = parse_day("20260323") or 0


@pytest.fixture(scope="module")
def brokers() -> Brokers:
    basis = make_basis(START)
    return Brokers(basis, EvenLive(basis))


def test_each_side_of_all_firms_sums_to_the_volume(brokers: Brokers) -> None:
    for minute in (0, 1, 77, 390):
        now = moment(START, clock_ms(9, minute))
        volume = brokers._live.volume_at("005930", now)
        sell, _, buy, _ = brokers._sides("005930", now)
        assert sell.sum() == buy.sum() == volume


def test_the_top_is_sorted_and_known(brokers: Brokers) -> None:
    sellers, buyers = brokers.top("005930", moment(START, clock_ms(11)))
    for lines in (sellers, buyers):
        assert len(lines) == 5
        assert [line.quantity for line in lines] == sorted(
            (line.quantity for line in lines), reverse=True
        )
        assert all(load_reference().brokers[line.code].status == "current" for line in lines)
    assert sellers != buyers


def test_nobody_is_on_top_before_the_first_trade(brokers: Brokers) -> None:
    assert brokers.top("005930", moment(START, clock_ms(8, 59))) == ((), ())


def test_changes_are_the_difference_to_the_last_update_and_never_negative(
    brokers: Brokers,
) -> None:
    now = moment(START, clock_ms(13))
    before, _, _, _ = brokers._sides("005930", now - UPDATE_MS)
    codes = [firm.code for firm in brokers._firms]
    for line in brokers.top("005930", now)[0]:
        assert line.change == line.quantity - before[codes.index(line.code)] >= 0


def test_foreign_firms_are_part_of_the_whole(brokers: Brokers) -> None:
    now = moment(START, clock_ms(15, 31))
    firms = brokers.foreign_firms("005930", now)
    volume = brokers._live.volume_at("005930", now)
    assert 0 < firms.sell < volume
    assert 0 < firms.buy < volume
    nets = brokers.foreign_nets("005930", now, START, 5)
    assert nets[-1] == firms.buy - firms.sell
    assert len(set(nets.tolist())) == 5


def test_firms_keep_their_size_over_many_symbols(brokers: Brokers) -> None:
    now = moment(START, clock_ms(16))
    kiwoom = [firm.code for firm in brokers._firms].index("050")
    shares = []
    for code in ("005930", "000660", "247540", "035420", "005380", "086520"):
        sell, _, _, _ = brokers._sides(code, now)
        shares.append(sell[kiwoom] / sell.sum())
    assert 0.08 < np.mean(shares) < 0.35

import numpy as np
import pytest

from kiwoom_sim.core.clock import clock_ms, moment, parse_day
from kiwoom_sim.market.people.flow_model import FOREIGN, INSTITUTIONS
from kiwoom_sim.market.people.investors import BLOCK, Investors
from kiwoom_sim.market.records import Flows
from tests.market.live import EvenLive, make_basis

START = parse_day("20260323") or 0
CODES = ("005930", "030200", "247540", "069500", "040300")
NOW = moment(START, clock_ms(11))


@pytest.fixture(scope="module")
def investors() -> Investors:
    basis = make_basis(START)
    return Investors(basis, EvenLive(basis))


def same(left: Flows, right: Flows) -> bool:
    return all(
        np.array_equal(getattr(left, name), getattr(right, name)) for name in left.__struct_fields__
    )


@pytest.mark.parametrize("code", ["005930", "030200", "247540", "069500"])
def test_flows_sum_to_the_candles_on_every_day(investors: Investors, code: str) -> None:
    flows = investors.flows(code, NOW, START, 3 * BLOCK)
    candles = investors._live.day_candles(code, NOW, START, 3 * BLOCK)
    assert (flows.day * 86_400_000 == candles.time).all()
    for side, won in ((flows.buy, flows.buy_won), (flows.sell, flows.sell_won)):
        assert (side.sum(axis=1) == candles.volume).all()
        assert (won.sum(axis=1) == candles.turnover).all()
        assert min(side.min(), won.min()) >= 0


@pytest.mark.parametrize("code", ["005930", "030200", "247540"])
def test_foreign_holdings_change_by_foreign_nets_and_stay_within_the_cap(
    investors: Investors, code: str
) -> None:
    count = 2 * BLOCK + 30
    flows = investors.flows(code, NOW, START, count)
    holdings = investors.foreign_holdings(code, NOW, START, count)
    nets = (flows.buy - flows.sell)[:, FOREIGN]
    assert (np.diff(holdings) == nets[1:]).all()
    shares = investors._universe.by_code[code].listed_shares
    assert holdings.min() >= 0
    assert holdings.max() <= investors.facts(code).foreign_cap(shares)


def test_the_reference_day_has_the_reference_holding(investors: Investors) -> None:
    reference = parse_day("20260320") or 0
    for code in CODES[:3]:
        assert investors.foreign_holding(code, reference) == investors.facts(code).foreign_reference


def test_flows_of_today_only_grow_and_end_at_the_flows_of_the_day(investors: Investors) -> None:
    before = np.zeros(12, dtype=np.int64)
    for minute in range(0, 391, 30):
        now = moment(START, clock_ms(9, minute))
        flows = investors.flows("005930", now, START, 1)
        if minute == 0:
            assert flows.day[-1] < START
            continue
        assert flows.day[-1] == START
        assert (flows.buy[-1] >= before).all()
        before = flows.buy[-1]
    next_day = investors.flows("005930", moment(START + 1, clock_ms(10)), START, 1)
    assert (next_day.buy[-1] == before).all()


def test_the_answer_does_not_depend_on_the_order_of_requests() -> None:
    basis = make_basis(START)
    far_first, near_first = (Investors(basis, EvenLive(basis)) for _ in range(2))
    far = far_first.flows("247540", NOW, START, 400)
    basis.store.clear()
    near = near_first.flows("247540", NOW, START, 20)
    again = near_first.flows("247540", NOW, START, 400)
    assert same(far, again)
    assert (far.buy[-20:] == near.buy).all()


def test_a_split_multiplies_what_foreigners_hold() -> None:
    day = parse_day("20260324") or 0
    basis = make_basis(START)
    plain, split = (
        Investors(basis, EvenLive(basis, split_day=day, factor=factor)) for factor in (1, 5)
    )
    before = plain.foreign_holding("005930", START)
    assert split.foreign_holding("005930", START) == before
    after = plain.foreign_holding("005930", day)
    assert abs(split.foreign_holding("005930", day) - 5 * after) < 0.001 * 5 * after
    assert after != before


def test_programs_trade_a_part_of_the_volume(investors: Investors) -> None:
    flows = investors.flows("005930", NOW, START, 200)
    bought, sold = investors.program("005930", NOW, START, 200)
    share = bought.sum() / flows.buy.sum()
    assert 0.2 < share < 0.45
    assert (sold <= flows.sell.sum(axis=1)).all()


def test_the_credit_ratio_drifts_around_the_usual_one(investors: Investors) -> None:
    usual = investors.facts("247540").credit_ratio_bps
    ratios = [investors.credit_ratio_bps("247540", START - back) for back in range(100)]
    assert len(set(ratios)) > 1
    assert 0.5 * usual <= min(ratios) <= max(ratios) <= 1.5 * usual


def test_a_run_that_starts_before_the_reference_day_keeps_the_identity() -> None:
    start = parse_day("20250602") or 0
    basis = make_basis(start)
    investors = Investors(basis, EvenLive(basis))
    now = moment(start + 3, clock_ms(11))
    flows = investors.flows("005930", now, start + 3, 20)
    holdings = investors.foreign_holdings("005930", now, start + 3, 20)
    assert (np.diff(holdings) == (flows.buy - flows.sell)[1:, FOREIGN]).all()


def test_history_reaches_the_first_session_of_the_calendar(investors: Investors) -> None:
    flows = investors.flows("005930", NOW, START, 100_000)
    first = investors._calendar.first_index
    assert flows.day[0] == investors._calendar.day_at(first)
    assert (flows.buy.sum(axis=1) == flows.sell.sum(axis=1)).all()


@pytest.mark.parametrize(
    ("board", "individual", "foreign", "institution", "program", "held"),
    [
        ("KOSPI", (44, 52), (26, 34), (17, 23), (24, 36), (30, 39)),
        ("KOSDAQ", (72, 81), (12, 18), (4.5, 7.5), (8, 12.5), (7, 13)),
    ],
)
def test_boards_look_like_the_real_ones(
    board: str, individual: tuple, foreign: tuple, institution: tuple, program: tuple, held: tuple
) -> None:
    basis = make_basis(START)
    investors = Investors(basis, EvenLive(basis))
    stocks = [row for row in basis.universe.instruments if row.market == board]
    by_amount = sorted(stocks, key=lambda row: -row.ref_amount)[:60]
    won, programs, traded = np.zeros(12), 0.0, 0.0
    for row in by_amount:
        flows = investors.flows(row.code, moment(START, clock_ms(8)), START, 15)
        won += flows.buy_won.sum(axis=0)
        bought, _ = investors.program(row.code, moment(START, clock_ms(8)), START, 15)
        programs += bought.sum() * row.ref_price
        traded += flows.buy.sum() * row.ref_price
    share = 100 * won / won.sum()
    assert individual[0] < share[0] < individual[1]
    assert foreign[0] < share[FOREIGN] < foreign[1]
    assert institution[0] < share[INSTITUTIONS].sum() < institution[1]
    assert program[0] < 100 * programs / traded < program[1]
    caps = sum(row.ref_price * row.listed_shares for row in stocks)
    holdings = sum(investors.facts(row.code).foreign_reference * row.ref_price for row in stocks)
    assert held[0] < 100 * holdings / caps < held[1]

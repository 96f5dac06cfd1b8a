"""Hold the daily path against the moments of real Korean daily data.

Numbers in names are those of the list of facts that the model was fitted to. Facts of an index
over time vary much between samples of a few years, so they are averaged over five seeds.
"""

import numpy as np
import pytest

from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.daily.factors import KOSDAQ_DEVIATION, KOSPI_DEVIATION, draw_factors
from kiwoom_sim.market.daily.path import DailyPath
from kiwoom_sim.market.daily.price_models import MEMORY
from kiwoom_sim.market.listing.universe import load_universe
from kiwoom_sim.market.rules.calendar import load_calendar
from kiwoom_sim.market.store import Store

SPANS = ((1, -1_000, 499), (2, -1_499, 0))
"""(seed, first session, last session) of the samples."""

KOSPI, KOSDAQ = 0, 1
GROUPS = ("KOSPI large", "KOSPI other", "KOSDAQ large", "KOSDAQ other")


def lagged(series, lag: int):
    centred = series - series.mean(axis=-1, keepdims=True)
    return (centred[..., lag:] * centred[..., :-lag]).mean(axis=-1) / (centred**2).mean(axis=-1)


def skewness(series):
    centred = series - series.mean(axis=-1, keepdims=True)
    return (centred**3).mean(axis=-1) / (centred**2).mean(axis=-1) ** 1.5


def excess_kurtosis(series):
    centred = series - series.mean(axis=-1, keepdims=True)
    return (centred**4).mean(axis=-1) / (centred**2).mean(axis=-1) ** 2 - 3


class Sample:
    """Hold the bars of all shares of one seed and what many facts need of them."""

    def __init__(self, seed: int, first: int, last: int) -> None:
        universe = load_universe(MarketConfig(), seed)
        shares = np.flatnonzero([each.is_stock for each in universe.instruments])
        self.instruments = [universe.instruments[int(row)] for row in shares]
        self.bars = DailyPath(universe, load_calendar(), seed, Store()).bars(shares, first, last)
        self.board, self.sigma = universe.product[shares], universe.sigma[shares]
        self.shares = universe.shares[shares][:, None]
        self.value = universe.ref_price[shares] * universe.shares[shares]
        self.traded = self.bars.volume > 0
        self.live = self.traded.mean(axis=1) > 0.95
        self.returns = np.log(self.bars.close / self.bars.base)
        self.gaps = np.log(self.bars.open / self.bars.base)
        self.deviation = self.returns.std(axis=1)
        large = np.array([each.size_class == "대" for each in self.instruments])
        group = self.board * 2 + ~large
        self.groups = [np.flatnonzero((group == number) & self.live) for number in range(4)]
        self.index = [self.index_returns(board, "close") for board in (KOSPI, KOSDAQ)]

    def index_returns(self, board: int, price: str):
        """Return the log returns of a board's index at the open or close, against its base."""
        outside = {"PREF", "REIT"}
        rows = [
            row
            for row, each in enumerate(self.instruments)
            if self.board[row] == board and each.sec_type not in outside
        ]
        shares = self.shares[rows]
        value = (getattr(self.bars, price)[rows] * shares).sum(axis=0)
        return np.log(value / (self.bars.base[rows] * shares).sum(axis=0))

    def fits(self, rows):
        """Return (beta, R squared) of shares against the index of their board."""
        index = np.stack(self.index)[self.board[rows]]
        returns = self.returns[rows]
        returns = returns - returns.mean(axis=1, keepdims=True)
        index = index - index.mean(axis=1, keepdims=True)
        beta = (returns * index).mean(axis=1) / index.var(axis=1)
        return beta, beta**2 * index.var(axis=1) / returns.var(axis=1)

    def largest(self, count: int):
        """Return the rows of the largest traded shares."""
        order = np.argsort(-self.value, kind="stable")
        return order[self.live[order]][:count]


@pytest.fixture(scope="module")
def samples():
    return [Sample(*span) for span in SPANS]


@pytest.fixture(scope="module")
def factors():
    days = np.arange(16_000, 16_000 + MEMORY + 2_500)
    drawn = [draw_factors(seed, (), days) for seed in range(1, 6)]
    return np.array([[each.market(kosdaq=board)[0] for board in (False, True)] for each in drawn])


def averaged(samples, measure):
    return np.mean([measure(sample) for sample in samples], axis=0)


def by_group(samples, measure):
    """Return a measure of rows for each of `GROUPS`, averaged over the samples."""
    return averaged(samples, lambda each: [measure(each, rows) for rows in each.groups])


def test_fact_1_2_index_deviation_and_fat_tails(samples, factors):
    kospi, kosdaq = averaged(samples, lambda each: [index.std() for index in each.index])
    assert 0.009 < kospi < 0.020
    assert 0.011 < kosdaq < 0.023
    assert (averaged(samples, lambda each: excess_kurtosis(np.stack(each.index))) > 2).all()
    assert (excess_kurtosis(factors).mean(axis=0) > 2).all()


def test_index_is_mostly_its_factor(factors, samples):
    deviation = factors.std(axis=2).mean(axis=0) * (KOSPI_DEVIATION, KOSDAQ_DEVIATION)
    index = averaged(samples, lambda each: [series.std() for series in each.index])
    assert (deviation / index > 0.7).all()


def test_fact_3_index_volatility_clusters(factors):
    assert (lagged(np.abs(factors), 1).mean(axis=0) > 0.08).all()
    assert (lagged(np.abs(factors), 5).mean(axis=0) > 0.04).all()


def test_fact_4_index_returns_are_not_predictable(samples, factors):
    assert (np.abs(lagged(factors, 1).mean(axis=0)) < 0.08).all()
    assert (np.abs(averaged(samples, lambda each: lagged(np.stack(each.index), 1))) < 0.08).all()


def test_fact_5_falls_raise_the_volatility_of_an_index(factors):
    leverage = [
        np.corrcoef(series[:-1], series[1:] ** 2)[0, 1] for series in factors.reshape(-1, 2_500)
    ]
    assert np.mean(leverage) < 0


def test_fact_6_deviation_of_shares(samples):
    ratio = by_group(samples, lambda each, rows: np.median(each.deviation[rows] / each.sigma[rows]))
    assert ratio == pytest.approx(1, rel=0.2)
    deviation = by_group(samples, lambda each, rows: np.median(each.deviation[rows]))
    assert deviation == pytest.approx([0.025, 0.023, 0.038, 0.032], rel=0.2)


def test_fact_7_fat_tails_of_shares(samples):
    kurtosis = by_group(samples, lambda each, rows: np.median(excess_kurtosis(each.returns[rows])))
    assert (kurtosis > 2).all()
    assert (kurtosis < 20).all()


def test_fact_8_shares_rise_more_suddenly_than_they_fall(samples):
    skew = by_group(samples, lambda each, rows: np.median(skewness(each.returns[rows])))
    assert (skew > 0).all()


def test_fact_9_volatility_of_shares_clusters(samples):
    clustering = by_group(
        samples, lambda each, rows: np.median(lagged(np.abs(each.returns[rows]), 1))
    )
    assert (clustering > 0.05).all()


def hill_index(sample) -> float:
    """Return the tail index of the largest 1 % of standardised absolute returns."""
    rows = sample.live
    returns = sample.returns[rows]
    scaled = (returns - returns.mean(axis=1, keepdims=True)) / sample.deviation[rows][:, None]
    ordered = np.sort(np.abs(scaled).ravel())[::-1]
    count = len(ordered) // 100
    return 1 / np.log(ordered[:count] / ordered[count]).mean()


def test_fact_10_tail_index(samples):
    assert 2.2 < averaged(samples, hill_index) < 4.5


def test_fact_11_share_of_the_market_in_a_share(samples):
    explained = averaged(samples, lambda each: np.median(each.fits(np.flatnonzero(each.live))[1]))
    assert 0.06 < explained < 0.30
    beta = by_group(samples, lambda each, rows: each.fits(rows)[0].mean())
    assert (beta > 0.35).all()
    assert (beta < 1.25).all()


def pairs_of(returns):
    correlation = np.corrcoef(returns)
    return correlation, correlation[np.triu_indices(len(returns), 1)]


def test_fact_12_correlations(samples):
    pairs = averaged(samples, lambda each: pairs_of(each.returns[each.largest(300)])[1].mean())
    assert 0.08 < pairs < 0.28
    assert 0.6 < averaged(samples, lambda each: np.corrcoef(each.index)[0, 1]) < 0.92


def residual_correlations(sample) -> tuple[float, float]:
    """Return mean correlations of residuals, same sector and others."""
    rows = sample.largest(300)
    beta, _ = sample.fits(rows)
    residuals = sample.returns[rows] - beta[:, None] * np.stack(sample.index)[sample.board[rows]]
    sectors = np.array([sample.instruments[int(row)].sector_code for row in rows])
    upper = np.triu_indices(300, 1)
    same = (sectors[:, None] == sectors)[upper]
    values = np.corrcoef(residuals)[upper]
    return values[same].mean(), values[~same].mean()


def test_fact_13_sectors_move_together(samples):
    same, other = averaged(samples, residual_correlations)
    assert 0.05 < same < 0.2
    assert other < 0.04


def test_fact_14_first_eigenvalue(samples):
    def shares(sample):
        correlation, _ = pairs_of(sample.returns[sample.largest(300)])
        return np.linalg.eigvalsh(correlation)[::-1][:2] / 300

    first, second = averaged(samples, shares)
    assert 0.10 < first < 0.30
    assert second < 0.06


def limit_closes(sample):
    bars = sample.bars
    return (
        (bars.close == bars.upper) & sample.traded,
        (bars.close == bars.lower) & sample.traded,
    )


def test_fact_15_large_moves_and_limits(samples):
    large = averaged(samples, lambda each: (np.abs(np.expm1(each.returns)) > 0.10).mean())
    up, down = averaged(samples, lambda each: [closes.mean() for closes in limit_closes(each)])
    assert 0.01 < large < 0.025
    assert 0.0004 < up < 0.004
    assert up > 3 * down


def test_fact_16_session_after_a_limit_up(samples):
    def after(sample):
        follows = limit_closes(sample)[0][:, :-1] & sample.traded[:, 1:]
        returns = sample.returns[:, 1:][follows]
        return sample.gaps[:, 1:][follows].mean(), returns.mean(), returns.std()

    gap, mean, deviation = averaged(samples, after)
    assert gap > 0.03
    assert mean > 0
    assert deviation > 0.06


def test_fact_17_overnight_share_of_variance(samples):
    def share(sample, board):
        opened = sample.index_returns(board, "open")
        return opened.var() / sample.index[board].var()

    kospi, kosdaq = averaged(samples, lambda each: [share(each, KOSPI), share(each, KOSDAQ)])
    assert kospi == pytest.approx(0.40, abs=0.1)
    assert kosdaq == pytest.approx(0.23, abs=0.1)
    own = by_group(
        samples,
        lambda each, rows: np.median(each.gaps[rows].var(axis=1) / each.returns[rows].var(axis=1)),
    )
    assert own == pytest.approx(0.185, abs=0.1)


def test_fact_18_range_of_the_session(samples):
    ratio = averaged(
        samples,
        lambda each: np.median(
            np.log(each.bars.high / each.bars.low).mean(axis=1)[each.live]
            / each.deviation[each.live]
        ),
    )
    assert 1.1 < ratio < 1.6


def log_volumes(sample, rows):
    return np.log(np.maximum(sample.bars.volume[rows], 1))


def test_fact_19_volume_has_memory_and_follows_moves(samples):
    def correlation(sample, rows):
        volumes, moves = log_volumes(sample, rows), np.abs(sample.returns[rows])
        pairs = zip(volumes, moves, strict=True)
        return np.mean([np.corrcoef(volume, move)[0, 1] for volume, move in pairs])

    together = by_group(samples, correlation)
    assert (together > 0.35).all()
    assert (together < 0.70).all()
    for lag, low, high in ((1, 0.4, 0.8), (5, 0.2, 0.5), (20, 0.03, 0.3)):
        memory = by_group(
            samples,
            lambda each, rows, lag=lag: np.median(lagged(log_volumes(each, rows), lag)),
        )
        assert (memory > low).all()
        assert (memory < high).all()
    spread = by_group(samples, lambda each, rows: log_volumes(each, rows).std(axis=1).mean())
    assert (spread > 0.45).all()
    assert (spread < 1.1).all()


def test_fact_20_larger_moves_trade_more(samples):
    def excess(sample):
        volumes = log_volumes(sample, sample.live)
        volumes = volumes - np.median(volumes, axis=1, keepdims=True)
        moves = np.abs(np.expm1(sample.returns[sample.live]))
        calm = volumes[moves < 0.005].mean()
        sizes = [(moves > 0.9 * size) & (moves < 1.1 * size) for size in (0.02, 0.05, 0.10)]
        limit = limit_closes(sample)[0][sample.live]
        return [volumes[chosen].mean() - calm for chosen in (*sizes, limit)]

    steps = averaged(samples, excess)
    assert (np.diff(steps) > 0).all()
    assert steps[0] > 0.1
    assert steps[3] > 2


def test_fact_21_turnover_of_shares(samples):
    def percentiles(sample):
        turnover = (100 * sample.bars.volume / sample.shares)[sample.traded]
        return np.percentile(turnover, [10, 50, 90])

    low, middle, high = averaged(samples, percentiles)
    assert 0.2 < middle < 0.8
    assert low < 0.25
    assert high > 1.5


def test_fact_22_spread_of_returns_across_shares(samples):
    assert 0.02 < averaged(samples, lambda each: np.median(each.returns.std(axis=0))) < 0.06


def test_fact_23_sessions_without_a_move(samples):
    still = averaged(samples, lambda each: (each.bars.close == each.bars.base).mean())
    silent = averaged(samples, lambda each: (~each.traded).mean())
    assert 0.03 < still < 0.12
    assert 0 < silent < 0.04


def test_a_decade_keeps_prices_sane():
    everyone = load_universe(MarketConfig(), 4).instruments
    codes = tuple(each.code for each in everyone if each.is_stock)[::6]
    universe, calendar = load_universe(MarketConfig(symbols=codes), 4), load_calendar()
    path, first = DailyPath(universe, calendar, 4, Store()), calendar.first_index
    bars = path.bars(np.arange(len(universe)), first, first)
    distance = np.log(bars.close[:, 0] / universe.ref_price)
    assert distance.std() < 1.0
    assert np.percentile(np.abs(distance), 99) < 2.5

"""Children add up to their parent, whatever the parent, the weights and the noise."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.core.rng import stream_keys, uniform_quads
from kiwoom_sim.market.intraday.refine import Bars, Plan, refine, share_out, turning_points
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.rules.ticks import price_at_rank, round_to_tick, tick_rank

TABLE = 0


@st.composite
def parents(draw: st.DrawFn) -> Bars:
    """Return one bar that can be realised by as many trades as it has shares."""
    rank = draw(st.integers(1, 6_000))
    spread = draw(st.integers(0, 60))
    ranks = sorted(rank + draw(st.integers(0, spread)) for _ in range(4))
    middle = draw(st.permutations(ranks[1:3]))
    low, opening, close, high = price_at_rank([ranks[0], *middle, ranks[3]], TABLE).tolist()
    bar = one_bar(opening, high, low, close, draw(st.sampled_from([0, 1, 2, 3, 4, 5, 30, 10**6])))
    if int(turning_points(bar)[0]) > int(bar.volume[0]):
        bar = one_bar(close, close, close, close, int(bar.volume[0]))
    return bar


def one_bar(opening: int, high: int, low: int, close: int, volume: int) -> Bars:
    turnover = (opening + high + low + close) * volume // 4
    values = (opening, high, low, close, volume, turnover)
    return Bars(*(np.array([value], dtype=np.int64) for value in values))


def plan_for(seed: int, rows: int, children: int, *, auctions: bool, sparse: float) -> Plan:
    noise = uniform_quads(stream_keys(seed, "test", [""]), np.arange(rows), children)
    weights = np.where(noise[..., 0] < sparse, 0.0, noise[..., 0])
    hot = np.full(rows, 1 + seed % (children - 2), dtype=np.int64)
    return Plan(
        weights=weights,
        variances=np.full((rows, children), 1.0),
        noise=noise,
        hot=hot,
        before=np.full(rows, 100, dtype=np.int64),
        table=np.full(rows, TABLE, dtype=np.int64),
        auctions=auctions,
    )


def check(bar: Bars, children: Bars, *, auctions: bool) -> None:
    assert children.volume.sum() == bar.volume[0]
    assert children.turnover.sum() == bar.turnover[0]
    assert (children.volume >= 0).all()
    assert (children.turnover >= 0).all()
    traded = children.volume[0] > 0
    rows = children.take((0, traded))
    quiet = children.take((0, ~traded))
    assert (quiet.open == quiet.close).all()
    assert (quiet.high == quiet.low).all()
    assert (quiet.turnover == 0).all()
    if not traded.any():
        assert (children.close == 100).all()
        return
    assert rows.open[0] == bar.open[0]
    assert rows.close[-1] == bar.close[0]
    assert rows.high.max() == bar.high[0]
    assert rows.low.min() == bar.low[0]
    assert (rows.low <= np.minimum(rows.open, rows.close)).all()
    assert (rows.high >= np.maximum(rows.open, rows.close)).all()
    assert (turning_points(rows) <= rows.volume).all()
    for column in (rows.open, rows.high, rows.low, rows.close):
        assert (round_to_tick(column, TABLE) == column).all()
    if auctions:
        edges = children.take((0, [0, -1]))
        assert (turning_points(edges) == 1).all()


@settings(max_examples=300, deadline=None)
@given(
    bar=parents(),
    seed=st.integers(0, 10_000),
    children=st.sampled_from([3, 5, 60, 382]),
    auctions=st.booleans(),
    sparse=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_children_add_up_to_the_parent(
    bar: Bars, seed: int, children: int, auctions: bool, sparse: float
) -> None:
    plan = plan_for(seed, 1, children, auctions=auctions, sparse=sparse)
    check(bar, refine(bar, plan), auctions=auctions)


def test_children_open_where_the_last_one_closed_or_one_step_nearer() -> None:
    bar = one_bar(50_000, 51_500, 49_000, 50_600, 100_000)
    rows = refine(bar, plan_for(3, 1, 60, auctions=False, sparse=0.3))
    rows = rows.take((0, rows.volume[0] > 4))
    jumps = tick_rank(rows.open[1:], TABLE) - tick_rank(rows.close[:-1], TABLE)
    assert np.abs(jumps).max() <= 1
    assert 0 < np.abs(jumps).sum() < len(jumps)


def test_rows_do_not_influence_each_other() -> None:
    bars = [one_bar(100 * n, 130 * n, 90 * n, 110 * n, 37 * n) for n in range(1, 9)]
    together = Bars(*(np.concatenate(column) for column in zip(*map(columns, bars), strict=True)))
    plan = plan_for(5, 8, 60, auctions=True, sparse=0.4)
    whole = refine(together, plan)
    for row in (0, 3, 7):
        alone = Plan(
            weights=plan.weights[[row]],
            variances=plan.variances[[row]],
            noise=plan.noise[[row]],
            hot=plan.hot[[row]],
            before=plan.before[[row]],
            table=plan.table[[row]],
            auctions=True,
        )
        part = refine(bars[row], alone)
        for ours, theirs in zip(columns(part), columns(whole), strict=True):
            assert (ours[0] == theirs[row]).all()


def columns(bars: Bars) -> tuple[Ints, ...]:
    return (bars.open, bars.high, bars.low, bars.close, bars.volume, bars.turnover)


@given(
    total=st.integers(0, 10**12), weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=9)
)
def test_shares_sum_to_the_total_unless_nobody_has_weight(total: int, weights: list[int]) -> None:
    shares = share_out(np.array([total]), np.array([weights], dtype=np.float64))
    assert shares.sum() == (total if sum(weights) else 0)
    assert (shares >= 0).all()
    assert all(share == 0 for share, weight in zip(shares[0], weights, strict=True) if weight == 0)

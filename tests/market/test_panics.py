"""What happens to a board shows in its index, its members, its funds and every view of them."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.core.clock import clock_ms, moment
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.intraday.path import fields
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.panics import Panics
from tests.market.markets import RUN_DAY, at
from tests.market.test_market import check_prices_are_legal, check_views_agree

SHARES = ("005930", "000660", "005380", "035420", "068270", "055550")
KOSDAQ, FUND, INVERSE = ("247540", "086520", "196170"), "069500", "114800"
CODES = (*SHARES, *KOSDAQ, FUND, INVERSE)
NEXT = RUN_DAY + 1


def market() -> Market:
    return Market(MarketConfig(symbols=CODES), seed=7, start_day=RUN_DAY, start_ms=at(9, 30))


def fallen(made: Market, time: int, code: str = "001") -> float:
    """Return how far an index is from its base, in percent."""
    quote = made.indices.quote(code, time)
    return quote.last / quote.base * 100 - 100


def blocks_agree(made: Market, day: int, slots: list[int]) -> None:
    """Compare rows of blocks with the symbols' own days."""
    blocks = made._snapshots._blocks
    for slot in slots:
        seconds = blocks.second_bars(day, slot)
        whole = blocks.slot_bars(day)
        for row, code in enumerate(made.universe.codes):
            own = made._days.symbol_day(code, day)
            for ours, theirs in zip(fields(whole), fields(own.slots), strict=True):
                assert (ours[row] == theirs).all(), code
            trades = own.trades(slot)
            assert seconds.volume[row].sum() == trades.quantity.sum(), code
            assert seconds.turnover[row].sum() == own.slots.turnover[slot], code
            if len(trades):
                assert seconds.close[row, -1] == trades.price[-1], code
                assert seconds.high[row][seconds.volume[row] > 0].max() == trades.price.max(), code


def test_an_index_moves_as_far_as_it_was_told() -> None:
    bare, made = market(), market()
    made.panics.index_shock("KOSPI", at(10, 0, 10), -500, 120_000)
    for time in (at(10, 0, 10), at(10, 0, 59)):
        assert made.indices.quote("001", time) == bare.indices.quote("001", time)
    moved = fallen(made, at(10, 3)) - fallen(bare, at(10, 3))
    assert moved == pytest.approx(-5, abs=0.15)
    half = fallen(made, at(10, 2)) - fallen(bare, at(10, 2))
    assert half == pytest.approx(-2.5, abs=0.3)
    assert made.indices.quote("101", at(11)) == bare.indices.quote("101", at(11))
    fund, inverse = (
        made.quote(code, at(10, 10)).last / bare.quote(code, at(10, 10)).last - 1
        for code in (FUND, INVERSE)
    )
    assert fund == pytest.approx(-0.05, abs=0.01)
    assert inverse == pytest.approx(0.05, abs=0.01)


def test_members_move_by_their_betas() -> None:
    bare, made = market(), market()
    made.panics.index_shock("KOSPI", at(10), -500, 60_000)
    moves = [
        made.quote(code, at(10, 30)).last / bare.quote(code, at(10, 30)).last for code in SHARES
    ]
    betas = [made.universe.by_code[code].beta for code in SHARES]
    assert np.corrcoef(betas, moves)[0, 1] < -0.99


def test_a_shock_can_come_back_or_stay_over_night() -> None:
    bare, made, staying = market(), market(), market()
    made.panics.index_shock("KOSPI", at(10), -500, 60_000, 600_000)
    staying.panics.index_shock("KOSPI", at(10), -500, 60_000)
    assert fallen(made, at(10, 30)) == pytest.approx(fallen(bare, at(10, 30)), abs=0.1)
    closed = staying.indices.quote("001", at(16)).last
    tomorrow = staying.indices.quote("001", at(10, on=NEXT))
    assert tomorrow.base == closed
    theirs = bare.indices.quote("001", at(10, on=NEXT))
    assert tomorrow.last / tomorrow.base == pytest.approx(theirs.last / theirs.base, abs=0.003)
    days = staying.days("005930", at(16, on=NEXT), NEXT, 2)
    assert days.base[1] == days.close[0]


def test_a_circuit_breaker_halts_opens_by_auction_and_goes_on() -> None:
    made = market()
    made.panics.circuit_breaker("KOSPI", at(10, 0, 20), 1)
    assert fallen(made, at(10, 2)) < -8
    assert fallen(made, at(10, 3)) < -8
    kosdaq = len(made.trades(KOSDAQ[0], at(10, 3), at(10, 33)))
    assert kosdaq > 0
    for code in SHARES:
        assert len(made.trades(code, at(10, 3), at(10, 33))) == 0
        assert made.quote(code, at(10, 3)).halted
        assert made.quote(code, at(10, 22, 59)).halted
        waiting = made.quote(code, at(10, 30))
        assert not waiting.halted
        assert waiting.expected_quantity > 0
        [(begin, end)] = made._days.symbol_day(code, RUN_DAY).frame.interruptions
        assert begin == at(10, 23)
        assert at(10, 33) < end < at(10, 33, 30)
        auction, *_ = made.trades(code, at(10, 33), at(10, 34)).side.tolist()
        assert auction == 0
        assert made.trades(code, at(10, 33), end).quantity.sum() > 0
        assert made.book_changes(code, at(10, 3), at(10, 23) - 1) == []
    still = made.indices.ticks("001", at(10, 3), at(10, 33))
    assert {tick.quantity for tick in still} == {0}
    assert len({tick.last for tick in still}) == 1
    assert len({tick.last for tick in made.indices.ticks("001", at(10, 34), at(10, 35))}) > 3
    assert made.snapshot(at(10, 20)).volume.tolist() == [
        made.quote(code, at(10, 20)).volume for code in made.universe.codes
    ]


def test_stage_three_ends_the_day() -> None:
    made = market()
    made.panics.circuit_breaker("KOSPI", at(13), 3)
    assert fallen(made, at(13, 3)) < -19
    assert len(made.trades("005930", at(13, 2), at(20))) == 0
    quote = made.quote("005930", at(15, 25))
    assert quote.halted
    assert quote.expected_price == 0
    tomorrow = made.quote("005930", at(9, 30, on=NEXT))
    assert tomorrow.base == quote.last
    assert not tomorrow.halted
    assert tomorrow.volume > 0


def test_blocks_show_what_the_symbols_show() -> None:
    made = market()
    made.incidents.limit_lock("035420", at(9, 45), up=True, for_ms=1_200_000)
    made.panics.index_shock("KOSDAQ", at(9, 50), 300, 180_000, 300_000)
    made.panics.circuit_breaker("KOSPI", at(10), 1)
    made.incidents.interrupt("000660", at(10, 1, 30), "dynamic", up=False)
    blocks_agree(made, RUN_DAY, [0, 50, 52, 60, 61, 62, 70, 92, 93, 94, 380])
    blocks_agree(made, NEXT, [0, 10, 380])
    levels = made.indices._slots.levels(RUN_DAY, 92)
    assert (levels == made.indices._slots.ticks(RUN_DAY, 92).level).all()


def test_a_closed_board_lets_no_interruption_print() -> None:
    made = market()
    made.panics.circuit_breaker("KOSPI", at(10), 1)
    made.incidents.interrupt("000660", at(10, 1, 30), "dynamic", up=False)
    jump = made.trades("000660", at(10, 1, 30), at(10, 32))
    assert len(jump) == 1
    assert made.quote("000660", at(10, 30)).expected_quantity > 0
    assert len(made.trades("000660", at(10, 32), at(10, 32, 31))) >= 1


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda act: act.circuit_breaker("KOSPI", at(14, 48, 1), 1), "is later than"),
        (lambda act: act.circuit_breaker("KOSPI", at(8), 1), "no continuous trading"),
        (lambda act: act.index_shock("KOSPI", at(15, 19, 30), 100, 1), "no continuous trading"),
        (lambda act: act.index_shock("KOSPI", at(10, on=RUN_DAY + 4), 1, 1), "not on a session"),
        (lambda act: act.sidecar("KOSPI", at(9, 4)), "a sidecar at .* is outside"),
        (lambda act: act.sidecar("KOSPI", at(14, 51)), "a sidecar at .* is outside"),
    ],
)
def test_what_cannot_happen_is_refused(act: Callable[[Panics], None], words: str) -> None:
    made = market()
    with pytest.raises(ValueError, match=words):
        act(made.panics)
    assert made.overlay.codes() == []


def test_each_stage_and_sidecar_comes_once_a_day() -> None:
    made = market()
    made.panics.sidecar("KOSPI", at(9, 40))
    with pytest.raises(ValueError, match="sidecar of KOSPI was already triggered"):
        made.panics.sidecar("KOSPI", at(9, 50))
    made.panics.circuit_breaker("KOSPI", at(10), 1)
    with pytest.raises(ValueError, match="stage 1 of KOSPI was already triggered"):
        made.panics.circuit_breaker("KOSPI", at(11), 1)
    made.panics.circuit_breaker("KOSPI", at(11), 2)
    assert fallen(made, at(11, 3)) < -15
    lonely = Market(MarketConfig(symbols=("247540",)), seed=1, start_day=RUN_DAY)
    with pytest.raises(ValueError, match="no member of KOSPI"):
        lonely.panics.index_shock("KOSPI", at(10), 100, 1)


def happen(made: Market, time: int, data: st.DataObject) -> None:
    """Let something happen if it can."""
    kind = data.draw(st.sampled_from(["shock", "breaker", "vi", "lock", "halt", "pin"]))
    up = data.draw(st.booleans())
    try:
        if kind == "shock":
            change = data.draw(st.integers(-2_900, 2_900))
            back = data.draw(st.sampled_from([0, 600_000, 9_000_000]))
            made.panics.index_shock("KOSPI", time, change, data.draw(st.integers(0, 900_000)), back)
        elif kind == "breaker":
            made.panics.circuit_breaker("KOSPI", time, data.draw(st.integers(1, 3)))
        elif kind == "vi":
            made.incidents.interrupt("005930", time, "dynamic", up=up)
        elif kind == "lock":
            made.incidents.limit_lock("005930", time, up=up, for_ms=600_000)
        elif kind == "halt":
            halted = made.overlay.halted_at("005930", time)
            (made.overlay.resume if halted else made.overlay.halt)("005930", time)
        else:
            made.overlay.pin("005930", time, made.quote("005930", time).last, 300_000)
    except ValueError:
        return


@settings(max_examples=10)
@given(data=st.data())
def test_views_agree_whatever_happens(data: st.DataObject) -> None:
    made, time = market(), at(9, 5)
    for _ in range(data.draw(st.integers(1, 5), label="events")):
        time += data.draw(st.integers(1, 3_600_000), label="after")
        before = {code: (made.quote(code, time), made.book(code, time)) for code in SHARES[:2]}
        happen(made, time, data)
        for code, seen in before.items():
            assert (made.quote(code, time), made.book(code, time)) == seen
    day = RUN_DAY + data.draw(st.integers(0, 1), label="day")
    for _ in range(3):
        now = moment(day, data.draw(st.integers(clock_ms(8, 50), clock_ms(16)), label="now"))
        for code in ("005930", "000660"):
            check_views_agree(made, code, now)
            check_prices_are_legal(made, code, now)
    blocks_agree(made, day, [data.draw(st.integers(0, 380), label="slot")])
    check_index(made, day)


def check_index(made: Market, day: int) -> None:
    """Compare the index at the close with its members' closes."""
    now = moment(day, clock_ms(16))
    shares = dict(zip(made.universe.codes, made.universe.shares.tolist(), strict=True))
    members = made.indices.members("001")
    whole = sum(made.quote(code, now).last * shares[code] for code in members)
    base = sum(made.quote(code, now).base * shares[code] for code in members)
    quote = made.indices.quote("001", now)
    if quote.volume:
        assert quote.last / quote.base == pytest.approx(whole / base, abs=2e-5)
    assert quote.volume == sum(made.quote(code, now).volume for code in members)

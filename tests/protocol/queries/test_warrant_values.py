from types import SimpleNamespace

from kiwoom_sim.core.clock import clock_ms, moment
from kiwoom_sim.protocol.queries.warrant_values import NOT_A_WARRANT, WarrantLine, warrant_line
from tests.protocol import worlds

TERMS = {
    "underlying": "201",
    "strike": "880",
    "conv_ratio": "100",
    "expiry": "20260910",
    "iv": "0.28",
}


def line(right: str, level: int, on: str = worlds.TODAY, last: int = 6_000) -> WarrantLine:
    """Return the line of a warrant on an index that stands at `level` hundredths."""
    market = SimpleNamespace(
        universe=SimpleNamespace(by_code={}),
        indices=SimpleNamespace(quote=lambda _code, _now: SimpleNamespace(last=level)),
    )
    views = SimpleNamespace(market=market, now_ms=moment(worlds.day(on), clock_ms(12)))
    instrument = SimpleNamespace(market="ELW", extra=TERMS | {"right": right})
    return warrant_line(instrument, last, views)  # type: ignore[arg-type]


def test_other_instruments_have_no_terms() -> None:
    stock = worlds.market().universe.by_code["005930"]
    assert warrant_line(stock, 70_000, worlds.views()) is NOT_A_WARRANT
    assert NOT_A_WARRANT.delta is None


def test_a_call_gains_and_a_put_loses_with_the_underlying() -> None:
    call, put = line("C", 86_250), line("P", 86_250)
    assert call.delta is not None
    assert put.delta is not None
    assert 0 < call.delta < 1_000_000
    assert abs(call.delta - put.delta - 1_000_000) <= 1
    assert line("C", 90_000).theory_price > (call.theory_price or 0)  # type: ignore[operator]


def test_terms_and_ratios() -> None:
    call = line("C", 88_000)
    assert (call.strike, call.parity, call.conversion_ratio) == (880, 10_000, 10_000)
    assert call.expiry_day == worlds.day("20260910")
    assert call.gearing == round(10_000 * 880 * 100 / 6_000)
    assert call.break_even_rate == round(10_000 * 60 / 880)


def test_an_expired_warrant_still_has_a_line() -> None:
    assert line("C", 88_000, on="20261001").vega is not None

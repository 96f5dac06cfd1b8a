"""A snapshot is the quotes of all symbols at a whole second."""

import pytest

from tests.market.markets import RUN_DAY, at, shared_market


@pytest.mark.parametrize(
    "now",
    [at(7), at(9), at(9, 0, 1), at(9, 1), at(13, 20, 59, 999), at(15, 25), at(15, 30, 20), at(19)],
)
def test_every_column_is_that_of_the_quotes(now: int) -> None:
    market = shared_market()
    shown = market.snapshot(now)
    assert shown.time_ms == now // 1_000 * 1_000
    assert shown.day == RUN_DAY
    for row, code in enumerate(market.universe.codes):
        quote = market.quote(code, shown.time_ms)
        for name in (
            "last",
            "base",
            "open",
            "high",
            "low",
            "volume",
            "turnover",
            "previous_volume",
        ):
            assert getattr(shown, name)[row] == getattr(quote, name), (code, name)
        assert (shown.upper[row], shown.lower[row]) == (quote.upper_limit, quote.lower_limit)


def test_named_symbols_come_in_the_order_asked() -> None:
    market = shared_market()
    names = ["247540", "005930"]
    shown = market.snapshot(at(11), names)
    assert [market.universe.codes[row] for row in shown.position] == names
    assert shown.last.tolist() == [market.quote(name, at(11)).last for name in names]

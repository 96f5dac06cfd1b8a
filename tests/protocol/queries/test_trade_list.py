import itertools

import pytest

from kiwoom_sim.market.records import Venue
from kiwoom_sim.protocol.queries.trade_list import trade_columns
from tests.protocol import worlds


def rows(**body: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = worlds.body_of("ka10003", **body)["cntr_infr"]
    return found


def test_the_newest_trade_is_the_quote() -> None:
    newest = rows(stk_cd="005930")[0]
    quote = worlds.body_of("ka10007", stk_cd="005930")
    assert newest["cur_prc"] == quote["cur_prc"]
    assert newest["acc_trde_qty"] == quote["trde_qty"]
    assert newest["tm"] == quote["tm"]


def test_trades_come_newest_first_and_volumes_add_up() -> None:
    found = rows(stk_cd="005930")
    assert len(found) == 50
    for newer, older in itertools.pairwise(found):
        assert newer["tm"] >= older["tm"]
        quantity = abs(int(newer["cntr_trde_qty"]))
        assert int(newer["acc_trde_qty"]) - int(older["acc_trde_qty"]) == quantity


@pytest.mark.parametrize(("suffix", "name"), [("", "KRX"), ("_NX", "NXT"), ("_AL", "통합")])
def test_the_exchange_is_that_of_the_suffix(suffix: str, name: str) -> None:
    found = rows(stk_cd="005930" + suffix)
    assert {row["stex_tp"] for row in found} == {name}


def test_an_unlisted_code_has_no_trades() -> None:
    assert rows(stk_cd="999999") == []


def test_signed_quantities_say_who_began() -> None:
    market = worlds.market()
    at = worlds.views().now_ms
    trades = market.last_trades("005930", at, 200)
    columns = trade_columns(trades, 100, (1, 10**9), Venue.KRX)
    for quantity, side in zip(columns.signed_quantity, trades.side[::-1].tolist(), strict=True):
        assert quantity < 0 if side < 0 else quantity > 0

"""Prove that unmodified public clients can trade: orders, confirmations, balances, the ledger."""

from collections.abc import Callable

import pytest

from tests.wire import trading
from tests.wire.trading import Day

pytestmark = [
    pytest.mark.kiwoom_scenario("normal_market"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(
    params=[trading.with_kiwoom_client, trading.with_kiwoom_rest, trading.with_kiwoom_playground],
    ids=["kiwoom-client", "kiwoomRest", "kiwoom-playground"],
)
def day(request: pytest.FixtureRequest, kiwoom_sim) -> Day:
    through: Callable[[str, str], Day] = request.param
    return through(kiwoom_sim.rest_url, f"{kiwoom_sim.ws_url}/api/dostk/websocket")


def test_a_client_trades_unmodified(day: Day) -> None:
    assert day.bought["return_code"] == 0
    assert [row["cntr_qty"] for row in day.filled] == ["10"]
    assert [(row["ord_no"], row["oso_qty"]) for row in day.open] == [("0000002", "5")]
    assert (day.amended["ord_no"], day.amended["base_orig_ord_no"]) == ("0000003", "0000002")
    assert day.cancelled["ord_no"] == "0000004"
    assert "571758" in day.nothing_open["return_msg"]
    assert day.sold["return_code"] == 0
    assert [row["ord_no"][-1] for row in day.orders] == ["1", "2", "3", "4", "5"]
    assert_told(day)
    assert_ledger(day)


def assert_told(day: Day) -> None:
    """Compare what was pushed with what happened, in order."""
    orders = [row["values"] for row in day.pushed if row["type"] == "00"]
    assert [(row["9203"][-1], row["913"]) for row in orders] == [
        ("1", "접수"), ("1", "체결"), ("2", "접수"), ("2", "확인"), ("3", "접수"), ("3", "취소"),
        ("4", "취소"), ("5", "접수"), ("5", "체결"),
    ]  # fmt: skip
    balances = [row["values"] for row in day.pushed if row["type"] == "04"]
    assert [row["930"] for row in balances] == ["10", "6"]


def assert_ledger(day: Day) -> None:
    """Compare money and shares with the fills, to the won."""
    bought, sold = day.orders[0], day.orders[4]
    paid = int(bought["cntr_uv"]) * 10
    got = int(sold["cntr_uv"]) * 4
    fee = [each * 15 // 100_000 // 10 * 10 for each in (paid, got)]
    tax = got * 20 // 10_000
    held = day.holdings["acnt_evlt_remn_indv_tot"]
    assert [(row["stk_cd"], int(row["rmnd_qty"]), int(row["pur_pric"])) for row in held] == [
        ("A005930", 6, int(bought["cntr_uv"]))
    ]
    left = 100_000_000 - paid - fee[0] + got - fee[1] - tax
    assert int(day.money["ord_alow_amt"]) == int(day.money["d2_entra"]) == left

"""Check that bodies become orders, and that refusals use each environment's own words."""

import json
from typing import Any

import pytest

from kiwoom_sim.engine.desk import Desk
from kiwoom_sim.exchange.checks import Declined, Reason
from kiwoom_sim.exchange.order_types import ORDER_TYPES, Destination, Side
from kiwoom_sim.exchange.orders import PlaceOrder
from kiwoom_sim.protocol import orders
from kiwoom_sim.protocol.calls import Call
from kiwoom_sim.protocol.orders import COMMANDS, Taken, give, number_text
from kiwoom_sim.protocol.refusals import Refused, render
from tests.protocol import worlds
from tests.protocol.traded import OWNER, opened

NOW = worlds.views(10, 0).now_ms
BODY = {"dmst_stex_tp": "KRX", "stk_cd": "005930", "ord_qty": "7", "ord_uv": "", "trde_tp": "3"}


def asked(command: str, desk: Desk | None = None, environment: Any = "real", **body: str) -> Any:
    call = Call(body=BODY | body)
    desk = desk or opened(worlds.market(), NOW)
    return give(command, call, OWNER, desk, NOW, environment)


def text_of(refused: Refused) -> str:
    return str(json.loads(render(refused).body)["return_msg"])


def test_a_market_order_is_taken_and_answered() -> None:
    desk = opened(worlds.market(), NOW)
    taken = asked("buy", desk)
    assert isinstance(taken, Taken)
    assert taken.reply.number == "0000001"
    assert taken.reply.destination == "KRX"
    assert taken.text == "KRX 매수주문이 완료되었습니다."
    assert desk.accounts[OWNER].positions()[0].quantity == 7
    assert asked("sell", desk).text == "KRX 매도주문이 완료되었습니다."


def test_the_demo_environment_has_its_own_words() -> None:
    assert asked("buy", environment="demo").text == "모의투자 매수주문완료"
    assert asked("buy", environment="demo", dmst_stex_tp="SOR") == Refused("RC9000")


class Notebook:
    """Stand for a desk that declines everything, and remember what was asked."""

    def __init__(self, reason: Reason = Reason.HALTED, possible: int = 0) -> None:
        self.asked: Any = None
        self._outcome = Declined(reason=reason, possible=possible)

    def place(self, asked: object, _now: int) -> Declined:
        self.asked = asked
        return self._outcome

    amend = cancel = place


@pytest.mark.parametrize(
    ("command", "body", "wanted"),
    [
        ("buy", {"ord_uv": "200500", "trde_tp": "0"}, {"side": Side.BUY, "price_won": 200_500}),
        ("sell", {"ord_uv": "0"}, {"side": Side.SELL, "price_won": None}),
        ("buy", {"trde_tp": "28", "cond_uv": "1000"}, {"trigger_won": 1_000}),
        ("buy", {"cond_uv": "1000"}, {"trigger_won": None}),
        ("buy", {"dmst_stex_tp": "NXT"}, {"destination": Destination.NXT}),
        ("amend", {"orig_ord_no": "0000012", "mdfy_qty": "3", "mdfy_uv": "900"},
         {"original": 12, "quantity": 3, "price_won": 900, "trigger_won": None}),
        ("cancel", {"orig_ord_no": "12", "cncl_qty": "0"}, {"original": 12, "quantity": 0}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_bodies_become_commands(command: str, body: dict[str, str], wanted: dict[str, Any]) -> None:
    desk: Any = Notebook()
    asked(command, desk, **body)
    assert {name: getattr(desk.asked, name) for name in wanted} == wanted
    assert desk.asked.owner == OWNER
    assert desk.asked.symbol == "005930"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"trde_tp": "00"}, "407022"),
        ({"trde_tp": "2"}, "407022"),
        ({"ord_qty": "1.5"}, "1517"),
        ({"ord_qty": "-1"}, "1517"),
        ({"ord_qty": "９"}, "1517"),
        ({"ord_qty": "9" * 11}, "1517"),
        ({"ord_uv": "1,000"}, "1517"),
        ({"dmst_stex_tp": "krx"}, "1517"),
        ({"stk_cd": "999999"}, "1902"),
        ({"ord_qty": "0"}, "570004"),
        ({"ord_uv": "200500"}, "571557"),
        ({"trde_tp": "0"}, "571557"),
        ({"trde_tp": "81", "ord_uv": "200500"}, "571357"),
    ],
    ids=str,
)
def test_a_body_that_cannot_be_an_order_is_refused(body: dict[str, str], code: str) -> None:
    desk = opened(worlds.market(), NOW)
    before = desk.statement(OWNER)
    refused = asked("buy", desk, **body)
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert text_of(refused)
    assert desk.statement(OWNER) == before
    assert desk.take_notices() == []


@pytest.mark.parametrize("reason", list(Reason), ids=lambda reason: reason.name)
@pytest.mark.parametrize("environment", ["real", "demo"])
def test_every_reason_has_words_in_both_environments(reason: Reason, environment: str) -> None:
    desk: Any = Notebook(reason, 6)
    text = text_of(asked("buy", desk, environment))
    assert "{" not in text
    named = environment == "real" and reason in {Reason.NOT_ENOUGH_CASH, Reason.NOT_ENOUGH_SHARES}
    assert ("6주" in text) == named


def test_reasons_and_codes_are_all_used() -> None:
    assert set(orders._CODES) == set(Reason)
    assert set(COMMANDS) == {"buy", "sell", "amend", "cancel"}


def test_order_numbers_have_seven_digits() -> None:
    assert (number_text(157_630), number_text(0)) == ("0157630", "0000000")


def test_types_that_need_no_trigger_ignore_one() -> None:
    desk: Any = Notebook()
    asked("buy", desk, cond_uv="100")
    assert isinstance(desk.asked, PlaceOrder)
    assert desk.asked.type is ORDER_TYPES["3"]

"""Check that accounts are opened as configured, once, and that orders reach the desk."""

import json

from kiwoom_sim.core.clock import day_of
from kiwoom_sim.engine.desk import Desk
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.brokerage import Brokerage, concerns_accounts
from kiwoom_sim.protocol.calls import Call
from kiwoom_sim.protocol.config import AccountConfig, PositionConfig, WireConfig
from kiwoom_sim.protocol.refusals import Refused
from tests.protocol import worlds
from tests.protocol.test_orders import BODY, NOW

RICH = AccountConfig(
    appkey="a", secretkey="b", name="김부자", cash=5,
    positions=(PositionConfig(symbol="005930", quantity=3, average=70_000),),
)  # fmt: skip


def brokerage(*configs: AccountConfig) -> Brokerage:
    desk = Desk(worlds.market(), environment="real", seed=3, first_day=day_of(NOW))
    return Brokerage(
        desk,
        configs,
        store=worlds.market().store,
        market_at=lambda wire_ms: NOW + wire_ms,
        name_of=lambda owner: f"손님{owner}",
    )


def test_a_configured_account_is_opened_as_it_says() -> None:
    statement = brokerage(RICH).statement(1, 0)
    assert (statement.name, statement.settled_won) == ("김부자", 5)
    held = statement.positions[0]
    assert (held.symbol, held.quantity, held.free, held.average_won) == ("005930", 3, 3, 70_000)


def test_an_unknown_key_gets_the_usual_account_once() -> None:
    office = brokerage(RICH)
    first = office.statement(2, 0)
    assert (first.name, first.settled_won, first.positions) == ("손님2", 100_000_000, ())
    assert office.statement(2, 9) == first
    assert first.number != office.statement(1, 0).number


def test_orders_are_answered_in_the_catalogue_s_shape() -> None:
    office, spec = brokerage(), loader.spec("kt10000")
    assert spec is not None
    body = office.order(spec, Call(body=BODY), 1, 0, WireConfig())
    assert isinstance(body, bytes)
    assert json.loads(body) == {
        "ord_no": "0000001", "dmst_stex_tp": "KRX", "return_code": 0,
        "return_msg": "KRX 매수주문이 완료되었습니다.",
    }  # fmt: skip
    refused = office.order(spec, Call(body=BODY | {"ord_qty": "99999"}), 1, 0, WireConfig())
    assert isinstance(refused, Refused)
    assert refused.code == "855056"


def test_only_calls_about_accounts_wait_for_what_came_before() -> None:
    assert concerns_accounts("/api/dostk/ordr")
    assert concerns_accounts("/api/dostk/crdordr")
    assert concerns_accounts("/api/dostk/acnt")
    assert not concerns_accounts("/api/dostk/chart")

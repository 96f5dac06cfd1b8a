"""Check what account pushes say of each change of an order."""

import json
from typing import Any

from kiwoom_sim.exchange.order_types import Side
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.confirmations import balance_push, order_push
from kiwoom_sim.protocol.projection import render_values
from tests.protocol import worlds
from tests.protocol.samples import quote
from tests.protocol.traded import OWNER, amend, cancel, opened, place

NOW = worlds.views(10, 0).now_ms


def told(script: Any) -> list[dict[str, str]]:
    """Return the values of the 00 pushes that a script of orders brings."""
    desk = opened(worlds.market(), NOW)
    script(desk)
    spec = loader.realtime("00")
    assert spec is not None
    statement = desk.statement(OWNER)
    return [
        json.loads(render_values(spec, "as-real", order_push(each, statement, "삼성전자", quote())))
        for each in desk.take_notices()
    ]


def test_a_purchase_is_accepted_then_filled() -> None:
    accepted, filled = told(lambda desk: place(desk, NOW, "005930", 10))
    assert [accepted[fid] for fid in ("913", "905", "906", "907", "900", "902")] == [
        "접수", "+매수", "시장가", "2", "10", "10",
    ]  # fmt: skip
    assert [accepted[fid] for fid in ("909", "910", "911", "914", "915")] == [""] * 5
    assert (filled["913"], filled["902"], filled["911"], filled["915"]) == ("체결", "0", "10", "10")
    assert filled["9203"] == accepted["9203"] == "0000001"
    assert int(filled["910"]) * 10 == int(filled["903"]) > 0
    assert len(filled["910"]) == 12
    assert int(filled["938"]) > 0
    assert filled["939"] == "0"


def test_a_sale_pays_tax_and_has_its_own_colour() -> None:
    def script(desk: Any) -> None:
        place(desk, NOW, "005930", 10)
        place(desk, NOW, "005930", 4, side=Side.SELL)

    sold = told(script)[-1]
    assert (sold["905"], sold["907"], sold["913"]) == ("-매도", "1", "체결")
    assert int(sold["939"]) > 0


def test_amendments_and_cancels_name_their_original() -> None:
    bid = worlds.market().book("005930", NOW).bids[5].price

    def script(desk: Any) -> None:
        number = place(desk, NOW, "005930", 10, bid)
        amended = amend(desk, NOW, number, 10, bid - 500)
        cancel(desk, NOW, amended)

    states = [(each["9203"], each["904"], each["913"], each["905"]) for each in told(script)]
    assert states == [
        ("0000001", "0000000", "접수", "+매수"),
        ("0000001", "0000000", "확인", "+매수"),
        ("0000002", "0000001", "접수", "+매수정정"),
        ("0000002", "0000001", "취소", "+매수정정"),
        ("0000003", "0000002", "취소", "+매수취소"),
    ]


def test_a_balance_shows_what_is_held_after_the_fill() -> None:
    desk = opened(worlds.market(), NOW)
    place(desk, NOW, "005930", 10)
    place(desk, NOW, "005930", 4, side=Side.SELL)
    spec = loader.realtime("04")
    assert spec is not None
    statement = desk.statement(OWNER)
    values = [
        json.loads(
            render_values(
                spec, "as-real", balance_push(each, each.position, statement, "삼성전자", quote())
            )
        )
        for each in desk.take_notices()
        if each.position is not None
    ]
    assert [(each["930"], each["933"], each["946"]) for each in values] == [
        ("10", "10", "2"), ("6", "6", "1"),
    ]  # fmt: skip
    assert int(values[0]["931"]) * 10 == int(values[0]["932"])

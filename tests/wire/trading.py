"""Hold one trading day with the simulator through each third-party client.

Only the base URL of each client is changed; the calls are those that its README shows.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import kiwoom_client
import kiwoom_rest
import kiwoomRest
from kiwoomRest import rest_api
from msgspec import Struct

from tests.wire.conversations import WAIT_S, Inbox

Ask = Callable[[str, dict[str, str]], Awaitable[dict[str, Any]]]
"""Call an API by its id; return the body of the answer."""

BUY = {"dmst_stex_tp": "KRX", "stk_cd": "005930", "ord_uv": "", "trde_tp": "3", "cond_uv": ""}
REGISTRATION = {
    "trnm": "REG", "grp_no": "1", "refresh": "1", "data": [{"item": [""], "type": ["00", "04"]}],
}  # fmt: skip
ALL = {"all_stk_tp": "0", "trde_tp": "0", "stex_tp": "0", "stk_cd": ""}
EVERY = {
    "qry_tp": "1", "stk_bond_tp": "0", "sell_tp": "0", "dmst_stex_tp": "%", "ord_dt": "",
    "stk_cd": "", "fr_ord_no": "",
}  # fmt: skip


class Day(Struct, kw_only=True):
    """What one client saw of its trading day."""

    bought: dict[str, Any]
    filled: list[dict[str, Any]]
    open: list[dict[str, Any]]
    amended: dict[str, Any]
    cancelled: dict[str, Any]
    nothing_open: dict[str, Any]
    sold: dict[str, Any]
    orders: list[dict[str, Any]]
    holdings: dict[str, Any]
    money: dict[str, Any]
    pushed: list[dict[str, Any]]


async def trade(ask: Ask, inbox: Inbox) -> Day:
    """Buy, look, order too low, amend, cancel, sell, look again."""
    bought = await ask("kt10000", {**BUY, "ord_qty": "10"})
    filled = await ask(
        "ka10076", {"qry_tp": "0", "sell_tp": "0", "stex_tp": "0", "stk_cd": "", "ord_no": ""}
    )
    book = await ask("ka10004", {"stk_cd": "005930"})
    low = str(abs(int(book["buy_6th_pre_bid"])))
    lower = str(abs(int(book["buy_7th_pre_bid"])))
    waiting = await ask("kt10000", {**BUY, "ord_qty": "5", "ord_uv": low, "trde_tp": "0"})
    waits = await ask("ka10075", ALL)
    of = {"dmst_stex_tp": "KRX", "stk_cd": "005930"}
    amended = await ask(
        "kt10002",
        {**of, "orig_ord_no": waiting["ord_no"], "mdfy_qty": "5", "mdfy_uv": lower,
         "mdfy_cond_uv": ""},
    )  # fmt: skip
    cancelled = await ask("kt10003", {**of, "orig_ord_no": amended["ord_no"], "cncl_qty": "0"})
    nothing = await ask("ka10075", ALL)
    sold = await ask("kt10001", {**BUY, "ord_qty": "4"})
    orders = await ask("kt00007", EVERY)
    holdings = await ask("kt00018", {"qry_tp": "1", "dmst_stex_tp": "KRX"})
    money = await ask("kt00001", {"qry_tp": "2"})
    await inbox.until_real(PUSHES)
    return Day(
        bought=bought, filled=filled["cntr"], open=waits["oso"], amended=amended,
        cancelled=cancelled, nothing_open=nothing, sold=sold,
        orders=orders["acnt_ord_cntr_prps_dtl"], holdings=holdings, money=money,
        pushed=[row for message in inbox.real for row in message["data"]],
    )  # fmt: skip


PUSHES = 3 + 1 + 2 + 2 + 3
"""Bought: accepted, filled, balance; one waits; amended, cancelled: both orders; sold."""


def with_kiwoom_client(rest_url: str, ws_url: str) -> Day:
    """Trade through kiwoom-client 0.4 (httpx + websockets)."""
    with kiwoom_client.KiwoomAPI("test-key", "test-secret", base_url=rest_url) as api:
        token = api.login()["token"]
        methods = {
            "kt10000": api.order.buy_order, "kt10001": api.order.sell_order,
            "kt10002": api.order.modify_order, "kt10003": api.order.cancel_order,
        }  # fmt: skip

        def call(api_id: str, body: dict[str, str]) -> dict[str, Any]:
            if api_id in methods:
                return methods[api_id](**body)
            path = "/api/dostk/mrkcond" if api_id == "ka10004" else "/api/dostk/acnt"
            try:
                return api._base_client.request(path, api_id, body, "N", "")
            except kiwoom_client.KiwoomAPIError as refusal:
                return refusal.response or {}

        async def day() -> Day:
            inbox = Inbox()
            socket = kiwoom_client.KiwoomWebSocket(token, ws_url=ws_url, reconnect_delay=60)
            answer = socket._dispatch

            async def dispatch(data: dict[str, Any]) -> None:
                inbox.take(data)
                await answer(data)

            socket._dispatch = dispatch  # type: ignore[method-assign] # listens in
            async with socket, asyncio.TaskGroup() as group:
                listener = group.create_task(socket.listen())
                await socket.subscribe(["00", "04"], "")
                await inbox.until_ack("REG")
                found = await trade(lambda *asked: asyncio.to_thread(call, *asked), inbox)
                socket._running = False
                listener.cancel()
            return found

        return asyncio.run(day())


def with_kiwoom_rest(rest_url: str, ws_url: str) -> Day:
    """Trade through kiwoomRest 0.0.3 (aiohttp), pointed by its module constants."""
    real = (rest_api.BASE_URL_REAL, rest_api.WSS_URL_REAL)
    rest_api.BASE_URL_REAL, rest_api.WSS_URL_REAL = rest_url, ws_url

    async def day() -> Day:
        api, inbox = kiwoomRest.KwRestApi(), Inbox()
        api.on_realtime.connect(inbox.take)
        assert await api.login("test-key", "test-secret"), api.last_message

        async def ask(api_id: str, body: dict[str, str]) -> dict[str, Any]:
            answer = await api.request(api_id, body)
            found: dict[str, Any] = answer.body
            return found

        try:
            assert (await api.realtime(REGISTRATION)).return_code == 0
            return await trade(ask, inbox)
        finally:
            await api.close()

    try:
        return asyncio.run(day())
    finally:
        rest_api.BASE_URL_REAL, rest_api.WSS_URL_REAL = real


def with_kiwoom_playground(rest_url: str, ws_url: str) -> Day:
    """Trade through kiwoom-playground 0.3.6 (requests + websockets)."""
    api = kiwoom_rest.KiwoomClient("test-key", "test-secret", base_url=rest_url, ws_url=ws_url).core

    def call(api_id: str, body: dict[str, str]) -> dict[str, Any]:
        try:
            found: dict[str, Any] = api.call(api_id, **body)
        except kiwoom_rest.core.KiwoomException as refusal:
            return {"return_code": int(refusal.return_code), "return_msg": refusal.return_msg}
        return found

    async def day() -> Day:
        inbox = Inbox()
        await api.connect_ws(inbox.take)
        await api.send_ws(REGISTRATION)
        async with asyncio.timeout(WAIT_S):
            await inbox.until_ack("REG")
        found = await trade(lambda *asked: asyncio.to_thread(call, *asked), inbox)
        await api.disconnect_ws()
        return found

    return asyncio.run(day())

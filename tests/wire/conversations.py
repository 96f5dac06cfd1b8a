"""Hold the same conversation with the simulator through each third-party client.

Only the base URL of each client is changed; everything else is what its README shows.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import kiwoom_client
import kiwoom_rest
import kiwoomRest
from kiwoomRest import rest_api
from msgspec import Struct

DAY_CHART = {"stk_cd": "005930", "base_dt": "", "upd_stkpc_tp": "1"}
REAL_MESSAGES = 3
WAIT_S = 60
QUIET_S = 0.6
PATIENCE_S = 1.2


class Findings(Struct, kw_only=True):
    """What one client saw of the simulator."""

    quote: dict[str, Any]
    book: dict[str, Any]
    stocks: list[dict[str, Any]]
    first_page: list[dict[str, Any]]
    second_page: list[dict[str, Any]]
    real: list[dict[str, Any]]
    alive_after_pings: bool
    pings: int
    after_remove: list[dict[str, Any]]
    revoked: dict[str, Any]
    after_revoke: dict[str, Any]


class Inbox:
    """Collect REAL messages and count PINGs, whoever delivers them."""

    def __init__(self) -> None:
        self.real: list[dict[str, Any]] = []
        self.pings = 0
        self.acks: list[str] = []
        self._arrived = asyncio.Event()

    def take(self, message: dict[str, Any]) -> None:
        kind = message.get("trnm")
        if kind == "REAL":
            self.real.append(message)
        elif kind == "PING":
            self.pings += 1
        elif kind is not None:
            self.acks.append(kind)
        self._arrived.set()

    async def until_real(self, count: int) -> None:
        async with asyncio.timeout(WAIT_S):
            while len(self.real) < count:
                await self._next()

    async def until_ack(self, kind: str) -> None:
        async with asyncio.timeout(WAIT_S):
            while kind not in self.acks:
                await self._next()

    async def _next(self) -> None:
        self._arrived.clear()
        await self._arrived.wait()


async def remove_and_listen(
    inbox: Inbox, remove: Callable[[], Awaitable[Any]]
) -> list[dict[str, Any]]:
    """Unregister, then return what still comes although nothing should."""
    await remove()
    await inbox.until_ack("REMOVE")
    seen = len(inbox.real)
    await asyncio.sleep(QUIET_S)
    return inbox.real[seen:]


def registration(kind: str) -> dict[str, Any]:
    return {
        "trnm": kind,
        "grp_no": "1",
        "refresh": "1",
        "data": [{"item": ["005930"], "type": ["0B", "0D"]}],
    }


def with_kiwoom_client(rest_url: str, ws_url: str, base_dt: str) -> Findings:
    """Talk through kiwoom-client 0.4 (httpx + websockets)."""
    chart = {**DAY_CHART, "base_dt": base_dt}
    with kiwoom_client.KiwoomAPI("test-key", "test-secret", base_url=rest_url) as api:
        token = api.login()["token"]
        first = api.chart.stock_daily_chart(**chart)
        second = api.chart.stock_daily_chart("Y", first["next-key"], **chart)
        quote = api.stock_info.basic_stock_info(stk_cd="005930")
        book = api.market.stock_quote(stk_cd="005930")
        stocks = api.stock_info.stock_info_list(mrkt_tp="0")
        inbox, removed, alive = asyncio.run(_kiwoom_client_socket(token, ws_url))
        revoked = api.logout()
        api._base_client.token_provider = None
        api._base_client.access_token = token
        try:
            after = api.stock_info.stock_info_inquiry(stk_cd="005930")
        except kiwoom_client.KiwoomAPIError as refusal:
            after = refusal.response or {}
    rows = "stk_dt_pole_chart_qry"
    return Findings(
        quote=quote, book=book, stocks=stocks["list"], first_page=first[rows],
        second_page=second[rows], real=inbox.real, alive_after_pings=alive, pings=inbox.pings,
        after_remove=removed, revoked=revoked, after_revoke=after,
    )  # fmt: skip


async def _kiwoom_client_socket(
    token: str, ws_url: str
) -> tuple[Inbox, list[dict[str, Any]], bool]:
    inbox = Inbox()
    socket = kiwoom_client.KiwoomWebSocket(token, ws_url=ws_url, reconnect_delay=60)
    answer = socket._dispatch

    async def dispatch(data: dict[str, Any]) -> None:
        inbox.take(data)
        await answer(data)

    socket._dispatch = dispatch  # type: ignore[method-assign]
    async with socket, asyncio.TaskGroup() as group:
        listener = group.create_task(socket.listen())
        await socket.subscribe(["0B", "0D"], "005930")
        await inbox.until_real(REAL_MESSAGES)
        await asyncio.sleep(PATIENCE_S)
        removed = await remove_and_listen(inbox, lambda: socket.unsubscribe(["0B", "0D"], "005930"))
        assert socket._ws is not None
        alive = socket._ws.state.name == "OPEN"
        socket._running = False
        listener.cancel()
    return inbox, removed, alive


def with_kiwoom_rest(rest_url: str, ws_url: str, base_dt: str) -> Findings:
    """Talk through kiwoomRest 0.0.3 (aiohttp), pointed by its module constants."""
    real = (rest_api.BASE_URL_REAL, rest_api.WSS_URL_REAL)
    rest_api.BASE_URL_REAL, rest_api.WSS_URL_REAL = rest_url, ws_url
    try:
        return asyncio.run(_kiwoom_rest(base_dt))
    finally:
        rest_api.BASE_URL_REAL, rest_api.WSS_URL_REAL = real


async def _kiwoom_rest(base_dt: str) -> Findings:
    api = kiwoomRest.KwRestApi()
    inbox = Inbox()
    api.on_realtime.connect(inbox.take)
    assert await api.login("test-key", "test-secret"), api.last_message
    send = api._websocket.send_str

    async def count_pings(text: str, *args: Any, **options: Any) -> None:
        inbox.pings += '"PING"' in text
        await send(text, *args, **options)

    api._websocket.send_str = count_pings
    try:
        chart = {**DAY_CHART, "base_dt": base_dt}
        first = await api.request("ka10081", chart)
        second = await api.request("ka10081", chart, cont_yn="Y", next_key=first.next_key)
        quote = await api.request("ka10001", {"stk_cd": "005930"})
        book = await api.request("ka10004", {"stk_cd": "005930"})
        stocks = await api.request("ka10099", {"mrkt_tp": "0"})
        assert (await api.realtime(registration("REG"))).return_code == 0
        await inbox.until_real(REAL_MESSAGES)
        await asyncio.sleep(PATIENCE_S)

        async def remove() -> None:
            assert (await api.realtime(registration("REMOVE"))).return_code == 0
            inbox.acks.append("REMOVE")

        removed = await remove_and_listen(inbox, remove)
        alive = not api._websocket.closed
        keys = {"appkey": "test-key", "secretkey": "test-secret", "token": api.access_token}
        revoked = await api.request("au10002", keys, path="/oauth2/revoke")
        after = await api.request("ka10100", {"stk_cd": "005930"})
    finally:
        await api.close()
    rows = "stk_dt_pole_chart_qry"
    return Findings(
        quote=quote.body, book=book.body, stocks=stocks.body["list"], first_page=first.body[rows],
        second_page=second.body[rows], real=inbox.real, alive_after_pings=alive,
        pings=inbox.pings, after_remove=removed, revoked=revoked.body, after_revoke=after.body,
    )  # fmt: skip


def with_kiwoom_playground(rest_url: str, ws_url: str, base_dt: str) -> Findings:
    """Talk through kiwoom-playground 0.3.6 (requests + websockets)."""
    api = kiwoom_rest.KiwoomClient("test-key", "test-secret", base_url=rest_url, ws_url=ws_url).core
    chart = {**DAY_CHART, "base_dt": base_dt}
    path, header = "/api/dostk/chart", {"api-id": "ka10081"}
    first = api.post(path, headers=header, json_data=chart)
    more = {**header, "cont-yn": "Y", "next-key": first["headers"]["next-key"]}
    second = api.post(path, headers=more, json_data=chart)
    quote = api.call("ka10001", stk_cd="005930")
    book = api.call("ka10004", stk_cd="005930")
    stocks = api.call("ka10099", mrkt_tp="0")
    inbox, removed, alive = asyncio.run(_kiwoom_playground_socket(api))
    token = api._get_token()
    revoked = api.revoke_token()
    api._token = token
    api._token_expires_at = None
    api._get_token = lambda: token
    try:
        after = api.call("ka10100", stk_cd="005930")
    except kiwoom_rest.core.KiwoomException as refusal:
        after = {"return_code": int(refusal.return_code), "return_msg": refusal.return_msg}
    rows = "stk_dt_pole_chart_qry"
    return Findings(
        quote=quote, book=book, stocks=stocks["list"], first_page=first["body"][rows],
        second_page=second["body"][rows], real=inbox.real, alive_after_pings=alive,
        pings=inbox.pings, after_remove=removed, revoked=revoked, after_revoke=after,
    )  # fmt: skip


async def _kiwoom_playground_socket(
    api: kiwoom_rest.core.KiwoomCore,
) -> tuple[Inbox, list[dict[str, Any]], bool]:
    inbox = Inbox()
    await api.connect_ws(inbox.take)
    await api.send_ws(registration("REG"))
    await inbox.until_real(REAL_MESSAGES)
    await asyncio.sleep(PATIENCE_S)
    removed = await remove_and_listen(inbox, lambda: api.send_ws(registration("REMOVE")))
    alive = api._is_ws_connected
    await api.disconnect_ws()
    return inbox, removed, alive

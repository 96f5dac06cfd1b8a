"""Read quotes from the Kiwoom REST API and ticks from its WebSocket: the client under test."""

import json
import time
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx
from websockets.asyncio.client import connect

WAIT_S = 0.25
TRIES = 8


class Refused(Exception):  # noqa: N818 - the broker's word for it
    """Say that the broker refused a call."""


class Trade(NamedTuple):
    """Hold one trade: when (HHMMSS), at how many won, and the day's volume with it."""

    time: str
    price: int
    volume: int


class Broker:
    """Call the REST API; wait and try again when it says that calls come too fast.

    Args:
        url: Base URL of the REST API.
        appkey: App key.
        secretkey: Its secret.
        sleep: How to wait for some seconds.

    Attributes:
        retries: How often a call had to be repeated.
    """

    def __init__(
        self,
        url: str,
        appkey: str = "my-key",
        secretkey: str = "my-secret",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.retries = 0
        self.token = ""
        self._http = httpx.Client(base_url=url, timeout=30)
        self._keys = {"appkey": appkey, "secretkey": secretkey}
        self._sleep = sleep

    def __enter__(self) -> Self:
        self.login()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.close()

    def login(self) -> None:
        """Ask for an access token."""
        body = {"grant_type": "client_credentials", **self._keys}
        self.token = self._http.post("/oauth2/token", json=body).json()["token"]

    def call(self, api: str, path: str, **body: str) -> dict[str, Any]:
        """Make one call, waiting longer each time it is refused with 429.

        Raises:
            Refused: It was refused for another reason, or too often.
        """
        wait_s = WAIT_S
        for _ in range(TRIES):
            headers = {"api-id": api, "authorization": f"Bearer {self.token}"}
            reply = self._http.post(path, json=body, headers=headers)
            if reply.status_code != httpx.codes.TOO_MANY_REQUESTS:
                found: dict[str, Any] = reply.json()
                if found["return_code"] != 0:
                    raise Refused(found["return_msg"])
                return found
            self.retries += 1
            self._sleep(wait_s)
            wait_s *= 2
        raise Refused(f"{api} was refused {TRIES} times")

    def quote(self, code: str) -> dict[str, Any]:
        """Return the basic quote of a share (주식기본정보)."""
        return self.call("ka10001", "/api/dostk/stkinfo", stk_cd=code)

    def price(self, code: str) -> int:
        """Return the last price of a share, in won; the wire puts the direction in its sign."""
        return abs(int(self.quote(code)["cur_prc"]))


async def trades(url: str, token: str, code: str) -> AsyncIterator[Trade]:
    """Yield the trades (주식체결) of a share as they happen, until the connection ends."""
    async with connect(f"{url}/api/dostk/websocket") as socket:
        await socket.send(json.dumps({"trnm": "LOGIN", "token": token}))
        async for text in socket:
            frame = json.loads(text)
            match frame["trnm"]:
                case "LOGIN":
                    data = [{"item": [code], "type": ["0B"]}]
                    register = {"trnm": "REG", "grp_no": "1", "refresh": "1", "data": data}
                    await socket.send(json.dumps(register))
                case "PING":
                    await socket.send(text)
                case "REAL":
                    for row in frame["data"]:
                        values = row["values"]
                        yield Trade(values["20"], abs(int(values["10"])), int(values["13"]))
                case _:
                    pass

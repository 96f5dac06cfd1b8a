"""Be every kind of client, none of which is told where the broker is; write what each found.

```sh
kiwoom-sim run SCENARIO -- python hard_coded.py RESULTS.json
```
"""

import asyncio
import errno
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import kiwoom_client
import kiwoom_rest
import kiwoomRest

TOKEN_BODY = '{"grant_type":"client_credentials","appkey":"a","secretkey":"b"}'
WAIT_S = 20
NODE_SCRIPT = str(Path(__file__).with_name("hard_coded.cjs"))
NODE_PACKAGES = "/usr/share/nodejs"
"""Where Debian puts them."""


async def with_kiwoom_client() -> list[Any]:
    with kiwoom_client.KiwoomAPI("key", "secret") as api:
        token = api.login()["token"]
        code = api.stock_info.basic_stock_info(stk_cd="005930")["return_code"]
    heard = asyncio.Event()
    async with kiwoom_client.KiwoomWebSocket(token) as peer, asyncio.TaskGroup() as tasks:
        peer.on_realtime(lambda *_: heard.set()) if hasattr(peer, "on_realtime") else None
        answer = peer._dispatch

        async def dispatch(data: dict[str, Any]) -> None:
            if data.get("trnm") == "REAL":
                heard.set()
            await answer(data)

        peer._dispatch = dispatch  # type: ignore[method-assign]
        listening = tasks.create_task(peer.listen())
        await peer.subscribe(["0B", "0D"], "005930")
        await asyncio.wait_for(heard.wait(), WAIT_S)
        peer._running = False
        listening.cancel()
    return [code, "REAL"]


async def with_kiwoom_rest() -> list[Any]:
    api = kiwoomRest.KwRestApi()
    heard = asyncio.Event()
    api.on_realtime.connect(lambda message: heard.set() if message["trnm"] == "REAL" else None)
    assert await api.login("key", "secret"), api.last_message
    try:
        quote = await api.request("ka10001", {"stk_cd": "005930"})
        data = [{"item": ["005930"], "type": ["0B", "0D"]}]
        await api.realtime({"trnm": "REG", "grp_no": "1", "refresh": "1", "data": data})
        await asyncio.wait_for(heard.wait(), WAIT_S)
    finally:
        await api.close()
    return [quote.return_code, "REAL"]


async def with_kiwoom_playground() -> list[Any]:
    api = kiwoom_rest.KiwoomClient("key", "secret").core
    code = await asyncio.to_thread(lambda: api.call("ka10001", stk_cd="005930")["return_code"])
    heard = asyncio.Event()
    await api.connect_ws(lambda message: heard.set() if message["trnm"] == "REAL" else None)
    data = [{"item": ["005930"], "type": ["0B", "0D"]}]
    await api.send_ws({"trnm": "REG", "grp_no": "1", "refresh": "1", "data": data})
    await asyncio.wait_for(heard.wait(), WAIT_S)
    await api.disconnect_ws()
    return [code, "REAL"]


def with_plain_sockets() -> list[Any]:
    """Ask as a client does that reads no variable but that of OpenSSL, and knows no proxy."""
    context = ssl.create_default_context()
    answers = []
    for host, port in (("api.kiwoom.com", 443), ("mockapi.kiwoom.com", 10_000)):
        with (
            socket.create_connection((host, port), timeout=WAIT_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as sock,
        ):
            sock.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answers.append(sock.makefile("rb").readline().decode().split()[1])
    return answers


def with_program(*command: str) -> str | None:
    """Return what a program says; None if it is not here."""
    if shutil.which(command[0]) is None:
        return None
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=WAIT_S, check=False,
        env={**os.environ, "NODE_PATH": NODE_PACKAGES},
    )  # fmt: skip
    return done.stdout or done.stderr


def error_of(host: str, port: int) -> str:
    """Return the name of the error of a connect that asks no variable and no proxy."""
    try:
        with socket.create_connection((host, port), timeout=WAIT_S):
            return "connected"
    except socket.gaierror:
        return "no such name"
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))


def main() -> None:
    results: dict[str, Any] = {}
    for story in (with_kiwoom_client, with_kiwoom_rest, with_kiwoom_playground):
        try:
            results[story.__name__] = asyncio.run(story())
        except Exception as error:  # noqa: BLE001 - told to the test
            results[story.__name__] = repr(error)
    results["curl"] = with_program(
        "curl",
        "-s",
        "-w",
        "%{http_code}",
        "-d",
        TOKEN_BODY,
        "https://mockapi.kiwoom.com/oauth2/token",
    )
    results["node"] = with_program("node", NODE_SCRIPT, TOKEN_BODY)
    try:
        results["plain sockets"] = with_plain_sockets()
    except OSError as error:
        results["plain sockets"] = repr(error)
    results["ip"] = error_of("1.1.1.1", 443)
    results["ipv6"] = error_of("2606:4700:4700::1111", 443)
    results["name"] = error_of("www.example.com", 80)
    results["routes"] = Path("/proc/net/route").read_text().splitlines()[1:]
    results["devices"] = sorted(name for _, name in socket.if_nameindex())
    results["proxies"] = [name for name in os.environ if name.lower().endswith("_proxy")]
    results["ids"] = [os.getuid(), os.getgid()]
    Path(sys.argv[1]).write_text(json.dumps(results))


if __name__ == "__main__":
    main()

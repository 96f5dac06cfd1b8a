"""Measure the simulator against the bare tools it is made of, in one interleaved run.

```sh
make bench          # or: python -m bench
```

Figures are medians of rounds in which both sides take turns on the same machine, so that the
ratios survive a slow or busy one. Everything stays on loopback and takes about a minute.
"""

import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CONNECTIONS = 16
ROUND_S = 1.2
ROUNDS = 5
STARTS = 3
LISTS = 9
CLIENTS, FAN_OUT_ROUNDS = 50, 100
WAIT_S = 60
QUOTE = ("ka10001", "/api/dostk/stkinfo", {"stk_cd": "005930"})
CHART = (
    "ka10081", "/api/dostk/chart",
    {"stk_cd": "005930", "base_dt": "20260323", "upd_stkpc_tp": "1"},
)  # fmt: skip
KEYS = {"grant_type": "client_credentials", "appkey": "bench", "secretkey": "bench"}

Call = tuple[str, str, dict[str, str]]


def python(*words: object, **options: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, *(str(word) for word in words)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options)


@contextmanager
def process(*words: object, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    started = python(*words, **options)
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


@contextmanager
def simulator() -> Iterator[tuple[str, float]]:
    """Start the simulator; yield its REST base and how long the start took."""
    with tempfile.TemporaryDirectory() as home:
        ready = Path(home, "ready.json")
        began = time.perf_counter()
        words = [
            "-m", "kiwoom_sim", "run", "normal_market", "--rest-port", 0, "--ws-port", 0,
            "--no-limits", "--ready-file", ready, "--runs", Path(home, "runs"),
        ]  # fmt: skip
        with process(*words, stderr=subprocess.DEVNULL):
            while not ready.exists():
                if time.perf_counter() - began > WAIT_S:
                    sys.exit("the simulator did not start")
                time.sleep(0.005)
            yield json.loads(ready.read_bytes())["rest"], time.perf_counter() - began


def post(base: str, path: str, body: object, **headers: str) -> bytes:
    named = {"content-type": "application/json", **headers}
    request = urllib.request.Request(base + path, json.dumps(body).encode(), named)  # noqa: S310
    with urllib.request.urlopen(request, timeout=WAIT_S) as answer:  # noqa: S310 - loopback
        return answer.read()


def token(base: str) -> str:
    return json.loads(post(base, "/oauth2/token", KEYS))["token"]


def ask(base: str, bearer: str, call: Call) -> bytes:
    api_id, path, body = call
    return post(base, path, body, **{"api-id": api_id, "authorization": f"Bearer {bearer}"})


def raw(base: str, bearer: str, call: Call) -> bytes:
    """Return a request as bytes, for the load generator."""
    api_id, path, body = call
    content = json.dumps(body)
    return (
        f"POST {path} HTTP/1.1\r\nhost: {base.removeprefix('http://')}\r\napi-id: {api_id}\r\n"
        f"authorization: Bearer {bearer}\r\ncontent-type: application/json;charset=UTF-8\r\n"
        f"content-length: {len(content)}\r\n\r\n{content}"
    ).encode()


def rate(base: str, request: bytes) -> float:
    """Return answers a second of one round."""
    host, _, port = base.removeprefix("http://").partition(":")
    caller = python("-m", "bench.load", host, port, CONNECTIONS, ROUND_S)
    output, _ = caller.communicate(request, timeout=WAIT_S)
    found = json.loads(output)
    return found["answers"] / found["seconds"]


def against_bare(base: str, bearer: str, call: Call) -> tuple[float, float]:
    """Return requests a second of the simulator and of a bare server with the same body."""
    body = ask(base, bearer, call)
    with process("-m", "bench.bare") as bare:
        assert bare.stdin is not None
        assert bare.stdout is not None
        bare.stdin.write(body)
        bare.stdin.close()
        bare.stdin = None
        bare_base = f"http://127.0.0.1:{int(bare.stdout.readline())}"
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(rate(base, raw(base, bearer, call)))
            theirs.append(rate(bare_base, raw(bare_base, bearer, call)))
    return statistics.median(ours), statistics.median(theirs)


def fan_out(mode: str) -> float:
    """Return frames a second of one round."""
    words = ("-m", "bench.fan_out", mode, CLIENTS, FAN_OUT_ROUNDS)
    output, _ = python(*words).communicate(timeout=WAIT_S)
    found = json.loads(output)
    return found["frames"] / found["seconds"]


def timed(*words: object) -> float:
    began = time.perf_counter()
    python(*words).communicate(timeout=WAIT_S)
    return (time.perf_counter() - began) * 1_000


def starts() -> tuple[float, float, float]:
    """Return medians in milliseconds: doors open, first quote, first daily chart after that."""
    opened, quoted, charted = [], [], []
    for _ in range(STARTS):
        with simulator() as (base, took):
            opened.append(took * 1_000)
            bearer = token(base)
            for call, times in ((QUOTE, quoted), (CHART, charted)):
                began = time.perf_counter()
                ask(base, bearer, call)
                times.append((time.perf_counter() - began) * 1_000)
    return statistics.median(opened), statistics.median(quoted), statistics.median(charted)


def tell(what: str, ours: float, theirs: float, unit: str, other: str) -> None:
    print(f"{what:<34}{ours:>12,.0f} {unit:<10}{other:<30}{theirs:>12,.0f}   x {ours / theirs:.2f}")


def main() -> None:
    began = time.perf_counter()
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}")
    opened, quoted, charted = starts()
    print(f"{'start until both doors answer':<34}{opened:>12,.0f} ms")
    print(f"{'first ka10001 after the start':<34}{quoted:>12,.0f} ms")
    print(f"{'first ka10081 page after that':<34}{charted:>12,.0f} ms")
    pairs = [(timed("-m", "kiwoom_sim", "list"), timed("-c", "pass")) for _ in range(LISTS)]
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    tell("kiwoom-sim list", ours, theirs, "ms", "python -c pass")
    with simulator() as (base, _):
        bearer = token(base)
        for what, call in (("ka10001 through the REST door", QUOTE), ("ka10081 page", CHART)):
            tell(what, *against_bare(base, bearer, call), "req/s", "bare uvicorn, same body")
    rounds = [(fan_out("shared"), fan_out("single")) for _ in range(3)]
    ours, theirs = (statistics.median(side) for side in zip(*rounds, strict=True))
    tell(f"WebSocket door, {CLIENTS} clients", ours, theirs, "frames/s", "send() for each client")
    print(f"{time.perf_counter() - began:.0f} s in all")


if __name__ == "__main__":
    main()

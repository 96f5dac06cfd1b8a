"""Show every fault kind of the REST door to a raw socket, and count what it saw of it."""

import asyncio
import json
import time
from collections.abc import Callable
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

WAIT_S = 60
LATE_S = 3.0
PAUSE_S = 0.3
ASKS = 4
"""Each story asks so often; its rule fires on the second and third time."""

CHART = {"stk_cd": "005930", "base_dt": "20260320", "upd_stkpc_tp": "1"}
MINUTES = {"stk_cd": "005930", "tic_scope": "1", "upd_stkpc_tp": "1"}
QUESTIONS: dict[str, tuple[str, str, dict[str, str]]] = {
    "chart": ("ka10081", "/api/dostk/chart", CHART),
    "today": ("ka10081", "/api/dostk/chart", {**CHART, "base_dt": "20260323"}),
    "minutes": ("ka10080", "/api/dostk/chart", MINUTES),
    "list": ("ka10099", "/api/dostk/stkinfo", {"mrkt_tp": "0"}),
}  # fmt: skip
_keys = count(1)


class Outcome(Struct, frozen=True):
    """Hold what came back of one request.

    Attributes:
        end: "whole" (as long as it says it is), "fin", "reset", or "chunks" that go on.
        took_s: Time to the end.
        pauses, pieces: How often it stopped in the middle, in how many pieces it came.
    """

    head: bytes
    body: bytes
    end: str
    took_s: float
    pauses: int
    pieces: int

    @property
    def members(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.json.decode(self.body)
        return found


Sees = Callable[[Outcome, Outcome], bool]
"""Says of (an outcome, an untroubled one) whether the fault is in it."""


def differs(seen: Outcome, right: Outcome) -> bool:
    return (seen.head, seen.body, seen.end) != (right.head, right.body, right.end)


def damaged(seen: Outcome, right: Outcome) -> bool:
    """Say whether a whole answer has another body under the same status."""
    return seen.end == "whole" and seen.head[:12] == right.head[:12] and seen.body != right.body


def lost(seen: Outcome, right: Outcome) -> bool:
    return not seen.head and not seen.body and seen.end in {"fin", "reset"}


def late(seen: Outcome, right: Outcome) -> bool:
    """Say whether the same answer took its time."""
    return seen.took_s >= LATE_S and seen.body == right.body


def slow(seen: Outcome, right: Outcome) -> bool:
    """Say whether the same answer came bit by bit."""
    return (seen.pauses >= 2 or seen.pieces >= 4) and seen.body == right.body


def ends(end: str) -> Sees:
    return lambda seen, _: seen.end == end


def says(text: str, status: int = 200) -> Sees:
    """Say whether an answer has a status and a text."""
    return lambda seen, _: (
        seen.head.startswith(b"HTTP/1.1 %d" % status) and text in seen.body.decode()
    )


def refused(code: str) -> Sees:
    """Say whether an answer is a refusal with a code that begins so."""
    return lambda seen, _: (
        seen.members.get("return_code") != 0 and f"[{code}" in seen.members["return_msg"]
    )


def older(seen: Outcome, right: Outcome) -> bool:
    """Say whether the newest row is older than that of the untroubled answer before."""
    rows = [next(v for v in o.members.values() if isinstance(v, list)) for o in (seen, right)]
    name = "cntr_tm" if "cntr_tm" in rows[0][0] else "dt"
    return bool(rows[0][0][name] < rows[1][0][name])


class Story(Struct, frozen=True, kw_only=True):
    """Say how a kind is provoked and what a client sees of it.

    Attributes:
        do: Its fields, as TOML.
        sees: Recognises it.
        ask: What is asked.
        page: Which page is asked for: 1, or 2.
        when: On which occasions.
        alone: True: it needs a run of its own; nobody logs in there.
        connect: True: it happens when a connection is made.
        at_once: True: one app key asks everything at the same time; otherwise new ones in turn.
    """

    do: str = ""
    sees: Sees = differs
    ask: str = "chart"
    page: int = 1
    when: str = "nth = [2, 3]"
    alone: bool = False
    connect: bool = False
    at_once: bool = False


STORIES: dict[str, Story] = {
    "accept_hang": Story(do='for = "200ms"', sees=lost, alone=True, connect=True),
    "bandwidth": Story(do='per_second = "400B"', ask="list", sees=slow),
    "blank_columns": Story(do='columns = ["trde_qty"]', sees=damaged),
    "blank_row": Story(sees=damaged),
    "business_error": Story(do='code = "571758"', sees=says("571758")),
    "clock_skew": Story(do='behind = "30m@market"', sees=older, ask="minutes"),
    "daily_lag": Story(sees=older, ask="today"),
    "disconnect": Story(sees=lost),
    "double_sign": Story(do='field = "pred_pre"', sees=damaged),
    "duplicate_rows": Story(do="rows = 2", sees=damaged),
    "empty_list": Story(sees=damaged),
    "encoding": Story(ask="list", sees=damaged),
    "endless_chunks": Story(sees=ends("chunks")),
    "garbage": Story(do='size = "90B"', sees=lambda seen, _: b"HTTP" not in seen.head),
    "half_open": Story(do='for = "200ms"', sees=ends("reset")),
    "hang": Story(do='for = "200ms"', sees=lost),
    "http_error": Story(do='status = 502, body = "html"', sees=says("<html", 502)),
    "ip_changed": Story(sees=refused("8010")),
    "latency": Story(do=f'delay = "{LATE_S}s"', sees=late),
    "listener_down": Story(do='for = "200ms"', sees=lost, alone=True),
    "maintenance": Story(),
    "malformed": Story(sees=damaged),
    "missing_field": Story(do='field = "trde_qty"', sees=damaged),
    "mistyped_field": Story(do='field = "trde_qty"', sees=damaged),
    "mixed_market": Story(do='markets = ["8"], rows = 1', ask="list", sees=damaged),
    "moved_api": Story(do='to = "/api/dostk/mrkcond"', sees=says("1504")),
    "no_answer": Story(sees=lost),
    "no_data_error": Story(sees=damaged),
    "null_field": Story(do='field = "trde_qty"', sees=damaged),
    "paging_cut": Story(sees=lambda seen, _: b"cont-yn: N" in seen.head),
    "paging_endless": Story(ask="list", sees=lambda seen, _: b"cont-yn: Y" in seen.head),
    "paging_repeats": Story(page=2, sees=damaged),
    "pause": Story(do=f'for = "{LATE_S:.0f}s"', sees=late, alone=True),
    "rate_limit": Story(do="per_second = 1", sees=says("1700", 429), when="", at_once=True),
    "reset": Story(do='at = "during"', sees=ends("reset")),
    "restart": Story(do='down_for = "200ms", keep_state = true', sees=lost, alone=True),
    "saturated": Story(do='field = "trde_qty"', sees=damaged),
    "slow_body": Story(do='piece = "200B", every = "500ms"', ask="list", sees=slow),
    "slow_headers": Story(do='piece = "48B", every = "500ms"', sees=slow),
    "stale": Story(do='age = "1h"', sees=older, ask="minutes"),
    "token_expired": Story(sees=refused("8005")),
    "token_revoked": Story(sees=refused("8005")),
    "token_superseded": Story(sees=refused("8005")),
    "truncate": Story(do='keep = "50%"', sees=ends("fin")),
    "wrong_environment": Story(do='for = "1ms"', sees=refused("803")),
    "wrong_length": Story(do="by = 10", sees=ends("fin")),
}


def rule(kind: str, story: Story) -> str:
    """Return the rule of a story as a scenario writes it."""
    match = 'moment = "connect"' if story.connect else f'header = {{ "x-story" = "{kind}" }}'
    fields = ", ".join(part for part in (f'kind = "{kind}"', story.do) if part)
    when = ", ".join(part for part in ('per = "global"', story.when) if part)
    return (
        f'[[rule]]\nid = "rest-{kind}"\nmatch = {{ {match} }}\n'
        f"when = {{ {when} }}\ndo = {{ {fields} }}\n"
    )


async def count_seen(url: str, kind: str, story: Story) -> int:
    """Act a story and return how often its client saw the fault."""
    if story.at_once:
        token = await token_of(url)
        asks = (_ask(url, token, story.ask, {"x-story": kind}) for _ in range(ASKS))
        outcomes = await asyncio.gather(*asks)
    else:
        outcomes = [await _ask_anew(url, kind, story) for _ in range(ASKS)]
    return sum(story.sees(outcome, outcomes[0]) for outcome in outcomes)


async def _ask_anew(url: str, kind: str, story: Story) -> Outcome:
    token = "" if story.alone else await token_of(url)
    head = {} if story.page == 1 else await _next_page(url, token, story)
    return await _ask(url, token, story.ask, {**head, "x-story": kind})


async def warm_up(url: str) -> None:
    """Ask every question once, so that nothing has to be generated later."""
    for name in QUESTIONS:
        await _ask(url, await token_of(url), name, {})


async def _next_page(url: str, token: str, story: Story) -> dict[str, str]:
    first = await _ask(url, token, story.ask, {})
    pairs = (line.split(": ", 1) for line in first.head.decode().split("\r\n")[1:])
    found = {name: value for name, value in pairs if name in {"cont-yn", "next-key"}}
    assert found["cont-yn"] == "Y"
    return found


async def token_of(url: str) -> str:
    keys = {
        "grant_type": "client_credentials", "appkey": f"rest-{next(_keys)}", "secretkey": "s",
    }  # fmt: skip
    answer = await _exchange(url, "/oauth2/token", {}, keys)
    return str(answer.members["token"])


async def _ask(url: str, token: str, question: str, headers: dict[str, str]) -> Outcome:
    api, path, body = QUESTIONS[question]
    named = {"api-id": api, "authorization": f"Bearer {token}", **headers}
    return await _exchange(url, path, named, body)


async def _exchange(url: str, path: str, headers: dict[str, str], body: dict[str, str]) -> Outcome:
    """Send a request on a new connection, and read to the end of its answer or of the line."""
    parts, text = urlsplit(url), json.dumps(body).encode()
    lines = [f"POST {path} HTTP/1.1", "host: x", f"content-length: {len(text)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    began = time.monotonic()
    async with asyncio.timeout(WAIT_S):
        reader, writer = await _connected(parts.hostname, parts.port)
        try:
            writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + text)
            head, seen, end, pauses, pieces = await _answer(reader)
        finally:
            writer.transport.abort()
    return Outcome(head, seen, end, time.monotonic() - began, pauses, pieces)


async def _connected(
    host: str | None, port: int | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect, as soon as the door is open."""
    while True:
        try:
            return await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.02)


async def _answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes, str, int, int]:
    """Return head, body, end, pauses and pieces."""
    data, head, size, pauses, pieces, last = b"", b"", -1, 0, 0, 0.0
    while True:
        try:
            part = await reader.read(1 << 16)
        except ConnectionResetError:
            return head or data, data[len(head) + 4 :] if head else b"", "reset", pauses, pieces
        now = time.monotonic()
        pauses += bool(data) and now - last >= PAUSE_S
        data, last, pieces = data + part, now, pieces + 1
        if not head and b"\r\n\r\n" in data:
            head = data.partition(b"\r\n\r\n")[0]
            sizes = [x[16:] for x in head.lower().split(b"\r\n") if x.startswith(b"content-length")]
            size = int(sizes[0]) if sizes else -1
        body = data[len(head) + 4 :] if head else b""
        if not part:
            return head or data, body, "fin", pauses, pieces
        if head and size < 0 and b"chunked" in head and body:
            return head, body, "chunks", pauses, pieces
        if head and 0 <= size <= len(body):
            return head, body, "whole", pauses, pieces

"""Run one simulator in which every app key has a WebSocket fault of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kiwoom_sim.testing.background import BackgroundSimulator
from tests.wire.house import SOCKET_PATH, Client, House, Peer, peer, registration

BUSY, OTHER = "005930", "000660"

HEAD = """
schema = 1
[clock]
mode = "scaled"
speed = 20
start = 2026-03-23T09:30:00
session = "always-open"
[market]
symbols = ["005930", "000660"]
[wire]
ping_interval = "150ms"
ping_misses = 8
login_wait = "2s"
[ralph]
interval = "50ms"
"""

RULES = {
    "truth": "",
    "login_refused": '{ kind = "login_refused" }',
    "login_silent": 'match = { api = "LOGIN" } | { kind = "ignored" }',
    "login_late": 'match = { api = "LOGIN" } | { kind = "latency", delay = "300ms" }',
    "system_frame": '{ kind = "system_frame" }',
    "kick": 'match = { api = "REAL" } | when = { nth = 3 } | { kind = "kick" }',
    "close": 'match = { api = "REAL" } | { kind = "disconnect", code = 4001, reason = "x" }',
    "cut": 'match = { api = "REAL" } | { kind = "disconnect" }',
    "no_pings": 'match = { api = "PING" } | { kind = "gap" }',
    "silence": 'match = { api = "*", moment = "frame" } | when = { after = 3 } | { kind = "gap" }',
    "deaf": 'match = { api = "PING" } | { kind = "ignored" }',
    "register_refused": 'when = { first = 1 } | { kind = "register_refused", code = 105115 }',
    "dead": '{ kind = "dead_registration", code = "005930" }',
    "gap": 'when = { nth = [3, 4] } | { kind = "gap" }',
    "duplicate": 'when = { nth = 2 } | { kind = "duplicate_frame" }',
    "delay": 'when = { nth = 1 } | { kind = "delay", delay = "300ms" }',
    "overtaken": 'match = { api = "REG" } | { kind = "delay", delay = "1s", keep_order = false }',
    "reorder": 'when = { nth = 2 } | { kind = "reorder", frames = 2, within = "20s" }',
    "stale": '{ kind = "stale_frame", clock = "new" }',
    "malformed": 'when = { nth = 2 } | { kind = "malformed_frame" }',
    "unread": 'when = { nth = [2, 3] } | { kind = "malformed_frame", form = "html" }',
    "truncated": 'when = { nth = 2 } | { kind = "truncated_frame", keep = "70%" }',
    "burst": '{ kind = "burst", every = "500ms" }',
    "throttle": '{ kind = "throttle", per_second = 2 }',
}
"""Rules by the app key that they are about, in the order in which the keys appear."""


def rules() -> str:
    """Return the rules as a scenario writes them, each for one app key."""
    lines = [HEAD]
    for ordinal, (name, rule) in enumerate(RULES.items(), 1):
        if not rule:
            continue
        *parts, do = (part.strip() for part in rule.split(" | "))
        match = next((part for part in parts if part.startswith("match")), "match = { }")
        inside = match.partition("{")[2].rpartition("}")[0].strip()
        named = ", ".join(part for part in (inside, f'key = "key#{ordinal}"') if part)
        others = [part for part in parts if not part.startswith("match")]
        lines += ["[[ws]]", f'id = "{name}"', f"match = {{ {named} }}", *others, f"do = {do}"]
    for name, do in (
        ("refused", '{ kind = "handshake_refused", status = 403 }'),
        ("slow", '{ kind = "latency", delay = "300ms" }'),
    ):
        match = f'match = {{ moment = "connect", "header.x-story" = "{name}" }}'
        lines += ["[[ws]]", f'id = "{name}"', match, f"do = {do}"]
    lines += ["[[ws]]", 'id = "old-gap"', 'match = { path = "/ws", code = "000660" }']
    lines += ['do = { kind = "gap" }']
    return "\n".join(lines)


class Stage:
    """Hold a running simulator and one token for every story."""

    def __init__(self, running: BackgroundSimulator) -> None:
        self.running = running
        self.house = House(rest_url=running.rest_url, ws_url=running.ws_url, stop=lambda: None)
        self.tokens: dict[str, str] = {}
        for name in RULES:
            with Client(self.house, key=name) as client:
                client.login()
                self.tokens[name] = client.token

    @property
    def url(self) -> str:
        return self.house.ws_url + SOCKET_PATH

    def faults(self, name: str) -> int:
        return self.running.faults().get(name, 0)

    @asynccontextmanager
    async def talk(self, name: str, *, until_answer: bool = True) -> AsyncIterator[Peer]:
        """Return a peer that has asked to log in, and was answered."""
        async with peer(self.house) as made:
            await made.say({"trnm": "LOGIN", "token": self.tokens[name]})
            if until_answer:
                assert (await made.hear_until("LOGIN"))["return_code"] == 0
            yield made

    @asynccontextmanager
    async def listen(self, name: str, *items: str) -> AsyncIterator[Peer]:
        """Return a peer that listens to trades."""
        async with self.talk(name) as made:
            await made.say(registration(list(items or (BUSY,)), ["0B"]))
            yield made

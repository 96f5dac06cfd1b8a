"""Visit a scenario at both doors in stepped time, doing whatever its rules are about."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import cycle
from typing import Any

import msgspec
from typing_extensions import override

from kiwoom_sim.faults.match import Match, agrees
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.rules.calendar import load_calendar
from kiwoom_sim.observe.journal import EventEntry
from kiwoom_sim.observe.records import Record
from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.protocol import loader
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.runtime.script import offerings_of
from kiwoom_sim.scenario import documented
from kiwoom_sim.scenario.loader import load_scenario
from kiwoom_sim.scenario.schema import Scenario
from tests.scenarios.caller import question
from tests.scenarios.robot import ITEMS, STEP_MS, TYPES, Robot

LISTED = ("005930", "000660", "247540", "086520")
"""Members of both boards, in every world that is narrowed to a few shares."""

APIS = ("ka10001", "ka10081", "ka10080", "ka10095")
AGENTS = ("python-requests/2.32", "bot/1")
CALL_MS = 300
LAZY_CALL_MS = 1_000
MANY_CALL_MS = 200
BURST_MS = 5_000
BURST = 6
RECONNECT_MS = 2_000
LOGIN_MS = 15_000
RUSH_MS = 20_000
RUSH = ("ka10079", "ka10080", "ka10081", "ka10082", "ka10083", "ka10094") * 2
PATIENCE_MS = 90_000
"""How long is waited, from the last phase on, for what did not happen yet."""

SILENCE_MS = 5_000
"""After so long without a push everything is registered again."""

MANY = 30
"""Rules from which on much is called."""

AFTERMATH_MS = 5_000
"""How long everything is watched on when all has happened."""

EVENTS_MS_MAX = 1_200_000
PAGES = 3
SPEED_MAX = 60
"""Speed of the market above which its trades are not listened to."""

Call = tuple[str, dict[str, str], dict[str, str]]
"""API id, further headers, further fields of the body."""


def narrowed(name: str) -> Scenario:
    """Return a scenario in a market of few shares, unless it chooses its own."""
    scenario = load_scenario(name)
    if scenario.market != MarketConfig():
        return scenario
    codes = (code for event in scenario.events if (code := getattr(event.do, "code", "")))
    new = {offering.code for offering in offerings_of(scenario, load_calendar())}
    symbols = list(dict.fromkeys([*(code for code in codes if code not in new), *LISTED]))
    return load_scenario(name, overrides={"market.symbols": symbols})


class Visitor(Robot):
    """Be one app key at both doors that calls, listens, reconnects and asks for new tokens.

    Attributes:
        happened: Ids of the market events that came to pass.
    """

    def __init__(self, scenario: Scenario, directory: RunDirectory | None = None) -> None:
        super().__init__(scenario, directory)
        self.scenario = scenario
        self.happened: set[str] = set()
        self.behave_as_in(scenario)
        self._line = 0
        self._pushed_ms = self._registered_ms = 0
        self._pages: defaultdict[str, list[str]] = defaultdict(list)
        journal = self.simulation.parts.journal
        self._write_event = journal.event
        journal.event = self._overhear  # type: ignore[method-assign] # listens in

    def behave_as_in(self, scenario: Scenario) -> None:
        """Call and register what a scenario is about."""
        self._calls = cycle(list(calls_about(scenario)))
        self._is_limited = len(scenario.limits) > 1
        self._call_ms = CALL_MS if scenario.rules or self._is_limited else LAZY_CALL_MS
        if len(scenario.rules) > MANY:
            self._call_ms = MANY_CALL_MS
        matches = [rule.match for rule in scenario.ws_rules]
        # Order books are the costliest frames.
        types = (
            [*TYPES, *(name for match in matches for name in match.type_)] if matches else TYPES[:1]
        )
        if scenario.clock.speed > SPEED_MAX:
            types = ["0s"]  # nobody listens to the trades of a day in a minute, and stores them
        items = [ITEMS[0], *(name for match in matches for name in match.code)]
        self.types, self.items = list(dict.fromkeys(types)), list(dict.fromkeys(items))

    def visit(self) -> "Visitor":
        """Stay to the last phase and until all that is announced happened, or out of patience."""
        script = self.simulation.parts.world.timeline
        ms, least_ms = 0, self._last_phase_ms()
        since_ms: int | None = None
        while since_ms is None or ms < since_ms + AFTERMATH_MS:
            self.step(ms)
            ms += STEP_MS
            if since_ms is None and ms >= least_ms and ms % 1_000 == 0 and not self.missing():
                since_ms = ms
            if ms > least_ms + (EVENTS_MS_MAX if len(script) else PATIENCE_MS):
                break
        self.simulation.feed(Record(ms=ms, seq=self._count(), kind="signal", text="end"))
        self.simulation.flush()
        return self

    def _last_phase_ms(self) -> int:
        """Return when the last phase has begun, or the last one that ends is over."""
        return sum(phase.length_ms or 0 for phase in self.scenario.phases)

    def missing(self) -> list[str]:
        """Return what the scenario announces and did not do, in the order of the file."""
        scenario, metrics = self.scenario, self.simulation.parts.metrics
        decided = {name for name, what in metrics.limits if what in {"refused", "shadow"}}
        events = {event.id or f"event#{n}" for n, event in enumerate(scenario.events, 1)}
        parts: tuple[tuple[str, Iterable[str], set[str]], ...] = (
            ("rule", (rule.id for rule in scenario.rules), self.faults()),
            ("ws rule", (rule.id for rule in scenario.ws_rules), self.faults()),
            ("limit", (limit.id for limit in scenario.limits), decided),
            ("stub", (stub.id for stub in scenario.stubs), set(metrics.stubs)),
            ("event", sorted(events), self.happened),
        )
        return [
            f"{kind} {name} did not fire"
            for kind, names, seen in parts
            for name in names
            if name not in seen
        ]

    def _overhear(self, entry: EventEntry) -> None:
        if entry.event == "command_applied":
            self.happened.add(str(entry.detail["id"]))
        self._write_event(entry)

    @override
    def step(self, ms: int) -> None:
        """Listen, and call what is to be called at a wire time."""
        super().step(ms)
        if self._is_open and ms - max(self._pushed_ms, self._registered_ms) > SILENCE_MS:
            self._register(ms)
        while phase := self.simulation.reached(ms):
            self.simulation.feed(
                Record(ms=ms, seq=self._count(), kind="control", text=f"until {phase}")
            )
        if ms % RECONNECT_MS == 0:
            self._line += 1
            self._rest(ms, kind="open")
        if ms % LOGIN_MS == 0:
            self._ask_token(ms)
        if ms % self._call_ms == 0:
            self._call(ms, *next(self._calls))
        if ms % BURST_MS == 0:
            call = next(self._calls)
            for _ in range(BURST):
                self._call(ms, *call)
        if ms % RUSH_MS == 0 and self._is_limited:
            for api in RUSH:
                self._call(ms, api, {}, {})

    @override
    def _hear(self, ms: int, item: Outgoing) -> None:
        super()._hear(ms, item)
        if b'"REAL"' in item.frame:
            self._pushed_ms = ms

    @override
    def _register(self, ms: int) -> None:
        super()._register(ms)
        self._registered_ms = ms

    @override
    def _ask_token(self, ms: int, appkey: str = "a") -> None:
        keys = {"grant_type": "client_credentials", "appkey": appkey, "secretkey": "b"}
        told = self._rest(
            ms, kind="bytes", method="POST", path="/oauth2/token",
            text=msgspec.json.encode(keys).decode(),
        )  # fmt: skip
        self._token = told.get("token", "") or self._token

    def _call(self, ms: int, api: str, headers: dict[str, str], body: dict[str, str]) -> None:
        path, fields = question(api)
        told = self._rest(
            ms, kind="bytes", method="POST", path=path,
            headers={
                "api-id": api, "authorization": f"Bearer {self._token}",
                    "user-agent": AGENTS[self._line % 2], **self._page(api), **headers,
            },
            text=msgspec.json.encode({**fields, **body}).decode(),
        )  # fmt: skip
        if told.get("return_code") == 3:
            self._ask_token(ms)

    def _page(self, api: str) -> dict[str, str]:
        """Return the headers that ask for the next page, a few times in a row."""
        keys = self._pages[api]
        if not keys or not keys[-1] or len(keys) > PAGES:
            keys.clear()
            return {}
        return {"cont-yn": "Y", "next-key": keys[-1]}

    def _rest(self, ms: int, **fields: Any) -> dict[str, Any]:
        """Let the REST door take something; return the object that it answers."""
        record = Record(ms=ms, seq=self._count(), conn=self._line, door="rest", **fields)
        reply = self.simulation.feed(record)
        headers = dict(reply.headers) if reply is not None else {}
        self._pages[record.headers.get("api-id", "")].append(headers.get("next-key", ""))
        try:
            told = msgspec.json.decode(reply.body) if reply is not None else {}
        except (msgspec.DecodeError, UnicodeDecodeError):
            return {}
        return told if isinstance(told, dict) else {}


def calls_about(scenario: Scenario) -> Iterator[Call]:
    """Yield calls of everybody, and calls that rules, stubs and limits are about."""
    for api in APIS:
        yield api, {}, {}
    for match in (*(r.match for r in scenario.rules), *(s.match for s in scenario.stubs)):
        if match != Match() and not agrees(match.path, "/oauth2/token"):
            yield _fitting(match)
    for limit in scenario.limits:
        if limit.codes_max is not None:
            yield "ka10095", {}, {"stk_cd": "|".join(["005930"] * (limit.codes_max + 1))}


def _fitting(match: Match) -> Call:
    """Return a call that fits a match."""
    wanted = Match(api=match.api, group=match.group, path=match.path)
    apis = [
        api
        for api, path in documented.apis().items()
        if (spec := loader.spec(api)) is not None and spec.served and _fits(wanted, api, path)
    ]
    assert apis, f"no API that is served fits {match}"
    api = next((api for api in APIS if api in apis), apis[0])
    headers = {name: values[0].replace("*", "x") for name, values in match.header.items()}
    body = {name: values[0].replace("*", "1") for name, values in match.body.items()}
    return api, headers, body


def _fits(match: Match, api: str, path: str) -> bool:
    return (
        (not match.api or agrees(match.api, api))
        and (not match.group or agrees(match.group, documented.group_of(path)))
        and (not match.path or agrees(match.path, path))
    )

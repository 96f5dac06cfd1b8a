"""Open the control door: what a test of a client, in any language, asks and tells a run.

One table of paths; a handler takes a `Call` and returns what is sent as JSON, or raises `Wrong`.
Whatever changes the run goes through `Live` and becomes a record of its trace.

A raw ASGI application, not Litestar: a dozen routes with one shape of error, there from the
first millisecond of a run.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

from kiwoom_sim.core.clock import datetime_from_moment
from kiwoom_sim.observe.recent import REMEMBERED, Wanted
from kiwoom_sim.protocol import loader
from kiwoom_sim.runtime.live import Live
from kiwoom_sim.scenario.problems import nearest
from kiwoom_sim.scenario.values import duration_ms

if TYPE_CHECKING:
    from kiwoom_sim.observe.exposition import Exposition

BODY_BYTES_MAX = 64 * 1024
LIMIT = 100
_FILTERS = ("api-id", "path", "status", "since", "limit")

T = TypeVar("T", bound=Struct)


class Call(Struct, frozen=True, kw_only=True):
    """Hold one request to the control door."""

    query: dict[str, str]
    body: bytes
    accept: str = ""


class Page(Struct, frozen=True, kw_only=True):
    """Hold an answer that is not JSON."""

    body: bytes
    content_type: str


class Advance(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for time to pass: "5s", "5s@market", or a number of milliseconds."""

    by: str | int


class Reset(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for everything to be counted anew; `tokens` = every token dies as well."""

    tokens: bool = False


class Wrong(Exception):  # noqa: N818 - it is an answer, not an error of ours
    """Say why a request cannot be met, as an answer with an HTTP status."""

    def __init__(
        self, status: int, error: str, allowed: tuple[str, ...] = (), given: str = ""
    ) -> None:
        super().__init__(error)
        self.status = status
        self.allowed = allowed
        self.guess = nearest(given, allowed) if given else None

    def body(self) -> dict[str, object]:
        """Return the answer."""
        body: dict[str, object] = {"error": str(self)}
        if self.allowed:
            body["allowed"] = self.allowed
        if self.guess is not None:
            body["did_you_mean"] = self.guess
        return body


Handler = Callable[[Call], Awaitable[object]]
Health = Callable[[str], dict[str, object]]
"""Makes the body of a health page that says a status."""


class ControlApp:
    """Answer requests to the control door: a raw ASGI application."""

    def __init__(self, live: Live, health: Health) -> None:
        self._live = live
        self._health = health
        self._exposition: Exposition | None = None
        self._routes: dict[str, dict[str, Handler]] = {
            "/": {"GET": self._show_routes},
            "/health": {"GET": self._show_health},
            "/metrics": {"GET": self._show_metrics},
            "/control/v1/health": {"GET": self._show_health},
            "/control/v1/clock": {"GET": self._show_clock},
            "/control/v1/requests": {"GET": self._show_requests},
            "/control/v1/reset": {"POST": self._reset},
            "/control/v1/advance": {"POST": self._advance},
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        headers = []
        try:
            handler = self._find(scope["method"], scope["path"])
            query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
            accept = dict(scope["headers"]).get(b"accept", b"").decode("latin-1")
            call = Call(query=query, body=await _read_body(receive), accept=accept)
            status, answer = 200, await handler(call)
        except Wrong as wrong:
            status, answer = wrong.status, wrong.body()
            if status == 405:
                headers.append((b"allow", ", ".join(wrong.allowed).encode()))
        page = answer if isinstance(answer, Page) else _json(answer)
        headers.append((b"content-type", page.content_type.encode()))
        headers.append((b"content-length", str(len(page.body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": page.body})

    def _find(self, method: str, path: str) -> Handler:
        methods = self._routes.get(path)
        if methods is None:
            raise Wrong(404, f"{path}: there is no such page", tuple(self._routes), path)
        # The server sends no body for HEAD whatever is answered.
        handler = methods.get("GET" if method == "HEAD" else method)
        if handler is None:
            raise Wrong(405, f"{path}: {method} is not possible here", tuple(methods))
        return handler

    async def _show_routes(self, _call: Call) -> object:
        paths = {path: list(methods) for path, methods in self._routes.items()}
        return {**self._health("running"), "paths": paths}

    async def _show_health(self, _call: Call) -> object:
        return self._health("healthy")

    async def _show_metrics(self, call: Call) -> object:
        if self._exposition is None:
            self._exposition = await asyncio.to_thread(self._make_exposition)
        body, content_type = self._exposition.render(call.accept)
        return Page(body=body, content_type=content_type)

    def _make_exposition(self) -> "Exposition":
        from kiwoom_sim.observe.exposition import (  # noqa: PLC0415 - takes 0.1 s
            Exposition,
            Moment,
            RunCollector,
        )

        simulation, clock = self._live.simulation, self._live.simulation.parts.world.clock

        def now() -> Moment:
            ms = self._live.now_ms()
            return Moment(wire_ms=ms, market_ms=clock.at(ms))

        names = {"scenario": simulation.scenario.name, "run": simulation.run}
        known = [*loader.api_ids()]
        metrics = simulation.parts.metrics
        return Exposition(RunCollector(metrics, names=names, known=known, now=now))

    async def _show_clock(self, _call: Call) -> object:
        return self._clock()

    async def _show_requests(self, call: Call) -> object:
        _only(call.query, _FILTERS)
        limit = _number(call.query, "limit", LIMIT, REMEMBERED)
        wanted = Wanted(
            api=call.query.get("api-id", ""),
            path=call.query.get("path", ""),
            status=_number(call.query, "status", None, 599),
            since=_sequence(call.query.get("since", "")),
        )
        log = self._live.simulation.requests.log
        counts, latest = log.counts(wanted), log.latest(wanted)
        return {
            "count": sum(sum(statuses.values()) for statuses in counts.values()),
            "counts": counts,
            "forgotten": log.forgotten,
            "requests": latest[:limit],
        }

    async def _reset(self, call: Call) -> object:
        wanted = _read(call.body or b"{}", Reset)
        try:
            await self._live.reset(tokens=wanted.tokens)
        except RuntimeError as ended:
            raise Wrong(503, str(ended)) from ended
        return {"reset": True, "tokens": wanted.tokens, **self._clock()}

    async def _advance(self, call: Call) -> object:
        by = _read(call.body, Advance).by
        try:
            by_ms = duration_ms(by, self._live.simulation.scenario.clock.speed)
        except ValueError as error:
            raise Wrong(400, f"by: {error}") from error
        try:
            await self._live.advance(by_ms)
        except RuntimeError as ended:
            raise Wrong(503, str(ended)) from ended
        return {"advanced_ms": by_ms, **self._clock()}

    def _clock(self) -> dict[str, object]:
        ms, parts = self._live.now_ms(), self._live.simulation.parts
        phase = parts.faults.phases.at(ms)
        clock = self._live.simulation.scenario.clock
        market = datetime_from_moment(parts.world.clock.at(ms))
        return {
            "wire_ms": ms,
            "market_time": market.isoformat(timespec="milliseconds"),
            "mode": clock.mode,
            "speed": clock.speed,
            "phase": phase.id if phase is not None else None,
        }


def _json(answer: object) -> Page:
    return Page(body=msgspec.json.encode(answer), content_type="application/json")


async def _read_body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > BODY_BYTES_MAX:
            raise Wrong(413, f"a body has at most {BODY_BYTES_MAX} bytes")
    return body


def _read(body: bytes, wanted: type[T]) -> T:
    """Return the body of a request as what it should be."""
    try:
        return msgspec.json.decode(body, type=wanted)
    except msgspec.DecodeError as error:
        fields = tuple(field.encode_name for field in msgspec.structs.fields(wanted))
        raise Wrong(400, f"body: {error}", fields) from error


def _only(query: Mapping[str, str], allowed: tuple[str, ...]) -> None:
    for name in query:
        if name not in allowed:
            raise Wrong(400, f"{name}: unknown parameter", allowed, name)


N = TypeVar("N", int, int | None)


def _number(query: Mapping[str, str], name: str, default: N, most: int) -> int | N:
    """Return a parameter as a number from 0 to a bound."""
    text = query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdecimal() or int(text[:9]) > most:
        raise Wrong(400, f"{name}: {text[:40]} is not a number from 0 to {most}")
    return int(text)


def _sequence(text: str) -> int:
    """Return the sequence that the id of an answer ("r12", or "12") stands for; "" = 0."""
    digits = text.removeprefix("r")
    if text and not (digits.isascii() and digits.isdecimal() and len(digits) < 19):
        raise Wrong(400, f"since: {text[:40]} is not the id of an answer, like r12")
    return int(digits or 0)

"""Speak with one peer of `/ws`, without a socket: messages in, answers out.

What a client hears: prices of the configured tickers, until it says something about tickers.
From then on its set is its own: a first `subscribe` begins with an empty set, a first
`unsubscribe` with the configured one; whoever leaves its last ticker hears no more prices.
Signals go to everybody all the time.

Invariants: a message that is answered with an error changed nothing, and the session goes on; a
session ends only with its connection.

Known deviations: the mocks this replaces sent every price to everybody, accepted any ticker and
closed the connection on malformed JSON.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.ralph.frames import PRICE, message
from kiwoom_sim.protocol.registry import Pair, Registry
from kiwoom_sim.protocol.session import HangUp, Output, Send, parse_message

PATH = "/ws"

EVERYBODY: Pair = ("signal", "")
"""What every session listens to, all its life."""

_TYPES = ("subscribe", "unsubscribe", "ping")
_SHOWN = 40
_CODE_LENGTH = 6


class Lobby(Struct, frozen=True, kw_only=True):
    """Hold what all sessions of `/ws` share.

    Attributes:
        tickers: Codes that a session hears before it chooses its own; all are listed.
        universe: What is listed.
        registry: Who listens to what; of `/ws` alone.
        market_at: Gives the market time at a wire time.
    """

    tickers: tuple[str, ...]
    universe: Universe
    registry: Registry
    market_at: Callable[[int], int]


class RalphSession:
    """Hold the state of one connection; the interface is that of `protocol.session.Session`.

    Attributes:
        connection: Ordinal of the connection in the run.
        key: 0: nobody logs in here.
        due_ms: None: nothing ever comes due; rounds are not the session's.
    """

    def __init__(self, connection: int, lobby: Lobby) -> None:
        self.connection = connection
        self.key = 0
        self.due_ms: int | None = None
        self._lobby = lobby
        self._chose = False
        self._ended = False
        lobby.registry.add(connection, "", (EVERYBODY, *_pairs(lobby.tickers)))

    @property
    def is_open(self) -> bool:
        """Say whether the peer may speak: at once, until it is gone."""
        return not self._ended

    @property
    def has_ended(self) -> bool:
        """Say whether nothing will be sent any more."""
        return self._ended

    def configure(self, config: WireConfig) -> None:
        """Go on as before: settings of the official wire do not concern this one."""

    def postpone(self, by_ms: int) -> None:
        """Do nothing: nothing comes due."""

    def excuse(self) -> None:
        """Do nothing: no sign of life is asked for."""

    def welcome(self, wire_ms: int) -> list[Output]:
        """Return what a peer hears first."""
        return [self._say("connected", wire_ms, message="연결되었습니다")]

    def receive(self, text: str | bytes, wire_ms: int) -> list[Output]:
        """Take one message of the peer and return what to do about it."""
        if self._ended:
            return []
        wanted = parse_message(text)
        if wanted is None:
            return [self._error('JSON 객체가 아닙니다 (예: {"type": "ping"})', wire_ms)]
        kind = wanted.get("type")
        if kind == "ping":
            return [self._say("pong", wire_ms)]
        if kind not in _TYPES:
            return [self._error(_unknown_type(kind), wire_ms)]
        tickers, problem = self._tickers(wanted)
        if problem:
            return [self._error(problem, wire_ms)]
        return self._change(tickers, wire_ms, joins=kind == "subscribe")

    def due(self, wire_ms: int) -> list[Output]:  # noqa: ARG002 - the interface of sessions
        """Do nothing: nothing comes due."""
        return []

    def end(self, code: str = "") -> list[Output]:  # noqa: ARG002 - has no SYSTEM frames
        """End the session."""
        if self._ended:
            return []
        self.forget()
        return [HangUp(self.connection)]

    def forget(self) -> None:
        """Drop everything the session holds: the peer is gone."""
        self._ended = True
        self._lobby.registry.drop(self.connection)

    def _tickers(self, wanted: dict[str, Any]) -> tuple[list[str], str]:
        """Return the listed tickers that a message names, or what is wrong with them."""
        several = wanted.get("tickers", [])
        named = [wanted["ticker"]] if "ticker" in wanted else []
        named += several if isinstance(several, list) else [several]
        if not named:
            return [], 'ticker가 없습니다 (예: {"type": "subscribe", "ticker": "005930"})'
        tickers: dict[str, None] = {}
        for value in named:
            ticker = value.strip() if isinstance(value, str) else ""
            if ticker not in self._lobby.universe.by_code:
                return [], _unknown_ticker(value, self._lobby.universe)
            tickers[ticker] = None
        return list(tickers), ""

    def _change(self, tickers: list[str], wire_ms: int, *, joins: bool) -> list[Output]:
        registry = self._lobby.registry
        if joins and not self._chose:
            registry.remove(self.connection, "", _pairs(self._lobby.tickers))
        self._chose = True
        change = registry.add if joins else registry.remove
        change(self.connection, "", _pairs(tickers))
        kind, done = ("subscribed", "구독합니다") if joins else ("unsubscribed", "해지했습니다")
        return [
            self._say(kind, wire_ms, ticker=ticker, message=f"{ticker} 시세를 {done}")
            for ticker in tickers
        ]

    def _error(self, problem: str, wire_ms: int) -> Send:
        return self._say("error", wire_ms, message=problem)

    def _say(self, kind: str, wire_ms: int, **members: object) -> Send:
        return Send(self.connection, message(kind, self._lobby.market_at(wire_ms), **members))


def _pairs(tickers: tuple[str, ...] | list[str]) -> list[Pair]:
    return [(PRICE, ticker) for ticker in tickers]


def _unknown_type(kind: object) -> str:
    allowed = f"type은 {', '.join(_TYPES)} 중 하나입니다"
    if kind is None:
        return f"type이 없습니다: {allowed}"
    near = [name for name in _TYPES if str(kind).strip().lower() in {name, name[:-1], f"{name}d"}]
    hint = f' ("{near[0]}"?)' if near else ""
    return f"알 수 없는 type {_shown(kind)}{hint}: {allowed}"


def _unknown_ticker(value: object, universe: Universe) -> str:
    text = value.strip() if isinstance(value, str) else str(value)
    near = _near(text[:_SHOWN], universe)
    hint = f' ("{near}"?)' if near else ""
    return f"알 수 없는 ticker {_shown(value)}{hint}: 상장된 종목코드 6자리 문자열을 보내십시오"


def _near(text: str, universe: Universe) -> str:
    """Return the code that a text most likely means: written otherwise, or the name of one."""
    windows = (text[start : start + _CODE_LENGTH] for start in range(len(text)))
    for code in (text.zfill(_CODE_LENGTH), text.upper(), *windows):
        if code in universe.by_code:
            return code
    return next((row.code for row in universe.instruments if row.name_ko == text), "")


def _shown(value: object) -> str:
    text = str(value)
    return f'"{text[:_SHOWN]}…"' if len(text) > _SHOWN else f'"{text}"'

"""Speak with one WebSocket peer, without a socket: messages in, frames and hang-ups out.

The caller passes every text it receives to `receive` and calls `due` when `due_ms` has come; it
performs the outputs in order. All times are wire time.

Layout: a session waits for LOGIN, is open, and ends. While it is open, `_ANSWERS` maps the
message name (`trnm`) to the method that answers it.

Invariants:
    - The first frame of a session that logs in is its LOGIN answer.
    - Every message that came before the end has its answers in order; nothing follows a hang-up.
    - Answers to REG and REMOVE never carry `data`; a refused REG changes nothing.

Known deviations: what the broker does with a broken or unknown message, with a wrong first
message after R10004, and which of 105115 and 105118 it sends is not published. We answer the
first with SYSTEM R10003 and go on, close after R10004, and use 105118 where one message alone is
over the cap. Condition search is refused.

Source:
    WebSocket pages of the Kiwoom REST API guide; codes and texts as published by clients, see
    `data/refusals.toml`.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any, ClassVar

import msgspec
from msgspec import Struct

from kiwoom_sim.core.meters import Rate, TokenBucket
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.refusals import Refused, detail, socket_message, system_frame
from kiwoom_sim.protocol.registration import parse_registration
from kiwoom_sim.protocol.registry import Registry
from kiwoom_sim.protocol.tokens import BAD_TOKEN, TokenBook

PING = b'{"trnm":"PING"}'

_NOT_A_TOKEN = 805004
_TOO_FAST = 105110
_MALFORMED = 105111
_OVER_CAP = 105115
_MESSAGE_OVER_CAP = 105118
_NOT_SERVED = 1


class Send(Struct, frozen=True):
    """Send a frame to a connection."""

    connection: int
    frame: bytes


class HangUp(Struct, frozen=True):
    """Close a connection; nothing follows."""

    connection: int
    code: int = 1000
    reason: str = "Bye"


Output = Send | HangUp


class _State(Enum):
    WAITING = "waiting"
    OPEN = "open"
    ENDED = "ended"


class Session:
    """Hold the state of one connection.

    Attributes:
        connection: Ordinal of the connection in the run.
        key: Ordinal of the app key that logged in, 0 before.
        due_ms: Wire time at which `due` has something to do, None if never.
    """

    def __init__(
        self,
        connection: int,
        config: WireConfig,
        tokens: TokenBook,
        registry: Registry,
        wire_ms: int,
    ) -> None:
        self.connection = connection
        self.key = 0
        self.due_ms: int | None = wire_ms + config.login_wait_ms if config.login_wait_ms else None
        self._config = config
        self._tokens = tokens
        self._registry = registry
        self._state = _State.WAITING
        self._unanswered = 0
        self._registrations = _registration_bucket(config, wire_ms)

    @property
    def is_open(self) -> bool:
        """Say whether the peer is logged in."""
        return self._state is _State.OPEN

    @property
    def has_ended(self) -> bool:
        """Say whether nothing will be sent any more."""
        return self._state is _State.ENDED

    def configure(self, config: WireConfig) -> None:
        """Go on with other settings; what is already due stays due, limits count anew."""
        if config.register_per_second != self._config.register_per_second:
            self._registrations = _registration_bucket(config, 0)
        self._config = config

    def receive(self, text: str | bytes, wire_ms: int) -> list[Output]:
        """Take one message of the peer and return what to do about it."""
        message = parse_message(text)
        name = message.get("trnm") if message is not None else None
        if self._state is _State.ENDED:
            return []
        if self._state is _State.WAITING and name != "LOGIN":
            return self.end("R10004")
        answer = self._ANSWERS.get(name) if isinstance(name, str) else None
        if message is None or answer is None:
            return [Send(self.connection, system_frame("R10003"))]
        return answer(self, message, wire_ms)

    def due(self, wire_ms: int) -> list[Output]:
        """Do what has come due: a PING, or the end of a peer that stays silent."""
        outputs: list[Output] = []
        while self.due_ms is not None and self.due_ms <= wire_ms:
            if self._state is _State.WAITING:
                outputs += self.end("R10004")
            elif self._unanswered >= self._config.ping_misses:
                outputs += self.end("R10002")
            else:
                outputs.append(Send(self.connection, PING))
                self._unanswered += 1
                self.due_ms += self._config.ping_interval_ms
        return outputs

    def postpone(self, by_ms: int) -> None:
        """Let what is due come later: the clock of the session stood still."""
        if self.due_ms is not None:
            self.due_ms += by_ms

    def excuse(self) -> None:
        """Count on without the PING messages sent so far: the peer never got the latest."""
        self._unanswered = 0

    def end(self, code: str = "") -> list[Output]:
        """End the session, with a SYSTEM frame if a code is given."""
        if self._state is _State.ENDED:
            return []
        self.forget()
        hang_up = HangUp(self.connection)
        return [Send(self.connection, system_frame(code)), hang_up] if code else [hang_up]

    def forget(self) -> None:
        """Drop everything the session holds: the peer is gone."""
        self._state = _State.ENDED
        self.due_ms = None
        self._registry.drop(self.connection)

    def _login(self, message: dict[str, Any], wire_ms: int) -> list[Output]:
        text = message.get("token")
        token = self._tokens.check(text, wire_ms) if isinstance(text, str) else BAD_TOKEN
        if isinstance(token, Refused):
            refusal = socket_message(_NOT_A_TOKEN, cause=token.code, text=detail(token))
            return [self._answer("LOGIN", _NOT_A_TOKEN, refusal), *self.end()]
        self.key = token.key
        if self._state is _State.WAITING:
            self._state = _State.OPEN
            self.due_ms = wire_ms + self._config.ping_interval_ms
        return [self._answer("LOGIN", 0, "", sor_yn="Y")]

    def _ping(self, _message: dict[str, Any], _wire_ms: int) -> list[Output]:
        self._unanswered = 0
        return []

    def _system(self, _message: dict[str, Any], _wire_ms: int) -> list[Output]:
        # The broker closes at once on a peer that echoes a SYSTEM frame.
        return self.end()

    def _register(self, message: dict[str, Any], wire_ms: int) -> list[Output]:
        limited = self._config.limits_enabled
        if limited and not self._registrations.has_room(wire_ms):
            return [self._refuse("REG", _TOO_FAST)]
        self._registrations.take(wire_ms)
        wanted = parse_registration(message)
        if wanted is None:
            return [self._refuse("REG", _MALFORMED)]
        replaced = None if wanted.keep else wanted.group
        cap = self._config.register_items_max
        count = self._registry.item_count(self.connection, wanted.pairs, replaced)
        if limited and count > cap:
            alone = len({item for _, item in wanted.pairs if item})
            return [self._refuse("REG", _MESSAGE_OVER_CAP if alone > cap else _OVER_CAP)]
        if replaced is not None:
            self._registry.clear(self.connection, replaced)
        self._registry.add(self.connection, wanted.group, wanted.pairs)
        return [self._answer("REG", 0, "")]

    def _remove(self, message: dict[str, Any], _wire_ms: int) -> list[Output]:
        unwanted = parse_registration(message)
        if unwanted is None:
            return [self._refuse("REMOVE", _MALFORMED)]
        self._registry.remove(self.connection, unwanted.group, unwanted.pairs)
        return [self._answer("REMOVE", 0, "")]

    def _condition(self, message: dict[str, Any], _wire_ms: int) -> list[Output]:
        name = str(message["trnm"])
        text = socket_message(_NOT_SERVED, trnm=name)
        return [self._answer(name, _NOT_SERVED, text, data=[])]

    def _refuse(self, name: str, code: int) -> Send:
        return self._answer(name, code, socket_message(code))

    def _answer(self, name: str, code: int, text: str, **more: object) -> Send:
        body = {"trnm": name, "return_code": code, "return_msg": text, **more}
        return Send(self.connection, msgspec.json.encode(body))

    _ANSWERS: ClassVar[
        dict[str, Callable[["Session", dict[str, Any], int], list[Output]]]
    ] = {
        "LOGIN": _login,
        "PING": _ping,
        "SYSTEM": _system,
        "REG": _register,
        "REMOVE": _remove,
        "CNSRLST": _condition,
        "CNSRREQ": _condition,
        "CNSRCLR": _condition,
        "GCNSRLST": _condition,
        "GCNSRREQ": _condition,
        "GCNSRCLR": _condition,
    }  # fmt: skip


def _registration_bucket(config: WireConfig, wire_ms: int) -> TokenBucket:
    return TokenBucket(Rate(config.register_per_second), config.register_per_second, wire_ms)


def parse_message(text: str | bytes) -> dict[str, Any] | None:
    """Return the JSON object that a message is, None if it is none."""
    try:
        message = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return message if isinstance(message, dict) else None

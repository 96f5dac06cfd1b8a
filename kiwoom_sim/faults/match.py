"""Say which requests, messages and frames a rule is about.

Every field that is given must agree; inside a field one of the listed values is enough. Values
are shell patterns (`*`, `?`, `[ab]`) compared with case.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, ClassVar, Literal, Protocol

from msgspec import Meta, Struct, field

from kiwoom_sim.faults.facts import Door, Facts

Patterns = tuple[str, ...]
AppKeys = tuple[Annotated[str, Meta(min_length=1)], ...]

_BOTH_KEYS = "takes either key or app_key"


class Match(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Choose the REST requests that a `[[rule]]` applies to; without it, every one.

    Attributes:
        moment: `request`, or `connect`: a connection opens and nothing was said yet, so that
            only `client` and `connection` can be matched; `tls`: the same at the TLS door, before
            the TLS handshake, whatever door the connection is for; none = `request`.
        api: API ids ("ka1008*").
        group: Last segment of the path ("chart").
        path: Whole path ("/oauth2/token").
        key: App keys by their order of appearance ("key#1"); in the ralph dialect also bearer
            texts that are no live token ("bearer#1").
        app_key: App keys as clients send them, whole and without patterns; nothing that is written
            holds them, a name stands for each.
        client: App key, or "connection#3" where no key is known.
        connection: Ordinal of the connection in the run, from 1.
        header: Values by header name; in a file also as `"header.user-agent" = "python*"`.
        body: Values by body field; in a file also as `"body.stk_cd" = "005930"`.
    """

    door: ClassVar[Door] = "rest"

    moment: tuple[Literal["connect", "request", "tls"], ...] = ()
    api: Patterns = ()
    group: Patterns = ()
    path: Patterns = ()
    key: Patterns = ()
    app_key: AppKeys = ()
    client: Patterns = ()
    connection: tuple[int, ...] = ()
    header: dict[str, Patterns] = {}
    body: dict[str, Patterns] = {}

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        return _BOTH_KEYS if self.key and self.app_key else ""

    def matches(self, facts: Facts) -> bool:
        """Return whether the facts agree with every field that is given but `app_key`.

        Facts hold no secrets; `FaultEngine.decide` knows whose pseudonym is whose.
        """
        return (
            facts.door == self.door
            and facts.moment in (self.moment or ("request",))
            and _agree_anywhere(self, facts)
            and (not self.group or agrees(self.group, facts.group))
        )

    def names(self, api_id: str) -> bool:
        """Return whether an API is among those that `api` allows; none given allow all."""
        return not self.api or agrees(self.api, api_id)


class WsMatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Choose the handshakes, messages and frames that a `[[ws]]` rule applies to.

    Attributes:
        moment: What happens: `connect` (the handshake), `message` (from the client) or `frame`
            (to the client); none = whatever the kind of fault is about.
        direction: `in` is what the client sends, its handshake included, `out` what it is sent.
        api: `trnm` of a message or frame ("REG", "REAL"), on the path `/ws` its `type`
            ("realtime_price"); none = whatever the kind is about. Names that are given replace
            the frames that a kind is usually about.
        type: Real-time types ("0B").
        code: Items of a message or frame ("005930").
        path: Whole path ("/api/dostk/websocket").
        key: App keys by their order of appearance ("key#1").
        app_key: App keys as clients send them, whole and without patterns; nothing that is written
            holds them, a name stands for each.
        client: App key, or "connection#3" where no key is known.
        connection: Ordinal of the connection in the run, from 1.
        header: Values by header name of a handshake; in a file also as
            `"header.user-agent" = "python*"`.
        body: Values by member of a message or frame; in a file also as `"body.grp_no" = "1"`.
    """

    door: ClassVar[Door] = "ws"

    moment: tuple[Literal["connect", "message", "frame"], ...] = ()
    direction: Literal["in", "out"] | None = None
    api: Patterns = ()
    type_: Patterns = field(name="type", default=())
    code: Patterns = ()
    path: Patterns = ()
    key: Patterns = ()
    app_key: AppKeys = ()
    client: Patterns = ()
    connection: tuple[int, ...] = ()
    header: dict[str, Patterns] = {}
    body: dict[str, Patterns] = {}

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        return _BOTH_KEYS if self.key and self.app_key else ""

    def matches(self, facts: Facts) -> bool:
        """Return whether the facts agree with every field that is given but `app_key`."""
        return (
            facts.door == self.door
            and (not self.moment or facts.moment in self.moment)
            and (not self.direction or (self.direction == "out") == (facts.moment == "frame"))
            and _agree_anywhere(self, facts)
            and any_agrees(self.type_, facts.types)
            and any_agrees(self.code, facts.codes)
        )


class _Common(Protocol):
    """Name the fields that both kinds of match have."""

    @property
    def api(self) -> Patterns: ...
    @property
    def path(self) -> Patterns: ...
    @property
    def key(self) -> Patterns: ...
    @property
    def client(self) -> Patterns: ...
    @property
    def connection(self) -> tuple[int, ...]: ...
    @property
    def header(self) -> Mapping[str, Patterns]: ...
    @property
    def body(self) -> Mapping[str, Patterns]: ...


def agrees(patterns: Patterns, value: str) -> bool:
    """Return whether a value fits one of the patterns."""
    return any(fnmatchcase(value, pattern) for pattern in patterns)


def any_agrees(patterns: Patterns, values: tuple[str, ...]) -> bool:
    """Return whether one of the values fits one of the patterns, or there are no patterns."""
    return not patterns or any(agrees(patterns, value) for value in values)


def _agree_anywhere(match: _Common, facts: Facts) -> bool:
    if match.connection and facts.connection not in match.connection:
        return False
    single = (
        (match.api, facts.api_id),
        (match.path, facts.path),
        (match.key, facts.key),
        (match.client, facts.client),
    )
    return (
        all(not patterns or agrees(patterns, value) for patterns, value in single)
        and all(_header_agrees(facts, name, wanted) for name, wanted in match.header.items())
        and all(_body_agrees(facts, name, wanted) for name, wanted in match.body.items())
    )


def _header_agrees(facts: Facts, name: str, patterns: Patterns) -> bool:
    value = facts.headers.get(name.lower())
    return value is not None and agrees(patterns, value)


def _body_agrees(facts: Facts, name: str, patterns: Patterns) -> bool:
    value = facts.body.get(name)
    if isinstance(value, bool):
        return agrees(patterns, "true" if value else "false")
    return isinstance(value, str | int | float) and agrees(patterns, str(value))

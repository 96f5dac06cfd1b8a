"""Say which requests, messages and frames a rule is about.

Every field that is given must agree; inside a field one of the listed values is enough. Values
are shell patterns (`*`, `?`, `[ab]`) compared with case.
"""

from fnmatch import fnmatchcase
from typing import Literal

from msgspec import Struct, field

from kiwoom_sim.faults.facts import Facts, Moment

Patterns = tuple[str, ...]


class Match(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Choose what a rule applies to; a rule without it applies to every REST request.

    Attributes:
        door: `rest` or `ws`.
        moment: What happens at the door: `request` (REST), `connect`, `message` (from the
            client) or `frame` (to the client); none = any.
        api: API ids ("ka1008*"); at the `ws` door the `trnm` ("REG", "REAL"), on the path `/ws`
            the `type` ("realtime_price").
        group: Last segment of the path ("chart").
        path: Whole path ("/oauth2/token").
        key: App keys by their order of appearance ("key#1"); in the ralph dialect also bearer
            texts that are no live token ("bearer#1").
        client: App key, or "connection#3" where no key is known.
        connection: Ordinal of the connection in the run, from 1.
        type: Real-time types ("0B").
        code: Items of a frame or message ("005930").
        header: Values by header name; in a file also as `"header.user-agent" = "python*"`.
        body: Values by body field; in a file also as `"body.stk_cd" = "005930"`.
    """

    door: Literal["rest", "ws"] = "rest"
    moment: tuple[Moment, ...] = ()
    api: Patterns = ()
    group: Patterns = ()
    path: Patterns = ()
    key: Patterns = ()
    client: Patterns = ()
    connection: tuple[int, ...] = ()
    type_: Patterns = field(name="type", default=())
    code: Patterns = ()
    header: dict[str, Patterns] = {}
    body: dict[str, Patterns] = {}

    def matches(self, facts: Facts) -> bool:
        """Return whether the facts agree with every field that is given."""
        if facts.door != self.door or (self.moment and facts.moment not in self.moment):
            return False
        if self.connection and facts.connection not in self.connection:
            return False
        single = (
            (self.api, facts.api_id),
            (self.group, facts.group),
            (self.path, facts.path),
            (self.key, facts.key),
            (self.client, facts.client),
        )
        return (
            all(not patterns or agrees(patterns, value) for patterns, value in single)
            and _any_agrees(self.type_, facts.types)
            and _any_agrees(self.code, facts.codes)
            and all(_header_agrees(facts, name, wanted) for name, wanted in self.header.items())
            and all(_body_agrees(facts, name, wanted) for name, wanted in self.body.items())
        )


def agrees(patterns: Patterns, value: str) -> bool:
    """Return whether a value fits one of the patterns."""
    return any(fnmatchcase(value, pattern) for pattern in patterns)


def _any_agrees(patterns: Patterns, values: tuple[str, ...]) -> bool:
    return not patterns or any(agrees(patterns, value) for value in values)


def _header_agrees(facts: Facts, name: str, patterns: Patterns) -> bool:
    value = facts.headers.get(name.lower())
    return value is not None and agrees(patterns, value)


def _body_agrees(facts: Facts, name: str, patterns: Patterns) -> bool:
    value = facts.body.get(name)
    if isinstance(value, bool):
        return agrees(patterns, "true" if value else "false")
    return isinstance(value, str | int | float) and agrees(patterns, str(value))

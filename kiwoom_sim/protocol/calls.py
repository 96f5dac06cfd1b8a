"""Name what a query receives and returns, and read the parameters of a call.

A query is a pure function of (spec, call, views): it returns a `Result`, or a `Refused`.
"""

from collections.abc import Callable, Sequence

import msgspec
from msgspec import Struct, structs

from kiwoom_sim.core.clock import MS_PER_MINUTE, day_of, moment, parse_day
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.records import Venue
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import ApiSpec, Oddities


class Call(Struct, frozen=True, kw_only=True):
    """Hold the decoded body and the continuation headers of a REST call.

    Attributes:
        body: Request fields as texts; fields that were not sent are missing.
        next_key: The `next-key` header if `cont-yn` was Y, else empty.
    """

    body: dict[str, str]
    next_key: str = ""
    oddities: Oddities = "as-real"

    def text(self, name: str, default: str = "") -> str:
        """Return a request field without surrounding blanks, or the default if it is empty."""
        return self.body.get(name, "").strip() or default


class Result(Struct, frozen=True, kw_only=True):
    """Hold what a query found, before it is rendered.

    Attributes:
        record: Gives the fields beside the list.
        columns: Gives the rows of the list: columns, or a list of records.
        count: Number of rows.
        written: Older rows that follow, as JSON objects joined by commas.
        next_key: Key of the next page, empty on the last one.
    """

    record: object = None
    columns: object | Sequence[object] = None
    count: int = 0
    written: bytes = b""
    next_key: str = ""


class Parts:
    """Offer the attributes of several records as one; the first part that has a name wins."""

    def __init__(self, *parts: Struct) -> None:
        for part in reversed(parts):
            self.__dict__.update(structs.asdict(part))


class Query(Struct, frozen=True):
    """Register a query: its function and the classes of its record and of its rows.

    The classes let the loader check every `from` of the catalogue.
    """

    answer: Callable[[ApiSpec, Call, Views], Result | Refused]
    record: tuple[type, ...] = ()
    columns: tuple[type, ...] = ()


def body_fields(body: bytes) -> dict[str, str] | Refused:
    """Return the members of a body as texts; null counts as absent, an empty body as `{}`."""
    try:
        members = msgspec.json.decode(body) if body.strip() else {}
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        members = None
    if not isinstance(members, dict):
        return Refused("1517", {"parameter": "body", "reason": "JSON 형식이 아닙니다"})
    fields = {}
    for name, value in members.items():
        if isinstance(value, list | dict):
            return Refused("1517", {"parameter": name, "reason": "문자열이 아닙니다"})
        if value is not None:
            fields[name] = value if isinstance(value, str) else str(value)
    return fields


def split_symbol(text: str) -> tuple[str, Venue]:
    """Return the plain code and the venue that its suffix names (`_NX`, `_AL`, none)."""
    for venue in (Venue.NXT, Venue.ALL):
        if text.endswith(venue.value):
            return text.removesuffix(venue.value), venue
    return text, Venue.KRX


def bad_value(parameter: str, reason: str) -> Refused:
    """Return the refusal of a request field with a malformed value."""
    return Refused("1517", {"parameter": parameter, "reason": reason})


def unknown_symbol(text: str) -> Refused:
    """Return the refusal of a stock code that is not listed."""
    return Refused("1902", {"stk_cd": text})


def prepare_quotes(codes: Sequence[str], views: Views) -> None:
    """Build at once what the quotes and books of many symbols need.

    Raises:
        NotReady: Something is missing and the store is cooperative; one worker builds it all.
    """
    calendar, now = views.market.calendar, views.now_ms
    newest = min(now, moment(calendar.latest(day_of(now)) + 1) - 1)
    if codes:
        views.market.prefetch(list(codes), newest - MS_PER_MINUTE, newest)


def history_start(views: Views) -> int:
    """Return the first session that the market knows."""
    calendar = views.market.calendar
    return calendar.day_at(calendar.first_index)


def last_day(call: Call, views: Views, name: str = "base_dt") -> int | Refused:
    """Return the session that a date parameter means: never later than today.

    A date without a session means the one before it; an empty one means today. A date before
    `history_start` is returned as it is.

    Source:
        Clients measured that a future `base_dt` is clamped to today and a holiday is moved to
        the previous session.
    """
    today = day_of(views.now_ms)
    text = call.text(name)
    wanted = parse_day(text) if text else today
    if wanted is None:
        return bad_value(name, "날짜 형식 오류")
    if wanted < history_start(views):
        return wanted
    return views.market.calendar.latest(min(wanted, today))

"""Tell which form of the `ralph` dialect a request is, and read it.

The older servers put the API into the path (`/api/dostk/ka10001`) or let two APIs share a path
without naming one (`/api/dostk/chart`, `/api/dostk/stkinfo`). Each form counts as the official
API that shows the same numbers.

Layout: `form_type` chooses by path and body, `api_of` names the official counterpart, and
`read_form` checks method, path, authorization and body, in that order.

Known deviations from the older servers: a wrong body is answered 400 (theirs said 422), after the
check of the authorization; `stkinfo` knows both of its forms (theirs never reached the second).

Not for: codes that nobody lists; only the market knows those.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import msgspec
from msgspec import Struct

from kiwoom_sim.core.clock import parse_day
from kiwoom_sim.protocol.messages import ApiRequest
from kiwoom_sim.protocol.ralph.replies import Denied, quoted

PREFIX = "/api/dostk/"
CHART_PATH = "/api/dostk/chart"
INFO_PATH = "/api/dostk/stkinfo"
INDEX_CODES = {"KS11": "001", "KQ11": "101"}
"""Index codes of the dialect and the broker's own."""

_BLOCK = "t0414InBlock"

Members = Mapping[str, object]


class PriceForm(Struct, frozen=True, kw_only=True):
    """Ask for the price of a stock (t0414)."""

    api_id: ClassVar[str] = "ka10001"
    shcode: str

    @property
    def subject(self) -> str:
        """Return the stock that is asked about."""
        return self.shcode


class _Named(Struct, frozen=True, kw_only=True):
    """Name a stock or an index."""

    stk_cd: str

    @property
    def subject(self) -> str:
        """Return the stock or index that is asked about."""
        return self.stk_cd


class DayChartForm(_Named, frozen=True, kw_only=True):
    """Ask for the day candles of a stock; dates are `YYYYMMDD` or empty."""

    api_id: ClassVar[str] = "ka10081"
    base_dt: str = ""
    upd_stkpc_tp: str = "1"
    inq_strt_dt: str = ""
    inq_end_dt: str = ""
    data_tp: str = "01"
    isu_cd_tp: str = ""


class IndexChartForm(_Named, frozen=True, kw_only=True):
    """Ask for the day candles of an index; dates are `YYYYMMDD` or empty."""

    api_id: ClassVar[str] = "ka20006"
    base_dt: str = ""
    inq_strt_dt: str = ""
    inq_end_dt: str = ""
    data_tp: str = "01"


class InvestorChartForm(_Named, frozen=True, kw_only=True):
    """Ask who bought and sold a stock in the sessions up to a day."""

    api_id: ClassVar[str] = "ka10060"
    dt: str
    amt_qty_tp: str = "1"
    trde_tp: str = "0"
    unit_tp: str = "1000"


class StockListForm(Struct, frozen=True, kw_only=True):
    """Ask for the stocks of a market: "0" KOSPI, "10" KOSDAQ."""

    api_id: ClassVar[str] = "ka10099"
    mrkt_tp: str = "0"

    @property
    def subject(self) -> str:
        """Return nothing: a list is about a whole market."""
        return ""


class IndexQuoteForm(_Named, frozen=True, kw_only=True):
    """Ask for an index now."""

    api_id: ClassVar[str] = "ka20001"


Form = (
    PriceForm | DayChartForm | IndexChartForm | InvestorChartForm | StockListForm | IndexQuoteForm
)

_ALLOWED: dict[type[Form], dict[str, Sequence[str]]] = {
    DayChartForm: {"upd_stkpc_tp": ("0", "1"), "data_tp": ("01",), "isu_cd_tp": ("", "01", "02")},
    IndexChartForm: {"stk_cd": tuple(INDEX_CODES), "data_tp": ("01",)},
    InvestorChartForm: {
        "amt_qty_tp": ("1", "2"),
        "trde_tp": ("0", "1", "2"),
        "unit_tp": ("1000", "1"),
    },
    StockListForm: {"mrkt_tp": ("0", "10")},
    IndexQuoteForm: {"stk_cd": tuple(INDEX_CODES)},
}
_DATES = ("base_dt", "inq_strt_dt", "inq_end_dt", "dt")

_READ_AS = {
    CHART_PATH: (
        "the investor chart of the ralph dialect {dt, stk_cd, amt_qty_tp?, trde_tp?, unit_tp?}",
        "ka10081",
    ),
    INFO_PATH: (
        "the stock list {mrkt_tp: 0 | 10} or index quote {stk_cd: KS11 | KQ11} of the ralph"
        " dialect",
        "ka10001",
    ),
}
"""How a request on a shared path was read, and an official API that it may have meant."""


def form_type(path: str, members: Members) -> type[Form] | None:
    """Return the form that a body on a path has, or None on an unknown path."""
    match path.removeprefix(PREFIX):
        case "ka10001":
            return PriceForm
        case "ka10081":
            return IndexChartForm if _text(members.get("isu_cd_tp")) == "02" else DayChartForm
        case "chart":
            return InvestorChartForm
        case "stkinfo":
            return StockListForm if members.get("stk_cd") is None else IndexQuoteForm
        case _:
            return None


def api_of(request: ApiRequest) -> str:
    """Return the official API that a request counts as, or an empty text."""
    found = form_type(request.path, _members(request.body) or {})
    return "" if found is None else found.api_id


def read_form(request: ApiRequest) -> Form | Denied:
    """Return the form of a request, or why it has to be denied."""
    members = _members(request.body)
    kind = form_type(request.path, members or {})
    if kind is None:
        return Denied(404, f"{quoted(request.path)} does not exist")
    if request.method != "POST":
        return Denied(405, f"{quoted(request.method)} is not allowed, use POST")
    if not request.headers.get("authorization", "").strip():
        return Denied(401, "the Authorization header is missing")
    if members is None:
        return Denied(400, "the body is not a JSON object")
    form = _read_price(members) if kind is PriceForm else _read(kind, members)
    return _explained(form, request.path) if isinstance(form, Denied) else form


def _read(kind: type[Form], members: Members) -> Form | Denied:
    """Return a form from the members it knows; the others do not matter."""
    if kind is StockListForm and members and "mrkt_tp" not in members:
        return Denied(400, "mrkt_tp is missing")
    known: dict[str, str] = {}
    for name in kind.__struct_fields__:
        text = _text(members.get(name))
        if text is None:
            return Denied(400, f"{name} must be a text or a number")
        if text:
            known[name] = text
    needed = kind.__struct_fields__[: len(kind.__struct_fields__) - len(kind.__struct_defaults__)]
    for name in needed:
        if name not in known:
            return Denied(400, f"{name} is missing")
    return _wrong(kind, known) or kind(**known)


def _wrong(kind: type[Form], known: Mapping[str, str]) -> Denied | None:
    """Return why the value of a member cannot mean anything."""
    for name, allowed in _ALLOWED.get(kind, {}).items():
        if name in known and known[name] not in allowed:
            return Denied(400, f"{name} {quoted(known[name])} is none of {_listed(allowed)}")
    for name in _DATES:
        if name in known and parse_day(known[name]) is None:
            return Denied(400, f"{name} {quoted(known[name])} is no date (YYYYMMDD)")
    return None


def _read_price(members: Members) -> Form | Denied:
    method = _text(members.get("method"))
    if method not in {"", "t0414"}:
        return Denied(400, f'method {quoted(method)} is not served here, only "t0414"')
    params = members.get("params")
    block = params.get(_BLOCK) if isinstance(params, dict) else None
    shcode = block.get("shcode") if isinstance(block, dict) else None
    if _text(shcode) == "":
        return Denied(400, f"params.{_BLOCK}.shcode is missing")
    return _read(PriceForm, {"shcode": shcode})


def _explained(denied: Denied, path: str) -> Denied:
    """Return a denial; on a shared path it also says how a request without `api-id` was read."""
    if path not in _READ_AS:
        return denied
    read_as, meant = _READ_AS[path]
    return Denied(
        denied.status,
        f"{denied.message}; without an api-id header this was read as {read_as}, an official"
        f" call names its API (api-id: {meant})",
    )


def _members(body: bytes) -> Members | None:
    """Return the members of a JSON object, none of an empty body; None of anything else."""
    try:
        members = msgspec.json.decode(body) if body.strip() else {}
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return members if isinstance(members, dict) else None


def _text(value: object) -> str | None:
    """Return a text or number as a text, nothing as an empty one, and None for all else."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip()


def _listed(allowed: Sequence[str]) -> str:
    return ", ".join(quoted(value) for value in allowed if value)

"""Describe one API of the broker as data: the schema of the files in `catalog/`.

Layout: a REST file has the sections `[request]`, `[reply]` and `[row]`, a real-time file has
`[values]`; each section holds one field per line, in wire order. Keys of two kinds never mix:
*vendor facts* (`ko`, `kind`, `unit`, `decimals`, ...) come from the broker's guide, *our choices*
(`query`, `params`, `fidelity`, `from`, `as`, `canned`, `blank`, `reason`) say what we send.

Not for: reading files (`loader.py`) or making wire text (`formats.py`, `projection.py`).
"""

from typing import Literal

from msgspec import Struct

Kind = Literal[
    "number", "signed", "code", "text", "date", "time", "datetime", "int", "unknown", "list",
    "object",
]  # fmt: skip
Fidelity = Literal["", "exact", "modelled", "canned"]
Oddities = Literal["as-real", "clean"]


class Field(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True,
    rename={"source": "from", "format": "as"},
):  # fmt: skip
    """Describe one field of a message.

    Attributes:
        ko: Korean label of the guide.
        kind: What the text stands for; `unknown` where the guide shows no value.
        length: Longest text in characters, 0 = not stated.
        required: Whether a request must carry it.
        unit: Unit of the number, for example `1e6 KRW`.
        unit_by: Request parameter that chooses among the units.
        decimals: Digits after the point.
        plus: Whether positive numbers carry a `+`.
        direction: Whether the sign means up or down against the base price, not a value.
        pad: Width that is filled with zeros, sign included.
        zero: How zero is written, where that is not the plain form.
        scale: The number is the value times this.
        pattern: Form of a date or time.
        empty: The guide's example shows no value.
        double_minus: Negative values were seen with two minus signs.
        codes: Known values and their labels.
        open: Values outside `codes` occur.
        note: A slip of the guide that the entry corrects.
        source: Attribute of the query's record (written `from`).
        format: Function of `formats.py` (written `as`).
        canned: Fixed text, where there is nothing to derive it from.
        blank: Sent empty, as the real service does; plain data fill it with `from`.
        reason: Why the field is canned, blank, or constant in practice.
    """

    ko: str = ""
    kind: Kind = "unknown"
    length: int = 0
    required: bool = False
    unit: str = ""
    unit_by: str = ""
    decimals: int = 0
    plus: bool = False
    direction: bool = False
    pad: int = 0
    zero: str = ""
    scale: int = 1
    pattern: str = ""
    empty: bool = False
    double_minus: bool = False
    codes: dict[str, str] = {}
    open: bool = False
    note: str = ""
    source: str = ""
    format: str = ""
    canned: str | None = None
    blank: bool = False
    reason: str = ""


Fields = dict[str, Field]


class ApiSpec(Struct, frozen=True, eq=False, kw_only=True, forbid_unknown_fields=True):
    """Describe one REST API, or one request type of the WebSocket; equal only to itself.

    Attributes:
        api_id: The id; also the name of the file.
        name: Korean name.
        path: URL path.
        menu: Where the guide lists it.
        trnm: WebSocket command, "" for REST.
        mock: Whether the broker's mock environment serves it; None = unknown.
        rows: Name of the list in the reply, "" without one.
        array_rows: Rows of the list are JSON arrays instead of objects.
        page_size: Rows of one page, 0 = not known.
        order: Order of the rows, "" = not known.
        notes: Slips of the guide.
        source: Document that the facts come from.
        query: Function that answers it, "" = no question, or not served yet.
        command: Order that it gives (`orders.py`), "" for a question.
        params: Fixed arguments of the query.
        fidelity: How close the answer is to the real one.
        reason: What the answer leaves out.
    """

    api_id: str
    name: str
    path: str
    source: str
    menu: tuple[str, ...] = ()
    trnm: tuple[str, ...] = ()
    mock: bool | None = None
    rows: str = ""
    array_rows: bool = False
    page_size: int = 0
    order: str = ""
    notes: tuple[str, ...] = ()
    query: str = ""
    command: str = ""
    params: dict[str, str | int] = {}
    fidelity: Fidelity = ""
    reason: str = ""
    request: Fields = {}
    reply: Fields = {}
    row: Fields = {}

    @property
    def served(self) -> bool:
        """Return whether the API is answered (else the gateway says 8104)."""
        return bool(self.query or self.command)


class RealtimeSpec(Struct, frozen=True, eq=False, kw_only=True, forbid_unknown_fields=True):
    """Describe one type of real-time push (REAL); `values` is keyed by FID; equal to itself only.

    Attributes:
        type: The type, for example "0B".
        record: Record of `pushes.py` that fills it, "" = not served yet.
    """

    type: str
    name: str
    path: str
    source: str
    menu: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    record: str = ""
    fidelity: Fidelity = ""
    reason: str = ""
    values: Fields = {}

    @property
    def served(self) -> bool:
        """Return whether pushes of this type are sent."""
        return bool(self.record)

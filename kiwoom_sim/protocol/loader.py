"""Find and read the API descriptions of `catalog/`: file names first, one file on first use.

```text
catalog/
  chart/ka10081.toml     folder = last segment of the URL, file = API id
  realtime/0B.toml       real-time types; a type that differs from another one only by case
  realtime/0u_lower.toml has `_lower` behind it, because some file systems know no case
```

A served description is checked against the code when it is loaded: its query, its formats, and
that every `from` names an attribute of the query's records.

Not for: the meaning of the entries (`spec.py`).
"""

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from kiwoom_sim.errors import CatalogError
from kiwoom_sim.protocol.confirmations import BalancePush, OrderPush
from kiwoom_sim.protocol.formats import make_format
from kiwoom_sim.protocol.orders import COMMANDS, OrderReply
from kiwoom_sim.protocol.projection import split_source
from kiwoom_sim.protocol.pushes import RECORDS
from kiwoom_sim.protocol.queries import GATEWAY_QUERIES, QUERIES
from kiwoom_sim.protocol.spec import ApiSpec, Fields, RealtimeSpec

REALTIME = "realtime"
_LOWER = "_lower"
_RECORDS = {**RECORDS, "order": OrderPush, "balance": BalancePush}


@cache
def _index() -> tuple[dict[str, Traversable], dict[str, Traversable]]:
    """Return the files of APIs and of real-time types, by id."""
    apis: dict[str, Traversable] = {}
    types: dict[str, Traversable] = {}
    for folder in files("kiwoom_sim.protocol").joinpath("catalog").iterdir():
        if not folder.is_dir():
            continue
        target = types if folder.name == REALTIME else apis
        for entry in folder.iterdir():
            if entry.name.endswith(".toml"):
                target[entry.name.removesuffix(".toml").removesuffix(_LOWER)] = entry
    return apis, types


def api_ids() -> tuple[str, ...]:
    """Return every documented REST and WebSocket API id, sorted."""
    return tuple(sorted(_index()[0]))


def realtime_types() -> tuple[str, ...]:
    """Return every documented real-time type, sorted."""
    return tuple(sorted(_index()[1]))


def _check_fields(fields: Fields, classes: tuple[type, ...], query: str) -> None:
    """Check that each field has a format, and a value in one of the classes."""
    for name, field in fields.items():
        try:
            make_format(field, "clean")
        except CatalogError as problem:
            raise CatalogError(f"{name}: {problem}") from problem
        attribute, _ = split_source(field.source)
        if field.canned is None and not any(hasattr(each, attribute) for each in classes):
            raise CatalogError(f"{name}: {query} has no {field.source!r}")


def _check_api(found: ApiSpec) -> None:
    if not found.served or found.query in GATEWAY_QUERIES:
        return
    if found.command:
        if found.command not in COMMANDS:
            known = ", ".join(COMMANDS)
            raise CatalogError(f"unknown command {found.command!r}; known: {known}")
        _check_fields(found.reply, (OrderReply,), found.command)
        return
    query = QUERIES.get(found.query)
    if query is None:
        raise CatalogError(f"unknown query {found.query!r}; known: {', '.join(QUERIES)}")
    _check_fields(found.reply, query.record, found.query)
    _check_fields(found.row, query.columns, found.query)


def _check_realtime(found: RealtimeSpec) -> None:
    if not found.served:
        return
    if found.record not in _RECORDS:
        raise CatalogError(f"unknown record {found.record!r}; known: {', '.join(_RECORDS)}")
    _check_fields(found.values, (_RECORDS[found.record],), found.record)


def parse_api(api_id: str, text: str) -> ApiSpec:
    """Return the API that the text of a catalogue file describes.

    Raises:
        CatalogError: The text does not fit the schema or the code.
    """
    try:
        found = msgspec.convert({"api_id": api_id, **tomllib.loads(text)}, ApiSpec)
        _check_api(found)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError, CatalogError) as problem:
        raise CatalogError(f"{api_id}: {problem}") from problem
    return found


def parse_realtime(type_code: str, text: str) -> RealtimeSpec:
    """Return the real-time type that the text of a catalogue file describes.

    Raises:
        CatalogError: The text does not fit the schema or the code.
    """
    try:
        found = msgspec.convert({"type": type_code, **tomllib.loads(text)}, RealtimeSpec)
        _check_realtime(found)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError, CatalogError) as problem:
        raise CatalogError(f"{type_code}: {problem}") from problem
    return found


@cache
def spec(api_id: str) -> ApiSpec | None:
    """Return the description of an API, or None if the id is not documented.

    Raises:
        CatalogError: The packaged file is wrong.
    """
    entry = _index()[0].get(api_id)
    return None if entry is None else parse_api(api_id, entry.read_text(encoding="utf-8"))


@cache
def realtime(type_code: str) -> RealtimeSpec | None:
    """Return the description of a real-time type, or None if it is not documented.

    Raises:
        CatalogError: The packaged file is wrong.
    """
    entry = _index()[1].get(type_code)
    return None if entry is None else parse_realtime(type_code, entry.read_text(encoding="utf-8"))

"""Find and read the API descriptions of `catalog/`: file names first, one file on first use.

```text
catalog/
  chart/ka10081.toml     folder = last segment of the URL, file = API id
  realtime/0B.toml       real-time types; a type that differs from another one only by case
  realtime/0u_lower.toml has `_lower` behind it, because some file systems know no case
```

Not for: the meaning of the entries (`spec.py`).
"""

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from kiwoom_sim.errors import CatalogError
from kiwoom_sim.protocol.spec import ApiSpec, RealtimeSpec

REALTIME = "realtime"
_LOWER = "_lower"


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


def _read(entry: Traversable) -> dict[str, Any]:
    return tomllib.loads(entry.read_text(encoding="utf-8"))


@cache
def spec(api_id: str) -> ApiSpec | None:
    """Return the description of an API, or None if the id is not documented.

    Raises:
        CatalogError: The packaged file does not fit the schema.
    """
    entry = _index()[0].get(api_id)
    if entry is None:
        return None
    try:
        return msgspec.convert({"api_id": api_id, **_read(entry)}, ApiSpec)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as problem:
        raise CatalogError(f"{entry.name}: {problem}") from problem


@cache
def realtime(type_code: str) -> RealtimeSpec | None:
    """Return the description of a real-time type, or None if it is not documented.

    Raises:
        CatalogError: The packaged file does not fit the schema.
    """
    entry = _index()[1].get(type_code)
    if entry is None:
        return None
    try:
        return msgspec.convert({"type": type_code, **_read(entry)}, RealtimeSpec)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as problem:
        raise CatalogError(f"{entry.name}: {problem}") from problem

"""Know which names a pattern can be about: APIs, groups and paths of the guide, real-time types."""

from collections.abc import Iterable
from functools import cache

from kiwoom_sim.faults.match import Patterns, agrees
from kiwoom_sim.protocol import loader

TOKEN_PATHS = ("/oauth2/token", "/oauth2/revoke")
MESSAGES = (
    "LOGIN", "PING", "REG", "REMOVE", "REAL", "SYSTEM", "CNSRLST", "CNSRREQ", "CNSRCLR",
)  # fmt: skip
"""Names (`trnm`) of WebSocket messages and frames."""


@cache
def apis() -> dict[str, str]:
    """Return the path of every documented API, by id."""
    found = {}
    for api_id in loader.api_ids():
        spec = loader.spec(api_id)
        assert spec is not None
        found[api_id] = spec.path
    return found


def group_of(path: str) -> str:
    """Return the group of a path: its last segment."""
    return path.rstrip("/").rpartition("/")[2]


@cache
def groups() -> frozenset[str]:
    """Return every group of REST paths; the older contract has a path for each API."""
    return frozenset(map(group_of, (*apis().values(), *TOKEN_PATHS))) | frozenset(apis())


@cache
def paths() -> frozenset[str]:
    """Return every REST path, those of the older contract too."""
    return frozenset((*apis().values(), *TOKEN_PATHS, *(f"/api/dostk/{api}" for api in apis())))


@cache
def types() -> frozenset[str]:
    """Return every documented real-time type."""
    return frozenset(loader.realtime_types())


def strangers(patterns: Patterns, names: Iterable[str]) -> list[str]:
    """Return the patterns that fit none of some names."""
    known = list(names)
    return [pattern for pattern in patterns if not any(agrees((pattern,), n) for n in known)]

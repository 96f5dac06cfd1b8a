"""Decide which wire contract a request speaks, by its path and API id only.

Dialects differ in shape, never in truth: `kiwoom` is the official API, `ralph` the contract of
older mocks, which put the API into the path (whatever the `api-id` header said) or shared two
paths between APIs without naming one. A token call is `kiwoom`, except that it may carry the
older grant type; a path that neither contract knows is `kiwoom` too.
"""

from enum import Enum

_RALPH_PREFIX = "/api/dostk/ka"
_SHARED_PATHS = frozenset({"/api/dostk/chart", "/api/dostk/stkinfo"})
_TOKEN_PATHS = {"/oauth2/token": "au10001", "/oauth2/revoke": "au10002"}


class Dialect(Enum):
    """Name a wire contract."""

    KIWOOM = "kiwoom"
    RALPH = "ralph"


def dialect_of(path: str, api_id: str) -> Dialect:
    """Return the contract of a request.

    Args:
        path: Path of the URL, without a query string.
        api_id: The `api-id` header, empty if there is none.
    """
    if path.startswith(_RALPH_PREFIX) or (path in _SHARED_PATHS and not api_id):
        return Dialect.RALPH
    return Dialect.KIWOOM


def token_api(path: str) -> str:
    """Return the API id of a token path, which clients need not send; else an empty text."""
    return _TOKEN_PATHS.get(path, "")

"""Name what comes into a run: the records of its trace.

A run consumes records and nothing else, so a trace and a scenario are all a replay needs.
"""

from typing import Literal

from msgspec import Struct

SCHEMA = 1

Kind = Literal["open", "bytes", "close", "signal", "control"]
Door = Literal["rest", "ws", "tls", ""]


class Begin(Struct, frozen=True, kw_only=True, tag="begin", tag_field="kind"):
    """Head a trace.

    Attributes:
        epoch_ms: Korean wall time at which the run began, in ms since 1970-01-01 KST.
        start_ms: Market time at which the run began.
    """

    schema: int = SCHEMA
    version: str
    run: str
    scenario: str
    epoch_ms: int
    start_ms: int


class Record(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Hold one thing that came in.

    Attributes:
        ms: Wire time.
        seq: Ordinal in the run, from 1; orders records of the same millisecond.
        conn: Ordinal of the connection in the run, counted per door; 0 = none.
        method, path, headers: Of an HTTP request or a WebSocket handshake.
        text: Body of a request, text of a WebSocket message, name of a signal, or what a
            control asks for ("advance 5000": let so many ms of wire time pass at once; "reset"
            or "reset tokens": forget what was counted).
        raw: The same where it is not UTF-8 text.
        code: Close code of a WebSocket, or 0.
    """

    ms: int
    seq: int
    conn: int = 0
    kind: Kind
    door: Door = ""
    method: str = ""
    path: str = ""
    headers: dict[str, str] = {}
    text: str = ""
    raw: bytes = b""
    code: int = 0

    @property
    def body(self) -> bytes:
        """Return the bytes that came in."""
        return self.raw or self.text.encode()


def split_body(body: bytes) -> tuple[str, bytes]:
    """Return a body as (text, b"") or, where it is not text, as ("", body)."""
    try:
        return body.decode(), b""
    except UnicodeDecodeError:
        return "", body

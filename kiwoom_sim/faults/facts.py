"""State what a fault rule may look at: one request, message, frame or connection.

Doors fill in what they know; everything else keeps its empty default and matches nothing.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

Door = Literal["rest", "ws"]
Moment = Literal["request", "connect", "tls", "message", "frame"]

SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "appkey", "appsecret", "secretkey"}
)
"""Headers that hold keys, secrets or tokens."""

SECRET_MEMBERS = frozenset({"appkey", "secretkey", "appsecret", "token", "refresh_token"})
"""Body fields that hold them."""

_NOTHING: Mapping[str, object] = {}
_NO_HEADERS: Mapping[str, str] = {}


class Facts(Struct, frozen=True, kw_only=True):
    """Hold the facts about one thing that is about to happen at a door.

    Attributes:
        door: Where it happens.
        moment: What it is: a REST `request`; a `connect` (a REST connection, a WebSocket
            handshake); `tls`, a connection at the TLS door; a WebSocket `message` (the client
            speaks) or `frame` (the server speaks).
        wire_ms: Wire time.
        connection: Ordinal of the connection in the run, from 1.
        key: Pseudonym of the app key ("key#1"), in the ralph dialect of a bearer text without one
            ("bearer#1"), or "" before it is known.
        api_id: API of a request, whatever its dialect; `trnm` of a WebSocket message or frame.
        path: Path of the URL, without host and query.
        headers: Lower-case header names to values.
        body: Decoded JSON object of a request or message; empty if it is none.
        types: Real-time types that a frame carries or a message names ("0B").
        codes: Items that a frame carries or a message names ("005930").
        text: The message or frame as it stands.
    """

    door: Door
    moment: Moment
    wire_ms: int
    connection: int = 0
    key: str = ""
    api_id: str = ""
    path: str = ""
    headers: Mapping[str, str] = _NO_HEADERS
    body: Mapping[str, object] = _NOTHING
    types: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    text: bytes = b""

    @property
    def client(self) -> str:
        """Return who this is: the app key's pseudonym, else the connection."""
        return client_of(self.key, self.connection)

    @property
    def has_key(self) -> bool:
        """Return whether the app key is known."""
        return self.key.startswith("key#")

    @property
    def shows_token(self) -> bool:
        """Return whether this is a REST call with a token that was issued, dead or alive."""
        return self.has_key and not self.path.startswith("/oauth2/")

    @property
    def group(self) -> str:
        """Return the API group: the last segment of the path ("chart")."""
        return self.path.rstrip("/").rpartition("/")[2]


def client_of(key: str, connection: int) -> str:
    """Return what rules call a client: its app key's pseudonym, else its connection."""
    return key or f"connection#{connection}"

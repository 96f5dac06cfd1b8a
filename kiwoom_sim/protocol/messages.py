"""Name what passes between a REST door and the gateway.

Not for: transport. Header names are lower case here; the door folds them.
"""

from msgspec import Struct


class ApiRequest(Struct, frozen=True, kw_only=True):
    """Hold one HTTP request as the engine sees it.

    Attributes:
        headers: Lower-case names to values; the last of a repeated header wins.
        connection: Ordinal of the TCP connection in the run, from 1.
        received_ms: Wire time of arrival.
        sequence: Ordinal of the request in the run, from 1.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int = 0
    received_ms: int = 0
    sequence: int = 0

    @property
    def api_id(self) -> str:
        """Return the `api-id` header, or an empty text."""
        return self.headers.get("api-id", "").strip()


class ApiReply(Struct, frozen=True, kw_only=True):
    """Hold one HTTP answer.

    Attributes:
        headers: Broker headers (`api-id`, `cont-yn`, `next-key`, ...), without content-length.
        refusal: Documented code of a refusal ("8005", "1700", ...), or "" on success.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    content_type: str = "application/json;charset=UTF-8"
    refusal: str = ""

"""Ask the doors of a simulator for their health page, and how long that took."""

import http.client
from time import perf_counter_ns
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

TIMEOUT_S = 5.0


class Health(Struct, frozen=True, kw_only=True):
    """Hold what a door said.

    Attributes:
        door: "rest" or "ws".
        url: Its base, as a client is pointed at.
        state: "healthy", "starting" or "no answer".
        latency_ms: How long the answer took; None without one.
        reason: Why there is no answer; "" if there is one.
    """

    door: str
    url: str
    state: str
    latency_ms: float | None = None
    reason: str = ""

    @property
    def is_healthy(self) -> bool:
        """Return whether the door answers as it should."""
        return self.state == "healthy"


def ask(door: str, url: str, timeout_s: float = TIMEOUT_S) -> Health:
    """Return the health of a door."""
    began_ns = perf_counter_ns()
    try:
        page = fetch(url, "/health", timeout_s)
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return Health(door=door, url=url, state="no answer", reason=reason)
    latency_ms = round((perf_counter_ns() - began_ns) / 1_000_000, 1)
    if page.get("service") != "kiwoom-sim" or page.get("status") != "healthy":
        return Health(door=door, url=url, state="no answer", reason="not kiwoom-sim")
    return Health(door=door, url=url, state="healthy", latency_ms=latency_ms)


def fetch(url: str, path: str, timeout_s: float = TIMEOUT_S) -> dict[str, Any]:
    """Return the members of a JSON page, none if it is no JSON object.

    Proxies of the environment are left aside: a simulator is spoken to directly.

    Raises:
        OSError: Nobody answers.
        http.client.HTTPException: What answers does not speak HTTP.
    """
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout_s)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        body = reply.read()
    finally:
        connection.close()
    try:
        members = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return {}
    return members if isinstance(members, dict) and reply.status == 200 else {}

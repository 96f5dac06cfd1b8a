"""Bind the ports of the doors before anything else starts."""

import asyncio
import logging
import socket

from kiwoom_sim.errors import StartError

BACKLOG = 2_048
RETRY_S = 0.05

log = logging.getLogger(__name__)


def bind(host: str, port: int, door: str) -> socket.socket:
    """Return a socket that listens on a port; 0 takes any free one.

    Raises:
        StartError: The port is taken, or the host is not ours.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        sock = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = error.strerror or str(error)
        hint = f"choose another with --{door}-port or [doors] {door} = N; 0 takes any free port"
        raise StartError(
            f"{door} door: cannot listen on {host}:{port}: {reason}\n  {hint}"
        ) from error
    # Connections inherit it. Python's own loop would leave it out, and every answer, written in
    # two parts, would wait 40 ms for the peer's acknowledgement.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def address_of(sock: socket.socket) -> tuple[str, int]:
    """Return the address and port at which a local client reaches a listening socket."""
    host, port = sock.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - replaced by the address a local client takes
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104 - as above
    return host, port


async def bind_again(host: str, port: int, door: str) -> socket.socket:
    """Return a socket that listens on a port which was ours; waits while somebody else has it."""
    while True:
        try:
            sock = bind(host, port, door)
        except StartError as error:
            log.warning("%s", error)
            await asyncio.sleep(RETRY_S)
        else:
            sock.setblocking(False)  # noqa: FBT003 - the standard library's signature
            return sock


def url_of(scheme: str, sock: socket.socket) -> str:
    """Return the base URL of a listening socket, without a path."""
    host, port = address_of(sock)
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

"""Keep the tests on this machine: whoever connects, sends or looks up beyond it fails.

An audit hook sees every socket of Python's in this process, also those that a library opens.
Processes that tests start are on their own: what keeps those in is what some of the tests prove.
"""

import ipaddress
import socket
import sys
from typing import Any

ADDRESSED = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1}
"""Events whose socket is followed by an address at that place."""

LOOKED_UP = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
OWN_NAMES = {"", "localhost", "localhost.localdomain"}
INTERNET = {socket.AF_INET, socket.AF_INET6}


class BeyondLoopbackError(AssertionError):
    """Tell that a test reached for another machine; no handler of `OSError` hides it."""


def keep_in() -> None:
    """Refuse from now on; nothing in this process can undo it."""
    sys.addaudithook(audit)


def audit(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what leaves this machine.

    Raises:
        BeyondLoopbackError: It would.
    """
    if event in ADDRESSED:
        address = arguments[ADDRESSED[event]]
        is_internet = arguments[0].family in INTERNET and isinstance(address, tuple)
        if is_internet and not is_own(address[0]):
            raise BeyondLoopbackError(f"{event}: {address[0]}:{address[1]} is not this machine")
    elif event in LOOKED_UP and not (is_own(arguments[0]) or address_of(arguments[0])):
        raise BeyondLoopbackError(f"{event}: {arguments[0]} is not a name of this machine")


def is_own(host: object) -> bool:
    """Return whether a host is this machine, or an address that is not yet connected to."""
    address = address_of(host)
    if address is None:
        return text_of(host).lower() in OWN_NAMES
    return address.is_loopback or address.is_unspecified


def address_of(host: object) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return a host's address if it is written as one: nobody has to be asked for it."""
    try:
        return ipaddress.ip_address(text_of(host).partition("%")[0])
    except ValueError:
        return None


def text_of(host: object) -> str:
    """Return a host as text."""
    return host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")

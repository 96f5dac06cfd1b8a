"""Lead a Python client that is not isolated to the simulator; `sitecustomize.py` loads this.

The broker's names are looked up as the TLS door's address, whoever asks; an audit hook, which
nothing in the process can take away, refuses every connect that leaves the machine. A library that
brings its own sockets (uvloop) passes by both, so it cannot be imported.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import sys
from typing import Any

LOCAL = {"", "localhost"}
UNSEEN = ("uvloop",)


def is_local(host: object) -> bool:
    """Return whether an address or a name is this machine's own."""
    if host is None or str(host).lower() in LOCAL:
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


class Detour:
    """Hold what leads where.

    Attributes:
        names: Names of the broker.
        to: Where they lead: host and port.
        allowed: Services that may be reached, as (host, port).
    """

    def __init__(self, rule: dict[str, Any]) -> None:
        self.names = frozenset(rule["names"])
        self.to = (rule["to"][0], rule["to"][1])
        self.allowed = {(host, port) for host, port in rule["allowed"]}
        self._resolved: set[tuple[str, int]] = set()
        self._look_up = socket.getaddrinfo

    def install(self) -> None:
        """Begin to lead; there is no way back in this process."""
        socket.getaddrinfo = self.getaddrinfo
        sys.addaudithook(self.audit)
        for name in UNSEEN:
            sys.modules[name] = None  # type: ignore[assignment] # how Python forbids an import

    def getaddrinfo(self, host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        """Look a name up; the broker's lead to the simulator, others are not known."""
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        name = name.lower() if isinstance(name, str) else name
        if name in self.names:
            return self._look_up(*self.to, *rest, **more)
        found = self._look_up(host, port, *rest, **more)
        if (name, _number(port)) in self.allowed:
            self._resolved |= {(str(entry[4][0]), int(entry[4][1])) for entry in found}
        return found

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse what leaves the machine.

        Raises:
            OSError: It would.
        """
        if event == "socket.connect" and arguments[0].family in {socket.AF_INET, socket.AF_INET6}:
            host, port = arguments[1][:2]
            if not is_local(host) and (host, port) not in self.allowed | self._resolved:
                raise OSError(errno.ENETUNREACH, "Network is unreachable (kept in by kiwoom-sim)")
        elif event == "socket.getaddrinfo":
            host = arguments[0]
            known = {name for name, _ in self.allowed}
            if not (is_local(host) or host in known or _is_address(host)):
                raise socket.gaierror(socket.EAI_NONAME, "Name not known (kept in by kiwoom-sim)")


def _number(port: object) -> int:
    return int(port) if isinstance(port, (int, str)) and str(port).isdecimal() else -1


def _is_address(host: object) -> bool:
    try:
        ipaddress.ip_address(str(host))
    except ValueError:
        return False
    return True

"""Decide what an isolated client finds: names, ports, certificates, and what was allowed to it.

The broker's names lead to 127.0.0.1, where its real ports and the ports of the doors are bound. A
service that was allowed keeps its name and port; each such name gets a loopback address of its
own, so that two services on the same port do not meet. No other name is known: names are looked
up in the hosts file only, because a resolver behind a unix socket would ask the world.
"""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.launch import trust
from kiwoom_sim.launch.authority import BROKER_NAMES

BROKER_PORTS = {443: "rest", 10_000: "ws"}
"""Ports of the broker, and the door that each is for."""

HOSTS, RESOLVERS = Path("/etc/hosts"), Path("/etc/nsswitch.conf")
CACHES = (Path("/run/nscd"), Path("/var/run/nscd"))
"""Sockets of a cache of names, which asks the world too."""

_LOOPBACK = "127.0.0.1"
_ALLOWED_NET = "127.77.0."
_ALLOWED_MAX = 250
_LOCAL = {"localhost", _LOOPBACK}

Address = tuple[str, int]


class Opening(Struct, frozen=True, kw_only=True):
    """Hold a port that is bound for a client.

    Attributes:
        host, port: Where, in its namespace.
        to: What it leads to, outside; None = the TLS door.
    """

    host: str
    port: int
    to: Address | None = None


class Cell(Struct, frozen=True, kw_only=True):
    """Describe what a client finds in its namespaces.

    Attributes:
        openings: What it reaches.
        addresses: IPv4 addresses, beside 127.0.0.0/8, that have to be there for that.
        mounts: Files and directories put over others: (ours, the system's).
        variables: Variables that differ in there; None = not set.
    """

    openings: tuple[Opening, ...]
    addresses: tuple[str, ...] = ()
    mounts: tuple[tuple[str, str], ...] = ()
    variables: Mapping[str, str | None] = {}


def parse_allowed(texts: Sequence[str]) -> tuple[Address, ...]:
    """Return the services that `--allow HOST:PORT` names.

    Raises:
        ScenarioError: A text is none, or names the broker.
    """
    return tuple(dict.fromkeys(_parse(text) for text in texts))


def _parse(text: str) -> Address:
    host, _, port = text.rpartition(":")
    is_name = re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", host) is not None
    if not is_name or not port.isdecimal() or not 0 < int(port) <= 65_535:
        raise ScenarioError((f"--allow {text}: write it as HOST:PORT, for example localhost:5432",))
    if host.lower().endswith("kiwoom.com"):
        raise ScenarioError((f"--allow {text}: the broker itself is never let through",))
    return host.lower(), int(port)


def build(
    place: Path, doors: Mapping[str, str], allowed: Sequence[Address], certificate: bytes
) -> Cell:
    """Write the files of a cell and return it.

    Args:
        place: Directory for the files, for as long as the client runs.
        doors: Bases of the doors by name; `tls` is the TLS door.
        allowed: Services outside that may be reached.
        certificate: The authority to trust, as PEM.

    Raises:
        ScenarioError: A service that was allowed has the port of a door.
    """
    names = dict.fromkeys(BROKER_NAMES, _LOOPBACK)
    addresses: dict[str, None] = {}
    openings = {(_LOOPBACK, port): Opening(host=_LOOPBACK, port=port) for port in BROKER_PORTS}
    for door, url in doors.items():
        where = address_of(url)
        _make_local(where[0], addresses)
        to = None if door == "tls" else where
        openings[where] = Opening(host=where[0], port=where[1], to=to)
    for host, port in allowed:
        inside = (_place_of(host, names, addresses), port)
        if inside in openings:
            raise ScenarioError(
                (f"--allow {host}:{port}: a door of the simulator has that port; move the door",)
            )
        openings[inside] = Opening(host=inside[0], port=port, to=(host, port))
    trusted = trust.prepare(place, certificate)
    return Cell(
        openings=tuple(openings.values()),
        addresses=tuple(addresses),
        mounts=(*_name_mounts(place, names), *trusted.mounts),
        variables={**trusted.variables, **dict.fromkeys(PROXIES)},
    )


_PROXY_NAMES = ("http_proxy", "https_proxy", "ws_proxy", "wss_proxy", "ftp_proxy", "all_proxy")
PROXIES = (*_PROXY_NAMES, *(name.upper() for name in _PROXY_NAMES))
"""Variables that would lead a client to a proxy, which it cannot reach."""


def address_of(url: str) -> Address:
    """Return host and port of a base URL."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def _place_of(host: str, names: dict[str, str], addresses: dict[str, None]) -> str:
    """Return the address inside at which a service is found."""
    if host in _LOCAL:
        return _LOOPBACK
    if _is_ipv4(host):
        _make_local(host, addresses)
        return host
    if host not in names:
        taken = sum(address.startswith(_ALLOWED_NET) for address in names.values())
        if taken >= _ALLOWED_MAX:
            raise ScenarioError((f"--allow: at most {_ALLOWED_MAX} names",))
        names[host] = f"{_ALLOWED_NET}{taken + 1}"
    return names[host]


def _is_ipv4(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def _make_local(host: str, addresses: dict[str, None]) -> None:
    """Note an address that has to be put on the loopback."""
    if _is_ipv4(host) and not ipaddress.IPv4Address(host).is_loopback:
        addresses[host] = None


def _name_mounts(place: Path, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Write the files by which names are found, and return what they are put over."""
    made = [(_write(place / "hosts", hosts(_read(HOSTS), names)), str(HOSTS))]
    if RESOLVERS.exists():
        text = re.sub(r"(?m)^hosts:.*$", "hosts: files", _read(RESOLVERS))
        made.append((_write(place / "nsswitch.conf", text), str(RESOLVERS)))
    empty = place / "empty"
    empty.mkdir()
    caches = {str(cache.resolve()) for cache in CACHES if cache.is_dir()}
    return made + [(str(empty), cache) for cache in sorted(caches)]


def hosts(system: str, names: Mapping[str, str]) -> str:
    """Return a hosts file: the system's, in which some names lead somewhere else."""
    kept = [
        line
        for line in system.splitlines()
        if not set(line.partition("#")[0].lower().split()[1:]) & names.keys()
    ]
    return "\n".join([*kept, *(f"{address}\t{name}" for name, address in names.items()), ""])


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def _write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)
    return str(path)

"""Become a client that reaches nothing but what was bound for it. Runs as a script, on Linux.

```sh
python -I -S inside.py FD     # FD: a socket on which `isolation.py` says what to do
```

A process enters a user, a network and a mount namespace of its own, brings up the loopback (the
only interface there), binds the ports that were asked for and hands them to the simulator, puts
its own hosts file and certificates over the system's, and becomes the client. Rights that it has
in the namespaces end there: nothing outside changes, and no privilege is needed.

Not for: deciding any of that. It imports nothing of the package, because it has to start fast
and to run single-threaded.
"""

import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import sys
from typing import Any

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET = 0x2_0000, 0x1000_0000, 0x4000_0000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x4_0000
SIOCSIFFLAGS, SIOCSIFADDR, SIOCSIFNETMASK = 0x8914, 0x8916, 0x891C
IFF_UP, IFF_RUNNING = 0x1, 0x40
PR_SET_PDEATHSIG = 1
BACKLOG = 2_048
ASKED_BYTES_MAX = 1 << 20
_INTERFACE = 16
"""Bytes of an interface's name in a request to the kernel."""


def main() -> None:
    """Do what is asked for and become the client; say what went wrong if that fails."""
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    step = "read what to do"
    try:
        asked: dict[str, Any] = json.loads(receive(control))
        step = "enter namespaces of its own"
        enter(control)
        step = "open the loopback"
        open_loopback(asked["addresses"])
        step = "bind its ports"
        listeners = [listen(host, port) for host, port in asked["listeners"]]
        step = "put its files over the system's"
        cover(asked["mounts"])
        step = "hand over its ports"
        socket.send_fds(control, [b"L"], [listener.fileno() for listener in listeners])
        for listener in listeners:
            listener.close()
        step = f"become {asked['command'][0]}"
        for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them; a client may not
            signal.signal(number, signal.SIG_DFL)
        # The client ends with the simulator, however that ends.
        call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        os.execvp(asked["command"][0], asked["command"])  # noqa: S606 - the client the user named
    except OSError as error:
        control.send(f"E{step}: {error.strerror or error}".encode())
        sys.exit(126)


def receive(control: socket.socket) -> bytes:
    """Return a message that ends with a line break."""
    parts = b""
    while not parts.endswith(b"\n"):
        part = control.recv(ASKED_BYTES_MAX)
        if not part:
            raise OSError("the simulator is gone")
        parts += part
    return parts


def call(name: str, *arguments: object) -> None:
    """Call a function of the C library.

    Raises:
        OSError: It failed.
    """
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def enter(control: socket.socket) -> None:
    """Enter the namespaces; users keep their ids in them."""
    uid, gid = os.getuid(), os.getgid()
    call("unshare", CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS)
    control.send(b"U")
    if control.recv(1) == b"M":  # whoever started us may map more ids, and has
        return
    for file, text in (
        ("setgroups", b"deny"), ("uid_map", b"%d %d 1" % (uid, uid)),
        ("gid_map", b"%d %d 1" % (gid, gid)),
    ):  # fmt: skip
        # Bytes: no codec is loaded from files that may not be readable any more.
        with open(f"/proc/self/{file}", "wb") as map_:  # noqa: PTH123 - no pathlib: it takes as long as all else
            map_.write(text)


def open_loopback(addresses: list[str]) -> None:
    """Bring the loopback up, with further IPv4 addresses that nobody routes."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        flags = struct.pack(f"{_INTERFACE}sh14x", b"lo", IFF_UP | IFF_RUNNING)
        fcntl.ioctl(device, SIOCSIFFLAGS, flags)
        for number, address in enumerate(addresses, 1):
            for request, value in ((SIOCSIFADDR, address), (SIOCSIFNETMASK, "255.255.255.255")):
                fcntl.ioctl(device, request, _address_request(f"lo:{number}", value))


def _address_request(interface: str, address: str) -> bytes:
    packed = socket.inet_aton(address)
    return struct.pack(
        f"{_INTERFACE}sH2x4s8x", interface.encode("ascii"), int(socket.AF_INET), packed
    )


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on a port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections inherit it
    return listener


def cover(mounts: list[list[str]]) -> None:
    """Put files and directories over others, for this process and what it starts."""
    call("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    for source, target in mounts:
        call("mount", os.fsencode(source), os.fsencode(target), None, MS_BIND, None)


if __name__ == "__main__":
    main()

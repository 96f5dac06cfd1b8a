"""Start a client in namespaces of its own, from which it reaches the simulator and nothing else.

The client's process makes the namespaces (`inside.py`) and hands the ports that it bound there
to this process, which serves them like its own: the simulator need not be in the namespaces.
What stays shared are files, and with them unix sockets.
"""

import asyncio
import json
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from kiwoom_sim.errors import StartError
from kiwoom_sim.launch import client
from kiwoom_sim.launch.cell import Cell
from kiwoom_sim.launch.client import Client

WAIT_S = 20
_ANSWER_BYTES = 4_096
_SCRIPT = Path(__file__).with_name("inside.py")


async def start(
    command: Sequence[str],
    environment: Mapping[str, str],
    cell: Cell,
    *,
    stdout: int | None = None,
) -> tuple[Client, list[socket.socket]]:
    """Start a client in a cell; return it with the sockets that listen there, as in the cell.

    Raises:
        StartError: This system does not permit it, or there is no such program.
    """
    if sys.platform != "linux":
        raise StartError(refusal("only Linux has the namespaces for it"))
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            script = (sys.executable, "-I", "-S", str(_SCRIPT), str(theirs.fileno()))
            started = await client.start(
                script, environment, stdout=stdout, pass_fds=(theirs.fileno(),)
            )
        ours.settimeout(WAIT_S)
        try:
            asked = {
                "command": tuple(command),
                "listeners": [(opening.host, opening.port) for opening in cell.openings],
                "addresses": cell.addresses,
                "mounts": cell.mounts,
            }
            count = len(cell.openings)
            return started, await asyncio.to_thread(_settle, ours, started.pid, asked, count)
        except BaseException:
            started.kill()
            await started.wait()
            raise


_SWITCHES = (
    ("user/max_user_namespaces", "0", "sysctl user.max_user_namespaces=10000"),
    ("kernel/unprivileged_userns_clone", "0", "sysctl kernel.unprivileged_userns_clone=1"),
    ("kernel/apparmor_restrict_unprivileged_userns", "1",
     "sysctl kernel.apparmor_restrict_unprivileged_userns=0"),
)  # fmt: skip
"""Settings of a system that forbid user namespaces: file, value, and what root could do."""


def hint(settings: Path = Path("/proc/sys")) -> str:
    """Return what forbids user namespaces here, as a line of its own; "" if nothing known does."""
    for name, forbidding, command in _SWITCHES:
        try:
            value = (settings / name).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if value == forbidding:
            return f"  this system keeps ordinary users from it; root may allow it: {command}\n"
    return ""


def refusal(reason: str) -> str:
    """Return what is said where a client cannot be isolated."""
    return (
        f"the client cannot be isolated from the network: {reason}\n{hint()}"
        "  nothing was started, so that it cannot reach the real broker\n"
        "  --no-isolate runs it with a proxy and certificates instead, which a client can bypass"
    )


def _settle(
    control: socket.socket, pid: int, asked: Mapping[str, object], count: int
) -> list[socket.socket]:
    """Talk to the process until it is the client; return the sockets it bound."""
    listeners: list[socket.socket] = []
    try:
        control.sendall(json.dumps(asked).encode() + b"\n")
        _expect(control.recv(_ANSWER_BYTES), b"U")
        control.send(b"M" if _map_ids(pid) else b"-")
        answer, handles, _, _ = socket.recv_fds(control, _ANSWER_BYTES, count)
        listeners = [socket.socket(fileno=handle) for handle in handles]
        _expect(answer, b"L")
        failure = control.recv(_ANSWER_BYTES).decode(errors="replace")[1:]
    except OSError as error:
        _close(listeners)
        raise StartError(refusal(str(error))) from error
    if failure:
        _close(listeners)
        raise StartError(failure)
    return listeners


def _expect(answer: bytes, wanted: bytes) -> None:
    if answer != wanted:
        raise OSError(answer[1:].decode(errors="replace") or "its process ended")


def _map_ids(pid: int) -> bool:
    """Let every id we know mean the same in the namespace; only root may, and need.

    Returns:
        False if the process has to map its own id alone.
    """
    if os.geteuid() != 0:
        return False
    try:
        for name in ("uid_map", "gid_map"):
            ranges = [line.split() for line in Path(f"/proc/self/{name}").read_text().splitlines()]
            text = "".join(f"{inner} {inner} {count}\n" for inner, _, count in ranges)
            Path(f"/proc/{pid}/{name}").write_text(text)
    except OSError:
        return False
    return True


def _close(listeners: Sequence[socket.socket]) -> None:
    for listener in listeners:
        listener.close()

"""Read what `strace` saw of connects, to prove that none of them left the machine."""

import functools
import re
import shutil
import subprocess
from pathlib import Path

TRACED = ("strace", "-f", "-qq", "-e", "trace=connect", "-o")

_CALL = re.compile(r"connect\(\d+, \{sa_family=AF_INET6?, (.*?)\}, \d+\) += (.+)")
_UNFINISHED = re.compile(r"^(\d+) +(connect\(.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(\d+) +<\.\.\. connect resumed>(.*)$")
_HOST = re.compile(r'inet_(?:addr|pton)\((?:AF_INET6, )?"([^"]+)"')
_LOOPBACK = re.compile(r"127\.|::1$|::ffff:127\.")


@functools.cache
def reason_against() -> str:
    """Return why nothing can be traced here, "" if it can."""
    if shutil.which("strace") is None:
        return "strace is missing"
    done = subprocess.run(
        ["strace", "-qq", "-e", "trace=connect", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.strip() if done.returncode else ""


def outside(trace: Path) -> tuple[int, list[str]]:
    """Return how many connects stayed on the machine, and those that left it or might have.

    A connect that the kernel refused at once, because there is no route, went nowhere.
    """
    begun: dict[str, str] = {}
    local, left = 0, []
    for line in trace.read_text(errors="replace").splitlines():
        if found := _UNFINISHED.match(line):
            begun[found[1]] = found[2]
            continue
        resumed = _RESUMED.match(line)
        call = _CALL.search(begun.pop(resumed[1], "") + resumed[2] if resumed else line)
        host = _HOST.search(call[1]) if call else None
        if call is None or host is None:
            continue
        if _LOOPBACK.match(host[1]):
            local += 1
        elif "ENETUNREACH" not in call[2]:
            left.append(line)
    return local, left

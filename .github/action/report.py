# ruff: noqa: INP001 - a script that the action runs by its path, part of no package
"""Do for `action.yml` what a shell does badly: split words, read JSON, write GitHub's files.

Run by the Python that has kiwoom-sim installed, with one verb:

    split FILE       write the words of INPUT_ARGS into a file, each ended by a NUL byte
    outputs FILE     turn the answer of `kiwoom-sim up --json` into outputs and variables
    problems FILE    turn its refusal into annotations
    log STATE        write the end of a simulator's log as a collapsed group
    summary FILE     turn the answer of `kiwoom-sim status --json` into the summary of the job
"""

import json
import os
import secrets
import shlex
import sys
import urllib.request
from pathlib import Path
from typing import Any

from kiwoom_sim.observe.summary import markdown, seen

LOG_LINES = 200
TIMEOUT_S = 10


def main(arguments: list[str]) -> int:
    """Run one verb and return the exit code."""
    verb, *rest = arguments
    match verb, rest:
        case "split", [file]:
            return split(os.environ["INPUT_ARGS"], Path(file))
        case "outputs", [file]:
            outputs(json.loads(Path(file).read_bytes())["result"])
        case "problems", [file]:
            problems(Path(file).read_text(encoding="utf-8"))
        case "log", [state]:
            log(Path(state) / "log.txt")
        case "summary", [file]:
            summary(json.loads(Path(file).read_bytes())["result"])
        case _:
            raise SystemExit(f"unknown: {arguments}")
    return 0


def split(text: str, into: Path) -> int:
    """Write words as a POSIX shell would split them; nothing is expanded."""
    try:
        words = shlex.split(text, comments=True)
    except ValueError as error:
        annotate(f"args: {error}")
        return 2
    into.write_bytes(b"".join(word.encode() + b"\0" for word in words))
    return 0


def outputs(result: dict[str, Any]) -> None:
    """Hand the addresses of a simulator to later steps."""
    values = {
        "rest-url": result["rest"],
        "ws-url": result["ws"],
        "run": result["run"],
        "run-directory": result["directory"],
        "pid": result["pid"],
        "log": result["log"],
    }
    append("GITHUB_OUTPUT", values)
    if os.environ["MODE"] == "start":
        shared = {
            "KIWOOM_SIM_REST_URL": values["rest-url"],
            "KIWOOM_SIM_WS_URL": values["ws-url"],
            "KIWOOM_SIM_RUN_DIRECTORY": values["run-directory"],
            "KIWOOM_SIM_STATE": os.environ["STATE"],
        }
        append("GITHUB_ENV", shared)
    say(f"REST {values['rest-url']}, WebSocket {values['ws-url']}, run {values['run']}")


def append(variable: str, values: dict[str, Any]) -> None:
    """Append `name=value` lines to one of GitHub's files."""
    lines = [f"{name}={value}" for name, value in values.items()]
    if any("\n" in line or "\r" in line for line in lines):
        raise SystemExit(f"{variable}: a value has more than one line")
    with Path(os.environ[variable]).open("a", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)


def problems(answer: str) -> None:
    """Annotate the job with what `kiwoom-sim up --json` refused."""
    try:
        told = json.loads(answer)["error"]["problems"]
    except (ValueError, KeyError, TypeError):
        told = [answer.strip() or "the simulator did not start"]
    for problem in told:
        annotate(problem)


def log(path: Path) -> None:
    """Write the end of a log as a collapsed group in which no line is a command."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        say(f"{path}: {error.strerror}")
        return
    end = secrets.token_hex(16)
    say(f"::group::kiwoom-sim: the last lines of {path.name}")
    say(f"::stop-commands::{end}")
    for line in lines[-LOG_LINES:]:
        say(line)
    say(f"::{end}::")
    say("::endgroup::")


def summary(status: dict[str, Any]) -> None:
    """Write what a simulator has done, and how to see it again, into the summary of the job."""
    if status["state"] == "stopped":
        told = "### kiwoom-sim\n\nThe simulator was not running any more; its log says why.\n\n"
    else:
        names = {"scenario": "scenario", "seed": "seed", "market_time": "market time"}
        rows = [(label, str(status.get(name) or "-")) for name, label in names.items()]
        replay = shlex.join(["kiwoom-sim", "replay", status["directory"] or "", "--check"])
        counters = counters_of(status)
        rows += seen(counters) if counters else [("requests", "not known")]
        told = markdown("kiwoom-sim", rows, replay)
    with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8", newline="\n") as file:
        file.write(told)


def counters_of(status: dict[str, Any]) -> dict[str, Any]:
    """Return the counters of a simulator; none if its WebSocket door does not tell."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        base = next(door["url"] for door in status["doors"] if door["door"] == "ws")
        page = f"http{base.removeprefix('ws')}/stats"
        with direct.open(page, timeout=TIMEOUT_S) as reply:
            counters: dict[str, Any] = json.load(reply)
    except (StopIteration, OSError, ValueError):
        return {}
    return counters


def annotate(text: str) -> None:
    """Write an error of the job; what has a meaning in a command is escaped."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    say(f"::error title=kiwoom-sim::{escaped}")


def say(text: str) -> None:
    """Write a line into the log of the step."""
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Show what happened in a run: `journal`."""

import os
import re
import sys
import time
import tomllib
from collections import deque
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Annotated

import msgspec

from kiwoom_sim.cli import options
from kiwoom_sim.cli.journal_line import line_of
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, is_terminal, put_json, talk
from kiwoom_sim.cli.runs import RUN, find_run
from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.observe.chronicle import KINDS, Chronicle, Wanted
from kiwoom_sim.observe.reading import Json
from kiwoom_sim.observe.run_directory import RUNS, RunDirectory
from kiwoom_sim.scenario.values import duration_ms

LOOK_S = 0.2

KIND = options.Described(
    "--kind", metavar="KIND", show_default=False,
    help="Only this: request, message, frame, fault or event; may be given again.",
)  # fmt: skip
API = options.Described(
    "--api-id", metavar="PATTERN", show_default=False,
    help="Only this API, message, frame or real-time type: ka10081, ka*, REG, REAL, 0B.",
)  # fmt: skip
RULE = options.Described(
    "--rule", metavar="PATTERN", show_default=False, help="Only what this rule had a hand in."
)
FAULT = options.Described(
    "--fault", metavar="PATTERN", show_default=False, help="Only what this fault kind met."
)
FAULTS = options.Described("--faults", help="Only faults and what they met.")
CLIENT = options.Described(
    "--client", metavar="KEY", show_default=False, help="Only this client, e.g. key#1."
)
PHASE = options.Described(
    "--phase", metavar="PHASE", show_default=False, help="Only while this phase was in force."
)
CONNECTION = options.Described(
    "--connection", metavar="N", show_default=False,
    help="Only this connection: 3, or of one door rest:3, ws:3.",
)  # fmt: skip
SINCE = options.Described(
    "--since", metavar="TIME", show_default=False, help="From this wire time on, e.g. 90s or 2m."
)
UNTIL = options.Described(
    "--until", metavar="TIME", show_default=False, help="Before this wire time."
)
TAIL = options.Described(
    "--tail", metavar="N", min=0, show_default=False, help="Only the last N of these."
)
LIMIT = options.Described(
    "--limit", metavar="N", min=1, show_default=False, help="Only the first N of these."
)
FOLLOW = options.Described(
    "--follow", "-f", help="Go on with what happens from now on, until the run ends or Ctrl-C."
)
JSON_LINES = options.Described("--jsonl", help="Print one JSON object per line, as it is read.")

_CONNECTION = re.compile(r"(?:(rest|ws):)?([1-9][0-9]{0,17})")


def command(
    run: Annotated[str, RUN] = "",
    *,
    kind: Annotated[list[str] | None, KIND] = None,
    api_id: Annotated[str, API] = "",
    rule: Annotated[str, RULE] = "",
    fault: Annotated[str, FAULT] = "",
    faults: Annotated[bool, FAULTS] = False,
    client: Annotated[str, CLIENT] = "",
    phase: Annotated[str, PHASE] = "",
    connection: Annotated[str, CONNECTION] = "",
    since: Annotated[str, SINCE] = "",
    until: Annotated[str, UNTIL] = "",
    limit: Annotated[int | None, LIMIT] = None,
    tail: Annotated[int | None, TAIL] = None,
    follow: Annotated[bool, FOLLOW] = False,
    runs: Annotated[Path, options.RUNS] = Path(RUNS),
    as_json: Annotated[bool, options.JSON] = False,
    json_lines: Annotated[bool, JSON_LINES] = False,
) -> int:
    """Show requests, messages, frames, faults and events of a run, in order."""
    if as_json and (follow or json_lines):
        raise ScenarioError((say("journal.json"),))
    if limit is not None and tail is not None:
        raise ScenarioError((say("journal.both"),))
    recorded = find_run(run, runs)
    times = tuple(_wire_ms(text, recorded) for text in (since, until))
    wanted = _wanted(kind or [], connection)
    wanted = msgspec.structs.replace(
        wanted, api=api_id, rule=rule, fault=fault, client=client, phase=phase, faulted=faults,
        from_ms=times[0] or 0, until_ms=times[1],
    )  # fmt: skip
    chronicle = Chronicle(recorded)
    told = _told(recorded, chronicle, wanted, tail if follow else None, follow=follow)
    entries: Iterable[Json] = islice(told, limit) if limit is not None else told
    if tail is not None and not follow:
        entries = deque(entries, maxlen=tail)
    if as_json:
        found = list(entries)
        dropped = sorted(chronicle.dropped)
        put_json(
            {"run": recorded.run, "ended": recorded.ended, "dropped": dropped, "entries": found}
        )
        return Exit.OK
    count = _print(entries, lines=json_lines, at_once=follow)
    _say_what_is_missing(recorded, chronicle, count, follow=follow)
    return Exit.OK


def _wire_ms(text: str, run: RunDirectory) -> int | None:
    """Return a wire time, None if none is given; market time counts as fast as it ran.

    Raises:
        ScenarioError: It cannot be read.
    """
    if not text:
        return None
    try:
        clock = tomllib.loads(run.scenario.read_text(encoding="utf-8")).get("clock", {})
        speed = clock.get("speed", 1) if clock.get("mode", "real") == "scaled" else 1
        return duration_ms(text, speed)
    except OSError:
        return duration_ms(text, 1)
    except ValueError as error:
        raise ScenarioError((str(error),)) from error


def _wanted(kinds: list[str], connection: str) -> Wanted:
    """Return what the options ask for, as far as they have to be read.

    Raises:
        ScenarioError: One of them cannot be.
    """
    problems = []
    for name in kinds:
        if name not in KINDS:
            near = get_close_matches(name, KINDS, 1)
            guess = say("run.guess", run=near[0]) if near else ""
            problems.append(say("journal.kind", kind=name, kinds=", ".join(KINDS)))
            problems += [guess] if guess else []
    where = _CONNECTION.fullmatch(connection)
    if connection and where is None:
        problems.append(say("journal.connection", text=connection))
    if problems:
        raise ScenarioError(tuple(problems))
    return Wanted(
        kinds=tuple(kinds),
        door=where[1] or "" if where else "",
        conn=int(where[2]) if where else 0,
    )


def _told(
    run: RunDirectory, chronicle: Chronicle, wanted: Wanted, tail: int | None, *, follow: bool
) -> Iterator[Json]:
    """Yield what is wanted, of a run that is followed also what comes."""
    ended = run.ended or not follow
    found = (entry for entry in chronicle.new(last=ended) if wanted.fits(entry))
    yield from deque(found, maxlen=tail) if tail is not None else found
    while not ended:
        time.sleep(LOOK_S)
        ended = run.ended  # asked before reading: the last entries are written before that
        yield from (entry for entry in chronicle.new(last=ended) if wanted.fits(entry))


def _print(entries: Iterable[Json], *, lines: bool, at_once: bool) -> int:
    """Print entries, each on a line; return how many there were."""
    coloured = is_terminal() and not os.environ.get("NO_COLOR")
    encoder = msgspec.json.Encoder()
    count = 0
    try:
        for count, entry in enumerate(entries, 1):  # noqa: B007 - the last number is returned
            text = encoder.encode(entry).decode() if lines else line_of(entry, coloured=coloured)
            sys.stdout.write(text + "\n")
            if at_once:
                sys.stdout.flush()
    except KeyboardInterrupt:
        if not at_once:
            raise
    return count


def _say_what_is_missing(
    run: RunDirectory, chronicle: Chronicle, count: int, *, follow: bool
) -> None:
    sys.stdout.flush()
    if chronicle.dropped:
        talk(say("journal.dropped", files=", ".join(sorted(chronicle.dropped))))
    if not count:
        talk(say("journal.nothing", run=run.run))
    if not run.ended and not follow:
        talk(say("journal.unfinished", run=run.run))

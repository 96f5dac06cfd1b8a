"""Show every fault that ends connections at every door, byte by byte and by errno."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import uvloop

from kiwoom_sim.observe.lane import lane_files
from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.replay import replay
from tests.servers.raw import BOUND_S, Seen
from tests.wire.lines import DOORS, KINDS, SILENCE_S, Driven, Lines, ask, moments, rules, scenario

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
PLACES = [(door, moment) for door in DOORS for moment in moments(door)]
ENDS = {
    "plain": "open", "reset": "reset", "no_answer": "fin", "hang": "open", "half_open": "open",
    "garbage": "fin",
}  # fmt: skip


@pytest.fixture(scope="module", params=LOOPS)
def lines(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lines]:
    directory = tmp_path_factory.mktemp("doors")
    running = Driven(scenario(directory, rules()), runs=directory / "runs")
    running.factory = LOOPS[request.param]
    with running:
        yield Lines(running).log_in()
        faults = running.faults()
        kept = running.running.directory
    assert kept is not None
    run = RunDirectory(kept.path)
    found = replay(run, directory / "replay")
    assert (found.differing, found.first) == ((), "")
    events = "".join(file.read_text() for file in lane_files(run.journal, "events"))
    for rule, amount in faults.items():
        assert events.count(f'"rule":"{rule}"') == amount, rule


def watch(lines: Lines, door: str, moment: str, story: str) -> Seen:
    """Return how a connection ends when a fault is asked for, and count it."""
    before = lines.faults(f"{moment}-{story}")
    with lines.line(door) as raw:
        ask(lines, raw, moment, story)
        seen = raw._read(BOUND_S, 1 << 20)
    assert lines.faults(f"{moment}-{story}") == before + 1
    return seen


@pytest.mark.parametrize(("door", "moment"), PLACES)
def test_connections_end_where_and_as_they_are_told(lines: Lines, door: str, moment: str) -> None:
    silent = {story for story in KINDS if ENDS[story.partition("-")[0]] == "open"}
    seen: dict[str, Seen] = {}
    before = {story: lines.faults(f"{moment}-{story}") for story in KINDS}
    with ExitStack() as stack:
        held = {story: stack.enter_context(lines.line(door)) for story in silent}
        for story, raw in held.items():
            ask(lines, raw, moment, story)
        for story in KINDS:
            if story not in silent:
                seen[story] = watch(lines, door, moment, story)
        wait_s = SILENCE_S
        for story, raw in held.items():
            seen[story], wait_s = raw._read(wait_s, 1 << 20), 0.01
        for raw in held.values():
            raw.finish()
        wait_s = SILENCE_S
        for story, raw in held.items():
            is_held = story.startswith("half_open")
            left = raw._read(wait_s if is_held else BOUND_S, 1)
            assert left.end in ({"open"} if is_held else {"fin", "ragged"}), story
            assert left.data == b"", story
    for story, each in seen.items():
        injected = lines.faults(f"{moment}-{story}") - before[story]
        assert injected == (story != "plain"), story
        assert each.end == ENDS[story.partition("-")[0]], story
        check(moment, story, each, seen["plain"])


def check(moment: str, story: str, seen: Seen, plain: Seen) -> None:
    """Check how much came before the end."""
    at = story.partition("-")[2]
    whole = plain.body if moment == "request" else plain.data
    got = seen.body if moment == "request" else seen.data
    if moment == "frame" and at == "after":
        assert got.startswith(whole), story
        got = got.removeprefix(whole)
    if story.startswith("garbage"):
        assert len(got or seen.data) == 64
        assert (got or seen.data)[0] >= 0xF0
    elif at == "during":
        head = 2 if moment in {"message", "frame"} else 0  # of a short frame
        assert len(got) == head + (len(whole) - head) // 2 > 0, story
        assert moment == "connect" or whole.startswith(got), story  # a handshake has a date
    else:
        assert got == (whole if story == "plain" else b""), story


@pytest.mark.parametrize(("door", "moment"), PLACES)
def test_a_held_connection_is_let_go_in_time(lines: Lines, door: str, moment: str) -> None:
    assert watch(lines, door, moment, "hang") == Seen(b"", "fin")
    assert watch(lines, door, moment, "half_open") == Seen(b"", "reset")

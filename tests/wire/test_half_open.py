"""Prove for every door that half open means: no FIN, for as long as anybody looks."""

import select
import time
from contextlib import ExitStack
from pathlib import Path

import uvloop

from tests.servers.raw import Seen
from tests.wire.lines import DOORS, Driven, Lines, ask, moments, rules, scenario

SECONDS = 10


def test_nobody_hears_of_the_end_of_a_half_open_connection(tmp_path: Path) -> None:
    """All doors at once, in real time: an operating system would be asked no less."""
    running = Driven(scenario(tmp_path, rules()))
    running.factory = uvloop.new_event_loop
    with running, ExitStack() as stack:
        lines = Lines(running).log_in()
        places = [(door, moment) for door in DOORS for moment in moments(door)]
        raws = [stack.enter_context(lines.line(door)) for door, _ in places]
        for raw, (_, moment) in zip(raws, places, strict=True):
            ask(lines, raw, moment, "half_open-before")
        while sum(running.faults().values()) < len(places):
            time.sleep(0.01)
        began = time.monotonic()
        for raw in raws:
            assert raw._read(0.01, 1) == Seen()  # nothing but the tickets of TLS
            raw.finish()
        socks = [raw._sock for raw in raws]
        while (left_s := began + SECONDS - time.monotonic()) > 0:
            readable, _, broken = select.select(socks, [], socks, left_s)
            assert (readable, broken) == ([], [])

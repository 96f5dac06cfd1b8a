"""Count every fault kind four ways: the client, the journal, the metrics, the totals of the run.

A new kind needs a story in `counted_rest` or `counted_ws`.
"""

import asyncio
import re
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from kiwoom_sim.faults.kinds import FaultKind
from kiwoom_sim.observe.chronicle import Chronicle
from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.replay import replay
from kiwoom_sim.testing.background import BackgroundSimulator
from tests.wire import counted_rest, counted_ws

USERS_OWN = {"hook"}
"""What these do is not ours to know."""

KINDS = sorted({str(kind.__struct_config__.tag) for kind in FaultKind.__args__} - USERS_OWN)
HEAD = """
schema = 1
[clock]
mode = "scaled"
speed = 30
start = 2026-03-23T10:30:00
session = "always-open"
[market]
symbols = ["005930", "000660", "069500"]
[wire]
limits_enabled = false
ping_interval = "60s"
"""
SAMPLE = re.compile(r'kiwoom_sim_faults_total\{kind="([a-z_]+)",rule="[a-z_-]+"\} ([0-9.]+)')

Counts = dict[str, Counter[str]]
"""What was counted, by who counted and kind."""


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> Counts:
    """Act every story; return what everybody counted."""
    found: Counts = {name: Counter() for name in ("client", "journal", "metrics", "totals")}
    alone = {name: s for name, s in counted_rest.STORIES.items() if s.alone}
    shared = {name: s for name, s in counted_rest.STORIES.items() if not s.alone}
    rules = [counted_rest.rule(name, story) for name, story in shared.items()]
    for ordinal, (name, story) in enumerate(counted_ws.STORIES.items(), 2):
        rules.append(counted_ws.rule(name, story, ordinal))
    _act(tmp_path_factory.mktemp("all"), rules, shared, found)
    for name, story in alone.items():
        _act(tmp_path_factory.mktemp(name), [counted_rest.rule(name, story)], {name: story}, found)
    return found


def _act(
    place: Path, rules: list[str], stories: dict[str, counted_rest.Story], found: Counts
) -> None:
    """Run stories together, and count."""
    file = place / "counts.toml"
    file.write_text(HEAD + "".join(rules))
    with BackgroundSimulator(file, runs=place / "runs") as running:
        with_sockets = len(rules) > len(stories)
        found["client"] += asyncio.run(_clients(running, stories, with_sockets=with_sockets))
        text = httpx.get(f"{running.control_url}/metrics", trust_env=False).text
        for kind, count in SAMPLE.findall(text):
            found["metrics"][kind] += int(float(count))
        totals: Any = running.running.simulation.parts.metrics.summary()["faults"]
        for name, count in totals.items():
            found["totals"][name.partition("/")[2]] += count
    (path,) = (place / "runs").iterdir()
    idle: set[str] = set()
    chosen: dict[str, str] = {}
    for entry in Chronicle(RunDirectory(path)).new():
        idle.update(entry.get("idle", ()))
        if entry["kind"] == "fault":
            chosen[entry["id"]] = entry["fault"]
    found["journal"] += Counter(kind for name, kind in chosen.items() if name not in idle)
    comparison = replay(RunDirectory(path), place / "again")
    assert (comparison.differing, comparison.first) == ((), "")


async def _clients(
    running: BackgroundSimulator, stories: dict[str, counted_rest.Story], *, with_sockets: bool
) -> Counter[str]:
    """Let all clients go about their stories at the same time; return what they saw."""
    url = running.rest_url
    if not with_sockets:
        names = list(stories)
        return Counter(
            {name: await counted_rest.count_seen(url, name, stories[name]) for name in names}
        )
    tokens = [await counted_rest.token_of(url) for _ in range(len(counted_ws.STORIES) + 1)]
    await counted_rest.warm_up(url)
    seen: Counter[str] = Counter()
    truth = counted_ws.Place(running.ws_url, tokens[0], None, lambda: 0)
    async with counted_ws.Talk(truth) as ears:
        await ears.register()

        def place_of(token: str) -> counted_ws.Place:
            return counted_ws.Place(running.ws_url, token, ears, running.running.live.now_ms)

        async def listen() -> None:
            while True:
                await ears.hear()

        async def call(name: str) -> None:
            found = await counted_rest.count_seen(url, name, stories[name])
            seen[name] += found

        async def talk(name: str, token: str) -> None:
            found = await counted_ws.STORIES[name].act(place_of(token), name)
            seen[name] += found

        await counted_ws.at(place_of(tokens[0]), 2_500, 1 << 60, 1 << 61)  # a minute of the market
        listening = asyncio.ensure_future(listen())
        async with asyncio.TaskGroup() as tasks:
            for name in stories:
                tasks.create_task(call(name))
            for name, token in zip(counted_ws.STORIES, tokens[1:], strict=True):
                tasks.create_task(talk(name, token))
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
    return seen


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_counts_the_same(counts: Counts, kind: str) -> None:
    known = {*counted_rest.STORIES, *counted_ws.STORIES}
    assert kind in known, f"write a story of {kind} in counted_rest.py or counted_ws.py"
    counted = {name: found[kind] for name, found in counts.items()}
    assert counted["client"] > 0
    assert len(set(counted.values())) == 1, counted

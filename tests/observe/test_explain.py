"""Find what is behind answers and frames in the directory of a real run."""

from pathlib import Path

import pytest

from kiwoom_sim.observe.explain import explain
from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.replay import replay
from tests.servers.doors import Client, tell

RULES = """
[[phase]]
id = "storm"
[[rule]]
id = "slow"
phase = "storm"
match = { api = "ka10001" }
when = { nth = 2, probability = "100%" }
do = { kind = "latency", range = ["5ms", "9ms"] }
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    """Return a run in which the second of three quotes was late."""
    kept: Path = tmp_path_factory.mktemp("runs")

    async def story(client: Client) -> None:
        await client.login()
        ids = [(await client.quote()).headers["x-sim-id"] for _ in range(3)]
        assert ids == ["r2", "r3", "r4"]
        async with client.socket() as socket:
            await socket.register("0B")

    tell(story, RULES, kept, **{"wire.sim_id": True})
    return RunDirectory(kept / "small-0001")


def test_an_answer_shows_its_request_and_the_reason_of_its_fault(run: RunDirectory) -> None:
    found = explain(run, "r3")
    assert found is not None
    assert (found["answer"]["status"], found["answer"]["faults"]) == (200, ["f1"])
    assert found["request"]["text"] == '{"stk_cd":"005930"}'
    assert found["made_in_us"] > 0
    [fault] = found["faults"]
    assert (fault["rule"], fault["kind"], fault["phase"]) == ("slow", "latency", "storm")
    assert (fault["counted"], fault["occasion"], fault["chance_bps"]) == ("key#1", 2, 10_000)
    chance, sample = fault["draws"].split(", ")
    assert chance.endswith(" of 10000")
    value, bound = map(int, sample.split(" of "))
    assert bound == 5
    assert fault["delay_ms"] == 5 + value


def test_an_answer_without_a_fault_has_none(run: RunDirectory) -> None:
    found = explain(run, "r2")
    assert found is not None
    assert found["faults"] == []


def test_a_fault_shows_what_it_met(run: RunDirectory) -> None:
    found = explain(run, "f1")
    assert found is not None
    assert (found["fault"]["rule"], found["met"]) == ("slow", ["r3"])


def test_a_frame_shows_its_recipients(run: RunDirectory) -> None:
    found = explain(run, "w1")
    assert found is not None
    assert (found["frame"]["cause"], found["frame"]["to"]) == ("reply", [1])


@pytest.mark.parametrize("name", ["r99", "w99999", "f2"])
def test_what_never_was_is_nothing(run: RunDirectory, name: str) -> None:
    assert explain(run, name) is None


@pytest.mark.parametrize("name", ["", "r", "r0", "x1", "12", "r1x"])
def test_what_is_no_id_is_refused(run: RunDirectory, name: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        explain(run, name)


def test_reasons_are_replayed(run: RunDirectory, tmp_path: Path) -> None:
    found = replay(run, tmp_path)
    assert (found.differing, found.first) == ((), "")

"""Check what a failed test is told of its simulators."""

from pathlib import Path

import httpx

from kiwoom_sim.testing.background import BackgroundSimulator
from kiwoom_sim.testing.choice import Choice
from kiwoom_sim.testing.report import describe_all

STEPPED = {"clock.mode": "stepped", "phase.calm.for": "1ms"}


def test_the_section_names_the_run_and_what_happened(tmp_path: Path) -> None:
    choice = Choice("rate_limit", STEPPED, tmp_path, ("--kiwoom-scenario", "rate_limit"))
    with BackgroundSimulator(choice.scenario, choice.overrides, runs=choice.runs) as simulator:
        simulator.advance("90s")
        headers = {"api-id": "ka10001", "authorization": "Bearer wrong"}
        url = f"{simulator.rest_url}/api/dostk/stkinfo"
        httpx.post(url, headers=headers, json={"stk_cd": "005930"}, timeout=30)
        [text] = describe_all([(simulator, choice)], "test_bot.py::test_it[a b]")
    again = "pytest 'test_bot.py::test_it[a b]' --kiwoom-scenario rate_limit --kiwoom-seed 1700"
    lines = dict(line.split(maxsplit=1) for line in text.splitlines())
    assert lines.pop("time").endswith("2026-03-23 09:31:30.000 in the market")
    directory = tmp_path / "rate_limit-0001"
    assert lines == {
        "scenario": "rate_limit, seed 1700",
        "changed": "clock.mode = stepped, phase.calm.for = 1ms",
        "requests": "1 (ka10001 1)",
        "answers": "200 1",
        "refused": "8005 1",
        "faults": "none injected",
        "again": again,
        "replay": f"kiwoom-sim replay {directory}",
    }
    assert (directory / "digests.json").is_file()


def test_a_simulator_that_has_ended_can_still_be_described() -> None:
    choice = Choice("normal_market")
    with BackgroundSimulator() as simulator:
        pass
    [text] = describe_all([(simulator, choice)], "t")
    assert "requests   0\n" in text
    assert "changed" not in text
    assert "replay" not in text


def test_different_seeds_are_not_set_by_one_flag() -> None:
    choice = Choice("normal_market")
    with BackgroundSimulator() as one, BackgroundSimulator(overrides={"seed": 5}) as other:
        texts = describe_all([(one, choice), (other, choice)], "t")
    assert len(texts) == 2
    assert all(text.splitlines()[-1] == "again      pytest t" for text in texts)

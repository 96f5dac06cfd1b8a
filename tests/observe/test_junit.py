"""Check what a run is worth in the eyes of a CI system."""

from xml.etree import ElementTree as ET

import msgspec
import pytest

from kiwoom_sim.observe.junit import cases, junit
from kiwoom_sim.observe.report import Fate, Report

PLAIN = Report(
    run="a-0001", scenario="a", seed=1, market_start="s", market_end="e", wire_ms=2_500,
    command=("sh", "-c", "echo \x1b[31mred \ud83d"), timeout_ms=60_000,
    client=Fate(ending="client", code=0, failed=False), replay="kiwoom-sim replay a --check",
)  # fmt: skip


def verdicts(report: Report) -> list[str]:
    """Return what became of each case: "+", "failure", "error" or "skipped"."""
    kinds = ("failure", "error", "skipped")
    return [next((k for k in kinds if getattr(case, k)), "+") for case in cases(report)]


@pytest.mark.parametrize(
    ("fate", "expected"),
    [
        (Fate(ending="client", code=0, failed=False), ["+", "+", "+"]),
        (Fate(ending="client", code=9, failed=True), ["failure", "+", "+"]),
        (Fate(ending="script", code=-2, failed=False), ["+", "+", "+"]),
        (Fate(ending="timeout", code=-2, failed=True), ["skipped", "failure", "+"]),
        (None, ["skipped", "skipped", "+"]),
    ],
)
def test_a_failure_is_told_once_and_at_its_place(fate: Fate | None, expected: list[str]) -> None:
    assert verdicts(msgspec.structs.replace(PLAIN, client=fate)) == expected


def test_a_broken_simulator_is_an_error_and_no_failure_of_the_client() -> None:
    broken = msgspec.structs.replace(PLAIN, counters={"errors": 1})
    assert verdicts(broken) == ["+", "+", "error"]


def test_without_a_limit_nothing_was_in_time() -> None:
    assert verdicts(msgspec.structs.replace(PLAIN, timeout_ms=None)) == ["+", "skipped", "+"]


def test_the_file_is_read_by_whoever_reads_junit() -> None:
    failed = Fate(ending="client", code=9, failed=True)
    root = ET.fromstring(junit(msgspec.structs.replace(PLAIN, client=failed)))  # noqa: S314 - ours
    suite = root[0]
    for element in (root, suite):
        numbers = {name: element.get(name) for name in ("tests", "failures", "errors", "skipped")}
        assert numbers == {"tests": "3", "failures": "1", "errors": "0", "skipped": "0"}
        assert element.get("time") == "2.500"
    names = [(case.get("classname"), case.get("name")) for case in suite.iter("testcase")]
    assert names[0] == ("kiwoom-sim.a", "client exit")
    assert [element.get("message") for element in suite.iter("failure")] == ["failed: exit code 9"]
    properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
    assert properties["replay"] == PLAIN.replay
    assert properties["command"] == "sh -c 'echo �[31mred �'"
    assert (suite.findtext("system-out") or "").startswith("scenario   a, seed 1\n")

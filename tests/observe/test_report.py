"""Check what is told of a run with a client."""

import pytest

from kiwoom_sim.observe import report as reports
from kiwoom_sim.observe.metrics import Metrics
from kiwoom_sim.observe.report import Fate, Report
from kiwoom_sim.observe.summary import text

FINE = Fate(ending="client", code=0, failed=False)


def made(fate: Fate | None = FINE, *, broken: str = "", errors: int = 0) -> Report:
    """Return the report of a small run."""
    metrics = Metrics()
    metrics.answered("ka10001", 200, "")
    metrics.answered("ka10001", 429, "1700")
    metrics.answered("", 502, "")
    metrics.faults["storm", "http_error"] += 1
    metrics.limits["per_api", "passed"] += 2
    metrics.limits["per_api", "refused"] += 1
    metrics.frames, metrics.frames_dropped, metrics.connections_total = 7, 2, 1
    metrics.errors = errors
    return Report(
        run="rate_limit-0001", scenario="rate_limit", seed=7, wire_ms=1_500,
        market_start="2026-03-23T09:30:00.000", market_end="2026-03-23T09:30:01.500",
        command=("python", "bot.py"), client=fate, counters=metrics.summary(), broken=broken,
        deviations=("the market is invented",), replay="kiwoom-sim replay there --check",
    )  # fmt: skip


def test_everything_that_happened_is_told() -> None:
    assert text(reports.rows(made())).splitlines() == [
        "scenario   rate_limit, seed 7",
        "run        rate_limit-0001",
        "time       1.500 s on the wire",
        "market     2026-03-23T09:30:00.000 to 2026-03-23T09:30:01.500",
        "client     exit code 0",
        "requests   3 (- 1, ka10001 2)",
        "answers    200 1, 429 1, 502 1",
        "refused    1700 1",
        "limits hit per_api/refused 1",
        "faults     storm/http_error 1",
        "frames     7 to 1 connections, 2 kept back by faults",
    ]


@pytest.mark.parametrize(
    ("fate", "told"),
    [
        (Fate(ending="client", code=3, failed=False), "exit code 3"),
        (Fate(ending="client", code=3, failed=True), "failed: exit code 3"),
        (Fate(ending="client", code=-6, failed=True), "failed: signal 6"),
        (Fate(ending="timeout", code=-2, failed=True), "failed: took longer than --timeout"),
        (Fate(ending="script", code=-2, failed=False), "ended when the script was over (signal 2)"),
        (Fate(ending="signal", code=0, failed=False), "ended when the run was stopped"),
    ],
)
def test_the_end_of_a_client_is_told_in_words(fate: Fate, told: str) -> None:
    assert reports.ended(fate).startswith(told)


def test_what_was_wrong_with_the_simulator_is_told() -> None:
    assert made().errors == ""
    assert made(errors=2).errors == "2 internal errors, in log.txt"
    broken = made(None, broken="ValueError('x')", errors=1)
    told = dict(reports.rows(broken))
    assert told["errors"] == "ValueError('x'); 1 internal errors, in log.txt"
    assert told["client"] == "did not end by itself"

"""Check that `/metrics` says what was counted, in Prometheus' own words."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from kiwoom_sim.observe import exposition
from kiwoom_sim.observe.metrics import Metrics
from tests.pages import need
from tests.servers.doors import WAIT_S, Client, tell

DOCS = Path(__file__).parents[2] / "docs"
OURS = "kiwoom_sim_"
RULES = """
[[rule]]
id = "second"
match = { api = "ka10001" }
when = { nth = 2 }
do = { kind = "http_error", status = 503 }
"""
MARKET_MS = 1_774_258_200_000
"""2026-03-23 09:30 in Korea, as a number of milliseconds there."""


def made(metrics: Metrics | None = None) -> Any:
    return exposition.Exposition(
        exposition.RunCollector(
            metrics or Metrics(),
            names={"scenario": "small", "run": "small-0001"},
            known=("ka10001",),
            now=lambda: exposition.Moment(wire_ms=2_500, market_ms=MARKET_MS),
        )
    )


def rendered(metrics: Metrics | None = None) -> str:
    text, content_type = made(metrics).render("")
    assert content_type.startswith("text/plain; version=")
    return text.decode()


def shown(labels: dict[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in sorted(labels.items()))


def samples(metrics: Metrics) -> dict[str, float]:
    """Return every sample of ours by its name and labels."""
    return {
        f"{sample.name}{{{shown(sample.labels)}}}": sample.value
        for family in text_string_to_metric_families(rendered(metrics))
        for sample in family.samples
        if sample.name.startswith(OURS)
    }


def busy() -> Metrics:
    metrics = Metrics()
    for api, status, refusal in (
        ("ka10001", 200, ""), ("ka10001", 429, "1700"), ("ka10001", 503, ""), ("ka10001", 0, ""),
        ("made-up", 200, "1505"), ("also made up", 200, "1505"), ("", 405, "405"),
    ):  # fmt: skip
        metrics.answered(api, status, refusal)
    metrics.faults["storm", "http_error"] = 2
    metrics.limits["per_api", "refused"] = 1
    for microseconds in (100, 100, 3_000, 90_000_000):
        metrics.took(microseconds)
    metrics.connections, metrics.frames, metrics.frame_bytes = 3, 20, 4_000
    return metrics


def test_everything_that_is_counted_is_shown() -> None:
    found = samples(busy())
    requests = {k: v for k, v in found.items() if k.startswith("kiwoom_sim_requests_total")}
    assert requests == {
        "kiwoom_sim_requests_total{api=,status=405}": 1,
        "kiwoom_sim_requests_total{api=ka10001,status=0}": 1,
        "kiwoom_sim_requests_total{api=ka10001,status=200}": 1,
        "kiwoom_sim_requests_total{api=ka10001,status=429}": 1,
        "kiwoom_sim_requests_total{api=ka10001,status=503}": 1,
        "kiwoom_sim_requests_total{api=other,status=200}": 2,
    }
    errors = {k: v for k, v in found.items() if k.startswith("kiwoom_sim_errors_total")}
    assert errors == {
        "kiwoom_sim_errors_total{code=503,kind=http}": 1,
        "kiwoom_sim_errors_total{code=0,kind=lost}": 1,
        "kiwoom_sim_errors_total{code=1505,kind=refusal}": 2,
        "kiwoom_sim_errors_total{code=1700,kind=refusal}": 1,
        "kiwoom_sim_errors_total{code=405,kind=refusal}": 1,
    }
    assert found["kiwoom_sim_faults_total{kind=http_error,rule=storm}"] == 2
    assert found["kiwoom_sim_limit_decisions_total{decision=refused,limit=per_api}"] == 1
    assert found["kiwoom_sim_websocket_connections{}"] == 3
    assert found["kiwoom_sim_websocket_sent_bytes_total{}"] == 4_000
    assert found["kiwoom_sim_market_time_seconds{}"] == 1_774_225_800
    assert found["kiwoom_sim_wire_time_seconds{}"] == 2.5
    assert found["kiwoom_sim_run_info{run=small-0001,scenario=small}"] == 1


def test_the_histogram_is_cumulative_and_covers_the_rest() -> None:
    found = samples(busy())
    buckets = {
        float(name.split("le=")[1].rstrip("}")): value
        for name, value in found.items()
        if name.startswith("kiwoom_sim_request_duration_seconds_bucket")
    }
    assert list(buckets.values()) == sorted(buckets.values())
    assert (buckets[0.000128], buckets[0.004096], buckets[float("inf")]) == (2, 3, 4)
    assert found["kiwoom_sim_request_duration_seconds_count{}"] == 4
    assert found["kiwoom_sim_request_duration_seconds_sum{}"] == pytest.approx(90.0032)


def test_names_follow_the_conventions() -> None:
    for family in text_string_to_metric_families(rendered(busy())):
        assert family.documentation
        if not family.name.startswith(OURS):
            continue
        assert re.fullmatch(r"[a-z][a-z0-9_]*[a-z0-9]", family.name)
        assert family.type in {"counter", "gauge", "histogram"}
        # The parser takes the suffix of counters off the family and leaves it on the samples.
        for sample in family.samples:
            assert sample.name.endswith("_total") == (family.type == "counter")
        assert not re.search(r"_(ms|us|milliseconds|kb|mb|count|sum)(_|$)", family.name)


def test_a_reader_may_ask_for_openmetrics() -> None:
    text, content_type = made().render("application/openmetrics-text; version=1.0.0")
    assert content_type.startswith("application/openmetrics-text")
    assert text.endswith(b"# EOF\n")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_metric_is_documented(language: str) -> None:
    page = (DOCS / language / "control.md").read_text(encoding="utf-8")
    names = re.findall(rf"^# TYPE ({OURS}\w+) ", rendered(), re.MULTILINE)
    assert len(names) >= 17
    assert [name for name in names if f"`{name}" not in page] == []
    assert [name for name in re.findall(rf"`({OURS}\w+)", page) if name not in names] == []


def test_the_control_door_shows_the_metrics_of_its_run() -> None:
    async def story(client: Client) -> None:
        await client.login()
        for _ in range(2):
            await client.quote()
        async with httpx.AsyncClient(base_url=client.running.control_url, timeout=WAIT_S) as http:
            for _ in range(2):
                reply = await http.get("/metrics", headers={"accept": "text/plain"})
                assert reply.headers["content-type"].startswith("text/plain")
        families = text_string_to_metric_families(reply.text)
        counted = {
            (sample.labels["api"], sample.labels["status"]): sample.value
            for family in families
            for sample in family.samples
            if sample.name == "kiwoom_sim_requests_total"
        }
        assert counted == {
            ("au10001", "200"): 1, ("ka10001", "200"): 1, ("ka10001", "503"): 1,
        }  # fmt: skip
        assert 'kiwoom_sim_faults_total{kind="http_error",rule="second"} 1.0' in reply.text

    tell(story, RULES)


@pytest.mark.system
def test_promtool_has_nothing_to_say() -> None:
    need("promtool")
    promtool = shutil.which("promtool")
    assert promtool is not None
    done = subprocess.run(
        [promtool, "check", "metrics"], input=rendered(busy()), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

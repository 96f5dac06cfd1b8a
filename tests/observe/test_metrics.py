"""Check that counters add up."""

from kiwoom_sim.observe.metrics import Metrics


def test_answers_are_counted_by_api_status_and_refusal() -> None:
    metrics = Metrics()
    metrics.answered("ka10001", 200, "")
    metrics.answered("ka10001", 429, "1700")
    summary = metrics.summary()
    assert summary["requests"] == 2
    assert summary["statuses"] == {"200": 1, "429": 1}
    assert summary["refusals"] == {"1700": 1}


def test_decisions_of_limits_are_counted_by_limit() -> None:
    metrics = Metrics()
    metrics.limits["per_api", "refused"] += 2
    assert metrics.summary()["limits"] == {"per_api/refused": 2}


def test_percentiles_are_upper_bounds() -> None:
    metrics = Metrics()
    assert metrics.latency_us(99) == 0
    for microseconds in [100] * 98 + [5_000] * 2:
        metrics.took(microseconds)
    assert metrics.latency_us(50) == 128
    assert metrics.latency_us(99) == 8_192

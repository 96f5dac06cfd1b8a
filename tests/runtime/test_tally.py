from kiwoom_sim.observe.metrics import Metrics
from kiwoom_sim.runtime.tally import Tally


def test_counts_are_those_since_the_phase_began() -> None:
    metrics = Metrics()
    tally = Tally(metrics, lambda: 3)
    metrics.answered("ka10001", 429, "1700")
    tally.begin()
    assert tally.measure("rest.requests") == 0
    metrics.answered("ka10001", 200, "")
    metrics.answered("ka10002", 429, "1700")
    metrics.tokens += 1
    metrics.messages += 4
    metrics.faults["page", "http_error"] += 1
    metrics.faults["page", "latency"] += 1
    metrics.faults["other", "latency"] += 1
    measured = {
        name: tally.measure(name)
        for name in (
            "rest.requests", "rest.refused", "token.issued", "ws.messages", "fault.injected",
            "fault.page", "fault.none",
        )
    }  # fmt: skip
    assert list(measured.values()) == [2, 1, 1, 4, 3, 2, 0]


def test_connections_and_events_are_as_they_are_now() -> None:
    tally = Tally(Metrics(), lambda: 3)
    tally.happened("vi")
    tally.begin()
    assert tally.measure("ws.connections") == 3
    assert tally.measure("event.vi") == 1
    assert tally.measure("event.other") == 0

"""Show the counters of a run as Prometheus reads them: `/metrics` of the control door.

A collector over what is counted anyway; nothing is counted here. Every metric is one entry of
`_families`, its text the documentation. Labels are bounded: an API id that the broker does not
document is "other"; rules, kinds and limits are those of the scenario.

Not for: start-up; the client library is loaded with this module, when somebody first asks.
"""

import asyncio
import platform
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct
from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from typing_extensions import override

from kiwoom_sim.observe.metrics import OTHER, Metrics
from kiwoom_sim.version import __version__

_KOREA_MS = 9 * 3_600_000
_SHORTEST_BITS, _LONGEST_BITS = 7, 24
"""Buckets of the histogram: powers of two from 128 microseconds to 17 seconds."""

_Labels = tuple[str, ...]


class Moment(Struct, frozen=True, kw_only=True):
    """Hold what time it is in a run.

    Attributes:
        market_ms: Market time, in ms since 1970-01-01 in Korea.
    """

    wire_ms: int
    market_ms: int


class RunCollector(Collector):
    """Turn the counters of a run into metric families, whenever somebody asks.

    Args:
        metrics: The counters.
        names: Labels of the run: its scenario, its id.
        known: API ids that the broker documents.
        now: Tells the time.
    """

    def __init__(
        self,
        metrics: Metrics,
        *,
        names: dict[str, str],
        known: Iterable[str],
        now: Callable[[], Moment],
    ) -> None:
        self._metrics = metrics
        self._names = names
        self._known = frozenset(known)
        self._now = now

    @override
    def collect(self) -> Iterator[Metric]:
        yield _info(
            "kiwoom_sim_build_info",
            "Version of the simulator and of Python.",
            {"version": __version__, "python": platform.python_version()},
        )
        yield _info("kiwoom_sim_run_info", "What runs.", self._names)
        yield from self._requests()
        yield from self._sockets()
        yield from self._times()

    def _requests(self) -> Iterator[Metric]:
        metrics = self._metrics
        answers: Counter[_Labels] = Counter()
        for (api, status), count in metrics.answers.items():
            answers[api if api in self._known or not api else OTHER, str(status)] += count
        errors: Counter[_Labels] = Counter()
        for code, count in metrics.refusals.items():
            errors["refusal", code] += count
        for status, count in metrics.failures.items():
            errors["http" if status else "lost", str(status)] += count
        yield _counter(
            "kiwoom_sim_requests_total",
            "Answered REST requests by API id and HTTP status; 0 = closed without an answer.",
            ("api", "status"), answers.items(),
        )  # fmt: skip
        yield self._latency()
        yield _counter(
            "kiwoom_sim_errors_total",
            "Errors by kind: documented refusals, other HTTP errors, lost answers.",
            ("kind", "code"), errors.items(),
        )  # fmt: skip
        yield _counter(
            "kiwoom_sim_limit_decisions_total",
            "What rate limits decided about calls: passed, refused, blocked, shadow.",
            ("limit", "decision"), metrics.limits.items(),
        )  # fmt: skip
        yield _counter(
            "kiwoom_sim_faults_total", "Faults injected by rule and kind.",
            ("rule", "kind"), metrics.faults.items(),
        )  # fmt: skip

    def _latency(self) -> Metric:
        counts, total_us = self._metrics.latencies()
        buckets = [
            (str((1 << bits) / 1_000_000), float(sum(counts[: bits + 1])))
            for bits in range(_SHORTEST_BITS, _LONGEST_BITS + 1)
        ]
        family = HistogramMetricFamily(
            "kiwoom_sim_request_duration_seconds",
            "Wall-clock time to make an answer, without the waits of faults.",
        )
        family.add_metric([], [*buckets, ("+Inf", float(sum(counts)))], total_us / 1_000_000)
        return family

    def _sockets(self) -> Iterator[Metric]:
        metrics = self._metrics
        yield _gauge(
            "kiwoom_sim_websocket_connections", "Open WebSocket connections.", metrics.connections
        )
        for name, text, value in (
            ("handshakes_total", "WebSocket handshakes taken.", metrics.connections_total),
            ("messages_received_total", "WebSocket messages received.", metrics.messages),
            (
                "frames_sent_total",
                "WebSocket frames sent, each recipient counted.",
                metrics.frames,
            ),
            (
                "sent_bytes_total",
                "Bytes of WebSocket frames sent, each recipient counted.",
                metrics.frame_bytes,
            ),
            (
                "frames_dropped_total",
                "WebSocket frames that faults kept from their recipients.",
                metrics.frames_dropped,
            ),
            (
                "slow_peers_dropped_total",
                "WebSocket connections dropped because they read too slowly.",
                metrics.dropped,
            ),
        ):
            yield _counter(f"kiwoom_sim_websocket_{name}", text, (), [((), value)])

    def _times(self) -> Iterator[Metric]:
        now = self._now()
        yield _gauge(
            "kiwoom_sim_market_time_seconds",
            "Market time, in seconds since 1970-01-01 UTC.",
            (now.market_ms - _KOREA_MS) / 1_000,
        )
        yield _gauge(
            "kiwoom_sim_wire_time_seconds",
            "Wire time: seconds since the run began.",
            now.wire_ms / 1_000,
        )
        yield _gauge(
            "kiwoom_sim_event_loop_lag_max_seconds",
            "Longest time that the event loop was late since the start.",
            self._metrics.lag_ms / 1_000,
        )
        yield _gauge(
            "kiwoom_sim_event_loop_tasks", "Unfinished tasks of the event loop.", float(_tasks())
        )
        yield _counter(
            "kiwoom_sim_market_waits_total",
            "Answers that had to wait until the market was generated.",
            (), [((), self._metrics.waits)],
        )  # fmt: skip


class Exposition:
    """Render the metrics of a run and of its process."""

    def __init__(self, collector: Collector) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(collector)
        for standard in (ProcessCollector, PlatformCollector, GCCollector):
            standard(registry=self._registry)

    def render(self, accept: str) -> tuple[bytes, str]:
        """Return the text and its content type, in the format that a reader accepts."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type


def _counter(
    name: str, text: str, labels: _Labels, counts: Iterable[tuple[_Labels, int]]
) -> Metric:
    family = CounterMetricFamily(name, text, labels=labels)
    for values, count in sorted(counts):
        family.add_metric(list(values), float(count))
    return family


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _tasks() -> int:
    """Return the number of unfinished tasks; 0 where nobody runs a loop."""
    try:
        return len(asyncio.all_tasks())
    except RuntimeError:
        return 0


def _info(name: str, text: str, labels: dict[str, str]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=list(labels))
    family.add_metric(list(labels.values()), 1.0)
    return family

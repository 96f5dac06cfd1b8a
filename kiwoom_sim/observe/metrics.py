"""Count what a run does: plain integers that `/stats` and the live view read.

Latencies fall into power-of-two buckets of microseconds, so counting costs two increments.

Not for: anything a replay compares; these are of this process and its wall clock.
"""

from collections import Counter
from http import HTTPStatus
from typing import Any

BUCKETS = 32
ANSWERS_MAX = 10_000
OTHER = "other"
"""Stands for API ids beyond so many that clients invented."""


class Metrics:
    """Hold the counters of a run.

    Attributes:
        answers: Answered REST requests by API id ("" = without one) and HTTP status; 0 = closed
            without an answer.
        refusals: Refusals by documented code.
        failures: Answers without a documented refusal, but with an HTTP error, by status.
        faults: Injected faults by (rule, kind).
        limits: Decisions of rate limits by (limit, decision): "passed", "refused", "blocked" (a
            block began) or "shadow" (would have been refused).
        stubs: Answers of stubs, by stub.
        tokens: Token requests that were granted.
        connections: WebSocket connections that are open.
        messages, frames, frame_bytes: WebSocket messages received; frames and bytes sent, each
            recipient counted.
        frames_dropped: Frames that a fault kept from their recipient.
        dropped: Connections dropped because they read too slowly.
        errors: Requests that an error of ours cut short.
        waits: Answers that had to wait until the market was generated.
        lag_ms: Longest time that the event loop was late, since the start.
    """

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()
        self.refusals: Counter[str] = Counter()
        self.failures: Counter[int] = Counter()
        self.faults: Counter[tuple[str, str]] = Counter()
        self.limits: Counter[tuple[str, str]] = Counter()
        self.stubs: Counter[str] = Counter()
        self.tokens = 0
        self.connections = 0
        self.connections_total = 0
        self.messages = 0
        self.frames = 0
        self.frame_bytes = 0
        self.frames_dropped = 0
        self.dropped = 0
        self.errors = 0
        self.waits = 0
        self.lag_ms = 0
        self._latency = [0] * BUCKETS
        self._latency_us = 0

    @property
    def request_count(self) -> int:
        """Return the number of answered REST requests."""
        return self.answers.total()

    @property
    def requests(self) -> Counter[str]:
        """Return the number of answered REST requests by API id."""
        return self._sums(0)

    @property
    def statuses(self) -> Counter[int]:
        """Return the number of answers by HTTP status."""
        return self._sums(1)

    def answered(self, api: str, status: int, refusal: str) -> None:
        """Count one answer."""
        answer = (api, status)
        if len(self.answers) >= ANSWERS_MAX and answer not in self.answers:
            answer = (OTHER, status)
        self.answers[answer] += 1
        if refusal:
            self.refusals[refusal] += 1
        elif status >= HTTPStatus.BAD_REQUEST or not status:
            self.failures[status] += 1

    def took(self, microseconds: int) -> None:
        """Count one latency."""
        self._latency[min(microseconds.bit_length(), BUCKETS - 1)] += 1
        self._latency_us += microseconds

    def latencies(self) -> tuple[list[int], int]:
        """Return how many latencies have so many bits in microseconds, and their sum."""
        return list(self._latency), self._latency_us

    def latency_us(self, percent: int) -> int:
        """Return an upper bound of a percentile of the latency, 0 when nothing was answered."""
        total = sum(self._latency)
        seen = 0
        for bucket, count in enumerate(self._latency):
            seen += count
            if total and seen * 100 >= total * percent:
                return 1 << bucket
        return 0

    def summary(self) -> dict[str, object]:
        """Return every counter as JSON-ready values."""
        return {
            "requests": self.request_count,
            "requests_by_api": dict(sorted(self.requests.items())),
            "statuses": {str(code): count for code, count in sorted(self.statuses.items())},
            "refusals": dict(sorted(self.refusals.items())),
            "faults": {f"{rule}/{kind}": n for (rule, kind), n in sorted(self.faults.items())},
            "limits": {f"{limit}/{what}": n for (limit, what), n in sorted(self.limits.items())},
            "stubs": dict(sorted(self.stubs.items())),
            "tokens": self.tokens,
            "connections": self.connections,
            "connections_total": self.connections_total,
            "messages": self.messages,
            "frames": self.frames,
            "frame_bytes": self.frame_bytes,
            "frames_dropped": self.frames_dropped,
            "dropped": self.dropped,
            "errors": self.errors,
            "waits": self.waits,
            "loop_lag_ms_max": self.lag_ms,
            "latency_us": {f"p{percent}": self.latency_us(percent) for percent in (50, 90, 99)},
        }

    def _sums(self, place: int) -> Counter[Any]:
        sums: Counter[Any] = Counter()
        for answer, count in self.answers.items():
            sums[answer[place]] += count
        return sums

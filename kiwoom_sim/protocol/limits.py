"""Count calls against the broker's rate limits: buckets that refill with wire time.

Calls are counted per app key and API id; per app key and URL (group) and per app key (total)
only where a scenario asks for it. A refused call takes nothing out of any bucket.

Source:
    Codes 1700, 1701 and 1702 of the guide; numbers as published by clients, see `config`.
    Nobody reports numbers for the group and total limits.
"""

from msgspec import Struct

from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.refusals import Refused

_TOKEN = 1_000
"""One call, in the unit of a bucket: calls per second times milliseconds."""


class Rate(Struct, frozen=True):
    """Name a rate: calls per second, and calls that may come at once."""

    per_second: int
    burst: int


class Bucket:
    """Hold what is left of one allowance."""

    __slots__ = ("_level", "_rate", "_seen_ms")

    def __init__(self, rate: Rate, wire_ms: int) -> None:
        self._rate = rate
        self._level = rate.burst * _TOKEN
        self._seen_ms = wire_ms

    def has_room(self, wire_ms: int) -> bool:
        """Refill up to a time and say whether one more call fits."""
        refill = max(0, wire_ms - self._seen_ms) * self._rate.per_second
        self._level = min(self._rate.burst * _TOKEN, self._level + refill)
        self._seen_ms = max(wire_ms, self._seen_ms)
        return self._level >= _TOKEN

    def take(self) -> None:
        """Count one call."""
        self._level -= _TOKEN


class Limits:
    """Keep the buckets of all app keys."""

    def __init__(self, config: WireConfig) -> None:
        self._config = config
        self._per_id = Rate(*config.rest_rate)
        self._group = Rate(config.group_per_second, config.group_per_second)
        self._total = Rate(config.total_per_second, config.total_per_second)
        self._buckets: dict[tuple[str, int, str], Bucket] = {}

    def take(self, key: int, api_id: str, path: str, wire_ms: int) -> Refused | None:
        """Count one call of an app key, or say which limit it is over."""
        if not self._config.limits_enabled:
            return None
        taken = []
        for code, rate, name in (
            ("1701", self._total, ""),
            ("1702", self._group, path),
            ("1700", self._per_id, api_id),
        ):
            if not rate.per_second:
                continue
            bucket = self._buckets.get((code, key, name))
            if bucket is None:
                bucket = self._buckets[code, key, name] = Bucket(rate, wire_ms)
            if not bucket.has_room(wire_ms):
                return self._refuse(code, rate, api_id)
            taken.append(bucket)
        for bucket in taken:
            bucket.take()
        return None

    def _refuse(self, code: str, rate: Rate, api_id: str) -> Refused:
        parameters = {"per_second": str(rate.per_second), "api_id": api_id}
        return Refused(code, parameters, self._config.limit_status)

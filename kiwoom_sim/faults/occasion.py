"""Give a fault kind what it may use besides its own fields: facts, chance and memory."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from kiwoom_sim.core.meters import Rate, SlidingWindow
from kiwoom_sim.core.rng import Key, draw_below
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.streams import Stream

_LANES_PER_KIND = 16


class Occasion:
    """Hold one occasion on which a rule fires.

    Attributes:
        facts: What is about to happen.
        ordinal: Number of this occasion in the rule's count, from 1.
        draws: What was drawn so far, as (value, bound).
        hooks: Functions that rules may name, by name.
    """

    hooks: Mapping[str, Callable[[Any], Any]] = MappingProxyType({})

    def __init__(
        self, facts: Facts, *, key: Key, ordinal: int, place: int, memory: "Memory"
    ) -> None:
        self.facts = facts
        self.ordinal = ordinal
        self.draws: list[tuple[int, int]] = []
        self._key = key
        self._place = place
        self._lane = 1 + place * _LANES_PER_KIND
        self._memory = memory

    def draw_below(self, bound: int, lane: int = 0) -> int:
        """Return a random integer in [0, bound), the same in every replay."""
        assert 0 <= lane < _LANES_PER_KIND
        value = draw_below(self._key, bound, self.ordinal, self._lane + lane)
        self.draws.append((value, bound))
        return value

    def stream(self) -> Stream:
        """Return a stream of draws beside those of `draw_below`, which lists them here too."""
        return Stream(self._key, ordinal=self.ordinal, place=self._place, draws=self.draws)

    def admit(self, scope: str, limit: int, window_ms: int) -> bool:
        """Count a call in a sliding window and return whether it is within a limit.

        A call that is over the limit does not count.
        """
        return self._memory.admit(scope, limit, window_ms, self.facts.wire_ms)

    def recall(self, subject: str) -> bytes | None:
        """Return what was kept of a subject of this connection, None if nothing was."""
        return self._memory.texts.get(self.facts.connection, {}).get(subject)

    def keep(self, subject: str, text: bytes) -> None:
        """Keep a text for later occasions of this connection."""
        self._memory.texts.setdefault(self.facts.connection, {})[subject] = text


class Memory:
    """Remember what one rule's kind saw.

    Attributes:
        texts: What was kept, by connection and subject.
    """

    def __init__(self) -> None:
        self.texts: dict[int, dict[str, bytes]] = {}
        self._passed: dict[str, SlidingWindow] = {}

    def admit(self, scope: str, limit: int, window_ms: int, now_ms: int) -> bool:
        """Count a call and return whether it is among `limit` in the last `window_ms`."""
        passed = self._passed.setdefault(scope, SlidingWindow(Rate(limit, window_ms)))
        has_room = passed.has_room(now_ms)
        if has_room:
            passed.take(now_ms)
        return has_room

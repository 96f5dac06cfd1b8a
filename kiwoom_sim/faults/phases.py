"""Divide the wire time of a run into named phases.

Phases follow one another from wire time 0. A phase lasts for its length, or until something
happens but no longer than its time-out; one with neither lasts to the end of the run. After the
last phase with an end no phase is in force and the scenario's plain settings hold.

The plan counts on every time-out until it is told that a phase is over (`end_now`): whoever runs
it tells the same at the same wire time in every replay.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, field

from kiwoom_sim.core.meters import Rate
from kiwoom_sim.faults.ramps import Ramp, steps_ms, value_at
from kiwoom_sim.faults.until import Until

Setting = int | str | bool | Rate

Change = tuple[int, "Phase | None"]
"""Wire time, and the phase with its settings from then on; None = the script is over."""


class Phase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Name a stretch of the run.

    Attributes:
        id: Name, unique in the scenario.
        for_ms: Length; without it and without `until`, to the end of the run (only the last
            phase may).
        until: What ends the phase: a measure compared with a number ("ws.connections >= 1",
            "rest.refused >= 10"), or a measure alone for "at least once" ("event.vi").
        timeout_ms: How long `until` is waited for at most.
        settings: Values that differ while the phase lasts, by setting
            (`set = { "limit.per_api.rate" = "1/1s" }`); a ramp goes from one value to another,
            second by second (`"1/1s -> 10/1s"`).
    """

    id: Annotated[str, Meta(min_length=1)]
    for_ms: Annotated[int, Meta(ge=1)] | None = None
    until: Annotated[Until | None, Meta(extra={"toml": "until"})] = None
    timeout_ms: Annotated[int, Meta(ge=1)] | None = None
    settings: Annotated[dict[str, Any], Meta(extra={"toml": "settings"})] = field(
        name="set", default_factory=dict
    )

    @property
    def length_ms(self) -> int | None:
        """Return how long the phase may last; None = to the end of the run."""
        return self.for_ms if self.until is None else self.timeout_ms

    @property
    def has_ramps(self) -> bool:
        """Return whether a setting changes while the phase lasts."""
        return any(isinstance(value, Ramp) for value in self.settings.values())

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        if self.until is not None and self.for_ms is not None:
            return "takes either for, or until with timeout"
        if self.until is not None and self.timeout_ms is None:
            return "until needs timeout, so that the run goes on if it never holds"
        if self.until is None and self.timeout_ms is not None:
            return "timeout needs until"
        if self.has_ramps and self.length_ms is None:
            return "a ramp needs a phase that ends: give for, or until with timeout"
        return ""


class PhasePlan:
    """Answer which phase is in force at a wire time."""

    def __init__(self, phases: tuple[Phase, ...]) -> None:
        self._phases = phases
        self._lengths_ms = [phase.length_ms for phase in phases]
        self._starts_ms: list[int] = []
        self._end_ms: int | None = 0
        self._lay_out()

    def index_at(self, wire_ms: int) -> int | None:
        """Return the place of the phase in force, or None if there is none."""
        if not self._phases or (self._end_ms is not None and wire_ms >= self._end_ms):
            return None
        return max(i for i, start_ms in enumerate(self._starts_ms) if start_ms <= max(wire_ms, 0))

    def at(self, wire_ms: int) -> Phase | None:
        """Return the phase in force with the settings of its scenario, None if there is none."""
        index = self.index_at(wire_ms)
        return None if index is None else self._phases[index]

    def start_ms(self, wire_ms: int) -> int:
        """Return when the phase in force began; 0 if there is none."""
        index = self.index_at(wire_ms)
        return 0 if index is None else self._starts_ms[index]

    def changes(self, first: int = 0) -> tuple[Change, ...]:
        """Return when which phase begins, each step of a ramp with its settings.

        Args:
            first: Place of the first phase to tell.
        """
        begun: list[Change] = []
        for index in range(first, len(self._phases)):
            begun += self._steps(index)
        if self._phases and self._end_ms is not None:
            begun.append((self._end_ms, None))
        return tuple(begun)

    def end_now(self, wire_ms: int) -> tuple[Change, ...]:
        """End the phase in force before its time-out; return the changes from then on."""
        index = self.index_at(wire_ms)
        assert index is not None
        self._lengths_ms[index] = wire_ms - self._starts_ms[index]
        self._lay_out()
        return self.changes(index + 1)

    @property
    def end_ms(self) -> int | None:
        """Return when the script ends at the latest; None = never, 0 = there are no phases."""
        return self._end_ms

    def _lay_out(self) -> None:
        """Put the phases one after the other."""
        self._starts_ms, position_ms = [], 0
        for length_ms in self._lengths_ms:
            self._starts_ms.append(position_ms)
            position_ms += length_ms or 0
        is_endless = bool(self._lengths_ms) and self._lengths_ms[-1] is None
        self._end_ms = None if is_endless else position_ms

    def _steps(self, index: int) -> list[Change]:
        phase, start_ms, length_ms = (
            self._phases[index], self._starts_ms[index], self._lengths_ms[index],
        )  # fmt: skip
        if not phase.has_ramps or phase.length_ms is None:
            return [(start_ms, phase)]
        steps = steps_ms(phase.length_ms)
        return [
            (start_ms + after_ms, _stepped(phase, step, len(steps)))
            for step, after_ms in enumerate(steps)
            if not after_ms or length_ms is None or after_ms < length_ms
        ]


def _stepped(phase: Phase, step: int, steps: int) -> Phase:
    """Return a phase with the settings of one step of its ramps."""
    settings = {
        name: value_at(value, step, steps) if isinstance(value, Ramp) else value
        for name, value in phase.settings.items()
    }
    return msgspec.structs.replace(phase, settings=settings)

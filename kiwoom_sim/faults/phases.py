"""Divide the wire time of a run into named phases.

Phases follow one another from wire time 0. A phase without a length lasts to the end of the run;
after the last phase with a length no phase is in force and the scenario's plain settings hold.
"""

from typing import Annotated

from msgspec import Meta, Struct, field

from kiwoom_sim.core.meters import Rate

Setting = int | str | bool | Rate


class Phase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Name a stretch of the run.

    Attributes:
        id: Name, unique in the scenario.
        for_ms: Length; None = to the end of the run (only the last phase may).
        settings: Values that differ while the phase lasts, by setting
            (`set = { "limit.per_api.rate" = "1/1s" }`).
    """

    id: Annotated[str, Meta(min_length=1)]
    for_ms: Annotated[int, Meta(ge=1)] | None = None
    settings: Annotated[dict[str, Setting], Meta(extra={"toml": "settings"})] = field(
        name="set", default_factory=dict
    )


class PhasePlan:
    """Answer which phase is in force at a wire time."""

    def __init__(self, phases: tuple[Phase, ...]) -> None:
        self._phases = phases
        self._starts_ms: list[int] = []
        position_ms = 0
        self._end_ms: int | None = 0
        for phase in phases:
            self._starts_ms.append(position_ms)
            position_ms += phase.for_ms or 0
        if phases:
            self._end_ms = None if phases[-1].for_ms is None else position_ms

    def index_at(self, wire_ms: int) -> int | None:
        """Return the place of the phase in force, or None if there is none."""
        if not self._phases or (self._end_ms is not None and wire_ms >= self._end_ms):
            return None
        return max(i for i, start_ms in enumerate(self._starts_ms) if start_ms <= max(wire_ms, 0))

    def at(self, wire_ms: int) -> Phase | None:
        """Return the phase in force, or None if there is none."""
        index = self.index_at(wire_ms)
        return None if index is None else self._phases[index]

    def start_ms(self, wire_ms: int) -> int:
        """Return when the phase in force began; 0 if there is none."""
        index = self.index_at(wire_ms)
        return 0 if index is None else self._starts_ms[index]

    def changes(self) -> tuple[tuple[int, Phase | None], ...]:
        """Return (wire time, phase that begins then), the end of the script as None."""
        begun: list[tuple[int, Phase | None]] = list(
            zip(self._starts_ms, self._phases, strict=True)
        )
        if self._phases and self._end_ms is not None:
            begun.append((self._end_ms, None))
        return tuple(begun)

    @property
    def end_ms(self) -> int | None:
        """Return when the script ends; None = never, 0 = there are no phases."""
        return self._end_ms

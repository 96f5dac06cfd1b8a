"""Say how often and how long a rule fires: one grammar for every rule.

The occasions of a rule are the things that match it, in one of its phases and inside `between`.
They are counted from 1, separately for each client unless `per` says otherwise; every condition
that is given must hold.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Count = Annotated[int, Meta(ge=1)]


class Window(Struct, frozen=True):
    """Give a stretch of wire time, start included, end not.

    Attributes:
        from_ms: Start.
        to_ms: End, above `from_ms`.
        of_phase: True: counted from the start of the current phase ("+20s"); False: from the
            start of the run ("20s").
    """

    from_ms: int
    to_ms: int
    of_phase: bool = False


class When(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Choose on which occasions a rule fires; nothing given = on each.

    Attributes:
        after: Leave the first `after` occasions alone; the conditions below count from there.
        first: Only the first `first` occasions.
        nth: Only these occasions (3, or [3, 5]).
        every: Every `every`-th occasion.
        probability_bps: Chance on each occasion ("10%"), drawn from the rule's own stream.
        between: Only inside this stretch of time, as ["20s", "26s"] of the run or
            ["+20s", "+26s"] of the phase.
        max: Fire at most so often.
        per: Who is counted apart: each `client`, each app `key`, or nobody (`global`).
    """

    after: Annotated[int, Meta(ge=0)] = 0
    first: Count | None = None
    nth: tuple[Count, ...] = ()
    every: Count | None = None
    probability_bps: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    between: Annotated[Window | None, Meta(extra={"toml": "window"})] = None
    max: Count | None = None
    per: Literal["client", "key", "global"] = "client"

    def is_open(self, wire_ms: int, phase_start_ms: int) -> bool:
        """Return whether a moment lies inside `between`."""
        if self.between is None:
            return True
        elapsed_ms = wire_ms - phase_start_ms if self.between.of_phase else wire_ms
        return self.between.from_ms <= elapsed_ms < self.between.to_ms

    def selects(self, ordinal: int) -> bool:
        """Return whether the counting conditions choose an occasion (from 1)."""
        place = ordinal - self.after
        return (
            place >= 1
            and (self.first is None or place <= self.first)
            and (not self.nth or place in self.nth)
            and (self.every is None or place % self.every == 0)
        )

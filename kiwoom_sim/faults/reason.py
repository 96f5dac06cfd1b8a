"""Say why a fault happened, for whoever asks later."""

from msgspec import Struct


class Reason(Struct, frozen=True, kw_only=True):
    """Say why a fault happened.

    Attributes:
        phase: Phase in force, "" if there was none.
        who: Whom the rule counts: a client, a key, or "" for everybody.
        occasion: Number of the occasion in that count, from 1.
        draws: Random numbers that were drawn, each as (value, bound): from 0 to below the bound.
            Where the rule has a chance, that is the first, and it fired because the value was
            below the chance.
        chance_bps: Chance of the rule, in parts of 10,000; None = it has none.
    """

    phase: str = ""
    who: str = ""
    occasion: int
    draws: tuple[tuple[int, int], ...] = ()
    chance_bps: int | None = None

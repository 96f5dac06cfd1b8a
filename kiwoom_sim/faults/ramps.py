"""Let a setting go from one value to another while a phase lasts, in steps.

A ramp steps once a second of wire time, in a phase above an hour 3,600 times; its first step has
the first value, its last step the last one.
"""

from math import lcm

from msgspec import Struct

from kiwoom_sim.core.meters import Rate

STEP_MS = 1_000
STEPS_MAX = 3_600

Value = int | Rate
"""What can lie between two others."""


class Ramp(Struct, frozen=True):
    """Give the two ends of a setting.

    Attributes:
        first: Value in the first step.
        last: Value in the last step.
    """

    first: Value
    last: Value


def steps_ms(length_ms: int) -> range:
    """Return when the steps of a phase begin, from the start of the phase."""
    step_ms = max(STEP_MS, -(-length_ms // STEPS_MAX))
    return range(0, length_ms, step_ms)


def value_at(ramp: Ramp, step: int, steps: int) -> Value:
    """Return the value in a step, rounded half up.

    Args:
        ramp: The two ends.
        step: Which step, from 0.
        steps: How many there are.
    """
    if steps == 1:
        return ramp.last
    first, last = ramp.first, ramp.last
    if isinstance(first, Rate):
        assert isinstance(last, Rate)
        per_ms = lcm(first.per_ms, last.per_ms)
        low, high = (rate.count * per_ms // rate.per_ms for rate in (first, last))
        return Rate(_between(low, high, step, steps - 1), per_ms)
    assert isinstance(last, int)
    return _between(first, last, step, steps - 1)


def _between(first: int, last: int, part: int, parts: int) -> int:
    return first + (2 * (last - first) * part + parts) // (2 * parts)

"""Let hooks draw random numbers, as many as they like, that are the same in every replay."""

from kiwoom_sim.core.rng import Key, draw_below

DRAWS_MAX = 4_096
"""How often one call may draw."""

_FIRST_LANE = 1 << 16
"""Lanes from here on are drawn through streams alone."""


class Stream:
    """Draw random numbers.

    The stream belongs to one call of one rule: neither another rule nor another client moves it.
    """

    def __init__(
        self, key: Key, *, ordinal: int, place: int, draws: list[tuple[int, int]] | None = None
    ) -> None:
        self._draws = [] if draws is None else draws
        self._key = key
        self._ordinal = ordinal
        self._lane = _FIRST_LANE + place * DRAWS_MAX
        self._count = 0

    def below(self, bound: int) -> int:
        """Return an integer from 0 up to, not including, a bound.

        Raises:
            ValueError: The bound is not above 0, or this call has drawn too often.
        """
        if bound < 1:
            raise ValueError(f"below({bound}): a bound is at least 1")
        if self._count == DRAWS_MAX:
            raise ValueError(f"one call may draw {DRAWS_MAX} times")
        value = draw_below(self._key, bound, self._ordinal, self._lane + self._count)
        self._count += 1
        self._draws.append((value, bound))
        return value

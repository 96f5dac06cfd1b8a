"""Keep what an answer shows of the past: figures of finished sessions, rows of finished candles.

The rule, in this one place: what lies before today, or before a candle that has begun, is fixed by
the symbol, by what was done to it so far (its overlay) and by the day of the question (a split on
that day adjusts what is older). So it is worked out once for these three and kept in the market's
store until somebody needs the room.

Not for: anything of today that still moves.
"""

from collections.abc import Callable, Hashable
from typing import TypeVar

from kiwoom_sim.core.clock import day_of, moment
from kiwoom_sim.engine.views import Views

T = TypeVar("T")


def settled(views: Views, code: str, name: tuple[Hashable, ...], build: Callable[[], T]) -> T:
    """Return something of a symbol's past, built on first use.

    Args:
        views: The market; only the day of the question may matter, not its time.
        code: The symbol.
        name: Names what is built, with everything else that it depends on.
        build: Makes it.

    Raises:
        NotReady: As `build` does.
    """
    market = views.market
    key = ("settled", code, market.overlay.revision(code), day_of(views.now_ms), *name)
    return market.store.get(key, build)


def settled_of_all(views: Views, name: tuple[Hashable, ...], build: Callable[[], T]) -> T:
    """Return something of finished sessions that every symbol has a part in; see `settled`."""
    market, today = views.market, day_of(views.now_ms)
    key = ("settled", "", market.overlay.revision_at(moment(today)), today, *name)
    return market.store.get(key, build)

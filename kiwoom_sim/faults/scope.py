"""Say what a fault kind can act on at the WebSocket door, so that rules need not repeat it.

A kind without a scope acts on whatever a rule matches.
"""

from msgspec import Struct

from kiwoom_sim.faults.facts import Facts, Moment
from kiwoom_sim.faults.match import Patterns, agrees

PUSHES: Patterns = ("REAL", "realtime_price", "*_signal")
"""Frames that the server sends by itself because of the market, of either contract."""


ANYWHERE: tuple[Moment, ...] = ("request", "connect", "tls", "message", "frame")
"""Moments of a kind that only needs a connection."""


class Scope(Struct, frozen=True, kw_only=True):
    """Limit what the occasions of a kind are.

    Attributes:
        moments: Moments at which the kind can act; none = any.
        only: Messages and frames it can act on, by name; none = any.
        usual: Messages and frames it acts on where a rule's match names none; none = any.
    """

    moments: tuple[Moment, ...] = ()
    only: Patterns = ()
    usual: Patterns = ()

    def covers(self, facts: Facts, *, named: bool) -> bool:
        """Return whether a kind can act on something.

        Args:
            facts: What is about to happen.
            named: Whether the rule's match names messages or frames.
        """
        return (
            (not self.moments or facts.moment in self.moments)
            and (not self.only or agrees(self.only, facts.api_id))
            and (named or not self.usual or agrees(self.usual, facts.api_id))
        )


ANYTHING = Scope()


def scope_of(kind: Struct | type[Struct]) -> Scope:
    """Return the scope of a fault kind."""
    scope = getattr(kind, "acts_on", ANYTHING)
    assert isinstance(scope, Scope)
    return scope

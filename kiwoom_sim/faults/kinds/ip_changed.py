"""Let clients come from another address than their token was issued to."""

from typing import ClassVar

from msgspec import Struct

from kiwoom_sim.faults.effects import Effect, Spoil
from kiwoom_sim.faults.occasion import Occasion


class IpChanged(Struct, frozen=True, kw_only=True, tag="ip_changed", tag_field="kind"):
    """Let the caller come from another IP address than its token was issued to, from this call on.

    The call and every later one with that token get HTTP 200, `return_code` 3 and 8010; a
    WebSocket LOGIN with it gets 805004 that names 8010. Asking for a token brings a new one, good
    at the new address. Sessions that are logged in go on. Token calls, and calls without a token
    of this run, are left alone.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)
    position: ClassVar[str] = "before"
    reaches_sockets: ClassVar[bool] = True

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the move, nothing where the call shows no token."""
        return (Spoil("address"),) if occasion.facts.shows_token else ()

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""

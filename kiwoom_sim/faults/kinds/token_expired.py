"""Let access tokens die before their time."""

from typing import ClassVar

from msgspec import Struct

from kiwoom_sim.faults.effects import Effect, Spoil
from kiwoom_sim.faults.occasion import Occasion


class TokenExpired(Struct, frozen=True, kw_only=True, tag="token_expired", tag_field="kind"):
    """End the life of the caller's token before its call is looked at, whatever `expires_dt` said.

    The call and every later one with that token get HTTP 200, `return_code` 3 and 8005, never
    401; a WebSocket LOGIN with it gets 805004. The next token asked for is new and good. Sessions
    that are logged in go on. Token calls, and calls without a token of this run, are left alone.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)
    position: ClassVar[str] = "before"
    reaches_sockets: ClassVar[bool] = True

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the end of the token, nothing where the call shows none."""
        return (Spoil("expired"),) if occasion.facts.shows_token else ()

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""

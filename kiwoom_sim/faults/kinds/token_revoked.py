"""Revoke access tokens behind the client's back."""

from typing import ClassVar, Literal

from msgspec import Struct

from kiwoom_sim.faults.effects import Effect, Spoil
from kiwoom_sim.faults.occasion import Occasion


class TokenRevoked(Struct, frozen=True, kw_only=True, tag="token_revoked", tag_field="kind"):
    """Revoke the caller's token before its call is looked at, as another process could.

    The call and every later one with that token get HTTP 200, `return_code` 3 and 8005; the next
    token asked for is new and good. Token calls, and calls without a token of this run, are left
    alone.

    Attributes:
        sessions: What becomes of WebSocket sessions of the app key: `keep` lets them go on,
            `close` closes them (1000) without a word. Neither was published.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)
    position: ClassVar[str] = "before"
    reaches_sockets: ClassVar[bool] = True

    sessions: Literal["keep", "close"] = "keep"

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the end of the token, nothing where the call shows none."""
        spoiled = Spoil("revoked", sessions=self.sessions)
        return (spoiled,) if occasion.facts.shows_token else ()

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""

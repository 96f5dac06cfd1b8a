"""Let another process log in with the client's app key."""

from typing import ClassVar

from msgspec import Struct

from kiwoom_sim.faults.effects import Effect, Spoil
from kiwoom_sim.faults.occasion import Occasion


class TokenSuperseded(
    Struct, frozen=True, kw_only=True, tag="token_superseded", tag_field="kind"
):  # fmt: skip
    """Let another process log in with the caller's app key before its call is looked at.

    The other login takes the caller's token away: the call and every later one with it get HTTP
    200, `return_code` 3 and 8005 until a new token is asked for. Token calls, and calls without a
    token of this run, are left alone.

    Attributes:
        kick: True lets the other process log in at the WebSocket door too: sessions of the app
            key get SYSTEM R10001 and are closed with 1000 "Bye".
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)
    position: ClassVar[str] = "before"
    reaches_sockets: ClassVar[bool] = True

    kick: bool = True

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the end of the token, nothing where the call shows none."""
        spoiled = Spoil("superseded", sessions="kick" if self.kick else "keep")
        return (spoiled,) if occasion.facts.shows_token else ()

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""

"""Restart the whole service."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.engine.commands import RestartService
from kiwoom_sim.faults.effects import Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import Scope


class Restart(Struct, frozen=True, kw_only=True, tag="restart", tag_field="kind"):
    """Let the service go away and come back: connections of all doors are reset, none can be made.

    WebSocket sessions and their registrations are gone in any case, without a close frame. The
    request that sets it off is never looked at, and answers that were still on their way are
    lost. The market goes on, and so do the script and the counts of rules. In an `[[event]]` it
    happens at a time, whatever clients do.

    Attributes:
        down_for_ms: How long connections are refused.
        keep_state: True lets tokens live on and rate limits go on counting; False forgets both,
            so that every token is refused (8005) until a client asks for a new one.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest", "ws")
    acts_on: ClassVar[Scope] = Scope(moments=("request", "connect", "message", "frame"))
    reaches_sockets: ClassVar[bool] = True

    down_for_ms: Annotated[int, Meta(ge=1)]
    keep_state: bool = False

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the restart."""
        return (self.command(),)

    def command(self) -> RestartService:
        """Return the restart, as an event asks for it."""
        return RestartService(down_ms=self.down_for_ms, keep_state=self.keep_state)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""

"""Stop the whole service for a while."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.engine.commands import PauseService
from kiwoom_sim.faults.effects import Effect
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import Scope


class Pause(Struct, frozen=True, kw_only=True, tag="pause", tag_field="kind"):
    """Stop the service as a garbage collection or a frozen machine does: the market goes on alone.

    At every door connections are accepted and bytes taken, but nothing is read, answered or sent:
    no answer, no frame, no PING, no handshake. Then everything flows on in order, with the times
    that it had. The clocks of sessions (PING, the wait for LOGIN) stand still meanwhile. What
    sets it off is held as well. In an `[[event]]` it happens at a time, whatever clients do.

    Attributes:
        for_ms: How long.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest", "ws")
    acts_on: ClassVar[Scope] = Scope(moments=("request", "connect", "message", "frame"))
    reaches_sockets: ClassVar[bool] = True

    for_ms: Annotated[int, Meta(ge=1)]

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the stop."""
        return (self.command(),)

    def command(self) -> PauseService:
        """Return the stop, as an event asks for it."""
        return PauseService(for_ms=self.for_ms)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""

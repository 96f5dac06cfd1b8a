"""Hold one world: a market, its clock, and the script that changes it.

Everything a client can see derives from a world at a wire time. A change acts from its own
market time on, so a question about an earlier instant has the same answer before and after it.
"""

from kiwoom_sim.core.meters import Rate
from kiwoom_sim.engine.changes import change
from kiwoom_sim.engine.clock import MarketClock
from kiwoom_sim.engine.commands import Command, PauseService, RestartService, RunClock, StepClock
from kiwoom_sim.engine.timeline import Due, Timeline
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.market import Market


class World:
    """Answer as of a wire time, and take commands.

    Attributes:
        timeline: Commands still to come.
        revision: Number of changes made to the market so far.
    """

    def __init__(self, market: Market, clock: MarketClock) -> None:
        self.market = market
        self.clock = clock
        self.revision = 0
        self.timeline = Timeline(clock)

    def views(self, wire_ms: int) -> Views:
        """Return the questions one may ask, as of a wire time."""
        return Views(self.market, self.clock.at(wire_ms))

    def condense(self, rate: Rate | None, wire_ms: int) -> None:
        """Let each symbol have at least so many trades from a wire time on.

        Args:
            rate: Trades in a stretch of market time; None = as the market makes them.
            wire_ms: When.
        """
        if self.market.densities.set(self.clock.at(wire_ms), rate):
            self.revision += 1

    def advance(self, until_wire_ms: int) -> list[tuple[Due, str]]:
        """Apply what is due up to a wire time.

        Returns:
            Each command in order, and why it was refused ("" if it was not).
        """
        due = self.timeline.take(until_wire_ms)
        return [(item, self.submit(item.command, item.wire_ms, item.market_ms)) for item in due]

    def submit(self, command: Command, wire_ms: int, market_ms: int | None = None) -> str:
        """Apply a command at a wire time; return why it was refused, or "".

        Args:
            command: What to do.
            wire_ms: When it was asked for.
            market_ms: Market time from which it acts; None = that of the wire time.
        """
        at_ms = self.clock.at(wire_ms) if market_ms is None else market_ms
        if isinstance(command, StepClock | RunClock):
            if isinstance(command, StepClock):
                self.clock.step(wire_ms, command.by_ms)
            else:
                self.clock.run(wire_ms, command.for_ms, command.speed)
            self.timeline.reschedule()
            return ""
        if isinstance(command, PauseService | RestartService):
            return ""  # the market goes on
        try:
            self.market.store.run_inline(lambda: change(command, self.market, at_ms))
        except ValueError as refused:
            return str(refused)
        self.revision += 1
        return ""

"""Describe the kinds of event that change the hours of a whole trading day.

Such a day is known from the start of the run: `at` only says which one it is.
"""

from typing import Annotated

from msgspec import Meta, Struct

from kiwoom_sim.engine.commands import ChangeHours


class ExamDay(Struct, frozen=True, kw_only=True, tag="exam_day", tag_field="kind"):
    """Open and close an hour late (10:00 to 16:30), as on the day of the university entrance exam.

    It concerns the session of the day of `at`, the next one if that is none. Hours are known from
    the start of the run; a session that is already running keeps its own.
    """

    def command(self) -> ChangeHours:
        """Return what the world is asked to do."""
        return ChangeHours(hours="shifted")


class LateOpen(Struct, frozen=True, kw_only=True, tag="late_open", tag_field="kind"):
    """Open an hour late (10:00) and close as usual, as on the first session of a year."""

    def command(self) -> ChangeHours:
        """Return what the world is asked to do."""
        return ChangeHours(hours="late")


class EarlyClose(Struct, frozen=True, kw_only=True, tag="early_close", tag_field="kind"):
    """Close a session early; its closing auction begins ten minutes before.

    Attributes:
        close: Time of day, as "13:00".
    """

    close: Annotated[str, Meta(pattern="^(09:[3-5]|1[0-4]:[0-5]|15:[0-2])[0-9]$")] = "13:00"

    def command(self) -> ChangeHours:
        """Return what the world is asked to do."""
        return ChangeHours(hours="early " + self.close.replace(":", ""))

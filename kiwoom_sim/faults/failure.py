"""Say that code of the user broke: an effect like any other, so that it is journaled like one."""

from msgspec import Struct

INTERNAL_ERROR = "1999"
"""Code of the broker's internal error."""


class Failed(Struct, frozen=True, tag=True):
    """Tell that code of the user broke when it was asked.

    Attributes:
        hook: Its name.
        error: What it raised.
        answers: The request or message is answered as an internal error; a frame or connection
            goes on as if nothing had been.
    """

    hook: str
    error: Exception
    answers: bool = True

    @property
    def told(self) -> str:
        """Return what it raised, in a line."""
        return f"{type(self.error).__name__}: {self.error}"

"""Say how bytes go over a wire, or why nobody can connect: the effects of the network.

Not for: writing bytes; doors do that (`servers/transmit.py`).
"""

from typing import Literal

from msgspec import Struct, structs


class Pace(Struct, frozen=True):
    """Send some bytes, wait, and so on, instead of all at once."""

    piece_bytes: int
    every_ms: int


End = Literal["go_on", "close", "reset", "hang", "half_open"]
"""What becomes of a connection after a transmission.

It goes on as if nothing had been; it is closed (FIN); it is reset (RST); it stays open and silent
until the client gives up (`hang`); or nobody reads or closes it any more (`half_open`).
"""


class Transmit(Struct, frozen=True, kw_only=True, tag=True):
    """Put an answer on the wire in another way than in one piece.

    Attributes:
        unasked: The world never sees the request, so there is no answer to send.
        silent: Nothing of the answer is sent.
        head: Pace of status line and headers; None = at once.
        body: Pace of the body; None = at once.
        keep_bps: Share of the body that is sent.
        keep_bytes: Bytes of the body that are sent at most; None = no such bound.
        length_by: What the declared length has more than the body, or less.
        filler: What is sent again and again behind the body, in chunks and at the pace of the
            body, until the client gives up; empty = nothing.
        garbage: What is sent in the answer's place; empty = the answer.
        end: What becomes of the connection then.
        hold_ms: How long `hang` and `half_open` last; 0 = to the end of the run.
    """

    unasked: bool = False
    silent: bool = False
    head: Pace | None = None
    body: Pace | None = None
    keep_bps: int = 10_000
    keep_bytes: int | None = None
    length_by: int = 0
    filler: bytes = b""
    garbage: bytes = b""
    end: End = "go_on"
    hold_ms: int = 0

    @property
    def is_lost(self) -> bool:
        """Say whether the client sees nothing of the answer."""
        return self.unasked or self.silent or bool(self.garbage)

    @property
    def is_end(self) -> bool:
        """Say whether the connection is of no more use."""
        return self.end != "go_on"

    @property
    def name(self) -> str:
        """Return what the journal calls it."""
        return self.end

    def kept(self, length: int) -> int:
        """Return how many bytes of a body of some length are sent."""
        share = length * self.keep_bps // 10_000
        return share if self.keep_bytes is None else min(share, self.keep_bytes)

    def joined(self, other: "Transmit") -> "Transmit":
        """Return both together; where they differ, what this one asks for is done."""
        default = Transmit()
        mine = {
            name: value
            for name in self.__struct_fields__
            if (value := getattr(self, name)) != getattr(default, name)
        }
        return structs.replace(other, **mine)


class Shut(Struct, frozen=True, kw_only=True, tag=True):
    """Close the door itself: nobody can connect for a while.

    Attributes:
        for_ms: How long connections are refused.
        cut: The connections that are open are reset as well.
    """

    for_ms: int
    cut: bool = True

    @property
    def is_end(self) -> bool:
        """Say whether the connection that set it off is of no more use."""
        return self.cut

    @property
    def name(self) -> str:
        """Return what the journal calls it."""
        return "shut"


Ending = Transmit | Shut
"""What a fault of the network does to a connection, or to the door as a whole."""

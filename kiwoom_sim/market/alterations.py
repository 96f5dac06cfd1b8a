"""Name what can be done to a symbol: the entries of the overlay.

Not for: deciding whether one is possible (`overlay`, `incidents`) or what it does to prices
(`intraday.stretches`, `intraday.tape`, `intraday.tides`).
"""

from msgspec import Struct

PPM = 1_000_000
"""A factor of one."""


class Halt(Struct, frozen=True, order=True):
    """Stop trading after a time."""

    at_ms: int


class Resume(Struct, frozen=True, order=True):
    """Let trading go on after a time, and end a set price or a silence."""

    at_ms: int


class Pin(Struct, frozen=True, order=True):
    """Hold a price from a time to another; afterwards the path goes on from that price.

    Attributes:
        until_ms: End; equal to `at_ms` for a mere jump to the price.
    """

    at_ms: int
    until_ms: int
    price: int


class Split(Struct, frozen=True, order=True):
    """Exchange old shares for new ones before a session.

    Attributes:
        at_ms: Midnight of the first session with new shares.
    """

    at_ms: int
    new: int
    old: int


class Sway(Struct, frozen=True, order=True):
    """Multiply prices by a factor that moves in straight lines, and stays at its last value.

    Attributes:
        knots: (time, factor in parts per million), in order and not before `at_ms`; at `at_ms`
            the factor is one.
    """

    at_ms: int
    knots: tuple[tuple[int, int], ...]


class Mute(Struct, frozen=True, order=True):
    """Let nobody trade for a time of a day, while the order book goes on."""

    at_ms: int
    until_ms: int


class Evening(Struct, frozen=True, order=True):
    """Let the alternative venue trade a symbol in its after-market (NXT 애프터마켓).

    Attributes:
        goal_ppm: Factor on the price where it starts that is reached at `until_ms`.
    """

    at_ms: int
    until_ms: int
    goal_ppm: int


class Interruption(Struct, frozen=True, order=True):
    """Replace continuous trading by a call auction until a time, at which its print comes.

    Attributes:
        price, quantity: Of the print; afterwards the path goes on from that price.
    """

    at_ms: int
    until_ms: int
    price: int
    quantity: int


class Debut(Struct, frozen=True, order=True):
    """List shares anew (신규상장).

    Attributes:
        at_ms: Midnight of the first session.
        price: Offering price: the base of that session.
        opening_ppm: Where it opens, as a factor on that price.
    """

    at_ms: int
    price: int
    opening_ppm: int


class Liquidation(Struct, frozen=True, order=True):
    """Make a session one of liquidation trading (정리매매).

    Attributes:
        at_ms: Midnight of the session.
        factor_ppm: Factor on the price from then on.
    """

    at_ms: int
    factor_ppm: int


class Farewell(Struct, frozen=True, order=True):
    """End the listing of an instrument (상장폐지) before a session."""

    at_ms: int


class Tide(Struct, frozen=True, order=True):
    """Move prices as a sway does, but minute by minute, as a whole board moves at once.

    Attributes:
        at_ms: A whole minute of continuous trading.
        knots: As those of a `Sway`, at whole minutes.
    """

    at_ms: int
    knots: tuple[tuple[int, int], ...]


class Closure(Struct, frozen=True, order=True):
    """Stop a whole board and open it again with a call auction.

    Attributes:
        at_ms: A whole minute of continuous trading.
        auction_ms: When the call auction begins, a whole minute.
        end_ms: When its print comes, within its minute; 0 = not on that day.
    """

    at_ms: int
    auction_ms: int
    end_ms: int


OwnEvent = Halt | Resume | Pin | Split | Sway | Mute | Interruption | Evening
ListingEvent = Debut | Liquidation | Farewell
BoardEvent = Tide | Closure
Event = OwnEvent | ListingEvent | BoardEvent

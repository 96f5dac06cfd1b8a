"""Describe the kinds of event that happen to one instrument.

Each struct's docstring is its entry in the reference page, its fields are the keys of a file.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kiwoom_sim.engine.commands import (
    Command,
    CrashPrice,
    GapOpening,
    HaltSymbol,
    InterruptSymbol,
    LockPrice,
    MuteSymbol,
    PinPrice,
    ResumeSymbol,
    Side,
    SplitShares,
    TradeEvening,
)

Code = Annotated[str, Meta(pattern="^[0-9A-Z]{6}$")]
Share = Annotated[int, Meta(ge=1, le=10_000)]


class Halt(Struct, frozen=True, kw_only=True, tag="halt", tag_field="kind"):
    """Halt trading (거래정지) in an instrument.

    Attributes:
        code: Instrument.
    """

    code: Code

    def command(self) -> Command:
        """Return what the world is asked to do."""
        return HaltSymbol(symbol=self.code)


class Resume(Struct, frozen=True, kw_only=True, tag="resume", tag_field="kind"):
    """Resume trading in an instrument, and end a price that was set for it.

    Attributes:
        code: Instrument.
    """

    code: Code

    def command(self) -> Command:
        """Return what the world is asked to do."""
        return ResumeSymbol(symbol=self.code)


class Price(Struct, frozen=True, kw_only=True, tag="price", tag_field="kind"):
    """Set the price of an instrument.

    Attributes:
        code: Instrument.
        price: Price in won, taken to the grid and inside the day's limits.
        for_market_ms: How long it stays there: "2m" is wire time, as everywhere, and "2m@market"
            market time; then the market moves on from this price.
    """

    code: Code
    price: Annotated[int, Meta(ge=1)]
    for_market_ms: Annotated[int, Meta(ge=1)] = 60_000

    def command(self) -> Command:
        """Return what the world is asked to do."""
        return PinPrice(symbol=self.code, price_won=self.price, for_ms=self.for_market_ms)


class Split(Struct, frozen=True, kw_only=True, tag="split", tag_field="kind"):
    """Split the shares of an instrument at the opening of the next session.

    Attributes:
        code: Instrument.
        ratio: New shares for old shares, as [5, 1].
    """

    code: Code
    ratio: tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(ge=1)]]

    def command(self) -> Command:
        """Return what the world is asked to do."""
        new, old = self.ratio
        return SplitShares(symbol=self.code, new_shares=new, old_shares=old)


class GapOpen(Struct, frozen=True, kw_only=True, tag="gap_open", tag_field="kind"):
    """Open an instrument with a gap at its next opening, today's if that is still to come.

    Attributes:
        code: Instrument.
        by_bps: Distance from where it would open; the day's limits cut it.
        side: `up` or `down`.
    """

    code: Code
    by_bps: Share
    side: Side = "up"

    def command(self) -> Command:
        """Return what the world is asked to do."""
        return GapOpening(symbol=self.code, side=self.side, change_bps=self.by_bps)


class LimitLock(Struct, frozen=True, kw_only=True, tag="limit_lock", tag_field="kind"):
    """Lock an instrument at its upper or lower limit: one side of the book is empty.

    Attributes:
        code: Instrument.
        side: `up` for the upper limit, `down` for the lower one.
        for_market_ms: How long, at most until the end of the day; "0s" = until then.
    """

    code: Code
    side: Side = "up"
    for_market_ms: Annotated[int, Meta(ge=0)] = 0

    def command(self) -> Command:
        """Return what the world is asked to do."""
        return LockPrice(symbol=self.code, side=self.side, for_ms=self.for_market_ms)


class FlashCrash(Struct, frozen=True, kw_only=True, tag="flash_crash", tag_field="kind"):
    """Let a price fall fast and come back, during continuous trading.

    Attributes:
        code: Instrument.
        by_bps: How deep it falls; the day's limits cut it.
        fall_market_ms: How long it falls.
        recovery_market_ms: How long it takes to come back.
    """

    code: Code
    by_bps: Share = 1_000
    fall_market_ms: Annotated[int, Meta(ge=0)] = 10_000
    recovery_market_ms: Annotated[int, Meta(ge=1)] = 60_000

    def command(self) -> Command:
        """Return what the world is asked to do."""
        return CrashPrice(
            symbol=self.code,
            drop_bps=self.by_bps,
            fall_ms=self.fall_market_ms,
            recovery_ms=self.recovery_market_ms,
        )


class NoTrade(Struct, frozen=True, kw_only=True, tag="no_trade", tag_field="kind"):
    """Let nobody trade an instrument, while its order book goes on; `resume` ends it early.

    Attributes:
        code: Instrument.
        for_market_ms: How long, at most until the end of the day; "0s" = until then.
    """

    code: Code
    for_market_ms: Annotated[int, Meta(ge=0)] = 0

    def command(self) -> Command:
        """Return what the world is asked to do."""
        return MuteSymbol(symbol=self.code, for_ms=self.for_market_ms)


class AfterMarket(Struct, frozen=True, kw_only=True, tag="after_market", tag_field="kind"):
    """Let the alternative venue (NXT) trade an instrument in its after-market, from 15:40 to 20:00.

    Only codes with a suffix show it: `005930_NX` and `005930_AL`. The exchange's close stays.

    Attributes:
        code: Instrument, one that the alternative venue trades.
        by_bps: How far the price goes from where it starts; the day's limits cut it.
        side: `up` or `down`.
        for_market_ms: How long, at most until the end of the after-market; "0s" = until then.
    """

    code: Code
    by_bps: Share
    side: Side = "up"
    for_market_ms: Annotated[int, Meta(ge=0)] = 0

    def command(self) -> Command:
        """Return what the world is asked to do."""
        return TradeEvening(
            symbol=self.code, side=self.side, change_bps=self.by_bps, for_ms=self.for_market_ms
        )


class Vi(Struct, frozen=True, kw_only=True, tag="vi", tag_field="kind"):
    """Interrupt trading in an instrument (VI): a jump to the trigger, then a call auction.

    The auction lasts two minutes and up to 30 s more, with an expected price and no trades; one
    print ends it. It has to be over before the closing auction.

    Attributes:
        code: Instrument.
        trigger: `dynamic` jumps 3 or 6 % from the last price, `static` 10 % from the price of the
            latest auction, the day's base price if there was none.
        side: Direction of the jump.
    """

    code: Code
    trigger: Literal["dynamic", "static"] = "dynamic"
    side: Side = "up"

    def command(self) -> Command:
        """Return what the world is asked to do."""
        return InterruptSymbol(symbol=self.code, trigger=self.trigger, side=self.side)

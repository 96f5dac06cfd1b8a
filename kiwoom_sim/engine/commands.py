"""Name everything that may be asked of a world, and of the service that shows it.

The script of a scenario, the control door and tests all speak these.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Positive = Annotated[int, Meta(ge=1)]
NotNegative = Annotated[int, Meta(ge=0)]
Side = Literal["up", "down"]
Board = Literal["KOSPI", "KOSDAQ"]


class HaltSymbol(Struct, frozen=True, kw_only=True, tag=True):
    """Halt trading (거래정지) in a symbol."""

    symbol: str


class ResumeSymbol(Struct, frozen=True, kw_only=True, tag=True):
    """Resume trading in a symbol and end a price that was set for it."""

    symbol: str


class PinPrice(Struct, frozen=True, kw_only=True, tag=True):
    """Hold the price of a symbol for some market time; then the market moves on from there."""

    symbol: str
    price_won: Positive
    for_ms: Positive


class SplitShares(Struct, frozen=True, kw_only=True, tag=True):
    """Split the shares (액면분할) of a symbol at the next opening: new shares for old."""

    symbol: str
    new_shares: Positive
    old_shares: Positive


class GapOpening(Struct, frozen=True, kw_only=True, tag=True):
    """Let the next opening of a symbol be away from where it would be (갭 상승, 갭 하락)."""

    symbol: str
    side: Side
    change_bps: Positive


class LockPrice(Struct, frozen=True, kw_only=True, tag=True):
    """Lock a price at its daily limit (상한가, 하한가); 0 ms = until the end of the day."""

    symbol: str
    side: Side
    for_ms: NotNegative


class CrashPrice(Struct, frozen=True, kw_only=True, tag=True):
    """Let a price fall and come back."""

    symbol: str
    drop_bps: Positive
    fall_ms: NotNegative
    recovery_ms: Positive


class MuteSymbol(Struct, frozen=True, kw_only=True, tag=True):
    """Let nobody trade a symbol while its book goes on; 0 ms = until the end of the day."""

    symbol: str
    for_ms: NotNegative


class TradeEvening(Struct, frozen=True, kw_only=True, tag=True):
    """Let the alternative venue trade a symbol in its after-market; 0 ms = until its end."""

    symbol: str
    side: Side
    change_bps: NotNegative
    for_ms: NotNegative


class InterruptSymbol(Struct, frozen=True, kw_only=True, tag=True):
    """Trigger a volatility interruption (변동성완화장치, VI) in a symbol."""

    symbol: str
    trigger: Literal["static", "dynamic"]
    side: Side


class ShockIndex(Struct, frozen=True, kw_only=True, tag=True):
    """Move an index through all its members; it comes back if `recovery_ms` is not 0."""

    board: Board
    side: Side
    change_bps: Positive
    over_ms: NotNegative
    recovery_ms: NotNegative


class BreakCircuit(Struct, frozen=True, kw_only=True, tag=True):
    """Trigger a stage of the circuit breaker (서킷브레이커) of a board."""

    board: Board
    stage: Annotated[int, Meta(ge=1, le=3)]


class RunSidecar(Struct, frozen=True, kw_only=True, tag=True):
    """Stop the programme orders of one side for five minutes (사이드카)."""

    board: Board
    side: Literal["buy", "sell"]


class ChangeHours(Struct, frozen=True, kw_only=True, tag=True):
    """Give the session of the day, or the next one, other hours.

    Attributes:
        hours: `shifted` opens and closes an hour late (exam day), `late` opens at 10:00,
            `early HHMM` closes then.
    """

    hours: Annotated[str, Meta(pattern="^(shifted|late|early [0-9]{4})$")]


class ListShares(Struct, frozen=True, kw_only=True, tag=True):
    """List a new share (신규상장) at the next opening; known from the start of the run.

    Attributes:
        opening_bps: Where it opens, as a share of its offering price.
    """

    symbol: str
    name: str
    board: Board
    price_won: Positive
    shares: Positive
    opening_bps: Positive


class DelistShares(Struct, frozen=True, kw_only=True, tag=True):
    """End the listing of a share (상장폐지) after sessions of liquidation trading (정리매매)."""

    symbol: str
    sessions: NotNegative
    drop_bps: NotNegative


class StepClock(Struct, frozen=True, kw_only=True, tag=True):
    """Move market time on, besides the speed of the clock."""

    by_ms: Positive


class RunClock(Struct, frozen=True, kw_only=True, tag=True):
    """Let a clock that stands still run for so much wire time, from now on."""

    for_ms: Positive
    speed: Positive = 1


class PauseService(Struct, frozen=True, kw_only=True, tag=True):
    """Stop the service, not the market: nothing is read, answered or sent for so much wire time."""

    for_ms: Positive


class RestartService(Struct, frozen=True, kw_only=True, tag=True):
    """End every connection of the service, and open its doors again after some wire time.

    Attributes:
        down_ms: How long nobody can connect.
        keep_state: Whether tokens live on and limits go on counting; sessions end all the same.
    """

    down_ms: Positive
    keep_state: bool = False


MarketCommand = (
    HaltSymbol
    | ResumeSymbol
    | PinPrice
    | SplitShares
    | GapOpening
    | LockPrice
    | CrashPrice
    | MuteSymbol
    | TradeEvening
    | InterruptSymbol
    | ShockIndex
    | BreakCircuit
    | RunSidecar
    | ChangeHours
    | ListShares
    | DelistShares
)
ClockCommand = StepClock | RunClock
ServiceCommand = PauseService | RestartService
"""Does nothing to a world; whoever shows it to clients does it."""
Command = MarketCommand | ClockCommand | ServiceCommand

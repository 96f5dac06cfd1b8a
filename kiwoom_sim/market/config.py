"""Name the settings of the market room."""

from typing import Annotated

from msgspec import Meta, Struct

from kiwoom_sim.core.meters import Rate

SYNTHETIC_MAX = 100_000


class MarketConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say which instruments the market lists, and how much of it is kept in memory.

    Attributes:
        symbols: Codes to keep of the packaged KRX instruments; empty keeps all of them.
        synthetic: Number of invented companies to add.
        cache_bytes: Size above which what was used longest ago is dropped, as "256MB"; it is
            generated again when it is asked for, so this changes no value.
        tick_rate: Trades that each symbol has at least while it trades, as "200/s" of wire time:
            a trade then comes as several fills (0B) at one instant and price, as far as its shares
            can be divided. Prices, volumes and bars stay as they are; it never thins trades out.
            None = as the market makes them.
    """

    symbols: tuple[str, ...] = ()
    synthetic: Annotated[int, Meta(ge=0, le=SYNTHETIC_MAX)] = 0
    cache_bytes: Annotated[int, Meta(ge=1_000_000)] = 512_000_000
    tick_rate: Annotated[Rate | None, Meta(extra={"toml": "frequency"})] = None


class Offering(Struct, frozen=True, kw_only=True):
    """Describe shares that a script lists anew.

    Attributes:
        day: First session.
        price_won: Offering price (공모가): base of the first day.
        opening_bps: Where the first day opens, as a share of that price.
    """

    code: str
    name: str
    board: str
    day: int
    price_won: int
    shares: int
    opening_bps: int


class MarketOfRun(MarketConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Add to the settings what the script of a run lists.

    Attributes:
        offerings: New listings.
    """

    offerings: tuple[Offering, ...] = ()


def of_run(config: MarketConfig, offerings: tuple[Offering, ...]) -> MarketOfRun:
    """Return settings with what a script lists."""
    return MarketOfRun(
        symbols=config.symbols,
        synthetic=config.synthetic,
        cache_bytes=config.cache_bytes,
        tick_rate=config.tick_rate,
        offerings=offerings,
    )

"""Name the settings of the market room."""

from typing import Annotated

from msgspec import Meta, Struct

SYNTHETIC_MAX = 100_000


class MarketConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say which instruments the market lists, and how much of it is kept in memory.

    Attributes:
        symbols: Codes to keep of the packaged KRX instruments; empty keeps all of them.
        synthetic: Number of invented companies to add.
        cache_bytes: Size above which what was used longest ago is dropped, as "256MB"; it is
            generated again when it is asked for, so this changes no value.
    """

    symbols: tuple[str, ...] = ()
    synthetic: Annotated[int, Meta(ge=0, le=SYNTHETIC_MAX)] = 0
    cache_bytes: Annotated[int, Meta(ge=1_000_000)] = 512_000_000


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
        offerings=offerings,
    )

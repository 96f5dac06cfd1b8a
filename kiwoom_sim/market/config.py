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

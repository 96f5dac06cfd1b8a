"""Name the settings of the market room."""

from typing import Annotated

from msgspec import Meta, Struct

SYNTHETIC_MAX = 100_000


class MarketConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say which instruments the market lists.

    Attributes:
        symbols: Codes to keep of the packaged KRX instruments; empty keeps all of them.
        synthetic: Number of invented companies to add.
    """

    symbols: tuple[str, ...] = ()
    synthetic: Annotated[int, Meta(ge=0, le=SYNTHETIC_MAX)] = 0

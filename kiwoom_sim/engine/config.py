"""Describe the clock of a run: how market time follows wire time."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

ANCHOR_START_MS = 1_774_258_200_000
"""Market time 2026-03-23 09:30:00, a Monday: where a run starts when nobody says otherwise."""


class ClockConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Choose how market time follows wire time.

    Attributes:
        mode: `real` runs at the speed of the wall clock, `scaled` at `speed` times that,
            `stepped` only moves when it is told to.
        speed: Milliseconds of market time per millisecond of wire time; only `scaled` has
            another than 1.
        start_ms: Market time at which the run begins; None = the wall clock of the moment
            ("now" in a file), which whoever starts the run fills in and records.
        session: `exchange` keeps the closed hours, `always-open` jumps from the end of a
            session to the opening of the next one.
        hold: `first-request` lets wire time begin with the first accepted token or LOGIN, so
            that a client that boots slowly misses nothing; `none` lets it begin at once.
            `auto` is the first for a client that is started by `run SCENARIO -- CMD`, else the
            second.
    """

    mode: Literal["real", "scaled", "stepped"] = "real"
    speed: Annotated[int, Meta(ge=1, le=100_000)] = 1
    start_ms: Annotated[int | None, Meta(extra={"toml": "moment"})] = ANCHOR_START_MS
    session: Literal["exchange", "always-open"] = "exchange"
    hold: Literal["auto", "none", "first-request"] = "auto"

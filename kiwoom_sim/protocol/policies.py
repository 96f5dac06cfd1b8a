"""Describe rate limits: what a scenario says, the dated profiles it may name, and what both make.

A `Limit` is a `[[limit]]` of a scenario; `resolve` fills in what it leaves out from its profile
and gives the `Policy` that is enforced.

Not for: counting calls (`limits.py`, `core.meters`).

Source:
    `data/limits.toml`; its evidence is quoted in the reference of scenarios.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from kiwoom_sim.core.meters import Algorithm, Rate
from kiwoom_sim.protocol.config import Environment

Count = Annotated[int, Meta(ge=1)]
ProfileName = Literal["real@2026-03", "demo@2026-03"]
Scope = Literal["appkey+api", "appkey+group", "appkey", "api", "group", "global"]
Code = Literal["1700", "1701", "1702", "1634"]
Status = Literal[429, 200]

BUILT_IN = "per_api"
"""Name of the limit that holds where a scenario has none of its own."""

_CODES: dict[Scope, Code] = {
    "appkey+api": "1700",
    "appkey+group": "1702",
    "appkey": "1701",
    "api": "1700",
    "group": "1702",
    "global": "1701",
}


class Penalty(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Block whoever goes on calling after being refused.

    Attributes:
        after: Refusals that bring the block.
        within_ms: Stretch of time in which they have to happen.
        for_ms: Length of the block, in which every call that the limit counts together is
            refused; none = to the end of the run.
    """

    after: Count
    within_ms: Count = 10_000
    for_ms: Count | None = None


class LimitMatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Choose the calls that a limit is about; nothing given = all calls but those for tokens.

    Attributes:
        api: API ids ("ka1008*").
        group: Last segment of the path ("chart").
    """

    api: tuple[str, ...] = ()
    group: tuple[str, ...] = ()


class Limit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Describe one rate limit; any in a file replace the built-in one, named `per_api`.

    A call passes if every limit has room for it; the first in the file that has none refuses it,
    and a refused call counts nowhere. Token calls and the contract of the older mocks are never
    limited. A phase may change a limit (`set = { "limit.per_api.rate" = "1/1s" }`); what was
    counted so far stays counted.

    Attributes:
        id: Name, unique in the scenario; in the journal with every call that it refuses.
        profile: What is known about an environment in a month; gives every value that is not
            given here.
        rate: Calls that pass in a stretch of wire time ("5/1s").
        burst: Calls that may come at once after a pause; `token_bucket` only. None = the count
            of `rate`.
        algorithm: `fixed_window` counts in stretches that begin at multiples of their length,
            `sliding_window` looks back one length from each call, `token_bucket` (the default)
            refills evenly.
        scope: Which calls are counted together: those of one app key to one API id (the
            default), of an app key to one URL (`appkey+group`) or at all (`appkey`), or of all
            app keys.
        match: Calls that it is about.
        codes_max: Stock codes that one call may name; none = any number. A
            call with more is refused each time it is sent.
        penalty: Block after too many refusals; none = no block.
        shadow: True refuses nothing: calls that the other limits let pass are counted, and those
            that would have been refused are journaled.
        status: HTTP status of a refusal; captures show 429 (the default) and 200.
        code: Code of a refusal; none = by scope: 1700 (API id), 1702 (group) or 1701 (total).
            1634 looks like a rate limit to a client but is not: it never goes away.
    """

    id: Annotated[str, Meta(min_length=1)]
    profile: ProfileName | None = None
    rate: Annotated[Rate | None, Meta(extra={"toml": "frequency"})] = None
    burst: Count | None = None
    algorithm: Algorithm | None = None
    scope: Scope | None = None
    match: LimitMatch = LimitMatch()
    codes_max: Count | None = None
    penalty: Penalty | None = None
    shadow: bool = False
    status: Status | None = None
    code: Code | None = None

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        if self.rate is None and self.profile is None and self.codes_max is None:
            return "needs rate, profile or codes_max"
        windowed = self.algorithm in {"fixed_window", "sliding_window"}
        return f"{self.algorithm} has no burst" if windowed and self.burst is not None else ""


class Profile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hold what is publicly known about the limits of an environment in a month.

    Attributes:
        evidence: What each value rests on.
    """

    environment: Environment
    count: int
    per_ms: int
    burst: int
    algorithm: Algorithm
    scope: Scope
    status: Status
    code: Code
    evidence: str


class Policy(Struct, frozen=True, kw_only=True):
    """Hold one limit with every value settled.

    Attributes:
        rate: None = only the number of codes is limited.
    """

    id: str
    rate: Rate | None
    burst: int
    algorithm: Algorithm
    scope: Scope
    match: LimitMatch
    codes_max: int | None
    penalty: Penalty | None
    shadow: bool
    status: int
    code: str


@cache
def profiles() -> dict[str, Profile]:
    """Return every profile by name."""
    text = files("kiwoom_sim.protocol").joinpath("data/limits.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text)["profile"], dict[str, Profile])


def newest_profile(environment: str) -> ProfileName:
    """Return the name of an environment's newest profile; of the real one if there is none."""
    known = profiles()
    names = [name for name in known if known[name].environment == environment]
    chosen: ProfileName = msgspec.convert(max(names), ProfileName) if names else "real@2026-03"
    return chosen


def built_in(environment: str) -> Limit:
    """Return the limit that holds where a scenario has none of its own."""
    return Limit(id=BUILT_IN, profile=newest_profile(environment))


def resolve(limit: Limit) -> Policy:
    """Return a limit with every value settled; its own values win over those of its profile."""
    profile = profiles()[limit.profile] if limit.profile is not None else None
    rate, burst = limit.rate, limit.burst
    if rate is None and profile is not None:
        rate = Rate(profile.count, profile.per_ms)
        burst = burst or profile.burst
    scope = limit.scope or (profile.scope if profile else "appkey+api")
    inherits_code = profile is not None and scope == profile.scope
    return Policy(
        id=limit.id,
        rate=rate,
        burst=burst or (rate.count if rate is not None else 0),
        algorithm=limit.algorithm or (profile.algorithm if profile else "token_bucket"),
        scope=scope,
        match=limit.match,
        codes_max=limit.codes_max,
        penalty=limit.penalty,
        shadow=limit.shadow,
        status=limit.status or (profile.status if profile else 429),
        code=limit.code or (profile.code if profile and inherits_code else _CODES[scope]),
    )

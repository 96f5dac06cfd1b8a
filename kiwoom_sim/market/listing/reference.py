"""Name the member firms, indices and themes, and say which instruments an index holds.

Not for: index levels on any day but the reference day (2026-03-20); those follow from members.

Known deviations: only the levels of KOSPI, KOSDAQ and KOSPI200 are the exchange's; the others are
plausible (`approx`). Membership of sub-indices, departments and themes is selected by sector,
size and rank instead of the exchange's lists, from the instruments that the universe has.

Source:
    Kiwoom REST API guide (ka10101, ka10102, ka90001 samples) and public lists of codes and names.
"""

from functools import cache

import numpy as np
from msgspec import Struct

from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.listing.offerings import NEW
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.records import Ints
from kiwoom_sim.market.tables import read_rows

_BOARDS = ("KOSPI", "KOSDAQ")
_COMPOSITE_TYPES = frozenset({"COMMON", "DR", "FOREIGN", "SPAC"})
_SECTOR_TYPES = _COMPOSITE_TYPES | {"REIT"}
"""Preferred shares and infrastructure funds are in no index, REITs in sectors only."""


class Broker(Struct, frozen=True, kw_only=True):
    """Hold one member firm (회원사).

    Attributes:
        short_name: Name as trading screens print it, with inner blanks.
        foreign: Whether it counts as a foreign firm (외국계).
        share: Rough share of the market's turnover in percent.
        status: current, legacy (left the market) or pseudo (a sum, no firm).
    """

    code: str
    name_ko: str
    name_en: str
    short_name: str
    foreign: bool
    share: float
    status: str
    approx: bool


class MemberRule(Struct, frozen=True, kw_only=True):
    """Say how members of an index are selected; every filled field must hold.

    Attributes:
        boards: KOSPI, KOSDAQ; empty for an index without members.
        sectors: Sector codes.
        sizes: 대, 중, 소.
        basket: `kospi200`, `kosdaq150`, or empty.
        themes: Theme codes; a member is in at least one.
        top: Keep that many by capitalisation on the reference day; 0 keeps all.
    """

    boards: tuple[str, ...]
    sectors: frozenset[str]
    sizes: frozenset[str]
    basket: str
    themes: tuple[str, ...]
    top: int


class IndexSpec(Struct, frozen=True, kw_only=True):
    """Hold one index or sector (업종).

    Attributes:
        code: Kiwoom's 3-digit code.
        market_type: Value of `mrkt_tp` in ka10101: 0 KOSPI, 1 KOSDAQ, 2 KOSPI200, 4 KOSPI100,
            7 KRX.
        kind: `sector` or `index`.
        krx_code: Code of the exchange, or empty.
        level: Level on the reference day, 1/100 point.
        legacy: Whether the broker still lists it under a name of before 2024-07.
        approx: Whether the level is a guess.
    """

    code: str
    name_ko: str
    name_en: str
    market_type: str
    kind: str
    krx_code: str
    level: int
    rule: MemberRule
    legacy: bool
    approx: bool

    @property
    def group(self) -> str:
        """Group number of ka10101: the code without leading zeros."""
        return self.code.lstrip("0")


class Theme(Struct, frozen=True, kw_only=True):
    """Hold one theme (테마) with the codes of its members."""

    code: str
    name_ko: str
    name_en: str
    members: tuple[str, ...]


class Reference(Struct, frozen=True, kw_only=True):
    """Hold all reference tables, in the order in which the broker lists them."""

    brokers: dict[str, Broker]
    indices: dict[str, IndexSpec]
    themes: dict[str, Theme]


def _split(text: str) -> tuple[str, ...]:
    """Return the parts of a `|`-separated cell; none for an empty cell."""
    return tuple(text.split("|")) if text else ()


def _cents(level: str) -> int:
    """Return a level with two decimals as an integer of 1/100 point."""
    return int(level.replace(".", ""))


def _index(row: dict[str, str]) -> IndexSpec:
    """Return the index of one row of the packaged table."""
    rule = MemberRule(
        boards=_split(row["boards"]),
        sectors=frozenset(_split(row["sectors"])),
        sizes=frozenset(_split(row["sizes"])),
        basket=row["basket"],
        themes=_split(row["themes"]),
        top=int(row["top"] or 0),
    )
    return IndexSpec(
        code=row["code"],
        name_ko=row["name_ko"],
        name_en=row["name_en"],
        market_type=row["market_type"],
        kind=row["kind"],
        krx_code=row["krx_code"],
        level=_cents(row["level"]),
        rule=rule,
        legacy=row["legacy"] == "1",
        approx=row["approx"] == "1",
    )


@cache
def load_reference() -> Reference:
    """Return the packaged reference tables; one object."""
    brokers = (
        Broker(
            code=row["code"],
            name_ko=row["name_ko"],
            name_en=row["name_en"],
            short_name=row["short_name"],
            foreign=row["foreign"] == "1",
            share=float(row["share"] or 0),
            status=row["status"],
            approx=row["approx"] == "1",
        )
        for row in read_rows("brokers.csv")
    )
    themes = (
        Theme(
            code=row["code"],
            name_ko=row["name_ko"],
            name_en=row["name_en"],
            members=_split(row["members"]),
        )
        for row in read_rows("themes.csv")
    )
    return Reference(
        brokers={broker.code: broker for broker in brokers},
        indices={spec.code: spec for spec in map(_index, read_rows("indices.csv"))},
        themes={theme.code: theme for theme in themes},
    )


def _satisfies(row: Instrument, rule: MemberRule, theme_codes: frozenset[str]) -> bool:
    """Say whether an instrument meets every filled field of a rule but `top`."""
    return (
        row.market in rule.boards
        and row.sec_type in (_SECTOR_TYPES if rule.sectors else _COMPOSITE_TYPES)
        and (not rule.sectors or row.sector_code in rule.sectors)
        and (not rule.sizes or row.size_class in rule.sizes)
        and (rule.basket != "kospi200" or row.kospi200)
        and (rule.basket != "kosdaq150" or row.kosdaq150)
        and (not rule.themes or row.code in theme_codes)
    )


def select_members(spec: IndexSpec, universe: Universe) -> Ints:
    """Return the positions of an index's members in the universe, ascending.

    An index whose members the universe lacks (a narrowed universe, a sector without listed
    instrument) takes all stocks of its boards, else all stocks, else everything, so that its level
    can be computed. An index without a rule (a volatility index) has no members.
    """
    if not spec.rule.boards:
        return np.array([], dtype=np.int64)
    themes = load_reference().themes
    codes = frozenset(code for theme in spec.rule.themes for code in themes[theme].members)
    rows = [(i, row) for i, row in enumerate(universe.instruments) if NEW not in row.flags]
    found = [i for i, row in rows if _satisfies(row, spec.rule, codes)]
    found = (
        found
        or [i for i, row in rows if row.market in spec.rule.boards]
        or [i for i, row in rows if row.market in _BOARDS]
        or [i for i, _ in rows]
    )
    if spec.rule.top:
        caps = universe.ref_price * universe.shares
        found = sorted(found, key=lambda i: (-int(caps[i]), i))[: spec.rule.top]
    return np.array(sorted(found), dtype=np.int64)

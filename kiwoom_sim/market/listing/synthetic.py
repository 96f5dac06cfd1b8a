"""Invent listed companies: names from Faker, numbers from named random streams.

Company number i is the same for every number of companies asked for. Names depend on the version
of Faker; numbers do not.

Codes: 91xxxx to 99xxxx without 95xxxx (foreign companies have 90xxxx and 95xxxx), common shares
first (last digit 0); from number 80,000 on the exchange's newer form with a letter.
"""

import re
from functools import lru_cache

import numpy as np
from faker import Faker
from numpy.typing import NDArray

from kiwoom_sim.core.rng import normal_grid, stream_key, stream_keys, uniform_grid
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.rules.calendar import REFERENCE_DAY
from kiwoom_sim.market.rules.ticks import Product, round_to_tick, tick_table

_PREFIXES = ("91", "92", "93", "94", "96", "97", "98", "99")
_BLOCK = 1_000 * len(_PREFIXES)
_LETTERS = "ABCDEFGHJKLMNPRSTVWX"

_KOSPI_SHARE = 0.42
_NXT_SHARE = 0.1
_SECTORS = {
    "KOSPI": (
        ("013", "전기/전자", 14), ("008", "화학", 13), ("021", "금융", 8),
        ("015", "운송장비/부품", 8), ("016", "유통", 8), ("009", "제약", 8), ("011", "금속", 7),
        ("005", "음식료/담배", 6), ("026", "일반서비스", 6), ("018", "건설", 6),
        ("012", "기계/장비", 5), ("029", "IT 서비스", 4), ("019", "운송/창고", 3),
        ("010", "비금속", 2), ("030", "오락/문화", 2),
    ),
    "KOSDAQ": (
        ("124", "전기/전자", 24), ("123", "기계/장비", 16), ("103", "일반서비스", 14),
        ("120", "제약", 12), ("129", "IT 서비스", 12), ("119", "화학", 7),
        ("125", "의료/정밀기기", 6), ("122", "금속", 5), ("108", "유통", 4),
    ),
}  # fmt: skip
"""Sectors of each board with rough weights."""

_LEGAL_FORM = re.compile(r"^(\(주\)|\(유\)|주식회사|유한회사)\s*")

Floats = NDArray[np.float64]


def synthetic_code(number: int) -> str:
    """Return the code of the `number`-th invented company; no listed company has it."""
    if number < 10 * _BLOCK:
        digit, place = divmod(number, _BLOCK)
        return f"{_PREFIXES[place // 1_000]}{place % 1_000:03d}{digit}"
    block, letter = divmod(number - 10 * _BLOCK, len(_LETTERS))
    return f"9{block:03d}{_LETTERS[letter]}0"


def _names(count: int, seed: int) -> list[str]:
    """Return company names without repetition; a repeated name gets a number."""
    faker = Faker("ko_KR")
    faker.seed_instance(stream_key(seed, "synthetic-name")[0])
    seen: dict[str, int] = {}
    names = []
    for _ in range(count):
        name = _LEGAL_FORM.sub("", faker.company())
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}{seen[name]}")
    return names


def _pick(uniform: float, market: str) -> tuple[str, str]:
    """Return the code and name of a sector, by weight."""
    left = uniform * sum(weight for _, _, weight in _SECTORS[market])
    for code, name, weight in _SECTORS[market]:
        left -= weight
        if left < 0:
            return code, name
    raise AssertionError("a uniform is below 1")


def _numbers(count: int, seed: int) -> tuple[Floats, Floats]:
    """Return normals (7 columns) and uniforms (7 columns), one row per company."""
    rows = np.arange(count)
    return (
        normal_grid(stream_keys(seed, "synthetic", ["normal"]), rows, 7),
        uniform_grid(stream_keys(seed, "synthetic", ["uniform"]), rows, 7),
    )


@lru_cache(maxsize=4)
def invent(count: int, seed: int) -> tuple[Instrument, ...]:
    """Return `count` invented companies of the KOSPI and KOSDAQ boards.

    Capitalisation, price, share turnover and volatility are log-normal around the medians of
    the smaller half of each board; prices are on the price grid of the reference day.
    """
    normals, uniforms = _numbers(count, seed)
    kospi = uniforms[:, 0] < _KOSPI_SHARE
    table = np.where(
        kospi,
        tick_table(Product.KOSPI, REFERENCE_DAY),
        tick_table(Product.KOSDAQ, REFERENCE_DAY),
    )
    wish = np.exp(np.log(np.where(kospi, 12_000, 7_500)) + 1.0 * normals[:, 0]).clip(500, 500_000)
    price = round_to_tick(wish.astype(np.int64), table)
    cap = np.exp(np.log(np.where(kospi, 3.0e11, 1.4e11)) + 1.1 * normals[:, 1]).clip(2e10, 2e13)
    shares = np.maximum(np.rint(cap / price / 1_000).astype(np.int64), 100) * 1_000
    turnover = np.exp(np.log(np.where(kospi, 0.003, 0.008)) + 1.1 * normals[:, 2]).clip(1e-4, 0.3)
    volume = np.maximum((shares * turnover).astype(np.int64), 100)
    beta = (np.where(kospi, 0.65, 0.8) + 0.3 * normals[:, 3]).clip(0.05, 1.8)
    sigma = np.exp(np.log(np.where(kospi, 0.024, 0.032)) + 0.25 * normals[:, 4]).clip(0.012, 0.07)
    on_var = (0.18 + 0.05 * normals[:, 5]).clip(0.05, 0.5)
    sd_lnvol = (0.9 + 0.15 * normals[:, 6]).clip(0.4, 1.4)
    names = _names(count, seed)
    return tuple(
        _company(
            number,
            names[number],
            "KOSPI" if kospi[number] else "KOSDAQ",
            (int(price[number]), int(shares[number]), int(volume[number])),
            tuple(float(column[number]) for column in (beta, sigma, on_var, sd_lnvol)),
            tuple(float(value) for value in uniforms[number]),
        )
        for number in range(count)
    )


def _company(
    number: int,
    name: str,
    market: str,
    amounts: tuple[int, int, int],
    shape: tuple[float, ...],
    draws: tuple[float, ...],
) -> Instrument:
    """Return one company from its drawn price, shares, volume and volatilities."""
    price, shares, volume = amounts
    sector_code, sector_name = _pick(draws[1], market)
    margin = (40, 50, 60, 100)[int(np.searchsorted((0.05, 0.2, 0.45), draws[2]))]
    return Instrument(
        code=synthetic_code(number),
        name_ko=name,
        name_en=f"Synthetic {number + 1}",
        market=market,
        sec_type="COMMON",
        sector_code=sector_code,
        sector_name=sector_name,
        size_class="중" if price * shares > 1e12 else "소",
        ref_price=price,
        ref_day=REFERENCE_DAY,
        listed_shares=shares,
        ref_volume=volume,
        ref_amount=price * volume,
        par_value=(100, 500, 500, 1_000, 5_000)[int(draws[3] * 5)],
        list_day=REFERENCE_DAY - 200 - int(draws[4] * 13_000),
        margin_rate=margin,
        credit_ok=margin < 100,
        kospi200=False,
        kosdaq150=False,
        nxt_ok=margin < 100 and draws[5] < _NXT_SHARE,
        flags=(),
        beta=shape[0],
        sigma_d=shape[1],
        on_var_share=shape[2],
        sd_lnvol=shape[3],
        extra={},
        approx=True,
    )

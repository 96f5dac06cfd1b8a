"""Make instruments of shares that a script lists anew.

Known deviations: a new share is a member of no index; it moves like a small company, with a
turnover of a twentieth of its shares a day.
"""

from kiwoom_sim.market.config import Offering
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.rules.calendar import REFERENCE_DAY

NEW = "NEW"
"""Flag of a share that a script lists."""

_SECTORS = {"KOSPI": ("026", "일반서비스"), "KOSDAQ": ("103", "일반서비스")}
_SHARES_PER_TRADED = 20


def offered(offering: Offering) -> Instrument:
    """Return the instrument of a new listing."""
    sector_code, sector_name = _SECTORS[offering.board]
    volume = max(offering.shares // _SHARES_PER_TRADED, 1)
    return Instrument(
        code=offering.code,
        name_ko=offering.name,
        name_en=f"New {offering.code}",
        market=offering.board,
        sec_type="COMMON",
        sector_code=sector_code,
        sector_name=sector_name,
        size_class="소",
        ref_price=offering.price_won,
        ref_day=REFERENCE_DAY,
        listed_shares=offering.shares,
        ref_volume=volume,
        ref_amount=volume * offering.price_won,
        par_value=500,
        list_day=offering.day,
        margin_rate=100,
        credit_ok=False,
        kospi200=False,
        kosdaq150=False,
        nxt_ok=False,
        flags=(NEW,),
        beta=0.9,
        sigma_d=0.045,
        on_var_share=0.2,
        sd_lnvol=0.8,
        extra={},
        approx=True,
    )

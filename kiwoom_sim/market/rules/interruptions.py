"""Know when trading in one symbol is interrupted (변동성완화장치, VI), and for how long.

Known deviations: which notes follow a calm underlying is told from their kind only.

Source:
    KRX volatility interruption rules: dynamic 3 % for members of the KOSPI200 and for funds on
    it, inverse ones and bonds, else 6 %; static 10 %; call auction of two minutes with a random
    end within 30 s. ELWs have none.
"""

from typing import Literal

from kiwoom_sim.core.clock import MS_PER_MINUTE, MS_PER_SECOND
from kiwoom_sim.core.rng import draw_below, stream_key
from kiwoom_sim.market.listing.instruments import Instrument

Trigger = Literal["static", "dynamic"]

AUCTION_MS = 2 * MS_PER_MINUTE
RANDOM_END_MS = 30 * MS_PER_SECOND

_STATIC_BPS = 1_000
_CALM_BPS, _WILD_BPS = 300, 600
_CALM_FUNDS = frozenset({"KOSPI200", "KRX100", "BOND", "CASH"})


def trigger_bps(instrument: Instrument, trigger: Trigger) -> int:
    """Return how far a price must move from its reference, in basis points; 0 = no such rule."""
    if instrument.market == "ELW":
        return 0
    if trigger == "static":
        return _STATIC_BPS
    if instrument.market in {"ETF", "ETN"}:
        calm = instrument.extra.get("underlying", "") in _CALM_FUNDS
        return _CALM_BPS if calm and abs(instrument.leverage) == 1 else _WILD_BPS
    return _CALM_BPS if instrument.kospi200 else _WILD_BPS


def auction_end(seed: int, entity: str, nominal_ms: int) -> int:
    """Return when a call auction really ends: within 30 s, and never at a whole second.

    Args:
        seed: Seed of the run.
        entity: Symbol, or whatever ends together.
        nominal_ms: When it ends at the earliest.
    """
    key = stream_key(seed, "interruption-end", entity)
    whole = -(-nominal_ms // MS_PER_SECOND) * MS_PER_SECOND
    second = draw_below(key, RANDOM_END_MS // MS_PER_SECOND, nominal_ms, lane=0)
    return whole + second * MS_PER_SECOND + 1 + draw_below(key, 998, nominal_ms, lane=1)

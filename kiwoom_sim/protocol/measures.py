"""Compute the ratios that the wire shows, in integers.

A percentage is an integer of hundredths of a percent (1234 = 12.34 %). Halves round away from
zero. A ratio without a denominator is 0.
"""

LIMIT_UP, UP, FLAT, LIMIT_DOWN, DOWN = "1", "2", "3", "4", "5"
"""Direction codes (전일대비기호)."""

PERCENT = 10_000
"""A whole in hundredths of a percent."""


def rounded(numerator: int, denominator: int) -> int:
    """Return the quotient rounded half away from zero; 0 for a denominator below 1."""
    if denominator <= 0:
        return 0
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -quotient if numerator < 0 else quotient


def percent(part: int, whole: int) -> int:
    """Return a part of a whole as a percentage."""
    return rounded(part * PERCENT, whole)


def rate_percent(last: int, base: int) -> int:
    """Return the change against a base price (등락율)."""
    return rounded((last - base) * PERCENT, base)


def signed_share_percent(now: int, before: int) -> int:
    """Return `now` as a percentage of `before`, with a minus while it is the smaller one.

    Source:
        0B field 30 of the broker's guide: its sign is that of field 26, its size a ratio.
    """
    share = percent(now, before)
    return -share if now < before else share


def strength_percent(buy_volume: int, sell_volume: int) -> int:
    """Return buyer- over seller-initiated volume (체결강도), at most 500 % without a seller."""
    if sell_volume <= 0:
        return 5 * PERCENT if buy_volume > 0 else 0
    return percent(buy_volume, sell_volume)


def change_code(last: int, base: int, upper: int = 0, lower: int = 0) -> str:
    """Return the direction code of a price; limits of 0 are not looked at."""
    if last == base:
        return FLAT
    if last > base:
        return LIMIT_UP if 0 < upper <= last else UP
    return LIMIT_DOWN if last <= lower else DOWN


def quantity_text(quantity: int, side: int) -> str:
    """Return the shares of a trade as a text that says who began it.

    Args:
        quantity: Shares, 0 without a trade.
        side: 1 buyer-initiated, -1 seller-initiated, 0 auction.

    Source:
        0B field 15 of the broker's guide; no sign in auctions.
    """
    sign = "+" if side > 0 else "-" if side < 0 else ""
    return f"{sign}{quantity}" if quantity else "0"

"""Describe the wire: what a scenario may choose about tokens and sessions.

Fields ending in `_ms` are durations of wire time; a scenario file writes them without the suffix
and with a unit (`ping_interval = "10s"`). The defaults are the real wire; every other choice is
a deviation that a run announces.

Not for: rate limits (`policies.py`).
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
Environment = Literal["real", "demo"]


class WireConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Choose how the broker behaves on the wire.

    Attributes:
        environment: Which of the broker's environments is played: `real` or `demo` (모의투자).
        oddities: `as-real` keeps the double signs, saturated numbers and blank columns of the
            real service, `clean` sends plain values.
        limits_enabled: False switches every rate limit and registration cap off.
        token_life_ms: Life of an access token.
        token_reissue: What asking again brings while a token lives: the `same` token, or a new
            one that kills the old one (`supersede`).
        token_clock: Clock of `expires_dt`: `wall-epoch` counts from the Korean wall time at
            which the run began (a client compares it with its own clock), `market` from
            market time.
        login_wait_ms: How long a WebSocket may stay open without a LOGIN; 0 = for ever.
        duplicate_login: A second LOGIN with one app key: `kick-older` ends the earlier session,
            `allow` keeps both.
        ping_interval_ms: Time between two PING messages of the server.
        ping_misses: PING messages in a row that may stay unanswered.
        register_per_second: REG messages per second and connection.
        register_items_max: Different items that one connection may register.
        sim_id: True adds the header `x-sim-id` to REST answers: their id for `kiwoom-sim why`.
    """

    environment: Environment = "real"
    oddities: Literal["as-real", "clean"] = "as-real"
    limits_enabled: bool = True
    token_life_ms: Positive = 86_400_000
    token_reissue: Literal["same", "supersede"] = "same"  # noqa: S105 - not a secret
    token_clock: Literal["wall-epoch", "market"] = "wall-epoch"  # noqa: S105 - not a secret
    login_wait_ms: Count = 30_000
    duplicate_login: Literal["kick-older", "allow"] = "kick-older"
    ping_interval_ms: Positive = 10_000
    ping_misses: Positive = 5
    register_per_second: Positive = 5
    register_items_max: Positive = 200
    sim_id: bool = False


class PositionConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give shares that an account holds from the start.

    Attributes:
        symbol: Stock code.
        quantity: Shares.
        average: Average price at which they were bought, in won.
    """

    symbol: str
    quantity: Positive
    average: Positive


class AccountConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give one app key and what it belongs to.

    Without any account in a scenario, every app key and secret is accepted.

    Attributes:
        appkey: App key that a client sends.
        secretkey: Secret that belongs to it.
        environment: Environment that the key was issued for.
        name: Name of the account's holder; an invented one if not given.
        cash: Money that it has at the start, in won.
        positions: Shares that it has at the start.
    """

    appkey: str
    secretkey: str
    environment: Environment = "real"
    name: str = ""
    cash: Count = 100_000_000
    positions: tuple[PositionConfig, ...] = ()

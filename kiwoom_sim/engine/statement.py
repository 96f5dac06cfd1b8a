"""Hold an account as it stands at one instant, for whoever has to show it."""

from hashlib import blake2b

from msgspec import Struct

from kiwoom_sim.accounts.account import Position
from kiwoom_sim.accounts.fees import Environment
from kiwoom_sim.engine.orders import OrderLine

_BRANCH = "11"
"""Ends the number of an account for shares (위탁종합)."""


class Statement(Struct, frozen=True, kw_only=True):
    """Hold one account; it does not change any more.

    Attributes:
        number: Account number, ten digits.
        name: Name of its holder.
        environment: Environment that it is kept in.
        settled_won: Settled money (예수금), what open orders hold included.
        orderable_won: What may be spent.
        reserved_won: What open buy orders hold.
        due: Day and money of everything that settles later; below zero = to be paid.
        positions: What it holds.
        lines: Its orders, by number.
    """

    number: str
    name: str
    environment: Environment
    settled_won: int
    orderable_won: int
    reserved_won: int
    due: tuple[tuple[int, int], ...]
    positions: tuple[Position, ...]
    lines: tuple[OrderLine, ...]


def account_number(seed: int, owner: int) -> str:
    """Return the number of an owner's account: ten digits."""
    digest = blake2b(f"{seed}|account|{owner}".encode(), digest_size=8).digest()
    return f"{10_000_000 + int.from_bytes(digest) % 90_000_000}{_BRANCH}"

"""Do to the token book what a fault asks for: faults name what happens, the book knows how."""

from typing import assert_never

from kiwoom_sim.faults.effects import Spoil
from kiwoom_sim.protocol.tokens import TokenBook


def spoil(tokens: TokenBook, key: int, effect: Spoil, wire_ms: int) -> None:
    """Take access away from an app key, as of a wire time.

    Args:
        tokens: The token book of the run.
        key: Ordinal of the app key.
        effect: What happens to it.
        wire_ms: Now.
    """
    match effect.what:
        case "expired" | "revoked" | "superseded":
            tokens.kill(key)
        case "address":
            tokens.move(key)
        case "environment":
            tokens.banish(key, wire_ms + effect.for_ms if effect.for_ms else None)
        case _:
            assert_never(effect.what)

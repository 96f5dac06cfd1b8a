"""Remember which registrations are dead: acknowledged, and never served.

A dead pair of type and item stays dead until its connection registers it anew, gives it up, or
ends, or until everything is counted anew.
"""

from collections.abc import Iterable

from kiwoom_sim.faults.effects import Mute
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.match import any_agrees
from kiwoom_sim.protocol.ralph.frames import PRICE
from kiwoom_sim.protocol.registration import parse_registration
from kiwoom_sim.protocol.registry import Pair

_NONE: tuple[str, ...] = ()


class Mutes:
    """Hold the dead pairs of every connection, with the faults that killed them."""

    def __init__(self) -> None:
        self._dead: dict[int, dict[Pair, tuple[str, ...]]] = {}

    def __bool__(self) -> bool:
        return bool(self._dead)

    def follow(self, message: Facts, mute: Mute | None, faults: tuple[str, ...]) -> None:
        """Take note of a message that was accepted: what it names lives, or dies by a fault."""
        dead = self._dead.pop(message.connection, {})
        for pair in _pairs(message):
            dead.pop(pair, None)
            if mute is not None and _is_meant(mute, pair):
                dead[pair] = faults
        if dead:
            self._dead[message.connection] = dead

    def killers(self, frame: Facts) -> tuple[str, ...]:
        """Return the faults that keep a frame from its connection, none if it may be sent."""
        dead = self._dead.get(frame.connection)
        if dead is None or not frame.types:
            return _NONE
        return dead.get((frame.types[0], frame.codes[0] if frame.codes else ""), _NONE)

    def clear(self) -> None:
        """Let everything live again."""
        self._dead.clear()

    def forget(self, connection: int) -> None:
        """Forget a connection that is gone."""
        self._dead.pop(connection, None)


def _pairs(message: Facts) -> Iterable[Pair]:
    if message.api_id in {"subscribe", "unsubscribe"}:
        return [(PRICE, code) for code in message.codes]
    if message.api_id in {"REG", "REMOVE"}:
        wanted = parse_registration(dict(message.body))
        return wanted.pairs if wanted is not None else ()
    return ()


def _is_meant(mute: Mute, pair: Pair) -> bool:
    kind, item = pair
    return any_agrees(mute.types, (kind,)) and any_agrees(mute.codes, (item,))

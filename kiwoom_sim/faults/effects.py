"""Name the few things a door may have to do for a fault: a closed set.

Many fault kinds, few effects: kinds return effects, doors perform them and know no kind.
"""

from msgspec import Struct


class Delay(Struct, frozen=True, tag=True):
    """Wait before the answer is sent (the answer is made first if `after` is set)."""

    delay_ms: int
    after: bool = False


class Reply(Struct, frozen=True, tag=True):
    """Send this answer instead of asking the world."""

    status: int
    body: bytes
    content_type: str = "application/json;charset=UTF-8"
    headers: tuple[tuple[str, str], ...] = ()


class Refuse(Struct, frozen=True, tag=True):
    """Answer with one of the broker's documented refusals instead of asking the world.

    Attributes:
        code: Documented code, for example "1700".
        parameters: Values of the code's placeholders, for example {"per_second": "1"}.
        status: HTTP status, or 0 for the documented one.
    """

    code: str
    parameters: dict[str, str] = {}
    status: int = 0


class Close(Struct, frozen=True, tag=True):
    """Close the connection.

    Attributes:
        code: WebSocket close code; 0 drops the TCP connection without a goodbye.
        after: True: after the answer was made (and lost); False: instead of it.
    """

    code: int = 0
    reason: str = ""
    after: bool = False


Effect = Delay | Reply | Refuse | Close


class Injection(Struct, frozen=True, kw_only=True):
    """Tie an effect to the rule that asked for it.

    Attributes:
        fault_id: Id of this injection in the run (`f1`, `f2`, ...), for the journal and `why`.
        rule: Name of the rule.
        kind: Name of the fault kind.
    """

    fault_id: str
    rule: str
    kind: str
    effect: Effect


class Plan(Struct, frozen=True, kw_only=True):
    """Say what a door has to do around one request, message or frame; empty = nothing."""

    injections: tuple[Injection, ...] = ()

    @property
    def delay_ms(self) -> int:
        """Return the total wait before the answer."""
        return sum(i.effect.delay_ms for i in self.injections if isinstance(i.effect, Delay))

    @property
    def instead(self) -> Reply | Refuse | None:
        """Return the answer that replaces the world's, if any."""
        for injection in self.injections:
            if isinstance(injection.effect, Reply | Refuse):
                return injection.effect
        return None

    @property
    def close(self) -> Close | None:
        """Return how the connection has to be closed, if at all."""
        for injection in self.injections:
            if isinstance(injection.effect, Close):
                return injection.effect
        return None


NO_FAULT = Plan()

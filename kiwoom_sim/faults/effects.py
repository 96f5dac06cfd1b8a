"""Name the few things a door may have to do for a fault: a closed set.

Many fault kinds, few effects: kinds return effects, doors perform them and know no kind.
"""

from functools import reduce
from typing import Literal, Protocol, TypeVar

from msgspec import Struct

from kiwoom_sim.engine.commands import RestartService, ServiceCommand
from kiwoom_sim.faults.failure import INTERNAL_ERROR, Failed
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.reason import Reason
from kiwoom_sim.faults.transmission import Shut, Transmit

SpoilKind = Literal["expired", "revoked", "superseded", "address", "environment"]


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


class Drop(Struct, frozen=True, tag=True):
    """Do not send a frame, or do not take a message.

    Attributes:
        after: Of a message: True takes it, and does not send the answer.
    """

    after: bool = False


class Replace(Struct, frozen=True, tag=True):
    """Send this text instead of the frame."""

    frame: bytes


class Extra(Struct, frozen=True, tag=True):
    """Send one more frame.

    Attributes:
        frame: Its text; empty = the frame itself once more.
        before: True: before the frame or the answer; False: after it.
        delay_ms: How long after it; others go on meanwhile.
    """

    frame: bytes = b""
    before: bool = False
    delay_ms: int = 0


class Hold(Struct, frozen=True, tag=True):
    """Keep a frame back while later ones pass it.

    Attributes:
        delay_ms: For how long at most.
        frames: How many frames of the connection pass; 0 = any number.
        key: Later frames held with the same key take the place of earlier ones; "" = never.
    """

    delay_ms: int
    frames: int = 0
    key: str = ""


class Mute(Struct, frozen=True, tag=True):
    """Take a registration, and never send what it asks for, until it is made anew.

    Attributes:
        types: Patterns of the real-time types that stay silent; none = all of the message.
        codes: Patterns of the items that stay silent; none = all of the message.
    """

    types: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


class Answer(Struct, frozen=True, kw_only=True):
    """Hold an answer that was made, as a fault may change it."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    content_type: str = ""

    def header(self, name: str) -> str:
        """Return the value of a header, or an empty text."""
        return dict(self.headers).get(name, "")


class Alteration(Protocol):
    """Change an answer: what a kind that damages answers can do."""

    def alter(self, answer: Answer, occasion: Occasion) -> Answer:
        """Return the answer that is sent; the same one if there is nothing to change."""
        ...


class Alter(Struct, frozen=True, tag=True):
    """Change the answer after it was made.

    An answer that comes out as it was counts as if the fault had never been decided on.

    Attributes:
        headers: Headers of the request, as the world sees them, in place of those that came.
    """

    alteration: Alteration
    occasion: Occasion
    headers: tuple[tuple[str, str], ...] = ()

    def applied(self, answer: Answer) -> Answer:
        """Return the answer that is sent."""
        return self.alteration.alter(answer, self.occasion)


class Amend(Struct, frozen=True, tag=True):
    """Change the request before the world sees it.

    Attributes:
        headers: Values by lower-case name, put in place of those that came.
        documented_path: Put the documented path of the API in place of the one that came.
    """

    headers: tuple[tuple[str, str], ...] = ()
    documented_path: bool = False


class Mingle(Struct, frozen=True, kw_only=True, tag=True):
    """Ask the world the same with other values of a body field too, and mix in rows of that.

    Attributes:
        field: Field of the request's body.
        values: Its other values, in order.
        rows: How many rows of each are taken, as far as there are so many.
        occasion: Draws which rows, and where they are put.
    """

    field: str
    values: tuple[str, ...]
    rows: int
    occasion: Occasion


class Backdate(Struct, frozen=True, kw_only=True, tag=True):
    """Ask the world about another instant than that of the request.

    Attributes:
        age_ms: How much earlier, in wire time; never before the start of the run.
        behind_ms: How much earlier, in market time; below 0 = later.
        days: Days by which the last thing known is the end of an earlier day; 0 = none.
    """

    age_ms: int = 0
    behind_ms: int = 0
    days: int = 0


class Spoil(Struct, frozen=True, tag=True):
    """Take the caller's access away before its request is looked at; what follows is the world's.

    Attributes:
        what: `expired`, `revoked` and `superseded` end the life of its token, `address` makes it
            a token of another address, `environment` its app key one of another environment.
        for_ms: How long an app key is of another environment; 0 = to the end of the run.
        sessions: What becomes of its WebSocket sessions: `keep` leaves them alone, `close` closes
            them, `kick` ends them as a second login does.
    """

    what: SpoilKind
    for_ms: int = 0
    sessions: Literal["keep", "close", "kick"] = "keep"


RestEffect = Alter | Amend | Backdate | Mingle | Spoil
WsEffect = Drop | Replace | Extra | Hold | Mute
NetworkEffect = Transmit | Shut
WholeEffect = Failed | ServiceCommand
Effect = Delay | Reply | Refuse | Close | RestEffect | WsEffect | NetworkEffect | WholeEffect

E = TypeVar("E", bound=Struct)


class Injection(Struct, frozen=True, kw_only=True):
    """Tie an effect to the rule that asked for it.

    Attributes:
        fault_id: Id of the fault in the run (`f1`, `f2`, ...), for the journal and `why`; all
            effects of one kind on one occasion are one fault.
        rule: Name of the rule.
        kind: Name of the fault kind.
        reason: Why it happened.
    """

    fault_id: str
    rule: str
    kind: str
    effect: Effect
    reason: Reason | None = None


class Plan(Struct, frozen=True, kw_only=True):
    """Say what a door has to do around one request, message or frame; empty = nothing."""

    injections: tuple[Injection, ...] = ()

    @property
    def fault_ids(self) -> tuple[str, ...]:
        """Return the ids of the faults, in order."""
        return tuple(dict.fromkeys(injection.fault_id for injection in self.injections))

    @property
    def faults(self) -> tuple[tuple[str, str], ...]:
        """Return (rule, kind) of each fault, in order."""
        found = {i.fault_id: (i.rule, i.kind) for i in self.injections}
        return tuple(found.values())

    def first(self, effect: type[E]) -> E | None:
        """Return the first effect of a sort, None if there is none."""
        found = (i.effect for i in self.injections if isinstance(i.effect, effect))
        return next(found, None)

    def each(self, effect: type[E]) -> tuple[E, ...]:
        """Return every effect of a sort, in order."""
        return tuple(i.effect for i in self.injections if isinstance(i.effect, effect))

    @property
    def delay_ms(self) -> int:
        """Return the total wait before the answer."""
        return sum(i.effect.delay_ms for i in self.injections if isinstance(i.effect, Delay))

    @property
    def instead(self) -> Reply | Refuse | None:
        """Return the answer that replaces the world's, if any."""
        for injection in self.injections:
            effect = injection.effect
            if isinstance(effect, Reply | Refuse):
                return effect
            if isinstance(effect, Failed) and effect.answers:
                return Refuse(INTERNAL_ERROR)
        return None

    @property
    def spoils(self) -> tuple[Injection, ...]:
        """Return the injections that take the caller's access away, in order."""
        return tuple(i for i in self.injections if isinstance(i.effect, Spoil))

    @property
    def close(self) -> Close | None:
        """Return how the connection has to be closed, if at all."""
        return self.first(Close)

    @property
    def alterations(self) -> tuple[Injection, ...]:
        """Return the changes of the answer, in order."""
        return tuple(i for i in self.injections if isinstance(i.effect, Alter))

    @property
    def amendments(self) -> dict[str, str]:
        """Return the headers of the request that the world sees otherwise than they came."""
        changed: dict[str, str] = {}
        for injection in self.injections:
            if isinstance(injection.effect, Alter | Amend):
                changed.update(injection.effect.headers)
        return changed

    @property
    def moves_home(self) -> bool:
        """Return whether the world sees the documented path of the API instead of its own."""
        return any(amend.documented_path for amend in self.each(Amend))

    @property
    def backdate(self) -> Backdate | None:
        """Return which other instant the world is asked about, if any."""
        return self.first(Backdate)

    def without(self, idle: tuple[Injection, ...]) -> "Plan":
        """Return the plan without some injections that came to nothing."""
        return Plan(injections=tuple(i for i in self.injections if i not in idle))

    @property
    def transmit(self) -> Transmit | None:
        """Return how the answer is put on the wire, None for as usual."""
        asked = self.each(Transmit)
        return reduce(Transmit.joined, asked) if asked else None

    @property
    def shut(self) -> Shut | None:
        """Return how the door is closed, if at all."""
        return self.first(Shut)

    @property
    def restarts(self) -> bool:
        """Say whether the service is restarted, so that every connection ends."""
        return self.first(RestartService) is not None

    @property
    def cut(self) -> Transmit | None:
        """Return how the answer or frame breaks off in its middle, None if it does not."""
        how = self.transmit
        return how if how is not None and how.is_end and not self.is_lost else None

    @property
    def endings(self) -> tuple[Transmit | Shut, ...]:
        """Return what becomes of a WebSocket connection and its door behind everything else."""
        how = self.transmit if self.cut is None else None
        asked = (how if how is not None and how.is_end else None, self.shut)
        return tuple(each for each in asked if each is not None)

    @property
    def ends(self) -> bool:
        """Say whether the connection is of no more use afterwards."""
        is_over = any(ending.is_end for ending in self.endings)
        return is_over or self.cut is not None or self.close is not None or self.restarts

    @property
    def is_unasked(self) -> bool:
        """Say whether the world never hears of this."""
        close, transmit, shut = self.close, self.transmit, self.shut
        return (
            (close is not None and not close.after)
            or (transmit is not None and transmit.unasked)
            or (shut is not None and shut.cut)
            or self.restarts
        )

    @property
    def is_lost(self) -> bool:
        """Say whether the client sees nothing of an answer."""
        transmit, shut = self.transmit, self.shut
        return (
            self.close is not None
            or (transmit is not None and transmit.is_lost)
            or (shut is not None and shut.cut)
            or self.restarts
        )


NO_FAULT = Plan()

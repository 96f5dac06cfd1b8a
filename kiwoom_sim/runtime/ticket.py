"""Hold one request between its arrival and its answer.

Not for: what happens to it (`requests`).
"""

from msgspec import Struct

from kiwoom_sim.faults.base_latency import NO_SAMPLE, Sample
from kiwoom_sim.faults.effects import Injection, Plan
from kiwoom_sim.observe.journal import Slot
from kiwoom_sim.observe.records import Record
from kiwoom_sim.protocol.gateway import Admission
from kiwoom_sim.protocol.messages import ApiReply, ApiRequest


class Dismissal(Struct, frozen=True, kw_only=True):
    """Tell that the WebSocket sessions of an app key have to end.

    Attributes:
        key: Ordinal of the app key.
        code: Code of the SYSTEM frame that they hear, "" for none.
        fault_id: The fault that asks for it.
    """

    key: int
    code: str
    fault_id: str


class Ticket(Struct, kw_only=True):
    """Hold one request between its arrival and its answer.

    Attributes:
        plan: What goes wrong with it.
        slot: Its place in the journal.
        admission: What the gateway made of it; None if it never got there.
        reply: The answer, once it is known; None for ever if the request was lost.
        idle: Faults of the plan that came to nothing.
        dismissed: App keys whose WebSocket sessions a fault ends now, and how.
        stub: Name of the stub that answered, "" if none did.
        sample: Everyday wait before the answer.
        client: Pseudonym of the caller.
    """

    record: Record
    request: ApiRequest
    plan: Plan
    slot: Slot
    admission: Admission | None = None
    reply: ApiReply | None = None
    idle: tuple[Injection, ...] = ()
    dismissed: tuple[Dismissal, ...] = ()
    stub: str = ""
    sample: Sample = NO_SAMPLE
    client: str = ""

    @property
    def latency_ms(self) -> int:
        """Return the everyday wait before the answer."""
        return self.sample.wait_ms

    @property
    def is_lost(self) -> bool:
        """Say whether the client sees nothing of an answer: the connection is lost."""
        return self.plan.is_lost

    @property
    def subject(self) -> tuple[str, str]:
        """Return what is asked about: its API, and the symbol or index if it names one."""
        admission = self.admission
        if admission is None or admission.question is None:
            return "", ""
        return admission.api_id, admission.subject

"""Answer a REST call: from the decoded body to the rendered reply and its continuation.

Not for: admission (tokens, limits, required fields), which the gateway does first.
"""

from msgspec import Struct

from kiwoom_sim.engine.views import Views
from kiwoom_sim.protocol.calls import Call
from kiwoom_sim.protocol.projection import render
from kiwoom_sim.protocol.queries import QUERIES
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import ApiSpec


class Answer(Struct, frozen=True, kw_only=True):
    """Hold a successful answer.

    Attributes:
        body: JSON, complete with `return_code` and `return_msg`.
        next_key: Value of the `next-key` header; empty on the last page (`cont-yn` is then N).
    """

    body: bytes
    next_key: str = ""

    @property
    def continues(self) -> bool:
        """Return whether another page follows (`cont-yn: Y`)."""
        return bool(self.next_key)


def answer_query(spec: ApiSpec, call: Call, views: Views) -> Answer | Refused:
    """Return what a served API answers to a call at an instant.

    Args:
        spec: An API with a `query`.
        call: What the client sent.
        views: The market at the time of the answer.

    Raises:
        NotReady: The market has to build something first; ask again afterwards.
    """
    result = QUERIES[spec.query].answer(spec, call, views)
    if isinstance(result, Refused):
        return result
    body = render(
        spec, call.oddities, result.record, result.columns, result.count, written=result.written
    )
    return Answer(body=body, next_key=result.next_key)

"""Refuse calls with any documented code."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect, Refuse
from kiwoom_sim.faults.occasion import Occasion


class BusinessError(Struct, frozen=True, kw_only=True, tag="business_error", tag_field="kind"):
    """Answer with one of the broker's documented refusals instead of asking the world.

    Codes of the gateway ("1504", "8005") come with their own `return_code`, those of the back
    office ("RC4058", "571758") with 20; all with HTTP 200 unless documented otherwise.

    Attributes:
        code: Documented code.
        parameters: Values of the placeholders of its text (`{ qty = "6" }`); `api_id`, `uri`,
            `method` and `per_second` are filled in unless given.
        status: HTTP status; none = the documented one.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    code: Annotated[str, Meta(min_length=1)]
    parameters: dict[str, str] = {}
    status: Annotated[int, Meta(ge=200, le=599)] | None = None

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:  # noqa: ARG002 - same for all
        """Return the refusal."""
        return (Refuse(self.code, self.parameters, self.status or 0),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""

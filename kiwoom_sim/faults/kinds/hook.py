"""Ask code of yours what goes wrong."""

from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Alter, Answer, Effect
from kiwoom_sim.faults.failure import Failed
from kiwoom_sim.faults.hooks import Call, HookError, answer_of, effects_of, public
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import Scope


class Hook(Struct, frozen=True, kw_only=True, tag="hook", tag_field="kind"):
    """Call a Python function of a package of yours, which says what happens.

    Off unless a run is told `--allow-hooks` (or `KIWOOM_SIM_ALLOW_HOOKS=1`), and so is a replay of
    it. A hook that breaks is journaled (`hook_failed`); the request or message that it was asked
    about is answered as an internal error of the broker (1999). See [hooks](hooks.md).

    Attributes:
        name: Name of its entry point in the group `kiwoom_sim.hooks`.
        at: `before`: it is shown what is about to happen and returns effects. `after`: it is
            shown the answer to a request and returns the one that is sent; `rest` door only.
        args: Anything that it shall know, as a table.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest", "ws")
    acts_on: ClassVar[Scope] = Scope(moments=("request", "connect", "message", "frame"))
    reads_body: ClassVar[bool] = True

    name: Annotated[str, Meta(min_length=1)]
    at: Literal["before", "after"] = "before"
    args: Annotated[dict[str, Any], Meta(extra={"toml": "args"})] = {}

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return what the hook wants; a hook that breaks is an effect as well."""
        if self.at == "after":
            return (Alter(self, occasion),)
        try:
            return effects_of(self.name, occasion.hooks[self.name], self._call(occasion))
        except HookError as error:
            answers = occasion.facts.moment in {"request", "message"}
            return (Failed(self.name, error.cause, answers=answers),)

    def alter(self, answer: Answer, occasion: Occasion) -> Answer:
        """Return the answer that the hook makes of one.

        Raises:
            HookError: The hook broke.
        """
        call = self._call(occasion, answer)
        return answer_of(self.name, occasion.hooks[self.name], call)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""

    def _call(self, occasion: Occasion, answer: Answer | None = None) -> Call:
        return Call(
            facts=public(occasion.facts),
            stream=occasion.stream(),
            args=self.args,
            ordinal=occasion.ordinal,
            answer=answer,
        )

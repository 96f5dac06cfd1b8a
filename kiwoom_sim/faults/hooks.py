"""Let a function of a package of yours decide what goes wrong: the interface of hooks.

A package names its functions in the entry point group `kiwoom_sim.hooks`, a rule names one of them
(`do = { kind = "hook", name = "..." }`), and a run that is told `--allow-hooks` calls it:

```python
from kiwoom_sim.faults.hooks import Call, Delay, Effects

def slow_for_many_rows(call: Call) -> Effects:
    return [Delay(20 * call.args.get("rows", 1) + call.stream.below(10))]
```

A hook must be a pure function of its call: no clock, no file, no global, no `random`. Then a
replay makes the same bytes. It never sees app keys, secrets or tokens of requests, which a
replay does not have either.

Not for: finding and importing functions (`scenario/hooks.py`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, structs

from kiwoom_sim.faults.effects import (
    Answer,
    Close,
    Delay,
    Drop,
    Effect,
    Extra,
    Hold,
    Refuse,
    Replace,
    Reply,
)
from kiwoom_sim.faults.facts import SECRET_HEADERS, SECRET_MEMBERS, Facts
from kiwoom_sim.faults.streams import Stream

__all__ = [
    "Answer", "Call", "Close", "Delay", "Drop", "Effects", "Extra", "Facts", "Hold", "HookError",
    "HookFunction", "Refuse", "Replace", "Reply", "Result", "Stream",
]  # fmt: skip

GROUP = "kiwoom_sim.hooks"
"""Entry point group in which packages name their hooks."""

_ALLOWED: dict[tuple[str, str], tuple[type[Struct], ...]] = {
    ("rest", "connect"): (Delay, Close),
    ("rest", "request"): (Delay, Reply, Refuse, Close),
    ("ws", "connect"): (Delay, Reply, Close),
    ("ws", "message"): (Delay, Drop, Refuse, Extra, Close),
    ("ws", "frame"): (Delay, Drop, Replace, Extra, Hold, Close),
}
"""Effects that a door can perform at a moment."""


class HookError(Exception):
    """Say that a hook broke or returned what it may not.

    Attributes:
        hook: Name of the hook.
        cause: What it raised.
    """

    def __init__(self, hook: str, cause: Exception) -> None:
        self.hook = hook
        self.cause = cause
        super().__init__(f"{type(cause).__name__}: {cause}")


class Call(Struct, frozen=True, kw_only=True):
    """Hold what a hook may look at.

    Attributes:
        facts: What is about to happen; without app keys, secrets and tokens.
        stream: Random numbers.
        args: `args` of the rule.
        ordinal: Number of the occasion in the rule's count, from 1.
        answer: With `at = "after"`, the answer that was made; else None.
    """

    facts: Facts
    stream: Stream
    args: Mapping[str, Any]
    ordinal: int
    answer: Answer | None = None


Effects = Sequence[Effect]
"""What a door shall do; none = nothing happens, and nothing is counted."""

Result = Effects | Effect | Answer | None
HookFunction = Callable[[Call], Result]
"""A hook: with `at = "before"` it returns effects, with `at = "after"` the answer to send."""


def effects_of(name: str, function: HookFunction, call: Call) -> tuple[Effect, ...]:
    """Call a hook that acts before the world does; return what it wants.

    Raises:
        HookError: It broke, or wants what the door cannot do at this moment.
    """
    result = _called(name, function, call)
    several = result if isinstance(result, list | tuple) else (result,)
    wanted = tuple(effect for effect in several if effect is not None)
    facts = call.facts
    allowed = _ALLOWED[facts.door, facts.moment]
    for effect in wanted:
        if not isinstance(effect, allowed):
            names = ", ".join(kind.__name__ for kind in allowed)
            message = f"returned {effect!r:.80}; at a {facts.moment} it may return {names}"
            raise HookError(name, TypeError(message))
    return wanted


def answer_of(name: str, function: HookFunction, call: Call) -> Answer:
    """Call a hook that acts after the world does; return the answer that is sent.

    Raises:
        HookError: It broke, or returned something else.
    """
    result = _called(name, function, call)
    if result is None:
        assert call.answer is not None
        return call.answer
    if not isinstance(result, Answer):
        message = f'returned {result!r:.80}; with at = "after" it may return an Answer or None'
        raise HookError(name, TypeError(message))
    return result


def public(facts: Facts) -> Facts:
    """Return facts without what a replay does not know: keys, secrets, tokens."""
    secret = not SECRET_MEMBERS.isdisjoint(facts.body)
    return structs.replace(
        facts,
        headers={k: v for k, v in facts.headers.items() if k not in SECRET_HEADERS},
        body={k: v for k, v in facts.body.items() if k not in SECRET_MEMBERS},
        text=b"" if secret else facts.text,
    )


def _called(name: str, function: HookFunction, call: Call) -> object:
    try:
        return function(call)
    except Exception as error:
        raise HookError(name, error) from error

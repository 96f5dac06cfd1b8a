"""Find and change members of JSON answers by name.

Nothing is known here but JSON: names of fields are data.

A place in a document is written in one of two ways. A plain name (`cur_prc`) means every member of
that name, at whatever depth. A path (`stk_dt_pole_chart_qry.0.cur_prc`) starts at the top; a
number chooses an item of a list, counted from 0, and `*` every item or member.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec import structs

from kiwoom_sim.faults.effects import Answer

Change = Callable[[Any], bool]
"""Change a document in place and say whether anything was changed."""


class Place(NamedTuple):
    """Name a value by what holds it: the member of an object or the item of a list."""

    holder: Any
    key: str | int

    @property
    def value(self) -> Any:
        """Return the value there."""
        return self.holder[self.key]

    def put(self, value: object) -> bool:
        """Put a value there and say whether it is another one."""
        before = self.holder[self.key]
        self.holder[self.key] = value
        return type(before) is not type(value) or before != value

    def remove(self) -> None:
        """Take the value out of what holds it."""
        del self.holder[self.key]


def edited(answer: Answer, change: Change) -> Answer:
    """Return an answer with its document changed.

    The answer is returned as it is where its body is no JSON and where nothing was changed.
    """
    document = document_of(answer)
    if document is None or not change(document):
        return answer
    return structs.replace(answer, body=msgspec.json.encode(document))


def edited_fields(answer: Answer, path: str, change: Callable[[Place], bool]) -> Answer:
    """Return an answer with something done to every place that a name or path means."""
    return edited(answer, lambda document: sum(map(change, places(document, path))) > 0)


def edited_lists(answer: Answer, path: str, change: Callable[[Place], bool]) -> Answer:
    """Return an answer with something done to every list that a path means; see `lists`."""
    return edited(answer, lambda document: sum(map(change, lists(document, path))) > 0)


def document_of(answer: Answer) -> Any:
    """Return what a body says; None if it is no JSON."""
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def places(document: Any, path: str) -> list[Place]:
    """Return every place that a name or path means, in the order of the document."""
    if "." in path:
        return list(_along(document, path.split(".")))
    return list(_named(document, path))


def lists(document: Any, path: str = "") -> list[Place]:
    """Return the lists that a path means; without one, those at the top of the document."""
    if path:
        return [place for place in places(document, path) if isinstance(place.value, list)]
    members = document if isinstance(document, dict) else {}
    return [Place(document, name) for name, value in members.items() if isinstance(value, list)]


def path_mistake(path: str) -> str:
    """Return what is wrong with a name or path, or ""."""
    return "" if path and all(path.split(".")) else f'"{path}" is not a name or a path'


def _named(value: Any, name: str) -> Iterator[Place]:
    if isinstance(value, dict):
        for key, member in value.items():
            if key == name:
                yield Place(value, key)
            yield from _named(member, name)
    elif isinstance(value, list):
        for item in value:
            yield from _named(item, name)


def _along(value: Any, steps: list[str]) -> Iterator[Place]:
    for key in _keys(value, steps[0]):
        if len(steps) == 1:
            yield Place(value, key)
        else:
            yield from _along(value[key], steps[1:])


def _keys(value: Any, step: str) -> list[str] | list[int]:
    if isinstance(value, dict):
        return list(value) if step == "*" else [step] if step in value else []
    if not isinstance(value, list):
        return []
    if step == "*":
        return list(range(len(value)))
    return [int(step)] if step.isdecimal() and int(step) < len(value) else []

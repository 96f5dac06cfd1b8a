"""Put a scenario on top of the one that it extends.

Tables are merged key by key. Lists of tables that have an `id` (phases, rules, events, ...) are
merged by it: a table with a known id changes that one in its place, others come after those of
the extended scenario; an empty list takes them all away. Any other list, and a table whose `kind`
is another one, takes the place of what stood there. `name` is not inherited.
"""

from pathlib import Path as FilePath
from typing import Any

from msgspec import inspect

from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.scenario.document import Document, parse_document
from kiwoom_sim.scenario.fields import alternatives, fields_of
from kiwoom_sim.scenario.finder import Found, kit_scenarios, shipped_scenarios
from kiwoom_sim.scenario.problems import Path, Problem, nearest, render
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.values import show

KEY = "extends"
DEPTH_MAX = 8
"""How many scenarios may stand on one another."""


def read_document(text: str, file: str, home: FilePath | None = None) -> Document:
    """Return the document of a text, on top of everything that it extends.

    Args:
        text: The text.
        file: What messages call it.
        home: The file that the text is in; None = only shipped scenarios can be extended.

    Raises:
        ScenarioError: A text is not TOML, or what it extends cannot be used.
    """
    return _read(text, file, home, ())


def _read(text: str, file: str, home: FilePath | None, above: tuple[Found, ...]) -> Document:
    document = parse_document(text, file, len(above))
    if KEY not in document.table:
        return document
    me = Found(name="", path=home or FilePath(file), shown=file)
    base = _base(document, home, (*above, me))
    below = _read(_text(base, document), base.shown, base.path, (*above, me))
    del document.table[KEY]
    below.table.pop("name", None)
    return merge(below, document)


def _base(document: Document, home: FilePath | None, above: tuple[Found, ...]) -> Found:
    """Return the scenario that a document extends."""
    named = document.table[KEY]
    if not isinstance(named, str) or not named:
        raise _refused(document, f"{show(named)} is not a shipped name or a file in quotes")
    found = _find(named, document, home)
    for place, other in enumerate(above):
        if found.path.resolve() == other.path.resolve():
            circle = " > ".join(each.shown for each in (*above[place:], found))
            raise _refused(document, f"goes round in a circle: {circle}")
    if len(above) >= DEPTH_MAX:
        chain = " > ".join(each.shown for each in (*above, found))
        raise _refused(document, f"more than {DEPTH_MAX} scenarios stand on one another: {chain}")
    return found


def _find(named: str, document: Document, home: FilePath | None) -> Found:
    """Return the scenario of a name: shipped, KIT/NAME, or a file beside the one naming it."""
    shipped = {found.name: found for found in shipped_scenarios()}
    of_kits = kit_scenarios() if "/" in named else {}
    if named in shipped or named in of_kits:
        return (shipped | of_kits)[named]
    if home is not None and (home.parent / named).is_file():
        path = home.parent / named
        shown = str(FilePath(document.file).parent / named)
        return Found(name=path.stem, path=path, shown=shown)
    wrong = named.removesuffix(".toml")
    beside = [path.name for path in sorted(home.parent.glob("*.toml"))] if home else []
    guess = nearest(named, beside) or nearest(wrong, shipped)
    problem = Problem(
        path=(KEY,),
        message=f"there is neither a shipped scenario nor a file {show(named)}",
        allowed=(guess,) if guess else tuple(shipped),
        wrong=guess or "",
    )
    raise ScenarioError((render(problem, document.place((KEY,)).shown),))


def _text(base: Found, document: Document) -> str:
    try:
        return base.path.read_text(encoding="utf-8")
    except OSError as error:
        raise _refused(document, f"{base.shown}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _refused(document, f"{base.shown}: not UTF-8 text ({error.reason})") from error


def _refused(document: Document, message: str) -> ScenarioError:
    problem = Problem(path=(KEY,), message=message)
    return ScenarioError((render(problem, document.place((KEY,)).shown),))


def merge(below: Document, above: Document) -> Document:
    """Return a document on top of another one; both are used up."""
    return _Merger(below, above).merged()


class _Merger:
    """Move values and their places from one document into the one below it."""

    def __init__(self, below: Document, above: Document) -> None:
        self._table = below.table
        self._places = dict(below.places)
        self._above = above
        self._lists = lists_by_id()

    def merged(self) -> Document:
        self._merge(self._table, self._above.table, (), ())
        return Document(file=self._above.file, table=self._table, places=self._places)

    def _merge(self, into: dict[str, Any], values: dict[str, Any], at: Path, of: Path) -> None:
        for key, value in values.items():
            old = into.get(key)
            if isinstance(old, dict) and isinstance(value, dict) and not _is_other(old, value):
                self._mark((*at, key), (*of, key))
                self._merge(old, value, (*at, key), (*of, key))
            elif not at and key in self._lists and isinstance(old, list) and _is_tables(value):
                self._mark((key,), (key,))
                self._merge_list(old, value, key)
            else:
                into[key] = value
                self._move((*at, key), (*of, key))

    def _merge_list(self, old: list[Any], tables: list[dict[str, Any]], key: str) -> None:
        for place, table in enumerate(tables):
            known = [each.get("id") if isinstance(each, dict) else None for each in old]
            name = table.get("id")
            if name is not None and name in known:
                index = known.index(name)
                self._mark((key, index), (key, place))
                self._merge(old[index], table, (key, index), (key, place))
            else:
                old.append(table)
                self._move((key, len(old) - 1), (key, place))

    def _mark(self, at: Path, of: Path) -> None:
        """Note where the upper document names a table that it shares."""
        if of in self._above.places:
            self._places[at] = self._above.places[of]

    def _move(self, at: Path, of: Path) -> None:
        """Take the places of a value from the upper document."""
        for path in [path for path in self._places if path[: len(at)] == at]:
            del self._places[path]
        for path, place in self._above.places.items():
            if path[: len(of)] == of:
                self._places[at + path[len(of) :]] = place


def lists_by_id() -> frozenset[str]:
    """Return the keys of a scenario whose tables have an `id`."""
    found = []
    for field in fields_of(Scenario):
        member = alternatives(field.type)[0]
        if isinstance(member, inspect.VarTupleType):
            item = alternatives(member.item_type)[0]
            if isinstance(item, inspect.StructType) and any(
                inner.key == "id" for inner in fields_of(item.cls)
            ):
                found.append(field.key)
    return frozenset(found)


def _is_other(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Return whether a table is of another kind than the one below it."""
    return "kind" in new and new["kind"] != old.get("kind")


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)

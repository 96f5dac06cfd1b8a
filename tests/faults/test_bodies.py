import pytest

from kiwoom_sim.faults.bodies import (
    document_of,
    edited,
    edited_fields,
    edited_lists,
    lists,
    path_mistake,
    places,
)
from kiwoom_sim.faults.effects import Answer
from tests.faults.answers import answer

DOCUMENT = {"a": 1, "rows": [{"a": 2, "b": {"a": 3}}, {"a": 4}], "b": [[5]]}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("a", [1, 2, 3, 4]),
        ("rows.*.a", [2, 4]),
        ("rows.0.b.a", [3]),
        ("rows.1.a", [4]),
        ("rows.2.a", []),
        ("rows.a", []),
        ("*.0", [DOCUMENT["rows"][0], [5]]),  # type: ignore[index] # a list it is
        ("b.0.0", [5]),
        ("a.b", []),
        ("c", []),
        ("c.d", []),
    ],
)
def test_names_are_found_anywhere_and_paths_from_the_top(path: str, values: list[object]) -> None:
    assert [place.value for place in places(DOCUMENT, path)] == values


def test_lists_are_those_at_the_top_or_those_of_a_path() -> None:
    assert [place.key for place in lists(DOCUMENT)] == ["rows", "b"]
    assert [place.value for place in lists(DOCUMENT, "b.*")] == [[5]]
    assert lists(DOCUMENT, "a") == []
    assert lists([1]) == []


@pytest.mark.parametrize(("path", "good"), [("a", 1), ("a.0.*", 1), ("", 0), (".", 0), ("a.", 0)])
def test_a_path_has_no_empty_step(path: str, good: int) -> None:
    assert (path_mistake(path) == "") == bool(good)


def test_only_a_changed_document_is_written_anew() -> None:
    spaced = Answer(body=b'{ "a": 1 }')
    assert edited_fields(spaced, "a", lambda place: place.put(1)) is spaced
    assert edited_fields(spaced, "a", lambda place: place.put(True)).body == b'{"a":true}'
    assert edited_lists(spaced, "", lambda place: place.put(2)) is spaced
    assert edited_lists(answer({"a": [1]}), "a", lambda p: p.put([])).body == b'{"a":[]}'


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_left_alone(body: bytes) -> None:
    page = Answer(body=body)
    assert document_of(page) is None
    assert edited(page, lambda _: True) is page

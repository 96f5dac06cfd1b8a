import pytest

from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.scenario.document import Place, parse_document, upward

TEXT = "schema = 1\n[[phase]]\nid = 'a'\n"


def test_every_value_knows_its_place() -> None:
    document = parse_document(TEXT, "a.toml", rank=2)
    assert document.table == {"schema": 1, "phase": [{"id": "a"}]}
    assert document.place(("phase", 0, "id")) == Place(2, 3, "a.toml")
    assert document.place(("phase", 0, "for")).shown == "a.toml:2"
    assert document.place(("seed",)).shown == "a.toml:1"


def test_what_is_not_toml_is_told_with_its_line() -> None:
    with pytest.raises(ScenarioError, match=r"^a.toml:2: not TOML"):
        parse_document("a = 1\nb", "a.toml")


def test_places_are_looked_for_upwards() -> None:
    assert upward(("a", 0, "b")) == [("a", 0, "b"), ("a", 0), ("a",)]

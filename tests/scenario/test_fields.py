from inspect import cleandoc
from typing import Annotated, Literal

import pytest
from msgspec import Meta, Struct, field, inspect

from kiwoom_sim.faults.when import When
from kiwoom_sim.scenario import fields


class Left(Struct, tag="left", tag_field="kind"):
    """Go left."""


class Right(Struct, tag="right", tag_field="kind"):
    """Go right."""


class Sample(Struct, kw_only=True):
    """Hold one of each.

    Attributes:
        delay_ms: How long,
            told on two lines.
        size_bytes: How much.
    """

    name: str
    delay_ms: int = 5
    hold_market_ms: int = 6
    share_bps: int = 7
    size_bytes: int = 8
    type_: str = field(name="type", default="x")
    at_ms: Annotated[int | None, Meta(extra={"toml": "moment"})] = None
    way: Left | Right | None = None
    many: list[int] = field(default_factory=list)


def test_suffixes_become_units() -> None:
    found = {field.attribute: (field.key, field.kind) for field in fields.fields_of(Sample)}
    assert found == {
        "name": ("name", ""),
        "delay_ms": ("delay", "duration"),
        "hold_market_ms": ("hold", "market-duration"),
        "share_bps": ("share", "rate"),
        "size_bytes": ("size", "size"),
        "type_": ("type", ""),
        "at_ms": ("at", "moment"),
        "way": ("way", ""),
        "many": ("many", ""),
    }


def test_documentation_is_read_with_and_without_its_indentation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Compilers before Python 3.13 keep what a docstring is indented by, later ones do not.
    written = "Hold one.\n\n    Attributes:\n        many: How many,\n            in all.\n    "
    for text in (written, cleandoc(written)):
        monkeypatch.setattr(Sample, "__doc__", text)
        assert fields.documentation(Sample) == {"many": "How many, in all."}


def test_defaults_and_documentation_are_known() -> None:
    found = {field.key: field for field in fields.fields_of(Sample)}
    assert found["name"].required
    assert found["delay"].default == 5
    assert found["many"].default == []
    assert found["delay"].doc == "How long, told on two lines."
    assert found["type"].doc == ""
    assert fields.summary(Sample) == "Hold one of each."


def test_alternatives_leave_none_out() -> None:
    way = {field.key: field for field in fields.fields_of(Sample)}["way"]
    assert fields.tagged_structs(fields.alternatives(way.type)) == {"left": Left, "right": Right}
    assert fields.tag_field(Left) == "kind"
    assert fields.tagged_structs((inspect.type_info(int),)) == {}


def test_metadata_is_unwrapped() -> None:
    wrapped = inspect.type_info(Annotated[Literal["a"], Meta(extra={"toml": "at"})])
    assert fields.unwrap(wrapped)[0] == "at"


@pytest.mark.parametrize("name", ["probability_bps", "between", "max", "per"])
def test_every_condition_of_a_rule_is_documented(name: str) -> None:
    assert fields.documentation(When)[name]

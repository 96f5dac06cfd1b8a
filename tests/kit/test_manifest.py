import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.errors import KitError
from kiwoom_sim.kit.manifest import Manifest, read_manifest, satisfies
from tests.kit.builders import MANIFEST

WRONG = """schema = 2
name = "My Kit"
version = "1.x"
autor = "me"

[requires]
kiwoom-sim = ">=99"
hooks = [1]
"""
TOLD = (
    'kit.toml:1: schema: unknown value 2\n  allowed: 1',
    'kit.toml:1: author: missing',
    'kit.toml:2: name: "My Kit" is not a name: small letters, digits and _, '
    'beginning with a letter',
    'kit.toml:3: version: "1.x" is not of the form ^[0-9]+(\\.[0-9]+){0,3}$',
    'kit.toml:4: autor: unknown key\n'
    '  allowed: author, description, name, requires, schema, version\n  did you mean "author"?',
    'kit.toml:8: requires.hooks[0]: 1 is not a text in quotes',
)  # fmt: skip


def read(text: str) -> Manifest:
    return read_manifest(text.encode(), "kit.toml")


def test_a_manifest_says_what_a_kit_is() -> None:
    requires = '[requires]\nkiwoom-sim = ">=0.1, <99"\nhooks = ["fade"]\n'
    found = read(MANIFEST + requires)
    assert (found.name, found.version, found.author) == ("morning", "1.2", "홍길동")
    assert found.requires.hooks == ("fade",)


def test_every_mistake_is_told_with_its_line() -> None:
    with pytest.raises(KitError) as caught:
        read(WRONG)
    assert caught.value.problems == TOLD


def test_a_kit_for_another_release_is_refused() -> None:
    with pytest.raises(KitError, match=r"kit\.toml:7: requires: needs kiwoom-sim >=99; this is"):
        read(MANIFEST + '[requires]\nkiwoom-sim = ">=99"\n')


@pytest.mark.parametrize("content", [b"\xff", b"a = ", b"a = [" * 3_000, b"", b"name = 3"])
def test_what_is_no_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(KitError, match=r"^kit\.toml"):
        read_manifest(content, "kit.toml")


@pytest.mark.parametrize(
    ("version", "wanted", "fits"),
    [
        ("0.1.0", "", True), ("0.1.0", ">=0.1", True), ("0.1.0", "==0.1", True),
        ("0.1.0", ">0.1", False), ("0.10.0", ">=0.9, <1", True), ("1.0", ">=0.9,<1", False),
        ("1.0.dev3", ">=1", True), ("0.2", "!=0.2.0", False), ("2", "<= 2.0", True),
    ],
)  # fmt: skip
def test_releases_are_compared_by_their_numbers(version: str, wanted: str, fits: bool) -> None:
    assert satisfies(version, wanted) is fits


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_damage_is_told_and_nothing_else(content: bytes) -> None:
    with contextlib.suppress(KitError):
        read_manifest(MANIFEST.encode() + content, "kit.toml")

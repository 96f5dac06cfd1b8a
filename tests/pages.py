"""Read the hand-written pages: their code blocks, and what kind of example each one is."""

import io
import json
import os
import re
import shutil
import tokenize
from itertools import zip_longest
from pathlib import Path

import pytest
from msgspec import Struct

from tests.wire.house import House

ROOT = Path(__file__).parent.parent
NAMES = [
    "migrating-from-mock-servers",
    "test-mock-services",
    "pytest",
    "control",
    "ci",
    "roadmap",
    "reading-a-run",
    "kits",
]
"""The guides: pages whose every example is run."""
ENGLISH = [ROOT / "docs" / "en" / f"{name}.md" for name in NAMES]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(Struct, frozen=True, kw_only=True):
    """Hold one fenced block of a page.

    Attributes:
        answer: Text of the `json` block that follows it, empty if there is none.
    """

    page: Path
    line: int
    language: str
    text: str
    answer: str = ""

    @property
    def name(self) -> str:
        """Return what a failing test calls the block."""
        return f"{self.page.parent.name}/{self.page.name}:{self.line}"

    @property
    def kind(self) -> str:
        """Return what is done with the block."""
        if self.language == "sh":
            return "request" if "curl " in self.text and self.answer else "commands"
        if self.language == "python":
            return "tests" if "def test_" in self.text else "program"
        if self.language == "yaml":
            return "workflow" if "runs-on:" in self.text else "compose"
        return self.language

    @property
    def code(self) -> str:
        """Return the text without comments, which are in the language of the page."""
        if self.language == "python":
            return without_comments(self.text)
        if self.language in {"sh", "yaml"}:
            return re.sub(r"(^|\s+)#.*", "", self.text)
        return self.text


def without_comments(text: str) -> str:
    """Return Python code without its comments."""
    lines = text.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return "\n".join(lines)


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page from top to bottom."""
    text = page.read_text(encoding="utf-8")
    found = list(BLOCK.finditer(text))
    return [
        Block(
            page=page,
            line=text.count("\n", 0, each.start()) + 1,
            language=each[1],
            text=each[2],
            answer=below[2] if below is not None and below[1] == "json" else "",
        )
        for each, below in zip_longest(found, found[1:])
    ]


def shape(value: object) -> object:
    """Return what stays the same of an answer when the market moves on.

    Members and types stay, and whether a text is a whole number, a decimal one or words. All
    rows of a table have the same members; a column with different kinds of texts has words.
    """
    if isinstance(value, dict):
        return {key: shape(member) for key, member in value.items()}
    if isinstance(value, list):
        shapes = [shape(each) for each in value]
        return [merged(shapes)] if shapes and isinstance(value[0], dict) else shapes
    if isinstance(value, str):
        if re.fullmatch(r"[+-]?\d+", value):
            return "whole"
        return "decimal" if re.fullmatch(r"[+-]?\d+\.\d+", value) else "words"
    return type(value).__name__


def merged(shapes: list[dict[str, object]]) -> dict[str, object]:
    """Return the one shape of the rows of a table."""
    names = set(map(tuple, shapes))
    assert len(names) == 1, f"rows differ in their members: {names}"
    columns = {name: [row[name] for row in shapes] for name in shapes[0]}
    return {
        name: kinds[0] if all(kind == kinds[0] for kind in kinds) else "words"
        for name, kinds in columns.items()
    }


def shape_of_text(text: str) -> object:
    """Return the shape of a JSON text."""
    return shape(json.loads(text))


def need(*tools: str) -> None:
    """Skip the test where a program is missing, unless all must be there."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing and os.environ.get("REQUIRE_SYSTEM") == "1":
        pytest.fail(f"missing: {missing}")
    if missing:
        pytest.skip(f"missing: {missing}")


def pointed_at(house: House, text: str) -> str:
    """Return an example with the addresses of a simulator on free ports."""
    text = re.sub(r"http://(localhost|127\.0\.0\.1):5116", house.rest_url, text)
    text = re.sub(r"http://(localhost|127\.0\.0\.1):5118", house.control_url, text)
    text = re.sub(r"ws://(localhost|127\.0\.0\.1):5117", house.ws_url, text)
    socket_pages = house.ws_url.replace("ws://", "http://")
    return re.sub(r"http://(localhost|127\.0\.0\.1):5117", socket_pages, text)

"""Write Markdown: tables and code; and know the words of each language."""

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = ("en", "ko")


@cache
def words(language: Language) -> dict[str, Any]:
    """Return the words of the generated pages, by page."""
    file = Path(__file__).with_name(f"{language}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table and an empty line."""
    lines = [_row(head), "|" + "---|" * len(head)]
    return [*lines, *(_row(row) for row in rows), ""]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def code(text: str) -> str:
    """Return text as inline code, or nothing for nothing."""
    return f"`{text}`" if text else ""


def toml(text: str) -> list[str]:
    """Return the lines of a TOML block and an empty line."""
    return ["```toml", *text.strip().splitlines(), "```", ""]


def about(docstring: str | None) -> list[str]:
    """Return what a docstring says before its sections, each paragraph on one line."""
    text = (docstring or "").partition("Attributes:")[0]
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return [line for part in paragraphs if part for line in (part, "")]


def page_of(language: Language, lines: Iterable[str]) -> str:
    """Return the text of a generated page."""
    return "\n".join([words(language)["note"], *lines]).rstrip() + "\n"

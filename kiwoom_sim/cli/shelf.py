"""Show scenarios in their groups, one line each: the table behind `list` and `kit show`."""

import tomllib
from collections.abc import Iterable
from itertools import groupby

from msgspec import Struct

from kiwoom_sim.cli.output import console, is_terminal, put
from kiwoom_sim.scenario.finder import Found

INDENT = "  "


class Head(Struct, frozen=True, kw_only=True):
    """Hold what a list tells of a scenario.

    Attributes:
        group: Its group, "" if it has none.
    """

    name: str
    group: str
    description: str
    tags: tuple[str, ...]
    path: str


def head_of(found: Found) -> Head:
    """Return the head of a scenario; the full loader would cost a start-up each time."""
    table = tomllib.loads(found.path.read_text(encoding="utf-8"))
    return Head(
        name=found.name,
        group=table.get("group", ""),
        description=table.get("description", ""),
        tags=tuple(table.get("tags", ())),
        path=str(found.path),
    )


def put_heads(heads: Iterable[Head]) -> None:
    """Write scenarios, which come group by group, as a table on a terminal, else as lines.

    A line has name, group, description and tags with tabs between them.
    """
    if is_terminal():
        _draw(heads)
        return
    for head in heads:
        put("\t".join((head.name, head.group, head.description, ", ".join(head.tags))))


def _draw(heads: Iterable[Head]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    heads = list(heads)
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    width = max((len(head.name) for head in heads), default=0) + len(INDENT)
    table.add_column("scenario", no_wrap=True, min_width=width)
    table.add_column("what it does", no_wrap=True, overflow="ellipsis", ratio=3)
    table.add_column("tags", no_wrap=True, overflow="ellipsis", ratio=1)
    for group, members in groupby(heads, key=lambda head: head.group):
        if table.row_count:
            table.add_row()
        table.add_row(Text(group or "-", style="bold"))
        for head in members:
            tags = Text(", ".join(head.tags), style="dim")
            table.add_row(Text(INDENT + head.name, style="cyan"), Text(head.description), tags)
    console().print(table)

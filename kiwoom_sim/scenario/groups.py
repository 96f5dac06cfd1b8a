"""Name the groups in which scenarios are listed.

Not for: what is in a group; each scenario says that itself (`group = "limits"`).
"""

from typing import Annotated, Literal, get_args

from msgspec import Meta

Group = Literal["market", "limits", "outages", "network", "tokens", "websocket", "combined"]
"""What a scenario is mainly about."""

GROUPS: tuple[str, ...] = get_args(Group)
"""All groups, in the order of lists."""

Tag = Annotated[str, Meta(pattern=r"^[^\s,]+$", max_length=40)]
"""A word to find a scenario by."""


def rank(group: str) -> int:
    """Return the place of a group in lists; scenarios without a group come last."""
    return GROUPS.index(group) if group in GROUPS else len(GROUPS)

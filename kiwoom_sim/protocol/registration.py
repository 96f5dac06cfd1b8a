"""Read REG and REMOVE messages: which pairs of type and item, in which group.

`data` is a list of blocks; each block names items and types, and every pair of their cross
product is meant. Codes are not checked: the broker acknowledges garbage and then stays silent.

Source:
    Real-time pages of the Kiwoom REST API guide; the shape of the lists (printed flattened
    there) as clients send it. What is lenient here is what clients were seen to rely on.
"""

from itertools import product
from typing import Any

from msgspec import Struct

from kiwoom_sim.protocol.registry import Pair


class Registration(Struct, frozen=True, kw_only=True):
    """Hold one REG or REMOVE message.

    Attributes:
        group: Group number, any text; empty if the message has none.
        keep: False drops what the group registered before (`refresh` "0").
        pairs: Without repeats, in the order of the message.
    """

    group: str
    keep: bool
    pairs: tuple[Pair, ...]


def parse_registration(message: dict[str, Any]) -> Registration | None:
    """Return what a message registers, or None if its shape is wrong."""
    blocks = message.get("data")
    if not isinstance(blocks, list) or not blocks:
        return None
    pairs: dict[Pair, None] = {}
    for block in blocks:
        found = _block_pairs(block)
        if found is None:
            return None
        pairs.update(found)
    group, refresh = message.get("grp_no"), message.get("refresh")
    return Registration(
        group="" if group is None else str(group),
        keep=refresh is None or str(refresh).strip() != "0",
        pairs=tuple(pairs),
    )


def _block_pairs(block: object) -> dict[Pair, None] | None:
    if not isinstance(block, dict):
        return None
    kinds, items = block.get("type"), block.get("item")
    if not isinstance(kinds, list) or not kinds:
        return None
    if items is None or items == []:
        items = [""]
    if not isinstance(items, list):
        return None
    names = [_item_name(item) for item in items]
    pairs: dict[Pair, None] = {}
    for kind, name in product(kinds, names):
        if not isinstance(kind, str) or name is None:
            return None
        pairs[kind, name] = None
    return pairs


def _item_name(item: object) -> str | None:
    """Return the text that stands for an item; US items are objects of code and exchange."""
    if isinstance(item, str):
        return item
    if isinstance(item, dict) and isinstance(item.get("jmcode"), str):
        return f"{item['jmcode']}:{item.get('stex_tp', '')}"
    return None

from typing import Any

import pytest

from kiwoom_sim.protocol.registration import parse_registration


def test_blocks_are_crossed_and_joined_without_repeats() -> None:
    found = parse_registration(
        {
            "grp_no": 1,
            "data": [
                {"item": ["005930", "000660"], "type": ["0B", "0D"]},
                {"item": ["005930"], "type": ["0B"]},
                {"item": ["001"], "type": ["0J"]},
            ],
        }
    )
    assert found is not None
    assert found.group == "1"
    assert found.keep
    assert found.pairs == (
        ("0B", "005930"), ("0B", "000660"), ("0D", "005930"), ("0D", "000660"), ("0J", "001"),
    )  # fmt: skip


@pytest.mark.parametrize("block", [{"type": ["00"]}, {"type": ["00"], "item": []},
                                   {"type": ["00"], "item": [""]}])  # fmt: skip
def test_account_types_need_no_item(block: dict[str, Any]) -> None:
    found = parse_registration({"data": [block]})
    assert found is not None
    assert found.pairs == (("00", ""),)


def test_us_items_are_objects() -> None:
    items = [{"jmcode": "NVDA", "stex_tp": "ND"}, {"jmcode": "IBM"}]
    found = parse_registration({"data": [{"type": ["FE"], "item": items}]})
    assert found is not None
    assert found.pairs == (("FE", "NVDA:ND"), ("FE", "IBM:"))


@pytest.mark.parametrize(("refresh", "keep"), [("0", False), (0, False), ("1", True), ("", True)])
def test_refresh(refresh: object, keep: bool) -> None:
    found = parse_registration({"refresh": refresh, "data": [{"type": ["0B"], "item": ["1"]}]})
    assert found is not None
    assert found.keep is keep


@pytest.mark.parametrize(
    "data",
    [None, {}, "x", [], ["x"], [{}], [{"type": "0B", "item": ["1"]}], [{"type": [], "item": ["1"]}],
     [{"type": ["0B"], "item": "005930"}], [{"type": [1], "item": ["1"]}],
     [{"type": ["0B"], "item": [1]}], [{"type": ["0B"], "item": [{"jmcode": 1}]}]],
)  # fmt: skip
def test_other_shapes_are_refused(data: object) -> None:
    assert parse_registration({"data": data}) is None

from kiwoom_sim.protocol.refusals import Refused
from tests.protocol import worlds


def test_five_sellers_and_buyers_are_shown_largest_first() -> None:
    body = worlds.body_of("ka10002", stk_cd="005930")
    for side in ("sel", "buy"):
        quantities = [int(body[f"{side}_trde_qty_{n}"]) for n in range(1, 6)]
        assert quantities == sorted(quantities, reverse=True)
        assert all(body[f"{side}_trde_ori_nm_{n}"] for n in range(1, 6))
        assert sum(quantities) <= int(worlds.body_of("ka10007", stk_cd="005930")["trde_qty"])


def test_the_board_is_empty_before_the_first_trade() -> None:
    body = worlds.body_of("ka10002", worlds.views(8, 31), stk_cd="005930")
    assert body["sel_trde_ori_1"] == ""
    assert body["cur_prc"] == body["base_pric"]


def test_an_unlisted_code_is_refused() -> None:
    answer = worlds.ask("ka10002", stk_cd="999999")
    assert isinstance(answer, Refused)
    assert answer.code == "1902"


def test_all_firms_are_listed() -> None:
    firms = worlds.body_of("ka10102")["list"]
    assert len(firms) > 40
    assert {firm["gb"] for firm in firms} == {"0", "1"}
    assert len({firm["code"] for firm in firms}) == len(firms)

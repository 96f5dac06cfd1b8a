import pytest

from kiwoom_sim.protocol.refusals import Refused
from tests.protocol import worlds

ASK = {
    "stk_cd": "005930", "dt": worlds.TODAY, "amt_qty_tp": "2", "trde_tp": "0", "unit_tp": "1",
}  # fmt: skip
INSTITUTIONS = (
    "fnnc_invt", "insrnc", "invtrt", "etc_fnnc", "bank", "penfnd_etc", "samo_fund", "natn",
)  # fmt: skip
KINDS = ("ind_invsr", "frgnr_invsr", "orgn", "etc_corp", "natfor")


def rows(api_id: str = "ka10059", **changes: str) -> list[dict[str, str]]:
    return worlds.pages(api_id, most=1, **(ASK | changes))[0]


def test_net_buys_of_all_kinds_sum_to_zero() -> None:
    for row in rows():
        assert sum(int(row[name]) for name in KINDS) == 0
        assert sum(int(row[name]) for name in INSTITUTIONS) == int(row["orgn"])


@pytest.mark.parametrize("side", ["1", "2"])
def test_buys_and_sells_each_sum_to_the_volume(side: str) -> None:
    for row in rows(trde_tp=side):
        assert sum(int(row[name]) for name in KINDS) == int(row["acc_trde_qty"])


def test_net_is_buys_minus_sells() -> None:
    net, bought, sold = rows(), rows(trde_tp="1"), rows(trde_tp="2")
    for each, buy, sell in zip(net, bought, sold, strict=True):
        for name in KINDS:
            assert int(each[name]) == int(buy[name]) - int(sell[name])


def test_units_are_thousand_shares_or_million_won() -> None:
    shares, thousands, won = rows(), rows(unit_tp="1000"), rows(amt_qty_tp="1")
    for one, thousand, million in zip(shares, thousands, won, strict=True):
        quantity = int(one["frgnr_invsr"])
        assert abs(int(thousand["frgnr_invsr"])) == abs(quantity) // 1000
        price = int(one["cur_prc"].lstrip("+-"))
        assert abs(int(million["frgnr_invsr"]) - quantity * price / 1e6) < 0.2 * price * (
            int(one["acc_trde_qty"]) / 1e6
        )


def test_pages_continue_with_older_days() -> None:
    found = worlds.pages("ka10060", most=3, **ASK)
    days = [row["dt"] for page in found for row in page]
    assert len(days) == 300
    assert days == sorted(set(days), reverse=True)


def test_bad_requests_are_refused_and_unknown_codes_empty() -> None:
    for change in ({"trde_tp": "9"}, {"dt": "x"}):
        assert isinstance(worlds.ask("ka10059", **(ASK | change)), Refused)
    assert isinstance(worlds.ask("ka10059", next_key="x", **ASK), Refused)
    assert rows(stk_cd="999999") == []
    assert rows(dt="20100101") == []


def test_the_institution_line_is_the_newest_row() -> None:
    line = worlds.body_of("ka10009", stk_cd="005930")
    newest = rows()[0]
    assert line["date"] == newest["dt"]
    assert int(line["orgn_daly_nettrde"]) == int(newest["orgn"])
    assert int(line["frgnr_daly_nettrde"]) == int(newest["frgnr_invsr"])
    assert int(line["orgn_dt_acc"]) == sum(int(row["orgn"]) for row in rows()[:20])
    assert isinstance(worlds.ask("ka10009", stk_cd="999999"), Refused)

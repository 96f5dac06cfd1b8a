from kiwoom_sim.protocol.refusals import Refused
from tests.protocol import worlds


def plain(text: str) -> int:
    return int(text.lstrip("+-"))


def test_accounts_fit_the_quote() -> None:
    sheet = worlds.body_of("ka10001", stk_cd="005930")
    last = plain(sheet["cur_prc"])
    assert sheet["stk_nm"] == "삼성전자"
    assert abs(float(sheet["per"]) * int(sheet["eps"]) - last) < 0.02 * last
    assert abs(float(sheet["pbr"]) * int(sheet["bps"]) - last) < 0.02 * last
    shares = worlds.market().universe.by_code["005930"].listed_shares
    assert int(sheet["flo_stk"]) == shares // 1000
    assert int(sheet["mac"]) == last * shares // 100_000_000
    assert int(sheet["cap"]) == 100 * shares // 100_000_000


def test_extremes_contain_today() -> None:
    sheet = worlds.body_of("ka10001", stk_cd="247540")
    assert plain(sheet["250lwst"]) <= plain(sheet["low_pric"])
    assert plain(sheet["high_pric"]) <= plain(sheet["oyr_hgst"]) <= plain(sheet["250hgst"])
    assert plain(sheet["lst_pric"]) <= plain(sheet["cur_prc"]) <= plain(sheet["upl_pric"])
    assert sheet["250lwst_pric_dt"] <= worlds.TODAY


def test_funds_have_no_accounts() -> None:
    sheet = worlds.body_of("ka10001", stk_cd="069500")
    for name in ("per", "eps", "roe", "pbr", "ev", "bps", "sale_amt", "bus_pro", "cup_nga"):
        assert sheet[name] == ""
    assert sheet["cur_prc"] != ""


def test_a_limited_company_is_measured_against_its_cap() -> None:
    sheet = worlds.body_of("ka10001", stk_cd="015760")
    assert 0 < float(sheet["for_exh_rt"]) <= 100


def test_the_suffix_is_echoed_and_unlisted_codes_are_refused() -> None:
    assert worlds.body_of("ka10001", stk_cd="005930_AL")["stk_cd"] == "005930_AL"
    answer = worlds.ask("ka10001", stk_cd="000000")
    assert isinstance(answer, Refused)
    assert answer.code == "1902"

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.protocol.messages import ApiRequest
from kiwoom_sim.protocol.ralph.forms import (
    DayChartForm,
    Form,
    IndexChartForm,
    IndexQuoteForm,
    InvestorChartForm,
    PriceForm,
    StockListForm,
    api_of,
    read_form,
)
from kiwoom_sim.protocol.ralph.replies import Denied
from tests.protocol.ralph.asking import CHART, DAYS, INFO, PRICE, price_body, request

DAY = "20260324"


@pytest.mark.parametrize(
    ("path", "body", "form"),
    [
        (PRICE, price_body("005930"), PriceForm(shcode="005930")),
        (PRICE, {"params": {"t0414InBlock": {"shcode": 5}}}, PriceForm(shcode="5")),
        (DAYS, {"stk_cd": "005930"}, DayChartForm(stk_cd="005930")),
        (
            DAYS,
            {"stk_cd": " 005930 ", "base_dt": 20260324, "upd_stkpc_tp": 0, "isu_cd_tp": None},
            DayChartForm(stk_cd="005930", base_dt=DAY, upd_stkpc_tp="0"),
        ),
        (
            DAYS,
            {"stk_cd": "KS11", "isu_cd_tp": "02", "inq_strt_dt": DAY, "cont_yn": "N"},
            IndexChartForm(stk_cd="KS11", inq_strt_dt=DAY),
        ),
        (CHART, {"dt": DAY, "stk_cd": "005930"}, InvestorChartForm(dt=DAY, stk_cd="005930")),
        (
            CHART,
            {"dt": DAY, "stk_cd": "005930", "trde_tp": 1, "unit_tp": 1, "amt_qty_tp": 2},
            InvestorChartForm(dt=DAY, stk_cd="005930", trde_tp="1", unit_tp="1", amt_qty_tp="2"),
        ),
        (INFO, {}, StockListForm()),
        (INFO, b"", StockListForm()),
        (INFO, {"mrkt_tp": 10}, StockListForm(mrkt_tp="10")),
        (INFO, {"mrkt_tp": None, "stk_cd": None}, StockListForm()),
        (INFO, {"stk_cd": "KQ11"}, IndexQuoteForm(stk_cd="KQ11")),
        (INFO, {"mrkt_tp": "0", "stk_cd": "KS11"}, IndexQuoteForm(stk_cd="KS11")),
    ],
)
def test_bodies_are_read(path: str, body: object, form: Form) -> None:
    asked = request(path, body)
    assert read_form(asked) == form
    assert api_of(asked) == form.api_id
    assert form.subject in {getattr(form, "stk_cd", ""), getattr(form, "shcode", "")}


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        (PRICE, {}, "params.t0414InBlock.shcode is missing"),
        (PRICE, {"params": []}, "params.t0414InBlock.shcode is missing"),
        (PRICE, {"params": {"t0414InBlock": "005930"}}, "shcode is missing"),
        (PRICE, price_body(""), "shcode is missing"),
        (PRICE, {"params": {"t0414InBlock": {"shcode": [1]}}}, "shcode must be a text or a number"),
        (PRICE, {**price_body("005930"), "method": "t1102"}, 'method "t1102" is not served here'),
        (PRICE, {**price_body("005930"), "method": ["t0414"]}, 'only "t0414"'),
        (DAYS, {}, "stk_cd is missing"),
        (DAYS, {"stk_cd": "005930", "base_dt": "2026-03-24"}, 'base_dt "2026-03-24" is no date'),
        (DAYS, {"stk_cd": "005930", "inq_strt_dt": "20260230"}, "inq_strt_dt"),
        (DAYS, {"stk_cd": "005930", "upd_stkpc_tp": "2"}, 'is none of "0", "1"'),
        (DAYS, {"stk_cd": "005930", "upd_stkpc_tp": True}, "upd_stkpc_tp must be"),
        (DAYS, {"stk_cd": "005930", "data_tp": "02"}, 'data_tp "02" is none of "01"'),
        (DAYS, {"stk_cd": "005930", "isu_cd_tp": "9"}, 'isu_cd_tp "9"'),
        (DAYS, {"stk_cd": "001", "isu_cd_tp": "02"}, '"001" is none of "KS11", "KQ11"'),
        (CHART, {"dt": DAY}, "stk_cd is missing"),
        (CHART, {"stk_cd": "005930", "dt": "yesterday"}, "is no date"),
        (CHART, {"stk_cd": "005930", "dt": DAY, "trde_tp": "3"}, "trde_tp"),
        (CHART, {"stk_cd": "005930", "dt": DAY, "amt_qty_tp": "0"}, "amt_qty_tp"),
        (CHART, {"stk_cd": "005930", "dt": DAY, "unit_tp": "10"}, "unit_tp"),
        (INFO, {"mrkt_tp": "8"}, 'mrkt_tp "8" is none of "0", "10"'),
        (INFO, {"stk_cd": ""}, "stk_cd is missing"),
        (INFO, {"stk_cd": "A005930"}, '"A005930"'),
        (INFO, {"strt_dt": DAY}, "mrkt_tp is missing"),
    ],
)
def test_bad_input_is_named(path: str, body: object, words: str) -> None:
    told = read_form(request(path, body))
    assert isinstance(told, Denied)
    assert told.status == 400
    assert words in told.message


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"', b"\xff", b"[" * 100_000, b'{"a":1e999}'])
@pytest.mark.parametrize("path", [PRICE, DAYS, CHART, INFO])
def test_a_body_that_is_no_object_is_bad_input(path: str, body: bytes) -> None:
    told = read_form(request(path, body))
    assert isinstance(told, Denied)
    assert told.status == 400
    assert told.message.startswith("the body is not a JSON object")


@pytest.mark.parametrize(
    ("path", "body", "official"),
    [
        (CHART, {"stk_cd": "005930", "base_dt": DAY, "upd_stkpc_tp": "1"}, "ka10081"),
        (CHART, {"inds_cd": "001", "base_dt": DAY}, "ka10081"),
        (INFO, {"stk_cd": "005930"}, "ka10001"),
    ],
)
def test_a_forgotten_header_is_pointed_out(path: str, body: object, official: str) -> None:
    told = read_form(request(path, body))
    assert isinstance(told, Denied)
    assert "without an api-id header this was read as" in told.message
    assert f"api-id: {official}" in told.message


def test_a_path_of_its_own_needs_no_such_hint() -> None:
    told = read_form(request(DAYS, {}))
    assert isinstance(told, Denied)
    assert "api-id" not in told.message


@pytest.mark.parametrize("given", ["", "  "])
def test_some_authorization_is_needed(given: str) -> None:
    asked = request(PRICE, price_body("005930"), authorization=given)
    told = read_form(asked)
    assert isinstance(told, Denied)
    assert told.status == 401
    assert api_of(asked) == "ka10001"


@pytest.mark.parametrize("given", ["Bearer mock_token", "bearer x y", "anything"])
def test_any_authorization_will_do(given: str) -> None:
    form = read_form(request(PRICE, price_body("005930"), authorization=given))
    assert form == PriceForm(shcode="005930")


def test_other_methods_and_paths_do_not_exist() -> None:
    told = [
        read_form(request(path, b"", method)) for path, method in ((DAYS, "GET"), ("/x", "POST"))
    ]
    assert [each.status for each in told if isinstance(each, Denied)] == [405, 404]
    assert api_of(request("/api/dostk/ka10002", {})) == ""


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)
NAMES = st.sampled_from(
    ["stk_cd", "dt", "base_dt", "mrkt_tp", "isu_cd_tp", "params", "method", "inq_strt_dt", "x"]
)


@given(st.sampled_from([PRICE, DAYS, CHART, INFO, "/x"]), st.dictionaries(NAMES, ANY))
def test_no_body_breaks_the_reader(path: str, body: dict[str, object]) -> None:
    asked = request(path, body)
    told = read_form(asked)
    if isinstance(told, Denied):
        assert told.status in {400, 404}
        assert told.message
    else:
        assert told.api_id == api_of(asked)


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    asked = ApiRequest(method="POST", path=CHART, headers={"authorization": "x"}, body=body)
    assert isinstance(read_form(asked), Denied)

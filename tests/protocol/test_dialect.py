"""State which contract every request speaks, and check that the gateway answers in it."""

import json
from typing import Any

import pytest
from msgspec import Struct

from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.dialect import Dialect, dialect_of, token_api
from kiwoom_sim.protocol.gateway import Gateway
from kiwoom_sim.protocol.messages import ApiRequest
from kiwoom_sim.protocol.ralph.config import RalphConfig
from kiwoom_sim.protocol.spec import ApiSpec
from kiwoom_sim.protocol.tokens import Clocks, Token
from kiwoom_sim.servers.examples import example_body
from tests.protocol import worlds

CHART, INFO = "/api/dostk/chart", "/api/dostk/stkinfo"
PRICE_PATH, DAYS_PATH = "/api/dostk/ka10001", "/api/dostk/ka10081"
KEYS = {"appkey": "app", "secretkey": "secret"}
DATED = {"stk_cd": "005930", "dt": worlds.TODAY}
INVESTORS = {**DATED, "amt_qty_tp": "1", "trde_tp": "0", "unit_tp": "1000"}
DAYS = {"stk_cd": "005930", "base_dt": worlds.TODAY, "upd_stkpc_tp": "1"}
INDEX_DAYS = {"inds_cd": "001", "base_dt": worlds.TODAY}
RANGE = {"inq_strt_dt": "20260302", "inq_end_dt": "20260313", "data_tp": "01"}
T0414 = {
    "jsonrpc": "2.0", "method": "t0414", "params": {"t0414InBlock": {"shcode": "005930"}}, "id": 1,
}  # fmt: skip
KOSPI = {"stk_cd": "KS11"}


class Case(Struct, frozen=True):
    """A request, the contract it speaks, the API it counts as, and a member that proves both.

    An empty member stands for a refusal, whose HTTP status and code (or words) are given.
    """

    path: str
    api_id: str
    body: dict[str, Any]
    dialect: Dialect
    counts_as: str
    member: str = ""
    status: int = 200
    words: str = ""


R, K = Dialect.RALPH, Dialect.KIWOOM

CASES = [
    # The older forms on paths of their own: the header does not matter.
    *(
        Case(path, header, body, R, counts_as, member)
        for path, body, counts_as, member in (
            (PRICE_PATH, T0414, "ka10001", "result"),
            (DAYS_PATH, DAYS, "ka10081", "stk_dt_pole_chart_qry"),
            (DAYS_PATH, {**DAYS, **RANGE}, "ka10081", "stk_dt_pole_chart_qry"),
            (DAYS_PATH, {**KOSPI, **RANGE, "isu_cd_tp": "02"}, "ka20006", "dtal_1"),
        )
        for header in ("", "ka10001", "ka10081", "nonsense")
    ),
    Case("/api/dostk/ka10002", "", {}, R, "", status=404, words="does not exist"),
    Case("/api/dostk/ka10002", "ka10002", {}, R, "", status=404, words="does not exist"),
    # The shared paths: the header decides.
    Case(CHART, "", DATED, R, "ka10060", "cont-yn"),
    Case(CHART, "", INVESTORS, R, "ka10060", "cont-yn"),
    Case(CHART, "ka10060", INVESTORS, K, "ka10060", "stk_invsr_orgn_chart"),
    Case(CHART, "ka10060", DATED, K, "ka10060", words="1511"),
    Case(CHART, "ka10081", DAYS, K, "ka10081", "stk_dt_pole_chart_qry"),
    Case(CHART, "", DAYS, R, "ka10060", status=400, words="without an api-id header"),
    Case(CHART, "ka20006", INDEX_DAYS, K, "ka20006", "inds_dt_pole_qry"),
    Case(CHART, "", INDEX_DAYS, R, "ka10060", status=400, words="without an api-id header"),
    Case(CHART, "ka99999", INVESTORS, K, "ka99999", words="1505"),
    Case(INFO, "", {}, R, "ka10099", "cont-yn"),
    Case(INFO, "", {"mrkt_tp": "0"}, R, "ka10099", "cont-yn"),
    Case(INFO, "", {"mrkt_tp": "10"}, R, "ka10099", "cont-yn"),
    Case(INFO, "ka10099", {"mrkt_tp": "10"}, K, "ka10099", "list"),
    Case(INFO, "", KOSPI, R, "ka20001", "stk_nm"),
    Case(INFO, "", {"stk_cd": "KQ11"}, R, "ka20001", "stk_nm"),
    Case(INFO, "ka10001", {"stk_cd": "005930"}, K, "ka10001", "lst_pric"),
    Case(INFO, "ka10001", KOSPI, K, "ka10001", words="1902"),
    Case(INFO, "", {"stk_cd": "005930"}, R, "ka20001", status=400, words="api-id: ka10001"),
    Case(INFO, "ka20001", KOSPI, K, "ka20001", words="1504"),
    # Every other path is official, with an id or without.
    Case("/api/dostk/mrkcond", "", {"stk_cd": "005930"}, K, "", words="1501"),
    Case("/api/dostk/mrkcond", "ka10004", {"stk_cd": "005930"}, K, "ka10004", "buy_fpr_bid"),
    Case("/api/dostk/t1102", "", {}, K, "", words="1501"),
    Case("/api/us/chart", "", DATED, K, "", words="1501"),
    Case("/oauth2/token", "", {"grant_type": "client_credentials", **KEYS}, K, "au10001", "token"),
    Case(
        "/oauth2/token", "au10001", {"grant_type": "password", **KEYS}, K, "au10001", words="8012"
    ),
    Case("/oauth2/revoke", "", KEYS, K, "au10002", words="8016"),
]


def label(case: Case) -> str:
    return f"{case.path} {case.api_id or '-'} {','.join(case.body)}"


def gateway() -> Gateway:
    clocks = Clocks(epoch_ms=1_780_000_000_000, market_at=lambda wire_ms: wire_ms)
    return Gateway(WireConfig(), seed=1, clocks=clocks, ralph=RalphConfig())


@pytest.mark.parametrize("case", CASES, ids=label)
def test_path_and_api_id_decide_and_the_answer_has_that_shape(case: Case) -> None:
    assert dialect_of(case.path, case.api_id) is case.dialect
    door = gateway()
    token = door.tokens.issue("app", "secret", 0)
    assert isinstance(token, Token)
    headers = {"authorization": f"Bearer {token.text}", "api-id": case.api_id}
    request = ApiRequest(
        method="POST", path=case.path, headers=headers, body=json.dumps(case.body).encode()
    )
    admission = door.admit(request, 0)
    reply = door.answer(admission, worlds.views())
    body = json.loads(reply.body)
    assert (admission.dialect, admission.api_id) == (case.dialect, case.counts_as)
    assert door.api_of(request) == admission.api_id
    assert (reply.status, type(body["return_code"])) == (case.status, int)
    named = "access-control-expose-headers" in dict(reply.headers)
    assert named is (case.dialect is K), "only the official contract sends the broker's headers"
    if case.member:
        assert body["return_code"] == 0
        assert body[case.member]
    else:
        assert body["return_code"] != 0
        assert case.words in body["return_msg"]
        assert ("detail" in body) is (case.dialect is R)


def test_the_older_grant_is_a_form_of_the_token_call() -> None:
    door = gateway()
    body = json.dumps({"grant_type": "refresh_token", **KEYS}).encode()
    for header in ("", "au10001"):
        request = ApiRequest(
            method="POST", path="/oauth2/token", headers={"api-id": header}, body=body
        )
        admission = door.admit(request, 0)
        assert (admission.dialect, admission.api_id) == (R, "au10001")
        assert admission.reply is not None
        assert json.loads(admission.reply.body)["expires_in"] == 86_400


OFFICIAL = [
    spec
    for api_id in loader.api_ids()
    if (spec := loader.spec(api_id)) is not None and spec.path in {CHART, INFO}
]


@pytest.mark.parametrize("spec", OFFICIAL, ids=lambda spec: str(spec.api_id))
def test_every_official_call_on_a_shared_path_needs_its_name(spec: ApiSpec) -> None:
    door = gateway()
    token = door.tokens.issue("app", "secret", 0)
    assert isinstance(token, Token)
    headers = {"authorization": f"Bearer {token.text}"}
    body = json.dumps(example_body(spec, worlds.day(worlds.TODAY))).encode()
    for header, dialect in ((spec.api_id, K), ("", R)):
        request = ApiRequest(
            method="POST", path=spec.path, headers={**headers, "api-id": header}, body=body
        )
        admission = door.admit(request, 0)
        reply = door.answer(admission, worlds.views())
        told = json.loads(reply.body)
        assert admission.dialect is dialect is dialect_of(spec.path, header)
        assert dict(reply.headers).get("api-id", "") == header
        if dialect is K:
            assert told["return_code"] == 0 or not spec.served
            assert spec.rows in told or not spec.rows or not spec.served
        elif told["return_code"]:
            assert "without an api-id header this was read as" in told["detail"]
        else:
            assert set(told) & {"stk_invsr_orgn_chart", "list", "stk_nm"}


def test_token_paths_name_their_api() -> None:
    assert token_api("/oauth2/token") == "au10001"
    assert token_api("/oauth2/revoke") == "au10002"
    assert token_api("/api/dostk/stkinfo") == ""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.meters import Rate
from kiwoom_sim.engine.views import Views
from kiwoom_sim.protocol import gateway as module
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.answers import Answer
from kiwoom_sim.protocol.calls import Call
from kiwoom_sim.protocol.config import AccountConfig, WireConfig
from kiwoom_sim.protocol.dialect import Dialect
from kiwoom_sim.protocol.gateway import NO_RALPH, Gateway
from kiwoom_sim.protocol.messages import ApiReply, ApiRequest
from kiwoom_sim.protocol.policies import Limit
from kiwoom_sim.protocol.ralph.config import RalphConfig
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import ApiSpec, Field
from kiwoom_sim.protocol.tokens import Clocks

CHART = ApiSpec(
    api_id="ka10081",
    name="주식일봉차트조회요청",
    path="/api/dostk/chart",
    source="guide",
    query="candles",
    request={
        "stk_cd": Field(kind="code", required=True),
        "base_dt": Field(kind="date", required=True),
        "upd_stkpc_tp": Field(kind="code", required=True),
        "memo": Field(kind="text"),
    },
)
SPECS = {"ka10081": CHART, "ka90001": msgspec.structs.replace(CHART, api_id="ka90001", query="")}
BODY = {"stk_cd": "005930", "base_dt": "20260320", "upd_stkpc_tp": "1"}
KEYS = {"appkey": "app", "secretkey": "secret"}
NOWHERE: Any = None
ASKED: list[Call] = []
"""What queries were asked in the test."""


class Client:
    """Call one gateway as an HTTP client would."""

    def __init__(self, accounts: tuple[AccountConfig, ...] = (), **config: Any) -> None:
        clocks = Clocks(epoch_ms=1_780_000_000_000, market_at=lambda wire_ms: wire_ms)
        ralph, limits = config.pop("ralph", NO_RALPH), config.pop("limits", ())
        self.gateway = Gateway(
            WireConfig(**config), accounts, seed=1, clocks=clocks, ralph=ralph, limits=limits
        )
        self.now = 0
        self.asked = ASKED

    def request(
        self, path: str, body: object, headers: dict[str, str] | None = None, method: str = "POST"
    ) -> ApiRequest:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return ApiRequest(method=method, path=path, headers=headers or {}, body=raw)

    def reply(self, request: ApiRequest) -> ApiReply:
        return self.gateway.answer(self.gateway.admit(request, self.now), Views(NOWHERE, 0))

    def token(self, **more: str) -> dict[str, Any]:
        body = {"grant_type": "client_credentials", **KEYS, **more}
        return told(self.reply(self.request("/oauth2/token", body)))

    def call(
        self, body: object = BODY, path: str = CHART.path, bearer: str = "", **headers: str
    ) -> ApiReply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"api-id": "ka10081", "authorization": f"Bearer {bearer or self.token()['token']}"}
        return self.reply(self.request(path, body, {**given, **named}))


def told(reply: ApiReply) -> dict[str, Any]:
    body = json.loads(reply.body)
    assert type(body["return_code"]) is int
    assert isinstance(body["return_msg"], str)
    assert dict(reply.headers)["access-control-expose-headers"] == "api-id,cont-yn,next-key"
    return dict(body)


@pytest.fixture(autouse=True)
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(_spec: ApiSpec, call: Call, _views: Views) -> Answer | Refused:
        ASKED.append(call)
        if call.body["stk_cd"] == "999999":
            return Refused("1902", {"stk_cd": "999999"})
        return Answer(body=b'{"return_code":0,"return_msg":""}', next_key="A1")

    ASKED.clear()
    monkeypatch.setattr(loader, "spec", SPECS.get)
    monkeypatch.setattr(module, "answer_query", answer)


@pytest.mark.parametrize("headers", [{}, {"api-id": ""}, {"api-id": "au10001"}])
def test_token_needs_no_api_id(headers: dict[str, str]) -> None:
    client = Client()
    body = {"grant_type": "client_credentials", **KEYS}
    reply = client.reply(client.request("/oauth2/token", body, headers))
    answer = told(reply)
    assert list(answer) == ["expires_dt", "token_type", "token", "return_code", "return_msg"]
    assert answer["token_type"] == "bearer"
    assert len(answer["expires_dt"]) == 14
    assert answer["return_msg"] == "정상적으로 처리되었습니다"
    assert dict(reply.headers)["api-id"] == "au10001"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "8011"),
        ({"grant_type": "password", **KEYS}, "8012"),
        ({"grant_type": "client_credentials", "appkey": "a"}, "8020"),
        (b"grant_type=client_credentials", "1517"),
        (b"[]", "1517"),
        (b"\xff\xfe", "1517"),
        (b"[" * 100_000, "1517"),
        (b'{"a":' * 100_000, "1517"),
    ],
)
def test_a_bad_token_request_is_refused(body: object, code: str) -> None:
    client = Client()
    reply = client.reply(client.request("/oauth2/token", body))
    assert f"[{code}:" in told(reply)["return_msg"]
    assert (reply.status, reply.refusal) == (200, code)


def test_revoke_kills_the_token() -> None:
    client = Client()
    token = client.token()["token"]
    body = {**KEYS, "token": token}
    assert list(told(client.reply(client.request("/oauth2/revoke", body)))) == [
        "return_code", "return_msg",
    ]  # fmt: skip
    assert client.call(bearer=token).refusal == "8005"
    assert client.reply(client.request("/oauth2/revoke", KEYS)).refusal == "8016"
    assert client.reply(client.request("/oauth2/revoke", {"token": token})).refusal == "8020"
    assert client.reply(client.request("/oauth2/revoke", body)).refusal == "8015"


def test_accounts_of_the_scenario_are_checked() -> None:
    client = Client((AccountConfig(appkey="app", secretkey="secret"),))
    assert client.token()["return_code"] == 0
    assert client.token(appkey="other")["return_code"] == 3
    assert "[8002:" in client.token(secretkey="x")["return_msg"]


def test_an_admission_names_what_its_question_is_about() -> None:
    client = Client(ralph=RalphConfig())
    official = {"api-id": "ka10081", "authorization": f"Bearer {client.token()['token']}"}
    older = {"authorization": "Bearer x"}
    dated = {"dt": "20260324", "stk_cd": "000660"}
    for body, headers, subject in ((BODY, official, "005930"), (dated, older, "000660")):
        admission = client.gateway.admit(client.request(CHART.path, body, headers), 0)
        assert admission.question is not None
        assert admission.subject == subject


def test_a_good_call_reaches_the_query_with_its_page() -> None:
    client = Client()
    reply = client.call(cont_yn="Y", next_key="k1")
    assert told(reply)["return_code"] == 0
    assert client.asked[-1] == Call(body=BODY, next_key="k1")
    headers = dict(reply.headers)
    assert headers["cont-yn"] == "Y"
    assert headers["next-key"] == "A1"
    assert headers["api-id"] == "ka10081"


@pytest.mark.parametrize("cont", ["", "N", "0"])
def test_next_key_counts_only_when_the_call_continues(cont: str) -> None:
    client = Client()
    client.call(cont_yn=cont, next_key="k1")
    assert client.asked[-1].next_key == ""


def test_a_refusal_of_the_query_is_rendered() -> None:
    assert Client().call({**BODY, "stk_cd": "999999"}).refusal == "1902"


@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [
        ("/api/dostk/chart", {"api-id": ""}, "1501"),
        ("/api/dostk/chart", {"api-id": "ka99999"}, "1505"),
        ("/api/dostk/stkinfo", {}, "1504"),
        ("/api/dostk/ka10081", {}, "1504"),
        ("/oauth2/token", {}, "1504"),
        ("/api/dostk/chart", {"api-id": "ka90001"}, "8104"),
        ("/api/dostk/chart", {"authorization": ""}, "1513"),
        ("/api/dostk/chart", {"authorization": "abc"}, "1514"),
        ("/api/dostk/chart", {"authorization": "Bearer a b"}, "1514"),
        ("/api/dostk/chart", {"authorization": "Basic abc"}, "1515"),
        ("/api/dostk/chart", {"authorization": "Bearer "}, "1516"),
        ("/api/dostk/chart", {"authorization": "Bearer nonsense"}, "8005"),
        ("/elsewhere", {}, "404"),
    ],
)
def test_checks_name_their_code(path: str, headers: dict[str, str], code: str) -> None:
    client = Client()
    given = {"api-id": "ka10081", "authorization": f"Bearer {client.token()['token']}", **headers}
    reply = client.reply(client.request(path, BODY, given))
    told(reply)
    assert reply.refusal == code
    assert reply.status == (404 if code == "404" else 200)


def test_other_methods_are_refused() -> None:
    client = Client()
    reply = client.reply(client.request(CHART.path, b"", {"api-id": "ka10081"}, method="GET"))
    assert (reply.status, told(reply)["return_code"]) == (405, 1)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_matched_without_case(scheme: str) -> None:
    client = Client()
    text = client.token()["token"]
    assert told(client.call(authorization=f"{scheme} {text}"))["return_code"] == 0


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({}, "stk_cd"),
        (b"", "stk_cd"),
        ({**BODY, "stk_cd": " "}, "stk_cd"),
        ({"stk_cd": "005930"}, "base_dt"),
        ({**BODY, "base_dt": ""}, "base_dt"),
        ({**BODY, "upd_stkpc_tp": None}, "upd_stkpc_tp"),
    ],
)
def test_the_first_missing_field_is_named(body: object, parameter: str) -> None:
    message = told(Client().call(body))["return_msg"]
    expected = f"[1511:필수 입력 값에 값이 존재하지 않습니다. 필수입력 파라미터={parameter}]"
    assert message.endswith(expected)


def test_an_empty_code_and_numbers_are_accepted() -> None:
    client = Client()
    told(client.call({**BODY, "upd_stkpc_tp": "", "memo": 5}))
    assert client.asked[-1].body["memo"] == "5"


@pytest.mark.parametrize("body", [b"{", b'"x"', b"[1]", {"stk_cd": ["005930"]}])
def test_a_body_that_is_no_object_of_texts_is_refused(body: object) -> None:
    assert Client().call(body).refusal == "1517"


def test_too_many_calls_get_429_with_a_body() -> None:
    client = Client()
    token = client.token()["token"]
    replies = [client.call(bearer=token) for _ in range(6)]
    assert [reply.status for reply in replies] == [200] * 5 + [429]
    assert told(replies[-1])["return_msg"].endswith("유량=5, API ID=ka10081]")
    client.now = 200
    assert client.call(bearer=token).status == 200


def test_a_call_refused_earlier_takes_nothing_from_the_limit() -> None:
    client = Client()
    token = client.token()["token"]
    for _ in range(10):
        client.call({}, bearer=token)
    assert client.call(bearer=token).status == 200


def test_clean_data_are_asked_for_in_the_call() -> None:
    client = Client(oddities="clean")
    client.call()
    assert client.asked[-1].oddities == "clean"


def test_settings_may_change_while_tokens_live() -> None:
    client = Client()
    token = client.token()["token"]
    limits = [Limit(id="per_api", rate=Rate(1))]
    client.gateway.configure(WireConfig(token_reissue="supersede"), limits, 0)
    assert [client.call(bearer=token).status for _ in range(2)] == [200, 429]
    client.gateway.configure(WireConfig(token_reissue="supersede"), limits, 0)
    assert client.call(bearer=token).status == 429
    assert client.token()["token"] != token
    assert client.call(bearer=token).refusal == "8005"


def test_a_refusal_from_outside_gets_its_placeholders() -> None:
    client = Client(environment="demo")
    request = client.request(CHART.path, BODY, {"api-id": "ka10081"})
    reply = client.gateway.refuse(request, Refused("1700"))
    assert told(reply)["return_msg"].endswith("유량=1, API ID=ka10081]")
    other = client.gateway.refuse(request, Refused("1700", {"per_second": "9"}, 200))
    assert "유량=9" in told(other)["return_msg"]
    assert other.status == 200


def test_clients_are_known_by_pseudonym() -> None:
    client = Client()
    body = {"grant_type": "client_credentials", **KEYS}
    assert client.gateway.client_of(client.request("/oauth2/token", body)) == "key#1"
    assert client.gateway.client_of(client.request("/oauth2/token", b"{")) == ""
    headers = {"authorization": f"bearer {client.token()['token']}"}
    assert client.gateway.client_of(client.request(CHART.path, BODY, headers)) == "key#1"
    assert client.gateway.client_of(client.request(CHART.path, BODY)) == ""


REFRESH = {"grant_type": "refresh_token", **KEYS}


def test_the_older_grant_tells_the_life_that_is_left() -> None:
    client = Client(ralph=RalphConfig(), token_life_ms=90_000)
    first = client.token()
    assert list(first) == ["expires_dt", "token_type", "token", "return_code", "return_msg"]
    client.now = 30_500
    request = client.request("/oauth2/token", {**REFRESH, "refresh_token": "anything"})
    admission = client.gateway.admit(request, client.now)
    assert (admission.api_id, admission.dialect) == ("au10001", Dialect.RALPH)
    assert admission.reply is not None
    answer = told(admission.reply)
    assert answer.pop("expires_in") == 59
    assert answer == first


@pytest.mark.parametrize("missing", ["appkey", "secretkey"])
def test_the_older_grant_needs_both_keys(missing: str) -> None:
    body = {name: value for name, value in REFRESH.items() if name != missing}
    client = Client(ralph=RalphConfig())
    assert client.reply(client.request("/oauth2/token", body)).refusal == "8020"


def test_without_the_dialect_only_the_official_wire_is_spoken() -> None:
    client = Client()
    assert client.reply(client.request("/oauth2/token", REFRESH)).refusal == "8012"
    for path in ("/api/dostk/chart", "/api/dostk/stkinfo", "/api/dostk/ka10001"):
        request = client.request(path, {"dt": "20260324", "stk_cd": "005930"})
        assert client.reply(request).refusal == "1501"
        assert client.gateway.api_of(request) == ""


def test_a_refusal_from_outside_speaks_the_dialect_of_the_request() -> None:
    client = Client(ralph=RalphConfig())
    reply = client.gateway.refuse(client.request(CHART.path, BODY), Refused("1700"))
    answer = json.loads(reply.body)
    assert list(answer) == ["return_code", "return_msg", "detail"]
    assert (reply.status, reply.refusal, answer["return_code"]) == (429, "1700", 5)
    assert answer["detail"] == answer["return_msg"]
    assert "API ID=ka10060" in answer["detail"]


def test_the_older_contract_has_no_limits_and_takes_nothing_from_them() -> None:
    client = Client(ralph=RalphConfig(), limits=[Limit(id="x", rate=Rate(1))])
    token = client.token()["token"]
    headers = {"authorization": f"Bearer {token}"}
    for body in (BODY, {"dt": "20260324", "stk_cd": "005930"}, b"{"):
        for _ in range(5):
            admission = client.gateway.admit(client.request(CHART.path, body, headers), 0)
            assert admission.reply is None or admission.reply.refusal == "400"
    assert client.call(bearer=token).status == 200


def test_a_client_of_the_older_contract_is_known_by_its_token_if_it_has_one() -> None:
    client = Client(ralph=RalphConfig())
    for bearer, key in ((client.token()["token"], 1), ("mock_token", 0)):
        headers = {"authorization": f"Bearer {bearer}"}
        request = client.request("/api/dostk/stkinfo", {"mrkt_tp": "0"}, headers)
        admission = client.gateway.admit(request, 0)
        assert (admission.key, admission.api_id, admission.reply) == (key, "ka10099", None)


def test_a_client_of_the_older_contract_is_one_over_all_its_connections() -> None:
    def name(client: Client, path: str, bearer: str) -> str:
        headers = {"authorization": bearer}
        return client.gateway.client_of(client.request(path, {}, headers))

    client = Client(ralph=RalphConfig())
    form = "/api/dostk/ka10001"
    sent = ["Bearer mock_token", "Bearer other", "bearer mock_token", "Basic x", ""]
    names = [name(client, form, bearer) for bearer in sent]
    assert names == ["bearer#1", "bearer#2", "bearer#1", "", ""]
    assert name(client, "/api/dostk/mrkcond", "Bearer mock_token") == ""
    assert name(Client(), form, "Bearer mock_token") == ""


@given(
    st.sampled_from(["POST", "GET"]),
    st.sampled_from(["/oauth2/token", "/oauth2/revoke", CHART.path, "/x"]),
    st.dictionaries(st.sampled_from(["api-id", "authorization", "cont-yn"]), st.text(max_size=12)),
    st.binary(max_size=30),
)
def test_no_request_breaks_the_gateway(
    method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    client = Client()
    reply = client.reply(client.request(path, body, headers, method))
    assert told(reply)["return_code"] != 0
    assert reply.refusal

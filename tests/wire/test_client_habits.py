"""Hold what public clients insist on at the REST door, one test a habit, over real sockets.

The WebSocket side is in `test_socket_habits.py`. Habits about what is not served yet come with
the issue that serves it:

- orders: `ord_no` of seven digits, the order in ka10075 or ka10076 soon after, same number;
- accounts: kt00018 `stk_cd` as `A` and six digits, `oso` and `cntr` rows with `ord_no`;
- account pushes: REG of types 00 and 04 pushes something (registering them is accepted today);
- condition search: CNSRLST as a list of `[seq, name]` pairs.
"""

import asyncio
import os
import re
import shutil
import subprocess

import httpx
import pytest

from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.brokerage import ACCOUNT_PATH
from kiwoom_sim.protocol.spec import ApiSpec, Field
from tests.wire.house import Client, House, client, raw_exchange

SERVED = [
    spec
    for api_id in loader.api_ids()
    if (spec := loader.spec(api_id)) is not None and spec.query and "/api/" in spec.path
]
DATES = ("base_dt", "strt_dt", "dt")
CHART = {"stk_cd": "005930", "base_dt": "20260323", "upd_stkpc_tp": "1"}
ROWS = "stk_dt_pole_chart_qry"


def body_of(spec: ApiSpec) -> dict[str, str]:
    """Return a request that every required field of an API is in."""
    known = {
        "stk_cd": "005930",
        "inds_cd": "001",
        "mrkt_tp": "0",
        **dict.fromkeys(DATES, "20260323"),
    }
    required = {name: field for name, field in spec.request.items() if field.required}
    return {
        name: known[name] if name in known else next(iter(field.codes))
        for name, field in required.items()
    }


def leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for member in value.values() for leaf in leaves(member)]
    if isinstance(value, list):
        return [leaf for member in value for leaf in leaves(member)]
    return [value]


def is_json(answer: httpx.Response) -> bool:
    return answer.headers["content-type"].partition(";")[0] == "application/json"


@pytest.fixture
def caller(house: House):
    with client(house) as made:
        yield made


def test_return_code_is_an_integer_in_every_body(caller: Client) -> None:
    answers = [
        caller.login(),
        caller.quote(),
        caller.call("ka10081", "/api/dostk/chart"),
        caller.call("ka99999", "/api/dostk/chart"),
        caller.http.post("/oauth2/revoke", json={**caller.keys, "token": caller.token}),
        caller.quote(),
    ]
    codes = [answer.json()["return_code"] for answer in answers]
    assert [type(code) for code in codes] == [int] * len(codes)
    assert codes[0] == codes[1] == codes[4] == 0
    assert 0 not in (codes[2], codes[3], codes[5])
    assert all(isinstance(answer.json()["return_msg"], str) for answer in answers)


def test_every_answer_is_a_json_object_errors_too(caller: Client) -> None:
    http = caller.http
    odd = [
        caller.call("ka10081", "/api/dostk/chart"),
        caller.call("ka10081", "/api/dostk/stkinfo"),
        caller.call("ka10075", "/api/dostk/acnt"),
        http.post("/api/dostk/chart", content=b"{not json", headers={"api-id": "ka10081"}),
        http.post("/api/dostk/nothing", json={}),
        http.post("/nothing", json={}),
        http.get("/api/dostk/chart"),
        http.post("/oauth2/token", json={}),
    ]
    for answer in odd:
        assert is_json(answer), answer.request.url
        assert isinstance(answer.json(), dict)
        assert answer.json()["return_code"] != 0


@pytest.mark.parametrize("api_id", [None, "", "au10001"])
def test_token_needs_no_api_id(house: House, api_id: str | None) -> None:
    with Client(house) as caller:
        answer = caller.login(**({} if api_id is None else {"api-id": api_id}))
        body = answer.json()
        assert body["return_code"] == 0
        assert body["token_type"] == "bearer"
        assert re.fullmatch(r"[A-Za-z0-9_-]{16,999}", body["token"])
        assert re.fullmatch(r"20\d{12}", body["expires_dt"])
        assert caller.quote().json()["return_code"] == 0


def test_revoked_token_is_dead(caller: Client) -> None:
    answer = caller.http.post("/oauth2/revoke", json={**caller.keys, "token": caller.token})
    assert answer.json()["return_code"] == 0
    refused = caller.quote()
    assert refused.status_code == 200
    assert refused.json()["return_code"] == 3
    assert "[8005:" in refused.json()["return_msg"]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_scheme_is_matched_without_case(caller: Client, scheme: str) -> None:
    answer = caller.quote(authorization=f"{scheme} {caller.token}")
    assert answer.json()["return_code"] == 0


@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
def test_header_names_are_matched_without_case(house: House, caller: Client, change) -> None:
    host, port = house.where(house.rest_url)
    body = b'{"stk_cd":"005930"}'
    names = {
        "host": f"{host}:{port}", "authorization": f"Bearer {caller.token}", "api-id": "ka10001",
        "content-type": "application/json;charset=UTF-8", "content-length": str(len(body)),
    }  # fmt: skip
    head = "".join(f"{change(name)}: {value}\r\n" for name, value in names.items())
    request = f"POST /api/dostk/stkinfo HTTP/1.1\r\n{head}\r\n".encode() + body
    answer_head, answer = asyncio.run(raw_exchange((host, port), request))
    assert answer_head.startswith(b"HTTP/1.1 200 ")
    assert b'"return_code":0' in answer


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"cont_yn": "", "next_key": ""},
        {"cont_yn": "0", "next_key": "0"},
        {"cont_yn": "N", "next_key": ""},
        {"cont_yn": "N", "next_key": "leftover"},
        {"appkey": "key", "appsecret": "secret", "accept": "text/plain", "x_anything": "1"},
    ],
    ids=str,
)
def test_first_page_comes_whatever_the_paging_headers(caller: Client, headers) -> None:
    plain = caller.call("ka10081", "/api/dostk/chart", CHART)
    answer = caller.call("ka10081", "/api/dostk/chart", CHART, **headers)
    assert answer.json()["return_code"] == 0
    assert answer.json()[ROWS][0]["dt"] == plain.json()[ROWS][0]["dt"]


def test_answer_headers_name_id_and_paging_and_the_body_does_not(caller: Client) -> None:
    more = caller.call("ka10081", "/api/dostk/chart", CHART)
    done = caller.quote()
    for answer, api_id, continues in ((more, "ka10081", "Y"), (done, "ka10001", "N")):
        assert answer.headers["api-id"] == api_id
        assert answer.headers["cont-yn"] == continues
        assert bool(answer.headers["next-key"]) == (continues == "Y")
        assert answer.headers["access-control-expose-headers"] == "api-id,cont-yn,next-key"
        assert not {"cont-yn", "cont_yn", "next-key", "next_key"} & set(answer.json())


@pytest.mark.parametrize("spec", SERVED, ids=lambda spec: spec.api_id)
def test_every_leaf_is_text_and_numbers_parse(caller: Client, spec: ApiSpec) -> None:
    if spec.path == ACCOUNT_PATH:
        trade(caller)
    answer = caller.call(spec.api_id, spec.path, body_of(spec)).json()
    assert answer.pop("return_code") == 0, answer
    assert answer.pop("return_msg")
    assert {type(leaf) for leaf in leaves(answer)} <= {str}
    rows = answer.get(spec.rows, []) if spec.rows else []
    assert isinstance(rows, list)
    assert all(isinstance(row, dict) for row in rows)
    no_rows = spec.api_id == "kt00001"  # lists foreign money
    assert not spec.rows or rows or no_rows, "a market in session has rows"
    for row in rows[:50]:
        check_numbers(row, spec.row)
    check_numbers(answer, spec.reply)


def trade(caller: Client) -> None:
    """Buy a share at the market, and let another order wait at the lower limit."""
    low = caller.quote().json()["lst_pric"].lstrip("+-")
    for price, kind in (("", "3"), (low, "0")):
        order = {
            "dmst_stex_tp": "KRX", "stk_cd": "005930", "ord_qty": "1", "ord_uv": price,
            "trde_tp": kind,
        }  # fmt: skip
        assert caller.call("kt10000", "/api/dostk/ordr", order).json()["return_code"] == 0


def check_numbers(values: dict[str, str], fields: dict[str, Field]) -> None:
    """Check that clients which call `int` or `float` on a field live."""
    for name, field in fields.items():
        assert name in values, f"{name} is missing"
        text = values[name]
        if field.kind in {"number", "signed"} and text:
            assert re.fullmatch(r"[+-]{0,2}\d+(\.\d+)?", text), f"{name}: {text!r}"
            float(text.replace("--", "-"))


def test_prices_carry_the_sign_of_the_change(caller: Client) -> None:
    codes = "005930|000660|035420|051910|068270|105560|247540|086520"
    rows = caller.call("ka10095", "/api/dostk/stkinfo", {"stk_cd": codes}).json()["atn_stk_infr"]
    assert len(rows) == 8
    for row in rows:
        change = int(row["pred_pre"])
        sign = "+" if change > 0 else "-" if change < 0 else ""
        assert row["cur_prc"].startswith(sign)
        assert abs(int(row["cur_prc"])) > 0
        assert abs(int(row["cur_prc"])) - int(row["base_pric"].lstrip("+-")) == change


def test_daily_chart_is_newest_first_and_its_second_page_is_older(caller: Client) -> None:
    first = caller.call("ka10081", "/api/dostk/chart", CHART)
    key = first.headers["next-key"]
    assert len(key) <= 50
    second = caller.call("ka10081", "/api/dostk/chart", CHART, cont_yn="Y", next_key=key)
    rows = first.json()[ROWS] + second.json()[ROWS]
    days = [row["dt"] for row in rows]
    assert days[0] == "20260323"
    assert len(first.json()[ROWS]) == 600
    assert second.json()[ROWS]
    assert all(re.fullmatch(r"\d{8}", day) for day in days)
    assert days == sorted(set(days), reverse=True)
    wanted = {"dt", "cur_prc", "open_pric", "high_pric", "low_pric", "trde_qty", "trde_prica"}
    assert all(wanted <= set(row) for row in rows)


def test_stock_list_has_what_clients_read(caller: Client) -> None:
    rows = caller.call("ka10099", "/api/dostk/stkinfo", {"mrkt_tp": "0"}).json()["list"]
    assert len(rows) > 1
    wanted = {"code", "name", "listCount", "lastPrice", "state", "marketCode", "marketName",
              "upName", "nxtEnable"}  # fmt: skip
    assert all(wanted <= set(row) for row in rows)
    assert {"005930"} <= {row["code"] for row in rows}


@pytest.mark.parametrize(
    ("api_id", "path"),
    [("ka10001", "stkinfo"), ("ka10004", "mrkcond"), ("ka10081", "chart"), ("ka10099", "stkinfo")],
)
def test_everyday_answers_come_well_within_the_shortest_read_limit(
    caller: Client, api_id: str, path: str
) -> None:
    body = {**CHART, "mrkt_tp": "0"}
    answer = caller.call(api_id, f"/api/dostk/{path}", body)
    assert answer.elapsed.total_seconds() < 5


def test_optional_fields_may_be_absent_or_empty(caller: Client) -> None:
    body = {"stk_cd": "005930", "tic_scope": "1", "upd_stkpc_tp": "1"}
    for more in ({}, {"base_dt": ""}):
        answer = caller.call("ka10080", "/api/dostk/chart", {**body, **more})
        assert answer.json()["return_code"] == 0


def test_missing_field_wrong_path_and_unknown_id_have_their_codes(caller: Client) -> None:
    missing = caller.call("ka10081", "/api/dostk/chart", {"stk_cd": "005930"}).json()
    assert missing["return_code"] == 2
    assert "[1511:" in missing["return_msg"]
    assert missing["return_msg"].endswith("=base_dt]")
    astray = caller.call("ka10081", "/api/dostk/stkinfo", CHART).json()
    assert "[1504:" in astray["return_msg"]
    unknown = caller.call("ka99999", "/api/dostk/chart", CHART).json()
    assert "[1505:" in unknown["return_msg"]


def test_bad_token_is_told_with_http_200(caller: Client) -> None:
    answer = caller.quote(authorization="Bearer nonsense")
    assert answer.status_code == 200
    assert answer.json()["return_code"] == 3
    assert "[8005:" in answer.json()["return_msg"]


def test_too_many_calls_are_refused_with_429_and_a_json_body(caller: Client) -> None:
    answers = [caller.quote() for _ in range(40)]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert refused, "forty calls in a row are over five a second"
    for answer in refused:
        assert answer.status_code == 429
        assert is_json(answer)
        assert answer.json()["return_code"] == 5
        assert "[1700:" in answer.json()["return_msg"]
        assert "유량=5, API ID=ka10001" in answer.json()["return_msg"]
        assert "retry-after" not in answer.headers
    other = caller.call("ka10100", "/api/dostk/stkinfo", {"stk_cd": "005930"})
    assert other.json()["return_code"] == 0, "each id has its own allowance"


def test_one_connection_carries_many_requests(house: House, caller: Client) -> None:
    """Send twenty requests in one go; all answers come, in order, on the open connection."""
    host, port = house.where(house.rest_url)
    ids = ["ka10001", "ka10100"] * 10
    requests = b"".join(
        f"POST /api/dostk/stkinfo HTTP/1.1\r\nhost: x\r\napi-id: {api_id}\r\n"
        f"content-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}".encode()
        for api_id in ids
    )

    async def exchange() -> list[bytes]:
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(requests)
            heads = []
            for _ in ids:
                heads.append(await reader.readuntil(b"\r\n\r\n"))
                size = re.search(rb"content-length: (\d+)", heads[-1].lower())
                assert size is not None
                await reader.readexactly(int(size[1]))
            writer.close()
            await writer.wait_closed()
        return heads

    heads = asyncio.run(exchange())
    assert [f"api-id: {i}".encode() in head for i, head in zip(ids, heads, strict=True)] == [
        True
    ] * len(ids)


def test_client_that_asks_for_http2_gets_http11(house: House) -> None:
    where = house.where(house.rest_url)
    request = (
        b"POST /oauth2/token HTTP/1.1\r\nhost: x\r\nconnection: Upgrade, HTTP2-Settings\r\n"
        b"upgrade: h2c\r\nhttp2-settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
        b"content-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
    )
    head, body = asyncio.run(raw_exchange(where, request))
    assert head.startswith(b"HTTP/1.1 200 ")
    assert body.startswith(b"{")


@pytest.mark.parametrize("door", ["rest_url", "ws_url"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_both_doors_answer_health_checks(house: House, door: str, method: str) -> None:
    url = getattr(house, door).replace("ws://", "http://")
    answer = httpx.request(method, f"{url}/", trust_env=False)
    assert answer.status_code == 200
    assert bool(answer.content) == (method == "GET")


@pytest.mark.system
@pytest.mark.parametrize("door", ["rest_url", "ws_url"])
def test_wget_spider_is_content_with_both_doors(house: House, door: str) -> None:
    if shutil.which("wget") is None:
        if os.environ.get("REQUIRE_SYSTEM") == "1":
            pytest.fail("wget is missing")
        pytest.skip("wget is missing")
    url = getattr(house, door).replace("ws://", "http://")
    command = ["wget", "--spider", "--no-proxy", "--tries=1", "--timeout=5", f"{url}/"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

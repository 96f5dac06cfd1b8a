"""Prove that damaged answers reach clients as described, and what public clients make of them."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import kiwoom_client
import kiwoomRest
import pytest

from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.replay import replay
from kiwoom_sim.testing.background import BackgroundSimulator
from tests.wire.house import Client, House

HEAD = """
schema = 1
seed = 5
[clock]
mode = "stepped"
start = 2026-03-23T10:30:00
[market]
symbols = ["005930", "000660", "069500"]
"""
KINDS = {
    "cut": 'kind = "malformed"',
    "damaged": 'kind = "malformed", form = "damaged"',
    "empty": 'kind = "malformed", form = "empty"',
    "missing": 'kind = "missing_field", field = "cur_prc"',
    "null": 'kind = "null_field", field = "cur_prc"',
    "number": 'kind = "mistyped_field", field = "cur_prc"',
    "object": 'kind = "mistyped_field", field = "stk_dt_pole_chart_qry"',
    "no-rows": 'kind = "empty_list"',
    "blank-row": 'kind = "blank_row"',
    "blank": 'kind = "blank_columns", columns = ["trde_qty"]',
    "twice": 'kind = "duplicate_rows", rows = 2',
    "euc-kr": 'kind = "encoding"',
    "bom": 'kind = "encoding", to = "utf-8-bom"',
    "saturated": 'kind = "saturated", field = "trde_qty"',
    "signs": 'kind = "double_sign", field = "pred_pre"',
    "no-data": 'kind = "no_data_error"',
    "maintenance": 'kind = "maintenance"',
    "repeats": 'kind = "paging_repeats"',
    "endless": 'kind = "paging_endless"',
    "cut-pages": 'kind = "paging_cut"',
    "stale": 'kind = "stale", age = "1h"',
    "lag": 'kind = "daily_lag"',
    "skew": 'kind = "clock_skew", behind = "5m@market"',
    "mixed": 'kind = "mixed_market", markets = ["0", "8", "10"], rows = 1',
    "moved": 'kind = "moved_api", to = "/api/dostk/mrkcond"',
    "not-offered": 'kind = "business_error", code = "RC9000"',
}
ROWS = "stk_dt_pole_chart_qry"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rules = "".join(
        f'[[rule]]\nid = "{case}"\nmatch = {{ header = {{ "x-case" = "{case}" }} }}\n'
        f"do = {{ {kind} }}\n"
        for case, kind in KINDS.items()
    )
    made = tmp_path_factory.mktemp("scenario") / "damage.toml"
    made.write_text(HEAD + rules)
    return made


@contextmanager
def spoken(simulator: BackgroundSimulator) -> Iterator[Client]:
    house = House(rest_url=simulator.rest_url, ws_url=simulator.ws_url, stop=lambda: None)
    with Client(house) as made:
        made.login()
        yield made


@pytest.fixture(scope="module")
def client(file: Path) -> Iterator[Client]:
    changes = {"wire.limits_enabled": False}
    with BackgroundSimulator(file, changes) as simulator, spoken(simulator) as made:
        yield made


def chart(client: Client, case: str = "", **headers: str) -> httpx.Response:
    body = {"stk_cd": "005930", "base_dt": "20260323", "upd_stkpc_tp": "1"}
    return client.call("ka10081", "/api/dostk/chart", body, x_case=case, **headers)


def rows(client: Client, case: str = "") -> Any:
    return chart(client, case).json()[ROWS]


def test_a_list_of_one_market_holds_true_rows_of_others(client: Client) -> None:
    def listed(market: str, case: str = "") -> list[dict[str, str]]:
        body = {"mrkt_tp": market}
        found = client.call("ka10099", "/api/dostk/stkinfo", body, x_case=case).json()["list"]
        assert isinstance(found, list)
        return found

    shares, funds = listed("0"), listed("8")
    mixed = listed("0", "mixed")
    assert [row for row in mixed if row["marketCode"] == "0"] == shares
    assert [row for row in mixed if row["marketCode"] != "0"] == funds
    assert mixed != [*shares, *funds]


def test_an_api_has_moved_to_another_path(client: Client) -> None:
    body = {"stk_cd": "005930", "base_dt": "20260323", "upd_stkpc_tp": "1"}
    refused = chart(client, "moved")
    assert refused.status_code == 200
    assert refused.json()["return_code"] == 1
    assert "1504" in refused.json()["return_msg"]
    assert "URI=/api/dostk/chart" in refused.json()["return_msg"]
    moved = client.call("ka10081", "/api/dostk/mrkcond", body, x_case="moved")
    assert moved.json() == chart(client).json()
    assert "1504" in client.call("ka10081", "/api/dostk/mrkcond", body).text


def test_what_the_mock_does_not_offer_is_a_refusal_of_the_back_office(client: Client) -> None:
    refused = chart(client, "not-offered").json()
    assert refused["return_code"] == 20
    assert "RC9000" in refused["return_msg"]


@pytest.mark.parametrize("case", ["cut", "damaged", "empty"])
def test_a_malformed_body_has_a_right_length_and_is_no_json(client: Client, case: str) -> None:
    answer = chart(client, case)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert int(answer.headers["content-length"]) == len(answer.content)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_fields_are_missing_null_or_of_another_type(client: Client) -> None:
    right = rows(client)
    assert all("cur_prc" not in row for row in rows(client, "missing"))
    assert {row["cur_prc"] for row in rows(client, "null")} == {None}
    assert [str(row["cur_prc"]) for row in rows(client, "number")[1:]] == [
        row["cur_prc"] for row in right[1:]
    ]
    assert rows(client, "object")["dt"] == right[0]["dt"]


def test_rows_are_gone_blank_or_doubled(client: Client) -> None:
    right = rows(client)
    assert rows(client, "no-rows") == []
    assert rows(client, "blank-row") == [dict.fromkeys(right[0], "")]
    assert {row["trde_qty"] for row in rows(client, "blank")} == {""}
    twice = [row["dt"] for row in rows(client, "twice")]
    assert len(twice) == len(right) + 2
    assert sorted(set(twice), reverse=True) == [row["dt"] for row in right]


def test_numbers_are_saturated_or_have_two_signs(client: Client) -> None:
    assert {row["trde_qty"] for row in rows(client, "saturated")} == {"2147483647"}
    assert {row["pred_pre"][:2] for row in rows(client, "signs")} == {"--"}


def test_the_encoding_is_not_that_of_the_header(client: Client) -> None:
    answer = chart(client, "euc-kr")
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    with pytest.raises(UnicodeDecodeError):
        answer.content.decode()
    assert json.loads(answer.content.decode("euc-kr"))["return_msg"].startswith("정상")
    marked = chart(client, "bom").content
    with pytest.raises(json.JSONDecodeError):
        json.loads(marked.decode())
    assert json.loads(marked.decode("utf-8-sig"))["return_code"] == 0


def test_no_data_is_an_error_and_maintenance_a_page(client: Client) -> None:
    said = chart(client, "no-data").json()
    assert said["return_code"] == 20
    assert "571758" in said["return_msg"]
    page = chart(client, "maintenance")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=UTF-8")
    assert "점검" in page.text


def test_pages_repeat_never_end_or_end_too_early(client: Client) -> None:
    first = chart(client)
    key = first.headers["next-key"]
    second = chart(client, cont_yn="Y", next_key=key)
    assert chart(client, "repeats", cont_yn="Y", next_key=key).content == first.content
    assert chart(client, "repeats").content == first.content
    cut = chart(client, "cut-pages")
    assert (cut.content, cut.headers["cont-yn"], cut.headers["next-key"]) == (
        first.content,
        "N",
        "",
    )
    pages, headers = [], {"cont_yn": "N", "next_key": ""}
    for _ in range(40):
        page = chart(client, "endless", **headers)
        assert page.headers["cont-yn"] == "Y"
        headers = {"cont_yn": "Y", "next_key": page.headers["next-key"]}
        pages.append(page.content)
    assert pages[:2] == [first.content, second.content]
    assert pages[-1] == pages[-2]
    assert json.loads(pages[-1])[ROWS]


def test_old_answers_are_those_of_earlier(client: Client) -> None:
    days = [row["dt"] for row in rows(client)]
    assert days[0] == "20260323"
    assert [row["dt"] for row in rows(client, "lag")][:1] == ["20260320"]
    volume = int(rows(client)[0]["trde_qty"])
    assert 0 < int(rows(client, "stale")[0]["trde_qty"]) <= volume
    assert 0 < int(rows(client, "skew")[0]["trde_qty"]) < volume


def test_what_came_of_it_is_counted_and_a_replay_agrees(file: Path, tmp_path: Path) -> None:
    changes = {"wire.limits_enabled": False}
    with BackgroundSimulator(file, changes, runs=tmp_path) as simulator, spoken(simulator) as mine:
        assert mine.http.post(
            "/oauth2/token", json=mine.keys, headers={"x-case": "missing"}
        ).is_success
        assert simulator.faults() == {}
        for case in KINDS:
            chart(mine, case, cont_yn="Y" if case == "repeats" else "N")
        mine.call("ka10099", "/api/dostk/stkinfo", {"mrkt_tp": "0"}, x_case="mixed")
        # The first page is not the last, so there was nothing to do for `paging_endless`.
        counts = dict.fromkeys(KINDS.keys() - {"endless"}, 1)
        assert simulator.faults() == counts
    (directory,) = [path for path in tmp_path.iterdir() if path.is_dir()]
    lines = (directory / "journal" / "rest.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    assert sum(len(entry.get("faults", ())) for entry in entries) == len(counts)
    found = replay(RunDirectory(directory), tmp_path / "replayed")
    assert (found.compared, found.differing, found.first) == (True, (), "")


CLIENTS = """
[[rule]]
id = "broken"
match = { body = { stk_cd = "005930" } }
do = { kind = "malformed" }
[[rule]]
id = "korean"
match = { body = { stk_cd = "000660" } }
do = { kind = "encoding" }
[[rule]]
id = "page"
match = { body = { stk_cd = "069500" } }
do = { kind = "maintenance" }
"""


@pytest.fixture
def rest_url(tmp_path: Path) -> Iterator[str]:
    file = tmp_path / "clients.toml"
    file.write_text(HEAD + CLIENTS)
    with BackgroundSimulator(file) as simulator:
        yield simulator.rest_url


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("005930", json.JSONDecodeError),
        ("000660", UnicodeDecodeError),
        ("069500", json.JSONDecodeError),
    ],
)
def test_kiwoom_client_dies_of_what_is_no_json(
    rest_url: str, code: str, error: type[Exception]
) -> None:
    with kiwoom_client.KiwoomAPI("key", "secret", base_url=rest_url) as api:
        api.login()
        with pytest.raises(error):
            api.stock_info.basic_stock_info(stk_cd=code)


def test_kiwoom_rest_tells_what_is_no_json_as_a_message(rest_url: str) -> None:
    async def ask() -> list[tuple[int, str]]:
        async with aiohttp.ClientSession() as http:
            answer = await http.post(
                f"{rest_url}/oauth2/token",
                json={"grant_type": "client_credentials", "appkey": "a", "secretkey": "b"},
            )
            token = (await answer.json())["token"]
            http.headers["authorization"] = f"Bearer {token}"
            api = kiwoomRest.KwRestApi()
            api._http, api._base_url, api._connected = http, rest_url, True
            said = [
                await api.request("ka10001", {"stk_cd": code})
                for code in ("005930", "000660", "069500")
            ]
            return [(each.return_code, each.return_msg) for each in said]

    told = asyncio.run(ask())
    assert [code for code, _ in told] == [-1, -1, -1]
    texts = [text for _, text in told]
    assert all(map(str.__contains__, texts, ("line 1", "can't decode", "text/html")))

import json
from types import SimpleNamespace

import pytest

from kiwoom_sim.protocol.projection import Projection, escaped, render, render_values, split_source
from kiwoom_sim.protocol.spec import ApiSpec, Field, RealtimeSpec

NAME = Field(source="name", format="text")
PRICE = Field(source="price", format="price", direction=True, plus=True)


def spec(**fields: object) -> ApiSpec:
    return ApiSpec(api_id="x", name="x", path="/x", source="test", **fields)  # type: ignore[arg-type]


def test_a_record_fills_the_fields_in_wire_order() -> None:
    one = Projection({"b": PRICE, "a": NAME}, "as-real")
    record = SimpleNamespace(name='50% "큰" 회사', price=120, base=100)
    text = one.whole(record)
    assert json.loads(text) == {"b": "+120", "a": '50% "큰" 회사'}
    assert text.startswith('{"b"')


def test_a_missing_attribute_prints_as_an_empty_text() -> None:
    assert json.loads(Projection({"b": PRICE}, "as-real").whole(object())) == {"b": ""}


def test_columns_and_lists_of_records_give_the_same_rows() -> None:
    rows = Projection({"n": NAME, "p": PRICE}, "as-real")
    columns = SimpleNamespace(name=["가", "나"], price=[90, 100], base=[100, 100])
    records = [
        SimpleNamespace(name="가", price=90, base=100),
        SimpleNamespace(name="나", price=100, base=100),
    ]
    assert (
        rows.rows(columns, 2)
        == rows.rows(records, 2)
        == ('{"n":"가","p":"-90"},{"n":"나","p":"100"}')
    )


def test_elements_of_sequences_are_picked_by_their_place() -> None:
    fields = {f"p{n}": Field(source=f"prices.{n}", format="number") for n in (1, 2, 3)}
    record = SimpleNamespace(prices=(7, 8))
    assert json.loads(Projection(fields, "as-real").whole(record)) == {
        "p1": "7", "p2": "8", "p3": "",
    }  # fmt: skip
    columns = SimpleNamespace(prices=[(7, 8), (9,)])
    text = Projection(fields, "as-real").rows(columns, 2)
    assert json.loads(f"[{text}]")[1] == {"p1": "9", "p2": "", "p3": ""}
    assert split_source("prices.3") == ("prices", 2)
    assert split_source("name") == ("name", -1)


def test_an_answer_ends_with_the_return_code_as_a_number() -> None:
    body = json.loads(render(spec(reply={"n": NAME}), "as-real", SimpleNamespace(name="가")))
    assert body == {"n": "가", "return_code": 0, "return_msg": "정상적으로 처리되었습니다"}


@pytest.mark.parametrize("count", [0, 1])
def test_an_answer_with_a_list_has_it_even_if_it_is_empty(count: int) -> None:
    columns = SimpleNamespace(name=["가"])
    body = json.loads(render(spec(rows="list", row={"n": NAME}), "as-real", None, columns, count))
    assert body["list"] == [{"n": "가"}][:count]


@pytest.mark.parametrize(("count", "written"), [(1, b""), (1, b'{"n":"b"}'), (0, b'{"n":"b"}')])
def test_rows_that_are_written_already_follow_the_others(count: int, written: bytes) -> None:
    listed = spec(rows="list", row={"n": NAME}, reply={"m": NAME})
    columns, record = SimpleNamespace(name=["a"]), SimpleNamespace(name="c")
    body = json.loads(render(listed, "as-real", record, columns, count, written=written))
    assert [row["n"] for row in body["list"]] == ["a"][:count] + ["b"] * bool(written)
    assert (body["m"], body["return_code"]) == ("c", 0)


def test_a_push_is_an_object_of_texts() -> None:
    push = RealtimeSpec(type="0X", name="x", path="/x", source="test", values={"10": PRICE})
    assert render_values(push, "as-real", SimpleNamespace(price=5, base=5)) == '{"10":"5"}'


def test_texts_are_escaped_as_json_does_it() -> None:
    assert escaped('a"b\\c가') == 'a\\"b\\\\c가'

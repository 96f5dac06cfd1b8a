"""Check what rules get to see of requests, messages and frames."""

import pytest

from kiwoom_sim.observe.records import Record
from kiwoom_sim.protocol.messages import ApiRequest
from kiwoom_sim.runtime.facts import arrival_facts, handshake_facts, message_facts, request_facts

REQUEST = ApiRequest(
    method="POST",
    path="/api/dostk/chart",
    headers={"api-id": "ka10081"},
    body=b'{"stk_cd":"005930"}',
    connection=4,
    received_ms=9,
)


def test_request_body_is_read_only_if_asked_for() -> None:
    facts = request_facts(REQUEST, "key#1", "ka10081", with_body=True)
    assert (facts.api_id, facts.group, facts.client) == ("ka10081", "chart", "key#1")
    assert facts.body == {"stk_cd": "005930"}
    assert request_facts(REQUEST, "", "", with_body=False).body == {}


def test_messages_name_types_and_items_once() -> None:
    text = b'{"trnm":"REG","data":[{"item":["005930",""],"type":["0B","0D"]},{"item":["005930"]}]}'
    facts = message_facts("message", text, wire_ms=1, connection=2, key="", path="/p")
    assert (facts.api_id, facts.types, facts.codes) == ("REG", ("0B", "0D"), ("005930",))
    frame = b'{"trnm":"REAL","data":[{"type":"0B","name":"x","item":"000660","values":{}}]}'
    facts = message_facts("frame", frame, wire_ms=1, connection=2, key="", path="/p")
    assert (facts.types, facts.codes) == (("0B",), ("000660",))


@pytest.mark.parametrize(
    "text", [b"", b"\xff", b"[]", b'{"trnm": 7}', b'{"data": 1}', b"{", b"[" * 100_000]
)
def test_odd_messages_have_no_facts(text: bytes) -> None:
    facts = message_facts("message", text, wire_ms=1, connection=2, key="", path="/p")
    assert (facts.api_id, facts.types) == ("", ())


@pytest.mark.parametrize(
    ("text", "api", "codes"),
    [
        (b'{"type":"realtime_price","data":{"ticker":"005930"}}', "realtime_price", ("005930",)),
        (b'{"type":"subscribe","ticker":"005930"}', "subscribe", ("005930",)),
        (
            b'{"type":"subscribe","ticker":"005930","tickers":["000660","005930",7]}',
            "subscribe",
            ("005930", "000660"),
        ),
        (b'{"type":"ping"}', "ping", ()),
        (b'{"type":7,"ticker":5930,"tickers":"x","data":[]}', "", ()),
        (b"{", "", ()),
    ],
)
def test_messages_on_ws_name_their_type_and_tickers(
    text: bytes, api: str, codes: tuple[str, ...]
) -> None:
    facts = message_facts("frame", text, wire_ms=1, connection=2, key="", path="/ws")
    assert (facts.api_id, facts.codes, facts.group) == (api, codes, "ws")
    assert facts.types == ((api,) if codes else ())


def test_handshakes_show_their_headers() -> None:
    record = Record(ms=3, seq=1, conn=5, kind="open", door="ws", path="/p", headers={"a": "b"})
    facts = handshake_facts(record)
    assert (facts.moment, facts.client, dict(facts.headers)) == (
        "connect",
        "connection#5",
        {"a": "b"},
    )


def test_a_new_connection_has_said_nothing_yet() -> None:
    facts = arrival_facts(Record(ms=7, seq=1, conn=3, kind="open", door="rest"))
    assert (facts.door, facts.moment, facts.wire_ms, facts.client) == (
        "rest", "connect", 7, "connection#3",
    )  # fmt: skip

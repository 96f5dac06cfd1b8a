import json

import pytest

from kiwoom_sim.faults.effects import Reply
from kiwoom_sim.faults.kinds.http_error import HttpError
from tests.faults.test_occasion import occasion


def answer(kind: HttpError) -> Reply:
    (effect,) = kind.effects(occasion())
    assert isinstance(effect, Reply)
    return effect


def test_a_json_body_looks_like_the_brokers() -> None:
    reply = answer(HttpError(status=503))
    assert reply.status == 503
    assert reply.content_type == "application/json;charset=UTF-8"
    assert json.loads(reply.body) == {"return_code": 1, "return_msg": "503 Service Unavailable"}


def test_an_html_body_is_the_page_of_a_web_server() -> None:
    reply = answer(HttpError(status=502, body="html"))
    assert reply.content_type.startswith("text/html")
    assert b"<h1>502 Bad Gateway</h1>" in reply.body


def test_the_text_can_be_chosen() -> None:
    assert answer(HttpError(body="html", text="<p>점검 중</p>")).body == "<p>점검 중</p>".encode()
    assert "점검 중" in answer(HttpError(text="점검 중")).body.decode()


def test_an_empty_body_is_empty() -> None:
    assert answer(HttpError(status=504, body="empty")).body == b""
    assert HttpError(body="empty", text="x").mistake()
    assert not HttpError().mistake()


def test_retry_after_is_sent_only_on_request() -> None:
    assert answer(HttpError()).headers == ()
    assert answer(HttpError(retry_after=5)).headers == (("retry-after", "5"),)


@pytest.mark.parametrize("status", [299, 599])
def test_a_status_without_a_name_works(status: int) -> None:
    assert str(status).encode() in answer(HttpError(status=status)).body


def test_a_blocked_client_sees_the_firewalls_page() -> None:
    reply = answer(HttpError(status=400, body="firewall"))
    assert (reply.status, reply.content_type) == (400, "text/html; charset=UTF-8")
    assert b"Request Blocked" in reply.body
    assert answer(HttpError(body="firewall", text="no")).body == b"no"


def test_the_content_type_may_lie() -> None:
    reply = answer(HttpError(status=200, content_type="text/html"))
    assert reply.content_type == "text/html"
    assert json.loads(reply.body)["return_code"] == 1

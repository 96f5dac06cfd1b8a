from kiwoom_sim.faults.effects import Reply
from kiwoom_sim.faults.kinds.handshake_refused import HandshakeRefused
from tests.faults.test_occasion import occasion


def reply(kind: HandshakeRefused) -> Reply:
    (effect,) = kind.effects(occasion())
    assert isinstance(effect, Reply)
    return effect


def test_it_answers_with_a_page_an_object_or_nothing() -> None:
    page = reply(HandshakeRefused())
    assert (page.status, page.content_type) == (503, "text/html; charset=UTF-8")
    assert b"503 Service Unavailable" in page.body
    told = reply(HandshakeRefused(status=403, body="json"))
    assert told.body == b'{"return_code":1,"return_msg":"403 Forbidden"}'
    assert reply(HandshakeRefused(body="empty")).body == b""


def test_the_status_must_exist() -> None:
    assert HandshakeRefused().mistake() == ""
    assert HandshakeRefused(status=499).mistake() == "499 is no HTTP status"

from kiwoom_sim.faults.effects import Reply
from kiwoom_sim.faults.kinds.maintenance import Maintenance
from tests.faults.answers import at_the_socket, occasion


def page(kind: Maintenance) -> Reply:
    (effect,) = kind.effects(occasion(path="/oauth2/token"))
    assert isinstance(effect, Reply)
    return effect


def test_every_path_answers_the_page() -> None:
    reply = page(Maintenance())
    assert (reply.status, reply.content_type) == (200, "text/html; charset=UTF-8")
    assert "점검" in reply.body.decode()
    assert page(Maintenance(status=503, text="<p>")).body == b"<p>"


def test_the_page_can_claim_to_be_json() -> None:
    assert page(Maintenance(content_type="json")).content_type == "application/json;charset=UTF-8"
    assert not Maintenance().mistake()


def test_at_the_socket_only_handshakes_are_refused() -> None:
    (effect,) = Maintenance().effects(at_the_socket("connect"))
    assert isinstance(effect, Reply)
    assert effect.status == 503
    assert Maintenance.acts_on.moments == ("request", "connect")

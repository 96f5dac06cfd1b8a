from kiwoom_sim.faults.effects import Spoil
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.tokens import Token
from kiwoom_sim.runtime.access import spoil
from tests.protocol.playbook import token_book


def refusals(effect: Spoil, at_ms: int) -> tuple[str, str]:
    """Return how a call with the old token and a token call are refused later."""
    book = token_book(WireConfig())
    token = book.issue("app", "x", 0)
    assert isinstance(token, Token)
    spoil(book, 1, effect, 10)
    outcomes = book.check(token.text, at_ms), book.issue("app", "x", at_ms)
    first, second = (o.code if isinstance(o, Refused) else "" for o in outcomes)
    return first, second


def test_each_fault_of_a_token_does_what_it_says() -> None:
    assert refusals(Spoil("expired"), 11) == ("8005", "")
    assert refusals(Spoil("revoked"), 11) == ("8005", "")
    assert refusals(Spoil("superseded"), 11) == ("8005", "")
    assert refusals(Spoil("address"), 11) == ("8010", "")


def test_a_key_of_the_other_environment_is_one_for_its_time() -> None:
    assert refusals(Spoil("environment"), 80_000_000) == ("8031", "8030")
    assert refusals(Spoil("environment", for_ms=5), 14) == ("8031", "8030")
    assert refusals(Spoil("environment", for_ms=5), 15) == ("", "")

"""Check the forms of the token calls; how tokens live is checked with the token book."""

from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.token_calls import REFRESH, issue, revoke
from kiwoom_sim.protocol.tokens import Clocks, TokenBook

KEYS = {"appkey": "app", "secretkey": "secret"}


def book() -> TokenBook:
    return TokenBook(
        WireConfig(), (), seed=1, clocks=Clocks(epoch_ms=0, market_at=lambda wire_ms: wire_ms)
    )


def test_a_form_without_its_members_is_refused_by_name() -> None:
    tokens = book()
    assert issue(tokens, KEYS, 0) == Refused("8011")
    assert issue(tokens, {"grant_type": "password", **KEYS}, 0) == Refused("8012")
    assert issue(tokens, {"grant_type": "client_credentials"}, 0) == Refused("8020")
    assert revoke(tokens, KEYS, 0) == Refused("8016")
    assert revoke(tokens, {"token": "t"}, 0) == Refused("8020")


def test_only_the_older_grant_tells_the_life_that_is_left() -> None:
    given = issue(book(), {"grant_type": "client_credentials", **KEYS}, 0)
    assert isinstance(given, dict)
    assert set(given) == {"expires_dt", "token_type", "token"}
    older = issue(book(), {"grant_type": REFRESH, **KEYS}, 1_000, REFRESH)
    assert isinstance(older, dict)
    assert older["expires_in"] == 86_400


def test_a_revoked_token_is_dead() -> None:
    tokens = book()
    given = issue(tokens, {"grant_type": "client_credentials", **KEYS}, 0)
    assert isinstance(given, dict)
    text = str(given["token"])
    assert revoke(tokens, {"token": text, **KEYS}, 5) == {}
    assert tokens.find(text, 6) is None

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.clock import format_moment
from kiwoom_sim.protocol.config import AccountConfig, WireConfig
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.tokens import Token, TokenBook, token_text
from tests.protocol.playbook import EPOCH_MS, token_book

LIFE_MS = 86_400_000
ACCOUNTS = (
    AccountConfig(appkey="mine", secretkey="s3cret"),
    AccountConfig(appkey="demo", secretkey="s3cret", environment="demo"),
)


def issue(book: TokenBook, at_ms: int = 0, appkey: str = "app", word: str = "x") -> Token:
    token = book.issue(appkey, word, at_ms)
    assert isinstance(token, Token)
    return token


@given(st.integers(0, 2**63), st.integers(1, 10**6), st.integers(1, 10**6))
def test_token_text_is_86_safe_characters(seed: int, key: int, ordinal: int) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{86}", token_text(seed, key, ordinal))


def test_asking_again_brings_the_same_token_and_its_old_expiry() -> None:
    book = token_book(WireConfig())
    first = issue(book)
    assert first.expires_dt == format_moment(EPOCH_MS + LIFE_MS)
    assert issue(book, LIFE_MS - 1) == first


def test_a_token_dies_when_its_life_is_over_and_a_new_one_is_issued() -> None:
    book = token_book(WireConfig())
    first = issue(book)
    assert book.find(first.text, LIFE_MS - 1) == first
    assert book.find(first.text, LIFE_MS) is None
    second = issue(book, LIFE_MS)
    assert second.text != first.text
    assert book.find(first.text, LIFE_MS) is None
    assert second.expires_dt == format_moment(EPOCH_MS + 2 * LIFE_MS)


def test_the_life_that_is_left_counts_down_in_whole_seconds() -> None:
    token = issue(token_book(WireConfig()))
    left = [token.left_s(at_ms) for at_ms in (0, 1, LIFE_MS - 1_000, LIFE_MS - 1, LIFE_MS + 5_000)]
    assert left == [LIFE_MS // 1_000, LIFE_MS // 1_000 - 1, 1, 0, 0]


def test_superseding_kills_the_older_token_at_once() -> None:
    book = token_book(WireConfig(token_reissue="supersede"))
    first, second = issue(book, 0), issue(book, 1)
    assert book.find(first.text, 1) is None
    assert book.find(second.text, 1) == second


def test_expiry_may_follow_market_time() -> None:
    book = token_book(WireConfig(token_clock="market"))
    assert issue(book, 1_000).expires_dt == format_moment(1_774_000_000_000 + 60_000 + LIFE_MS)


def test_a_revoked_token_is_dead_and_the_next_one_is_new() -> None:
    book = token_book(WireConfig())
    first = issue(book)
    assert book.revoke(first.text, "app", "x", 1) is None
    assert book.find(first.text, 1) is None
    assert issue(book, 2).text != first.text
    again = book.revoke(first.text, "app", "x", 3)
    assert again is not None
    assert again.code == "8015"


def test_a_token_is_revoked_with_its_own_key_only() -> None:
    book = token_book(WireConfig())
    mine = issue(book)
    issue(book, appkey="other")
    refused = book.revoke(mine.text, "other", "x", 1)
    assert refused is not None
    assert book.find(mine.text, 1) == mine


@pytest.mark.parametrize(
    ("appkey", "secret", "code"),
    [("nobody", "s3cret", "8001"), ("mine", "wrong", "8002"), ("demo", "s3cret", "8030")],
)
def test_named_accounts_are_checked(appkey: str, secret: str, code: str) -> None:
    book = token_book(WireConfig(), ACCOUNTS)
    for outcome in (book.issue(appkey, secret, 0), book.revoke("t", appkey, secret, 0)):
        assert isinstance(outcome, Refused)
        assert outcome.code == code
    assert issue(book, appkey="mine", word="s3cret").key == 1


def test_keys_get_ordinals_in_order_of_appearance() -> None:
    book = token_book(WireConfig())
    assert [book.key(name) for name in ("b", "a", "b", "c")] == [1, 2, 1, 3]
    assert book.known("zzz") == 0


def test_another_key_does_not_change_the_tokens_of_the_first() -> None:
    alone, together = token_book(WireConfig()), token_book(WireConfig())
    first = issue(alone)
    assert issue(together) == first
    issue(together, appkey="other")
    assert alone.revoke(first.text, "app", "x", 1) == together.revoke(first.text, "app", "x", 1)
    assert issue(together, 2) == issue(alone, 2)


def test_another_seed_issues_other_tokens() -> None:
    assert issue(token_book(WireConfig(), seed=1)) != issue(token_book(WireConfig(), seed=2))


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), st.integers(0, 40_000_000))))
def test_a_key_has_at_most_one_live_token(steps: list[tuple[str, bool, int]]) -> None:
    book = token_book(WireConfig(token_reissue="supersede"))
    now, issued = 0, set()
    for appkey, revoke, passed in steps:
        now += passed
        token = issue(book, now, appkey)
        issued.add(token.text)
        if revoke:
            book.revoke(token.text, appkey, "x", now)
        live = [found for text in sorted(issued) if (found := book.find(text, now))]
        assert len({found.key for found in live}) == len(live)


def test_forgotten_tokens_are_dead_and_their_texts_never_come_back() -> None:
    book = token_book(WireConfig())
    old = issue(book, 0)
    book.banish(old.key, None)
    book.forget()
    assert book.find(old.text, 1) is None
    new = issue(book, 1)
    assert (new.key, new.text != old.text) == (old.key, True)


def refusal(outcome: Token | Refused) -> str:
    return outcome.code if isinstance(outcome, Refused) else ""


def test_a_killed_token_is_refused_and_the_next_one_is_new() -> None:
    book = token_book(WireConfig())
    book.kill(1)
    first = issue(book)
    assert book.check(first.text, 0) == first
    book.kill(first.key)
    assert refusal(book.check(first.text, 0)) == "8005"
    second = issue(book)
    assert (second.text != first.text, book.check(second.text, 0)) == (True, second)
    assert (book.owner(first.text), book.owner(second.text), book.owner("x")) == (1, 1, 0)


def test_a_moved_token_is_refused_with_8010_until_a_new_one_is_asked_for() -> None:
    book = token_book(WireConfig())
    book.move(1)
    first = issue(book)
    book.move(first.key)
    assert refusal(book.check(first.text, 0)) == "8010"
    assert book.find(first.text, 0) == first
    second = issue(book)
    assert book.check(second.text, 0) == second
    assert refusal(book.check(first.text, 0)) == "8005"


def test_a_banished_key_gets_8030_and_its_token_8031_for_as_long() -> None:
    book = token_book(WireConfig())
    first = issue(book)
    book.banish(first.key, 100)
    book.banish(first.key, 50)
    assert refusal(book.check(first.text, 99)) == "8031"
    assert refusal(book.issue("app", "x", 99)) == "8030"
    assert refusal(book.issue("other", "x", 99)) == ""
    assert book.check(first.text, 100) == issue(book, 100) == first
    book.banish(first.key, None)
    assert refusal(book.check(first.text, LIFE_MS - 1)) == "8031"

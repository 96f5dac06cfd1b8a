"""Every movement has two sides, is taken whole or not at all, and everything sums to zero."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.accounts.ledger import WON, Ledger, Line, UnbalancedError


def test_a_movement_that_does_not_balance_is_refused_and_changes_nothing() -> None:
    ledger = Ledger()
    ledger.post(1, "deposit", [Line(1, "cash", "", WON, 5), Line(1, "equity", "", WON, -5)])
    before = list(ledger.entries), ledger.sums(), ledger.details(1, "holding")
    with pytest.raises(UnbalancedError, match=r"buy does not balance: \{'KRW': 1\}"):
        ledger.post(2, "buy", [Line(1, "cash", "", WON, -4), Line(1, "holding", "A", WON, 5)])
    assert (list(ledger.entries), ledger.sums(), ledger.details(1, "holding")) == before
    assert (ledger.balance(1, "cash"), ledger.balance(1, "holding", "A")) == (5, 0)


def test_shares_are_no_money() -> None:
    with pytest.raises(UnbalancedError, match="'005930': 1"):
        Ledger().post(
            1, "gift", [Line(1, "shares", "005930", "005930", 1), Line(1, "cash", "", WON, -1)]
        )


def test_lines_of_nothing_leave_no_trace() -> None:
    ledger = Ledger()
    ledger.post(1, "nothing", [Line(1, "cash", "", WON, 0), Line(1, "due", "20", WON, 0)])
    assert (ledger.entries, ledger.details(1, "due"), ledger.sums()) == ([], (), {})


def test_an_account_is_summed_over_its_details_and_kept_apart_by_owner_and_unit() -> None:
    ledger = Ledger()
    for owner, detail, amount in ((1, "20", 3), (1, "21", 4), (2, "20", 100)):
        ledger.post(
            1, "due", [Line(owner, "due", detail, WON, amount), Line(0, "market", "", WON, -amount)]
        )
    ledger.post(2, "more", [Line(1, "due", "20", "USD", 9), Line(0, "market", "", "USD", -9)])
    assert (ledger.total(1, "due"), ledger.total(2, "due"), ledger.total(1, "due", "USD")) == (
        7, 100, 9,
    )  # fmt: skip
    assert ledger.details(1, "due") == ("20", "21")
    assert [entry.reason for entry in ledger.of(2)] == ["due"]
    assert ledger.sums() == {WON: 0, "USD": 0}


_PLACES = st.tuples(st.integers(0, 2), st.sampled_from("ab"), st.sampled_from(["", "x"]))
_MOVES = st.tuples(_PLACES, _PLACES, st.sampled_from([WON, "S"]), st.integers(-50, 50))


@given(st.lists(_MOVES, max_size=30), st.integers(1, 9))
def test_balances_are_the_sums_of_the_entries_whatever_was_refused(
    moves: list[tuple[tuple[int, str, str], tuple[int, str, str], str, int]], wrong: int
) -> None:
    ledger = Ledger()
    for number, (here, there, unit, amount) in enumerate(moves):
        lines = [Line(*here, unit, amount), Line(*there, unit, -amount)]
        ledger.post(number, "move", lines)
        with pytest.raises(UnbalancedError):
            ledger.post(number, "wrong", [*lines, Line(*here, unit, wrong)])
    kept: dict[tuple[int, str, str, str], int] = {}
    for entry in ledger.entries:
        for line in entry.lines:
            place = line.owner, line.name, line.detail, line.unit
            kept[place] = kept.get(place, 0) + line.amount
    for (owner, name, detail, unit), amount in kept.items():
        assert ledger.balance(owner, name, detail, unit) == amount
    assert not any(ledger.sums().values())
    for owner in range(3):
        for name in "ab":
            whole = sum(
                amount
                for (who, what, _, unit), amount in kept.items()
                if (who, what, unit) == (owner, name, WON)
            )
            assert ledger.total(owner, name) == whole

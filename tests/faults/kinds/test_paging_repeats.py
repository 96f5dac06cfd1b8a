from kiwoom_sim.faults.effects import Amend
from kiwoom_sim.faults.kinds.paging_repeats import PagingRepeats
from tests.faults.answers import occasion


def test_the_next_page_becomes_the_first() -> None:
    asked = occasion(cont_yn="y", next_key="A00593020260320")
    assert PagingRepeats().effects(asked) == (Amend((("cont-yn", "N"), ("next-key", ""))),)


def test_a_first_page_is_left_alone() -> None:
    assert PagingRepeats().effects(occasion(cont_yn="N", next_key="")) == ()
    assert PagingRepeats().effects(occasion()) == ()
    assert not PagingRepeats().mistake()

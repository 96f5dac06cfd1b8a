from kiwoom_sim.faults.kinds.paging_cut import PagingCut
from tests.faults.answers import answer, changed, leaves_alone


def test_a_page_in_between_looks_like_the_last() -> None:
    sent = changed(PagingCut(), answer(cont_yn="Y", next_key="A1"))
    assert sent == answer()


def test_the_last_page_is_left_alone() -> None:
    assert leaves_alone(PagingCut(), answer())
    assert not PagingCut().mistake()

from kiwoom_sim.faults.effects import Alter
from kiwoom_sim.faults.kinds.paging_endless import PagingEndless
from tests.faults.answers import REFUSAL, answer, changed, leaves_alone, occasion


def way_back(**headers: str) -> dict[str, str]:
    (effect,) = PagingEndless().effects(occasion(**headers))
    assert isinstance(effect, Alter)
    return dict(effect.headers)


def test_the_last_page_has_a_next_one() -> None:
    only = changed(PagingEndless())
    assert (only.header("cont-yn"), only.header("next-key")) == ("Y", "~")
    last = changed(PagingEndless(), cont_yn="Y", next_key="A1")
    assert (last.header("cont-yn"), last.header("next-key")) == ("Y", "~A1")
    again = changed(PagingEndless(), cont_yn="Y", next_key="~A1")
    assert (again.header("cont-yn"), again.header("next-key")) == ("Y", "~A1")
    assert again.body == answer().body


def test_its_key_leads_back_to_the_last_page() -> None:
    assert way_back() == {}
    assert way_back(cont_yn="Y", next_key="A1") == {}
    assert way_back(cont_yn="Y", next_key="~A1") == {"cont-yn": "Y", "next-key": "A1"}
    assert way_back(cont_yn="Y", next_key="~") == {"cont-yn": "N", "next-key": ""}


def test_other_pages_and_refusals_are_left_alone() -> None:
    assert leaves_alone(PagingEndless(), answer(cont_yn="Y", next_key="A1"))
    assert leaves_alone(PagingEndless(), answer(REFUSAL))
    assert not PagingEndless().mistake()

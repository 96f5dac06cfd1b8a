import json

import pytest

from kiwoom_sim.faults.kinds.encoding import Encoding
from tests.faults.answers import CHART, answer, changed, leaves_alone


@pytest.mark.parametrize(
    ("to", "codec"), [("euc-kr", "euc-kr"), ("utf-8-bom", "utf-8-sig"), ("utf-16", "utf-16-le")]
)
def test_the_text_is_the_same_in_another_encoding(to: str, codec: str) -> None:
    kind = Encoding(to=to)  # type: ignore[arg-type] # one of the three
    sent = changed(kind)
    assert sent.body != answer().body
    assert sent.content_type == answer().content_type
    assert json.loads(sent.body.decode(codec)) == CHART
    assert not kind.mistake()


def test_euc_kr_is_no_utf_8_and_has_a_question_mark_for_what_it_lacks() -> None:
    with pytest.raises(UnicodeDecodeError):
        changed(Encoding()).body.decode()
    assert changed(Encoding(), answer({"a": "😀가"})).body == '{"a":"?가"}'.encode("euc-kr")


def test_a_body_that_comes_out_the_same_is_left_alone() -> None:
    assert leaves_alone(Encoding(), answer({"a": "1"}))

import pytest

from kiwoom_sim.market.basis import LiveSymbols, LiveUniverse
from kiwoom_sim.market.intraday.blocks import Blocks
from kiwoom_sim.market.views.charts import Charts


@pytest.mark.parametrize(("asked", "answering"), [(LiveSymbols, Charts), (LiveUniverse, Blocks)])
def test_the_market_answers_what_is_asked_of_it(asked: type, answering: type) -> None:
    questions = [name for name in vars(asked) if not name.startswith("_")]
    assert questions
    assert all(callable(getattr(answering, name, None)) for name in questions)

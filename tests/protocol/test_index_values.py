from kiwoom_sim.protocol.index_values import IndexLine, index_values
from tests.protocol import samples


def test_a_line_follows_from_the_quote() -> None:
    line = IndexLine(**index_values(samples.index_quote()))
    assert (line.change, line.rate, line.sign) == (8_120, 142, "2")
    assert line.traded_share == 9_880
    assert line.volume_change == -1_000
    assert line.time == samples.NOON


def test_a_closing_value_is_marked_by_a_negative_time() -> None:
    assert IndexLine(**index_values(samples.index_quote(), closing=True)).time == -samples.NOON

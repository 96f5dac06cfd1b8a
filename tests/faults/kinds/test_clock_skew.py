from kiwoom_sim.faults.effects import Backdate, Replace
from kiwoom_sim.faults.kinds.clock_skew import ClockSkew
from tests.faults.answers import occasion
from tests.faults.test_occasion import frame_occasion


def test_the_clock_is_behind_or_ahead() -> None:
    assert ClockSkew(behind_market_ms=5).effects(occasion()) == (Backdate(behind_ms=5),)
    assert ClockSkew(ahead_market_ms=5).effects(occasion()) == (Backdate(behind_ms=-5),)


def test_tokens_go_by_the_right_clock() -> None:
    assert ClockSkew(behind_market_ms=5).effects(occasion(path="/oauth2/token")) == ()


def test_frames_tell_the_wrong_time_and_true_values() -> None:
    row = b'{"trnm":"REAL","data":[{"type":"0B","values":{"10":"+70000","20":"093001"}}]}'
    late = ClockSkew(behind_market_ms=90_000).effects(frame_occasion(row))
    assert late == (Replace(row.replace(b"093001", b"092831")),)
    assert ClockSkew(ahead_market_ms=5).effects(frame_occasion()) == ()


def test_it_is_one_of_both() -> None:
    assert ClockSkew().mistake()
    assert ClockSkew(behind_market_ms=5, ahead_market_ms=5).mistake()
    assert not ClockSkew(ahead_market_ms=5).mistake()

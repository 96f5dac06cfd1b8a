from kiwoom_sim.faults.transmission import Pace, Transmit


def test_a_body_is_kept_by_share_or_by_bytes() -> None:
    assert Transmit().kept(10) == 10
    assert Transmit(keep_bps=2_500).kept(10) == 2
    assert Transmit(keep_bytes=3).kept(10) == 3
    assert Transmit(keep_bytes=30).kept(10) == 10


def test_the_first_of_two_wins_where_they_differ() -> None:
    slow, cut = Transmit(body=Pace(1, 1), keep_bps=900), Transmit(keep_bps=5_000, end="close")
    assert slow.joined(cut) == Transmit(body=Pace(1, 1), keep_bps=900, end="close")
    assert cut.joined(slow).keep_bps == 5_000


def test_what_is_silent_unasked_or_nonsense_is_lost() -> None:
    assert not Transmit(keep_bps=0).is_lost
    for lost in (Transmit(unasked=True), Transmit(silent=True), Transmit(garbage=b"x")):
        assert lost.is_lost

"""Check that a lane keeps its newest lines, digests all of them and marks what it dropped."""

import hashlib
from pathlib import Path

from kiwoom_sim.observe.lane import SEGMENTS_PER_LANE, Lane, lane_files


def test_lines_are_kept_in_order(tmp_path: Path) -> None:
    lane = Lane("rest", tmp_path, 1_000)
    lane.write([b"1", b"2"])
    lane.write([b"3"])
    assert [path.read_bytes() for path in lane_files(tmp_path, "rest")] == [b"1\n2\n3\n"]
    assert lane.digest == hashlib.sha256(b"1\n2\n3\n").hexdigest()
    assert lane.count == 3


def test_old_segments_become_markers(tmp_path: Path) -> None:
    lane = Lane("ws", tmp_path, 40)
    for number in range(10):
        lane.write([b"%08d" % number])
    files = lane_files(tmp_path, "ws")
    assert len(files) == 10
    assert sum(b"dropped" in path.read_bytes() for path in files) == 10 - SEGMENTS_PER_LANE
    assert files[-1].read_bytes() == b"00000009\n"


def test_digest_does_not_depend_on_files_or_batches(tmp_path: Path) -> None:
    kept, unkept = Lane("a", tmp_path, 20), Lane("a", None, 20)
    kept.write([b"x", b"y"])
    unkept.write([b"x"])
    unkept.write([b"y"])
    unkept.write([])
    assert kept.digest == unkept.digest

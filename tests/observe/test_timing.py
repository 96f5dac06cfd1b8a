"""Check that timings are written, and only where a run is kept."""

from pathlib import Path

from kiwoom_sim.observe.timing import FILE_NAME, TimingLog


def test_timings_are_lines(tmp_path: Path) -> None:
    timing = TimingLog(tmp_path)
    timing.answered(1, 250)
    timing.flush()
    timing.flush()
    assert (tmp_path / FILE_NAME).read_text() == '{"seq":1,"us":250}\n'


def test_nothing_is_written_without_a_directory() -> None:
    timing = TimingLog(None)
    timing.answered(1, 250)
    timing.flush()

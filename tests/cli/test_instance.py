"""Check that a record names its own process only, and that the lock has one holder."""

import subprocess
import sys
from pathlib import Path

import msgspec
import psutil
import pytest

from kiwoom_sim.cli import instance
from kiwoom_sim.cli.instance import State, state_of
from kiwoom_sim.errors import StartError
from kiwoom_sim.observe.run_directory import RUNS
from tests.cli.background import Place, place, until

__all__ = ["place"]


def test_what_is_written_is_read(place: Place) -> None:
    assert place.state.read() is None
    written = place.record(1, 2.5)
    assert place.state.read() == written
    place.state.clear()
    assert place.state.read() is None
    place.state.clear()


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"pid": "one"}', b"\xff\x00"])
def test_a_damaged_record_is_told(place: Place, damage: bytes) -> None:
    place.record(1, 2.5)
    place.state.record.write_bytes(damage)
    with pytest.raises(ValueError, match=r"instance\.json: cannot be read"):
        place.state.read()


def test_a_ready_file_counts_when_it_is_whole(place: Place) -> None:
    assert place.state.read_ready() is None
    place.state.directory.mkdir(parents=True)
    place.state.ready.write_text('{"rest": "http://127.0.0.1:1", "ws": ')
    assert place.state.read_ready() is None
    ready = instance.Ready(
        rest="http://127.0.0.1:1", ws="ws://127.0.0.1:2", control="http://127.0.0.1:3",
        run="a-1", pid=3,
    )  # fmt: skip
    place.state.ready.write_bytes(msgspec.json.encode(ready))
    assert place.state.read_ready() == ready


def test_a_process_is_known_by_its_pid_and_when_it_was_created(place: Place) -> None:
    with subprocess.Popen(["sleep", "600"]) as child:
        created_s = psutil.Process(child.pid).create_time()
        ours, reused = place.record(child.pid, created_s), place.record(child.pid, created_s - 60)
        try:
            found = place.state.process_of(ours)
            assert found is not None
            assert found.pid == child.pid
            assert place.state.process_of(reused) is None
        finally:
            child.kill()
        until(lambda: psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE)
        assert place.state.process_of(ours) is None, "it has ended, its parent did not look yet"
    assert place.state.process_of(ours) is None


def test_a_clock_that_was_set_does_not_hide_our_process(place: Place) -> None:
    code = "import sys; sys.stdin.read()"
    flag = f"--ready-file={place.state.ready}"
    with subprocess.Popen([sys.executable, "-c", code, flag], stdin=subprocess.PIPE) as child:
        recorded = place.record(child.pid, 1.0)
        found = place.state.process_of(recorded)
        assert child.stdin is not None
        child.stdin.close()
        assert found is not None


def test_the_lock_has_one_holder(place: Place) -> None:
    other = State(place.state.directory)
    with place.state.locked(0), pytest.raises(StartError, match="at work"), other.locked(0.1):
        pass
    with other.locked(0):
        pass


def test_a_state_that_cannot_be_kept_is_told(place: Place) -> None:
    place.runs.write_text("a file where the directory should be")
    with pytest.raises(StartError, match="cannot be kept there"), place.state.locked(0):
        pass


def test_a_large_log_is_put_aside(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "LOG_BYTES_MAX", 5)
    place.state.directory.mkdir(parents=True)
    for text in (b"one ", b"two ", b"three"):
        with place.state.open_log() as log:
            log.write(text)
    assert place.state.log.read_bytes() == b"three"
    assert place.state.log.with_name("log.1.txt").read_bytes() == b"one two "


def test_the_state_is_among_the_runs_unless_it_is_named(place: Place) -> None:
    usual = state_of(None, Path(RUNS))
    assert (usual.directory, usual.options) == (Path.cwd() / RUNS / "up", "")
    among = state_of(None, place.runs)
    assert (among.directory, among.options) == (place.runs / "up", f" --runs {place.runs}")
    named = state_of(Path("my state"), place.runs)
    assert (named.directory, named.options) == (Path.cwd() / "my state", " --state 'my state'")

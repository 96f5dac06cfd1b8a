"""Check what counters say, and that nothing is told that did not happen."""

import subprocess
import sys

from kiwoom_sim.observe.metrics import Metrics
from kiwoom_sim.observe.summary import markdown, seen


def test_what_never_happened_is_left_out() -> None:
    assert seen({}) == [("requests", "0"), ("faults", "none injected")]
    assert seen(Metrics().summary()) == seen({})


def test_it_loads_nothing_that_takes_time() -> None:
    code = "import sys, kiwoom_sim.observe.summary; print('msgspec' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_markdown_is_a_table_that_no_text_breaks() -> None:
    text = markdown("kiwoom-sim", [("a", "x|y\nz")], "replay it", ["no limits"])
    assert "### kiwoom-sim\n\n| | |\n|---|---|\n| a | x\\|y z |\n" in text
    assert "- no limits\n" in text
    assert "```sh\nreplay it\n```\n" in text
    assert "```" not in markdown("kiwoom-sim", [("a", "b")], "")

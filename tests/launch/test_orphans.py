"""Check that what leaves its process group is found and ended, in a process of its own."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="adoption is Linux'")

DAEMON = """
import os, sys, time
if os.fork():
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
with open(sys.argv[1] + ".part", "w") as file:
    file.write(str(os.getpid()))
os.rename(sys.argv[1] + ".part", sys.argv[1])
time.sleep(600)
"""
OWNER = """
import os, psutil, subprocess, sys, time
from kiwoom_sim.launch import orphans
with orphans.adopted():
    subprocess.run([sys.executable, "-c", sys.argv[1], sys.argv[2]], check=True)
    spared = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    while not os.path.exists(sys.argv[2]):
        time.sleep(0.005)
    orphans.end(spared=[spared.pid])
    assert spared.poll() is None
    orphans.end()
    spared.wait()
    assert not psutil.Process().children()
"""


def test_a_daemon_is_ended_with_its_client(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    subprocess.run([sys.executable, "-c", OWNER, DAEMON, str(mark)], check=True, timeout=60)
    assert not psutil.pid_exists(int(mark.read_text()))

"""Check that an isolated client reaches the simulator by the broker's names, and nothing else."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from kiwoom_sim.errors import StartError
from kiwoom_sim.launch import isolation
from kiwoom_sim.launch.cell import Cell, Opening
from tests.launch import connects
from tests.launch.isolated import need_namespaces

ROOT = Path(__file__).parents[2]
WAIT_S = 120
SMALL = """
schema = 1
[market]
symbols = ["005930"]
[doors]
rest = 0
ws = 0
"""


def run(
    directory: Path, *words: str, under: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run a client beside the simulator, with variables that would lead it astray."""
    (directory / "small.toml").write_text(SMALL)
    astray = {"HTTPS_PROXY": "http://192.0.2.1:3128", "KIWOOM_BASE_URL": "https://192.0.2.1"}
    return subprocess.run(
        [*under, sys.executable, "-m", "kiwoom_sim", "run", "small.toml", *words],
        cwd=directory, capture_output=True, text=True, timeout=WAIT_S, check=False,
        env={**os.environ, **astray, "KIWOOM_SIM_LANG": "en", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def run_all(directory: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run every kind of client, none of which is told where the broker is; trace their connects."""
    script = str(Path(__file__).with_name("hard_coded.py"))
    traced = () if connects.reason_against() else (*connects.TRACED, "trace.txt")
    command = [*traced, sys.executable, script, "found.json"]
    done = run(directory, *options, "--timeout", "100s", "--", *command)
    assert done.returncode == 0, done.stderr
    return done


def assert_found(found: dict[str, Any], name: str) -> None:
    """Check what one kind of client found; skip it if it is not here."""
    is_missing = found[name] is None or (name == "ws" and found[name] == "missing")
    if is_missing and os.environ.get("REQUIRE_SYSTEM") != "1":
        pytest.skip(f"{name} is missing")
    if name == "curl":
        assert found[name].endswith("}200")
    else:
        assert found[name] == FOUND[name]


FOUND: dict[str, object] = {
    "with_kiwoom_client": [0, "REAL"],
    "with_kiwoom_rest": [0, "REAL"],
    "with_kiwoom_playground": [0, "REAL"],
    "plain sockets": ["200", "200"],
    "curl": "an answer that ends with its status",
    "fetch": 0,
    "upgrade": 101,
    "ws": "REAL",
    "outside": "ENETUNREACH",
}
"""What each kind of client finds; the last five are curl's and Node's."""


def results_of(directory: Path) -> dict[str, Any]:
    """Return what each kind of client found; Node's have names of their own."""
    results: dict[str, Any] = json.loads((directory / "found.json").read_text())
    told = results["node"]
    empty = dict.fromkeys(("fetch", "upgrade", "ws", "outside"))
    return results | (empty if told is None else json.loads(told))


@pytest.fixture(scope="module")
def isolated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory in which every kind of client ran, isolated."""
    need_namespaces()
    directory = tmp_path_factory.mktemp("isolated")
    run_all(directory)
    return directory


@pytest.fixture(scope="module")
def found(isolated: Path) -> dict[str, Any]:
    return results_of(isolated)


@pytest.mark.system
@pytest.mark.parametrize("name", list(FOUND))
def test_every_client_finds_the_simulator_at_the_urls_it_has(
    found: dict[str, Any], name: str
) -> None:
    assert_found(found, name)


def assert_all_stayed(directory: Path) -> None:
    """Check that no connect left the machine; skip it where nothing can be traced."""
    reason = connects.reason_against()
    if reason == "strace is missing" and os.environ.get("REQUIRE_SYSTEM") == "1":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    stayed, left = connects.outside(directory / "trace.txt")
    assert left == []
    assert stayed >= 8  # three REST clients, their three sockets, two plain ones


@pytest.mark.system
def test_no_connect_leaves_the_machine(isolated: Path) -> None:
    assert_all_stayed(isolated)


def test_a_connect_that_left_would_be_seen(tmp_path: Path) -> None:
    trace = tmp_path / "trace.txt"
    at = 'connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("%s")}, 16)'
    six = 'connect(3, {sa_family=AF_INET6, sin6_port=htons(1), inet_pton(AF_INET6, "%s", &a)}, 28)'
    lines = [
        f"7 {at % '127.0.0.1'} = 0",
        f"7 {six % '::1'} = -1 EINPROGRESS (Operation now in progress)",
        f"7 {at % '1.1.1.1'} = -1 ENETUNREACH (Network is unreachable)",
        f"7 {at % '1.1.1.2'} = -1 EINPROGRESS (Operation now in progress)",
        f"7 {six % '2606:4700::1'} = 0",
        f"8 {at % '1.1.1.3'} <unfinished ...>",
        "9 --- SIGCHLD ---",
        "8 <... connect resumed>) = 0",
        '7 connect(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0',
    ]
    trace.write_text("\n".join(lines).replace("16) <unf", "16 <unf"))
    stayed, left = connects.outside(trace)
    assert stayed == 2
    assert [line.split()[0] for line in left] == ["7", "7", "8"]


@pytest.mark.system
def test_nothing_leaves(found: dict[str, Any]) -> None:
    assert found["ip"] == found["ipv6"] == "ENETUNREACH"
    assert found["name"] == "no such name"
    assert found["routes"] == []
    assert found["devices"] == ["lo"]
    assert found["proxies"] == []


@pytest.mark.system
def test_it_stays_who_it_is(found: dict[str, Any]) -> None:
    assert found["ids"] == [os.getuid(), os.getgid()]


@pytest.mark.system
def test_a_service_that_is_allowed_is_reached_and_no_other(tmp_path: Path) -> None:
    need_namespaces()
    code = """
import os, socket, sys
def word(port):
    try:
        with socket.create_connection(("localhost", port), timeout=30) as sock:
            return sock.makefile().read()
    except OSError as error:
        return os.strerror(error.errno)
print([word(int(port)) for port in sys.argv[1:]])
"""
    with (
        socket.create_server(("127.0.0.1", 0)) as allowed,
        socket.create_server(("127.0.0.1", 0)) as other,
    ):
        ports = [str(listener.getsockname()[1]) for listener in (allowed, other)]

        async def serve() -> subprocess.CompletedProcess[str]:
            async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                writer.write(b"hello")
                writer.close()

            async with await asyncio.start_server(greet, sock=allowed):
                words = ["--allow", f"localhost:{ports[0]}", "--", sys.executable, "-c", code]
                return await asyncio.to_thread(run, tmp_path, *words, *ports)

        done = asyncio.run(serve())
    assert done.stdout == "['hello', 'Connection refused']\n", done.stderr


@pytest.mark.system
def test_sockets_that_were_bound_inside_are_served_outside() -> None:
    need_namespaces()
    cell = Cell(
        openings=(Opening(host="127.0.0.1", port=443), Opening(host="192.0.2.7", port=80)),
        addresses=("192.0.2.7",),
    )
    code = """
import socket
for host, port in (("127.0.0.1", 443), ("192.0.2.7", 80)):
    socket.create_connection((host, port), timeout=30).close()
try:
    socket.create_connection(("192.0.2.8", 80), timeout=30)
except OSError as error:
    raise SystemExit(error.errno)
"""

    async def story() -> int:
        client, listeners = await isolation.start([sys.executable, "-c", code], os.environ, cell)
        for listener in listeners:
            with listener:
                listener.settimeout(30)
                (await asyncio.to_thread(listener.accept))[0].close()
        return await client.wait()

    assert asyncio.run(story()) == 101  # ENETUNREACH


@pytest.mark.system
def test_a_program_that_cannot_be_run_is_told(tmp_path: Path) -> None:
    need_namespaces()

    async def story() -> None:
        await isolation.start([str(tmp_path / "nothing")], os.environ, Cell(openings=()))

    with pytest.raises(StartError, match="nothing: No such file"):
        asyncio.run(story())


@pytest.mark.skipif(sys.platform != "linux", reason="what Linux refuses")
def test_what_the_system_does_not_permit_is_told_and_nothing_runs(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    touch = shutil.which("touch") or "touch"
    cell = Cell(openings=(), mounts=((str(tmp_path / "no"), str(tmp_path / "where")),))

    async def story() -> None:
        await isolation.start([touch, str(mark)], os.environ, cell)

    with pytest.raises(StartError, match="--no-isolate") as caught:
        asyncio.run(story())
    assert "cannot be isolated" in str(caught.value)
    assert not mark.exists()


def test_other_systems_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiwoom_sim.launch.isolation.sys.platform", "darwin")
    with pytest.raises(StartError, match="only Linux"):
        asyncio.run(isolation.start(["true"], {}, Cell(openings=())))


@pytest.mark.system
def test_without_isolation_clients_are_led_to_us_all_the_same(tmp_path: Path) -> None:
    done = run_all(tmp_path, "--no-isolate")
    assert "warning: the client is not isolated" in done.stderr
    results = results_of(tmp_path)
    for name in FOUND:
        if results[name] is not None:
            assert_found(results, name)
    assert results["ip"] == "ENETUNREACH"
    assert results["name"] == "no such name"
    assert_all_stayed(tmp_path)


@pytest.mark.system
def test_an_ordinary_user_needs_no_privilege(tmp_path: Path) -> None:
    need_namespaces()
    if os.geteuid() != 0:
        pytest.skip("all tests here run as an ordinary user")
    if shutil.which("setpriv") is None or shutil.which("curl") is None:
        pytest.skip("setpriv or curl is missing")
    # It may read what root may, since this Python may be root's; it has no other right.
    only = "-all,+dac_read_search"
    user = ["--reuid", "10001", "--regid", "10001", "--clear-groups"]
    rights = [f"--{name}={only}" for name in ("inh-caps", "ambient-caps", "bounding-set")]
    ask = "id -u; id -g; grep CapEff /proc/self/status; curl -s https://api.kiwoom.com/health"
    with tempfile.TemporaryDirectory() as place:  # pytest's own are closed to others
        os.chown(place, 10_001, 10_001)
        runs = ("--runs", f"{place}/runs")
        done = run(Path(place), *runs, "--", "sh", "-c", ask, under=("setpriv", *user, *rights))
    assert done.returncode == 0, done.stderr
    uid, gid, rights_left, health = done.stdout.splitlines()
    assert (uid, gid) == ("10001", "10001")
    assert int(rights_left.split()[1], 16) == 0
    assert json.loads(health)["service"] == "kiwoom-sim"


@pytest.mark.system
def test_where_it_is_not_permitted_nothing_runs_and_it_says_what_would_help(
    tmp_path: Path,
) -> None:
    need_namespaces()
    if shutil.which("unshare") is None:
        pytest.skip("unshare is missing")
    forbid = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    under = ("unshare", "--user", "--map-root-user", "sh", "-c", forbid, "sh")
    done = run(tmp_path, "--", "touch", "ran", under=under)
    assert done.returncode == 3, done.stderr
    for word in ("cannot be isolated", "--no-isolate", "sysctl user.max_user_namespaces"):
        assert word in done.stderr
    assert not (tmp_path / "ran").exists()


def test_what_forbids_it_is_named(tmp_path: Path) -> None:
    assert isolation.hint(tmp_path) == ""
    (tmp_path / "kernel").mkdir()
    restricted = tmp_path / "kernel" / "apparmor_restrict_unprivileged_userns"
    restricted.write_text("0\n")
    assert isolation.hint(tmp_path) == ""
    restricted.write_text("1\n")
    assert "apparmor_restrict_unprivileged_userns=0" in isolation.hint(tmp_path)

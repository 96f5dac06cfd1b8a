"""Check our GitHub Action and workflows: their schema, their scripts, and what the action does."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest
import yaml

from tests.ci.composite import ROOT, Job, action, clean_environment
from tests.launch.isolated import need_namespaces

ANY_PORTS = "--rest-port 0 --ws-port 0"
SMALL = 'schema = 1\nseed = 5\n[market]\nsymbols = ["005930"]\n'
WORKFLOWS = [*ROOT.glob(".github/workflows/*.yml"), *ROOT.glob("examples/**/*actions/*.yml")]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment like the one the action installs, made of what this one has."""
    home = tmp_path_factory.mktemp("installed") / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    places = [
        str(ROOT),
        *dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib")),
    ]
    variables = {"base": str(home), "platbase": str(home)}
    own = Path(sysconfig.get_path("purelib", scheme="venv", vars=variables))
    (own / "dependencies.pth").write_text("\n".join(places) + "\n", encoding="utf-8")
    (home / "installed").write_text(f"{ROOT}\n", encoding="utf-8")
    return home


@pytest.fixture
def job(tmp_path: Path) -> Job:
    for name in ("temp", "workspace"):
        (tmp_path / name).mkdir()
    workspace = tmp_path / "workspace"
    (workspace / "small.toml").write_text(SMALL, encoding="utf-8")
    return Job(tmp_path / "temp", workspace, clean_environment())


@pytest.fixture
def ready_job(job: Job, installed: Path) -> Iterator[Job]:
    """Return a job in which kiwoom-sim is installed already; no simulator outlives it."""
    (job.temp / "kiwoom-sim").mkdir()
    (job.temp / "kiwoom-sim" / "python").symlink_to(installed, target_is_directory=True)
    yield job
    python = installed / "bin" / "python"
    down = ["-m", "kiwoom_sim", "down", "--state", str(job.temp / "kiwoom-sim" / "state")]
    subprocess.run([str(python), *down], check=True, capture_output=True, cwd=job.workspace)


def answers(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{url.replace('ws://', 'http://')}/health", timeout=10) as reply:
            return bool(reply.status == 200)
    except URLError:
        return False


def token(rest_url: str) -> str:
    keys = {"grant_type": "client_credentials", "appkey": "any", "secretkey": "any"}
    headers = {"content-type": "application/json;charset=UTF-8"}
    request = urllib.request.Request(  # noqa: S310 - our own door
        f"{rest_url}/oauth2/token", json.dumps(keys).encode(), headers
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=10) as reply:
        return str(json.load(reply)["token"])


@pytest.mark.parametrize(
    ("schema", "path"),
    [("vendor.github-actions", ROOT / "action.yml")]
    + [("vendor.github-workflows", path) for path in WORKFLOWS],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_files_follow_the_schema_of_github(schema: str, path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_no_text_is_pasted_into_a_script() -> None:
    documents = [action(), *(yaml.safe_load(path.read_text("utf-8")) for path in WORKFLOWS)]
    jobs = [job for document in documents for job in document.get("jobs", {}).values()]
    steps = [*action()["runs"]["steps"], *(step for job in jobs for step in job["steps"])]
    scripts = [step["run"] for step in steps if "run" in step]
    assert len(scripts) > 5
    assert [script for script in scripts if "${{" in script] == []


def test_scripts_of_the_action_are_strict_and_sound() -> None:
    scripts = [step["run"] for step in action()["runs"]["steps"] if "run" in step]
    assert [text for text in scripts if not text.startswith("set -euo pipefail\n")] == []
    for text in scripts:
        subprocess.run(["bash", "-n"], input=text, encoding="utf-8", check=True)


@pytest.mark.system
def test_shellcheck_finds_nothing() -> None:
    if shutil.which("shellcheck") is None:
        if os.environ.get("REQUIRE_SYSTEM") == "1":
            pytest.fail("shellcheck is missing")
        pytest.skip("shellcheck is missing")
    scripts = [step["run"] for step in action()["runs"]["steps"] if "run" in step]
    for text in [*scripts, (ROOT / ".ci/run").read_text(encoding="utf-8")]:
        done = subprocess.run(
            ["shellcheck", "--shell=bash", "-"], input=text, capture_output=True,
            encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout


def test_a_started_simulator_serves_later_steps_until_it_is_stopped(ready_job: Job) -> None:
    start = ready_job.use(scenario="rate_limit", seed="7", args=ANY_PORTS)
    assert not start.failed, start.said
    rest, ws = start.outputs["rest-url"], start.outputs["ws-url"]
    assert ready_job.environment["KIWOOM_SIM_REST_URL"] == rest
    assert ready_job.environment["KIWOOM_SIM_WS_URL"] == ws
    assert token(rest)
    assert answers(ws)
    assert start.steps["Stop the simulator"].outcome == "skipped"

    stop = ready_job.use(command="stop")
    assert not stop.failed, stop.said
    assert not answers(rest)
    assert not answers(ws)
    run = Path(start.outputs["run-directory"])
    assert (run / "digests.json").is_file()
    assert "| scenario | rate_limit |" in ready_job.summary
    assert "| seed | 7 |" in ready_job.summary
    assert "| requests | 1 (au10001 1) |" in ready_job.summary
    assert f"kiwoom-sim replay {run} --check" in ready_job.summary
    assert "::group::" not in stop.said
    assert ready_job.use(command="stop").failed is False


def test_the_log_is_shown_when_the_job_has_failed(ready_job: Job) -> None:
    start = ready_job.use(scenario="small.toml", args=ANY_PORTS)
    ready_job.status = "failure"
    stop = ready_job.use(command="stop")
    assert "::group::kiwoom-sim" in stop.said
    assert start.outputs["rest-url"] in stop.said
    assert not answers(start.outputs["rest-url"])


@pytest.mark.parametrize("code", [0, 7])
def test_a_wrapped_command_keeps_its_exit_code_and_the_simulator_ends(
    ready_job: Job, code: int
) -> None:
    script = f'echo "$KIWOOM_SIM_REST_URL" > seen\nfalse || echo "two lines"\nexit {code}'
    used = ready_job.use(scenario="small.toml", args=ANY_PORTS, run=script)
    assert used.steps["client"].code == code
    assert used.outputs["exit-code"] == str(code)
    assert used.failed == (code != 0)
    seen = (ready_job.workspace / "seen").read_text(encoding="utf-8").strip()
    assert seen == used.outputs["rest-url"]
    assert not answers(seen)
    assert ("::group::kiwoom-sim" in used.said) == (code != 0)
    assert "| seed | 5 |" in ready_job.summary
    assert "KIWOOM_SIM_REST_URL" not in ready_job.environment


@pytest.mark.system
def test_a_client_runs_isolated_and_what_it_did_is_kept(ready_job: Job) -> None:
    need_namespaces()
    script = (
        "curl -sS https://api.kiwoom.com/health > seen; tail -n +2 /proc/net/route > routes\nexit 4"
    )
    ports = f"{ANY_PORTS} --control-port 0 --tls-port 0"
    used = ready_job.use(scenario="small.toml", args=f"{ports} --client-exit 4", client=script)
    assert not used.failed, used.said
    assert used.outputs["exit-code"] == "0"
    assert "healthy" in (ready_job.workspace / "seen").read_text(encoding="utf-8")
    assert (ready_job.workspace / "routes").read_text(encoding="utf-8") == ""
    kept = Path(used.outputs["artifacts"])
    assert (kept / "junit.xml").is_file()
    assert "### kiwoom-sim: small" in ready_job.summary
    assert f"kiwoom-sim replay {kept} --check" in ready_job.summary
    again = ready_job.use(scenario="small.toml", args=ports, client="exit 4")
    assert again.outputs["exit-code"] == "5"
    assert again.failed
    assert again.outputs["artifacts"] != str(kept)
    assert used.steps["Stop the simulator"].outcome == "skipped"


def test_a_scenario_that_does_not_exist_is_an_annotation(ready_job: Job) -> None:
    used = ready_job.use(scenario="rate_limt; touch pwned", run="touch ran")
    assert used.steps["start"].code == 2
    assert "::error title=kiwoom-sim::" in used.said
    assert "no such scenario" in used.said
    assert used.steps["client"].outcome == "skipped"
    assert sorted(path.name for path in ready_job.workspace.iterdir()) == ["small.toml"]


def test_nothing_in_args_is_expanded(ready_job: Job) -> None:
    used = ready_job.use(args="--set \"name=$(touch pwned)\" --set '`touch pwned`'")
    assert used.steps["start"].code == 2
    assert "`touch pwned`: write it as key=value" in used.said
    assert not (ready_job.workspace / "pwned").exists()
    torn = ready_job.use(args="--set 'name=x")
    assert torn.steps["start"].code == 2
    assert "No closing quotation" in torn.said


@pytest.mark.parametrize(
    ("inputs", "hint"),
    [
        ({"command": "restart"}, "allowed are start, stop and run"),
        ({"command": "run"}, "needs the input run"),
        ({"command": "stop", "run": "true"}, "runs nothing"),
        ({"command": "stop", "client": "true"}, "stands alone"),
        ({"run": "true", "client": "true"}, "stands alone"),
        ({"scenario": "--json"}, "name a file"),
        ({"seed": "7; true"}, "whole number"),
        ({"scenario": ""}, "name a file"),
        ({"state": "a\nmode=run"}, "one line"),
    ],
)
def test_wrong_inputs_are_refused_before_anything_is_done(
    job: Job, inputs: dict[str, str], hint: str
) -> None:
    used = job.use(**inputs)
    assert hint in used.steps["plan"].said
    done = {name: step.outcome for name, step in used.steps.items() if step.outcome != "skipped"}
    assert done == {"plan": "failure", "Stop the simulator": "success"}


def a_python(directory: Path, *, is_new: bool) -> None:
    """Put a `python` on a path that writes down what it is asked and makes environments of it."""
    directory.mkdir()
    program = directory / "python"
    program.write_text(
        f'#!/bin/bash\nif [ "$1" = -c ]; then exit {0 if is_new else 1}; fi\n'
        f'echo "$@" >> "{directory}/asked"\n'
        f'if [ "$2" = venv ]; then mkdir -p "$4/bin" && cp "$0" "$4/bin/python"; fi\n',
        encoding="utf-8",
    )
    program.chmod(0o755)


def test_it_installs_locked_versions_into_an_environment_of_its_own(
    job: Job, tmp_path: Path
) -> None:
    a_python(tmp_path / "new", is_new=True)
    job.environment["PATH"] = f"{tmp_path / 'new'}:{os.environ['PATH']}"
    used = job.use()
    assert used.steps["Install kiwoom-sim"].outcome == "success", used.said
    home = job.temp / "kiwoom-sim" / "python"
    venv, locked, package = (tmp_path / "new" / "asked").read_text("utf-8").splitlines()[:3]
    assert venv == f"-m venv --clear {home}"
    assert "--require-hashes" in locked
    assert package.endswith(f"--no-deps --no-build-isolation {ROOT}")
    again = job.use()
    assert "installed already" in again.steps["Install kiwoom-sim"].said


def test_an_old_python_is_told_about(job: Job, tmp_path: Path) -> None:
    a_python(tmp_path / "old", is_new=False)
    shutil.copy(tmp_path / "old" / "python", tmp_path / "old" / "python3")
    job.environment["PATH"] = f"{tmp_path / 'old'}:{os.environ['PATH']}"
    used = job.use()
    assert "set the input python-version" in used.said
    assert used.steps["start"].outcome == "skipped"

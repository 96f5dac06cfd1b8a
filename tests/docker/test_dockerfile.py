"""Hold the Dockerfile to what an image of ours may contain and how it may run."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from kiwoom_sim.version import __version__
from tests.docker.files import (
    DOCKERFILE,
    MOCKS,
    ROOT,
    compose,
    final_stage,
    last,
    stages,
    variables,
    words,
)

TEXT = DOCKERFILE.read_text(encoding="utf-8")


@pytest.mark.system
def test_linter_has_nothing_to_say() -> None:
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    linter = shutil.which("hadolint", path=places)
    if linter is None:
        if os.environ.get("REQUIRE_SYSTEM") == "1":
            pytest.fail("hadolint is missing")
        pytest.skip("hadolint is missing; `make test` installs it")
    done = subprocess.run(
        [linter, str(DOCKERFILE)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_base_image_is_pinned_to_a_patch_release() -> None:
    tag = re.search(r"^ARG PYTHON_IMAGE=python:(\S+)$", TEXT, re.MULTILINE)
    assert tag is not None
    assert re.fullmatch(r"3\.\d+\.\d+-slim-[a-z]+", tag[1])
    bases = re.findall(r"^FROM (\S+)", TEXT, re.MULTILINE)
    assert bases == ["${PYTHON_IMAGE}"] * 2


def test_image_takes_nothing_but_the_installed_wheel() -> None:
    copied = [rest for name, rest in final_stage() if name in {"COPY", "ADD"}]
    assert copied == ["--from=build /opt/kiwoom-sim /opt/kiwoom-sim"]


def test_everything_installed_is_pinned_by_hash() -> None:
    installs = re.findall(r"pip (?:--python \S+ )?install ([^&\n]*)", TEXT.replace("\\\n", " "))
    assert len(installs) == 3
    *from_index, wheel = installs
    for options in from_index:
        assert "--require-hashes" in options
        assert "--only-binary :all:" in options
    assert wheel.split() == ["--no-deps", "--no-index", "/wheel/*.whl"]
    for name in ("run", "build"):
        assert f"/requirements/{name}.txt" in TEXT
        listed = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
        assert "--hash=sha256:" in listed


def test_image_runs_as_a_user_of_its_own_without_capabilities_to_regain() -> None:
    stage = final_stage()
    assert last(stage, "USER") == "10001:10001"
    after_user = stage[[name for name, _ in stage].index("USER") :]
    assert "RUN" not in {name for name, _ in after_user}
    made = " ".join(rest for name, rest in stage if name == "RUN")
    assert "--uid 10001" in made
    assert "--gid 10001" in made
    assert "install --directory --owner sim --group sim /sim /sim/runs" in made


def test_image_is_small_and_tidy() -> None:
    made = " ".join(rest for name, rest in final_stage() if name == "RUN")
    assert re.search(r"install -y --no-install-recommends socat wget && rm -rf /var/lib/apt", made)
    assert "pip uninstall" in made
    assert "gcc" not in made


def test_image_holds_no_secret() -> None:
    assert not re.search(r"(?i)^(ARG|ENV).*(key|secret|password|token)", TEXT, re.MULTILINE)
    assert set(variables(final_stage())) == {
        "PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "KIWOOM_SIM_HOST",
        "KIWOOM_SIM_RUNS", "no_proxy",
    }  # fmt: skip


def test_signals_reach_the_simulator() -> None:
    stage = final_stage()
    assert words(stage, "ENTRYPOINT") == ["kiwoom-sim"]
    assert last(stage, "STOPSIGNAL") == "SIGTERM"


def test_image_and_service_agree() -> None:
    stage = final_stage()
    service = compose(MOCKS)["services"]["mock-kiwoom-api"]
    command = words(stage, "CMD")
    assert command == service["command"][: len(command)]
    assert f"mock-data:{variables(stage)['KIWOOM_SIM_RUNS']}" in service["volumes"]
    check = service["healthcheck"]
    options, _, asked = last(stage, "HEALTHCHECK").partition(" CMD ")
    assert words([("CMD", asked)], "CMD") == check["test"][1:]
    assert dict(re.findall(r"--([a-z-]+)=(\w+)", options)) == {
        "interval": check["interval"], "timeout": check["timeout"],
        "retries": str(check["retries"]), "start-period": check["start_period"],
    }  # fmt: skip


def test_label_names_the_version() -> None:
    assert ("ARG", f"VERSION={__version__}") in final_stage()
    assert 'org.opencontainers.image.version="${VERSION}"' in last(final_stage(), "LABEL")


def test_engine_is_sent_what_is_copied_and_no_more() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    sent = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    copied = {
        source for name, rest in stages(TEXT)[0] if name == "COPY" for source in rest.split()[:-1]
    }
    assert sent == copied


def test_what_is_copied_is_enough_for_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "kiwoom_sim").rglob("*.py")}
    scenarios = {
        f"kiwoom_sim/{path.relative_to(ROOT).as_posix()}" for path in ROOT.glob("scenarios/*.toml")
    }
    assert modules | scenarios <= packed
    assert not [name for name in packed if name.endswith(".pyc")]

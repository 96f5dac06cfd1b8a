"""Run the scripts of a composite action as GitHub's runner would, expressions and files included.

Known deviations: `uses` steps cannot run, and expressions know only what `action.yml` needs:
names, strings, `==`, `!=`, `&&` and `always()`.
"""

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
EXPRESSION = re.compile(r"^\$\{\{ (.+) \}\}$")
OPERATION = re.compile(r"^(\S+) (==|!=) (\S+)$")
TIMEOUT_S = 120


def action() -> dict[str, Any]:
    """Return our action as it is written."""
    document: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return document


@dataclass
class Step:
    """Hold what a step did; `outcome` is GitHub's word for it."""

    outcome: str = "skipped"
    code: int | None = None
    said: str = ""
    outputs: dict[str, str] = field(default_factory=dict)


@dataclass
class Job:
    """Hold what the steps of one job share.

    Attributes:
        temp: RUNNER_TEMP.
        workspace: Where the steps run, the checkout of the caller.
        environment: Variables of the job; the action may add to them.
        status: What `job.status` says before the action.
    """

    temp: Path
    workspace: Path
    environment: dict[str, str]
    status: str = "success"

    @property
    def summary(self) -> str:
        """Return the summary of the job so far."""
        path = self.temp / "summary.md"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def use(self, **inputs: str) -> "Use":
        """Use our action, as a step of the job does; `-` in the name of an input is written `_`."""
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        used = Use(self, given)
        used.run()
        return used


class Use:
    """Run the action once.

    Attributes:
        steps: What each step did, by id or name.
        outputs: Outputs of the action.
        failed: Whether a step failed.
    """

    def __init__(self, job: Job, given: dict[str, str]) -> None:
        self._job = job
        self._action = action()
        known = self._action["inputs"]
        assert set(given) <= set(known)
        self._inputs = {name: given.get(name, spec["default"]) for name, spec in known.items()}
        self.steps: dict[str, Step] = {}
        self.outputs: dict[str, str] = {}
        self.failed = False

    @property
    def said(self) -> str:
        """Return what all steps wrote."""
        return "".join(step.said for step in self.steps.values())

    def run(self) -> None:
        """Run every step whose condition holds."""
        for written in self._action["runs"]["steps"]:
            step = self.steps[written.get("id", written["name"])] = Step()
            if self.holds(written.get("if", "success()")):
                self._perform(written, step)
        outputs = self._action["outputs"].items()
        self.outputs = {name: self.value(spec["value"]) for name, spec in outputs}

    def holds(self, condition: str) -> bool:
        """Return whether a step runs; without a status function it needs success so far."""
        terms = condition.split(" && ")
        is_asked = any(term in {"always()", "success()"} for term in terms)
        return (is_asked or not self.failed) and all(self._term(term) for term in terms)

    def value(self, text: str) -> str:
        """Return the value of `${{ … }}`, or a plain text."""
        found = EXPRESSION.match(text)
        assert found or "${{" not in text, text
        return self._name(found[1]) if found else text

    def _term(self, term: str) -> bool:
        if term == "always()":
            return True
        if term == "success()":
            return not self.failed
        found = OPERATION.match(term)
        assert found, f"not understood: {term}"
        return (self._name(found[1]) == self._name(found[3])) == (found[2] == "==")

    def _name(self, name: str) -> str:
        if name.startswith("'"):
            return name.strip("'")
        match name.split("."):
            case ["inputs", key]:
                return str(self._inputs[key])
            case ["job", "status"]:
                return self._job.status
            case ["steps", key, "outcome"]:
                return self.steps[key].outcome
            case ["steps", key, "outputs", output]:
                return self.steps[key].outputs.get(output, "")
        raise AssertionError(f"not understood: {name}")

    def _perform(self, written: dict[str, Any], step: Step) -> None:
        assert written["shell"] == "bash", "a `uses` step needs GitHub"
        files = {
            name: self._job.temp / f"{name.lower()}-{len(self.steps)}"
            for name in ("GITHUB_OUTPUT", "GITHUB_ENV")
        }
        for path in files.values():
            path.write_bytes(b"")
        script = self._job.temp / "step.sh"
        script.write_text(written["run"], encoding="utf-8")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self._job.workspace, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", timeout=TIMEOUT_S, check=False,
            env={
                **self._job.environment,
                **{name: self.value(str(text)) for name, text in written.get("env", {}).items()},
                **{name: str(path) for name, path in files.items()},
                "GITHUB_STEP_SUMMARY": str(self._job.temp / "summary.md"),
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_WORKSPACE": str(self._job.workspace),
                "RUNNER_TEMP": str(self._job.temp),
            },
        )  # fmt: skip
        step.code, step.said = done.returncode, done.stdout
        step.outcome = "success" if done.returncode == 0 else "failure"
        step.outputs = assignments(files["GITHUB_OUTPUT"])
        self._job.environment |= assignments(files["GITHUB_ENV"])
        self.failed |= done.returncode != 0


def assignments(path: Path) -> dict[str, str]:
    """Return the `name=value` lines of one of GitHub's files."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line.partition("=")[0]: line.partition("=")[2] for line in lines}


def clean_environment(path: str | None = None) -> dict[str, str]:
    """Return the variables that a job begins with; nothing points at the source tree."""
    return {"PATH": path or os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "CI": "true"}

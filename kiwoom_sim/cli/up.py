"""Start a simulator that goes on without the terminal: `up`."""

import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import psutil

from kiwoom_sim.cli import detached, options
from kiwoom_sim.cli import start as start_options
from kiwoom_sim.cli.instance import Instance, Ready, State, state_of
from kiwoom_sim.cli.logs import last_lines
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, put, put_json, talk
from kiwoom_sim.cli.progress import waiting
from kiwoom_sim.core.clock import datetime_from_moment
from kiwoom_sim.errors import StartError
from kiwoom_sim.observe.run_directory import RUNS
from kiwoom_sim.runtime.pacer import korean_wall_ms
from kiwoom_sim.scenario.render import render_scenario
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.secrets import fingerprint, without_secrets

WAIT = options.Described("--wait", metavar="60s", help="How long to wait for every door.")
SCENARIO = options.Described(metavar="SCENARIO", help="A file, or the name of a shipped scenario.")

END_S = 10.0
TAIL_LINES = 20
DIFFERENCES_MAX = 5


def command(
    scenario: Annotated[str, SCENARIO] = "normal_market",
    *,
    host: Annotated[str | None, start_options.HOST] = None,
    rest_port: Annotated[int | None, start_options.REST_PORT] = None,
    ws_port: Annotated[int | None, start_options.WS_PORT] = None,
    control_port: Annotated[int | None, start_options.CONTROL_PORT] = None,
    tls_port: Annotated[int | None, start_options.TLS_PORT] = None,
    seed: Annotated[int | None, start_options.SEED] = None,
    start: Annotated[str | None, start_options.START] = None,
    speed: Annotated[int | None, start_options.SPEED] = None,
    for_: Annotated[str, start_options.FOR] = "",
    assignments: Annotated[list[str] | None, options.SET] = None,
    no_limits: Annotated[bool, start_options.NO_LIMITS] = False,
    allow_hooks: Annotated[bool, options.ALLOW_HOOKS] = False,
    ready_file: Annotated[Path | None, start_options.READY_FILE] = None,
    runs: Annotated[Path, options.RUNS] = Path(RUNS),
    state: Annotated[Path | None, options.STATE] = None,
    wait: Annotated[str, WAIT] = "60s",
    no_tui: Annotated[bool, start_options.NO_TUI] = False,
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """Start a scenario in the background, unless it runs already."""
    asked = start_options.Start(
        scenario=scenario, host=host, rest_port=rest_port, ws_port=ws_port,
        control_port=control_port, tls_port=tls_port, seed=seed, start=start, speed=speed,
        for_=for_, assignments=tuple(assignments or ()), no_limits=no_limits, runs=runs,
        allow_hooks=allow_hooks,
    )  # fmt: skip
    wait_s = start_options.duration_ms("--wait", wait) / 1_000
    loaded = asked.load()
    place = state_of(state, runs)
    quiet = as_json or no_tui
    with waiting(say("up.starting", name=loaded.name), quiet=quiet) as watch:
        starter = Starter(place, asked, loaded, wait_s, watch)
        with place.locked(wait_s):
            instance, ready, already = starter.ensure()
    if ready_file is not None:
        _copy(place.ready, ready_file)
    if as_json:
        put_json(_result(place, loaded, instance, ready, already=already))
    else:
        _tell(place, loaded, instance, ready, already=already)
        talk(say("up.next", options=place.options))
    return Exit.OK


class Starter:
    """Make sure that what was asked for runs; the lock of the state is held meanwhile."""

    def __init__(
        self,
        state: State,
        asked: start_options.Start,
        scenario: Scenario,
        wait_s: float,
        watch: detached.Watch,
    ) -> None:
        self._state = state
        self._asked = asked
        self._scenario = scenario
        self._resolved = (
            f"for = '{asked.for_ms() or ''}'\nsecrets = '{fingerprint(scenario)}'\n"
            f"{render_scenario(without_secrets(scenario))}"
        )
        self._wait_s = wait_s
        self._watch = watch

    def ensure(self) -> tuple[Instance, Ready, bool]:
        """Return what runs, where, and whether it ran already.

        Raises:
            StartError: Something else runs, or it cannot be started.
        """
        try:
            instance = self._state.read()
        except ValueError as error:
            talk(str(error))
            self._state.clear()
            instance = None
        if instance is not None:
            process = self._state.process_of(instance)
            if process is not None:
                return instance, self._join(instance, process), True
            talk(say("up.stale", pid=instance.pid))
            self._state.clear()
        return *self._begin(), False

    def _join(self, instance: Instance, process: psutil.Process) -> Ready:
        """Return the addresses of what runs already, if it is what was asked for."""
        if instance.resolved != self._resolved:
            lines = [
                say("up.other", name=instance.scenario, seed=instance.seed,
                    since=instance.started, pid=instance.pid),
                f"  {instance.asked}",
                *(f"  {line}" for line in differences(instance.resolved, self._resolved)),
                say("up.other_hint", options=self._state.options),
            ]  # fmt: skip
            raise StartError("\n".join(lines))
        ready = detached.wait_until_healthy(
            self._state, lambda: detached.has_ended(process), self._wait_s, self._watch
        )
        if ready is None:
            raise StartError(
                self._with_log(say("up.silent", pid=instance.pid, options=self._state.options), 0)
            )
        return ready

    def _begin(self) -> tuple[Instance, Ready]:
        """Start what was asked for; leave nothing behind if that fails."""
        now = datetime_from_moment(korean_wall_ms()).isoformat(sep=" ", timespec="seconds")
        started = f"{now} KST"
        words = self._asked.words()
        shown = shlex.join(["kiwoom-sim", "up", *words])
        # A variable may name other runs than the flag, which is left out where it is the default.
        words = [f"--runs={self._asked.runs}", *words]
        launched = detached.launch(self._state, words, f"--- {started} {shown}")
        child = psutil.Process(launched.process.pid)
        instance = Instance(
            pid=child.pid,
            created_s=child.create_time(),
            scenario=self._scenario.name,
            seed=self._scenario.seed,
            asked=shown,
            runs=str(self._asked.runs.absolute()),
            resolved=self._resolved,
            started=started,
        )
        try:
            self._state.write(instance)
            ready = self._await(launched)
        except BaseException:
            detached.end(child, END_S, self._watch)
            launched.process.wait()
            self._state.clear()
            raise
        detached.let_go(launched.process)
        return instance, ready

    def _await(self, launched: detached.Launched) -> Ready:
        """Return the addresses when every door answers."""
        process = launched.process
        ready = detached.wait_until_healthy(
            self._state, lambda: process.poll() is not None, self._wait_s, self._watch
        )
        if ready is None:
            raise StartError(self._failure(launched))
        return ready

    def _failure(self, launched: detached.Launched) -> str:
        code = launched.process.poll()
        if code is None:
            return self._with_log(say("up.late", seconds=f"{self._wait_s:g}"), launched.log_offset)
        return self._with_log(say("up.ended", code=code), launched.log_offset)

    def _with_log(self, text: str, offset: int) -> str:
        """Return a text followed by the end of the log, and where all of it is."""
        lines = [f"  {line}" for line in last_lines(self._state.log, TAIL_LINES, offset)]
        return "\n".join([text, *lines, say("up.log", path=self._state.log)])


def differences(running: str, asked: str) -> list[str]:
    """Return what differs between two resolved scenarios, the first few."""
    one, other = (dict(_leaves(tomllib.loads(text))) for text in (running, asked))
    keys = [key for key in {**one, **other} if one.get(key) != other.get(key)]
    if "name" in keys:
        keys = ["name"]
    lines = [
        say("up.difference", path=key, running=one.get(key, "-"), asked=other.get(key, "-"))
        for key in keys[:DIFFERENCES_MAX]
    ]
    return [*lines, *(["..."] if len(keys) > DIFFERENCES_MAX else [])]


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield every plain value of a document by its dotted path."""
    if not isinstance(value, dict | list):
        yield ".".join(path), value
        return
    pairs = list(value.items() if isinstance(value, dict) else enumerate(value))
    for key, inner in pairs:
        yield from _leaves(inner, (*path, str(key)))


def _copy(ready: Path, wanted: Path) -> None:
    """Write the ready file that was asked for, in one step."""
    draft = wanted.with_name(wanted.name + ".part")
    draft.write_bytes(ready.read_bytes())
    draft.replace(wanted)


def _result(
    state: State, scenario: Scenario, instance: Instance, ready: Ready, *, already: bool
) -> dict[str, object]:
    return {
        "already": already,
        "rest": ready.rest,
        "ws": ready.ws,
        "websocket": f"{ready.ws}/api/dostk/websocket",
        "ralph": f"{ready.ws}/ws" if scenario.ralph.enabled else None,
        "control": ready.control,
        "docs": f"{ready.rest}/docs",
        "pid": ready.pid,
        "scenario": instance.scenario,
        "seed": instance.seed,
        "run": ready.run,
        "directory": str(Path(instance.runs, ready.run)),
        "log": str(state.log),
        "started": instance.started,
    }


def _tell(
    state: State, scenario: Scenario, instance: Instance, ready: Ready, *, already: bool
) -> None:
    facts = _result(state, scenario, instance, ready, already=already)
    if already:
        put(say("up.already", since=instance.started))
    put(f"kiwoom-sim · {instance.scenario} · seed {instance.seed} · pid {ready.pid}")
    labels = {
        "rest": "REST", "websocket": "WebSocket", "ralph": "/ws", "control": "control",
        "docs": "docs", "directory": "run", "log": "log",
    }  # fmt: skip
    for name, label in labels.items():
        if facts[name]:
            put(f"  {label:<10} {facts[name]}")

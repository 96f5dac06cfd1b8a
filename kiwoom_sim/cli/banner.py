"""Say what is running: where it listens, how to point a client there, what is not the real wire."""

from kiwoom_sim.app import Running
from kiwoom_sim.cli.messages import say
from kiwoom_sim.core.clock import datetime_from_moment
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.policies import built_in
from kiwoom_sim.scenario.fields import fields_of
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.version import __version__


def banner(running: Running) -> list[str]:
    """Return the lines that a run begins with."""
    scenario = running.scenario
    start = datetime_from_moment(scenario.clock.start_ms or 0).replace(microsecond=0)
    lines = [
        f"kiwoom-sim {__version__} · {scenario.name} · seed {scenario.seed} · {start}",
        f"  REST       {running.rest_url}",
        f"  WebSocket  {running.ws_url}/api/dostk/websocket",
        f"  TLS        {running.tls_url} (https and wss)",
        f"  control    {running.control_url}",
        f"  docs       {running.rest_url}/docs",
    ]
    if running.directory is not None:
        lines.append(f"  run        {running.directory.path}")
    lines += [
        say("run.point"),
        f"  https://api.kiwoom.com        ->  {running.rest_url}",
        f"  wss://api.kiwoom.com:10000    ->  {running.ws_url}",
        say("run.deviations"),
        *(f"  - {line}" for line in deviations(scenario)),
    ]
    return lines


def deviations(scenario: Scenario) -> list[str]:
    """Return what is switched on that the real wire does not do."""
    found = [say("deviation.plain"), say("deviation.invented")]
    if not scenario.accounts:
        found.append(say("deviation.keys"))
    if scenario.ralph.enabled:
        found.append(say("deviation.ralph"))
    if scenario.clock.session == "always-open":
        found.append(say("deviation.open"))
    if scenario.clock.mode != "real":
        found.append(f"clock.mode = {scenario.clock.mode}, clock.speed = {scenario.clock.speed}")
    usual = WireConfig()
    for field in fields_of(WireConfig):
        value = getattr(scenario.wire, field.attribute)
        if value != getattr(usual, field.attribute):
            found.append(f"wire.{field.key} = {value}")
    if scenario.limits != (built_in(scenario.wire.environment),):
        names = ", ".join(limit.id for limit in scenario.limits)
        found.append(say("deviation.limits", limits=names))
    if scenario.all_rules:
        names = ", ".join(rule.id for rule in scenario.all_rules)
        found.append(say("deviation.rules", rules=names))
    return found

import pytest

from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.scenario.loader import parse_scenario

HEAD = """
schema = 1
[latency]
"rest.*" = { dist = "lognormal", p50 = "18ms", p99 = "120ms" }
"ws.0B" = { delay = "5ms" }
[[phase]]
id = "slow"
for = "10s"
"""


@pytest.mark.parametrize(
    "settings",
    [
        '"latency.rest.*.p50" = "18ms -> 100ms"',
        '"latency.rest.*.p50" = "200ms", "latency.rest.*.p99" = "1s"',
        '"latency.ws.0B.delay" = "5ms -> 50ms"',
        '"latency.ws.0B.jitter" = "2ms"',
    ],
)
def test_a_phase_may_change_waits(settings: str) -> None:
    parse_scenario(f"{HEAD}set = {{ {settings} }}\n")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ('"latency.rest.*.p50" = "200ms"', "latency.rest.* needs p50 above 0 and p99 above p50"),
        ('"latency.rest.*.p50" = "18ms -> 120ms"', "latency.rest.* needs p50 above 0"),
        ('"latency.rest.*.delay" = "1s"', "latency.rest.* lognormal takes p50 and p99, not delay"),
        ('"latency.ws.0B.delay" = "5ms -> 0ms"', "latency.ws.0B needs delay or range"),
        ('"latency.ws.0D.delay" = "5ms"', 'unknown setting "latency.ws.0D.delay"'),
    ],
)
def test_waits_that_make_no_sense_are_told_with_their_phase(settings: str, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(f"{HEAD}set = {{ {settings} }}\n", file="f.toml")
    [problem] = caught.value.problems
    assert problem.startswith("f.toml:9: phase[0].set")
    assert told in problem

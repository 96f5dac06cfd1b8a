from typing import get_args

import msgspec
import pytest

from kiwoom_sim.core.meters import Rate
from kiwoom_sim.protocol.policies import (
    Limit,
    Penalty,
    ProfileName,
    Scope,
    built_in,
    newest_profile,
    profiles,
    resolve,
)


def test_every_profile_has_a_name_that_a_scenario_may_write_and_evidence() -> None:
    assert tuple(profiles()) == get_args(ProfileName)
    for name, profile in profiles().items():
        assert name.startswith(f"{profile.environment}@20")
        for word in ("count", "scope", "status", "algorithm", "burst"):
            assert word in profile.evidence
        assert "assumed" in profile.evidence


def test_the_built_in_limit_is_the_newest_profile_of_the_environment() -> None:
    real, demo = resolve(built_in("real")), resolve(built_in("demo"))
    assert (real.rate, real.burst, real.code, real.status) == (Rate(5), 5, "1700", 429)
    assert (demo.rate, demo.burst) == (Rate(1), 2)
    assert (real.algorithm, real.scope, real.shadow) == ("token_bucket", "appkey+api", False)
    assert newest_profile("nowhere") == "real@2026-03"


def test_values_of_a_limit_win_over_its_profile() -> None:
    policy = resolve(
        Limit(id="x", profile="demo@2026-03", scope="appkey", algorithm="fixed_window", status=200)
    )
    assert (policy.rate, policy.scope, policy.status) == (Rate(1), "appkey", 200)
    assert policy.code == "1701"


def test_the_burst_follows_a_rate_that_is_given() -> None:
    assert resolve(Limit(id="x", profile="demo@2026-03", rate=Rate(7))).burst == 7
    assert resolve(Limit(id="x", rate=Rate(7), burst=2)).burst == 2
    assert resolve(Limit(id="x", codes_max=3)).burst == 0


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ("appkey+api", "1700"), ("appkey+group", "1702"), ("appkey", "1701"), ("api", "1700"),
        ("group", "1702"), ("global", "1701"),
    ],
)  # fmt: skip
def test_the_code_follows_the_scope_unless_given(scope: Scope, code: str) -> None:
    made = Limit(id="x", scope=scope, rate=Rate(1))
    assert resolve(made).code == code
    assert resolve(msgspec.structs.replace(made, code="1634")).code == "1634"


@pytest.mark.parametrize(
    ("limit", "mistake"),
    [
        (Limit(id="x", rate=Rate(1)), ""),
        (Limit(id="x", codes_max=1, penalty=Penalty(after=1)), ""),
        (Limit(id="x", shadow=True), "needs rate, profile or codes_max"),
        (
            Limit(id="x", rate=Rate(1), algorithm="sliding_window", burst=2),
            "sliding_window has no burst",
        ),
    ],
)
def test_a_limit_says_what_is_wrong_with_it(limit: Limit, mistake: str) -> None:
    assert limit.mistake() == mistake

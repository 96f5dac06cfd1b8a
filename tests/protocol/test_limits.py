from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.meters import Algorithm, Rate
from kiwoom_sim.protocol.limits import Block, Limits
from kiwoom_sim.protocol.policies import Limit, LimitMatch, Penalty, built_in
from kiwoom_sim.protocol.spec import ApiSpec

CHART, STOCK = "/api/dostk/chart", "/api/dostk/stkinfo"


def spec(api_id: str, path: str = CHART) -> ApiSpec:
    return ApiSpec(api_id=api_id, name=api_id, path=path, source="guide")


def codes(limits: Limits, calls: list[tuple[int, str, int]], path: str = CHART) -> list[str]:
    """Return the code of each call's refusal, "" where it passes."""
    verdicts = [limits.judge(key, spec(api_id, path), {}, at_ms) for key, api_id, at_ms in calls]
    return ["" if v.refused is None else v.refused.code for v in verdicts]


def one(**values: Any) -> Limits:
    return Limits([Limit(id="x", **values)])


def test_real_allows_five_a_second_per_key_and_id() -> None:
    limits = Limits([built_in("real")])
    assert codes(limits, [(1, "a", 0)] * 6) == [""] * 5 + ["1700"]
    assert codes(limits, [(1, "b", 0), (2, "a", 0)]) == ["", ""]
    assert codes(limits, [(1, "a", 199), (1, "a", 200), (1, "a", 200)]) == ["1700", "", "1700"]


def test_demo_allows_one_a_second_and_two_at_once() -> None:
    limits = Limits([built_in("demo")])
    assert codes(limits, [(1, "a", 0)] * 3) == ["", "", "1700"]
    assert codes(limits, [(1, "a", at_ms) for at_ms in range(1_000, 9_000, 1_000)]) == [""] * 8


def test_the_refusal_names_limit_rate_and_api() -> None:
    limits = one(profile="demo@2026-03", burst=1, rate=Rate(1), status=200)
    limits.judge(1, spec("ka10001"), {}, 0)
    verdict = limits.judge(1, spec("ka10001"), {}, 0)
    assert verdict.limit == "x"
    assert verdict.refused is not None
    assert verdict.refused.parameters == {"per_second": "1", "api_id": "ka10001"}
    assert verdict.refused.status == 200


def test_a_scope_says_what_is_counted_together() -> None:
    calls = [(1, "a", CHART), (1, "a", CHART), (1, "b", CHART), (1, "c", STOCK), (2, "a", CHART)]
    expected = {
        "appkey+api": [True, False, True, True, True],
        "appkey+group": [True, False, False, True, True],
        "appkey": [True, False, False, False, True],
        "api": [True, False, True, True, False],
        "group": [True, False, False, True, False],
        "global": [True, False, False, False, False],
    }
    for scope, passes in expected.items():
        limits = one(rate=Rate(1), scope=scope)
        verdicts = [limits.judge(key, spec(api, path), {}, 0) for key, api, path in calls]
        assert [v.refused is None for v in verdicts] == passes, scope


def test_the_first_limit_without_room_refuses_and_the_call_counts_nowhere() -> None:
    limits = Limits(
        [
            Limit(id="total", rate=Rate(2), scope="appkey"),
            Limit(id="each", rate=Rate(1), scope="appkey+api"),
        ]
    )
    assert codes(limits, [(1, "a", 0)] * 3) == ["", "1700", "1700"]
    assert codes(limits, [(1, "b", 0), (1, "b", 0), (1, "c", 0)]) == ["", "1701", "1701"]


def test_a_limit_is_about_the_calls_it_matches() -> None:
    limits = one(rate=Rate(0), match=LimitMatch(api=("ka1008*",), group=("chart",)))
    assert codes(limits, [(1, "ka10081", 0), (1, "ka10001", 0)]) == ["1700", ""]
    assert codes(one(rate=Rate(0), match=LimitMatch(group=("chart",))), [(1, "a", 0)], STOCK) == [
        ""
    ]
    assert limits.flow("ka10081", CHART) == "0"
    assert limits.flow("ka10001", CHART) == ""


def test_limits_can_be_switched_off() -> None:
    limits = Limits([built_in("real")], enabled=False)
    assert codes(limits, [(1, "a", 0)] * 100) == [""] * 100


def test_a_shadow_limit_tells_what_it_would_refuse_and_counts_only_what_passes() -> None:
    limits = Limits(
        [
            Limit(id="ghost", rate=Rate(2), shadow=True),
            Limit(id="real", rate=Rate(3)),
        ]
    )
    verdicts = [limits.judge(1, spec("a"), {}, 0) for _ in range(4)]
    assert [v.shadow for v in verdicts] == [(), (), ("ghost",), ()]
    assert [v.limit for v in verdicts] == ["", "", "", "real"]
    assert verdicts[0].passed == ("real", "ghost")
    assert verdicts[2].passed == ("real",)


def test_too_many_codes_are_refused_each_time_and_count_nowhere() -> None:
    limits = one(rate=Rate(1), codes_max=2, code="1634", status=200)
    three, two = {"stk_cd": "1|2|3"}, {"stk_cd": "1|2"}
    for at_ms in (0, 60_000):
        refused = limits.judge(1, spec("ka10095"), three, at_ms).refused
        assert refused is not None
        assert (refused.code, refused.status) == ("1634", 200)
        assert limits.judge(1, spec("ka10095"), two, at_ms).refused is None


def test_a_block_lasts_its_time_and_no_ms_longer() -> None:
    limits = one(rate=Rate(1), penalty=Penalty(after=2, within_ms=100, for_ms=5_000))
    assert codes(limits, [(1, "a", 0), (1, "a", 1), (1, "b", 1)]) == ["", "1700", ""]
    verdict = limits.judge(1, spec("a"), {}, 2)
    assert verdict.block == Block(until_ms=5_002)
    assert codes(limits, [(1, "a", 3), (1, "a", 5_001), (1, "a", 5_002)]) == ["1700", "1700", ""]
    assert limits.judge(1, spec("a"), {}, 5_003).block is None
    assert codes(limits, [(2, "a", 3)]) == [""]


def test_refusals_far_apart_bring_no_block() -> None:
    limits = one(rate=Rate(0), penalty=Penalty(after=2, within_ms=100, for_ms=1))
    assert [limits.judge(1, spec("a"), {}, ms).block for ms in (0, 100, 200)] == [None] * 3
    assert limits.judge(1, spec("a"), {}, 299).block == Block(until_ms=300)


def test_a_block_without_a_length_never_ends() -> None:
    limits = one(rate=Rate(1), penalty=Penalty(after=1), code="1634", status=200)
    assert codes(limits, [(1, "a", 0), (1, "a", 0)]) == ["", "1634"]
    assert codes(limits, [(1, "a", 10**12)]) == ["1634"]


def test_a_reset_forgets_counts_and_blocks() -> None:
    limits = one(rate=Rate(1), penalty=Penalty(after=1))
    assert codes(limits, [(1, "a", 0), (1, "a", 0)]) == ["", "1700"]
    limits.reset()
    assert codes(limits, [(1, "a", 0), (1, "a", 0)]) == ["", "1700"]


def test_other_settings_keep_what_was_counted() -> None:
    limit = Limit(id="x", rate=Rate(5), algorithm="sliding_window")
    limits = Limits([limit])
    codes(limits, [(1, "a", 0)] * 2)
    limits.configure([msgspec.structs.replace(limit, rate=Rate(2))], 500, enabled=True)
    assert codes(limits, [(1, "a", 999), (1, "a", 1_000)]) == ["1700", ""]
    other = msgspec.structs.replace(limit, scope="appkey")
    limits.configure([other, built_in("real")], 1_000, enabled=True)
    assert codes(limits, [(1, "a", 1_000)] * 6) == [""] * 5 + ["1701"]


EDGES: dict[Algorithm, list[tuple[int, str]]] = {
    "fixed_window": [
        (900, ""), (900, ""), (900, ""), (900, "1700"), (999, "1700"),
        (1_000, ""), (1_000, ""), (1_000, ""), (1_000, "1700"), (1_999, "1700"), (2_000, ""),
    ],
    "sliding_window": [
        (900, ""), (901, ""), (901, ""), (901, "1700"), (1_899, "1700"),
        (1_900, ""), (1_900, "1700"), (1_901, ""), (1_901, ""), (1_901, "1700"), (2_899, "1700"),
        (2_900, ""),
    ],
    "token_bucket": [
        (900, ""), (900, ""), (900, ""), (900, "1700"), (1_233, "1700"),
        (1_234, ""), (1_234, "1700"), (1_566, "1700"), (1_567, ""), (1_899, "1700"), (1_900, ""),
        (9_000, ""), (9_000, ""), (9_000, ""), (9_000, "1700"),
    ],
}  # fmt: skip
"""Calls at three a second, by hand: at which wire time, and what becomes of them."""


@pytest.mark.parametrize("algorithm", EDGES)
def test_the_boundary_is_exact_to_one_call_and_one_ms(algorithm: Algorithm) -> None:
    limits = one(rate=Rate(3), algorithm=algorithm)
    calls = EDGES[algorithm]
    assert codes(limits, [(1, "a", ms) for ms, _ in calls]) == [code for _, code in calls]


@pytest.mark.parametrize("algorithm", EDGES)
def test_a_shadow_limit_would_refuse_the_very_calls_that_a_real_one_refuses(
    algorithm: Algorithm,
) -> None:
    limits = one(rate=Rate(3), algorithm=algorithm, shadow=True)
    verdicts = [limits.judge(1, spec("a"), {}, ms) for ms, _ in EDGES[algorithm]]
    assert all(verdict.refused is None for verdict in verdicts)
    assert [bool(v.shadow) for v in verdicts] == [bool(code) for _, code in EDGES[algorithm]]


@given(
    st.sampled_from(["fixed_window", "sliding_window", "token_bucket"]),
    st.lists(st.integers(0, 300), max_size=50),
)
def test_a_refused_call_takes_nothing(algorithm: Algorithm, waits: list[int]) -> None:
    eager, patient = (one(rate=Rate(3), algorithm=algorithm) for _ in range(2))
    now = 0
    for wait in waits:
        now += wait
        outcome = codes(eager, [(1, "a", now)])
        if outcome != [""]:
            assert codes(eager, [(1, "a", now)]) == outcome
        assert codes(patient, [(1, "a", now)]) == outcome


@given(
    st.integers(1, 5), st.integers(1, 400), st.integers(1, 400),
    st.lists(st.integers(0, 120), max_size=60),
)  # fmt: skip
def test_blocks_are_as_counted_by_hand(
    after: int, within_ms: int, for_ms: int, waits: list[int]
) -> None:
    penalty = Penalty(after=after, within_ms=within_ms, for_ms=for_ms)
    limits = one(rate=Rate(1, 200), algorithm="sliding_window", penalty=penalty)
    now, until = 0, 0
    passed: list[int] = []
    refused: list[int] = []
    for wait in waits:
        now += wait
        verdict = limits.judge(1, spec("a"), {}, now)
        is_blocked = now < until
        fits = not is_blocked and not [t for t in passed if now - t < 200]
        assert (verdict.refused is None) == fits
        if fits:
            passed.append(now)
        elif not is_blocked:
            refused = [t for t in refused if now - t < within_ms] + [now]
            begins = len(refused) >= after
            assert (verdict.block is not None) == begins
            if begins:
                refused, until = [], now + for_ms

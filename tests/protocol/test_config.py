import msgspec
import pytest

from kiwoom_sim.protocol.config import AccountConfig, WireConfig


@pytest.mark.parametrize(
    ("config", "rate"),
    [
        (WireConfig(), (5, 5)),
        (WireConfig(environment="demo"), (1, 2)),
        (WireConfig(rest_per_second=3), (3, 3)),
        (WireConfig(environment="demo", rest_burst=4), (1, 4)),
    ],
)
def test_rate_follows_the_environment_unless_set(config: WireConfig, rate: tuple[int, int]) -> None:
    assert config.rest_rate == rate


@pytest.mark.parametrize(
    "wrong", [{"ping_interval_ms": 0}, {"environment": "mock"}, {"unknown": 1}, {"rest_burst": -1}]
)
def test_nonsense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, WireConfig)


def test_an_account_needs_key_and_secret() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"appkey": "a"}, AccountConfig)

import msgspec
import pytest

from kiwoom_sim.protocol.config import AccountConfig, WireConfig


@pytest.mark.parametrize(
    "wrong",
    [{"ping_interval_ms": 0}, {"environment": "mock"}, {"unknown": 1}, {"login_wait_ms": -1}],
)
def test_nonsense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, WireConfig)


def test_an_account_needs_key_and_secret() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"appkey": "a"}, AccountConfig)

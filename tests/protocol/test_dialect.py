import pytest

from kiwoom_sim.protocol.dialect import Dialect, dialect_of, token_api


@pytest.mark.parametrize(
    ("path", "api_id", "expected"),
    [
        ("/api/dostk/stkinfo", "ka10001", Dialect.KIWOOM),
        ("/api/dostk/stkinfo", "", Dialect.RALPH),
        ("/api/dostk/ka10001", "", Dialect.RALPH),
        ("/api/dostk/ka10001", "ka10001", Dialect.RALPH),
        ("/oauth2/token", "", Dialect.KIWOOM),
        ("/oauth2/revoke", "au10002", Dialect.KIWOOM),
    ],
)
def test_path_and_api_id_decide(path: str, api_id: str, expected: Dialect) -> None:
    assert dialect_of(path, api_id) is expected


def test_token_paths_name_their_api() -> None:
    assert token_api("/oauth2/token") == "au10001"
    assert token_api("/oauth2/revoke") == "au10002"
    assert token_api("/api/dostk/stkinfo") == ""

"""Check what a request says of itself."""

import pytest

from kiwoom_sim.protocol.messages import ApiRequest


def request(headers: dict[str, str]) -> ApiRequest:
    return ApiRequest(method="POST", path="/api/dostk/chart", headers=headers, body=b"{}")


@pytest.mark.parametrize(
    ("headers", "api_id"),
    [({"api-id": "ka10081"}, "ka10081"), ({"api-id": " ka10081 "}, "ka10081"), ({}, "")],
)
def test_api_id_is_read_from_its_header(headers: dict[str, str], api_id: str) -> None:
    assert request(headers).api_id == api_id

import json

import pytest

from kiwoom_sim.errors import CatalogError
from kiwoom_sim.protocol.refusals import (
    Refused,
    placeholders,
    render,
    rest_codes,
    return_message,
    socket_message,
    system_frame,
)

DOCUMENTED = [
    "1501", "1504", "1505", "1511", "1512", "1513", "1514", "1515", "1516", "1517", "1687",
    "1700", "1701", "1702", "1901", "1902", "1903", "1999", "8001", "8002", "8003", "8005",
    "8006", "8009", "8010", "8011", "8012", "8015", "8016", "8020", "8030", "8031", "8040",
    "8050", "8103", "8104", "8200",
]  # fmt: skip


def test_every_documented_code_is_known() -> None:
    assert len(DOCUMENTED) == 37
    assert set(DOCUMENTED) <= set(rest_codes())


@pytest.mark.parametrize("code", rest_codes())
def test_every_code_renders_as_an_error_envelope(code: str) -> None:
    reply = render(Refused(code, {"reason": "이유"}), "ka10001")
    body = json.loads(reply.body)
    assert list(body) == ["return_code", "return_msg"]
    assert type(body["return_code"]) is int
    assert body["return_code"] in {1, 2, 3, 5, 20}
    assert code in body["return_msg"]
    assert "{" not in body["return_msg"]
    assert reply.refusal == code
    assert dict(reply.headers)["api-id"] == "ka10001"


@pytest.mark.parametrize(
    ("refused", "expected"),
    [
        (Refused("8005"), (3, "인증에 실패했습니다[8005:Token이 유효하지 않습니다]")),
        (
            Refused("1700", {"per_second": "5", "api_id": "ka10080"}),
            (
                5,
                "허용된 요청 개수를 초과하였습니다"
                "[1700:허용된 API 요청 개수를 초과하였습니다. 유량=5, API ID=ka10080]",
            ),
        ),
        (Refused("1634"), (5, "허용된 요청 개수를 초과하였습니다[1634]")),
        (Refused("RC4058"), (20, "[2000](RC4058:모의투자 장종료)")),
        (
            Refused("855056", {"qty": "6"}),
            (20, "[2000](855056:매수증거금이 부족합니다. 6주 매수가능)"),
        ),
        (
            Refused("1999", {"reason": "x"}),
            (1, "[1999:예기치 못한 에러가 발생했습니다. 실패사유=x]"),
        ),
    ],
)
def test_messages_are_as_captured(refused: Refused, expected: tuple[int, str]) -> None:
    assert return_message(refused) == expected


def test_status_is_the_documented_one_unless_another_is_asked_for() -> None:
    assert render(Refused("8005")).status == 200
    assert render(Refused("1700")).status == 429
    assert render(Refused("1700", {}, 200)).status == 200


def test_unknown_code_is_a_mistake_of_ours() -> None:
    with pytest.raises(CatalogError, match="4711"):
        render(Refused("4711"))


def test_an_answer_without_an_api_has_no_api_id() -> None:
    assert "api-id" not in dict(render(Refused("1501")).headers)


def test_socket_words() -> None:
    frame = json.loads(system_frame("R10001"))
    assert list(frame) == ["trnm", "code", "message"]
    assert socket_message(105111) == "실시간 항목 등록에 실패했습니다"


def test_placeholders_are_those_of_the_text() -> None:
    assert placeholders("1700") == ("per_second", "api_id")
    assert placeholders("855056") == ("qty",)
    assert placeholders("8005") == ()

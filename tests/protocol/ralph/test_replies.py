import json

import pytest

from kiwoom_sim.protocol.ralph.replies import Denied, denial, failure, quoted, success, two_decimals


def test_success_puts_an_integer_return_code_first() -> None:
    reply = success({"list": [{"code": "005930"}], "cont-yn": "N"})
    body = json.loads(reply.body)
    assert list(body) == ["return_code", "return_msg", "list", "cont-yn"]
    assert (reply.status, body["return_code"], reply.refusal) == (200, 0, "")


@pytest.mark.parametrize(("status", "code"), [(400, 2), (401, 3), (404, 1), (405, 1)])
def test_denials_speak_to_both_kinds_of_client(status: int, code: int) -> None:
    reply = denial(Denied(status, "no"))
    assert json.loads(reply.body) == {"return_code": code, "return_msg": "no", "detail": "no"}
    assert (reply.status, reply.refusal) == (status, str(status))
    assert dict(reply.headers) == ({"allow": "POST"} if status == 405 else {})


@pytest.mark.parametrize(("code", "status"), [(1, 500), (2, 400), (3, 401), (5, 429)])
def test_failures_of_others_get_the_status_that_fits(code: int, status: int) -> None:
    reply = failure(code, "no", "8005")
    assert (reply.status, reply.refusal) == (status, "8005")
    assert json.loads(reply.body) == {"return_code": code, "return_msg": "no", "detail": "no"}
    assert failure(code, "no", "8005", status=200).status == 200


def test_what_a_client_sent_is_repeated_readably() -> None:
    assert quoted('a"b') == '"a\\"b"'
    assert len(quoted("x" * 1_000_000)) < 100


@pytest.mark.parametrize(
    ("hundredths", "plain", "signed"),
    [
        (0, "0.00", "+0.00"),
        (5, "0.05", "+0.05"),
        (-5, "-0.05", "-0.05"),
        (123_456, "1234.56", "+1234.56"),
        (-100, "-1.00", "-1.00"),
    ],
)
def test_hundredths_keep_their_sign(hundredths: int, plain: str, signed: str) -> None:
    assert two_decimals(hundredths) == plain
    assert two_decimals(hundredths, plus=True) == signed

"""Check that no secret is written and that stand-ins read back to what the run took."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.observe.masks import Masks
from kiwoom_sim.observe.records import Record

ACCOUNTS = [("real-app-key", "real-secret")]


def token_request(appkey: str, secret: str, seq: int = 1) -> Record:
    body = {"grant_type": "client_credentials", "appkey": appkey, "secretkey": secret}
    return Record(
        ms=0,
        seq=seq,
        kind="bytes",
        door="rest",
        method="POST",
        path="/oauth2/token",
        text=msgspec.json.encode(body).decode(),
    )


def call(token: str, scheme: str = "Bearer") -> Record:
    headers = {"authorization": f"{scheme} {token}".strip(), "api-id": "ka10001"}
    return Record(
        ms=1, seq=2, kind="bytes", door="rest", path="/api/dostk/stkinfo", headers=headers
    )


def login(token: str) -> Record:
    text = f'{{"trnm": "LOGIN", "token": "{token}"}}'
    return Record(ms=2, seq=3, kind="bytes", door="ws", conn=1, text=text)


def test_configured_secret_is_named_and_comes_back() -> None:
    masks = Masks(ACCOUNTS)
    hidden = masks.hide(token_request("real-app-key", "real-secret"))
    assert "real-" not in hidden.text
    assert '"key#1"' in hidden.text
    assert '"@configured"' in hidden.text
    assert Masks(ACCOUNTS).show(hidden) == token_request("real-app-key", "real-secret")


def test_wrong_secret_stays_wrong() -> None:
    shown = Masks(ACCOUNTS).show(Masks(ACCOUNTS).hide(token_request("real-app-key", "guess")))
    assert "real-app-key" in shown.text
    assert "real-secret" not in shown.text
    assert "guess" not in shown.text


def test_unknown_keys_are_numbered_after_the_configured() -> None:
    masks = Masks(ACCOUNTS)
    hidden = [masks.hide(token_request(key, "s")).text for key in ("b", "a", "b")]
    assert ["key#2" in hidden[0], "key#3" in hidden[1], "key#2" in hidden[2]] == [True] * 3


def test_tokens_are_known_by_their_answer() -> None:
    masks, reader = Masks(), Masks()
    request = token_request("mine", "s")
    answer = b'{"token":"abc-DEF","token_type":"bearer"}'
    written = masks.hide(request)
    masks.learn(request, answer)
    reader.learn(reader.show(written), answer)
    for record in (call("abc-DEF"), call("abc-DEF", "bearer"), login("abc-DEF")):
        hidden = masks.hide(record)
        assert "abc-DEF" not in str(hidden)
        assert "token#1.1" in str(hidden)
        assert reader.show(hidden) == record


def test_unknown_token_keeps_its_form() -> None:
    assert Masks().hide(call("nonsense")).headers["authorization"] == "Bearer @other#1"
    assert Masks().hide(call("", "Bearer")).headers["authorization"] == "@other#1"


def test_body_that_is_not_json_is_hidden_too() -> None:
    form = "grant_type=client_credentials&appkey=mine&secretkey=sesame"
    record = msgspec.structs.replace(token_request("", ""), text=form)
    hidden = Masks().hide(record).text
    assert hidden == "grant_type=client_credentials&appkey=key#1&secretkey=@other#1"
    broken = msgspec.structs.replace(record, text='{"secretkey": "ses\\qame"}')
    assert "ses" not in Masks().hide(broken).text


def test_handshake_headers_are_hidden() -> None:
    record = Record(ms=0, seq=1, kind="open", door="ws", headers={"authorization": "Bearer x"})
    assert Masks().hide(record).headers == {"authorization": "Bearer @other#1"}


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_key_or_secret_survives(appkey: str, secret: str) -> None:
    masks = Masks()
    hidden = msgspec.json.decode(masks.hide(token_request(appkey, secret)).text)
    assert hidden["appkey"] == "key#1"
    assert hidden["secretkey"] == "@other#1"
    assert hidden["grant_type"] == "client_credentials"


def test_refresh_tokens_are_hidden_and_the_grant_is_not() -> None:
    masks = Masks()
    masks.learn(token_request("mine", "s"), b'{"token":"abc-DEF"}')
    for sent, name in (("abc-DEF", "token#1.1"), ("guess", "@other#1")):
        text = f'{{"grant_type": "refresh_token", "appkey": "mine", "refresh_token": "{sent}"}}'
        request = msgspec.structs.replace(token_request("mine", "s"), text=text)
        hidden = masks.hide(request)
        assert sent not in hidden.text
        assert f'"refresh_token": "{name}"' in hidden.text
        assert '"grant_type": "refresh_token"' in hidden.text
    form = "grant_type=refresh_token&refresh_token=guess"
    request = msgspec.structs.replace(request, text=form)
    assert masks.hide(request).text == "grant_type=refresh_token&refresh_token=@other#1"

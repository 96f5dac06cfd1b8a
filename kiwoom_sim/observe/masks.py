"""Hide secrets before anything is written, and put stand-ins back when it is read.

App keys become `key#1`, `key#2`, ... in order of appearance (the scenario's accounts first),
tokens of the run become `token#KEY.ISSUE`, a secret becomes `@configured` if it is the one that the
scenario gives to its key, any other secret or token `@other#N`. App keys that only a rule names are
`key@1`, `key@2`, ... in the order of the rules, so that the kept scenario can say whom it means.
Reading a trace turns the names back into texts that the run treats exactly as it treated the
originals, so a replay is exact.

Not for: the journal, whose entries carry no secret in the first place.
"""

import re
from collections.abc import Callable, Sequence

import msgspec
from msgspec import Struct

from kiwoom_sim.faults.facts import SECRET_HEADERS
from kiwoom_sim.observe.records import Record

_TOKEN_PATH = "/oauth2/token"  # noqa: S105 - a path, not a secret
_SECRET_PATHS = frozenset({_TOKEN_PATH, "/oauth2/revoke"})
_NAMES = "appkey|secretkey|appsecret|token|refresh_token"
_FIELD = re.compile(rf'("({_NAMES})"\s*:\s*")((?:[^"\\]|\\.)*)"')
_FORM = re.compile(rf"((?:^|&)({_NAMES})=)([^&]+)")


_Value = Callable[[str, str, str], str]
"""Translate the value of (field, text, app key of the message)."""


class _TokenBody(Struct):
    token: str = ""


class Masks:
    """Know the secrets of one run and their names."""

    def __init__(self, accounts: Sequence[tuple[str, str]] = (), named: Sequence[str] = ()) -> None:
        self._secrets = dict(accounts)
        self._keys: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._others: dict[str, str] = {}
        self._issues: dict[str, int] = {}
        self._texts: dict[str, str] = {}
        self._named = {appkey: f"key@{number}" for number, appkey in enumerate(named, 1)}
        self._texts |= {name: appkey for appkey, name in self._named.items()}
        for appkey, _ in accounts:
            self._texts[self.key(appkey)] = appkey

    def key(self, appkey: str) -> str:
        """Return the name of an app key."""
        if appkey in self._named:
            return self._named[appkey]
        return self._keys.setdefault(appkey, f"key#{len(self._keys) + 1}")

    def hide(self, record: Record) -> Record:
        """Return a record that may be written."""
        return self._translate(record, self._hide_value)

    def show(self, record: Record) -> Record:
        """Return a record as the run takes it: the inverse of `hide`, up to stand-ins."""
        return self._translate(record, self._show_value)

    def learn(self, record: Record, reply_body: bytes) -> bool:
        """Take note of the token in the answer to a token request; return whether one is there."""
        if record.path != _TOKEN_PATH:
            return False
        try:
            text = msgspec.json.decode(reply_body, type=_TokenBody).token
        except msgspec.MsgspecError:
            return False
        if not text or text in self._tokens:
            return bool(text)
        name = self.key(self._appkey_in(record.text))
        issue = self._issues[name] = self._issues.get(name, 0) + 1
        self._tokens[text] = f"token#{name.removeprefix('key').removeprefix('#')}.{issue}"
        self._texts[self._tokens[text]] = text
        return True

    def _translate(self, record: Record, value: _Value) -> Record:
        changes: dict[str, object] = {}
        headers = {
            name: self._header(name, text, value) if name in SECRET_HEADERS else text
            for name, text in record.headers.items()
        }
        if headers != record.headers:
            changes["headers"] = headers
        if record.path in _SECRET_PATHS or (record.door == "ws" and '"token"' in record.text):
            text = self._body(record.text, value)
            if text != record.text:
                changes["text"] = text
        return msgspec.structs.replace(record, **changes) if changes else record

    def _header(self, name: str, text: str, value: _Value) -> str:
        if not name.endswith("authorization"):
            return value(name, text, "")
        scheme, blank, token = text.partition(" ")
        if not blank:
            return value("token", text, "")
        return f"{scheme} {value('token', token, '')}"

    def _body(self, text: str, value: _Value) -> str:
        appkey = self._appkey_in(text)

        def in_json(found: re.Match[str]) -> str:
            plain = msgspec.json.decode(f'"{found[3]}"', type=str)
            quoted = msgspec.json.encode(value(found[2], plain, appkey)).decode()
            return f'{found[1]}{quoted[1:-1]}"'

        def in_form(found: re.Match[str]) -> str:
            return found[1] + value(found[2], found[3], appkey)

        try:
            return _FIELD.sub(in_json, text) if "{" in text else _FORM.sub(in_form, text)
        except msgspec.MsgspecError:
            return value("secretkey", text, "")

    def _appkey_in(self, text: str) -> str:
        found = next((m for m in _FIELD.finditer(text) if m[2] == "appkey"), None)
        plain = "" if found is None else found[3]
        return self._texts.get(plain, plain)

    def _hide_value(self, field: str, text: str, appkey: str) -> str:
        if not text:
            return text
        if field == "appkey":
            return self.key(text)
        if field.endswith("token") and text in self._tokens:
            return self._tokens[text]
        if field == "secretkey" and appkey and self._secrets.get(appkey) == text:
            return "@configured"
        return self._others.setdefault(text, f"@other#{len(self._others) + 1}")

    def _show_value(self, field: str, text: str, appkey: str) -> str:
        if field == "secretkey" and text == "@configured":
            return self._secrets.get(appkey, text)
        return self._texts.get(text, text)

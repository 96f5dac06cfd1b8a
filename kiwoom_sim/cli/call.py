"""Call one API, of a running simulator or of a fresh one inside this process: `call`."""

import urllib.error
import urllib.request
from typing import Annotated, Any

import msgspec

from kiwoom_sim.cli import options
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, is_terminal, put, put_json, talk
from kiwoom_sim.errors import ScenarioError, StartError
from kiwoom_sim.observe.records import Record
from kiwoom_sim.protocol import loader
from kiwoom_sim.runtime.pacer import korean_wall_ms
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.scenario.loader import load_scenario

API = options.Described(metavar="ID", help="API id, e.g. ka10001.")
FIELDS = options.Described(metavar="FIELD=VALUE...", help="Fields of the body.")
URL = options.Described("--url", help="REST door of a running simulator.", show_default=False)
SCENARIO = options.Described("--scenario", help="Scenario to call without --url.")
NEXT_KEY = options.Described("--next-key", help="Continue after a page.", show_default=False)
APPKEY = options.Described("--appkey", help="App key.", envvar="KIWOOM_SIM_APPKEY")
SECRETKEY = options.Described("--secretkey", help="Secret.", envvar="KIWOOM_SIM_SECRETKEY")

_TOKEN_PATH = "/oauth2/token"  # noqa: S105 - a path, not a secret
_TIMEOUT_S = 30

Headers = dict[str, str]


def command(
    api: Annotated[str, API],
    fields: Annotated[list[str] | None, FIELDS] = None,
    *,
    url: Annotated[str, URL] = "",
    scenario: Annotated[str, SCENARIO] = "normal_market",
    next_key: Annotated[str, NEXT_KEY] = "",
    appkey: Annotated[str, APPKEY] = "my-app-key",
    secretkey: Annotated[str, SECRETKEY] = "my-secret-key",
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """Call one API and print its answer; a token is fetched first."""
    spec = loader.spec(api)
    if spec is None:
        raise ScenarioError((say("apis.unknown", api=api),))
    body = _body(fields or [])
    caller = _Remote(url.rstrip("/")) if url else _Inside(scenario)
    keys = {"appkey": appkey, "secretkey": secretkey}
    if spec.path.startswith("/oauth2/"):
        status, headers, answer = caller.post(spec.path, {"api-id": api}, {**keys, **body})
    else:
        token = _token(caller, keys)
        sent = {"api-id": api, "authorization": f"Bearer {token}"}
        if next_key:
            sent |= {"cont-yn": "Y", "next-key": next_key}
        status, headers, answer = caller.post(spec.path, sent, body)
    _show(status, headers, answer, as_json=as_json)
    return Exit.OK if _return_code(answer) == 0 else Exit.FAILED


class _Remote:
    """Call a running simulator."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ScenarioError((say("call.url", url=url),))
        self._url = url

    def post(self, path: str, headers: Headers, body: Headers) -> tuple[int, Headers, bytes]:
        request = urllib.request.Request(  # noqa: S310 - http and https only, see above
            self._url + path,
            data=msgspec.json.encode(body),
            headers={"content-type": "application/json;charset=UTF-8", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as reply:  # noqa: S310 - as above
                return reply.status, _folded(reply.headers.items()), reply.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _folded(error.headers.items()), error.read()
        except OSError as error:
            raise StartError(say("call.unreachable", url=self._url, reason=error)) from error


class _Inside:
    """Call a fresh simulation in this process."""

    def __init__(self, scenario: str) -> None:
        loaded = load_scenario(scenario)
        epoch_ms = korean_wall_ms()
        if loaded.clock.start_ms is None:
            clock = msgspec.structs.replace(loaded.clock, start_ms=epoch_ms)
            loaded = msgspec.structs.replace(loaded, clock=clock)
        self._simulation = Simulation(loaded, epoch_ms=epoch_ms)
        self._sequence = 0

    def post(self, path: str, headers: Headers, body: Headers) -> tuple[int, Headers, bytes]:
        self._sequence += 1
        reply = self._simulation.feed(
            Record(
                ms=0,
                seq=self._sequence,
                conn=1,
                kind="bytes",
                door="rest",
                method="POST",
                path=path,
                headers=headers,
                text=msgspec.json.encode(body).decode(),
            )
        )
        if reply is None:
            raise StartError(say("call.dropped"))
        return reply.status, _folded(reply.headers), reply.body


def _folded(pairs: Any) -> Headers:
    return {name.lower(): value for name, value in pairs}


def _body(fields: list[str]) -> Headers:
    body = {}
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals:
            raise ScenarioError((say("call.field", field=field),))
        body[name] = value
    return body


def _token(caller: _Remote | _Inside, keys: Headers) -> str:
    _, _, answer = caller.post(_TOKEN_PATH, {}, {"grant_type": "client_credentials", **keys})
    token = _members(answer).get("token")
    if not isinstance(token, str):
        raise ScenarioError((say("call.no_token", answer=answer.decode(errors="replace")),))
    return token


def _members(answer: bytes) -> dict[str, Any]:
    try:
        members = msgspec.json.decode(answer)
    except msgspec.DecodeError:
        return {}
    return members if isinstance(members, dict) else {}


def _return_code(answer: bytes) -> int:
    code = _members(answer).get("return_code")
    return code if isinstance(code, int) else -1


def _show(status: int, headers: Headers, answer: bytes, *, as_json: bool) -> None:
    shown = {name: headers[name] for name in ("api-id", "cont-yn", "next-key") if name in headers}
    if as_json:
        put_json({"status": status, "headers": shown, "body": _members(answer)})
        return
    talk(f"HTTP {status}  " + "  ".join(f"{name}: {value}" for name, value in shown.items()))
    text = msgspec.json.format(answer, indent=2) if is_terminal() and _members(answer) else answer
    put(text.decode(errors="replace"))

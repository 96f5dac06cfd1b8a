"""Answer REST requests as the broker's gateway does: admit in order, then ask.

A request is admitted first: checks that change state (tokens, limits) run in order of arrival
and end in an `Admission`. Answering it changes nothing, so a slow query can be asked again, in
any order, once what it needs has been generated. Both dialects end in the same `Admission`; only
the question that it holds differs.

Layout: order of the checks, as far as it was published: method and path; token calls; `api-id`
(1501), its existence (1505), its path (1504), whether it is served (8104); authorization
(1513-1516), token (8005); body (1517), required fields (1511); limits (1700-1702). A request of
the `ralph` dialect is checked by its forms and never limited.

Known deviations: many fields that the guide calls required have no effect on the real service
and are not checked there either; we refuse an absent required field and, where an empty one
cannot mean anything (dates, symbols), an empty one. Token calls are not limited.

Source:
    Common headers and error table of the Kiwoom REST API guide; order and forms as published by
    its clients.
"""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from msgspec import Struct

from kiwoom_sim.engine.statement import Statement
from kiwoom_sim.engine.views import Views
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.answers import answer_query
from kiwoom_sim.protocol.brokerage import ACCOUNT_PATH, Brokerage
from kiwoom_sim.protocol.calls import Call, body_fields
from kiwoom_sim.protocol.config import AccountConfig, WireConfig
from kiwoom_sim.protocol.dialect import Dialect, dialect_of, token_api
from kiwoom_sim.protocol.limits import UNLIMITED, Limits, Verdict
from kiwoom_sim.protocol.messages import ApiReply, ApiRequest
from kiwoom_sim.protocol.policies import Limit, built_in
from kiwoom_sim.protocol.projection import SUCCESS_TEXT
from kiwoom_sim.protocol.ralph.answers import answer_form
from kiwoom_sim.protocol.ralph.config import RalphConfig
from kiwoom_sim.protocol.ralph.forms import api_of, read_form
from kiwoom_sim.protocol.ralph.replies import Denied, denial, failure
from kiwoom_sim.protocol.refusals import EXPOSED, Refused, render, return_message
from kiwoom_sim.protocol.spec import ApiSpec
from kiwoom_sim.protocol.token_calls import REFRESH, issue, revoke
from kiwoom_sim.protocol.tokens import Clocks, Token, TokenBook

NO_RALPH = RalphConfig(enabled=False)
_API_PATHS = ("/api/dostk/", "/api/us/", "/oauth2/")

Question = Callable[[Views], ApiReply]
"""Ask the market and render what it says; pure, and may raise `NotReady`."""


class Admission(Struct, frozen=True, kw_only=True):
    """Hold what became of a request at the door.

    Attributes:
        api_id: API that was asked for, empty if unknown; of a `ralph` form its official
            counterpart.
        key: Ordinal of the app key, 0 if nobody was recognised.
        reply: The finished answer, or None if the question has to be asked.
        order: Gives the order that the request is, and answers it; to be called once.
        question: What has to be asked.
        variant: Returns the question with another value of a body field, None for a body that
            does not give that field or gives this value.
        subject: Symbol or index that the question is about, empty if it names none.
        verdict: What the rate limits made of it.
    """

    api_id: str
    dialect: Dialect = Dialect.KIWOOM
    key: int = 0
    reply: ApiReply | None = None
    order: Callable[[], ApiReply] | None = None
    question: Question | None = None
    variant: Callable[[str, str], Question | None] | None = None
    subject: str = ""
    verdict: Verdict = UNLIMITED


class Gateway:
    """Hold what the REST door remembers: tokens and limits.

    Without `limits` the built-in one of the environment holds.

    Attributes:
        tokens: Shared with the WebSocket sessions; one token serves both doors.
        stubbed: Whether somebody else may answer an API that is not served.
    """

    def __init__(
        self,
        config: WireConfig,
        accounts: Sequence[AccountConfig] = (),
        *,
        seed: int,
        clocks: Clocks,
        ralph: RalphConfig = NO_RALPH,
        limits: Sequence[Limit] = (),
    ) -> None:
        self.tokens = TokenBook(config, accounts, seed=seed, clocks=clocks)
        self.stubbed: Callable[[str], bool] = _nobody
        self._config = config
        self._brokerage: Brokerage | None = None
        self._ralph = ralph
        standing = limits or (built_in(config.environment),)
        self._limits = Limits(standing, enabled=config.limits_enabled)
        self._bearers: dict[str, int] = {}

    def use(self, brokerage: Brokerage) -> None:
        """Let orders and questions about accounts go to a back office."""
        self._brokerage = brokerage

    def configure(self, config: WireConfig, limits: Sequence[Limit], wire_ms: int) -> None:
        """Go on with other settings; live tokens stay, limits keep what they counted."""
        self._config = config
        self._limits.configure(limits, wire_ms, enabled=config.limits_enabled)
        self.tokens.configure(config)

    def reset(self, *, tokens: bool) -> None:
        """Count anew against every limit; forget every token too, if asked to."""
        self._limits.reset()
        if tokens:
            self.tokens.forget()

    def admit(self, request: ApiRequest, wire_ms: int) -> Admission:
        """Check a request in order of arrival and return how it has to be answered."""
        if self._is_ralph(request):
            return self._admit_form(request)
        api_id = request.api_id
        stray = _stray(request)
        if stray is not None:
            return Admission(api_id=api_id, reply=render(stray, api_id))
        token_id = token_api(request.path)
        # A public client sends `api-id: oauth2` here, so an unknown id does not matter; the id of
        # another API does.
        if token_id and (api_id in {"", token_id} or loader.spec(api_id) is None):
            return self._admit_token(token_id, request, wire_ms)
        return self._admit_checked(request, wire_ms)

    def answer(self, admission: Admission, views: Views) -> ApiReply:
        """Return the answer of an admitted request; changes nothing and may be repeated.

        Raises:
            NotReady: The market has to build something first; ask again afterwards.
        """
        if admission.reply is not None:
            return admission.reply
        assert admission.question is not None
        return admission.question(views)

    def api_of(self, request: ApiRequest) -> str:
        """Return the API that a request asks for, as far as it says so; else an empty text."""
        if self._is_ralph(request):
            return api_of(request)
        return request.api_id or token_api(request.path)

    def refuse(self, request: ApiRequest, refused: Refused) -> ApiReply:
        """Return a refusal that somebody else decided on, its placeholders filled in."""
        api_id = self.api_of(request)
        known = {
            "api_id": api_id,
            "uri": request.path,
            "method": request.method,
            "per_second": self._limits.flow(api_id, request.path),
        }
        filled = Refused(refused.code, {**known, **refused.parameters}, refused.status)
        if self._is_ralph(request):
            return failure(*return_message(filled), filled.code, status=filled.status)
        return render(filled, known["api_id"])

    def client_of(self, request: ApiRequest) -> str:
        """Return the pseudonym of the caller, or an empty text if unknown.

        That is its app key (`key#1`). Whoever speaks the ralph dialect needs none and is known by
        the bearer text it sends (`bearer#1`), so that a client is one client over all its
        connections.
        """
        key = self.key_of(request)
        if key:
            return f"key#{key}"
        text = bearer(request.headers.get("authorization"))
        if isinstance(text, Refused) or not self._is_ralph(request):
            return ""
        return f"bearer#{self._bearers.setdefault(text, len(self._bearers) + 1)}"

    def key_of(self, request: ApiRequest) -> int:
        """Return the ordinal of the caller's app key, by its token, dead or alive; 0 if unknown."""
        if token_api(request.path):
            fields = body_fields(request.body)
            appkey = "" if isinstance(fields, Refused) else fields.get("appkey", "")
            return self.tokens.key(appkey) if appkey else 0
        text = bearer(request.headers.get("authorization"))
        return 0 if isinstance(text, Refused) else self.tokens.owner(text)

    def _is_ralph(self, request: ApiRequest) -> bool:
        dialect = dialect_of(request.path, request.api_id)
        return self._ralph.enabled and dialect is Dialect.RALPH

    def _admit_checked(self, request: ApiRequest, wire_ms: int) -> Admission:
        """Check a call of the official API, and count it against the limits."""
        api_id = request.api_id
        admitted = self._admit_call(request, wire_ms)
        if isinstance(admitted, Refused):
            key = self.key_of(request)
            return Admission(api_id=api_id, key=key, reply=render(admitted, api_id))
        spec, call, key = admitted
        verdict = self._limits.judge(key, spec, call.body, wire_ms)
        if verdict.refused is not None:
            reply = render(verdict.refused, api_id)
            return Admission(api_id=api_id, key=key, reply=reply, verdict=verdict)
        if spec.command:
            order = partial(self._order, spec, call, key, wire_ms)
            return Admission(api_id=api_id, key=key, order=order, verdict=verdict)
        statement = None
        if self._brokerage is not None and spec.served and spec.path == ACCOUNT_PATH:
            statement = self._brokerage.statement(key, wire_ms)
        return Admission(
            api_id=api_id,
            key=key,
            question=partial(_answer_call, spec, call, statement),
            variant=partial(_variant, spec, call),
            subject=call.text("stk_cd") or call.text("inds_cd"),
            verdict=verdict,
        )

    def _order(self, spec: ApiSpec, call: Call, key: int, wire_ms: int) -> ApiReply:
        if self._brokerage is None:
            return render(Refused("8104"), spec.api_id)
        outcome = self._brokerage.order(spec, call, key, wire_ms, self._config)
        if isinstance(outcome, Refused):
            return render(outcome, spec.api_id)
        return success(spec.api_id, outcome)

    def _admit_form(self, request: ApiRequest) -> Admission:
        form, key = read_form(request), self.key_of(request)
        if isinstance(form, Denied):
            return Admission(
                api_id=api_of(request), dialect=Dialect.RALPH, key=key, reply=denial(form)
            )
        return Admission(
            api_id=form.api_id,
            dialect=Dialect.RALPH,
            key=key,
            question=partial(answer_form, form),
            subject=form.subject,
        )

    def _admit_token(self, api_id: str, request: ApiRequest, wire_ms: int) -> Admission:
        fields = body_fields(request.body)
        dialect = Dialect.KIWOOM
        outcome: dict[str, str | int] | Refused
        if isinstance(fields, Refused):
            outcome = fields
        elif api_id != "au10001":
            outcome = revoke(self.tokens, fields, wire_ms)
        elif self._ralph.enabled and fields.get("grant_type") == REFRESH:
            dialect, outcome = Dialect.RALPH, issue(self.tokens, fields, wire_ms, grant=REFRESH)
        else:
            outcome = issue(self.tokens, fields, wire_ms)
        if isinstance(outcome, Refused):
            reply = render(outcome, api_id)
        else:
            body = {**outcome, "return_code": 0, "return_msg": SUCCESS_TEXT}
            reply = success(api_id, msgspec.json.encode(body))
        key = self.key_of(request)
        return Admission(api_id=api_id, dialect=dialect, key=key, reply=reply)

    def _admit_call(self, request: ApiRequest, wire_ms: int) -> tuple[ApiSpec, Call, int] | Refused:
        spec = self._route(request)
        if isinstance(spec, Refused):
            return spec
        token = self._token(request, wire_ms)
        if isinstance(token, Refused):
            return token
        fields = body_fields(request.body)
        if isinstance(fields, Refused):
            return fields
        missing = _missing(spec, fields)
        if missing:
            return Refused("1511", {"parameter": missing})
        continues = request.headers.get("cont-yn", "").strip().upper() == "Y"
        call = Call(
            body=fields,
            next_key=request.headers.get("next-key", "").strip() if continues else "",
            oddities=self._config.oddities,
        )
        return spec, call, token.key

    def _route(self, request: ApiRequest) -> ApiSpec | Refused:
        api_id, path = request.api_id, request.path
        if not api_id:
            return Refused("1501")
        spec = loader.spec(api_id)
        if spec is None:
            return Refused("1505", {"api_id": api_id})
        if spec.path != path:
            return Refused("1504", {"api_id": api_id, "uri": path})
        return spec if spec.served or self.stubbed(api_id) else Refused("8104")

    def _token(self, request: ApiRequest, wire_ms: int) -> Token | Refused:
        text = bearer(request.headers.get("authorization"))
        if isinstance(text, Refused):
            return text
        return self.tokens.check(text, wire_ms)


def _stray(request: ApiRequest) -> Refused | None:
    """Return why a request cannot be meant for the API at all."""
    if not request.path.startswith(_API_PATHS):
        return Refused("404", {"uri": request.path})
    return None if request.method == "POST" else Refused("405", {"method": request.method})


def _nobody(_api_id: str) -> bool:
    return False


def _answer_call(spec: ApiSpec, call: Call, statement: Statement | None, views: Views) -> ApiReply:
    if not spec.served:
        return render(Refused("8104"), spec.api_id)
    outcome = answer_query(spec, call, Views(views.market, views.now_ms, statement))
    if isinstance(outcome, Refused):
        return render(outcome, spec.api_id)
    return success(spec.api_id, outcome.body, outcome.next_key)


def _variant(spec: ApiSpec, call: Call, name: str, value: str) -> Question | None:
    if call.text(name) in {"", value}:
        return None
    other = msgspec.structs.replace(call, body={**call.body, name: value})
    return partial(_answer_call, spec, other, None)


def success(api_id: str, body: bytes, next_key: str = "") -> ApiReply:
    """Return a successful answer; a next key says that another page follows."""
    continues = "Y" if next_key else "N"
    headers = (("api-id", api_id), ("cont-yn", continues), ("next-key", next_key), EXPOSED)
    return ApiReply(headers=headers, body=body)


def bearer(header: str | None) -> str | Refused:
    """Return the token of an authorization header; the scheme is matched without case."""
    words = (header or "").split()
    if not words:
        return Refused("1513")
    if words[0].lower() != "bearer":
        return Refused("1515" if len(words) == 2 else "1514")
    if len(words) != 2:
        return Refused("1516" if len(words) == 1 else "1514")
    return words[1]


def _missing(spec: ApiSpec, fields: dict[str, str]) -> str:
    """Return the first required field without a value, in the order of the guide."""
    for name, field in spec.request.items():
        value = fields.get(name) if field.required else ""
        never_empty = field.required and (field.kind == "date" or name == "stk_cd")
        if value is None or (never_empty and not value.strip()):
            return name
    return ""

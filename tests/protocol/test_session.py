import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.session import HangUp, Send, Session
from tests.protocol.playbook import (
    PING,
    At,
    Closed,
    Peer,
    Stage,
    login,
    ok,
    refused,
    register,
    remove,
    system,
)


def logged_in(**config: object) -> Peer:
    stage = Stage(**config)
    return stage.peer() >> login(stage.token()) << ok("LOGIN")


def test_login_answer_is_the_first_frame() -> None:
    stage = Stage()
    peer = stage.peer().quiet() >> login(stage.token())
    peer << {"trnm": "LOGIN", "return_code": 0, "return_msg": "", "sor_yn": "Y"}
    peer.quiet()


def test_bad_token_is_told_and_closed() -> None:
    peer = Stage().peer() >> login("nonsense")
    message = (
        "토큰 인증에 실패했습니다. 접속을 종료합니다 [CODE=8005, MESSAGE=Token이 유효하지 않습니다]"
    )
    peer << {"trnm": "LOGIN", "return_code": 805004, "return_msg": message} << Closed()
    (peer >> register(["0B"], ["005930"])).quiet()


@pytest.mark.parametrize("token", [None, 5, "", ["x"]])
def test_login_without_a_token_text_is_a_bad_token(token: object) -> None:
    peer = Stage().peer() >> {"trnm": "LOGIN", "token": token}
    peer << refused("LOGIN", 805004) << Closed()


def test_anything_before_login_ends_the_session() -> None:
    for first in (register(["0B"], ["005930"]), PING, "{", "[]", b"\xff"):
        Stage().peer() >> first << system("R10004") << Closed()


def test_no_login_in_time_ends_the_session() -> None:
    peer = Stage(login_wait_ms=5_000).peer()
    (peer >> At(4_999)).quiet()
    peer >> At(5_000) << system("R10004") << Closed()


def test_registration_right_after_login_needs_no_wait() -> None:
    stage = Stage()
    peer = stage.peer() >> login(stage.token()) >> register(["0B", "0D"], ["005930"])
    peer << ok("LOGIN") << ok("REG")
    assert stage.board.registry.pairs(1) == (("0B", "005930"), ("0D", "005930"))


def test_ping_comes_at_its_interval_and_an_echo_keeps_the_session() -> None:
    peer = logged_in(ping_interval_ms=10_000)
    (peer >> At(9_999)).quiet()
    for at_ms in range(10_000, 200_000, 10_000):
        peer >> At(at_ms) << PING >> PING
        peer.quiet()


@pytest.mark.parametrize(
    "echo", ['{"trnm":"PING"}', '{"trnm": "PING", "x": 1}', b'{"trnm":"PING"}']
)
def test_any_echo_counts(echo: str | bytes) -> None:
    peer = logged_in(ping_interval_ms=100, ping_misses=1)
    peer >> At(100) << PING >> echo >> At(200) << PING
    peer.quiet()


def test_five_unanswered_pings_end_the_session() -> None:
    peer = logged_in(ping_interval_ms=10_000, ping_misses=5)
    for at_ms in range(10_000, 60_000, 10_000):
        peer >> At(at_ms) << PING
    peer.quiet() >> At(60_000) << system("R10002") << Closed()


def test_other_messages_do_not_answer_a_ping() -> None:
    peer = logged_in(ping_interval_ms=100, ping_misses=1)
    peer >> At(100) << PING >> register(["0B"], ["005930"]) << ok("REG")
    peer >> At(200) << system("R10002") << Closed()


def test_a_late_echo_is_in_time() -> None:
    peer = logged_in(ping_interval_ms=100, ping_misses=2)
    peer >> At(100) << PING >> At(200) << PING >> At(299) >> PING >> At(300) << PING
    peer.quiet()


def test_unreadable_and_unknown_messages_do_not_end_the_session() -> None:
    peer = logged_in()
    for message in ("{", "[1]", '"x"', '{"trnm":"reg"}', '{"trnm":"PONG"}', "{}", '{"trnm":[1]}'):
        peer >> message << system("R10003")
    peer >> "[" * 100_000 << system("R10003")
    peer >> register(["0B"], ["005930"]) << ok("REG")


def test_echoing_a_system_frame_ends_the_session() -> None:
    logged_in() >> {"trnm": "SYSTEM", "code": "R10001", "message": ""} << Closed()


def test_condition_search_is_refused_with_a_message() -> None:
    peer = logged_in() >> {"trnm": "CNSRLST"}
    peer << {"trnm": "CNSRLST", "return_code": 1, "data": []}


def test_refresh_zero_replaces_the_group_only() -> None:
    peer = logged_in()
    registry = peer.stage.board.registry
    peer >> register(["0B"], ["000660"], group="1") << ok("REG")
    peer >> register(["0B"], ["035420"], group="2") << ok("REG")
    peer >> register(["0B"], ["005930"], group="1", refresh="0") << ok("REG")
    assert registry.items("0B") == ("005930", "035420")


@pytest.mark.parametrize("refresh", ["1", "", None])
def test_any_other_refresh_keeps_the_group(refresh: str | None) -> None:
    peer = logged_in()
    peer >> register(["0B"], ["000660"]) << ok("REG")
    peer >> register(["0B"], ["005930"], refresh=refresh) << ok("REG")
    assert peer.stage.board.registry.items("0B") == ("000660", "005930")


def test_remove_leaves_other_groups_alone() -> None:
    peer = logged_in()
    peer >> register(["0B"], ["005930"], group="1") << ok("REG")
    peer >> register(["0B"], ["005930"], group="2") << ok("REG")
    peer >> remove(["0B"], ["005930"], group="1") << ok("REMOVE")
    assert peer.stage.board.registry.listeners(("0B", "005930")) == (1,)
    peer >> {**remove(["0B"], ["005930"], group="2"), "refresh": ""} << ok("REMOVE")
    assert peer.stage.board.registry.listeners(("0B", "005930")) == ()


def test_the_cap_counts_items_not_types_and_refuses_whole_messages() -> None:
    peer = logged_in(register_items_max=3)
    registry = peer.stage.board.registry
    peer >> register(["0B", "0D"], ["000001", "000002", "000003"]) << ok("REG")
    peer >> register(["0C", "0s"], ["000001", ""]) << ok("REG")
    before = registry.pairs(1)
    peer >> register(["0B"], ["000001", "000004"]) << refused("REG", 105115)
    peer >> register(["0B"], ["1", "2", "3", "4"]) << refused("REG", 105118)
    assert registry.pairs(1) == before
    peer >> At(1_000) >> register(["0B"], ["1", "2", "3"], refresh="0") << ok("REG")


def test_too_many_registrations_a_second_are_refused() -> None:
    peer = logged_in(register_per_second=5)
    for _ in range(5):
        peer >> register(["0B"], ["005930"]) << ok("REG")
    peer >> register(["0B"], ["000660"]) << refused("REG", 105110)
    peer >> remove(["0B"], ["005930"]) << ok("REMOVE")
    peer >> At(200) >> register(["0B"], ["000660"]) << ok("REG")


def test_limits_can_be_switched_off() -> None:
    peer = logged_in(limits_enabled=False, register_items_max=1, register_per_second=1)
    for _ in range(10):
        peer >> register(["0B"], ["000001", "000002"]) << ok("REG")


def test_settings_may_change_in_an_open_session() -> None:
    peer = logged_in(register_per_second=1, register_items_max=1, ping_interval_ms=1_000)
    peer >> register(["0B"], ["005930"]) << ok("REG")
    peer >> register(["0B"], ["005930"]) << refused("REG", 105110)
    peer.stage.board.configure(
        WireConfig(register_per_second=3, register_items_max=2, ping_interval_ms=300)
    )
    peer >> register(["0B"], ["000660"]) << ok("REG")
    peer >> At(1_000) << PING >> At(1_300) << PING
    peer.quiet()


@pytest.mark.parametrize("data", ["0B", {"item": ["1"], "type": ["0B"]}, [{"item": "1"}], [], None])
def test_malformed_lists_are_refused(data: object) -> None:
    for name in ("REG", "REMOVE"):
        logged_in() >> {"trnm": name, "grp_no": "1", "data": data} << refused(name, 105111)


def test_a_second_login_on_the_connection_is_answered_again() -> None:
    peer = logged_in()
    peer >> login(peer.stage.token("other")) << ok("LOGIN")
    peer.quiet()


def test_answers_have_a_fixed_key_order() -> None:
    stage = Stage()
    stage.peer() >> login(stage.token()) >> register(["0B"], ["005930"])
    frames = [out.frame for out in stage.pending[1] if isinstance(out, Send)]
    assert frames == [
        b'{"trnm":"LOGIN","return_code":0,"return_msg":"","sor_yn":"Y"}',
        b'{"trnm":"REG","return_code":0,"return_msg":""}',
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
messages = st.one_of(
    st.text(max_size=20),
    st.binary(max_size=20),
    json_values.map(json.dumps),
    st.fixed_dictionaries(
        {"trnm": st.sampled_from(["REG", "REMOVE", "PING", "LOGIN", "SYSTEM", "CNSRREQ"])},
        optional={"data": json_values, "grp_no": json_values, "refresh": json_values},
    ).map(json.dumps),
)


@given(st.lists(messages, max_size=8), st.booleans())
def test_no_message_breaks_a_session(sent: list[str | bytes], first: bool) -> None:
    stage = Stage()
    peer = stage.peer()
    if first:
        peer >> login(stage.token()) << ok("LOGIN")
    for text in sent:
        peer >> text
    outputs = stage.pending[1]
    assert all(isinstance(out, Send) for out in outputs[:-1])
    assert all("trnm" in json.loads(out.frame) for out in outputs if isinstance(out, Send))
    if outputs and isinstance(outputs[-1], HangUp):
        assert stage.board.session(1) is None


def test_nothing_follows_a_hang_up() -> None:
    stage = Stage(login_wait_ms=0)
    session = Session(9, stage.config, stage.tokens, stage.board.registry, 0)
    assert session.due_ms is None
    assert session.end() == [HangUp(9)]
    assert session.end("R10001") == []
    assert session.receive('{"trnm":"LOGIN"}', 5) == []
    assert session.due(10**9) == []

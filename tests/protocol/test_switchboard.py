from hypothesis import given
from hypothesis import strategies as st

from tests.protocol.playbook import (
    PING,
    At,
    Closed,
    Stage,
    login,
    ok,
    register,
    system,
    ws_lobby,
)


def test_a_second_login_with_the_same_key_kicks_the_older_connection() -> None:
    stage = Stage()
    older, newer = stage.peer(1), stage.peer(2)
    older >> login(stage.token()) >> register(["0B"], ["005930"]) << ok("LOGIN") << ok("REG")
    newer >> login(stage.token()) << ok("LOGIN")
    older << system("R10001") << Closed(1000, "Bye")
    assert stage.board.connections() == (2,)
    assert stage.board.registry.listeners(("0B", "005930")) == ()


def test_another_key_does_not_kick() -> None:
    stage = Stage()
    first, second = stage.peer(1), stage.peer(2)
    first >> login(stage.token("a")) << ok("LOGIN")
    second >> login(stage.token("b")) << ok("LOGIN")
    first.quiet()


def test_two_sessions_may_share_a_key_where_the_scenario_says_so() -> None:
    stage = Stage(duplicate_login="allow")
    first, second = stage.peer(1), stage.peer(2)
    first >> login(stage.token()) << ok("LOGIN")
    second >> login(stage.token()) << ok("LOGIN")
    first.quiet()


def test_the_sessions_of_a_key_can_be_dismissed_with_and_without_a_word() -> None:
    stage = Stage(duplicate_login="allow")
    first, second, other = stage.peer(1), stage.peer(2), stage.peer(3)
    first >> login(stage.token()) << ok("LOGIN")
    other >> login(stage.token("b")) << ok("LOGIN")
    assert [type(output).__name__ for output in stage.board.dismiss(1)] == ["Send", "HangUp"]
    second >> login(stage.token()) << ok("LOGIN")
    assert [type(output).__name__ for output in stage.board.dismiss(1, "")] == ["HangUp"]
    assert stage.board.dismiss(1) == []
    assert stage.board.connections() == (3,)


def test_logging_in_again_under_another_key_frees_the_first() -> None:
    stage = Stage()
    first, second = stage.peer(1), stage.peer(2)
    first >> login(stage.token("a")) << ok("LOGIN") >> login(stage.token("b")) << ok("LOGIN")
    second >> login(stage.token("a")) << ok("LOGIN")
    first.quiet()


def test_pings_are_served_in_order_of_time_then_connection() -> None:
    stage = Stage(ping_interval_ms=100)
    for connection, appkey in ((2, "b"), (1, "a")):
        stage.peer(connection) >> login(stage.token(appkey)) << ok("LOGIN")
    assert stage.board.next_due_ms == 100
    assert [out.connection for out in stage.board.due(200)] == [1, 2, 1, 2]
    assert stage.board.next_due_ms == 300


def test_a_closed_connection_is_forgotten() -> None:
    stage = Stage(ping_interval_ms=100)
    peer = stage.peer(1) >> login(stage.token()) >> register(["0B"], ["005930"])
    peer << ok("LOGIN") << ok("REG")
    stage.board.close(1)
    stage.board.close(1)
    assert stage.board.session(1) is None
    assert stage.board.registry.items("0B") == ()
    assert stage.board.next_due_ms is None
    (peer >> PING >> At(10_000)).quiet()


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["open", "in", "close"]))))
def test_one_key_has_at_most_one_session(steps: list[tuple[int, str]]) -> None:
    stage = Stage()
    token = stage.token()
    for connection, step in steps:
        if step == "open" and stage.board.session(connection) is None:
            stage.peer(connection)
        elif step == "in" and connection in stage.pending:
            stage.file(stage.board.receive(connection, f'{{"trnm":"LOGIN","token":"{token}"}}', 0))
        elif step == "close":
            stage.board.close(connection)
        sessions = [stage.board.session(number) for number in stage.board.connections()]
        assert sum(session is not None and session.is_open for session in sessions) <= 1


def test_due_times_of_closed_connections_do_not_pile_up() -> None:
    stage = Stage(login_wait_ms=60_000)
    stage.peer(1)
    for connection in range(2, 1_000):
        stage.peer(connection)
        stage.board.close(connection)
    assert len(stage.board._due) < 100
    assert stage.board.next_due_ms == 60_000


def test_the_path_decides_which_contract_is_spoken() -> None:
    stage = Stage(ws_lobby(), login_wait_ms=1_000)
    older, official = stage.peer(1, "/ws"), stage.peer(2, "/api/dostk/websocket")
    older << {"type": "connected"} >> {"type": "ping"} << {"type": "pong"}
    official.quiet()
    official >> {"type": "ping"} << system("R10004") << Closed()
    assert stage.board.connections() == (1,)
    assert stage.board.next_due_ms is None

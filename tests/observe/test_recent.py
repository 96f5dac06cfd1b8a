from kiwoom_sim.observe.recent import RequestLog, Seen, Wanted


def seen(
    seq: int, api: str = "ka10001", status: int = 200, path: str = "/api/dostk/stkinfo"
) -> Seen:
    return Seen(
        id=f"r{seq}", ms=seq * 10, seq=seq, conn=1, api=api, method="POST", path=path,
        status=status, return_code=0,
    )  # fmt: skip


def ids(log: RequestLog, **wanted: object) -> list[str]:
    return [each.id for each in log.latest(Wanted(**wanted))]


def test_the_newest_comes_first_whenever_it_was_answered() -> None:
    log = RequestLog()
    for seq in (1, 3, 2):
        log.add(seen(seq))
    assert ids(log) == ["r3", "r2", "r1"]
    assert ids(log, since=1) == ["r3", "r2"]


def test_patterns_and_status_choose() -> None:
    log = RequestLog()
    log.add(seen(1, "ka10001"))
    log.add(seen(2, "ka10081", 429, "/api/dostk/chart"))
    log.add(seen(3, "au10001", 200, "/oauth2/token"))
    log.add(seen(4, "ka10001", 503))
    assert ids(log, api="ka1*") == ["r4", "r2", "r1"]
    assert ids(log, path="/oauth2/*") == ["r3"]
    assert ids(log, api="ka10001", status=503) == ["r4"]
    assert log.counts(Wanted(api="ka*")) == {
        "ka10001": {"200": 1, "503": 1}, "ka10081": {"429": 1},
    }  # fmt: skip
    assert log.counts(Wanted(api="ka*", since=2)) == {"ka10001": {"503": 1}}


def test_counts_go_on_where_memory_ends() -> None:
    log = RequestLog(remembered=3)
    for seq in range(1, 11):
        log.add(seen(seq))
    assert ids(log) == ["r10", "r9", "r8"]
    assert log.forgotten == 7
    assert log.counts(Wanted()) == {"ka10001": {"200": 10}}


def test_a_cleared_log_leaves_out_late_answers_from_before() -> None:
    log = RequestLog(remembered=1)
    log.add(seen(1))
    log.add(seen(2))
    log.clear(4)
    log.add(seen(3))
    assert (ids(log), log.counts(Wanted()), log.forgotten) == ([], {}, 0)
    log.add(seen(5))
    assert ids(log) == ["r5"]


def test_names_that_clients_invent_cannot_fill_the_memory() -> None:
    log = RequestLog(remembered=1)
    for seq in range(1, 3_001):
        log.add(seen(seq, api=f"x{seq}"))
    counts = log.counts(Wanted())
    assert len(counts) <= 1_001
    assert sum(sum(each.values()) for each in counts.values()) == 3_000

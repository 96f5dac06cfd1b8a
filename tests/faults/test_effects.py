from kiwoom_sim.faults.effects import NO_FAULT, Close, Delay, Effect, Injection, Plan, Refuse, Reply


def plan(*effects: Effect) -> Plan:
    return Plan(
        injections=tuple(
            Injection(fault_id=f"f{i}", rule="r", kind="k", effect=effect)
            for i, effect in enumerate(effects, 1)
        )
    )


def test_no_fault_asks_for_nothing() -> None:
    assert (NO_FAULT.delay_ms, NO_FAULT.instead, NO_FAULT.close) == (0, None, None)


def test_delays_add_up() -> None:
    assert plan(Delay(200), Close(1011), Delay(50, after=True)).delay_ms == 250


def test_the_first_answer_and_the_first_closing_count() -> None:
    busy, refused = Reply(503, b"{}"), Refuse("1700")
    both = plan(Delay(5), busy, refused, Close(1011), Close(0))
    assert both.instead == busy
    assert both.close == Close(1011)
    assert plan(refused).instead == refused

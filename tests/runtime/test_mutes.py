"""Check which registrations are dead, and how they come back to life."""

import msgspec

from kiwoom_sim.faults.effects import Mute
from kiwoom_sim.faults.facts import Facts, Moment
from kiwoom_sim.runtime.facts import message_facts
from kiwoom_sim.runtime.mutes import Mutes


def facts(moment: Moment, body: object, connection: int = 1, path: str = "/p") -> Facts:
    text = msgspec.json.encode(body)
    return message_facts(moment, text, wire_ms=0, connection=connection, key="", path=path)


def register(name: str, *items: str, connection: int = 1) -> Facts:
    data = [{"item": list(items), "type": ["0B", "0D"]}]
    return facts("message", {"trnm": name, "grp_no": "1", "data": data}, connection)


def frame(kind: str, item: str, connection: int = 1) -> Facts:
    return facts("frame", {"trnm": "REAL", "data": [{"type": kind, "item": item}]}, connection)


def test_what_a_dead_registration_names_has_a_killer() -> None:
    mutes = Mutes()
    assert not mutes
    mutes.follow(register("REG", "a", "b"), Mute(types=("0B",), codes=("a",)), ("f1",))
    assert mutes
    assert mutes.killers(frame("0B", "a")) == ("f1",)
    assert mutes.killers(frame("0D", "a")) == ()
    assert mutes.killers(frame("0B", "b")) == ()
    assert mutes.killers(frame("0B", "a", connection=2)) == ()
    assert mutes.killers(facts("frame", {"trnm": "PING"})) == ()


def test_registering_anew_or_giving_up_heals() -> None:
    for name in ("REG", "REMOVE"):
        mutes = Mutes()
        mutes.follow(register("REG", "a", "b"), Mute(), ("f1",))
        mutes.follow(register(name, "a"), None, ())
        assert mutes.killers(frame("0B", "a")) == ()
        assert mutes.killers(frame("0B", "b")) == ("f1",)
        mutes.follow(register(name, "b"), None, ())
        assert not mutes


def test_types_without_items_can_be_dead_too() -> None:
    mutes = Mutes()
    mutes.follow(
        facts("message", {"trnm": "REG", "data": [{"item": [""], "type": ["0s"]}]}), Mute(), ("f",)
    )
    assert mutes.killers(frame("0s", "")) == ("f",)


def test_subscriptions_of_older_mocks_die_and_heal() -> None:
    mutes = Mutes()
    wish = {"type": "subscribe", "ticker": "005930"}
    mutes.follow(facts("message", wish, path="/ws"), Mute(), ("f1",))
    price = facts("frame", {"type": "realtime_price", "data": {"ticker": "005930"}}, path="/ws")
    assert mutes.killers(price) == ("f1",)
    mutes.follow(facts("message", {**wish, "type": "unsubscribe"}, path="/ws"), None, ())
    assert mutes.killers(price) == ()


def test_other_messages_and_broken_ones_change_nothing() -> None:
    mutes = Mutes()
    mutes.follow(register("REG", "a"), Mute(), ("f1",))
    mutes.follow(facts("message", {"trnm": "PING"}), None, ())
    mutes.follow(facts("message", {"trnm": "REG", "data": 7}), None, ())
    assert mutes.killers(frame("0B", "a")) == ("f1",)


def test_all_live_again_when_everything_is_counted_anew() -> None:
    mutes = Mutes()
    mutes.follow(register("REG", "a"), Mute(), ("f1",))
    mutes.clear()
    assert not mutes
    assert mutes.killers(frame("0B", "a")) == ()


def test_a_connection_that_is_gone_is_forgotten() -> None:
    mutes = Mutes()
    mutes.follow(register("REG", "a"), Mute(), ("f1",))
    mutes.forget(1)
    assert not mutes

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.protocol.registry import Registry


def test_a_pair_is_heard_until_it_left_its_last_group() -> None:
    registry = Registry()
    registry.add(7, "1", [("0B", "005930")])
    registry.add(7, "2", [("0B", "005930")])
    registry.remove(7, "1", [("0B", "005930")])
    assert registry.listeners(("0B", "005930")) == (7,)
    registry.clear(7, "2")
    assert registry.listeners(("0B", "005930")) == ()
    assert registry.items("0B") == ()


def test_listeners_are_in_order_of_registration() -> None:
    registry = Registry()
    for connection in (3, 1, 2):
        registry.add(connection, "1", [("0B", "005930")])
    registry.drop(1)
    registry.add(1, "1", [("0B", "005930")])
    assert registry.listeners(("0B", "005930")) == (3, 2, 1)


def test_items_without_a_code_do_not_count() -> None:
    registry = Registry()
    registry.add(1, "1", [("0s", ""), ("0B", "005930"), ("0D", "005930"), ("0B", "005930_NX")])
    assert registry.item_count(1) == 2
    assert registry.item_count(1, [("0B", "000660")]) == 3
    assert registry.item_count(1, [("0B", "000660")], replaced="1") == 1


pairs = st.tuples(st.sampled_from(["0B", "0D", "0s"]), st.sampled_from(["", "a", "b", "c"]))
steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "clear", "drop"]),
        st.integers(1, 3),
        st.sampled_from(["1", "2"]),
        st.lists(pairs, max_size=4),
    ),
    max_size=25,
)


@given(steps)
def test_the_index_agrees_with_a_plain_list_of_registrations(
    taken: list[tuple[str, int, str, list[tuple[str, str]]]],
) -> None:
    registry = Registry()
    model: dict[tuple[int, str, tuple[str, str]], None] = {}
    for step, connection, group, named in taken:
        if step == "add":
            registry.add(connection, group, named)
            model.update(dict.fromkeys((connection, group, pair) for pair in named))
        elif step == "remove":
            registry.remove(connection, group, named)
            for pair in named:
                model.pop((connection, group, pair), None)
        else:
            whole: Any = None if step == "drop" else group
            if step == "drop":
                registry.drop(connection)
            else:
                registry.clear(connection, group)
            model = {
                entry: None
                for entry in model
                if entry[0] != connection or (whole is not None and entry[1] != whole)
            }
        for kind in ("0B", "0D", "0s"):
            items = {pair[1] for _, _, pair in model if pair[0] == kind}
            assert registry.items(kind) == tuple(sorted(items))
            for item in ("", "a", "b", "c"):
                heard = {who for who, _, pair in model if pair == (kind, item)}
                assert set(registry.listeners((kind, item))) == heard
        for who in (1, 2, 3):
            assert set(registry.pairs(who)) == {pair for w, _, pair in model if w == who}
            items = {pair[1] for w, _, pair in model if w == who} - {""}
            assert registry.item_count(who) == len(items)

"""The store builds once, forgets the oldest, and asks for help with heavy units."""

from threading import Thread

import numpy as np
import pytest

from kiwoom_sim.market.store import NotReady, Store, size_of


def test_a_unit_is_built_once() -> None:
    store = Store()
    calls: list[int] = []

    def build() -> int:
        calls.append(1)
        return 7

    assert [store.get("a", build), store.get("a", build)] == [7, 7]
    assert len(calls) == 1


def test_the_least_recently_used_unit_is_dropped_first() -> None:
    store = Store(limit_bytes=3 * 8_500)
    for key in "abc":
        store.get(key, lambda: np.zeros(1_000))
    store.get("a", lambda: np.zeros(1_000))
    store.get("d", lambda: np.zeros(1_000))
    assert "b" not in store
    assert all(key in store for key in "acd")
    assert store.held_bytes == 3 * size_of(np.zeros(1_000))


def test_a_cooperative_store_raises_for_heavy_units_only() -> None:
    store = Store()
    store.cooperative = True
    assert store.get("light", lambda: 1) == 1
    with pytest.raises(NotReady) as caught:
        store.get("heavy", lambda: 2, heavy=True)
    assert caught.value.key == "heavy"
    assert "heavy" not in store
    caught.value.build()
    assert store.get("heavy", lambda: 3, heavy=True) == 2


def test_a_heavy_build_builds_what_it_needs_inline() -> None:
    store = Store()
    store.cooperative = True

    def outer() -> int:
        return 1 + store.get("inner", lambda: 10, heavy=True)

    with pytest.raises(NotReady) as caught:
        store.get("outer", outer, heavy=True)
    worker = Thread(target=caught.value.build)
    worker.start()
    worker.join()
    assert store.get("outer", outer, heavy=True) == 11
    with pytest.raises(NotReady):
        store.get("another", outer, heavy=True)


def test_clear_drops_everything() -> None:
    store = Store()
    store.get("a", lambda: [1, (2, 3), {"k": np.zeros(4)}])
    store.clear()
    assert (len(store), store.held_bytes) == (0, 0)


def test_of_big_units_only_the_newest_are_kept() -> None:
    store = Store()
    for number in range(5):
        store.get(("big", number), lambda: np.zeros(100), most=2)
        store.get(("small", number), lambda: np.zeros(10))
    assert [number for number in range(5) if ("big", number) in store] == [3, 4]
    assert all(("small", number) in store for number in range(5))
    assert store.held_bytes == 2 * size_of(np.zeros(100)) + 5 * size_of(np.zeros(10))

from kiwoom_sim.accounts.holders import holder_name


def test_holders_have_names_of_their_own_that_stay() -> None:
    names = [holder_name(1, owner) for owner in range(1, 30)]
    assert all(name.strip() == name and name for name in names)
    assert len(set(names)) > 20
    holder_name.cache_clear()
    assert [holder_name(1, owner) for owner in range(1, 30)] == names
    assert [holder_name(2, owner) for owner in range(1, 30)] != names

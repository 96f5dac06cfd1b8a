from kiwoom_sim.engine.statement import account_number


def test_account_numbers_are_ten_digits_of_their_own() -> None:
    numbers = [account_number(seed, owner) for seed in (1, 2) for owner in range(1, 200)]
    assert all(len(number) == 10 and number.isdigit() for number in numbers)
    assert len(set(numbers)) == len(numbers)
    assert account_number(1, 1) == numbers[0]

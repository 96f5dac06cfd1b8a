"""Invent names of account holders (예금주): the same for the same seed."""

from functools import lru_cache


@lru_cache(maxsize=1_024)
def holder_name(seed: int, owner: int) -> str:
    """Return the name of an account's holder.

    Args:
        seed: Seed of the run.
        owner: Ordinal of the app key that owns the account.
    """
    from faker import Faker  # noqa: PLC0415 - a heavy import that most runs never need

    faker = Faker("ko_KR")
    faker.seed_instance(f"{seed}|holder|{owner}")
    return str(faker.name())

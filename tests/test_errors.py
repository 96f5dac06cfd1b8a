"""Hold the error tree to what its docstring draws."""

import re

from kiwoom_sim import errors


def test_docstring_draws_every_error() -> None:
    assert errors.__doc__ is not None
    drawn = set(re.findall(r"\b([A-Z]\w*Error)\b", errors.__doc__))
    defined = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert drawn == defined


def test_every_error_is_one_of_ours() -> None:
    kinds = [value for value in vars(errors).values() if isinstance(value, type)]
    assert all(issubclass(kind, errors.KiwoomSimError) for kind in kinds)


def test_scenario_error_shows_every_problem() -> None:
    error = errors.ScenarioError(("a.toml:1: seed: not a number", "a.toml:2: clock: unknown key"))
    assert str(error).splitlines() == list(error.problems)

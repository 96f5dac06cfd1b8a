from typing import Annotated

import pytest
from msgspec import Meta, inspect

from kiwoom_sim.scenario.bounds import misfit, out_of_bounds
from kiwoom_sim.scenario.fields import unwrap


def typed(annotation: object) -> inspect.Type:
    return unwrap(inspect.type_info(annotation))[1]


@pytest.mark.parametrize(
    ("bound", "value", "kind", "told"),
    [
        (Meta(ge=1), 1, "", ""),
        (Meta(ge=1), 0, "", "below 1"),
        (Meta(gt=1), 1, "", "not above 1"),
        (Meta(le=2_900), 3_500, "rate", "above 29%"),
        (Meta(lt=60_000), 60_000, "duration", "not below 1m"),
        (Meta(ge=1_000_000), 1, "size", "below 1MB"),
    ],
)
def test_a_bound_is_told_as_a_file_writes_it(bound: Meta, value: int, kind: str, told: str) -> None:
    member = typed(Annotated[int, bound])
    assert isinstance(member, inspect.IntType)
    assert out_of_bounds(member, value, kind) == told


@pytest.mark.parametrize(
    ("bound", "value", "told"),
    [
        (Meta(min_length=1), "", "empty"),
        (Meta(min_length=2), "a", "shorter than 2"),
        (Meta(max_length=2), "abc", "longer than 2 characters"),
        (Meta(pattern="^[0-9A-Z]{6}$"), "5930", "not a stock code: six digits or capital letters"),
        (Meta(pattern="^x$"), "y", "not of the form ^x$"),
        (Meta(pattern="^x$"), "x", ""),
    ],
)
def test_a_text_that_does_not_fit_is_told_in_words(bound: Meta, value: str, told: str) -> None:
    member = typed(Annotated[str, bound])
    assert isinstance(member, inspect.StrType)
    assert misfit(member, value).startswith(told)
    assert bool(misfit(member, value)) == bool(told)

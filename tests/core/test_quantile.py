from decimal import Decimal
from statistics import NormalDist

import numpy as np
import pytest

from kiwoom_sim.core import rng
from kiwoom_sim.core.quantile import normal_quantile

PROBABILITIES = ("1e-10", "0.001", "0.02424", "0.02426", "0.3", "0.5", "0.9", "0.975", "0.99999")


@pytest.mark.parametrize("text", PROBABILITIES)
def test_it_is_the_quantile_of_the_normal_distribution(text: str) -> None:
    z = float(normal_quantile(Decimal(text)))
    assert z == pytest.approx(NormalDist().inv_cdf(float(text)), rel=2e-8, abs=1e-12)
    (same,) = rng.normal_quantile(np.array([float(text)]))
    assert z == pytest.approx(same, rel=1e-12, abs=1e-12)


def test_its_digits_are_the_same_everywhere() -> None:
    assert str(normal_quantile(Decimal("0.99"))) == "2.32634787438802795944150"

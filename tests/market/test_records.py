"""The records of the market: columns count as rows, records do not change."""

import numpy as np
import pytest

from kiwoom_sim.market.records import INVESTORS, Candles, Trades


@pytest.mark.parametrize("kind", [Candles, Trades])
@pytest.mark.parametrize("count", [0, 3])
def test_columns_count_as_rows(kind: type[Candles] | type[Trades], count: int) -> None:
    column = np.zeros(count, dtype=np.int64)
    rows = kind(**dict.fromkeys(kind.__struct_fields__, column))
    assert len(rows) == count
    with pytest.raises(AttributeError):
        rows.time = column


def test_institutions_stand_together() -> None:
    assert INVESTORS.index("state") - INVESTORS.index("financial_investment") == 7
    assert len(set(INVESTORS)) == len(INVESTORS) == 12

"""The packaged tables: readable, and one shape per file."""

import pytest

from kiwoom_sim.market.tables import read_rows

TABLES = {
    "instruments.csv": 1_022,
    "instruments_us.csv": 132,
    "closures.csv": 299,
    "indices.csv": 105,
    "themes.csv": 56,
    "brokers.csv": 52,
}


@pytest.mark.parametrize(("name", "count"), TABLES.items())
def test_table_has_all_its_rows(name: str, count: int) -> None:
    rows = list(read_rows(name))
    assert len(rows) == count
    assert all(None not in row.values() for row in rows)


def test_rows_keep_text_as_it_stands() -> None:
    first = next(read_rows("instruments.csv"))
    assert (first["code"], first["name_ko"]) == ("005930", "삼성전자")

"""Read the packaged data tables of the market room; the only reader of `market/data`.

Not for: meaning. Columns are given their types by the module that owns the table.
"""

import csv
from collections.abc import Iterator
from importlib import resources


def read_rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a packaged CSV table, in file order.

    Args:
        name: File name inside `market/data`, e.g. `brokers.csv`.
    """
    source = resources.files("kiwoom_sim.market") / "data" / name
    lines = csv.reader(source.read_text(encoding="utf-8").splitlines())
    header = next(lines)
    for line in lines:
        yield dict(zip(header, line, strict=True))

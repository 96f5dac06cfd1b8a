"""Make a request body for every API that works on the running market."""

from kiwoom_sim.core.clock import format_day
from kiwoom_sim.protocol.spec import ApiSpec, Field

SYMBOL = "005930"
INDEX = "001"

_BY_NAME = {
    "stk_cd": SYMBOL,
    "inds_cd": INDEX,
    "grant_type": "client_credentials",
    "appkey": "my-app-key",
    "secretkey": "my-secret-key",
    "token": "",
    "qry_dt": "",
}

_MARKET_ORDER = {"dmst_stex_tp": "KRX", "trde_tp": "3", "ord_qty": "1"}


def example_body(spec: ApiSpec, day: int) -> dict[str, str]:
    """Return a body that the API answers: each required field, with a value that fits.

    An order is one for a share at the market; an amendment or a cancel needs an order of its own.

    Args:
        spec: The API.
        day: Market day that dates refer to.
    """
    values = _BY_NAME | _MARKET_ORDER if spec.command else _BY_NAME
    return {
        name: _example(name, field, day, values)
        for name, field in spec.request.items()
        if field.required or name in _BY_NAME
    }


def _example(name: str, field: Field, day: int, values: dict[str, str]) -> str:
    if field.kind == "date" or name.endswith("_dt"):
        return format_day(day)
    if name in values:
        return values[name]
    return next(iter(field.codes), "1")

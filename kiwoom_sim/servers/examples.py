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


def example_body(spec: ApiSpec, day: int) -> dict[str, str]:
    """Return a body that the API answers: each required field, with a value that fits.

    Args:
        spec: The API.
        day: Market day that dates refer to.
    """
    return {
        name: _example(name, field, day)
        for name, field in spec.request.items()
        if field.required or name in _BY_NAME
    }


def _example(name: str, field: Field, day: int) -> str:
    if field.kind == "date" or name.endswith("_dt"):
        return format_day(day)
    if name in _BY_NAME:
        return _BY_NAME[name]
    return next(iter(field.codes), "1")

"""Answer the token calls (au10001, au10002): read their forms and ask the token book.

Not for: how tokens live (`tokens.py`).
"""

from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.tokens import TokenBook

REFRESH = "refresh_token"
"""Grant type of the older servers."""


def issue(
    tokens: TokenBook, fields: dict[str, str], wire_ms: int, grant: str = "client_credentials"
) -> dict[str, str | int] | Refused:
    """Return the members of a token answer, or why there is none.

    The older grant also tells the life that is left.
    """
    given = fields.get("grant_type", "")
    if given != grant:
        return Refused("8012" if given else "8011")
    if not fields.get("appkey") or not fields.get("secretkey"):
        return Refused("8020")
    token = tokens.issue(fields["appkey"], fields["secretkey"], wire_ms)
    if isinstance(token, Refused):
        return token
    members: dict[str, str | int] = {
        "expires_dt": token.expires_dt,
        "token_type": "bearer",
        "token": token.text,
    }
    return {**members, "expires_in": token.left_s(wire_ms)} if grant == REFRESH else members


def revoke(
    tokens: TokenBook, fields: dict[str, str], wire_ms: int
) -> dict[str, str | int] | Refused:
    """Kill a token; return the members of the answer, none, or why it was not done."""
    if not fields.get("token"):
        return Refused("8016")
    if not fields.get("appkey") or not fields.get("secretkey"):
        return Refused("8020")
    refused = tokens.revoke(fields["token"], fields["appkey"], fields["secretkey"], wire_ms)
    return {} if refused is None else refused

"""Keep the secrets of a scenario out of what is written and shown.

App keys of accounts become `key#1`, `key#2`, ... and their secrets `secret#1`, ...; app keys that
only rules name become `key@1`, `key@2`, ...; a run of such a scenario is the same byte for byte,
because nothing on the wire depends on the texts themselves and traces hold the same names.
"""

from hashlib import blake2b
from typing import TypeVar

import msgspec

from kiwoom_sim.faults.rules import Rule, WsRule
from kiwoom_sim.faults.stubs import Stub
from kiwoom_sim.scenario.schema import Scenario

_Conditional = TypeVar("_Conditional", Rule, WsRule, Stub)


def without_secrets(scenario: Scenario) -> Scenario:
    """Return a scenario that has stand-ins for app keys and secrets."""
    numbers: dict[str, int] = {}
    accounts = []
    for account in scenario.accounts:
        number = numbers.setdefault(account.appkey, len(numbers) + 1)
        accounts.append(
            msgspec.structs.replace(account, appkey=f"key#{number}", secretkey=f"secret#{number}")
        )
    names = {app_key: f"key#{number}" for app_key, number in numbers.items()}
    names |= {key: f"key@{number}" for number, key in enumerate(keys_of_rules(scenario), 1)}
    return msgspec.structs.replace(
        scenario,
        accounts=tuple(accounts),
        rules=_renamed(scenario.rules, names),
        ws_rules=_renamed(scenario.ws_rules, names),
        stubs=_renamed(scenario.stubs, names),
    )


def keys_of_rules(scenario: Scenario) -> tuple[str, ...]:
    """Return the app keys that rules and stubs name and no account has, in order."""
    matches = [each.match for each in (*scenario.all_rules, *scenario.stubs)]
    known = {account.appkey for account in scenario.accounts}
    named = dict.fromkeys(app_key for match in matches for app_key in match.app_key)
    return tuple(app_key for app_key in named if app_key not in known)


def fingerprint(scenario: Scenario) -> str:
    """Return what tells whether two scenarios have the same secrets; "" without any."""
    texts = [(account.appkey, account.secretkey) for account in scenario.accounts]
    texts += [(app_key, "") for app_key in keys_of_rules(scenario)]
    return blake2b(msgspec.json.encode(texts), digest_size=8).hexdigest() if texts else ""


def _renamed(items: tuple[_Conditional, ...], names: dict[str, str]) -> tuple[_Conditional, ...]:
    """Return rules or stubs whose app keys have stand-ins."""
    return tuple(
        msgspec.structs.replace(
            item,
            match=msgspec.structs.replace(
                item.match, app_key=tuple(names[app_key] for app_key in item.match.app_key)
            ),
        )
        if item.match.app_key
        else item
        for item in items
    )

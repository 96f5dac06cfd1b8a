"""Keep the secrets of accounts out of what is written and shown.

App keys become `key#1`, `key#2`, ... and their secrets `secret#1`, ...; a run of such a scenario
is the same byte for byte, because nothing on the wire depends on the texts themselves and traces
hold the same names.
"""

from hashlib import blake2b

import msgspec

from kiwoom_sim.scenario.schema import Scenario


def without_secrets(scenario: Scenario) -> Scenario:
    """Return a scenario whose accounts have stand-ins for app keys and secrets."""
    numbers: dict[str, int] = {}
    accounts = []
    for account in scenario.accounts:
        number = numbers.setdefault(account.appkey, len(numbers) + 1)
        accounts.append(
            msgspec.structs.replace(account, appkey=f"key#{number}", secretkey=f"secret#{number}")
        )
    return msgspec.structs.replace(scenario, accounts=tuple(accounts))


def fingerprint(scenario: Scenario) -> str:
    """Return what tells whether two scenarios have the same secrets; "" without accounts."""
    if not scenario.accounts:
        return ""
    texts = [(account.appkey, account.secretkey) for account in scenario.accounts]
    return blake2b(msgspec.json.encode(texts), digest_size=8).hexdigest()

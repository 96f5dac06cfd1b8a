from kiwoom_sim.scenario.loader import parse_scenario
from kiwoom_sim.scenario.render import render_scenario
from kiwoom_sim.scenario.secrets import fingerprint, without_secrets

TEXT = """
schema = 1

[[account]]
appkey = "${KEY}"
secretkey = "${SECRET}"
name = "mine"

[[account]]
appkey = "hidden-key"
secretkey = "hidden-secret"
"""
ENV = {"KEY": "the-real-key", "SECRET": "the-real-secret"}


def test_secrets_are_not_written() -> None:
    scenario = parse_scenario(TEXT, env=ENV)
    assert scenario.accounts[0].secretkey == "the-real-secret"
    text = render_scenario(without_secrets(scenario))
    assert not [secret for secret in ("the-real", "hidden") if secret in text]
    kept = parse_scenario(text, env={})
    assert [(a.appkey, a.secretkey, a.name) for a in kept.accounts] == [
        ("key#1", "secret#1", "mine"), ("key#2", "secret#2", ""),
    ]  # fmt: skip


def test_a_fingerprint_tells_secrets_apart() -> None:
    one = parse_scenario(TEXT, env=ENV)
    other = parse_scenario(TEXT, env={**ENV, "SECRET": "another"})
    assert fingerprint(one) == fingerprint(parse_scenario(TEXT, env=ENV))
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(parse_scenario("schema = 1")) == ""

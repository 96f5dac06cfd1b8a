"""Make the scenario reference from the config structs that read a scenario."""

from msgspec import Struct, inspect

from docs.pages.markdown import Language, about, code, page_of, table, toml, words
from docs.pages.values import form, rows
from kiwoom_sim.core.meters import Rate
from kiwoom_sim.faults.kinds import FaultKind
from kiwoom_sim.faults.until import EVENT, FAULT, MEASURES
from kiwoom_sim.protocol.policies import BUILT_IN, profiles
from kiwoom_sim.scenario.fields import Field, alternatives, fields_of, tagged_structs
from kiwoom_sim.scenario.overrides import FLAGS
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.settings import settable
from kiwoom_sim.scenario.values import write_frequency

EXAMPLE = """
schema = 1
extends = "normal_market"
group = "combined"
description = "A storm at the opening, a gap in the ticks, a halted share"
tags = ["opening", "halt"]
seed = 42
clock = { mode = "scaled", speed = 20, start = 2026-03-23T08:59:30 }

[market]
symbols = ["005930", "000660", "035420", "069500"]

[[account]]
appkey = "${KIWOOM_APPKEY:-my-app-key}"
secretkey = "${KIWOOM_SECRETKEY:-my-secret-key}"

[[phase]]
id = "calm"
for = "30s"

[[phase]]
id = "storm"
for = "2m"
set = { "limit.per_api.rate" = "5/1s -> 1/1s" }    # tighter second by second

[[phase]]
id = "recover"
until = "ws.connections >= 1"
timeout = "60s"

[latency]
"rest.*" = { dist = "lognormal", p50 = "18ms", p99 = "120ms" }

[[rule]]
id = "gateway-page"
phase = ["storm"]
match = { api = "ka1008*", "body.stk_cd" = "005930" }
when = { every = 5, per = "client" }
do = { kind = "http_error", status = 502, body = "html" }

[[ws]]
id = "gap"
phase = ["storm"]
match = { type = "0B", code = "000660" }
when = { between = ["+20s", "+26s"] }
do = { kind = "gap" }

[[stub]]
id = "order"
match = { api = "kt10000" }
reply = { body = { ord_no = "0000001", return_code = 0, return_msg = "" } }

[[event]]
id = "halted"
at = 09:01:10                                      # market time
do = { kind = "halt", code = "005930" }

[[event]]
at = 09:03:00
do = { kind = "resume", code = "005930" }

[[event]]
phase = "recover"                                  # however that begins
at = "+5s"
do = { kind = "price", code = "000660", price = 200000 }
"""

_STEM = "name"
_VERSION = "schema"
"""Keys of a file that its loader treats in a way of its own: see `_top`."""


def page(language: Language) -> str:
    """Return the page in a language."""
    known, value = words(language)["scenario"], words(language)["value"]
    lines = [*known["intro"].splitlines(), "", *toml(EXAMPLE), known["top"], ""]
    lines += [*about(Scenario.__doc__), *table(value["head"], _top(language))]
    lines += _insides(Scenario, "", language)
    lines += [*known["settings"].splitlines(), ""]
    settable_fields = settable((BUILT_IN,)).items()
    settings = ((code(name), form(field, language)) for name, field in settable_fields)
    lines += table(value["head"][:2], settings)
    lines += [*known["profiles"].splitlines(), "", *table(known["profiles-head"], _profiles())]
    lines += [*known["measures"].splitlines(), ""]
    lines += table(known["measures-head"], [(code(m), about) for m, about in measures().items()])
    lines += [*known["flags"].splitlines(), "", *table(known["flags-head"], _flags())]
    return page_of(language, lines)


def measures() -> dict[str, str]:
    """Return what `until` can compare, with what it is."""
    return MEASURES | {
        f"{EVENT}ID": "1 once the market event of that `id` happened in the run",
        f"{FAULT}ID": "faults that the rule of that `id` injected, since the phase began",
    }


def _top(language: Language) -> list[tuple[str, str, str, str]]:
    """Return the keys of the file; the loader insists on `schema` and makes up `name`."""
    value = words(language)["value"]
    special = {code(_STEM): value["stem"], code(_VERSION): f"**{value['required']}**"}
    return [
        (key, written, special.get(key, default), meaning)
        for key, written, default, meaning in rows(Scenario, language)
    ]


def _profiles() -> list[tuple[str, str, str, str, str]]:
    """Return what the dated profiles of limits say, and what that rests on."""
    return [
        (
            code(name),
            code(write_frequency(Rate(profile.count, profile.per_ms))),
            str(profile.burst),
            f"{code(profile.algorithm)}, {code(profile.scope)}, {profile.status}, {profile.code}",
            " ".join(profile.evidence.split()),
        )
        for name, profile in profiles().items()
    ]


def _flags() -> list[tuple[str, str, str]]:
    return [
        (code(f"--{name.replace('_', '-')}"), code(f"KIWOOM_SIM_{name.upper()}"), code(key))
        for name, key in FLAGS.items()
    ]


def _section(struct: type[Struct], heading: str, path: str, language: Language) -> list[str]:
    """Return the section of a table, then those of the tables inside it."""
    head = words(language)["value"]["head"]
    lines = [heading, "", *about(struct.__doc__), *table(head, rows(struct, language))]
    return lines + _insides(struct, path, language)


def _insides(struct: type[Struct], path: str, language: Language) -> list[str]:
    return [
        line
        for field in fields_of(struct)
        if not field.kind
        for line in _inside(field, f"{path}.{field.key}".lstrip("."), language)
    ]


def _inner(wanted: inspect.Type) -> inspect.Type:
    """Return what a list or a table of tables holds; anything else as it is."""
    member = alternatives(wanted)[0]
    if isinstance(member, inspect.VarTupleType):
        return member.item_type
    return member.value_type if isinstance(member, inspect.DictType) else wanted


def _inside(field: Field, path: str, language: Language) -> list[str]:
    """Return the sections of a field that is a table, tables, or kinds of tables."""
    known = words(language)["scenario"]
    member = alternatives(field.type)[0]
    is_list = isinstance(member, inspect.VarTupleType)
    possible = alternatives(_inner(field.type))
    tagged = tagged_structs(possible)
    level = "###" if "." in path else "##"
    if tagged and set(tagged.values()) == set(FaultKind.__args__):
        return [f"{level} `{path}`", "", known["faults"], ""]
    if tagged:
        return [
            line
            for tag, struct in tagged.items()
            for line in _section(struct, f'{level} `{path}`: `kind = "{tag}"`', path, language)
        ]
    if not isinstance(possible[0], inspect.StructType):
        return []
    name = f"`[[{path}]]` {known['many']}" if is_list else f"`{path}`"
    return _section(possible[0].cls, f"{level} {name}", path, language)

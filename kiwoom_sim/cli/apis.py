"""Show the broker's APIs and their fields: `apis`."""

from collections.abc import Iterator
from typing import Annotated

from msgspec import Struct

from kiwoom_sim.cli import options
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, put, put_json, put_json_error, put_table, talk
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.spec import ApiSpec, Fields, RealtimeSpec
from kiwoom_sim.scenario.problems import nearest

UNSERVED = "-"


class Section(Struct, frozen=True):
    """Hold the fields of one part of a message, such as the request."""

    name: str
    fields: Fields


def command(
    api: Annotated[str, options.API] = "",
    *,
    search: Annotated[str, options.SEARCH] = "",
    served: Annotated[bool, options.SERVED] = False,
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """Show the broker's APIs, or one of them with its fields."""
    if api:
        return _show(api, as_json=as_json)
    specs = [spec for spec in all_specs() if _fits(spec, search) and (spec.served or not served)]
    if as_json:
        put_json([_head(spec) for spec in specs])
        return Exit.OK
    if not specs:
        talk(say("apis.none", text=search))
        return Exit.OK
    rows = [(id_of(spec), spec.name, spec.path, spec.fidelity or UNSERVED) for spec in specs]
    put_table(("id", "name", "path", "fidelity"), rows)
    talk(say("apis.count", count=len(specs), served=sum(spec.served for spec in specs)))
    return Exit.OK


def all_specs() -> Iterator[ApiSpec | RealtimeSpec]:
    """Yield every documented API and real-time type."""
    for api_id in loader.api_ids():
        if (api := loader.spec(api_id)) is not None:
            yield api
    for type_code in loader.realtime_types():
        if (push := loader.realtime(type_code)) is not None:
            yield push


def id_of(spec: ApiSpec | RealtimeSpec) -> str:
    """Return the id that the broker knows an API or type by."""
    return spec.api_id if isinstance(spec, ApiSpec) else spec.type


def sections_of(spec: ApiSpec | RealtimeSpec) -> list[Section]:
    """Return the parts of the messages of an API that have fields."""
    if isinstance(spec, RealtimeSpec):
        sections = [Section("values", spec.values)]
    else:
        sections = [
            Section("request", spec.request),
            Section("reply", spec.reply),
            Section(f"row of {spec.rows}" if spec.rows else "row", spec.row),
        ]
    return [section for section in sections if section.fields]


def _fits(spec: ApiSpec | RealtimeSpec, text: str) -> bool:
    wanted = text.casefold()
    if any(wanted in word.casefold() for word in (id_of(spec), spec.name, spec.path, *spec.menu)):
        return True
    return any(
        wanted in key.casefold() or wanted in field.ko.casefold()
        for section in sections_of(spec)
        for key, field in section.fields.items()
    )


def _head(spec: ApiSpec | RealtimeSpec) -> dict[str, object]:
    return {
        "id": id_of(spec),
        "name": spec.name,
        "path": spec.path,
        "realtime": isinstance(spec, RealtimeSpec),
        "served": spec.served,
        "fidelity": spec.fidelity or None,
    }


def _show(api: str, *, as_json: bool) -> int:
    spec = loader.spec(api) or loader.realtime(api)
    if spec is None:
        return _unknown(api, as_json=as_json)
    sections = sections_of(spec)
    if as_json:
        fields = {section.name.split()[0]: section.fields for section in sections}
        put_json({**_head(spec), **fields, "source": spec.source, "reason": spec.reason})
        return Exit.OK
    put(f"{id_of(spec)}  {spec.name}")
    put(f"{spec.path}  ({spec.fidelity or say('apis.unserved')})")
    if spec.reason:
        put(spec.reason)
    for section in sections:
        put(f"\n[{section.name}]")
        rows = [
            (key, field.ko, field.kind, "required" if field.required else "", field.reason)
            for key, field in section.fields.items()
        ]
        put_table(("field", "label", "kind", "", "note"), rows)
    return Exit.OK


def _unknown(api: str, *, as_json: bool) -> int:
    problem = say("apis.unknown", api=api)
    close = nearest(api, [*loader.api_ids(), *loader.realtime_types()])
    if close is not None:
        problem += "\n" + say("apis.guess", api=close)
    if as_json:
        put_json_error("usage", [problem])
    else:
        talk(problem)
    return Exit.USAGE

"""Make the page that says which APIs are served, and how faithfully."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from docs.pages.markdown import Language, code, page_of, table, words
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.spec import ApiSpec, Field, RealtimeSpec


def apis() -> list[ApiSpec]:
    """Return every documented API by path, then id."""
    found = [spec for api_id in loader.api_ids() if (spec := loader.spec(api_id)) is not None]
    return sorted(found, key=lambda spec: (spec.path, spec.api_id))


def types() -> list[RealtimeSpec]:
    """Return every documented real-time type."""
    return [spec for code_ in loader.realtime_types() if (spec := loader.realtime(code_))]


def counts() -> dict[str, int]:
    """Return how many ids are documented and served."""
    known, pushes = apis(), types()
    return {
        "total": len(known) + len(pushes),
        "requests": len(known),
        "types": len(pushes),
        "served": sum(spec.served for spec in known),
        "pushed": sum(spec.served for spec in pushes),
    }


def page(language: Language) -> str:
    """Return the page in a language."""
    known = words(language)["coverage"]
    lines = [*known["intro"].format(**counts()).splitlines(), "", known["served"], ""]
    for path, members in _by_path(spec for spec in apis() if spec.served):
        lines += [f"### `{path}`", "", *table(known["head"], (_api(s, known) for s in members))]
    lines += [known["realtime"], ""]
    lines += table(known["realtime-head"], (_type(spec, known) for spec in types()))
    lines += [known["others"], ""]
    others = _by_path(spec for spec in apis() if not spec.served)
    cells = ((code(path), ", ".join(_titled(spec) for spec in group)) for path, group in others)
    return page_of(language, [*lines, *table(known["others-head"], cells)])


def _by_path(specs: Iterable[ApiSpec]) -> Iterator[tuple[str, Iterator[ApiSpec]]]:
    return groupby(specs, key=lambda spec: spec.path)


def _titled(spec: ApiSpec) -> str:
    return f"`{spec.api_id}` {spec.name}"


def _api(spec: ApiSpec, known: Mapping[str, str]) -> tuple[str, ...]:
    size = str(spec.page_size) if spec.page_size else ""
    odd = _oddities((*spec.reply.items(), *spec.row.items()), known)
    return code(spec.api_id), spec.name, spec.fidelity, size, spec.reason, odd


def _type(spec: RealtimeSpec, known: Mapping[str, str]) -> tuple[str, ...]:
    odd = _oddities(spec.values.items(), known) if spec.served else ""
    served = known["yes"] if spec.served else known["no"]
    return (
        code(spec.type),
        spec.name,
        served,
        spec.fidelity,
        "; ".join(filter(None, (spec.reason, odd))),
    )


def _oddities(fields: Iterable[tuple[str, Field]], known: Mapping[str, str]) -> str:
    """Return the fields that do not move as one would expect, those of one reason together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name, field in fields:
        if field.canned is not None:
            how = known["fixed"].format(code(field.canned) if field.canned else '`""`')
        elif field.blank:
            how = known["blank"]
        elif field.reason:
            how = known["remark"]
        else:
            continue
        groups.setdefault((how, field.reason), []).append(code(name))
    return "; ".join(
        f"{', '.join(names)}: {how}" + (f" ({reason})" if reason else "")
        for (how, reason), names in groups.items()
    )

"""Describe the served APIs for people and tools: `/openapi.json`, and the data of `/docs`.

Every broker call is a POST whose function is chosen by the `api-id` header, so a path has one
operation with an example per id.

Not for: checking requests; the gateway reads the catalogue itself.
"""

from collections.abc import Iterable

from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.spec import ApiSpec, Field, Fields
from kiwoom_sim.servers.examples import example_body
from kiwoom_sim.version import __version__

Json = dict[str, object]


def served_specs() -> list[ApiSpec]:
    """Return the REST APIs that are answered, in order of their ids."""
    found = (loader.spec(api_id) for api_id in loader.api_ids())
    return [spec for spec in found if spec is not None and spec.served and not spec.trnm]


def describe_apis(day: int) -> list[Json]:
    """Return what the documentation page shows of each API."""
    return [
        {
            "id": spec.api_id,
            "name": spec.name,
            "path": spec.path,
            "menu": list(spec.menu),
            "fidelity": spec.fidelity,
            "reason": spec.reason,
            "rows": spec.rows,
            "request": _field_lines(spec.request),
            "reply": _field_lines(spec.reply),
            "row": _field_lines(spec.row),
            "example": example_body(spec, day),
        }
        for spec in served_specs()
    ]


def openapi_document(day: int) -> Json:
    """Return the OpenAPI 3.1 document of the REST door."""
    paths: dict[str, list[ApiSpec]] = {}
    for spec in served_specs():
        paths.setdefault(spec.path, []).append(spec)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "kiwoom-sim",
            "version": __version__,
            "description": "A stand-in for the Kiwoom Securities REST API; the market is invented.",
        },
        "paths": {path: {"post": _operation(path, specs, day)} for path, specs in paths.items()},
        "components": {
            "schemas": {
                name: schema
                for spec in served_specs()
                for name, schema in (
                    (f"{spec.api_id}.request", _request_schema(spec)),
                    (f"{spec.api_id}.reply", _reply_schema(spec)),
                )
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(path: str, specs: list[ApiSpec], day: int) -> Json:
    is_token_call = path.startswith("/oauth2/")
    ids = [spec.api_id for spec in specs]
    header = {"name": "api-id", "in": "header", "required": not is_token_call}
    operation: Json = {
        "operationId": path.strip("/").replace("/", "_"),
        "summary": ", ".join(f"{spec.api_id} {spec.name}" for spec in specs),
        "parameters": [
            {**header, "schema": {"type": "string", "enum": ids}},
            *({"name": n, "in": "header", "schema": {"type": "string"}} for n in _PAGING),
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": _one_of(f"{api_id}.request" for api_id in ids),
                    "examples": {
                        spec.api_id: {"summary": spec.name, "value": example_body(spec, day)}
                        for spec in specs
                    },
                }
            },
        },
        "responses": {
            "200": {
                "description": "Answer; `return_code` is 0 on success",
                "headers": {n: {"schema": {"type": "string"}} for n in ("api-id", *_PAGING)},
                "content": {
                    "application/json": {"schema": _one_of(f"{api_id}.reply" for api_id in ids)}
                },
            }
        },
    }
    if not is_token_call:
        operation["security"] = [{"token": []}]
    return operation


_PAGING = ("cont-yn", "next-key")


def _one_of(names: Iterable[str]) -> Json:
    refs: list[Json] = [{"$ref": f"#/components/schemas/{name}"} for name in names]
    return refs[0] if len(refs) == 1 else {"oneOf": refs}


def _request_schema(spec: ApiSpec) -> Json:
    required = [name for name, field in spec.request.items() if field.required]
    schema: Json = {"type": "object", "properties": _properties(spec.request)}
    return {**schema, "required": required} if required else schema


def _reply_schema(spec: ApiSpec) -> Json:
    properties = _properties({n: f for n, f in spec.reply.items() if f.kind != "list"})
    if spec.rows:
        row: Json = {"type": "object", "properties": _properties(spec.row)}
        properties[spec.rows] = {"type": "array", "items": row}
    properties["return_code"] = {"type": "integer"}
    properties["return_msg"] = {"type": "string"}
    return {"type": "object", "properties": properties}


def _properties(fields: Fields) -> Json:
    return {name: {"type": "string", "description": _label(f)} for name, f in fields.items()}


def _field_lines(fields: Fields) -> list[Json]:
    return [
        {"name": name, "ko": _label(field), "required": field.required, "unit": field.unit}
        for name, field in fields.items()
    ]


def _label(field: Field) -> str:
    codes = ", ".join(f"{code}: {meaning}" for code, meaning in field.codes.items())
    return f"{field.ko} ({codes})" if codes else field.ko

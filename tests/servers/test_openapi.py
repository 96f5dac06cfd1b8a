"""Check that the description of the REST door is complete and refers to nothing missing."""

from datetime import date

import msgspec

from kiwoom_sim.core.clock import day_from_date
from kiwoom_sim.servers.openapi import describe_apis, openapi_document, served_specs

DAY = day_from_date(date(2026, 3, 23))


def test_every_served_api_is_described_with_an_example() -> None:
    described = {str(api["id"]): api for api in describe_apis(DAY)}
    assert {"au10001", "au10002", "ka10001", "ka10081", "ka20001"} <= set(described)
    for spec in served_specs():
        required = {name for name, field in spec.request.items() if field.required}
        example = described[spec.api_id]["example"]
        assert isinstance(example, dict)
        assert required <= set(example)


def test_references_lead_somewhere() -> None:
    document = openapi_document(DAY)
    text = msgspec.json.encode(document).decode()
    schemas = document["components"]["schemas"]  # type: ignore[index] # just made
    for reference in text.split('"$ref":"#/components/schemas/')[1:]:
        assert reference.split('"')[0] in schemas


def test_paths_carry_every_id_once() -> None:
    paths = openapi_document(DAY)["paths"]
    assert isinstance(paths, dict)
    ids = [
        api_id
        for path in paths.values()
        for api_id in path["post"]["parameters"][0]["schema"]["enum"]
    ]
    assert sorted(ids) == [spec.api_id for spec in served_specs()]

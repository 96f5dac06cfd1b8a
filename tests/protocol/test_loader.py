import tomllib
from importlib.resources import files

import pytest

from kiwoom_sim.errors import CatalogError
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.orders import COMMANDS
from kiwoom_sim.protocol.projection import projection
from kiwoom_sim.protocol.queries import GATEWAY_QUERIES, QUERIES
from kiwoom_sim.protocol.spec import ApiSpec, Field

SERVED = [
    "au10001", "au10002", "ka10001", "ka10002", "ka10003", "ka10004", "ka10005", "ka10006",
    "ka10007", "ka10015", "ka10059", "ka10060", "ka10079", "ka10080", "ka10081", "ka10082",
    "ka10083", "ka10094", "ka10095", "ka10099", "ka10100", "ka10101", "ka10102", "ka20001",
    "ka20002", "ka20003", "ka20004", "ka20005", "ka20006", "ka20007", "ka20008", "ka20019",
]  # fmt: skip
HEAD = 'name = "x"\npath = "/x"\nsource = "test"\nquery = "day_candles"\nfidelity = "modelled"\n'


def specs() -> list[ApiSpec]:
    return [found for found in map(loader.spec, loader.api_ids()) if found is not None]


def answered() -> list[ApiSpec]:
    return [each for each in specs() if each.served and each.query not in GATEWAY_QUERIES]


def fields_of(each: ApiSpec) -> list[Field]:
    return [*each.reply.values(), *each.row.values()]


def test_every_documented_id_has_a_file() -> None:
    assert len(loader.api_ids()) + len(loader.realtime_types()) == 338
    assert loader.spec("ka99999") is None
    assert loader.realtime("9Z") is None


def test_every_file_fits_the_schema_and_the_code() -> None:
    for each in specs():
        assert each.path.startswith(("/api/", "/oauth2/"))
        assert each.name
        assert each.source
    for kind in loader.realtime_types():
        found = loader.realtime(kind)
        assert found is not None
        assert found.values


def test_served_ids_are_those_of_the_coverage_page() -> None:
    assert set(SERVED) <= {each.api_id for each in specs() if each.served}


def test_served_apis_say_how_close_they_are() -> None:
    for each in specs():
        assert bool(each.fidelity) == each.served, each.api_id


def test_a_canned_or_blank_field_says_why() -> None:
    for each in answered():
        for field in fields_of(each):
            if field.canned is not None or field.blank:
                assert field.reason, field


def test_every_query_is_used() -> None:
    assert {each.query for each in answered() if each.query} == set(QUERIES)


def test_every_command_is_used() -> None:
    assert {each.command for each in answered() if each.command} == set(COMMANDS)


def test_an_unknown_command_is_told_with_the_known_ones() -> None:
    text = 'name = "x"\npath = "/y"\nsource = "z"\ncommand = "by"\n'
    with pytest.raises(CatalogError, match="unknown command 'by'; known: buy, sell, amend, cancel"):
        loader.parse_api("kt1", text)


def test_every_served_message_compiles() -> None:
    for each in answered():
        for section in ("reply", "row"):
            projection(each, section, "as-real")
            projection(each, section, "clean")


def test_types_that_differ_only_by_case_have_their_own_files() -> None:
    upper, lower = loader.realtime("0U"), loader.realtime("0u")
    assert upper is not None
    assert lower is not None
    assert upper.name == "업종등락"
    assert upper.name != lower.name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[row]\np = { from = "clsoe", as = "price" }', "day_candles has no 'clsoe'"),
        ('[row]\np = { from = "close", as = "prise" }', "unknown format 'prise'"),
        ('[row]\np = { ko = "x", form = "close" }', "form"),
        ("[row", "ka1"),
    ],
)
def test_a_wrong_file_names_its_mistake(text: str, message: str) -> None:
    with pytest.raises(CatalogError, match=message):
        loader.parse_api("ka1", HEAD + text)


def test_an_unknown_query_lists_the_known_ones() -> None:
    with pytest.raises(CatalogError, match=r"unknown query 'candels'.*stock_sheet"):
        loader.parse_api("ka1", HEAD.replace("day_candles", "candels"))


def test_a_wrong_real_time_file_names_its_mistake() -> None:
    head = 'name = "x"\npath = "/x"\nsource = "test"\nrecord = "stock"\n'
    with pytest.raises(CatalogError, match="stock has no 'lats'"):
        loader.parse_realtime("0X", head + '[values]\n10 = { from = "lats", as = "price" }')
    with pytest.raises(CatalogError, match="unknown record 'stok'"):
        loader.parse_realtime("0X", head.replace("stock", "stok"))


def test_the_files_are_plain_toml_with_one_field_per_line() -> None:
    text = files("kiwoom_sim.protocol").joinpath("catalog/chart/ka10081.toml").read_text("utf-8")
    row = tomllib.loads(text)["row"]
    lines = text.splitlines()
    assert all(any(line.startswith(f"{name} = {{") for line in lines) for name in row)

"""Hold the Compose files to their schema, to each other, and to the ports and limits promised."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kiwoom_sim.scenario.loader import load_scenario
from kiwoom_sim.scenario.overrides import from_assignments
from tests.docker.files import MOCKS, ROOT, TEST_PROFILE, Tree, compose

ORDERS = [(MOCKS,), (TEST_PROFILE,), (MOCKS, TEST_PROFILE), (TEST_PROFILE, MOCKS)]
OURS = ["mock-kiwoom-api", "mock-websocket"]
HEALTHY = {"condition": "service_healthy"}


@pytest.fixture(scope="module")
def services() -> Tree:
    found: Tree = compose(MOCKS, TEST_PROFILE)["services"]
    return found


@pytest.mark.parametrize("path", [MOCKS, TEST_PROFILE], ids=lambda path: path.name)
def test_file_follows_the_compose_specification(path: Path) -> None:
    words = ["-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
    done = subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("paths", ORDERS, ids=lambda paths: "+".join(path.stem for path in paths))
def test_what_an_enabled_service_refers_to_is_there(paths: tuple[Path, ...]) -> None:
    project = compose(*paths)
    enabled = {name: one for name, one in project["services"].items() if "profiles" not in one}
    assert enabled
    assert project["name"] == "kiwoom-sim"
    for one in enabled.values():
        assert set(one["networks"]) <= set(project["networks"])
        assert set(one.get("depends_on", ())) <= set(enabled)
        for volume in one.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source.startswith(".") or source in project["volumes"]
    assert project["networks"] == {"ralph-network": {"name": "ralph-network", "driver": "bridge"}}


@pytest.mark.parametrize("first", [MOCKS, TEST_PROFILE], ids=lambda path: path.name)
def test_paths_hold_whichever_file_is_named_first(services: Tree, first: Path) -> None:
    for name in OURS:
        build = services[name]["build"]
        context = (first.parent / build["context"]).resolve()
        assert context == ROOT
        assert (context / build["dockerfile"]).is_file()
    mounted = services["mock-kiwoom-api"]["volumes"][1].partition(":")[0]
    assert (first.parent / mounted).resolve() == ROOT / "scenarios"


@pytest.mark.parametrize(
    ("name", "container", "ports"),
    [
        ("mock-kiwoom-api", "mock-kiwoom-api", ["5116:5116"]),
        ("mock-websocket", "mock-websocket", ["5117:5117"]),
        ("postgres-test", "ralph-postgres-test", ["5434:5432"]),
        ("redis-test", "ralph-redis-test", ["6381:6379"]),
        ("api-gateway", "api-gateway", ["5111:5111"]),
    ],
)
def test_names_and_ports_are_those_of_the_old_system(
    services: Tree, name: str, container: str, ports: list[str]
) -> None:
    assert services[name]["container_name"] == container
    assert services[name]["ports"] == ports
    assert services[name]["networks"] == ["ralph-network"]


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("mock-kiwoom-api", "http://localhost:5116/"),
        ("mock-websocket", "http://localhost:5117/health"),
    ],
)
def test_mock_services_are_asked_for_their_health(services: Tree, name: str, url: str) -> None:
    assert services[name]["healthcheck"] == {
        "test": ["CMD", "wget", "--spider", "-q", url],
        "interval": "10s", "timeout": "5s", "retries": 3, "start_period": "5s",
    }  # fmt: skip


def test_limits_are_the_old_sums_and_the_relay_is_small(services: Tree) -> None:
    assert services["mock-kiwoom-api"]["deploy"]["resources"] == {
        "limits": {"cpus": "0.75", "memory": "768M"},
        "reservations": {"cpus": "0.15", "memory": "192M"},
    }
    relay = services["mock-websocket"]["deploy"]["resources"]
    assert relay["limits"] == {"cpus": "0.05", "memory": "64M"}


@pytest.mark.parametrize("name", OURS)
def test_mock_services_may_do_as_little_as_possible(services: Tree, name: str) -> None:
    one = services[name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in one
    assert "user" not in one, "the image's own user is not root"
    assert one["init"] is True
    assert one["image"] == "kiwoom-sim:local"
    assert one["logging"] == {
        "driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}
    }  # fmt: skip


def test_the_relay_waits_for_the_simulator(services: Tree) -> None:
    assert services["mock-websocket"]["depends_on"] == {"mock-kiwoom-api": HEALTHY}
    assert services["mock-websocket"]["command"][1] == "TCP4:mock-kiwoom-api:5117,nodelay"


@pytest.mark.parametrize("scenario", ["normal_market", "rate_limit"])
def test_the_scenario_is_the_users_choice_and_fits_into_the_memory(scenario: str) -> None:
    chosen = {"KIWOOM_SIM_SCENARIO": scenario} if scenario != "normal_market" else {}
    one = compose(MOCKS, **chosen)["services"]["mock-kiwoom-api"]
    command = one["command"]
    assert command[:2] == ["run", scenario]
    assert command[2:5] == ["--host", "0.0.0.0", "--no-tui"]  # noqa: S104 - inside a container
    assignment = command[command.index("--set") + 1]
    loaded = load_scenario(scenario, overrides=from_assignments([assignment]))
    assert loaded.market.cache_bytes <= 768_000_000 // 3


def test_variables_of_the_user_reach_the_simulator() -> None:
    given = {"KIWOOM_SIM_SEED": "7", "KIWOOM_SIM_SPEED": "10", "KIWOOM_SIM_NO_LIMITS": "1"}
    variables = compose(MOCKS, **given)["services"]["mock-kiwoom-api"]["environment"]
    assert variables == {**given, "KIWOOM_SIM_START": ""}


def test_the_database_keeps_its_data_in_memory(services: Tree) -> None:
    one = services["postgres-test"]
    assert one["image"] == "timescale/timescaledb:latest-pg16"
    assert one["tmpfs"] == [one["environment"]["PGDATA"]] == ["/var/lib/postgresql/data"]
    assert one["healthcheck"] == {
        "test": ["CMD-SHELL", "pg_isready -U postgres"],
        "interval": "5s", "timeout": "3s", "retries": 3,
    }  # fmt: skip


def test_redis_keeps_nothing(services: Tree) -> None:
    one = services["redis-test"]
    assert one["image"] == "redis:7-alpine"
    assert one["command"] == ["redis-server", "--save", ""]
    assert one["tmpfs"] == ["/data"]
    assert one["healthcheck"] == {
        "test": ["CMD", "redis-cli", "ping"], "interval": "5s", "timeout": "3s", "retries": 3
    }  # fmt: skip


def test_the_gateway_is_optional_and_waits_for_everything(services: Tree) -> None:
    one = services["api-gateway"]
    assert one["profiles"] == ["gateway"]
    assert one["depends_on"] == dict.fromkeys(
        ["postgres-test", "redis-test", "mock-kiwoom-api", "mock-websocket"], HEALTHY
    )
    named = compose(TEST_PROFILE, API_GATEWAY_IMAGE="mine:1")["services"]["api-gateway"]
    assert named["image"] == "mine:1"


def test_the_gateway_is_pointed_at_the_mocks_whatever_the_shell_says(services: Tree) -> None:
    expected: dict[str, Any] = {
        "KIWOOM_API_URL": "http://mock-kiwoom-api:5116",
        "KIWOOM_BASE_URL": "http://mock-kiwoom-api:5116",
        "KIWOOM_WS_URL": "ws://mock-kiwoom-api:5117/api/dostk/websocket",
        "USE_KIWOOM_REST": "false",
        "DATABASE_URL": "postgresql://postgres:postgres@postgres-test:5432/ralph_stock_test",
        "REDIS_URL": "redis://redis-test:6379/0",
    }
    shell = dict.fromkeys(expected, "https://api.kiwoom.com")
    one = compose(MOCKS, TEST_PROFILE, **shell)["services"]["api-gateway"]
    assert expected.items() <= one["environment"].items()
    database = services["postgres-test"]["environment"]
    assert expected["DATABASE_URL"].endswith(database["POSTGRES_DB"])

"""Run every example of the guides, so that the pages and the simulator cannot drift apart.

Shell blocks with `curl` are requests: they are sent to a simulator, and the `json` block below
must have the shape of the answer. Python blocks run as programs or as tests. Workflows and Compose
files are held against their schemas, scenarios against ours (`test_docs.py`), and what else a
shell would run is in `test_guide_commands.py`.
"""

import asyncio
import builtins
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import websockets
import yaml

from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.listing.universe import load_universe
from tests.pages import ENGLISH, NAMES, ROOT, Block, blocks_of, need, pointed_at, shape_of_text
from tests.wire.house import House, simulator

BLOCKS = [block for page in ENGLISH for block in blocks_of(page)]
KINDS = {"request", "commands", "tests", "program", "workflow", "compose", "toml", "json", "text"}
WAIT_S = 120
ENOUGH_LINES = 7


def of_kind(kind: str) -> list[Block]:
    return [block for block in BLOCKS if block.kind == kind]


def name_of(value: object) -> str:
    return value.name if isinstance(value, Block | Path) else str(value)


@pytest.fixture(scope="module")
def still() -> Iterator[House]:
    """Run a market whose clock stands still, so that equal questions have equal answers."""
    with simulator("normal_market", **{"clock.mode": "stepped"}) as running:
        yield running


@pytest.fixture(scope="module")
def lively() -> Iterator[House]:
    """Run a market with many rounds of the old prices."""
    with simulator("normal_market", **{"ralph.interval": "50ms"}) as running:
        yield running


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_show_the_same_code(name: str) -> None:
    english, korean = (
        [block.code for block in blocks_of(ROOT / "docs" / language / f"{name}.md")
         if block.kind not in {"toml", "json", "text"}]
        for language in ("en", "ko")
    )  # fmt: skip
    assert korean == english


@pytest.mark.parametrize("block", BLOCKS, ids=name_of)
def test_every_block_is_examined(block: Block) -> None:
    assert block.kind in KINDS
    if block.kind == "json":
        assert any(request.answer == block.text for request in of_kind("request"))


@pytest.mark.system
@pytest.mark.parametrize("block", of_kind("request"), ids=name_of)
def test_request_is_answered_as_shown(still: House, block: Block) -> None:
    need("sh", "curl")
    done = subprocess.run(
        ["sh", "-eu"], input=pointed_at(still, block.text), capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "no_proxy": "*"}, timeout=WAIT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert shape_of_text(done.stdout) == shape_of_text(block.answer)


class EnoughError(Exception):
    """End an example that would go on for ever."""


def printed(
    house: House, block: Block, monkeypatch: pytest.MonkeyPatch, enough: int = ENOUGH_LINES
) -> list[str]:
    """Return the lines that a program prints, the first ones of a program without an end."""
    lines: list[str] = []

    def listen(*words: object) -> None:
        lines.append(" ".join(map(str, words)))
        if len(lines) == enough:
            raise EnoughError

    # A client that stops listening with a full queue would take its full time-out to close.
    text = re.sub(r"connect\(([^()]+)\)", r"connect(\1, max_queue=None)", block.text)
    code = compile(pointed_at(house, text), block.name, "exec")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(builtins, "print", listen)
    try:
        exec(code, {"__name__": "__main__"})  # noqa: S102 - our own page
    except EnoughError:
        assert "async for" in block.text
    finally:
        monkeypatch.undo()
    return lines


@pytest.mark.parametrize("block", of_kind("program"), ids=name_of)
def test_program_runs(
    still: House, lively: House, block: Block, monkeypatch: pytest.MonkeyPatch
) -> None:
    listens = "async for" in block.text
    lines = printed(lively if listens else still, block, monkeypatch)
    assert len(lines) == ENOUGH_LINES if listens else lines


def program(words: str) -> Block:
    return next(block for block in of_kind("program") if words in block.text)


def test_the_old_and_the_official_quote_are_the_same(
    still: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = printed(still, program("mock_token"), monkeypatch)
    after = printed(still, program('"api-id": "ka10001"'), monkeypatch)
    assert before == after
    assert before[0].startswith("삼성전자 ")


def test_the_old_socket_says_what_the_guide_says(
    lively: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Rounds go on while the subscription is on its way; on a busy machine, for a while.
    heard = printed(lively, program("5117/ws"), monkeypatch, enough=200)
    messages = [eval(line, {}) for line in heard]  # noqa: S307 - the program prints dicts
    kinds = [message["type"] for message in messages]
    assert kinds[0] == "connected"
    first = kinds.index("subscribed")
    assert messages[first]["ticker"] == "005930"
    prices = [each for each in messages[first:] if each["type"] == "realtime_price"]
    assert {each["data"]["ticker"] for each in prices} == {"005930"}


async def ask_as_before(url: str) -> list[dict[str, Any]]:
    """Listen the way clients of the older mocks were told to."""
    heard = []
    async with websockets.connect(f"{url}/ws", max_queue=None) as websocket:
        await websocket.send(json.dumps({"type": "subscribe", "ticker": "005930"}))
        while not heard or heard[-1]["type"] != "subscribed":
            heard.append(json.loads(await websocket.recv()))
        while heard[-1]["type"] != "realtime_price":
            heard.append(json.loads(await websocket.recv()))
    return heard


def test_a_client_of_the_older_mocks_hears_its_share(lively: House) -> None:
    heard = asyncio.run(asyncio.wait_for(ask_as_before(lively.ws_url), WAIT_S))
    assert heard[0]["type"] == "connected"
    assert heard[-1]["data"]["ticker"] == "005930"
    names = ["ticker", "name", "price", "change", "change_rate", "volume", "bid_price", "ask_price"]
    assert list(heard[-1]["data"]) == names


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_size_of_the_market_is_right(language: str) -> None:
    universe = load_universe(MarketConfig(), 1)
    real = [each for each in universe.instruments if each.market != "ELW"]
    pages = {name: (ROOT / "docs" / language / f"{name}.md").read_text("utf-8") for name in NAMES}
    assert f"{len(universe):,}" in pages["roadmap"]
    assert f" {len(real)}" in pages["migrating-from-mock-servers"]


def test_tests_of_the_pages_pass(tmp_path: Path) -> None:
    blocks = of_kind("tests")
    for block in blocks:
        file = tmp_path / f"test_{block.page.stem}_line_{block.line}.py"
        file.write_text(block.text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path, env={**os.environ, "no_proxy": "*"}, capture_output=True, text=True,
        timeout=WAIT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    passed = re.search(r"^(\d+) passed in", done.stdout, re.MULTILINE)
    assert passed, done.stdout
    assert int(passed[1]) >= len(blocks)


SCHEMAS = {"workflow": "vendor.github-workflows", "compose": "vendor.compose-spec"}


@pytest.mark.parametrize("block", [*of_kind("workflow"), *of_kind("compose")], ids=name_of)
def test_yaml_fits_its_schema(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "example.yml"
    file.write_text(block.text, encoding="utf-8")
    schema = ["--builtin-schema", SCHEMAS[block.kind]]
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *schema, str(file)],
        capture_output=True, text=True, timeout=WAIT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_action_is_described(language: str) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / language / "ci.md").read_text(encoding="utf-8")
    for name, given in action["inputs"].items():
        default = f"`{given['default']}`" if given["default"] else ""
        assert re.search(rf"^\| `{name}` \| {default}", page, re.MULTILINE), name
    outputs = re.findall(r"`([a-z-]+)`", page)
    assert set(action["outputs"]) <= set(outputs)


def test_an_answer_of_another_shape_is_noticed() -> None:
    assert shape_of_text('{"a": "12", "b": [{"c": "-1.50"}, {"c": "+2.00"}]}') == (
        shape_of_text('{"a": "7", "b": [{"c": "0.00"}]}')
    )
    for other in ('{"a": 12}', '{"a": "12.5"}', '{"a": "…"}', '{"a": "12", "b": "1"}'):
        assert shape_of_text('{"a": "12"}') != shape_of_text(other)

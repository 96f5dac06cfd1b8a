"""Run before a Python client: let it trust the authority that `SSL_CERT_FILE` names, and more.

Python loads this by its name, because a variable puts its directory first. The environment's own
`sitecustomize`, if there is one, is run as well. Users of certifi get the bundle of the variable
instead of certifi's own file. What leads a client and what gives it market time is beside this.
Nothing of the package is imported: a client has its own Python, which may be older than ours (3.8).
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).parent


class TrustingFinder:
    """Find certifi as it is, and change what it answers once it is loaded."""

    def __init__(self, bundle: str) -> None:
        self._bundle = bundle

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how certifi's core is loaded; None for everything else."""
        if name != "certifi.core":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_and_change(module: ModuleType) -> None:
                execute(module)
                module.where = lambda: self._bundle  # type: ignore[attr-defined] # certifi's name
                module.contents = self._contents  # type: ignore[attr-defined] # certifi's name

            spec.loader.exec_module = execute_and_change  # type: ignore[method-assign] # as meant
        return spec

    def _contents(self) -> str:
        return Path(self._bundle).read_text(encoding="ascii", errors="ignore")


def run_next() -> None:
    """Run the `sitecustomize` that would have been found without us."""
    ours = sys.modules.pop("sitecustomize", None)
    kept = list(sys.path)
    sys.path[:] = [place for place in kept if Path(place or ".").absolute() != HERE.absolute()]
    with suppress(ImportError):
        __import__("sitecustomize")
    sys.path[:] = kept
    if ours is not None:
        sys.modules.setdefault("sitecustomize", ours)


if os.environ.get("KIWOOM_SIM_DETOUR"):
    beside = importlib.import_module("kiwoom_sim_detour")
    beside.Detour(json.loads(os.environ["KIWOOM_SIM_DETOUR"])).install()
if os.environ.get("SSL_CERT_FILE"):
    finder = TrustingFinder(os.environ["SSL_CERT_FILE"])
    sys.meta_path.insert(0, finder)
if os.environ.get("KIWOOM_SIM_TIME"):
    beside = importlib.import_module("kiwoom_sim_time")
    beside.install(beside.MarketClock(os.environ["KIWOOM_SIM_TIME"]))
run_next()

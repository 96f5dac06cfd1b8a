"""Check what the shim does to a Python client, in one of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiwoom_sim.launch.trust import SHIM


def say(code: str, *places: Path, bundle: str = "") -> str:
    """Return what a Python prints that runs the shim first."""
    path = os.pathsep.join(str(place) for place in (SHIM, *places))
    variables = {**os.environ, "PYTHONPATH": path, "SSL_CERT_FILE": bundle}
    done = subprocess.run(
        [sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.strip()


def test_users_of_certifi_get_the_bundle(tmp_path: Path) -> None:
    pytest.importorskip("certifi")
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("ours")
    shown = "certifi.where(), core.where(), certifi.contents()"
    code = f"import certifi, certifi.core as core; print({shown})"
    assert say(code, bundle=str(bundle)) == f"{bundle} {bundle} ours"


def test_without_a_bundle_certifi_stays_as_it_is() -> None:
    pytest.importorskip("certifi")
    assert say("import certifi; print(certifi.where())").endswith("cacert.pem")


def test_a_client_without_certifi_does_not_notice(tmp_path: Path) -> None:
    code = "import sys; print('certifi' in sys.modules)"
    assert say(code, bundle=str(tmp_path / "bundle.pem")) == "False"


def test_the_environments_own_is_run_as_well(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import builtins; builtins.ran = 1")
    assert say("print(ran)", tmp_path) == "1"
    assert say("import sys; print(sys.modules['sitecustomize'].__file__)") == str(
        SHIM / "sitecustomize.py"
    )

"""Write a report as JUnit XML, the form in which CI systems take results.

Its cases are what can be judged of a run today: how the client ended, whether it ended in time,
and whether the simulator itself stayed healthy.
"""

import re
import shlex
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from msgspec import Struct

from kiwoom_sim.observe.report import Report, ended, rows
from kiwoom_sim.observe.summary import text

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Case(Struct, frozen=True, kw_only=True):
    """Hold one judgement; it passed if nothing is said against it.

    Attributes:
        failure: What the client did wrong.
        error: What was wrong with the simulator.
        skipped: Why it cannot be said.
    """

    name: str
    failure: str = ""
    error: str = ""
    skipped: str = ""


def cases(report: Report) -> Iterator[Case]:
    """Yield what can be judged of a run."""
    fate = report.client
    gone = "the simulator broke before the client ended" if fate is None else ""
    is_late = fate is not None and fate.ending == "timeout"
    wrong = ended(fate) if fate is not None and fate.failed else ""
    late = "it took longer than --timeout" if is_late else ""
    yield Case(name="client exit", failure="" if is_late else wrong, skipped=gone or late)
    open_end = "no --timeout was given" if report.timeout_ms is None else ""
    yield Case(name="client in time", failure=wrong if is_late else "", skipped=gone or open_end)
    yield Case(name="simulator healthy", error=report.errors)


def junit(report: Report) -> bytes:
    """Return the XML."""
    judged = list(cases(report))
    counts = {
        "tests": len(judged),
        "failures": sum(bool(case.failure) for case in judged),
        "errors": sum(bool(case.error) for case in judged),
        "skipped": sum(bool(case.skipped) for case in judged),
    }
    numbers = {name: str(count) for name, count in counts.items()}
    numbers["time"] = f"{report.wire_ms / 1_000:.3f}"
    root = ET.Element("testsuites", {"name": "kiwoom-sim", **numbers})
    suite = ET.SubElement(root, "testsuite", {"name": report.scenario, **numbers})
    properties = ET.SubElement(suite, "properties")
    facts = {"run": report.run, "seed": str(report.seed), "replay": report.replay}
    for name, value in {**facts, "command": shlex.join(report.command)}.items():
        ET.SubElement(properties, "property", name=name, value=_legal(value))
    for case in judged:
        classname = f"kiwoom-sim.{report.scenario}"
        element = ET.SubElement(suite, "testcase", name=case.name, classname=classname)
        for kind in ("failure", "error", "skipped"):
            if told := getattr(case, kind):
                ET.SubElement(element, kind, message=_legal(told))
    ET.SubElement(suite, "system-out").text = _legal(text(rows(report)))
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _legal(told: str) -> str:
    """Return a text without what XML cannot hold."""
    return _ILLEGAL.sub("�", told)

"""Check that the waits of `[latency]` make sense in every phase that changes some of them."""

from collections.abc import Iterator, Mapping

from msgspec import structs

from kiwoom_sim.faults.distributions import Distribution
from kiwoom_sim.faults.phases import Phase
from kiwoom_sim.faults.ramps import Ramp
from kiwoom_sim.scenario.problems import Problem
from kiwoom_sim.scenario.settings import latency_fields


def check_waits(waits: Mapping[str, Distribution], phases: tuple[Phase, ...]) -> Iterator[Problem]:
    """Yield the phases in which a wait is none: at the ends of a ramp and so between them.

    Args:
        waits: The `[latency]` table.
        phases: The phases, in the order of the file.
    """
    for place, phase in enumerate(phases):
        for pattern, wait in waits.items():
            changes = {
                field.attribute: phase.settings[name]
                for field in latency_fields()
                if (name := f"latency.{pattern}.{field.key}") in phase.settings
            }
            for end in ("first", "last") if changes else ():
                values = {
                    attribute: getattr(value, end) if isinstance(value, Ramp) else value
                    for attribute, value in changes.items()
                }
                mistake = structs.replace(wait, **values).mistake()
                if mistake:
                    message = f"latency.{pattern} {mistake}"
                    yield Problem(path=("phase", place, "set"), message=message)
                    break

"""Name every error that a caller of kiwoom-sim may handle.

```text
KiwoomSimError
├── ScenarioError   the scenario cannot be used; carries every problem found
│   └── KitError    the kit cannot be used, likewise
├── CatalogError    a packaged API description is wrong (a bug of ours)
├── ReplayError     a run directory cannot be replayed
└── StartError      a door cannot be opened (port in use, bad host)
```

Refusals that a client of the simulated broker is meant to see are values, never exceptions.
"""


class KiwoomSimError(Exception):
    """Root of all errors raised on purpose by kiwoom-sim."""


class ScenarioError(KiwoomSimError):
    """Say that a scenario cannot be used, with all its problems.

    Attributes:
        problems: One rendered message per problem, in file order.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class KitError(ScenarioError):
    """Say that a collection of scenarios cannot be read, installed or written, and why."""


class CatalogError(KiwoomSimError):
    """Say that a packaged API description contradicts itself or the code."""


class ReplayError(KiwoomSimError):
    """Say that a run directory cannot be read or replayed."""


class StartError(KiwoomSimError):
    """Say that a door cannot be opened."""

"""Generate the reference pages of both languages from the code they describe.

```sh
python -m docs.generate            # write docs/en/*.md and docs/ko/*.md
python -m docs.generate --check    # write nothing, exit 1 if a page is stale
```
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from docs.pages import cli, coverage, faults, scenario
from docs.pages.markdown import LANGUAGES, Language

HOME = Path(__file__).parent
PAGES: dict[str, Callable[[Language], str]] = {
    "cli-reference.md": cli.page,
    "scenario-reference.md": scenario.page,
    "faults.md": faults.page,
    "api-coverage.md": coverage.page,
}


def generated() -> dict[Path, str]:
    """Return the text of every generated page, by file."""
    return {
        HOME / language / name: page(language)
        for language in LANGUAGES
        for name, page in PAGES.items()
    }


def stale() -> list[Path]:
    """Return the files whose text is not what would be generated now."""
    return [
        file
        for file, text in generated().items()
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or only compare them with `--check`."""
    if list(arguments) == ["--check"]:
        old = stale()
        for file in old:
            sys.stderr.write(f"{file.relative_to(HOME.parent)} is stale; run `make docs`\n")
        return 1 if old else 0
    for file, text in generated().items():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{file.relative_to(HOME.parent)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

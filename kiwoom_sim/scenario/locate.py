"""Find the line of every key in a TOML text that `tomllib` has accepted.

`tomllib` keeps no positions. This scanner knows only as much TOML as is needed to tell keys from
values; it must never be given a text that `tomllib` rejects.
"""

import re
import tomllib

from kiwoom_sim.scenario.problems import Path

_TOKEN = re.compile(
    r"(?P<blank>[ \t\r]+|\#[^\n]*)|(?P<newline>\n)"
    r'|(?P<string>"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\')'
    r"|(?P<mark>[\[\]{},=])|(?P<atom>[^\s\[\]{},=\"'\#]+)",
    re.DOTALL,
)


def key_lines(text: str) -> dict[Path, int]:
    """Return the line (from 1) of every table, key and list item of an accepted TOML text."""
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str, int]] = []
        line = 1
        for match in _TOKEN.finditer(text):
            group, token = match.lastgroup or "", match.group()
            if group != "blank":
                self._tokens.append((group, token, line))
            line += token.count("\n")
        self._tokens.append(("end", "", line))
        self._position = 0
        self._counts: dict[Path, int] = {}
        self._lines: dict[Path, int] = {}

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        while self._group() != "end":
            if self._group() == "newline":
                self._position += 1
            elif self._token() == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    def _group(self) -> str:
        return self._tokens[self._position][0]

    def _token(self) -> str:
        return self._tokens[self._position][1]

    def _line(self) -> int:
        return self._tokens[self._position][2]

    def _header(self) -> Path:
        line = self._line()
        self._position += 1
        is_list = self._token() == "["
        self._position += is_list
        names = self._key()
        path: Path = ()
        for name in names[:-1]:
            path += (name,)
            if path in self._counts:
                path += (self._counts[path] - 1,)
        path += (names[-1],)
        if is_list:
            self._lines.setdefault(path, line)
            self._counts[path] = self._counts.get(path, 0) + 1
            path += (self._counts[path] - 1,)
        self._lines.setdefault(path, line)
        self._position += 2 if is_list else 1
        return path

    def _key(self) -> list[str]:
        """Read a dotted key up to, not including, the mark that follows it."""
        source = ""
        while self._group() in {"atom", "string"}:
            source += self._token()
            self._position += 1
        value: object = tomllib.loads(f"{source} = 0")
        names: list[str] = []
        while isinstance(value, dict):
            name, value = next(iter(value.items()))
            names.append(name)
        return names

    def _pair(self, table: Path) -> None:
        line = self._line()
        path = table
        for name in self._key():
            path += (name,)
            self._lines.setdefault(path, line)
        self._position += 1
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._token() == "{":
            self._inside(path, "}")
        elif self._token() == "[":
            self._inside(path, "]")
        else:
            while self._group() in {"atom", "string"}:
                self._position += 1

    def _inside(self, path: Path, closing: str) -> None:
        self._position += 1
        count = 0
        while self._token() != closing:
            if self._group() == "newline" or self._token() == ",":
                self._position += 1
            elif closing == "}":
                self._pair(path)
            else:
                self._lines.setdefault((*path, count), self._line())
                self._value((*path, count))
                count += 1
        self._position += 1

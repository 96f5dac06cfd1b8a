"""Remember the latest REST requests and count all of them: what a test of a client asks about.

Unlike the journal, which is written to files and never forgotten, this is of the process: it
works for runs that are kept nowhere, is bounded, and can be cleared between two tests.

Invariants: the counts cover every request since the last clearing, also those whose details were
pushed out; an answer that was made late is listed in its place of arrival.
"""

from collections import Counter, deque
from fnmatch import fnmatchcase

from msgspec import Struct

REMEMBERED = 5_000
TEXT_CHARACTERS_MAX = 2_000
_SORTS_MAX = 1_000
_OTHER = "other"


class Seen(Struct, frozen=True, kw_only=True):
    """Hold one answered request, secrets hidden.

    Attributes:
        id: Name of the answer in the run ("r12").
        ms, seq: Wire time and sequence of the request.
        conn: Ordinal of its connection.
        status: HTTP status; 0 = the connection was closed without an answer.
        return_code: Code in the body of the answer; None where it has none.
        refusal: Documented code of a refusal, or "".
        faults: Ids of the faults that met it.
        body: Body of the request, cut after `TEXT_CHARACTERS_MAX` characters.
    """

    id: str
    ms: int
    seq: int
    conn: int
    api: str
    method: str
    path: str
    status: int
    return_code: int | None
    refusal: str = ""
    faults: tuple[str, ...] = ()
    body: str = ""


class Wanted(Struct, frozen=True, kw_only=True):
    """Say which requests are asked about; everything that is given must agree.

    Attributes:
        api, path: Shell patterns; "" = any.
        status: HTTP status; None = any.
        since: Only requests after this sequence.
    """

    api: str = ""
    path: str = ""
    status: int | None = None
    since: int = 0

    def fits(self, api: str, path: str, status: int) -> bool:
        """Return whether a request is meant, whenever it came."""
        return (
            (not self.api or fnmatchcase(api, self.api))
            and (not self.path or fnmatchcase(path, self.path))
            and self.status in {None, status}
        )


class RequestLog:
    """Hold the latest requests, and counts of all.

    Attributes:
        forgotten: How many requests are counted, but no longer remembered.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self.forgotten = 0
        self._latest: deque[Seen] = deque(maxlen=remembered)
        self._counts: Counter[tuple[str, str, int]] = Counter()
        self._cleared = 0

    def add(self, seen: Seen) -> None:
        """Take an answered request; one from before the last clearing is left out."""
        if seen.seq <= self._cleared:
            return
        self.forgotten += len(self._latest) == self._latest.maxlen
        self._latest.append(seen)
        sort = (seen.api, seen.path, seen.status)
        if len(self._counts) >= _SORTS_MAX and sort not in self._counts:
            sort = (_OTHER, _OTHER, seen.status)
        self._counts[sort] += 1

    def clear(self, seq: int) -> None:
        """Forget every request up to a sequence of the run."""
        self._cleared = seq
        self.forgotten = 0
        self._latest.clear()
        self._counts.clear()

    def latest(self, wanted: Wanted) -> list[Seen]:
        """Return the requests that are meant and remembered, newest first."""
        found = [
            seen
            for seen in self._latest
            if seen.seq > wanted.since and wanted.fits(seen.api, seen.path, seen.status)
        ]
        return sorted(found, key=lambda seen: -seen.seq)

    def counts(self, wanted: Wanted) -> dict[str, dict[str, int]]:
        """Return how many requests are meant, by API id ("" = without one) and HTTP status.

        With `since`, only those that are remembered.
        """
        counted = self._counts
        if wanted.since:
            found = self.latest(wanted)
            counted = Counter((seen.api, seen.path, seen.status) for seen in found)
        made: dict[str, dict[str, int]] = {}
        for (api, path, status), count in sorted(counted.items()):
            if wanted.fits(api, path, status):
                statuses = made.setdefault(api, {})
                statuses[str(status)] = statuses.get(str(status), 0) + count
        return made

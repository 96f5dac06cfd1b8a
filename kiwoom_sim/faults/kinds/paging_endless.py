"""Let the last page have a next one, which is the last page again."""

from typing import ClassVar

from msgspec import Struct, structs

from kiwoom_sim.faults.bodies import document_of
from kiwoom_sim.faults.effects import Alter, Answer, Effect
from kiwoom_sim.faults.occasion import Occasion

_MARK = "~"
"""Begins the keys that lead back to the last page; the rest is the key that led there."""


class PagingEndless(Struct, frozen=True, kw_only=True, tag="paging_endless", tag_field="kind"):
    """Send `cont-yn: Y` and a `next-key` with the last page, which comes again for that key.

    All earlier pages are right. A client that compares pages, or counts them, ends; one that
    trusts `cont-yn` never does. It goes on only as long as the rule fires; another request with
    such a key is refused.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the change of the headers, and the way back to the last page if asked for it."""
        key = _key(occasion)
        if not key.startswith(_MARK):
            return (Alter(self, occasion),)
        back = key.removeprefix(_MARK)
        headers = (("cont-yn", "Y" if back else "N"), ("next-key", back))
        return (Alter(self, occasion, headers=headers),)

    def alter(self, answer: Answer, occasion: Occasion) -> Answer:
        """Return the answer with a next page, where it is the last one."""
        document = document_of(answer)
        done = isinstance(document, dict) and document.get("return_code") == 0
        if not done or answer.header("cont-yn") != "N":
            return answer
        again = _MARK + _key(occasion).removeprefix(_MARK)
        changed = {"cont-yn": "Y", "next-key": again}
        headers = tuple((name, changed.get(name, value)) for name, value in answer.headers)
        return structs.replace(answer, headers=headers)

    def mistake(self) -> str:
        """Return what is wrong with the fields together: never anything."""
        return ""


def _key(occasion: Occasion) -> str:
    """Return the key of the page that a request asks for, "" for the first."""
    headers = occasion.facts.headers
    continues = headers.get("cont-yn", "").strip().upper() == "Y"
    return headers.get("next-key", "").strip() if continues else ""

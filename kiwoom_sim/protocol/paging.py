"""Cut long answers into pages that continue without any memory on our side.

A `next-key` says all that the next page depends on: `A`, the requested code with its suffix, a
day as `YYYYMMDD`, and a place of 8 digits (milliseconds of that day, or a row number). The next
page holds strictly older rows (or later numbers), so pages never overlap or leave a gap.

Known deviations: the real service's place is the number of rows that are left; ours names the
oldest row already sent. Clients treat the key as opaque.

Source:
    A published key of the tick chart: `A` + code + `YYYYMMDD` + remaining rows; at most 50
    characters.
"""

from collections.abc import Sequence

from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_DAY, day_of, format_day, moment, parse_day, time_of_day
from kiwoom_sim.protocol.calls import bad_value
from kiwoom_sim.protocol.refusals import Refused

KEY_LENGTH_MAX = 50
_PLACE_DIGITS = 8
_DAY_DIGITS = 8


class PageKey(Struct, frozen=True):
    """Hold what a `next-key` says.

    Attributes:
        subject: Code that was asked for, with its suffix.
        day: Day of the place.
        place: Milliseconds of that day, or a row number; 0 or above.
    """

    subject: str
    day: int
    place: int

    @property
    def time_ms(self) -> int:
        """Return the market time that the key names."""
        return moment(self.day, self.place)

    def text(self) -> str:
        """Return the wire form."""
        return f"A{self.subject}{format_day(self.day)}{self.place:0{_PLACE_DIGITS}d}"


def key_of_time(subject: str, time_ms: int) -> str:
    """Return the `next-key` that continues with rows before a market time."""
    return PageKey(subject, day_of(time_ms), time_of_day(time_ms)).text()


def read_key(text: str, subject: str) -> PageKey | Refused:
    """Return what a `next-key` says, or the refusal of a broken one or one of another code."""
    place = text[-_PLACE_DIGITS:]
    rest = text[:-_PLACE_DIGITS]
    day = parse_day(rest[-_DAY_DIGITS:])
    known = text.isascii() and place.isdigit() and len(place) == _PLACE_DIGITS
    if not known or day is None or rest[:-_DAY_DIGITS] != f"A{subject}":
        return bad_value("next-key", "연속조회키 오류")
    if int(place) >= MS_PER_DAY:
        return bad_value("next-key", "연속조회키 오류")
    return PageKey(subject, day, int(place))


def page_length(times: Sequence[int], page_size: int) -> int:
    """Return how many of the newest-first rows make a page.

    Rows of one instant stay together, because the next page begins before an instant; a page is
    longer than `page_size` only if that many rows share one.
    """
    if len(times) <= page_size:
        return len(times)
    length = page_size
    while length > 0 and times[length - 1] == times[length]:
        length -= 1
    if length:
        return length
    length = page_size
    while length < len(times) and times[length] == times[0]:
        length += 1
    return length

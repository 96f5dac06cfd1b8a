"""Show every fault kind of the WebSocket door to a real socket, and count what it saw of it.

One client without trouble listens to the same share all the time: what it hears is the truth.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

BUSY, OTHER = "005930", "000660"
PATH = "/api/dostk/websocket"
WAIT_S = 60
LATE_S = 2.0
FRAMES = 14
PING = '{"trnm":"PING"}'


def volume(text: str) -> int:
    """Return the volume of the day in a trade: it only grows, so it names trades."""
    return int(json.loads(text)["data"][0]["values"]["13"])


class Ears:
    """Hold one connection of a story's client.

    Attributes:
        texts: REAL frames of the busy share as they came, read or not.
        named: Names of all other frames.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.texts: list[str] = []
        self.named: list[str] = []
        self.others = 0
        self.refused = 0

    async def say(self, message: object) -> None:
        await self.socket.send(json.dumps(message))

    async def register(self, *codes: str) -> None:
        data = [{"item": list(codes or (BUSY,)), "type": ["0B"]}]
        await self.say({"trnm": "REG", "grp_no": "1", "refresh": "1", "data": data})

    async def hear(self) -> str:
        """Take the next frame and return its name, "" for one of no name."""
        async with asyncio.timeout(WAIT_S):
            text = await self.socket.recv()
        assert isinstance(text, str)
        try:
            message = json.loads(text)
        except ValueError:
            self.texts.append(text)
            return ""
        name = str(message["trnm"])
        if name == "PING":
            await self.socket.send(text)
        elif name != "REAL":
            self.named.append(name)
            self.refused += message.get("return_code", 0) != 0
        elif message["data"][0]["item"] == BUSY:
            self.texts.append(text)
        else:
            self.others += 1
        return name

    async def until(self, name: str) -> None:
        while await self.hear() != name:
            pass

    async def to_the_end(self) -> int | None:
        """Listen until the other side closes; return the code."""
        with suppress(ConnectionClosed):
            while True:
                await self.hear()
        return self.socket.close_code

    @property
    def volumes(self) -> list[int]:
        found = []
        for text in self.texts:
            with suppress(ValueError):
                found.append(volume(text))
        return found

    @property
    def newest(self) -> int:
        return volume(self.texts[-1]) if self.texts else 0

    @property
    def unread(self) -> int:
        return len(self.texts) - len(self.volumes)


class Place(Struct):
    """Hold where a story is acted: the door, its token, the truth."""

    url: str
    token: str
    truth: Ears
    wire_ms: Callable[[], int]


class Talk:
    """Connect and log in, as the context of one connection."""

    def __init__(self, place: Place, *, login: bool = True, story: str = "") -> None:
        self._place, self._login = place, login
        self._made = connect(
            place.url + PATH, compression=None, ping_interval=None, max_queue=None, proxy=None,
            open_timeout=WAIT_S, additional_headers={"x-story": story},
        )  # fmt: skip

    async def __aenter__(self) -> Ears:
        ears = Ears(await self._made.__aenter__())
        await ears.say({"trnm": "LOGIN", "token": self._place.token})
        if self._login:
            await ears.until("LOGIN")
        return ears

    async def __aexit__(self, *error: object) -> None:
        await self._made.__aexit__(*error)


Act = Callable[[Place, str], Awaitable[int]]


async def refused_handshakes(place: Place, kind: str) -> int:
    seen = 0
    for _ in range(4):
        try:
            async with Talk(place, story=kind):
                pass
        except InvalidStatus:
            seen += 1
    return seen


async def slow_handshakes(place: Place, kind: str) -> int:
    seen = 0
    for _ in range(4):
        began = time.monotonic()
        async with Talk(place, story=kind):
            seen += time.monotonic() - began >= 3
    return seen


async def refused_logins(place: Place, kind: str) -> int:
    seen = 0
    for _ in range(4):
        async with Talk(place) as ears:
            seen += ears.refused
    return seen


async def unheard_messages(place: Place, kind: str) -> int:
    """Count the registrations that are not answered, though what was said after them is."""
    seen = 0
    async with Talk(place) as ears:
        for _ in range(4):
            await ears.register()
            data = [{"item": [OTHER], "type": ["0B"]}]
            await ears.say({"trnm": "REMOVE", "grp_no": "1", "data": data})
            await ears.until("REMOVE")
            seen += ears.named.count("REG") == 0
            ears.named.clear()
    return seen


async def early_notices(place: Place, kind: str) -> int:
    seen = 0
    for _ in range(4):
        async with Talk(place) as ears:
            seen += ears.named == ["SYSTEM", "LOGIN"]
    return seen


async def refused_registrations(place: Place, kind: str) -> int:
    async with Talk(place) as ears:
        for _ in range(4):
            await ears.register()
            await ears.until("REG")
        return ears.refused


async def silent_registrations(place: Place, kind: str) -> int:
    """Count the registrations after which one share is never heard of and the other is."""
    seen = 0
    for _ in range(4):
        async with Talk(place) as ears:
            await ears.register(BUSY, OTHER)
            await ears.until("REG")
            while not ears.texts and ears.others < 60:
                await ears.hear()
            seen += not ears.texts
    return seen


async def cut_lines(place: Place, kind: str) -> int:
    """Count the connections that end without a goodbye."""
    seen = 0
    for _ in range(2):
        async with Talk(place) as ears:
            await ears.register()
            seen += await ears.to_the_end() == 1006
    return seen


async def kicks(place: Place, kind: str) -> int:
    seen = 0
    for _ in range(2):
        async with Talk(place) as ears:
            await ears.register()
            await ears.to_the_end()
            seen += ears.named[-1] == "SYSTEM"
    return seen


async def listened(place: Place, enough: Callable[[Ears], bool]) -> Ears:
    """Listen to the busy share until it is enough."""
    async with Talk(place) as ears:
        await ears.register()
        while len(ears.texts) < FRAMES or not enough(ears):
            await ears.hear()
    return ears


def overtaken(volumes: list[int]) -> int:
    """Return how many trades came after a later one."""
    newest, found = 0, 0
    for value in volumes:
        found += value < newest
        newest = max(newest, value)
    return found


async def missed(place: Place, mine: Ears) -> int:
    """Return how many trades between its first and last one a client did not hear."""
    first, last = min(mine.volumes), max(mine.volumes)
    while not place.truth.newest or place.truth.newest < last:  # noqa: ASYNC110 - it listens
        await asyncio.sleep(0.01)
    true = {value for value in place.truth.volumes if first <= value <= last}
    return len(true - set(mine.volumes))


async def gaps(place: Place, kind: str) -> int:
    return await missed(place, await listened(place, lambda _: True))


async def repeats(place: Place, kind: str) -> int:
    volumes = (await listened(place, lambda _: True)).volumes
    return len(volumes) - len(set(volumes))


async def unread(place: Place, kind: str) -> int:
    return (await listened(place, lambda _: True)).unread


async def late_ones(place: Place, kind: str) -> int:
    ears = await listened(place, lambda ears: overtaken(ears.volumes) >= 2)
    return overtaken(ears.volumes)


async def at(place: Place, from_ms: int, to_ms: int, every_ms: int) -> None:
    """Wait until wire time is between two points of a stretch that comes again and again."""
    while not from_ms < place.wire_ms() % every_ms < to_ms:  # noqa: ASYNC110 - nothing tells it
        await asyncio.sleep(0.01)


async def held_or_replaced(place: Place, kind: str) -> int:
    """Count trades that came late, and those that never came because a later one took over."""
    async with Talk(place) as ears:
        await at(place, 100, 300, 1_000)  # well before the next turn
        await ears.register()
        while not overtaken(ears.volumes) or len(ears.texts) < FRAMES:
            await ears.hear()
    return overtaken(ears.volumes) + await missed(place, ears)


async def stalls(place: Place, kind: str) -> int:
    """Count the silences of a line on which there is always something to say."""
    async with Talk(place) as ears:
        await at(place, 200, 800, 4_000)  # well before the next release
        await ears.register()
        seen, last = 0, time.monotonic()
        while len(ears.texts) < FRAMES:
            known = len(ears.texts)
            await ears.hear()
            if len(ears.texts) > known:
                now = time.monotonic()
                seen += known > 0 and now - last >= LATE_S
                last = now
    return seen


class Story(Struct, frozen=True, kw_only=True):
    """Say how a kind is provoked, what a client does and how it counts.

    Attributes:
        match: What the rule is about besides its app key; "connect" = handshakes of the story.
    """

    act: Act
    do: str = ""
    match: str = ""
    when: str = "nth = [2, 3]"


STORIES: dict[str, Story] = {
    "burst": Story(act=stalls, do='every = "4s"', when="nth = 2"),
    "dead_registration": Story(act=silent_registrations, do=f'code = "{BUSY}"'),
    "delay": Story(act=late_ones, do='delay = "700ms", keep_order = false', when="nth = [3, 6]"),
    "disconnect": Story(act=cut_lines, match='api = "REAL"', when="nth = [3, 9]"),
    "duplicate_frame": Story(act=repeats, when="nth = [3, 6]"),
    "gap": Story(act=gaps, when="nth = [3, 6]"),
    "handshake_refused": Story(act=refused_handshakes, match="connect"),
    "ignored": Story(act=unheard_messages, match='moment = "message", api = "REG"'),
    "kick": Story(act=kicks, match='api = "REAL"', when="nth = [3, 9]"),
    "latency": Story(act=slow_handshakes, do='delay = "3s"', match="connect"),
    "login_refused": Story(act=refused_logins),
    "malformed_frame": Story(act=unread, when="nth = [3, 6]"),
    "register_refused": Story(act=refused_registrations),
    "reorder": Story(act=late_ones, do='frames = 1, within = "20s"', when="nth = [3, 6]"),
    "stale_frame": Story(act=repeats, do='clock = "old"', when="nth = [3, 6, 9]"),
    "system_frame": Story(act=early_notices),
    "throttle": Story(act=held_or_replaced, do="per_second = 1", when="nth = [3, 4]"),
    "truncated_frame": Story(act=unread, do='keep = "60%"', when="nth = [3, 6]"),
}


def rule(kind: str, story: Story, ordinal: int) -> str:
    """Return the rule of a story as a scenario writes it.

    Args:
        kind: Fault kind.
        story: Its story.
        ordinal: Ordinal of the app key that its client uses.
    """
    about = [f'key = "key#{ordinal}"', *([story.match] if story.match else [])]
    per = ""
    if story.match == "connect":  # nobody is known yet
        per = ', per = "global"'
        about = ['moment = "connect"', f'"header.x-story" = "{kind}"']
    fields = ", ".join(part for part in (f'kind = "{kind}"', story.do) if part)
    return (
        f'[[ws]]\nid = "ws-{kind}"\nmatch = {{ {", ".join(about)} }}\n'
        f"when = {{ {story.when}{per} }}\ndo = {{ {fields} }}\n"
    )

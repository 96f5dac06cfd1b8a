"""End waits early: when the connection is lost for which they wait, or when the run ends."""

import asyncio
from collections.abc import Awaitable


class Patience:
    """Hold what is being waited for, until somebody says that it is no use.

    Attributes:
        is_over: Whether that was said; further waits end at once.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._scopes: set[asyncio.Timeout] = set()

    async def spend(self, work: Awaitable[object]) -> bool:
        """Wait for some work; say whether it was done before patience was over.

        Work that is not done is cancelled.
        """
        scope = asyncio.timeout(None)
        try:
            async with scope:
                self._scopes.add(scope)
                if self.is_over:
                    _give_up(scope)
                await work
        except TimeoutError:
            if not scope.expired():
                raise
            return False
        finally:
            self._scopes.discard(scope)
        return True

    async def last(self) -> None:
        """Wait until patience is over."""
        await self.spend(asyncio.get_running_loop().create_future())

    def end(self) -> None:
        """End all waits, now and from now on."""
        if self.is_over:  # what was told to end cannot be told again
            return
        self.is_over = True
        for scope in self._scopes:
            _give_up(scope)


def _give_up(scope: asyncio.Timeout) -> None:
    scope.reschedule(asyncio.get_running_loop().time())

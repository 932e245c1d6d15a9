"""Waits for native work in an event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from .._call import NOWHERE
from .._native import Bell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._native import Task
    from ..progress import Progress

_POLL = 0.05
"""How often progress is told, in seconds."""


class _Ends:
    """The work that one event loop waits for."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.bell = Bell()
        self.waiting: dict[int, asyncio.Future[None]] = {}
        loop.add_reader(self.bell.fileno(), self._rung)

    def _rung(self) -> None:
        for number in self.bell.ended():
            future = self.waiting.pop(number, None)
            if future is not None and not future.done():
                future.set_result(None)


_ENDS: WeakKeyDictionary[asyncio.AbstractEventLoop, _Ends] = WeakKeyDictionary()


async def run(start: Callable[[Bell], Task], progress: Progress | None = None) -> Any:
    """Starts work and waits for it. Cancelling the coroutine cancels the work."""
    loop = asyncio.get_running_loop()
    ends = _ENDS.get(loop)
    if ends is None:
        ends = _ENDS[loop] = _Ends(loop)
    task = start(ends.bell)
    # Before the loop's next turn, in which the bell can be heard for the first time.
    ended = ends.waiting[task.number] = loop.create_future()
    try:
        if progress is None:
            await ended
        else:
            while not ended.done():
                await asyncio.wait([ended], timeout=_POLL)
                for event in task.events():
                    progress(event)
    except BaseException:
        task.cancel()
        ends.waiting.pop(task.number, None)
        raise
    return task.result()


async def call(operation: str, request: Mapping[str, Any], progress: Progress | None = None) -> Any:
    """Runs an operation that needs no store, by its name; see `reposnap.call`."""
    fields = dict(request)
    return await run(lambda bell: NOWHERE.start(operation, fields, bell), progress)

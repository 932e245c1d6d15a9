"""Waits for native work in an event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .._call import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._native import Task
    from ..progress import Progress

_POLL = 0.05
"""How often progress is told, in seconds."""


async def run(start: Callable[[Callable[[], object]], Task], progress: Progress | None = None) -> Any:
    """Starts work and waits for it. Cancelling the coroutine cancels the work."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()

    def end() -> None:
        if not ended.done():
            ended.set_result(None)

    # Called from another thread; where the loop was closed, nobody waits any more, and the error is let go.
    task = start(lambda: loop.call_soon_threadsafe(end))
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
        raise
    return task.result()


async def call(operation: str, request: Mapping[str, Any], progress: Progress | None = None) -> Any:
    """Runs an operation that needs no store, by its name; see `reposnap.call`."""
    fields = dict(request)
    return await run(lambda wake: NOWHERE.start(operation, fields, wake), progress)

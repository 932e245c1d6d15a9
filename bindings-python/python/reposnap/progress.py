"""Progress of long work: what a callback is told, and bars that show it.

Give any call `progress=`, a function of one `Event`. It is called in the thread that waits (or in the event loop), some
twenty times a second at most; what it raises ends the work and comes out of the call.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from ._native import Event

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Bar", "Event", "Progress", "TqdmBars", "tqdm_bars"]

Progress = Callable[[Event], object]
"""A progress callback."""


class Bar(Protocol):
    """What a bar must be able to do; `tqdm.tqdm` is one."""

    def update(self, n: float = ..., /) -> object:
        """Adds `n` to what is done."""

    def close(self) -> object:
        """Ends the bar."""


class TqdmBars:
    """A progress callback that shows one bar for each phase; see `tqdm_bars`."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._bars: dict[str, Bar] = {}

    def __call__(self, event: Event) -> None:
        """Shows one event."""
        phase = event.phase
        if phase is None:
            write = getattr(self._make, "write", None)
            if write is not None and event.text is not None:
                write(event.text)
        elif event.kind == "start":
            self._end(phase)
            bytes_ = event.unit == "bytes"
            self._bars[phase] = self._make(
                total=event.total,
                desc=phase,
                unit="B" if bytes_ else " items",
                unit_scale=bytes_,
                unit_divisor=1024 if bytes_ else 1000,
                leave=False,
            )
        elif event.kind == "advance":
            bar = self._bars.get(phase)
            if bar is not None and event.by is not None:
                bar.update(event.by)
        elif event.kind == "finish":
            self._end(phase)

    def close(self) -> None:
        """Ends the bars that are left, such as those of work that failed."""
        for phase in list(self._bars):
            self._end(phase)

    def __enter__(self) -> TqdmBars:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _end(self, phase: str) -> None:
        bar = self._bars.pop(phase, None)
        if bar is not None:
            bar.close()


def tqdm_bars(tqdm: Callable[..., Any] | None = None) -> TqdmBars:
    """A progress callback that shows bars of tqdm, or of anything that is called as `tqdm.tqdm` is.

    ```python
    from reposnap import Store
    from reposnap.progress import tqdm_bars

    with Store.open("store") as store, tqdm_bars() as bars:
        store.mirror_update("inhouse", progress=bars)
    ```

    Raises `ModuleNotFoundError` where tqdm is not installed and none is given.
    """
    if tqdm is None:
        # By its name: type checkers of programs that have no tqdm would ask for it.
        tqdm = cast("Callable[..., Any]", import_module("tqdm.auto").tqdm)
    return TqdmBars(tqdm)

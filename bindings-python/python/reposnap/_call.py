"""Runs operations that need no store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._native import Handle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .progress import Progress

NOWHERE = Handle()
"""What stands for no store."""


def call(operation: str, request: Mapping[str, Any], progress: Progress | None = None) -> Any:
    """Runs an operation that needs no store, by its name: `call("version compare", {"a": "1", "b": "2"})`.

    Args:
        operation: Its name, as `docs/OPERATIONS.md` has it.
        request: Its parameters; one that is None counts as not given.
        progress: Called with each step of the work.

    Returns:
        The operation's document.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.
    """
    return NOWHERE.call(operation, dict(request), progress)

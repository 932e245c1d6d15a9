"""What can go wrong: one class of exception for each kind of failure, below `Error`.

Where Python has an exception for the same thing, the class is one of those too: `NotFoundError` is a
`FileNotFoundError`, `UsageError` a `ValueError`. All of them pickle, so they come back from the workers of
`multiprocessing`.
"""

from __future__ import annotations

import errno as _errno

__all__ = [
    "AlreadyExistsError",
    "CancelledError",
    "ConflictError",
    "Error",
    "FormatError",
    "InternalError",
    "LimitError",
    "MalformedError",
    "NetworkError",
    "NetworkTimeoutError",
    "NotFoundError",
    "ReadOnlyError",
    "StorageError",
    "UnsatisfiableError",
    "UnsupportedError",
    "UsageError",
    "VerificationError",
]


class Error(Exception):
    """A failure: its kind, a sentence, and where it happened.

    Every exception that the library raises by itself is one, but for `TypeError` and `ValueError` where an argument
    is nothing that a request can hold. `str()` gives all of it in one line.
    """

    kind: str
    """The kind of failure, a stable word such as `not-found`; the same in every language and in `--json`."""
    message: str
    """A sentence; it may change from version to version."""
    path: str | None
    """The file, URL, object or REV at fault."""
    line: int | None
    """The line in it, from 1."""
    field: str | None
    """The field at fault."""
    rule: str | None
    """The rule that was broken, a stable word such as `future-signature`."""
    expected: str | None
    """What had to be."""
    found: str | None
    """What was."""
    help: str | None
    """What to do about it."""

    def __init__(
        self,
        message: str,
        kind: str = "internal",
        path: str | None = None,
        line: int | None = None,
        field: str | None = None,
        rule: str | None = None,
        expected: str | None = None,
        found: str | None = None,
        help: str | None = None,
    ) -> None:
        # `args` are the constructor's arguments, all of them: pickling calls it with them.
        super().__init__(message, kind, path, line, field, rule, expected, found, help)
        self.kind = kind
        self.message = message
        self.path = path
        self.line = line
        self.field = field
        self.rule = rule
        self.expected = expected
        self.found = found
        self.help = help
        if isinstance(self, OSError):
            _tell_system(self, kind, message, path)

    def __str__(self) -> str:
        if self.path is not None:
            place = f"{self.path}: " if self.line is None else f"{self.path}:{self.line}: "
        else:
            place = "" if self.line is None else f"line {self.line}: "
        text = place + (f"{self.field}: " if self.field is not None else "") + self.message
        if self.expected is not None and self.found is not None:
            text += f": expected {self.expected}, found {self.found}"
        if self.rule is not None:
            text += f" [{self.rule}]"
        return text + (f" ({self.help})" if self.help is not None else "")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def document(self) -> dict[str, str | int]:
        """The failure as the document `Error` of `--json`; fields that it lacks are left out."""
        names = ("kind", "message", "path", "line", "field", "rule", "expected", "found", "help")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


class UsageError(Error, ValueError):
    """An argument, a query or a configuration that can't be understood."""


class MalformedError(Error, ValueError):
    """Bytes from outside that break their format."""


class VerificationError(Error):
    """A signature, digest, date or other rule of verification does not hold."""


class LimitError(Error):
    """An explicit limit was passed."""


class NotFoundError(Error, FileNotFoundError):
    """A named thing does not exist."""


class AlreadyExistsError(Error, FileExistsError):
    """A named thing exists, with other content."""


class ConflictError(Error):
    """Somebody else was first."""


class NetworkError(Error, ConnectionError):
    """The network or a server failed."""


class NetworkTimeoutError(NetworkError, TimeoutError):
    """A server did not answer in time, or too slowly."""


class StorageError(Error, OSError):
    """A file or the object store failed (the kind `io`)."""


class ReadOnlyError(Error, PermissionError):
    """The store may not be written."""


class FormatError(Error):
    """The store or a file has a format that this version can't handle."""


class UnsatisfiableError(Error):
    """Packages that are asked for can't be installed together."""


class UnsupportedError(Error, NotImplementedError):
    """What is asked for is not supported."""


class CancelledError(Error):
    """The work was cancelled."""


class InternalError(Error, RuntimeError):
    """A defect of reposnap."""


def _tell_system(error: OSError, kind: str, message: str, path: str | None) -> None:
    error.errno = _NUMBERS.get(kind)
    error.strerror = message
    error.filename = path


_NUMBERS = {
    "not-found": _errno.ENOENT,
    "already-exists": _errno.EEXIST,
    "read-only": _errno.EACCES,
    "io": _errno.EIO,
    "network": _errno.ECONNABORTED,
}

_CLASSES: dict[str, type[Error]] = {
    "usage": UsageError,
    "malformed": MalformedError,
    "verification": VerificationError,
    "limit": LimitError,
    "not-found": NotFoundError,
    "already-exists": AlreadyExistsError,
    "conflict": ConflictError,
    "network": NetworkError,
    "io": StorageError,
    "read-only": ReadOnlyError,
    "format": FormatError,
    "unsupported": UnsupportedError,
    "unsatisfiable": UnsatisfiableError,
    "cancelled": CancelledError,
    "internal": InternalError,
}

_TIMEOUTS = frozenset({"connect-timeout", "idle-timeout", "total-timeout", "too-slow"})


def make(
    message: str,
    kind: str,
    path: str | None = None,
    line: int | None = None,
    field: str | None = None,
    rule: str | None = None,
    expected: str | None = None,
    found: str | None = None,
    help: str | None = None,
) -> Error:
    """The exception of the right class. A kind that a later library has is an `Error` itself."""
    kind_class = NetworkTimeoutError if kind == "network" and rule in _TIMEOUTS else _CLASSES.get(kind, Error)
    return kind_class(message, kind, path, line, field, rule, expected, found, help)

"""The native part of reposnap. Use the package `reposnap`; this is not meant to be imported by itself."""

from collections.abc import Callable, Sequence
from os import PathLike
from typing import Any, Final, Literal, TypeVar, final, overload

_T = TypeVar("_T")

VERSION: Final[str]

@final
class Event:
    """A step of long work, as a progress callback is told of it."""

    @property
    def kind(self) -> Literal["start", "advance", "finish", "note"]:
        """`start`, `advance`, `finish` or `note`."""
    @property
    def phase(self) -> str | None:
        """The phase, such as `packages`; none for a note."""
    @property
    def total(self) -> int | None:
        """Of a start: how much there is to do, where that is known."""
    @property
    def unit(self) -> Literal["bytes", "items"] | None:
        """Of a start: what is counted, `bytes` or `items`."""
    @property
    def by(self) -> int | None:
        """Of an advance: how much more is done."""
    @property
    def text(self) -> str | None:
        """Of a note: what the user should know."""

@final
class Version:
    """A version of a Debian package, in dpkg's order.

    Versions that compare as equal are equal, and hash alike, however they are written: `Version("1.0")` equals
    `Version("0:1.0-0")`. `str()` gives the spelling.

    Raises `MalformedError` for what is no version. Example: `max(map(Version, ["1.0~rc1-1", "1.0-1"]))`.
    """

    def __new__(cls, version: str) -> Version: ...
    @property
    def epoch(self) -> int:
        """The number before the first colon, 0 where there is none."""
    @property
    def upstream(self) -> str:
        """What stands between the epoch and the revision."""
    @property
    def revision(self) -> str | None:
        """What stands behind the last hyphen, if there is one."""
    def __lt__(self, other: Version, /) -> bool: ...
    def __le__(self, other: Version, /) -> bool: ...
    def __gt__(self, other: Version, /) -> bool: ...
    def __ge__(self, other: Version, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

def version_compare(a: str, b: str, /) -> int:
    """Compares two versions as dpkg does.

    A number below 0 where `a` is the earlier one, 0 where they are equal, above 0 where `a` is the later one. Takes any
    text, as `apt_pkg.version_compare` does. Example: `version_compare("1.0~rc1", "1.0") < 0`.
    """

@final
class Query:
    """A question that a package passes or not, in the query language (docs/QUERIES.md of the repository).

    `str()` gives its plainest form. Raises `UsageError`, which names the column, for what can't be understood.
    Example: `Query("nginx* (>= 1.22), !Section (% debug)")`.
    """

    def __new__(cls, query: str) -> Query: ...
    @property
    def needs_stanza(self) -> bool:
        """Whether a package's stanza is needed to tell; where not, its name, version and architecture do."""
    @property
    def names(self) -> list[str] | None:
        """The names outside of which no package passes, each once and in order; None where the query does not say."""
    def matches(self, package: Package) -> bool:
        """Whether `package` passes."""
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Package:
    """A package of a snapshot.

    It is a view of the bytes that were read, taken apart only where you look: `package["Depends"]` is a field of its
    stanza, of any case, and raises `KeyError` where there is none. What asks for the stanza raises `UsageError` where
    the package was read without, and `VerificationError` where the stanza was altered in the store; nothing is given
    of a stanza that was not verified. Packages with the same stanza are equal.
    """

    @property
    def name(self) -> str:
        """Its name."""
    @property
    def version(self) -> str:
        """Its version, as written."""
    @property
    def parsed_version(self) -> Version:
        """Its version, for comparing."""
    @property
    def architecture(self) -> str:
        """Its architecture; `source` for a source package."""
    @property
    def part(self) -> str:
        """The part of the snapshot that has it, a suite; of several the first."""
    @property
    def component(self) -> str:
        """The component that has it there."""
    @property
    def digest(self) -> str:
        """The SHA-256 of its stanza, 64 hexadecimal digits."""
    @property
    def text(self) -> str:
        """Its stanza, to its last newline."""
    @property
    def raw(self) -> bytes:
        """Its stanza, byte for byte."""
    @overload
    def get(self, field: str, default: None = None) -> str | None: ...
    @overload
    def get(self, field: str, default: _T) -> str | _T: ...
    def fields(self) -> dict[str, str]:
        """Its fields in order, by the names as written."""
    def __getitem__(self, field: str, /) -> str: ...
    def __contains__(self, field: str, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Packages:
    """An iterator over packages."""

    def __iter__(self) -> Packages: ...
    def __next__(self) -> Package: ...
    def ready(self) -> list[Package]:
        """The packages that are here already, without waiting."""
    def start(self, bell: Bell) -> Task:
        """Starts to fetch more; the result of the task is whether there are any."""

@final
class Bell:
    """How an event loop learns that work has ended: by a file that becomes readable."""

    def __new__(cls) -> Bell: ...
    def fileno(self) -> int:
        """The file that becomes readable."""
    def ended(self) -> list[int]:
        """The numbers of the work that has ended since the last call; the file is read empty."""

@final
class Task:
    """Work that was started for an event loop. Dropping it cancels the work."""

    @property
    def number(self) -> int:
        """The number that the bell tells its end by."""
    def cancel(self) -> None:
        """Ends the work early."""
    def events(self) -> list[Event]:
        """The steps since the last call."""
    def result(self) -> Any:
        """What came of it; call it once, after the end."""

@final
class Handle:
    """A store, or none, and who works on it."""

    def __new__(
        cls,
        directory: str | PathLike[str] | None = None,
        *,
        memory: bool = False,
        read_only: bool = False,
        actor: str | None = None,
    ) -> Handle: ...
    @property
    def directory(self) -> str | None:
        """The directory, for a store that has one."""
    @property
    def closed(self) -> bool:
        """Whether it was closed."""
    def close(self) -> None:
        """Lets go of the store; every later call is refused."""
    def open(self, how: str, bell: Bell | None = None) -> Any:
        """Opens the store, or makes it: `how` is `open`, `create` or `open_or_create`."""
    def call(self, operation: str, request: dict[str, Any], progress: Callable[[Event], object] | None = None) -> Any:
        """Runs an operation and waits for it."""
    def start(self, operation: str, request: dict[str, Any], bell: Bell) -> Task:
        """Starts an operation; `bell` rings when it has ended."""
    def packages(self, rev: str, query: Query | None, stanzas: bool) -> Packages:
        """The packages of a snapshot that pass `query`."""

def run_command(arguments: Sequence[str]) -> int:
    """Runs the command `reposnap` with `arguments`, the first of which is the program's name."""

"""Stores, and the mirrors, snapshots and environments in them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ._methods import StoreMethods
from ._native import Handle, Query
from .errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Literal

    from . import documents
    from ._native import Package
    from ._types import StrPath
    from .progress import Progress


class Store(StoreMethods):
    """A store: the directory in which snapshots, mirrors and environments are kept.

    Make one with `Store.open`, `Store.create`, `Store.at` or `Store.memory`. Several threads may share it, and several
    processes may work on one directory at a time; a child that was forked goes on with the parent's store. It pickles,
    but for one in memory.
    """

    __slots__ = ("_actor", "_read_only", "handle")

    def __init__(self, handle: Handle, *, actor: str | None = None, read_only: bool = False) -> None:
        """Not meant to be called: take `Store.open` and its like."""
        self.handle = handle
        """What native code works with; of no use to others."""
        self._actor = actor
        self._read_only = read_only

    @classmethod
    def open(cls, directory: StrPath, *, actor: str | None = None, read_only: bool = False) -> Store:
        """Opens the store in a directory.

        Args:
            directory: The store's directory.
            actor: Who acts, for the history; the user's name otherwise.
            read_only: Refuse to write.

        Raises:
            NotFoundError: There is no store.
            FormatError: It has a format that this version can't handle.
        """
        return cls._begin("open", directory, actor, read_only)

    @classmethod
    def create(cls, directory: StrPath, *, actor: str | None = None) -> Store:
        """Makes a store of a directory, which is created where it is missing and has to be empty.

        Args:
            directory: The store's directory.
            actor: Who acts, for the history; the user's name otherwise.

        Raises:
            AlreadyExistsError: There is a store, or anything else.
        """
        return cls._begin("create", directory, actor, False)

    @classmethod
    def open_or_create(cls, directory: StrPath, *, actor: str | None = None) -> Store:
        """Opens the store in a directory, or makes one where the directory is missing or empty.

        Args:
            directory: The store's directory.
            actor: Who acts, for the history; the user's name otherwise.
        """
        return cls._begin("open_or_create", directory, actor, False)

    @classmethod
    def at(cls, directory: StrPath, *, actor: str | None = None) -> Store:
        """The store in a directory, looked at with each call, as the command does.

        It need not be there: adding a mirror makes one, other calls raise `NotFoundError`. `open` is faster where there
        are many calls.

        Args:
            directory: The store's directory.
            actor: Who acts, for the history; the user's name otherwise.
        """
        return cls(Handle(os.fspath(directory), actor=actor), actor=actor)

    @classmethod
    def memory(cls, *, actor: str | None = None) -> Store:
        """Makes a store in the memory of this process, which goes when it is let go of."""
        return cls(Handle(memory=True, actor=actor), actor=actor)

    @classmethod
    def _begin(cls, how: str, directory: StrPath, actor: str | None, read_only: bool) -> Store:
        handle = Handle(os.fspath(directory), actor=actor, read_only=read_only)
        handle.open(how)
        return cls(handle, actor=actor, read_only=read_only)

    def close(self) -> None:
        """Lets go of the store; calls that come later raise `UsageError`. Closing it again does nothing."""
        self.handle.close()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self.handle.closed

    @property
    def directory(self) -> str | None:
        """The store's directory; None for one in memory."""
        return self.handle.directory

    def call(self, operation: str, request: Mapping[str, Any], *, progress: Progress | None = None) -> Any:
        """Runs an operation by its name: `store.call("env show", {"name": "stable"})`.

        Args:
            operation: Its name, as `docs/OPERATIONS.md` has it.
            request: Its parameters; one that is None counts as not given.
            progress: Called with each step of the work.

        Returns:
            The operation's document.

        Raises:
            Error: One of its subclasses, by the kind of failure.
        """
        return self._call(operation, dict(request), progress)

    def _call(self, operation: str, request: dict[str, Any], progress: Progress | None) -> Any:
        return self.handle.call(operation, request, progress)

    def mirror(self, name: str) -> Mirror:
        """The mirror of that name, which need not be there yet."""
        return Mirror(self, name)

    def mirrors(self) -> list[Mirror]:
        """All mirrors."""
        return [Mirror(self, shown["mirror"]) for shown in self.mirror_list()]

    def snapshot(self, rev: str) -> Snapshot:
        """The snapshot that a REV names now: an environment, a mirror, a named snapshot, or digits of a digest.

        Raises:
            NotFoundError: There is none of the name.
        """
        return Snapshot(self, self.snapshot_resolve(rev)["snapshot"])

    def snapshots(self) -> list[Snapshot]:
        """All snapshots."""
        return [Snapshot(self, listed["snapshot"]) for listed in self.snapshot_list()]

    def environment(self, name: str) -> Environment:
        """The environment of that name, which need not be there yet."""
        return Environment(self, name)

    def environments(self) -> list[Environment]:
        """All environments."""
        return [Environment(self, entry["environment"]) for entry in self.env_list()]

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        if self.directory is None:
            raise UsageError("a store in memory can't be sent to another process", kind="usage")
        return (_open_again, (self.directory, self._actor, self._read_only))

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.Store {self.directory or 'in memory'}{' (closed)' if self.closed else ''}>"


def _open_again(directory: str, actor: str | None, read_only: bool) -> Store:
    return Store.open(directory, actor=actor, read_only=read_only)


class _Named:
    __slots__ = ("name", "store")

    def __init__(self, store: Store, name: str) -> None:
        self.store = store
        """The store that it is in."""
        self.name = name
        """Its name."""

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        assert isinstance(other, _Named)
        return self.name == other.name and self.store is other.store

    def __hash__(self) -> int:
        return hash((type(self), self.name))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class Mirror(_Named):
    """A mirror: where snapshots come from. `Store.mirror_add` and its like make one."""

    __slots__ = ()

    def show(self) -> documents.MirrorShow:
        """What it mirrors, and its newest snapshot."""
        return self.store.mirror_show(self.name)

    def update(self, *, dry_run: bool = False, progress: Progress | None = None) -> documents.MirrorUpdate:
        """Updates it; what that made is a new snapshot.

        Args:
            dry_run: Say whether there is something new, and write nothing.
            progress: Called with each step of the work.
        """
        return self.store.mirror_update(self.name, dry_run=dry_run, progress=progress)

    def snapshot(self) -> Snapshot | None:
        """Its newest snapshot; None before the first update."""
        digest = self.show().get("snapshot")
        return None if digest is None else Snapshot(self.store, digest)


class Environment(_Named):
    """An environment: a name that moves from snapshot to snapshot, with its history."""

    __slots__ = ()

    def create(
        self,
        rev: str | Snapshot,
        *,
        dry_run: bool = False,
        message: str | None = None,
        key: str | None = None,
        password_file: StrPath | None = None,
    ) -> documents.EnvCreate:
        """Creates it.

        Args:
            rev: The snapshot that it begins with.
            dry_run: Tell what the entry would be, and write nothing.
            message: Why.
            key: The key that signs the entry: a file, or `gpg:FINGERPRINT`.
            password_file: The file with the password of the key file.
        """
        return self.store.env_create(
            self.name, str(rev), dry_run=dry_run, message=message, key=key, password_file=password_file
        )

    def show(self) -> documents.EnvCreate:
        """Its newest entry."""
        return self.store.env_show(self.name)

    def snapshot(self) -> Snapshot:
        """The snapshot that it is at."""
        return Snapshot(self.store, self.show()["snapshot"])

    def log(self, *, limit: int | None = None, verify: bool = False) -> list[documents.EnvCreate]:
        """Its history, newest first; the last 50 entries by default.

        Args:
            limit: How many entries.
            verify: Judge each of them again.
        """
        return self.store.env_log(self.name, limit=limit, verify=verify)

    def promote(
        self,
        rev: str | Snapshot,
        *,
        packages: Sequence[str] | None = None,
        with_deps: bool = False,
        create: bool = False,
        dry_run: bool = False,
        message: str | None = None,
        evidence: Sequence[str] | None = None,
        override_reason: str | None = None,
        key: str | None = None,
        password_file: StrPath | None = None,
        progress: Progress | None = None,
    ) -> documents.EnvPromote:
        """Moves it to a snapshot, or takes over some of its packages.

        Args:
            rev: The snapshot.
            packages: Take over only the packages that pass one of these queries.
            with_deps: Take along what these need, and what has to move with them.
            create: Begin the environment where there is none.
            dry_run: Tell what would change, and change nothing.
            message: Why.
            evidence: What speaks for it: `tests=FILE`, `tests:NAME=FILE`, `approval=FILE` or `file:NAME=FILE`.
            override_reason: Do it although something is missing, for this reason, where the policy allows that.
            key: The key that signs the entry: a file, or `gpg:FINGERPRINT`.
            password_file: The file with the password of the key file.
            progress: Called with each step of the work.
        """
        return self.store.env_promote(
            self.name,
            str(rev),
            packages=packages,
            with_deps=with_deps,
            create=create,
            dry_run=dry_run,
            message=message,
            evidence=evidence,
            override_reason=override_reason,
            key=key,
            password_file=password_file,
            progress=progress,
        )

    def rollback(
        self,
        to: str | None = None,
        *,
        dry_run: bool = False,
        message: str | None = None,
        evidence: Sequence[str] | None = None,
        override_reason: str | None = None,
        key: str | None = None,
        password_file: StrPath | None = None,
    ) -> documents.EnvRollback:
        """Moves it back.

        Args:
            to: Where to; by default the state before. Done again and again, that goes back further and further.
            dry_run: Tell what the entry would be, and write nothing.
            message: Why.
            evidence: What speaks for it: `tests=FILE`, `tests:NAME=FILE`, `approval=FILE` or `file:NAME=FILE`.
            override_reason: Do it although something is missing, for this reason, where the policy allows that.
            key: The key that signs the entry: a file, or `gpg:FINGERPRINT`.
            password_file: The file with the password of the key file.
        """
        return self.store.env_rollback(
            self.name,
            to=to,
            dry_run=dry_run,
            message=message,
            evidence=evidence,
            override_reason=override_reason,
            key=key,
            password_file=password_file,
        )


class Snapshot:
    """A snapshot: a set of packages that never changes, named by its digest. `str()` gives the digest."""

    __slots__ = ("digest", "store")

    def __init__(self, store: Store, digest: str) -> None:
        self.store = store
        """The store that it is in."""
        self.digest = digest
        """Its name, 64 hexadecimal digits."""

    def show(self) -> documents.SnapshotShow:
        """What it is, and what it was made from."""
        return self.store.snapshot_show(self.digest)

    def packages(self, query: str | Query | None = None, *, stanzas: bool = True) -> Iterator[Package]:
        """Its packages, each once, list by list and in order of their names.

        They are read ahead while you look at one, some MiB at a time, so all of them are never in memory at once.
        Stanzas are decoded and verified when you first look at one: who doesn't, doesn't pay for them.

        Args:
            query: Only those that pass it.
            stanzas: Read their stanzas; without, only names, versions and architectures are read, a tenth of the
                bytes, which matters where the store is far away.

        Raises:
            UsageError: The query can't be understood.
            VerificationError: The store was altered; raised while iterating or, where it is a stanza that was
                altered, when you look at it.
        """
        return self.store.handle.packages(self.digest, _query(query), stanzas)

    def search(self, query: str | Query, *, stanzas: bool = False) -> list[documents.Found]:
        """The packages that pass a query, as documents, in order of their names."""
        return self.store.search(self.digest, str(query), stanzas=stanzas)

    def diff(self, after: str | Snapshot) -> documents.SnapshotDiff:
        """What differs between this snapshot and a later one."""
        return self.store.snapshot_diff(self.digest, str(after))

    def filter(self, query: str | Query, *, name: str | None = None) -> Snapshot:
        """A new snapshot of the packages that pass a query, perhaps with a name."""
        return Snapshot(self.store, self.store.snapshot_filter(self.digest, str(query), name=name)["snapshot"])

    def pull(
        self,
        source: str | Snapshot,
        queries: Sequence[str],
        *,
        with_deps: bool = False,
        name: str | None = None,
    ) -> Snapshot:
        """A new snapshot, in which the packages that pass one of `queries` are those of `source`.

        Args:
            source: The snapshot that has the packages.
            queries: Which packages.
            with_deps: Take along what they need, and what has to move with them.
            name: A name for the result.
        """
        pulled = self.store.snapshot_pull(self.digest, str(source), queries, with_deps=with_deps, name=name)
        return Snapshot(self.store, pulled["snapshot"])

    def merge(
        self,
        *others: str | Snapshot,
        rule: Literal["precedence", "newest", "all"] | None = None,
        name: str | None = None,
    ) -> Snapshot:
        """A new snapshot of this one and others; by the default rule, the first that has a package wins."""
        merged = self.store.snapshot_merge([self.digest, *map(str, others)], rule=rule, name=name)
        return Snapshot(self.store, merged["snapshot"])

    def choose(self, names: Sequence[str], **settings: Any) -> documents.Resolve:
        """The versions that packages bring along, as apt would choose.

        Args:
            names: The packages, as on apt's command line.
            settings: What else `Store.resolve` takes, such as `no_recommends` or `status`.

        Raises:
            NotFoundError: There is none of a name.
            UnsatisfiableError: They can't be installed together; the message says why.
        """
        return self.store.resolve(self.digest, names, **settings)

    def check(self, **settings: Any) -> documents.Check:
        """Its packages that nobody can install, and why; `settings` is what else `Store.check` takes."""
        return self.store.check(self.digest, **settings)

    def fetch(
        self, query: str | Query | None = None, *, dry_run: bool = False, progress: Progress | None = None
    ) -> documents.Fetch:
        """Fetches packages that a mirror left where they are; all by default. A dry run says how much that would be."""
        text = None if query is None else str(query)
        return self.store.fetch(self.digest, query=text, dry_run=dry_run, progress=progress)

    def publish(
        self, to: StrPath, suite: str, key: StrPath, *, progress: Progress | None = None, **settings: Any
    ) -> documents.Publication:
        """Publishes it as a signed tree that apt reads.

        Args:
            to: The directory that a web server serves.
            suite: The suite, such as `stable`.
            key: The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
            progress: Called with each step of the work.
            settings: What else `Store.publish` takes.
        """
        return self.store.publish(to, suite, key, revs=[self.digest], progress=progress, **settings)

    def __iter__(self) -> Iterator[Package]:
        return self.packages()

    def __str__(self) -> str:
        return self.digest

    def __eq__(self, other: object) -> bool:
        # What a digest names is the same in every store.
        return isinstance(other, Snapshot) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<Snapshot {self.digest}>"


def _query(query: str | Query | None) -> Query | None:
    return Query(query) if isinstance(query, str) else query

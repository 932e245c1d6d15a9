# Made by the crate reposnap-faces from the table of operations. Do not edit.
"""The operations on a store, as methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Literal

    from . import documents
    from ._types import StrPath, Time
    from .progress import Progress


class StoreMethods:
    """A method for each operation on a store."""

    __slots__ = ()

    def _call(self, operation: str, request: dict[str, Any], progress: Progress | None) -> Any:
        raise NotImplementedError

    def mirror_add(
        self,
        name: str,
        url: StrPath,
        suites: Sequence[str],
        signed_by: Sequence[StrPath],
        *,
        components: Sequence[str] | None = None,
        architectures: Sequence[str] | None = None,
        signers: Sequence[str] | None = None,
        threshold: int | None = None,
        packages: Literal["all", "on-demand", "none"] | None = None,
        filter: str | None = None,
        sources: bool = False,
        translations: Sequence[str] | None = None,
        contents: bool = False,
        relax: Sequence[str] | None = None,
        max_age: int | None = None,
        replace: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> documents.MirrorAdd:
        """Adds a mirror of an APT repository.

        With the same settings again, nothing happens.

        Args:
            name: The mirror's name.
            url: The repository's base URL: http, https or file.
            suites: The suites; one that ends with `/` is a flat repository.
            signed_by: The keys that sign the repository: keyring files, or armored blocks.
            components: The components; all of the repository's where there are none.
            architectures: The architectures; this machine's own where there are none.
            signers: Of the keyring, the fingerprints that count; `!` at the end means just that subkey.
            threshold: How many of the keys must have signed; 1 by default.
            packages: When to fetch packages; `all`, with each update, by default.
            filter: Keep only the packages that pass a query.
            sources: Mirror source packages too.
            translations: Mirror the translations of these languages too.
            contents: Mirror the Contents indexes too.
            relax: Relax rules of verification, by their names.
            max_age: The greatest age, in days, of a Release without Valid-Until.
            replace: Give a mirror of this name these settings, where it has others.
            dry_run: Say what would change, and change nothing.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls mirror add.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.
        """
        request = {
            "name": name,
            "url": url,
            "suites": suites,
            "signed_by": signed_by,
            "components": components,
            "architectures": architectures,
            "signers": signers,
            "threshold": threshold,
            "packages": packages,
            "filter": filter,
            "sources": sources,
            "translations": translations,
            "contents": contents,
            "relax": relax,
            "max_age": max_age,
            "replace": replace,
            "dry_run": dry_run,
        }
        result: documents.MirrorAdd = self._call("mirror add", request, progress)
        return result

    def mirror_add_system(
        self,
        name: str,
        *,
        root: StrPath | None = None,
        replace: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> documents.MirrorAddSystem:
        """Adds a mirror of this machine's own APT sources, from the lists that `apt-get update` left.

        Args:
            name: The mirror's name.
            root: The root folder of the machine; `/` by default.
            replace: Give a mirror of this name these settings, where it has others.
            dry_run: Say what would change, and change nothing.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls mirror add-system.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.mirror_add_system("here", root="machine")
        """
        request = {
            "name": name,
            "root": root,
            "replace": replace,
            "dry_run": dry_run,
        }
        result: documents.MirrorAddSystem = self._call("mirror add-system", request, progress)
        return result

    def mirror_add_folder(
        self,
        name: str,
        directory: StrPath,
        *,
        component: str | None = None,
        replace: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> documents.MirrorAddFolder:
        """Adds a mirror of a folder of packages.

        Args:
            name: The mirror's name.
            directory: The folder.
            component: The component to put the packages in; `main` by default.
            replace: Give a mirror of this name these settings, where it has others.
            dry_run: Say what would change, and change nothing.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls mirror add-folder.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.mirror_add_folder("inhouse", "packages/one")
        """
        request = {
            "name": name,
            "directory": directory,
            "component": component,
            "replace": replace,
            "dry_run": dry_run,
        }
        result: documents.MirrorAddFolder = self._call("mirror add-folder", request, progress)
        return result

    def mirror_update(
        self,
        name: str,
        *,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> documents.MirrorUpdate:
        """Updates a mirror; what it made is a new snapshot.

        Args:
            name: The mirror's name.
            dry_run: Say whether there is something new, and write nothing: of an APT repository, only the Release
                files are asked for.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls mirror update.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.mirror_update("inhouse", dry_run=True)
        """
        request = {
            "name": name,
            "dry_run": dry_run,
        }
        result: documents.MirrorUpdate = self._call("mirror update", request, progress)
        return result

    def mirror_list(
        self,
        *,
        progress: Progress | None = None,
    ) -> list[documents.MirrorShow]:
        """Lists the mirrors.

        Args:
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls array of mirror show.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.mirror_list()
        """
        result: list[documents.MirrorShow] = self._call("mirror list", {}, progress)
        return result

    def mirror_show(
        self,
        name: str,
        *,
        progress: Progress | None = None,
    ) -> documents.MirrorShow:
        """Shows a mirror.

        Args:
            name: The mirror's name.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls mirror show.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.mirror_show("inhouse")
        """
        request = {
            "name": name,
        }
        result: documents.MirrorShow = self._call("mirror show", request, progress)
        return result

    def snapshot_list(
        self,
        *,
        progress: Progress | None = None,
    ) -> list[documents.Listed]:
        """Lists the snapshots of the store, and what leads to each.

        Args:
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls array of Listed.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.snapshot_list()
        """
        result: list[documents.Listed] = self._call("snapshot list", {}, progress)
        return result

    def snapshot_show(
        self,
        rev: str,
        *,
        packages: bool = False,
        progress: Progress | None = None,
    ) -> documents.SnapshotShow:
        """Shows what a snapshot is.

        Args:
            rev: The snapshot.
            packages: List its packages too.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls snapshot show.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.snapshot_show("inhouse", packages=True)
        """
        request = {
            "rev": rev,
            "packages": packages,
        }
        result: documents.SnapshotShow = self._call("snapshot show", request, progress)
        return result

    def snapshot_resolve(
        self,
        rev: str,
        *,
        progress: Progress | None = None,
    ) -> documents.SnapshotResolve:
        """Finds the snapshot that a REV names.

        Args:
            rev: An environment, a mirror or a named snapshot, `~2` or `@TIME` behind it for an earlier state; or
                the first digits of a digest.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls snapshot resolve.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.snapshot_resolve("stable~1")
        """
        request = {
            "rev": rev,
        }
        result: documents.SnapshotResolve = self._call("snapshot resolve", request, progress)
        return result

    def snapshot_diff(
        self,
        before: str,
        after: str,
        *,
        progress: Progress | None = None,
    ) -> documents.SnapshotDiff:
        """Tells what differs between two snapshots.

        Args:
            before: The first snapshot.
            after: The second snapshot.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls snapshot diff.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.snapshot_diff("stable", "inhouse")
        """
        request = {
            "before": before,
            "after": after,
        }
        result: documents.SnapshotDiff = self._call("snapshot diff", request, progress)
        return result

    def snapshot_merge(
        self,
        revs: Sequence[str],
        *,
        rule: Literal["precedence", "newest", "all"] | None = None,
        name: str | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> documents.SnapshotMerge:
        """Merges snapshots into a new one.

        Args:
            revs: The snapshots; by the rule `precedence`, the first that has a package wins.
            rule: Which versions to keep; `precedence` by default.
            name: A name for the result.
            dry_run: Tell what would come out, and write nothing.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls snapshot merge.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.snapshot_merge(["env/stable", "inhouse"], rule="newest", name="freeze", dry_run=True)
        """
        request = {
            "revs": revs,
            "rule": rule,
            "name": name,
            "dry_run": dry_run,
        }
        result: documents.SnapshotMerge = self._call("snapshot merge", request, progress)
        return result

    def snapshot_filter(
        self,
        rev: str,
        query: str,
        *,
        name: str | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> documents.SnapshotFilter:
        """Keeps the packages of a snapshot that pass a query, as a new one.

        Args:
            rev: The snapshot.
            query: The query.
            name: A name for the result.
            dry_run: Tell what would come out, and write nothing.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls snapshot filter.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.snapshot_filter("freeze", "Section (utils)", dry_run=True)
        """
        request = {
            "rev": rev,
            "query": query,
            "name": name,
            "dry_run": dry_run,
        }
        result: documents.SnapshotFilter = self._call("snapshot filter", request, progress)
        return result

    def snapshot_pull(
        self,
        into: str,
        from_: str,
        queries: Sequence[str],
        *,
        with_deps: bool = False,
        name: str | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> documents.SnapshotPull:
        """Replaces named packages of a snapshot by those of another, and nothing else; the result is a new one.

        Args:
            into: The snapshot to alter; it stays as it is.
            from_: The snapshot that has the packages.
            queries: Which packages, as queries.
            with_deps: Take along what they need, and what has to move with them so that all that could be installed
                still can.
            name: A name for the result.
            dry_run: Tell what would come out, and write nothing.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls snapshot pull.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.snapshot_pull("stable", "freeze", ["greet", "extra"], dry_run=True)
        """
        request = {
            "into": into,
            "from": from_,
            "queries": queries,
            "with_deps": with_deps,
            "name": name,
            "dry_run": dry_run,
        }
        result: documents.SnapshotPull = self._call("snapshot pull", request, progress)
        return result

    def env_create(
        self,
        name: str,
        rev: str,
        *,
        dry_run: bool = False,
        message: str | None = None,
        key: StrPath | None = None,
        password_file: StrPath | None = None,
        progress: Progress | None = None,
    ) -> documents.EnvCreate:
        """Creates an environment.

        Args:
            name: Its name.
            rev: The snapshot that it begins with.
            dry_run: Tell what the entry would be, and write nothing.
            message: Why.
            key: The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
            password_file: The file with the password of the key file.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls env create.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.env_create("nightly", "inhouse", dry_run=True, message="begin")
        """
        request = {
            "name": name,
            "rev": rev,
            "dry_run": dry_run,
            "message": message,
            "key": key,
            "password_file": password_file,
        }
        result: documents.EnvCreate = self._call("env create", request, progress)
        return result

    def env_list(
        self,
        *,
        progress: Progress | None = None,
    ) -> list[documents.EnvCreate]:
        """Lists the environments, each with its newest entry.

        Args:
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls array of env create.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.env_list()
        """
        result: list[documents.EnvCreate] = self._call("env list", {}, progress)
        return result

    def env_show(
        self,
        name: str,
        *,
        progress: Progress | None = None,
    ) -> documents.EnvCreate:
        """Shows the newest entry of an environment.

        Args:
            name: The environment.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls env create.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.env_show("stable")
        """
        request = {
            "name": name,
        }
        result: documents.EnvCreate = self._call("env show", request, progress)
        return result

    def env_log(
        self,
        name: str,
        *,
        limit: int | None = None,
        verify: bool = False,
        progress: Progress | None = None,
    ) -> list[documents.EnvCreate]:
        """Shows the history of an environment, newest first.

        Args:
            name: The environment.
            limit: How many entries; 50 by default.
            verify: Judge each of them again: signatures, evidence, ages, checks and the chain between them.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls array of env create.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.env_log("stable")
        """
        request = {
            "name": name,
            "limit": limit,
            "verify": verify,
        }
        result: list[documents.EnvCreate] = self._call("env log", request, progress)
        return result

    def env_promote(
        self,
        name: str,
        rev: str,
        *,
        packages: Sequence[str] | None = None,
        with_deps: bool = False,
        create: bool = False,
        dry_run: bool = False,
        message: str | None = None,
        evidence: Sequence[StrPath] | None = None,
        override_reason: str | None = None,
        key: StrPath | None = None,
        password_file: StrPath | None = None,
        progress: Progress | None = None,
    ) -> documents.EnvPromote:
        """Moves an environment to a snapshot, or takes over some of its packages.

        Args:
            name: The environment.
            rev: The snapshot.
            packages: Take over only the packages that pass one of these queries.
            with_deps: Take along what these need, and what has to move with them so that all that could be
                installed still can.
            create: Begin the environment where there is none.
            dry_run: Tell what would change, and change nothing.
            message: Why.
            evidence: What speaks for it: `tests=FILE`, `tests:NAME=FILE` (reports in JUnit's XML), `approval=FILE`
                or `file:NAME=FILE`.
            override_reason: Do it although something is missing, for this reason, where the policy allows that.
            key: The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
            password_file: The file with the password of the key file.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls env promote.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.env_promote("stable", "nightly", create=True, dry_run=True)
        """
        request = {
            "name": name,
            "rev": rev,
            "packages": packages,
            "with_deps": with_deps,
            "create": create,
            "dry_run": dry_run,
            "message": message,
            "evidence": evidence,
            "override_reason": override_reason,
            "key": key,
            "password_file": password_file,
        }
        result: documents.EnvPromote = self._call("env promote", request, progress)
        return result

    def env_rollback(
        self,
        name: str,
        *,
        to: str | None = None,
        dry_run: bool = False,
        message: str | None = None,
        evidence: Sequence[str] | None = None,
        override_reason: str | None = None,
        key: StrPath | None = None,
        password_file: StrPath | None = None,
        progress: Progress | None = None,
    ) -> documents.EnvRollback:
        """Moves an environment back.

        Args:
            name: The environment.
            to: Where to; by default the state before. Done again and again, that goes back further and further.
            dry_run: Tell what the entry would be, and write nothing.
            message: Why.
            evidence: What speaks for it, where the policy says that rollbacks are judged too; as for `env promote`.
            override_reason: Do it although something is missing, for this reason, where the policy allows that.
            key: The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
            password_file: The file with the password of the key file.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls env rollback.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.env_rollback("stable", dry_run=True, message="too loud")
        """
        request = {
            "name": name,
            "to": to,
            "dry_run": dry_run,
            "message": message,
            "evidence": evidence,
            "override_reason": override_reason,
            "key": key,
            "password_file": password_file,
        }
        result: documents.EnvRollback = self._call("env rollback", request, progress)
        return result

    def env_policy_set(
        self,
        name: str,
        *,
        file: StrPath | None = None,
        text: StrPath | None = None,
        dry_run: bool = False,
        message: str | None = None,
        key: StrPath | None = None,
        password_file: StrPath | None = None,
        progress: Progress | None = None,
    ) -> documents.EnvCreate:
        """Sets the policy of an environment: what has to be there before it moves.

        It is in force from that entry of its log on.

        Args:
            name: The environment.
            file: The file with the policy; it may have those of other environments too.
            text: The policy itself, instead of a file.
            dry_run: Tell what the entry would be, and write nothing.
            message: Why.
            key: The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
            password_file: The file with the password of the key file.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls env create.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.
        """
        request = {
            "name": name,
            "file": file,
            "text": text,
            "dry_run": dry_run,
            "message": message,
            "key": key,
            "password_file": password_file,
        }
        result: documents.EnvCreate = self._call("env policy set", request, progress)
        return result

    def env_policy_remove(
        self,
        name: str,
        *,
        dry_run: bool = False,
        message: str | None = None,
        key: StrPath | None = None,
        password_file: StrPath | None = None,
        progress: Progress | None = None,
    ) -> documents.EnvCreate:
        """Takes the policy of an environment away.

        Args:
            name: The environment.
            dry_run: Tell what the entry would be, and write nothing.
            message: Why.
            key: The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
            password_file: The file with the password of the key file.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls env create.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.env_policy_remove("stable", dry_run=True)
        """
        request = {
            "name": name,
            "dry_run": dry_run,
            "message": message,
            "key": key,
            "password_file": password_file,
        }
        result: documents.EnvCreate = self._call("env policy remove", request, progress)
        return result

    def env_policy_show(
        self,
        name: str,
        *,
        progress: Progress | None = None,
    ) -> documents.EnvPolicyShow:
        """Shows the policy that is in force.

        Args:
            name: The environment.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls env policy show.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.env_policy_show("stable")
        """
        request = {
            "name": name,
        }
        result: documents.EnvPolicyShow = self._call("env policy show", request, progress)
        return result

    def env_approve(
        self,
        name: str,
        rev: str,
        *,
        key: StrPath | None = None,
        password_file: StrPath | None = None,
        role: str | None = None,
        comment: str | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> documents.EnvApprove:
        """Approves a snapshot for an environment: signs a statement that names both, and keeps it where promotions
        find it.

        Args:
            name: The environment.
            rev: The snapshot that may go there; of packages that are taken over, the result, which a dry run of the
                promotion tells.
            key: The key that signs: a file, or `gpg:FINGERPRINT` for a key of gpg-agent. Without one the statement
                is told, to be signed elsewhere with `gpg --clearsign`.
            password_file: The file with the password of the key file.
            role: As what you speak, such as `qa`.
            comment: What there is to say, in one line.
            dry_run: Sign, and keep nothing in the store.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls env approve.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.env_approve("stable", "testing")
        """
        request = {
            "name": name,
            "rev": rev,
            "key": key,
            "password_file": password_file,
            "role": role,
            "comment": comment,
            "dry_run": dry_run,
        }
        result: documents.EnvApprove = self._call("env approve", request, progress)
        return result

    def publish(
        self,
        to: StrPath,
        suite: str,
        key: StrPath,
        *,
        revs: Sequence[str] | None = None,
        components: Mapping[str, str] | None = None,
        password_file: StrPath | None = None,
        codename: str | None = None,
        origin: str | None = None,
        label: str | None = None,
        description: str | None = None,
        suite_version: str | None = None,
        valid_for: int | None = None,
        not_automatic: bool = False,
        but_automatic_upgrades: bool = False,
        sign_field: bool = False,
        architectures: Sequence[str] | None = None,
        compress: Sequence[str] | None = None,
        allow_missing: bool = False,
        resign: bool = False,
        invalidate: str | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> documents.Publication:
        """Publishes snapshots as a signed tree that apt reads, in a directory that any web server can serve, or in
        a bucket.

        Args:
            to: The directory that a web server serves, or the URL of a bucket, such as `s3://BUCKET/PREFIX`.
            suite: The suite, such as `stable`.
            key: The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
            revs: The snapshots; each package stays in its component.
            components: Snapshots by component: all packages of one go into that component.
            password_file: The file with the password of the key file.
            codename: The Codename; none by default.
            origin: The Origin.
            label: The Label.
            description: The Description.
            suite_version: The Version of the suite.
            valid_for: For how many days the Release is valid.
            not_automatic: Have apt install from it only when asked to.
            but_automatic_upgrades: With `not_automatic`, have apt upgrade what was installed from it.
            sign_field: Name the key in the Release, for apt to hold on to.
            architectures: Architectures to name beside those that the snapshots have.
            compress: The compressions of indexes: `gz`, `xz`, `zst`.
            allow_missing: Publish though packages are missing in the store.
            resign: Sign again though nothing changed.
            invalidate: A program that tells a cache what changed: run where something was published, with the paths
                on its standard input, one on each line.
            dry_run: Say what would be done, and do nothing: only the outcome is looked at, not what becomes of
                packages.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls Publication.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.publish("public", "stable", "key", revs=["inhouse"], origin="Test", valid_for=7, dry_run=True)
        """
        request = {
            "to": to,
            "suite": suite,
            "key": key,
            "revs": revs,
            "components": components,
            "password_file": password_file,
            "codename": codename,
            "origin": origin,
            "label": label,
            "description": description,
            "suite_version": suite_version,
            "valid_for": valid_for,
            "not_automatic": not_automatic,
            "but_automatic_upgrades": but_automatic_upgrades,
            "sign_field": sign_field,
            "architectures": architectures,
            "compress": compress,
            "allow_missing": allow_missing,
            "resign": resign,
            "invalidate": invalidate,
            "dry_run": dry_run,
        }
        result: documents.Publication = self._call("publish", request, progress)
        return result

    def publish_verbatim(
        self,
        rev: str,
        to: StrPath,
        *,
        allow_missing: bool = False,
        invalidate: str | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> list[documents.Publication]:
        """Publishes an upstream's own indexes and signature, byte for byte.

        Args:
            rev: The snapshot of a mirror.
            to: The directory that a web server serves, or the URL of a bucket, such as `s3://BUCKET/PREFIX`.
            allow_missing: Publish though packages are missing in the store.
            invalidate: A program that tells a cache what changed: run where something was published, with the paths
                on its standard input, one on each line.
            dry_run: Say what would be done, and do nothing: only the outcome is looked at, not what becomes of
                packages.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls array of Publication.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.
        """
        request = {
            "rev": rev,
            "to": to,
            "allow_missing": allow_missing,
            "invalidate": invalidate,
            "dry_run": dry_run,
        }
        result: list[documents.Publication] = self._call("publish verbatim", request, progress)
        return result

    def search(
        self,
        rev: str,
        query: str,
        *,
        stanzas: bool = False,
        progress: Progress | None = None,
    ) -> list[documents.Found]:
        """Finds the packages of a snapshot that pass a query.

        Args:
            rev: The snapshot.
            query: The query.
            stanzas: Give their stanzas too.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls array of Found.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.search("stable", "greet")
        """
        request = {
            "rev": rev,
            "query": query,
            "stanzas": stanzas,
        }
        result: list[documents.Found] = self._call("search", request, progress)
        return result

    def fetch(
        self,
        rev: str,
        *,
        query: str | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> documents.Fetch:
        """Fetches packages that a mirror left where they are.

        Args:
            rev: The snapshot.
            query: Which packages; all by default.
            dry_run: Say how much would be fetched, and fetch nothing.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls fetch.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.fetch("freeze")
        """
        request = {
            "rev": rev,
            "query": query,
            "dry_run": dry_run,
        }
        result: documents.Fetch = self._call("fetch", request, progress)
        return result

    def resolve(
        self,
        rev: str,
        names: Sequence[str],
        *,
        solver: Literal["apt-classic", "apt-3", "closure"] | None = None,
        no_recommends: bool = False,
        also: Sequence[str] | None = None,
        architecture: str | None = None,
        foreign: Sequence[str] | None = None,
        status: StrPath | None = None,
        pins: Sequence[StrPath] | None = None,
        default_release: str | None = None,
        progress: Progress | None = None,
    ) -> documents.Resolve:
        """Finds the versions that packages bring along, as apt would choose.

        Args:
            rev: The snapshot.
            names: The packages: `name`, `name:architecture`, `name=version` or `name/suite`.
            solver: How to choose; `apt-classic` by default.
            no_recommends: Do without what is only recommended.
            also: Further snapshots whose packages may be taken, as by further lines of sources.list.
            architecture: The machine's architecture; the snapshot's, or this machine's, by default.
            foreign: Architectures that the machine takes packages of besides.
            status: What is installed already: a status file of dpkg. Nothing by default.
            pins: Files of preferences (apt_preferences(5)), the first one first.
            default_release: The release whose packages are preferred (`APT::Default-Release`).
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls resolve.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.resolve("inhouse", ["app"], architecture="amd64")
        """
        request = {
            "rev": rev,
            "names": names,
            "solver": solver,
            "no_recommends": no_recommends,
            "also": also,
            "architecture": architecture,
            "foreign": foreign,
            "status": status,
            "pins": pins,
            "default_release": default_release,
        }
        result: documents.Resolve = self._call("resolve", request, progress)
        return result

    def why(
        self,
        rev: str,
        name: str,
        names: Sequence[str],
        *,
        solver: Literal["apt-classic", "apt-3", "closure"] | None = None,
        no_recommends: bool = False,
        also: Sequence[str] | None = None,
        architecture: str | None = None,
        foreign: Sequence[str] | None = None,
        status: StrPath | None = None,
        pins: Sequence[StrPath] | None = None,
        default_release: str | None = None,
        progress: Progress | None = None,
    ) -> documents.Why:
        """Tells why a package comes along with others: the relations that lead to it.

        Args:
            rev: The snapshot.
            name: The package to explain.
            names: The packages that are asked for, as for `resolve`.
            solver: How to choose; `apt-classic` by default.
            no_recommends: Do without what is only recommended.
            also: Further snapshots whose packages may be taken, as by further lines of sources.list.
            architecture: The machine's architecture; the snapshot's, or this machine's, by default.
            foreign: Architectures that the machine takes packages of besides.
            status: What is installed already: a status file of dpkg. Nothing by default.
            pins: Files of preferences (apt_preferences(5)), the first one first.
            default_release: The release whose packages are preferred (`APT::Default-Release`).
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls why.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.why("inhouse", "postfix", ["app"], architecture="amd64")
        """
        request = {
            "rev": rev,
            "name": name,
            "names": names,
            "solver": solver,
            "no_recommends": no_recommends,
            "also": also,
            "architecture": architecture,
            "foreign": foreign,
            "status": status,
            "pins": pins,
            "default_release": default_release,
        }
        result: documents.Why = self._call("why", request, progress)
        return result

    def upgrade(
        self,
        rev: str,
        *,
        full: bool = False,
        no_recommends: bool = False,
        also: Sequence[str] | None = None,
        architecture: str | None = None,
        foreign: Sequence[str] | None = None,
        status: StrPath | None = None,
        pins: Sequence[StrPath] | None = None,
        default_release: str | None = None,
        progress: Progress | None = None,
    ) -> documents.Upgrade:
        """Finds what an upgrade of what is installed comes to, as apt would do it, and what is held back.

        Args:
            rev: The snapshot.
            full: Install what is new and needed, and remove what stands in the way (`apt-get dist-upgrade`); by
                default neither (`apt-get upgrade`).
            no_recommends: Do without what is only recommended.
            also: Further snapshots whose packages may be taken, as by further lines of sources.list.
            architecture: The machine's architecture; the snapshot's, or this machine's, by default.
            foreign: Architectures that the machine takes packages of besides.
            status: What is installed already: a status file of dpkg. Nothing by default.
            pins: Files of preferences (apt_preferences(5)), the first one first.
            default_release: The release whose packages are preferred (`APT::Default-Release`).
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls upgrade.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.upgrade("two", architecture="amd64", status="machine/related/status")
        """
        request = {
            "rev": rev,
            "full": full,
            "no_recommends": no_recommends,
            "also": also,
            "architecture": architecture,
            "foreign": foreign,
            "status": status,
            "pins": pins,
            "default_release": default_release,
        }
        result: documents.Upgrade = self._call("upgrade", request, progress)
        return result

    def build_deps(
        self,
        rev: str,
        names: Sequence[str],
        *,
        solver: Literal["apt-classic", "apt-3", "closure"] | None = None,
        profiles: Sequence[StrPath] | None = None,
        arch_only: bool = False,
        indep_only: bool = False,
        also: Sequence[str] | None = None,
        architecture: str | None = None,
        foreign: Sequence[str] | None = None,
        status: StrPath | None = None,
        pins: Sequence[StrPath] | None = None,
        default_release: str | None = None,
        progress: Progress | None = None,
    ) -> documents.Resolve:
        """Finds the versions that building source packages needs, as `apt-get build-dep` would choose.

        Args:
            rev: The snapshot; it must have the sources.
            names: The source packages: `name` or `name=version`.
            solver: How to choose; `apt-classic` by default.
            profiles: The build profiles that are on, such as `nocheck`.
            arch_only: Build the packages of an architecture alone.
            indep_only: Build the packages for all architectures alone.
            also: Further snapshots whose packages may be taken, as by further lines of sources.list.
            architecture: The machine's architecture; the snapshot's, or this machine's, by default.
            foreign: Architectures that the machine takes packages of besides.
            status: What is installed already: a status file of dpkg. Nothing by default.
            pins: Files of preferences (apt_preferences(5)), the first one first.
            default_release: The release whose packages are preferred (`APT::Default-Release`).
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls resolve.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.build_deps("builder", ["greet"], profiles=["nocheck"], arch_only=True)
        """
        request = {
            "rev": rev,
            "names": names,
            "solver": solver,
            "profiles": profiles,
            "arch_only": arch_only,
            "indep_only": indep_only,
            "also": also,
            "architecture": architecture,
            "foreign": foreign,
            "status": status,
            "pins": pins,
            "default_release": default_release,
        }
        result: documents.Resolve = self._call("build-deps", request, progress)
        return result

    def graph(
        self,
        rev: str,
        names: Sequence[str],
        *,
        reverse: bool = False,
        to: str | None = None,
        depth: int | None = None,
        kinds: Sequence[str] | None = None,
        format: Literal["json", "counts", "dot", "mermaid", "svg"] | None = None,
        also: Sequence[str] | None = None,
        architecture: str | None = None,
        foreign: Sequence[str] | None = None,
        status: StrPath | None = None,
        pins: Sequence[StrPath] | None = None,
        default_release: str | None = None,
        progress: Progress | None = None,
    ) -> documents.Graph:
        """Tells what packages depend on, or what depends on them: as a document, a count or a picture.

        Args:
            rev: The snapshot.
            names: The packages, or names that packages provide: `name` or `name:architecture`.
            reverse: Who depends on them, instead of what they depend on.
            to: The shortest chains to this package, instead of all around; with `reverse`, from it.
            depth: How many relations away at most; no limit by default.
            kinds: Which relations, by the names of their fields; `pre-depends` and `depends` by default.
            format: How it is given; `json` by default.
            also: Further snapshots whose packages may be taken, as by further lines of sources.list.
            architecture: The machine's architecture; the snapshot's, or this machine's, by default.
            foreign: Architectures that the machine takes packages of besides.
            status: What is installed already: a status file of dpkg. Nothing by default.
            pins: Files of preferences (apt_preferences(5)), the first one first.
            default_release: The release whose packages are preferred (`APT::Default-Release`).
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls graph.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.graph("two", ["lib"], reverse=True, architecture="amd64")
        """
        request = {
            "rev": rev,
            "names": names,
            "reverse": reverse,
            "to": to,
            "depth": depth,
            "kinds": kinds,
            "format": format,
            "also": also,
            "architecture": architecture,
            "foreign": foreign,
            "status": status,
            "pins": pins,
            "default_release": default_release,
        }
        result: documents.Graph = self._call("graph", request, progress)
        return result

    def check(
        self,
        rev: str,
        *,
        against: str | None = None,
        all_versions: bool = False,
        also: Sequence[str] | None = None,
        architecture: str | None = None,
        foreign: Sequence[str] | None = None,
        progress: Progress | None = None,
    ) -> documents.Check:
        """Finds the packages of a snapshot that nobody can install, and why; beside another, what the change breaks
        and repairs.

        Args:
            rev: The snapshot.
            against: A snapshot to compare with, such as the environment before a promotion: only what could be
                installed from it, or was not there, is told.
            all_versions: Look at all versions, not only at the newest of each package.
            also: Further snapshots whose packages may be taken, as by further lines of sources.list.
            architecture: The machine's architecture; the snapshot's, or this machine's, by default.
            foreign: Architectures that the machine takes packages of besides.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls check.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.check("one", architecture="amd64")
        """
        request = {
            "rev": rev,
            "against": against,
            "all_versions": all_versions,
            "also": also,
            "architecture": architecture,
            "foreign": foreign,
        }
        result: documents.Check = self._call("check", request, progress)
        return result

    def image_match(
        self,
        reference: StrPath,
        *,
        platform: str | None = None,
        files: bool = False,
        rpm_keys: Sequence[str] | None = None,
        plain_http: bool = False,
        no_cache: bool = False,
        progress: Progress | None = None,
    ) -> documents.ImageMatch:
        """Tells of every package of an image which snapshots have had exactly it, and which are from nowhere.

        Args:
            reference: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a
                root folder, or `host:` for this machine.
            platform: Which image of an index, such as `linux/arm64`; this machine's by default.
            files: Compare every file with what its package says of it; all of the image is hashed then.
            rpm_keys: Keyrings of those who sign the rpms.
            plain_http: Talk to the registry without TLS where it has none, though others may listen.
            no_cache: Read all layers, also those that were read before.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls image match.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.image_match("oci:images/layout:base")
        """
        request = {
            "reference": reference,
            "platform": platform,
            "files": files,
            "rpm_keys": rpm_keys,
            "plain_http": plain_http,
            "no_cache": no_cache,
        }
        result: documents.ImageMatch = self._call("image match", request, progress)
        return result

    def image_date(
        self,
        reference: StrPath,
        *,
        platform: str | None = None,
        files: bool = False,
        rpm_keys: Sequence[str] | None = None,
        plain_http: bool = False,
        no_cache: bool = False,
        progress: Progress | None = None,
    ) -> documents.ImageDate:
        """Tells from which snapshots an image and each of its layers can be, by their packages.

        Args:
            reference: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a
                root folder, or `host:` for this machine.
            platform: Which image of an index, such as `linux/arm64`; this machine's by default.
            files: Compare every file with what its package says of it; all of the image is hashed then.
            rpm_keys: Keyrings of those who sign the rpms.
            plain_http: Talk to the registry without TLS where it has none, though others may listen.
            no_cache: Read all layers, also those that were read before.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls image date.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.image_date("oci:images/layout:base")
        """
        request = {
            "reference": reference,
            "platform": platform,
            "files": files,
            "rpm_keys": rpm_keys,
            "plain_http": plain_http,
            "no_cache": no_cache,
        }
        result: documents.ImageDate = self._call("image date", request, progress)
        return result

    def image_audit(
        self,
        reference: StrPath,
        rev: str,
        *,
        advisories: Sequence[StrPath] | None = None,
        vex: Sequence[str] | None = None,
        release: StrPath | None = None,
        own_mirrors: Sequence[str] | None = None,
        at: Time | None = None,
        platform: str | None = None,
        files: bool = False,
        rpm_keys: Sequence[str] | None = None,
        plain_http: bool = False,
        no_cache: bool = False,
        progress: Progress | None = None,
    ) -> documents.Report:
        """Holds an image against an environment: what is outdated and since when, what is from nowhere, and who
        holds it back.

        Args:
            reference: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a
                root folder, or `host:` for this machine.
            rev: The environment, or any other name of a snapshot.
            advisories: Security advisories, by path or URL: the Debian security tracker's JSON, OSV, or updateinfo
                files.
            vex: OpenVEX documents that state which of them don't concern the image, by path or URL.
            release: The release that updateinfo files are of, such as `fedora:41`.
            own_mirrors: The mirrors of one's own packages: that no advisories are about those is no doubt.
            at: The moment that ages are counted to; now by default.
            platform: Which image of an index, such as `linux/arm64`; this machine's by default.
            files: Compare every file with what its package says of it; all of the image is hashed then.
            rpm_keys: Keyrings of those who sign the rpms.
            plain_http: Talk to the registry without TLS where it has none, though others may listen.
            no_cache: Read all layers, also those that were read before.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls Report.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.image_audit("oci:images/layout:base", "stable", at="2026-01-02T03:04:05Z")
        """
        request = {
            "reference": reference,
            "rev": rev,
            "advisories": advisories,
            "vex": vex,
            "release": release,
            "own_mirrors": own_mirrors,
            "at": at,
            "platform": platform,
            "files": files,
            "rpm_keys": rpm_keys,
            "plain_http": plain_http,
            "no_cache": no_cache,
        }
        result: documents.Report = self._call("image audit", request, progress)
        return result

    def image_attest(
        self,
        reference: StrPath,
        key: StrPath,
        *,
        rev: str | None = None,
        builder: str | None = None,
        build_parameters: Mapping[str, str] | None = None,
        store_url: str | None = None,
        attach: bool = False,
        password_file: StrPath | None = None,
        at: Time | None = None,
        platform: str | None = None,
        files: bool = False,
        rpm_keys: Sequence[str] | None = None,
        plain_http: bool = False,
        no_cache: bool = False,
        progress: Progress | None = None,
    ) -> documents.ImageAttest:
        """Attests what is in an image and from which snapshots, signed; attached to the image where that is asked
        for.

        Args:
            reference: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a
                root folder, or `host:` for this machine.
            key: The key: a file with a private key in PEM (Ed25519 or P-256), one with an OpenPGP key, or
                `gpg:FINGERPRINT` for one that gpg-agent has.
            rev: The environment that the image is held against; its verdict goes into the attestation.
            builder: Who built the image, as a URI: SLSA provenance is attested as well.
            build_parameters: For SLSA provenance, what the build was given.
            store_url: Where others find the store, as a URL, for the snapshots in SLSA provenance.
            attach: Attach what was attested to the image.
            password_file: A file with the OpenPGP key's password.
            at: When it is attested; now by default.
            platform: Which image of an index, such as `linux/arm64`; this machine's by default.
            files: Compare every file with what its package says of it; all of the image is hashed then.
            rpm_keys: Keyrings of those who sign the rpms.
            plain_http: Talk to the registry without TLS where it has none, though others may listen.
            no_cache: Read all layers, also those that were read before.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls image attest.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.image_attest("oci:images/layout:base", "images/key.pem", rev="stable", at="2026-01-02T03:04:05Z")
        """
        request = {
            "reference": reference,
            "key": key,
            "rev": rev,
            "builder": builder,
            "build_parameters": build_parameters,
            "store_url": store_url,
            "attach": attach,
            "password_file": password_file,
            "at": at,
            "platform": platform,
            "files": files,
            "rpm_keys": rpm_keys,
            "plain_http": plain_http,
            "no_cache": no_cache,
        }
        result: documents.ImageAttest = self._call("image attest", request, progress)
        return result

    def image_verify(
        self,
        reference: StrPath,
        policy: StrPath,
        *,
        attestations: Sequence[StrPath] | None = None,
        at: Time | None = None,
        platform: str | None = None,
        files: bool = False,
        rpm_keys: Sequence[str] | None = None,
        plain_http: bool = False,
        no_cache: bool = False,
        progress: Progress | None = None,
    ) -> documents.ImageVerify:
        """Tells whether a policy accepts an image, by what trusted keys attested of it.

        Args:
            reference: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a
                root folder, or `host:` for this machine.
            policy: The policy's file.
            attestations: Attestations, beside those that are attached to the image: files, or the JSON of a bundle,
                an envelope or several, line by line, which a `{` begins.
            at: The moment that ages are counted to; now by default.
            platform: Which image of an index, such as `linux/arm64`; this machine's by default.
            files: Compare every file with what its package says of it; all of the image is hashed then.
            rpm_keys: Keyrings of those who sign the rpms.
            plain_http: Talk to the registry without TLS where it has none, though others may listen.
            no_cache: Read all layers, also those that were read before.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls image verify.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.image_verify("oci:images/layout:base", "images/policy", attestations=[attestation])
        """
        request = {
            "reference": reference,
            "policy": policy,
            "attestations": attestations,
            "at": at,
            "platform": platform,
            "files": files,
            "rpm_keys": rpm_keys,
            "plain_http": plain_http,
            "no_cache": no_cache,
        }
        result: documents.ImageVerify = self._call("image verify", request, progress)
        return result

    def fleet_add(
        self,
        reference: StrPath,
        *,
        name: str | None = None,
        dry_run: bool = False,
        platform: str | None = None,
        files: bool = False,
        rpm_keys: Sequence[str] | None = None,
        plain_http: bool = False,
        no_cache: bool = False,
        progress: Progress | None = None,
    ) -> documents.FleetAdd:
        """Records an image in the store, under a name.

        What is recorded stays.

        Args:
            reference: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a
                root folder, or `host:` for this machine.
            name: The name; the image's reference by default.
            dry_run: Tell what would be recorded, and record nothing.
            platform: Which image of an index, such as `linux/arm64`; this machine's by default.
            files: Compare every file with what its package says of it; all of the image is hashed then.
            rpm_keys: Keyrings of those who sign the rpms.
            plain_http: Talk to the registry without TLS where it has none, though others may listen.
            no_cache: Read all layers, also those that were read before.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls fleet add.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.fleet_add("oci:images/layout:base", name="base", dry_run=True)
        """
        request = {
            "reference": reference,
            "name": name,
            "dry_run": dry_run,
            "platform": platform,
            "files": files,
            "rpm_keys": rpm_keys,
            "plain_http": plain_http,
            "no_cache": no_cache,
        }
        result: documents.FleetAdd = self._call("fleet add", request, progress)
        return result

    def fleet_list(
        self,
        *,
        progress: Progress | None = None,
    ) -> list[documents.FleetImage]:
        """Lists the names of the recorded images, and the images that they are now.

        Args:
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls array of FleetImage.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.fleet_list()
        """
        result: list[documents.FleetImage] = self._call("fleet list", {}, progress)
        return result

    def fleet_affected(
        self,
        name: str,
        version: str,
        *,
        by: Literal["any", "binary", "source"] | None = None,
        family: Literal["deb", "rpm"] | None = None,
        system: str | None = None,
        progress: Progress | None = None,
    ) -> list[documents.StaleImage]:
        """Finds the images that have a package in an older version than one that mends it.

        Args:
            name: The binary or source package.
            version: The version that mends it; for a source package, the source's.
            by: What the name is the name of: `binary`, `source`, or `any`, which is the default.
            family: Whose package it is: `deb`, which is the default, or `rpm`.
            system: Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which
                there are.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls array of StaleImage.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.fleet_affected("greet", "1.1-1")
        """
        request = {
            "name": name,
            "version": version,
            "by": by,
            "family": family,
            "system": system,
        }
        result: list[documents.StaleImage] = self._call("fleet affected", request, progress)
        return result

    def fleet_stale(
        self,
        rev: str,
        *,
        since: str | None = None,
        system: str | None = None,
        progress: Progress | None = None,
    ) -> list[documents.StaleImage]:
        """Finds the images that have a package in an older version than a snapshot.

        Args:
            rev: The snapshot, such as an environment.
            since: A snapshot before it: only what is newer than there counts.
            system: Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which
                there are.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls array of StaleImage.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.fleet_stale("stable")
        """
        request = {
            "rev": rev,
            "since": since,
            "system": system,
        }
        result: list[documents.StaleImage] = self._call("fleet stale", request, progress)
        return result

    def fleet_plan(
        self,
        *,
        rev: str | None = None,
        since: str | None = None,
        name: str | None = None,
        version: str | None = None,
        by: Literal["any", "binary", "source"] | None = None,
        family: Literal["deb", "rpm"] | None = None,
        system: str | None = None,
        progress: Progress | None = None,
    ) -> documents.FleetPlan:
        """Tells what to rebuild, bases first: of a snapshot, of what is new in it, or of a version that mends
        something.

        Args:
            rev: The snapshot, such as an environment.
            since: A snapshot before it: only what is newer than there counts. For an environment's last promotion:
                `stable~1`.
            name: Instead of a snapshot: the binary or source package that is mended.
            version: And the version that mends it.
            by: What the name is the name of: `binary`, `source`, or `any`, which is the default.
            family: Whose package it is: `deb`, which is the default, or `rpm`.
            system: Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which
                there are.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls fleet plan.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.fleet_plan(rev="stable", since="stable~1")
        """
        request = {
            "rev": rev,
            "since": since,
            "name": name,
            "version": version,
            "by": by,
            "family": family,
            "system": system,
        }
        result: documents.FleetPlan = self._call("fleet plan", request, progress)
        return result

    def lock_create(
        self,
        rev: str,
        names: Sequence[str],
        *,
        solver: Literal["apt-classic", "apt-3", "closure"] | None = None,
        no_recommends: bool = False,
        architecture: str | None = None,
        foreign: Sequence[str] | None = None,
        status: StrPath | None = None,
        pins: Sequence[StrPath] | None = None,
        default_release: str | None = None,
        progress: Progress | None = None,
    ) -> documents.Lock:
        """Locks exactly what packages bring along: every version, its file's digest, and what brought it.

        Args:
            rev: The snapshot.
            names: The packages: `name`, `name:architecture`, `name=version` or `name/suite`.
            solver: How to choose; `apt-classic` by default.
            no_recommends: Do without what is only recommended.
            architecture: The machine's architecture; the snapshot's, or this machine's, by default.
            foreign: Architectures that the machine takes packages of besides.
            status: What is installed already: a status file of dpkg. Nothing by default.
            pins: Files of preferences (apt_preferences(5)), the first one first.
            default_release: The release whose packages are preferred (`APT::Default-Release`).
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls lock.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.lock_create("one", ["app"], no_recommends=True, architecture="amd64")
        """
        request = {
            "rev": rev,
            "names": names,
            "solver": solver,
            "no_recommends": no_recommends,
            "architecture": architecture,
            "foreign": foreign,
            "status": status,
            "pins": pins,
            "default_release": default_release,
        }
        result: documents.Lock = self._call("lock create", request, progress)
        return result

    def lock_update(
        self,
        lock: str,
        rev: str,
        *,
        only: Sequence[str] | None = None,
        status: StrPath | None = None,
        progress: Progress | None = None,
    ) -> documents.LockUpdate:
        """Moves a lock to a newer snapshot: all of it, or what the fix of some packages needs and nothing else.

        Args:
            lock: The lock's text.
            rev: The newer snapshot.
            only: Source or binary packages; everything by default.
            status: The status file of the system that the packages go on top of, where the lock has such a base.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls lock update.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.lock_update(lock, "two", only=["lib"])
        """
        request = {
            "lock": lock,
            "rev": rev,
            "only": only,
            "status": status,
        }
        result: documents.LockUpdate = self._call("lock update", request, progress)
        return result

    def lock_verify(
        self,
        lock: str,
        *,
        progress: Progress | None = None,
    ) -> documents.LockVerify:
        """Tells whether the snapshots still have what a lock says.

        Args:
            lock: The lock's text.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls lock verify.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.lock_verify(lock)
        """
        request = {
            "lock": lock,
        }
        result: documents.LockVerify = self._call("lock verify", request, progress)
        return result

    def lock_bill(
        self,
        lock: str,
        format: Literal["apt-pins", "apt-install", "uris", "curl", "sha256sums", "cyclonedx", "spdx"],
        *,
        base: StrPath | None = None,
        published: bool = False,
        name: str | None = None,
        vendor: str | None = None,
        distro: str | None = None,
        created: Time | None = None,
        progress: Progress | None = None,
    ) -> documents.Text:
        """Writes a bill of materials of a lock, with all that its packages say of each other in their snapshots.

        Args:
            lock: The lock's text.
            format: `cyclonedx` or `spdx`.
            base: The URL that the files lie below.
            published: They lie where `publish` puts them, not where upstream has them.
            name: What it is about.
            vendor: The vendor in the packages' purls; `debian` by default.
            distro: The release in the packages' purls, such as `bookworm`.
            created: When it was made; now by default.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls text.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.lock_bill(lock, "cyclonedx", created="2026-01-02T03:04:05Z")
        """
        request = {
            "lock": lock,
            "format": format,
            "base": base,
            "published": published,
            "name": name,
            "vendor": vendor,
            "distro": distro,
            "created": created,
        }
        result: documents.Text = self._call("lock bill", request, progress)
        return result

    def system_compare(
        self,
        rev: str,
        *,
        root: StrPath | None = None,
        progress: Progress | None = None,
    ) -> documents.SystemCompare:
        """Tells how the packages that are installed on a machine stand to a snapshot.

        Args:
            rev: The snapshot.
            root: The root folder of the machine; `/` by default.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls system compare.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.system_compare("freeze", root="machine")
        """
        request = {
            "rev": rev,
            "root": root,
        }
        result: documents.SystemCompare = self._call("system compare", request, progress)
        return result

    def store_gc(
        self,
        *,
        keep_last: int | None = None,
        keep_daily: int | None = None,
        keep_weekly: int | None = None,
        keep_monthly: int | None = None,
        keep_within: str | None = None,
        keep: Sequence[str] | None = None,
        locks: Sequence[StrPath] | None = None,
        grace: str | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> documents.StoreGc:
        """Collects garbage in two phases: plans what nothing needs, and sweeps what was planned a grace period ago
        and still is not needed.

        Rules of retention say which entries of environments and mirrors keep their snapshots; without any, all do.
        The newest entry always does, and so does what has a name, what lock files need, and the newest snapshot
        that has a package of a recorded image.

        Args:
            keep_last: Keep the snapshots of so many of the newest entries of each environment and mirror.
            keep_daily: Keep the newest snapshot of each of so many days that have one.
            keep_weekly: Keep the newest snapshot of each of so many weeks that have one.
            keep_monthly: Keep the newest snapshot of each of so many months that have one.
            keep_within: Keep what was in force at any time of this duration before the newest entry, such as `30d`.
            keep: Snapshots to keep besides.
            locks: Lock files whose snapshots are kept.
            grace: How long a plan waits before it is swept, `24h` by default: longer than twice the longest update,
                merge or promotion. With `0s`, what is planned is swept at once.
            dry_run: Tell what would be planned, and write nothing.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls store gc.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.store_gc(dry_run=True)
        """
        request = {
            "keep_last": keep_last,
            "keep_daily": keep_daily,
            "keep_weekly": keep_weekly,
            "keep_monthly": keep_monthly,
            "keep_within": keep_within,
            "keep": keep,
            "locks": locks,
            "grace": grace,
            "dry_run": dry_run,
        }
        result: documents.StoreGc = self._call("store gc", request, progress)
        return result

    def store_check(
        self,
        *,
        data: bool = False,
        repair_from: StrPath | None = None,
        repair_upstream: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> documents.StoreCheck:
        """Checks the store: every log unbroken, every snapshot readable, every object that one needs there.

        What is wrong can be put right on the way.

        Args:
            data: Read every byte of packs and packages too, and verify every stanza.
            repair_from: Another store, a directory or a URL, to put back from what is missing or altered.
            repair_upstream: Put back missing and altered packages from where their snapshots say that they came
                from.
            dry_run: Tell what would be put back, and write nothing; nothing is fetched from upstream.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls store check.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.store_check(data=True)
        """
        request = {
            "data": data,
            "repair_from": repair_from,
            "repair_upstream": repair_upstream,
            "dry_run": dry_run,
        }
        result: documents.StoreCheck = self._call("store check", request, progress)
        return result

    def store_stats(
        self,
        *,
        garbage: bool = False,
        progress: Progress | None = None,
    ) -> documents.StoreStats:
        """Counts what the store has.

        Args:
            garbage: Count what nothing needs, too.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls store stats.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.store_stats()
        """
        request = {
            "garbage": garbage,
        }
        result: documents.StoreStats = self._call("store stats", request, progress)
        return result

    def store_copy(
        self,
        to: StrPath,
        *,
        environments: Sequence[str] | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> documents.StoreCopy:
        """Copies the store into another one, or some environments with all that they need: what is missing there,
        each object verified, and entries of logs last.

        Done again, it goes on. Nothing in the other store is ever replaced.

        Args:
            to: The other store, a directory or a URL, which is made where there is none.
            environments: The environments; all that the store has where none is named.
            dry_run: Tell what would be copied, and write nothing.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls store copy.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.store_copy("copy")
        """
        request = {
            "to": to,
            "environments": environments,
            "dry_run": dry_run,
        }
        result: documents.StoreCopy = self._call("store copy", request, progress)
        return result

    def store_migrate(
        self,
        *,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> documents.StoreMigrate:
        """Tells the format of the store, and brings it to the newest that this version knows.

        Args:
            dry_run: Tell what would be done, and write nothing.
            progress: Called with each step of the work; see `reposnap.progress`.

        Returns:
            What docs/JSON.md calls store migrate.

        Raises:
            reposnap.Error: One of its subclasses, by the kind of failure.

        Example:
            store.store_migrate()
        """
        request = {
            "dry_run": dry_run,
        }
        result: documents.StoreMigrate = self._call("store migrate", request, progress)
        return result

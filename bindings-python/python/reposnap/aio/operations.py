# Made by the crate reposnap-faces from the table of operations. Do not edit.
"""The operations that need no store, as functions, for event loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._run import call

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from .. import documents
    from .._types import StrPath, Time
    from ..progress import Progress

__all__ = [
    "deb_show",
    "image_inspect",
    "image_report",
    "image_signatures",
    "key_generate",
    "key_sign",
    "keyring_show",
    "lock_diff",
    "lock_export",
    "lock_show",
    "publish_prune",
    "query_parse",
    "relation_parse",
    "sources_parse",
    "stanza_parse",
    "verify_message",
    "verify_release",
    "version_compare",
]


async def publish_prune(
    directory: StrPath,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> documents.Prune:
    """Removes the packages of a published directory or bucket that neither the last nor the last but one
    publication of any suite names.

    Args:
        directory: The published directory, or the URL of the bucket.
        dry_run: Say what would be removed, and remove nothing.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls prune.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.

    Example:
        await aio.operations.publish_prune("public", dry_run=True)
    """
    request = {
        "directory": directory,
        "dry_run": dry_run,
    }
    result: documents.Prune = await call("publish prune", request, progress)
    return result


async def image_inspect(
    reference: StrPath,
    *,
    platform: str | None = None,
    files: bool = False,
    rpm_keys: Sequence[str] | None = None,
    plain_http: bool = False,
    no_cache: bool = False,
    progress: Progress | None = None,
) -> documents.Inventory:
    """Looks into an image, a root folder or a machine: its packages and the layers that brought them.

    Nothing is unpacked.

    Args:
        reference: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
            folder, or `host:` for this machine.
        platform: Which image of an index, such as `linux/arm64`; this machine's by default.
        files: Compare every file with what its package says of it; all of the image is hashed then.
        rpm_keys: Keyrings of those who sign the rpms.
        plain_http: Talk to the registry without TLS where it has none, though others may listen.
        no_cache: Read all layers, also those that were read before.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls Inventory.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.

    Example:
        await aio.operations.image_inspect("oci:images/layout:app", files=True)
    """
    request = {
        "reference": reference,
        "platform": platform,
        "files": files,
        "rpm_keys": rpm_keys,
        "plain_http": plain_http,
        "no_cache": no_cache,
    }
    result: documents.Inventory = await call("image inspect", request, progress)
    return result


async def image_signatures(
    reference: StrPath,
    keys: Sequence[StrPath],
    *,
    expected: str | None = None,
    signatures: Sequence[StrPath] | None = None,
    at: Time | None = None,
    platform: str | None = None,
    files: bool = False,
    rpm_keys: Sequence[str] | None = None,
    plain_http: bool = False,
    no_cache: bool = False,
    progress: Progress | None = None,
) -> documents.ImageSignatures:
    """Verifies what others signed of an image, such as of a base: cosign with a key beside it in its registry, and
    files of simple signing (containers-signature(5)).

    Args:
        reference: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
            folder, or `host:` for this machine.
        keys: Files with the public keys (PEM) and OpenPGP certificates that are trusted.
        expected: The name that must have been signed: a repository, or one with a tag. Any by default, so that
            whoever signed one image can pass it off as another.
        signatures: Files of simple signing.
        at: The moment at which it is judged; now by default.
        platform: Which image of an index, such as `linux/arm64`; this machine's by default.
        files: Compare every file with what its package says of it; all of the image is hashed then.
        rpm_keys: Keyrings of those who sign the rpms.
        plain_http: Talk to the registry without TLS where it has none, though others may listen.
        no_cache: Read all layers, also those that were read before.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls image signatures.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.

    Example:
        await aio.operations.image_signatures("oci:images/layout:base", ["images/key.pub"])
    """
    request = {
        "reference": reference,
        "keys": keys,
        "expected": expected,
        "signatures": signatures,
        "at": at,
        "platform": platform,
        "files": files,
        "rpm_keys": rpm_keys,
        "plain_http": plain_http,
        "no_cache": no_cache,
    }
    result: documents.ImageSignatures = await call("image signatures", request, progress)
    return result


async def image_report(
    reports: str,
    format: Literal["text", "json", "sarif", "junit", "cyclonedx", "spdx", "html"],
    *,
    progress: Progress | None = None,
) -> documents.Text:
    """Writes reports of audits for people, for what shows the results of checks, or as bills of materials.

    Args:
        reports: The reports, JSON as `image audit` gives it: an array, or one.
        format: As what.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls text.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.
    """
    request = {
        "reports": reports,
        "format": format,
    }
    result: documents.Text = await call("image report", request, progress)
    return result


async def lock_show(
    lock: str,
    *,
    progress: Progress | None = None,
) -> documents.Lock:
    """Reads a lock.

    Args:
        lock: The lock's text.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls lock.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.

    Example:
        await aio.operations.lock_show(lock)
    """
    request = {
        "lock": lock,
    }
    result: documents.Lock = await call("lock show", request, progress)
    return result


async def lock_diff(
    before: str,
    after: str,
    *,
    progress: Progress | None = None,
) -> documents.LockDiff:
    """Tells what differs between two locks.

    Args:
        before: The first lock's text.
        after: The second lock's text.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls lock diff.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.

    Example:
        await aio.operations.lock_diff(lock, moved)
    """
    request = {
        "before": before,
        "after": after,
    }
    result: documents.LockDiff = await call("lock diff", request, progress)
    return result


async def lock_export(
    lock: str,
    format: Literal["apt-pins", "apt-install", "uris", "curl", "sha256sums", "cyclonedx", "spdx"],
    *,
    base: StrPath | None = None,
    published: bool = False,
    exclusive: bool = False,
    name: str | None = None,
    vendor: str | None = None,
    distro: str | None = None,
    created: Time | None = None,
    progress: Progress | None = None,
) -> documents.Text:
    """Writes a lock in the words of others: apt's pins and arguments, lists of files, bills of materials.

    Args:
        lock: The lock's text.
        format: In which words.
        base: The URL that the files lie below; needed for `uris` and `curl`.
        published: They lie where `publish` puts them, not where upstream has them.
        exclusive: Pins: refuse every package that is not locked.
        name: Bills of materials: what they are about.
        vendor: The vendor in the packages' purls; `debian` by default.
        distro: The release in the packages' purls, such as `bookworm`.
        created: When the bill was made; needed for `spdx`.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls text.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.

    Example:
        await aio.operations.lock_export(lock, "apt-install")
    """
    request = {
        "lock": lock,
        "format": format,
        "base": base,
        "published": published,
        "exclusive": exclusive,
        "name": name,
        "vendor": vendor,
        "distro": distro,
        "created": created,
    }
    result: documents.Text = await call("lock export", request, progress)
    return result


async def verify_release(
    file: StrPath,
    keyring: Sequence[StrPath],
    *,
    signature: StrPath | None = None,
    at: Time | None = None,
    signers: Sequence[str] | None = None,
    threshold: int | None = None,
    relax: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> documents.VerifyRelease:
    """Verifies an InRelease file, or a Release file with its Release.gpg: its signatures, its dates and its form.

    Args:
        file: The file.
        keyring: The keys: keyring files, or armored blocks.
        signature: The signature file, where it stands apart.
        at: The time to verify at, instead of now.
        signers: The fingerprints that count; all of the keyring's by default.
        threshold: How many of the keys must have signed; 1 by default.
        relax: Relax rules of verification, by their names.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls verify release.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.

    Example:
        await aio.operations.verify_release("public/dists/stable/InRelease", ["public/stable.asc"])
    """
    request = {
        "file": file,
        "keyring": keyring,
        "signature": signature,
        "at": at,
        "signers": signers,
        "threshold": threshold,
        "relax": relax,
    }
    result: documents.VerifyRelease = await call("verify release", request, progress)
    return result


async def verify_message(
    message: str,
    keyring: Sequence[StrPath],
    *,
    signature: str | None = None,
    at: Time | None = None,
    signers: Sequence[str] | None = None,
    threshold: int | None = None,
    relax: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> documents.VerifyMessage:
    """Verifies a signed text: a cleartext message, or any text with a signature that stands apart.

    Args:
        message: The text.
        keyring: The keys: keyring files, or armored blocks.
        signature: The armored signature, where it stands apart.
        at: The time to verify at, instead of now.
        signers: The fingerprints that count; all of the keyring's by default.
        threshold: How many of the keys must have signed; 1 by default.
        relax: Relax rules of verification, by their names.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls verify message.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.

    Example:
        await aio.operations.verify_message(message, [certificate])
    """
    request = {
        "message": message,
        "keyring": keyring,
        "signature": signature,
        "at": at,
        "signers": signers,
        "threshold": threshold,
        "relax": relax,
    }
    result: documents.VerifyMessage = await call("verify message", request, progress)
    return result


async def keyring_show(
    keyring: Sequence[StrPath],
    *,
    at: Time | None = None,
    progress: Progress | None = None,
) -> list[documents.Certificate]:
    """Shows the certificates of a keyring.

    Args:
        keyring: The keys: keyring files, or armored blocks.
        at: The time to judge them at, instead of now.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls array of Certificate.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.

    Example:
        await aio.operations.keyring_show([certificate])
    """
    request = {
        "keyring": keyring,
        "at": at,
    }
    result: list[documents.Certificate] = await call("keyring show", request, progress)
    return result


async def key_generate(
    user_id: str,
    output: StrPath,
    *,
    progress: Progress | None = None,
) -> documents.KeyGenerate:
    """Generates an Ed25519 signing key into a new file that its owner alone may read.

    Args:
        user_id: Whose key, such as `Example archive <archive@example.org>`.
        output: The file to write; it must not exist.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls key generate.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.

    Example:
        await aio.operations.key_generate("Test <test@example.org>", "key")
    """
    request = {
        "user_id": user_id,
        "output": output,
    }
    result: documents.KeyGenerate = await call("key generate", request, progress)
    return result


async def key_sign(
    text: str,
    key: StrPath,
    *,
    password_file: StrPath | None = None,
    detached: bool = False,
    progress: Progress | None = None,
) -> documents.KeySign:
    """Signs a text, as a cleartext message or apart from it.

    Args:
        text: The text.
        key: The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
        password_file: The file with the password of the key file.
        detached: Make a signature that stands apart.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls key sign.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.
    """
    request = {
        "text": text,
        "key": key,
        "password_file": password_file,
        "detached": detached,
    }
    result: documents.KeySign = await call("key sign", request, progress)
    return result


async def version_compare(
    a: str,
    b: str,
    *,
    operator: str | None = None,
    progress: Progress | None = None,
) -> documents.VersionCompare:
    """Compares two versions as dpkg does.

    Args:
        a: The first version.
        b: The second version.
        operator: A relation to test: `lt le eq ne ge gt`, or `<< <= = != >= >>`.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls version compare.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.

    Example:
        await aio.operations.version_compare("1.0~rc1-1", "1.0-1")
    """
    request = {
        "a": a,
        "b": b,
        "operator": operator,
    }
    result: documents.VersionCompare = await call("version compare", request, progress)
    return result


async def stanza_parse(
    text: str,
    *,
    progress: Progress | None = None,
) -> list[list[documents.Field]]:
    """Reads stanzas, as control files and indexes have them (deb822(5)).

    Args:
        text: The text.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls array of array of Field.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.
    """
    request = {
        "text": text,
    }
    result: list[list[documents.Field]] = await call("stanza parse", request, progress)
    return result


async def relation_parse(
    value: str,
    *,
    progress: Progress | None = None,
) -> list[list[documents.Relation]]:
    """Reads the value of a relation field such as Depends or Provides (Debian policy, chapter 7).

    Args:
        value: The value.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls array of array of Relation.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.

    Example:
        await aio.operations.relation_parse("libc6 (>= 2.36) | musl:any, debhelper [!armel] <!nocheck>")
    """
    request = {
        "value": value,
    }
    result: list[list[documents.Relation]] = await call("relation parse", request, progress)
    return result


async def sources_parse(
    file: StrPath,
    text: str,
    architecture: str,
    *,
    progress: Progress | None = None,
) -> list[documents.SourceEntry]:
    """Reads an apt source file (sources.list(5)), in either format.

    Args:
        file: The file's name: one that ends in `.sources` has stanzas, another has lines.
        text: Its text.
        architecture: What `$(ARCH)` stands for: the machine's architecture.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls array of SourceEntry.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.
    """
    request = {
        "file": file,
        "text": text,
        "architecture": architecture,
    }
    result: list[documents.SourceEntry] = await call("sources parse", request, progress)
    return result


async def query_parse(
    query: str,
    *,
    progress: Progress | None = None,
) -> documents.QueryParse:
    """Reads a query and tells it in its plainest form.

    Args:
        query: The query.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls query parse.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.

    Example:
        await aio.operations.query_parse("nginx (>= 1.22) | Name (~ ^lib)")
    """
    request = {
        "query": query,
    }
    result: documents.QueryParse = await call("query parse", request, progress)
    return result


async def deb_show(
    file: StrPath,
    *,
    contents: bool = False,
    progress: Progress | None = None,
) -> documents.DebShow:
    """Reads a binary package (deb(5)): its control file, and what else its control part has.

    Args:
        file: The package file.
        contents: List the members of its data part too.
        progress: Called with each step of the work; see `reposnap.progress`.

    Returns:
        What docs/JSON.md calls deb show.

    Raises:
        reposnap.Error: One of its subclasses, by the kind of failure.

    Example:
        await aio.operations.deb_show("packages/one/tools_2.0-1_amd64.deb", contents=True)
    """
    request = {
        "file": file,
        "contents": contents,
    }
    result: documents.DebShow = await call("deb show", request, progress)
    return result

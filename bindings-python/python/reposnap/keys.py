"""Keyrings, and what a signature must be to count."""

from __future__ import annotations

from os import fspath
from typing import TYPE_CHECKING

from . import operations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from . import documents
    from ._types import StrPath, Time

__all__ = ["Keyring", "Policy"]


class Policy:
    """What a signature must be to count: who must have signed, and which rules are given up.

    ```python
    Policy(signers=["9FED2BCBDCD29CDF762678CBAED4B06F473041FA"], threshold=1, relax=["weak-digest"])
    ```
    """

    __slots__ = ("relax", "signers", "threshold")

    def __init__(self, *, signers: Iterable[str] = (), threshold: int = 1, relax: Iterable[str] = ()) -> None:
        self.signers = tuple(signers)
        """The fingerprints that count; all of the keyring's where there are none."""
        self.threshold = threshold
        """How many of the keys must have signed."""
        self.relax = tuple(relax)
        """The rules that are given up, by their names (docs/JSON.md lists them)."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Policy):
            return NotImplemented
        return (self.signers, self.threshold, self.relax) == (other.signers, other.threshold, other.relax)

    def __hash__(self) -> int:
        return hash((self.signers, self.threshold, self.relax))

    def __repr__(self) -> str:
        return f"Policy(signers={self.signers!r}, threshold={self.threshold!r}, relax={self.relax!r})"


_DEFAULT = Policy()


class Keyring:
    """The keys that are trusted: keyring files, and armored blocks.

    ```python
    keyring = Keyring("/usr/share/keyrings/debian-archive-keyring.gpg")
    verdict = keyring.verify_release("InRelease")
    if not verdict["accepted"]:
        print(verdict["rejected"]["message"])
    ```
    """

    __slots__ = ("sources",)

    def __init__(self, *sources: StrPath) -> None:
        self.sources = tuple(fspath(source) for source in sources)
        """The files and blocks. They are read anew by each verification."""

    def certificates(self, *, at: Time | None = None) -> list[documents.Certificate]:
        """The certificates, judged now or at another time.

        Raises:
            NotFoundError: A file does not exist.
            MalformedError: A file is no keyring.
        """
        return operations.keyring_show(self.sources, at=at)

    def verify_release(
        self,
        file: StrPath,
        *,
        signature: StrPath | None = None,
        policy: Policy = _DEFAULT,
        at: Time | None = None,
    ) -> documents.VerifyRelease:
        """Verifies an InRelease file, or a Release file with its Release.gpg.

        Args:
            file: The file.
            signature: The signature file, where it stands apart.
            policy: What a signature must be to count.
            at: The time to verify at, instead of now.
        """
        return operations.verify_release(
            file,
            self.sources,
            signature=signature,
            at=at,
            signers=policy.signers,
            threshold=policy.threshold,
            relax=policy.relax,
        )

    def verify_message(
        self,
        message: str,
        *,
        signature: str | None = None,
        policy: Policy = _DEFAULT,
        at: Time | None = None,
    ) -> documents.VerifyMessage:
        """Verifies a signed text.

        Args:
            message: The text: a cleartext message, or any text with a signature that stands apart.
            signature: The armored signature, where it stands apart.
            policy: What a signature must be to count.
            at: The time to verify at, instead of now.
        """
        return operations.verify_message(
            message,
            self.sources,
            signature=signature,
            at=at,
            signers=policy.signers,
            threshold=policy.threshold,
            relax=policy.relax,
        )

    def __eq__(self, other: object) -> bool:
        return self.sources == other.sources if isinstance(other, Keyring) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.sources)

    def __repr__(self) -> str:
        return f"Keyring({', '.join(map(repr, self.sources))})"

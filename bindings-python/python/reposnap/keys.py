"""Keyrings, and what a signature must be to count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import operations
from ._keys import DEFAULT, Policy, Sources, asked

if TYPE_CHECKING:
    from . import documents
    from ._types import StrPath, Time

__all__ = ["Keyring", "Policy"]


class Keyring(Sources):
    """The keys that are trusted: keyring files, and armored blocks.

    ```python
    keyring = Keyring("/usr/share/keyrings/debian-archive-keyring.gpg")
    verdict = keyring.verify_release("InRelease")
    if not verdict["accepted"]:
        print(verdict["rejected"]["message"])
    ```
    """

    __slots__ = ()

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
        policy: Policy = DEFAULT,
        at: Time | None = None,
    ) -> documents.VerifyRelease:
        """Verifies an InRelease file, or a Release file with its Release.gpg.

        Args:
            file: The file.
            signature: The signature file, where it stands apart.
            policy: What a signature must be to count.
            at: The time to verify at, instead of now.
        """
        return operations.verify_release(file, self.sources, signature=signature, at=at, **asked(policy))

    def verify_message(
        self,
        message: str,
        *,
        signature: str | None = None,
        policy: Policy = DEFAULT,
        at: Time | None = None,
    ) -> documents.VerifyMessage:
        """Verifies a signed text.

        Args:
            message: The text: a cleartext message, or any text with a signature that stands apart.
            signature: The armored signature, where it stands apart.
            policy: What a signature must be to count.
            at: The time to verify at, instead of now.
        """
        return operations.verify_message(message, self.sources, signature=signature, at=at, **asked(policy))

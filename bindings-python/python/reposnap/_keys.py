"""What keyrings are made of, whether they wait or are awaited: the policy, and where the keys are."""

from __future__ import annotations

from os import fspath
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._types import StrPath


class Asked(TypedDict):
    """What an operation takes a policy as."""

    signers: tuple[str, ...]
    threshold: int
    relax: tuple[str, ...]


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


class Sources:
    """Where keys are: what a keyring is beside its methods."""

    __slots__ = ("sources",)

    def __init__(self, *sources: StrPath) -> None:
        self.sources = tuple(fspath(source) for source in sources)
        """The files and blocks. They are read anew by each verification."""

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        assert isinstance(other, Sources)
        return self.sources == other.sources

    def __hash__(self) -> int:
        return hash(self.sources)

    def __repr__(self) -> str:
        return f"Keyring({', '.join(map(repr, self.sources))})"


DEFAULT = Policy()
"""What counts where no policy is given."""


def asked(policy: Policy) -> Asked:
    """The policy as operations take it."""
    return {"signers": policy.signers, "threshold": policy.threshold, "relax": policy.relax}

"""What type checkers must understand: a program that uses all of the package's classes. It also runs, as a test."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import reposnap
from reposnap import Keyring, Package, Policy, Query, Snapshot, Store, Version, aio
from reposnap.progress import Event, tqdm_bars

if TYPE_CHECKING:
    from reposnap.documents import Difference, EnvPromote


def moves(store: Store) -> list[str]:
    """The names of what a promotion would change."""
    promoted: EnvPromote = store.env_promote("stable", "inhouse", dry_run=True, create=True)
    differences: list[Difference] = promoted["differences"]
    return [difference["name"] for difference in differences if difference["change"] == "added"]


def newest(packages: list[Package]) -> str:
    """The highest version."""
    version: Version = max(package.parsed_version for package in packages)
    return str(version)


def describe(store: Store) -> str | None:
    """Documents that are told by a field."""
    config = store.mirror_show("inhouse")["config"]
    if config["type"] == "folder":
        return config["directory"]
    if config["type"] == "system":
        return config.get("root")
    return config["uri"]


async def listed(directory: Path) -> int:
    """The twin for event loops."""
    async with await aio.Store.open(directory) as store:
        snapshot: aio.Snapshot = await store.snapshot("inhouse")
        return len([package async for package in snapshot.packages(stanzas=False)])


async def trusted(certificate: Path, release: Path) -> bool:
    """Keyrings have a twin too."""
    keyring: aio.Keyring = aio.Keyring(certificate)
    verdict = await keyring.verify_release(release, policy=Policy(threshold=1))
    return verdict["accepted"]


def main(directory: Path, packages: Path) -> None:
    """Runs all of it."""
    seen: list[Event] = []
    with Store.create(directory) as store:
        store.mirror_add_folder("inhouse", packages)
        store.mirror("inhouse").update(progress=seen.append)
        with tqdm_bars() as bars:
            store.mirror_update("inhouse", progress=bars)
        snapshot: Snapshot = store.snapshot("inhouse")
        query = Query("greet")
        assert newest(list(snapshot.packages(query))) == "1.0-1"
        store.environment("stable").create(snapshot.filter("tool"))
        assert moves(store) == ["greet", "libgreet"]
        assert describe(store) == str(packages.resolve())
    assert asyncio.run(listed(directory)) == 3
    assert reposnap.version_compare("1", "2") < 0
    try:
        Keyring(directory / "none").verify_release(directory / "none", policy=Policy(threshold=1))
    except reposnap.NotFoundError as error:
        place: str | None = error.path
        print(place, len(seen))
    else:
        raise AssertionError
    try:
        asyncio.run(trusted(directory / "none", directory / "none"))
    except reposnap.NotFoundError as error:
        print(error.kind)
    else:
        raise AssertionError


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""The nightly, testing, stable workflow in one program, fit for a timer.

It updates the mirror of a folder of packages, moves nightly to what is new, testing to what nightly was before, and
stable to what testing was; then it publishes stable. Run it again and it says that there is nothing to do.

Call it as `python promote.py STORE PACKAGES DIRECTORY`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import reposnap
from reposnap import Store
from reposnap.progress import tqdm_bars

STAGES = ("nightly", "testing", "stable")


def move(store: Store) -> bool:
    """Moves each environment to where the one before it is, the last one first. Says whether any moved."""
    sources = dict(zip(STAGES, ("inhouse", *STAGES)))
    moved = False
    for name in reversed(STAGES):
        # An environment that is not there yet begins with what there is now.
        exists = any(environment.name == name for environment in store.environments())
        source = sources[name] if exists else "inhouse"
        done = store.env_promote(name, source, create=True, message=f"from {source}")
        moved = moved or done["moved"]
        for difference in done["differences"]:
            print(f"{name}: {difference['name']} {difference['change']}")
    return moved


def main() -> None:
    """Reads the arguments and does all of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("store", type=Path, help="the store's directory")
    parser.add_argument("packages", type=Path, help="the folder of packages")
    parser.add_argument("directory", type=Path, help="where to publish")
    arguments = parser.parse_args()
    key = arguments.directory.with_suffix(".key")
    with Store.open_or_create(arguments.store) as store, tqdm_bars() as bars:
        store.mirror_add_folder("inhouse", arguments.packages)
        store.mirror_update("inhouse", progress=bars)
        if not move(store):
            print("nothing to do")
            return
        if not key.exists():
            reposnap.key_generate("Example archive <archive@example.org>", key)
        published = store.snapshot("stable").publish(arguments.directory, "stable", key)
        print(f"stable: {published['packages']} packages")


if __name__ == "__main__":
    main()

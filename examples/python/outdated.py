"""Says which packages of a machine have a newer version in a snapshot.

Call it as `python outdated.py STORE REV [--root FOLDER]`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from reposnap import Store


def main() -> None:
    """Reads the arguments and prints one line for each package."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("store", type=Path, help="the store's directory")
    parser.add_argument("rev", help="the snapshot, such as stable")
    parser.add_argument("--root", type=Path, help="the machine's root folder")
    arguments = parser.parse_args()
    with Store.open(arguments.store, read_only=True) as store:
        compared = store.system_compare(arguments.rev, root=arguments.root)
        outdated = [package for package in compared["packages"] if package["standing"] == "outdated"]
        for package in outdated:
            print(f"{package['name']}: {package['version']}, the snapshot has {package.get('available')}")
        if not outdated:
            print("nothing is outdated")


if __name__ == "__main__":
    main()

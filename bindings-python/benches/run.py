"""Measures what it costs to use the library from Python, beside python-apt and python-debian, on the same input.

    target/python-venv/bin/python bindings-python/benches/run.py [--to docs/BENCHMARKS-FACES.md]

It wants a wheel of `bindings-python/wheel` to be installed: another build is not optimized. The input is an index of
63,440 packages, made of this machine's own, in a folder that is thrown away. Each figure is the best of several, for
the machine is shared; the interpreter runs anew where a start counts.
"""

from __future__ import annotations

import argparse
import gc
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import apt_pkg
from debian.deb822 import Packages

import reposnap
from reposnap import Store, Version, version_compare

COUNT = 63_440
ROOT = Path(__file__).resolve().parents[2]
BEGIN, END = "<!-- python: begin -->", "<!-- python: end -->"


def best(work: Callable[[], object], rounds: int) -> float:
    """The shortest of several runs, in seconds."""
    times = []
    for _ in range(rounds):
        gc.collect()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


Row = tuple[str, str, str, str]


def bar(what: str, met: bool) -> str:
    """A bar that was set, and whether it was reached."""
    return what if met else f"{what}: missed"


def beside(peer: str, theirs: float, ours: float) -> str:
    """What a peer takes, and how often ours fits into it."""
    return f"{peer}: {theirs * 1e3:.0f} ms, {theirs / ours:.1f} times as long"


def stanzas() -> list[str]:
    """As many stanzas as are asked for, from the lists of apt; further rounds have other names."""
    found: list[str] = []
    for path in sorted(Path("/var/lib/apt/lists").glob("*_Packages*")):
        text = subprocess.run(["/usr/lib/apt/apt-helper", "cat-file", path], check=True, capture_output=True).stdout
        found += [stanza for stanza in text.decode().split("\n\n") if stanza.startswith("Package: ")]
    if not found:
        sys.exit("there are no package lists: run apt-get update")
    names: set[str] = set()
    result: list[str] = []
    turn = 0
    while len(result) < COUNT:
        for stanza in found:
            head, rest = stanza.split("\n", 1)
            name = head if turn == 0 else f"{head}-r{turn}"
            if name not in names and len(result) < COUNT:
                names.add(name)
                result.append(f"{name}\n{rest.strip()}\n")
        turn += 1
    return result


def make(folder: Path) -> tuple[Path, Store]:
    """The index, and a store with a snapshot of it that apt's lists were read into."""
    index = "\n".join(stanzas())
    key = reposnap.key_generate("Bench <bench@example.org>", folder / "key")
    suite = folder / "upstream/dists/bench"
    (suite / "main/binary-amd64").mkdir(parents=True)
    path = suite / "main/binary-amd64/Packages"
    path.write_text(index)
    digest = subprocess.run(["sha256sum", path], check=True, capture_output=True, text=True).stdout.split()[0]
    release = (
        "Suite: bench\nCodename: bench\nDate: " + time.strftime("%a, %d %b %Y %H:%M:%S UTC", time.gmtime()) + "\n"
        "Architectures: amd64\nComponents: main\nSHA256:\n"
        f" {digest} {path.stat().st_size} main/binary-amd64/Packages\n"
    )
    signed = reposnap.key_sign(release, key["file"])
    (suite / "InRelease").write_text(signed["signature"])
    store = Store.create(folder / "store")
    store.mirror_add(
        "bench",
        f"file://{folder}/upstream",
        ["bench"],
        [signed["certificate"]],
        architectures=["amd64"],
        packages="none",
    )
    store.mirror_update("bench")
    return path, store


def iterate(folder: Path) -> list[Row]:
    """Iterating all packages, with their names, versions and one field."""
    path, store = make(folder)
    snapshot = store.snapshot("bench")

    def ours() -> None:
        count = sum(1 for package in snapshot.packages() if package.name and package.version)
        assert count == COUNT, count

    def ours_field() -> None:
        for package in snapshot.packages():
            _ = package.name, package.version, package.get("Depends")

    def ours_keys() -> None:
        assert sum(1 for package in snapshot.packages(stanzas=False) if package.name) == COUNT

    def apt() -> None:
        with apt_pkg.TagFile(str(path)) as tags:
            assert sum(1 for section in tags if section["Package"] and section["Version"]) == COUNT

    def apt_field() -> None:
        with apt_pkg.TagFile(str(path)) as tags:
            for section in tags:
                _ = section["Package"], section["Version"], section.get("Depends")

    def debian() -> None:
        with path.open("rb") as file:
            packages = Packages.iter_paragraphs(file, use_apt_pkg=False)
            assert sum(1 for package in packages if package["Package"] and package["Version"]) == COUNT

    def debian_apt() -> None:
        with path.open("rb") as file:
            packages = Packages.iter_paragraphs(file, use_apt_pkg=True)
            assert sum(1 for package in packages if package["Package"] and package["Version"]) == COUNT

    mine, mine_field, mine_keys = best(ours, 7), best(ours_field, 7), best(ours_keys, 7)
    theirs, theirs_field = best(apt, 7), best(apt_field, 7)
    slow, slow_apt = best(debian, 1), best(debian_apt, 2)
    size = path.stat().st_size / 1e6
    head = f"{COUNT:,} packages, {size:.0f} MB"
    apart = f"{mine * 1e3:.0f} ms"
    return [
        (f"iterate {head}: names, versions", apart, beside("python-apt", theirs, mine), bar("faster", mine < theirs)),
        ("the same", apart, beside("python-debian", slow, mine), bar("20 times", slow > 20 * mine)),
        ("the same", apart, beside("python-debian by apt_pkg", slow_apt, mine), ""),
        (
            "the same, and Depends",
            f"{mine_field * 1e3:.0f} ms",
            beside("python-apt", theirs_field, mine_field),
            bar("faster", mine_field < theirs_field),
        ),
        ("the same without stanzas", f"{mine_keys * 1e3:.0f} ms", "", ""),
    ]


def versions() -> list[Row]:
    """Comparisons of versions."""
    apt_pkg.init_system()
    a, b = "1:2.36-9+deb12u8", "1:2.36-9+deb12u10"
    x, y = Version(a), Version(b)
    rounds = range(200_000)

    def loop(compare: Callable[[object, object], object], a: object, b: object) -> float:
        def work() -> None:
            for _ in rounds:
                compare(a, b)

        return best(work, 7) / len(rounds) * 1e9

    def prepared() -> None:
        for _ in rounds:
            x < y  # noqa: B015

    mine, theirs = loop(version_compare, a, b), loop(apt_pkg.version_compare, a, b)
    own = best(prepared, 7) / len(rounds) * 1e9
    peer = "apt_pkg.version_compare"
    return [
        ("version_compare of two texts", f"{mine:.0f} ns", f"{peer}: {theirs:.0f} ns", bar("as fast", mine <= theirs)),
        ("Version < Version", f"{own:.0f} ns", f"{peer}: {theirs:.0f} ns", ""),
    ]


def starts(folder: Path) -> list[Row]:
    """What it takes to begin."""

    def find() -> None:
        with Store.open(folder / "store") as store:
            (found,) = store.search("bench", "bash")
            assert found["name"] == "bash"

    def start(script: str) -> float:
        return best(lambda: subprocess.run([sys.executable, "-S", "-c", script], check=True), 15)

    # Without site, for there a virtual environment and its many packages would be measured.
    path = f"import sys; sys.path.insert(0, {str(Path(reposnap.__file__).parent.parent)!r})"
    imported = start(f"{path}; import reposnap") - start(path)
    imported_aio = start(f"{path}; import reposnap.aio") - start(path)
    one = best(find, 50)
    nothing = best(lambda: [reposnap.call("version compare", {"a": "1", "b": "2"}) for _ in range(1000)], 5)
    return [
        ("open a store and find one package of them", f"{one * 1e3:.2f} ms", "", bar("5 ms", one < 5e-3)),
        ("import reposnap", f"{imported * 1e3:.0f} ms", "", bar("50 ms", imported < 50e-3)),
        ("import reposnap.aio (asyncio too)", f"{imported_aio * 1e3:.0f} ms", "", ""),
        ("a call that does next to nothing", f"{nothing * 1e3:.0f} µs", "", ""),
    ]


def sizes() -> list[Row]:
    """What was built to be shipped."""
    rows: list[Row] = []
    for wheel in sorted((ROOT / "target/wheels/release").glob("*.whl"))[-1:]:
        with zipfile.ZipFile(wheel) as file:
            (library,) = (member.file_size for member in file.infolist() if member.filename.endswith(".so"))
        for what, size in (("size of the wheel", wheel.stat().st_size), ("of the library in it, stripped", library)):
            rows.append((what, f"{size / 1e6:.1f} MB", "", bar("12 MB", size < 12e6)))
    return rows


def main() -> None:
    """Runs all, and writes the table into its page, or prints it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", type=Path, help="the page to write the table to")
    to: Path | None = parser.parse_args().to
    folder = Path(tempfile.mkdtemp(prefix="reposnap-bench-"))
    try:
        rows = [*iterate(folder), *versions(), *starts(folder), *sizes()]
    finally:
        shutil.rmtree(folder)
    table = "| work | reposnap | beside | bar |\n|---|---|---|---|\n" + "".join(
        f"| {' | '.join(row)} |\n" for row in rows
    )
    print(table)
    if to is not None:
        text = to.read_text()
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        to.write_text(f"{before}{BEGIN}\n{table}{END}{after}")


if __name__ == "__main__":
    main()

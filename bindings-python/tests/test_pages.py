"""What the pages and the examples show, done."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from reposnap import Store

SNIPPET = re.compile(r"```python\n(.*?)```", re.DOTALL)


def run(folder: Path, *command: str | Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path, packages: Path) -> Path:
    """A folder as the pages have it: `packages` lies in it."""
    (tmp_path / "packages").symlink_to(packages)
    return tmp_path


def test_the_sample_of_types_runs(folder: Path) -> None:
    run(folder, sys.executable, Path(__file__).with_name("sample.py"), "store", "packages")


def test_the_tour(folder: Path) -> None:
    """The snippets of docs/PYTHON.md are one session, from top to bottom; what stands behind `# ->` is printed."""
    page = (ROOT / "docs/PYTHON.md").read_text()
    snippets = SNIPPET.findall(page)
    assert snippets
    script = "\n".join(snippets)
    printed = run(folder, sys.executable, "-c", script).splitlines()
    assert printed == re.findall(r"# -> (.*)", script)


def test_the_readme(folder: Path) -> None:
    (snippet,) = SNIPPET.findall((ROOT / "bindings-python/README.md").read_text())
    assert "greet 1.0-1 libgreet (>= 1.0), base | other\n" in run(folder, sys.executable, "-c", snippet)


def test_the_first_page(folder: Path) -> None:
    with Store.create(folder / "reposnap-store") as store:
        store.mirror_add_folder("inhouse", folder / "packages")
        store.mirror_update("inhouse")
        store.env_create("stable", "inhouse")
    (snippet,) = SNIPPET.findall((ROOT / "README.md").read_text())
    assert run(folder, sys.executable, "-c", snippet) == "greet 1.0-1 libgreet (>= 1.0), base | other\n"


def test_the_package_docstring(folder: Path) -> None:
    import reposnap
    from reposnap import aio

    (snippet,) = SNIPPET.findall(reposnap.__doc__ or "")
    assert run(folder, sys.executable, "-c", snippet) == "['greet', 'libgreet', 'tool']\n"
    (snippet,) = SNIPPET.findall(aio.__doc__ or "")
    assert run(folder, sys.executable, "-c", snippet).endswith("greet\nlibgreet\ntool\n")


def test_examples(folder: Path) -> None:
    examples = ROOT / "examples/python"
    printed = run(folder, sys.executable, examples / "promote.py", "store", "packages", "www")
    assert "stable: 3 packages" in printed
    assert "nothing to do" in run(folder, sys.executable, examples / "promote.py", "store", "packages", "www")
    status = folder / "machine/var/lib/dpkg/status"
    status.parent.mkdir(parents=True)
    installed = "Package: {}\nStatus: install ok installed\nArchitecture: all\nVersion: {}\n\n"
    status.write_text(installed.format("greet", "0.9") + installed.format("tool", "2:3.1-4"))
    report = run(folder, sys.executable, examples / "outdated.py", "store", "stable", "--root", "machine")
    assert report == "greet: 0.9, the snapshot has 1.0-1\n"

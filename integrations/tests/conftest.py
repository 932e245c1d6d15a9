"""What the tests work with: packages made by dpkg-deb, an upstream made by apt-ftparchive and gpg, and apt itself."""

from __future__ import annotations

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The folder of the virtual environment's programs.
BIN = Path(sys.executable).parent
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# No program here takes this long; one that hangs shall not hang the tests.
LONG = 120


def run(folder: Path, *command: str | Path, env: dict[str, str] | None = None, code: int = 0) -> str:
    """Runs a command and gives all that it printed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=LONG,
    )
    assert done.returncode == code, f"{command}: {done.returncode}\n{done.stdout}"
    return done.stdout


def build_package(folder: Path, name: str, version: str, architecture: str = "all") -> None:
    """Makes a package by dpkg-deb."""
    work = folder / f"{name}.work"
    (work / "DEBIAN").mkdir(parents=True)
    (work / "DEBIAN/control").write_text(
        f"Package: {name}\nVersion: {version}\nArchitecture: {architecture}\n"
        f"Maintainer: Ana <ana@example.org>\nDescription: says {name}\n"
    )
    run(folder, "dpkg-deb", "--root-owner-group", "--build", work, folder)
    shutil.rmtree(work)


class Upstream:
    """An archive with the suite bookworm, served over HTTP."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "upstream"
        self.pool = self.folder / "pool"
        self.pool.mkdir(parents=True)
        self.keyring = folder / "upstream.gpg"
        # The socket of gpg's agent has a short path only.
        self._home = Path(tempfile.mkdtemp(prefix="gpg"))
        self._gpg("--quick-generate-key", "Upstream <upstream@example.org>", "ed25519", "sign", "never")
        self._gpg("--output", self.keyring, "--export")
        handler = functools.partial(Quiet, directory=str(self.folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def deliver(self, name: str, version: str) -> None:
        """Puts a package in place of those of its name, and signs anew."""
        for old in self.pool.glob(f"{name}_*"):
            old.unlink()
        build_package(self.pool, name, version, "amd64")
        suite = self.folder / "dists/bookworm"
        binary = suite / "main/binary-amd64"
        binary.mkdir(parents=True, exist_ok=True)
        for old in ("Release", "InRelease"):
            (suite / old).unlink(missing_ok=True)
        (binary / "Packages").write_text(run(self.folder, "apt-ftparchive", "packages", "pool"))
        settings = {"Suite": "oldstable", "Codename": "bookworm", "Architectures": "amd64", "Components": "main"}
        options = [f"-oAPT::FTPArchive::Release::{key}={value}" for key, value in settings.items()]
        (suite / "Release").write_text(run(self.folder, "apt-ftparchive", *options, "release", suite))
        self._gpg("--clearsign", "--output", suite / "InRelease", suite / "Release")

    def stop(self) -> None:
        """Ends the server and gpg's agent."""
        self._server.shutdown()
        self._server.server_close()
        subprocess.run(["gpgconf", "--homedir", self._home, "--kill", "all"], check=False)
        shutil.rmtree(self._home, ignore_errors=True)

    def _gpg(self, *arguments: str | Path) -> None:
        run(self.folder, "gpg", "--homedir", self._home, "--batch", "--quiet", "--passphrase", "", *arguments)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and tells nobody."""

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def upstream(tmp_path: Path):
    """An archive with nginx and openssl."""
    upstream = Upstream(tmp_path)
    upstream.deliver("openssl", "3.0.15-1")
    upstream.deliver("nginx", "1.22.1-9")
    yield upstream
    upstream.stop()


class Apt:
    """apt with a root folder of its own, and one source."""

    def __init__(self, root: Path, source: str) -> None:
        self.preferences = root / "etc/apt/preferences"
        for folder in (
            "etc/apt/trusted.gpg.d",
            "var/lib/apt/lists/partial",
            "var/cache/apt/archives/partial",
            "var/lib/dpkg",
        ):
            (root / folder).mkdir(parents=True)
        (root / "var/lib/dpkg/status").write_text(
            "Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: Ana <ana@example.org>\n"
            "Version: 1\nDescription: dpkg\n"
        )
        (root / "etc/apt/sources.list").write_text(source + "\n")
        (root / "apt.conf").write_text(
            f'Dir "{root}"; Dir::State::status "{root}/var/lib/dpkg/status";\n'
            'APT::Architecture "amd64"; APT::Architectures "amd64"; APT::Sandbox::User "root";\n'
        )
        self._root = root
        self._env = {"APT_CONFIG": str(root / "apt.conf"), "LC_ALL": "C"}

    @classmethod
    def published(cls, root: Path, tree: Path, suite: str) -> Apt:
        """With a published suite as its source."""
        return cls(root, f"deb [signed-by={tree}/{suite}.asc] file:{tree} {suite} main")

    def update(self) -> None:
        """apt-get update, which fails where anything is amiss."""
        run(self._root, "apt-get", "update", "-o", "APT::Update::Error-Mode=any", env=self._env)

    def versions(self, *names: str) -> dict[str, str]:
        """What apt would install of each package, after an update."""
        self.update()
        policies = run(self._root, "apt-cache", "policy", *names, env=self._env)
        return dict(re.findall(r"^(\S+):\n.*\n +Candidate: (\S+)$", policies, re.MULTILINE))


def blocks(page: Path, changes: dict[str, str]) -> list[tuple[str, str]]:
    """The code blocks of a page, language and text, with the places that it names changed to those of a test."""
    text = page.read_text()
    found = BLOCK.findall(text)
    assert text.count("\n```") == 2 * len(found), f"{page}: a block is not closed, or says no language"
    for before in changes:
        assert before in text, f"{page} has no {before}"
    pattern = re.compile("|".join(re.escape(before) for before in changes))
    return [(language, pattern.sub(lambda match: changes[match[0]], block)) for language, block in found]


def console(block: str) -> list[tuple[str, list[str]]]:
    """The commands of a block, each with the lines that it has to print."""
    commands: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], []))
        else:
            commands[-1][1].append(line.strip())
    return commands


def in_order(lines: list[str], printed: str) -> bool:
    """Whether lines that begin so were printed, in this order."""
    rest = iter(line.strip() for line in printed.splitlines())
    return all(any(there.startswith(line) for there in rest) for line in lines)

"""What the tests work with: small packages made by dpkg-deb, and a store that has them."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

import reposnap
from reposnap import Store, aio

ROOT = Path(__file__).resolve().parents[2]


def build_package(folder: Path, name: str, version: str, **fields: str) -> Path:
    """Makes a package by dpkg-deb."""
    work = folder / f"{name}.work"
    (work / "DEBIAN").mkdir(parents=True)
    (work / "usr/share" / name).mkdir(parents=True)
    (work / "usr/share" / name / "text").write_text(f"{name} {version}\n")
    control = {
        "Package": name,
        "Version": version,
        "Architecture": "all",
        "Maintainer": "Ana <ana@example.org>",
        **fields,
        "Description": f"says {name}\n More of it.",
    }
    (work / "DEBIAN/control").write_text("".join(f"{key}: {value}\n" for key, value in control.items()))
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", work, folder], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(work)
    return folder / f"{name}_{version}_all.deb"


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three packages."""
    folder = tmp_path_factory.mktemp("packages")
    build_package(folder, "greet", "1.0-1", Depends="libgreet (>= 1.0), base | other")
    build_package(folder, "libgreet", "1.0~rc1-1", Section="libs")
    build_package(folder, "tool", "2:3.1-4")
    return folder


@pytest.fixture
def store(tmp_path: Path, packages: Path):
    """A store with the mirror `inhouse`, updated once."""
    with Store.create(tmp_path / "store", actor="ana") as store:
        store.mirror_add_folder("inhouse", packages)
        store.mirror_update("inhouse")
        yield store


class SlowMirror:
    """A server that takes a request and never answers it."""

    def __init__(self, certificate: str) -> None:
        self.asked = threading.Event()
        self.left = threading.Event()
        self._certificate = certificate
        self._stopped = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def settings(self) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self._server.getsockname()[1]}/"
        return {
            "name": "slow",
            "url": url,
            "suites": ["stable"],
            "signed_by": [self._certificate],
            "architectures": ["amd64"],
        }

    def add(self, store: Store) -> None:
        store.mirror_add(**self.settings)

    async def add_async(self, store: aio.Store) -> None:
        await store.mirror_add(**self.settings)

    def stop(self) -> None:
        self._stopped.set()
        # A connection that waits in accept is not ended by closing alone.
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for connection in self._connections:
            connection.close()

    def _serve(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self._connections.append(connection)
            threading.Thread(target=self._hold, args=[connection], daemon=True).start()

    def _hold(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if connection.recv(1):
                self.asked.set()
            while connection.recv(4096):
                pass
        self.left.set()


@pytest.fixture
def slow_mirror(tmp_path: Path):
    """A server that never answers, and what a mirror of it needs."""
    key = reposnap.key_generate("Slow <slow@example.org>", tmp_path / "slow.key")
    certificate = reposnap.key_sign("text\n", key["file"])["certificate"]
    mirror = SlowMirror(certificate)
    yield mirror
    mirror.stop()

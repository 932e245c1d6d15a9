"""The same in an event loop: nothing blocks it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import build_package

import reposnap
from reposnap import aio


@pytest.fixture
async def store(tmp_path: Path, packages: Path):
    async with await aio.Store.create(tmp_path / "store", actor="ana") as store:
        await store.mirror_add_folder("inhouse", packages)
        await store.mirror("inhouse").update()
        yield store


async def test_the_workflow(store: aio.Store, tmp_path: Path) -> None:
    nightly = store.environment("nightly")
    assert (await nightly.create("inhouse", dry_run=True))["seq"] == 1
    await nightly.create("inhouse")
    newer = tmp_path / "newer"
    newer.mkdir()
    build_package(newer, "greet", "1.1-1")
    await store.mirror_add_folder("newer", newer)
    events: list[reposnap.Event] = []
    await store.mirror_update("newer", progress=events.append)
    both = await (await store.snapshot("inhouse")).merge("newer", rule="newest")
    assert (await nightly.promote(both))["moved"]
    assert (await nightly.rollback(dry_run=True))["seq"] == 3
    await nightly.rollback()
    assert await both.fetch(dry_run=True) == {"files": 0, "bytes": 0}
    assert not (await store.mirror("newer").update(dry_run=True))["changed"]
    assert await nightly.snapshot() == await store.snapshot("inhouse")
    assert len(await nightly.log()) == 3
    assert [environment.name for environment in await store.environments()] == ["nightly"]
    assert [mirror.name for mirror in await store.mirrors()] == ["inhouse", "newer"]
    assert both in await store.snapshots()
    key = await aio.key_generate("Test <test@example.org>", tmp_path / "key")
    assert (await both.publish(tmp_path / "www", "stable", key["file"]))["packages"] == 3


async def test_iteration(store: aio.Store) -> None:
    snapshot = await store.snapshot("inhouse")
    assert [package.name async for package in snapshot] == ["greet", "libgreet", "tool"]
    assert [package["Section"] async for package in snapshot.packages("Section (libs)")] == ["libs"]
    with pytest.raises(reposnap.NotFoundError):
        async for _ in aio.Snapshot(store, "0" * 64).packages():
            pass


async def test_keyrings(store: aio.Store, tmp_path: Path) -> None:
    key = await aio.key_generate("Test <test@example.org>", tmp_path / "key")
    snapshot = await store.snapshot("inhouse")
    certificate = (await snapshot.publish(tmp_path / "www", "stable", key["file"]))["certificate"]
    assert certificate is not None
    keyring = aio.Keyring(Path(certificate))
    assert [one["fingerprint"] for one in await keyring.certificates()] == [key["fingerprint"]]
    release = tmp_path / "www/dists/stable/InRelease"
    assert (await keyring.verify_release(release))["accepted"]
    verdict = await keyring.verify_release(release, policy=aio.Policy(threshold=2))
    assert verdict["rejected"]["rule"] == "too-few-signers"
    assert not (await keyring.verify_release(release, at="1970-01-01T00:00:00Z"))["accepted"]
    signed = (await aio.key_sign("hello\n", key["file"]))["signature"]
    assert (await keyring.verify_message(signed))["text"] == "hello\n"
    stranger = aio.Policy(signers=["9FED2BCBDCD29CDF762678CBAED4B06F473041FA"])
    assert not (await keyring.verify_message(signed, policy=stranger))["accepted"]


async def test_keyrings_that_fail(tmp_path: Path) -> None:
    missing = aio.Keyring(tmp_path / "none")
    with pytest.raises(reposnap.NotFoundError):
        await missing.certificates()
    with pytest.raises(reposnap.UsageError):
        await aio.Keyring().verify_message("x")
    with pytest.raises(AttributeError):
        await missing.verify_message("x", policy="strict")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        aio.Keyring(7)  # type: ignore[arg-type]


def test_keyrings_are_values() -> None:
    assert aio.Policy is reposnap.Policy
    assert aio.Keyring("a", Path("b")) == aio.Keyring("a", "b")
    assert hash(aio.Keyring("a")) == hash(aio.Keyring("a"))
    # One waits and the other is awaited: neither stands in for the other.
    assert aio.Keyring("a") != reposnap.Keyring("a")
    assert repr(aio.Keyring("a")) == "Keyring('a')"


async def test_many_at_once(store: aio.Store) -> None:
    snapshot = await store.snapshot("inhouse")
    shown = await asyncio.gather(*(snapshot.show() for _ in range(200)))
    assert {one["snapshot"] for one in shown} == {snapshot.digest}


async def test_errors_and_closing(store: aio.Store) -> None:
    with pytest.raises(FileNotFoundError):
        await store.env_show("none")
    with pytest.raises(TypeError):
        await aio.call("version compare", {"a": object()})
    with pytest.raises(ZeroDivisionError):
        await store.mirror_update("inhouse", progress=lambda event: 1 / 0)
    store.close()
    with pytest.raises(reposnap.UsageError, match="closed"):
        await store.env_list()


async def test_cancelling_ends_the_work(slow_mirror, tmp_path: Path) -> None:
    """An update from a server that never answers."""
    async with await aio.Store.create(tmp_path / "store") as store:
        await slow_mirror.add_async(store)
        task = asyncio.create_task(store.mirror_update("slow"))
        await asyncio.get_running_loop().run_in_executor(None, slow_mirror.asked.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        # The server sees that the connection is given up.
        await asyncio.get_running_loop().run_in_executor(None, slow_mirror.left.wait)


async def test_the_loop_goes_on_meanwhile(slow_mirror, tmp_path: Path) -> None:
    async with await aio.Store.create(tmp_path / "store") as store:
        await slow_mirror.add_async(store)
        task = asyncio.create_task(store.mirror_update("slow"))
        turns = 0
        while not slow_mirror.asked.is_set():
            await asyncio.sleep(0)
            turns += 1
        assert turns > 0
        assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


def test_the_interpreter_ends_quietly(tmp_path: Path, packages: Path) -> None:
    """No thread calls Python at its end: a process whose last act is to await work ends as any other."""
    script = (
        "import asyncio, sys\n"
        "from reposnap import aio\n"
        "async def main():\n"
        "    async with await aio.Store.open_or_create(sys.argv[1]) as store:\n"
        "        await store.mirror_add_folder('inhouse', sys.argv[2])\n"
        "        await asyncio.gather(*(store.mirror_list() for _ in range(20)))\n"
        "asyncio.run(main())\n"
    )
    for _ in range(20):
        command = [sys.executable, "-c", script, str(tmp_path / "store"), str(packages)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")


async def test_more_work_than_a_process_may_have_files() -> None:
    requests = [{"a": str(number), "b": "1000"} for number in range(3000)]
    compared = await asyncio.gather(*(aio.call("version compare", request) for request in requests))
    assert [one["order"] for one in compared] == [order(request) for request in requests]


def order(request: dict[str, str]) -> str:
    return "<=>"[reposnap.version_compare(request["a"], request["b"]) + 1]


def test_a_loop_that_is_closed_while_work_goes_on(tmp_path: Path, packages: Path) -> None:
    async def begin() -> None:
        store = await aio.Store.open_or_create(tmp_path / "store")
        await store.mirror_add_folder("inhouse", packages)
        asyncio.ensure_future(store.mirror_update("inhouse"))  # noqa: RUF006

    for _ in range(50):
        asyncio.run(begin())

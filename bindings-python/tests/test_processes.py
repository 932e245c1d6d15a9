"""Signals, forks, threads, and the command."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import reposnap
from reposnap import Store
from reposnap.progress import tqdm_bars


def test_ctrl_c_ends_the_work(slow_mirror, tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store")
    slow_mirror.add(store)

    def interrupt() -> None:
        slow_mirror.asked.wait()
        os.kill(os.getpid(), signal.SIGINT)

    # Where tests run in the background, SIGINT is ignored, and Python leaves it so.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    thread = threading.Thread(target=interrupt)
    try:
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            store.mirror_update("slow")
        thread.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert slow_mirror.left.wait(60)
    assert store.mirror_list()[0]["mirror"] == "slow"


def test_a_signal_handler_of_the_program_runs(slow_mirror, tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store")
    slow_mirror.add(store)

    def alarm(*_: object) -> None:
        raise TimeoutError("enough")

    before = signal.signal(signal.SIGALRM, alarm)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(TimeoutError, match="enough"):
            store.mirror_update("slow")
    finally:
        signal.signal(signal.SIGALRM, before)


def test_other_threads_run_meanwhile(slow_mirror, tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store")
    slow_mirror.add(store)
    waiting = threading.Thread(target=store.mirror_update, args=["slow"], daemon=True)
    waiting.start()
    assert slow_mirror.asked.wait(60)
    assert store.mirror("slow").show()["mirror"] == "slow"
    assert waiting.is_alive()


def test_threads_share_a_store_and_a_walk(store: Store) -> None:
    snapshot = store.snapshot("inhouse")
    with ThreadPoolExecutor(8) as pool:
        shown = list(pool.map(lambda _: [package.name for package in snapshot.packages()], range(200)))
    assert shown == [["greet", "libgreet", "tool"]] * 200
    walk = snapshot.packages()
    with ThreadPoolExecutor(8) as pool:
        names = [name for names in pool.map(lambda _: [one.name for one in walk], range(8)) for name in names]
    assert sorted(names) == ["greet", "libgreet", "tool"]


def test_threads_look_at_the_same_packages(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        for _ in range(50):
            # Nobody has looked at a stanza yet, and then all do.
            packages = list(store.snapshot("inhouse").packages())
            looked = list(pool.map(lambda _, found=packages: [package["Version"] for package in found], range(8)))
            assert looked == [["1.0-1", "1.0~rc1-1", "2:3.1-4"]] * 8


def _in_a_child(store: Store, walk: object, packages: list[reposnap.Package], results) -> None:
    try:
        # Read by the parent, looked at here.
        assert [package["Package"] for package in packages] == ["greet", "libgreet", "tool"]
        names = [package.name for package in store.snapshot("inhouse").packages()]
        with pytest.raises(reposnap.UsageError, match="fork"):
            list(walk)  # type: ignore[call-overload]
        results.put((names, store.env_list(), reposnap.query_parse("a")["names"]))
    except BaseException as error:
        results.put(error)
        raise


@pytest.mark.parametrize("busy", [False, True])
def test_forks(store: Store, busy: bool) -> None:
    """Two hundred in all, after work and while other threads of the parent work."""
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            store.mirror_update("inhouse")

    workers = [threading.Thread(target=work) for _ in range(2 if busy else 0)]
    for worker in workers:
        worker.start()
    walk = iter(store.snapshot("inhouse").packages())
    try:
        for _ in range(100):
            packages = list(store.snapshot("inhouse").packages())
            child = context.Process(target=_in_a_child, args=(store, walk, packages, results))
            child.start()
            assert results.get(timeout=60) == (["greet", "libgreet", "tool"], [], ["a"])
            child.join(60)
            assert child.exitcode == 0
    finally:
        ended.set()
        for worker in workers:
            worker.join(60)


def _names(store: Store) -> list[str]:
    return [package.name for package in store.snapshot("inhouse")]


@pytest.mark.parametrize("how", ["fork", "spawn", "forkserver"])
def test_stores_go_to_workers(store: Store, how: str) -> None:
    with multiprocessing.get_context(how).Pool(2) as pool:
        assert pool.map(_names, [store] * 4) == [["greet", "libgreet", "tool"]] * 4


def test_progress_and_tqdm(tmp_path: Path, packages: Path) -> None:
    store = Store.create(tmp_path / "store")
    store.mirror_add_folder("inhouse", packages)
    events: list[reposnap.Event] = []
    store.mirror_update("inhouse", progress=events.append)
    starts = [event for event in events if event.kind == "start"]
    assert starts
    for start in starts:
        done = sum(event.by for event in events if event.kind == "advance" and event.phase == start.phase)
        assert start.total is None or done == start.total
        assert start.unit in ("bytes", "items")
    other = Store.create(tmp_path / "other")
    other.mirror_add_folder("inhouse", packages)
    with tqdm_bars() as bars:
        other.mirror_update("inhouse", progress=bars)


def run(*arguments: str, **settings) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("reposnap")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False, **settings)


def test_the_command(store: Store, tmp_path: Path) -> None:
    assert store.directory is not None
    shown = run("--store", store.directory, "mirror", "show", "inhouse", "--json")
    assert (shown.returncode, json.loads(shown.stdout)) == (0, store.mirror_show("inhouse"))
    assert run("version", "compare", "1", "gt", "2").returncode == 1
    failed = run("--store", str(tmp_path / "none"), "env", "list", "--json")
    assert (failed.returncode, json.loads(failed.stdout)["error"]["kind"]) == (2, "not-found")
    misused = run("mirror", "eat", "--json")
    assert (misused.returncode, json.loads(misused.stdout)["error"]["kind"]) == (2, "usage")
    assert run("--version").stdout == f"reposnap {reposnap.__version__}\n"
    module = subprocess.run([sys.executable, "-m", "reposnap", "--version"], capture_output=True, text=True, check=True)
    assert module.stdout == f"reposnap {reposnap.__version__}\n"


def test_the_command_ends_by_a_signal(slow_mirror, tmp_path: Path) -> None:
    with Store.create(tmp_path / "store") as store:
        slow_mirror.add(store)
    program = Path(sys.executable).with_name("reposnap")
    process = subprocess.Popen([program, "--store", tmp_path / "store", "mirror", "update", "slow"])
    assert slow_mirror.asked.wait(60)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == -signal.SIGINT


def test_an_interpreter_that_ends_while_work_goes_on(slow_mirror, tmp_path: Path) -> None:
    with Store.create(tmp_path / "store") as store:
        slow_mirror.add(store)
    script = (
        "import sys, threading, reposnap\n"
        "store = reposnap.Store.open(sys.argv[1])\n"
        "threading.Thread(target=store.mirror_update, args=['slow'], daemon=True).start()\n"
        "packages = store.handle.packages('0' * 64, None, True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "store"], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")

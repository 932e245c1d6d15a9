"""What bad input gets: always an exception of Python's, never a crash, a hang or a leak."""

from __future__ import annotations

import datetime
import multiprocessing
import pickle
import threading
from pathlib import Path

import pytest

import reposnap
from reposnap import Query, Store, Version, _native, errors

CLASSES = [getattr(errors, name) for name in errors.__all__]


@pytest.mark.parametrize("kind", sorted(errors._CLASSES))
def test_every_kind_pickles(kind: str) -> None:
    error = errors.make("a sentence", kind, "a/path", 3, "Depends", "idle-timeout", "this", "that", "do it")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (again.args, again.document()) == (error.args, error.document())
    assert (
        str(again) == str(error) == ("a/path:3: Depends: a sentence: expected this, found that [idle-timeout] (do it)")
    )
    assert error.kind == kind
    assert isinstance(error, reposnap.Error)


def test_a_kind_of_a_later_version() -> None:
    assert type(errors.make("a sentence", "strange")) is reposnap.Error


def test_natural_classes() -> None:
    error = errors.make("gone", "not-found", "a/path")
    assert isinstance(error, FileNotFoundError)
    assert (error.errno, error.filename) == (2, "a/path")
    assert isinstance(errors.make("late", "network", rule="idle-timeout"), TimeoutError)
    assert isinstance(errors.make("cut", "network", rule="connect"), ConnectionError)
    assert not isinstance(errors.make("cut", "network", rule="connect"), TimeoutError)


def _fail(number: int) -> None:
    Store.open(f"/nonexistent/{number}")


def test_exceptions_come_back_from_workers() -> None:
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for number in range(4):
            with pytest.raises(reposnap.NotFoundError) as caught:
                pool.apply(_fail, (number,))
            assert caught.value.path == f"/nonexistent/{number}"


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"a": "1", "b": object()}, TypeError),
        ({"a": "1", "b": b"2"}, TypeError),
        ({"a": "1", "b": bytearray(b"2")}, TypeError),
        ({"a": "1", 2: "2"}, TypeError),
        ({"a": "1", "b": 2}, reposnap.UsageError),
        ({"a": "1", "b": ["2"]}, reposnap.UsageError),
        ({"a": "1"}, reposnap.UsageError),
        ({"a": "1", "b": "2", "c": "3"}, reposnap.UsageError),
        ({"a": "1", "b": "\ud800"}, ValueError),
        ({"a": "1", "\ud800": "2"}, ValueError),
        ({"a": "1", "b": float("nan")}, ValueError),
        ({"a": "1", "b": 2**70}, ValueError),
        ({"a": "1", "b": datetime.datetime(2026, 11, 1)}, ValueError),
    ],
)
def test_requests_of_wrong_types(request_: dict, error: type[Exception]) -> None:
    with pytest.raises(error):
        reposnap.call("version compare", request_)


def test_deep_and_endless_values() -> None:
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ValueError, match="deep"):
        reposnap.call("version compare", {"a": deep})
    endless: list = []
    endless.append(endless)
    with pytest.raises(ValueError, match="deep"):
        reposnap.call("version compare", {"a": endless})


def test_mappings_that_raise() -> None:
    class Bad(dict):
        def items(self):
            raise RuntimeError("no items")

    with pytest.raises(RuntimeError, match="no items"):
        _native.Handle().call("version compare", {"a": Bad()})


def test_huge_strings() -> None:
    huge = "9" * (64 << 20)
    assert reposnap.version_compare(huge, huge + "9") < 0
    with pytest.raises(reposnap.LimitError):
        Query("a" * (16 << 20))
    assert Version("1" + huge) == Version("01" + huge)
    with pytest.raises(reposnap.Error):
        reposnap.stanza_parse("A: " + "x" * (17 << 20))


@pytest.mark.parametrize("bad", [None, 7, b"1.0", ["1.0"]])
def test_wrong_types_of_native_classes(bad: object) -> None:
    for make in (Version, Query):
        with pytest.raises(TypeError):
            make(bad)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        reposnap.version_compare("1", bad)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Query("a").matches(bad)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Version("1") < bad  # noqa: B015


@pytest.mark.parametrize("bad", ["", "a", "1_0", "1-", ":1", "\ud800"])
def test_bad_versions(bad: str) -> None:
    with pytest.raises(ValueError):
        Version(bad)


def test_panics_are_internal_errors() -> None:
    with pytest.raises(reposnap.InternalError, match="asked for by a test"):
        _native._panic_inside()
    assert reposnap.call("version compare", {"a": "1", "b": "2"})["order"] == "<"


def test_a_callback_that_raises_ends_the_work(store: Store) -> None:
    def progress(event: reposnap.Event) -> None:
        raise LookupError(event.kind)

    with pytest.raises(LookupError):
        store.mirror_update("inhouse", progress=progress)
    with pytest.raises(TypeError):
        store.mirror_update("inhouse", progress=7)  # type: ignore[arg-type]
    assert store.mirror_update("inhouse")["changed"] is False


def test_closing_while_others_work(store: Store) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            while True:
                list(store.snapshot("inhouse").packages())
        except reposnap.UsageError as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    store.close()
    for thread in threads:
        thread.join(60)
    assert [str(failure) for failure in failures] == ["this store is closed (open it again)"] * 4


def _resident() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError


def test_nothing_leaks(store: Store) -> None:
    snapshot = store.snapshot("inhouse")

    def round_() -> None:
        with pytest.raises(reposnap.NotFoundError):
            store.env_show("none")
        with pytest.raises(TypeError):
            reposnap.call("version compare", {"a": object()})
        with pytest.raises(ValueError):
            Version("_")
        with pytest.raises(LookupError):
            store.mirror_update("inhouse", progress=_raise)
        reposnap.stanza_parse("Package: a\nVersion: 1\n")
        for package in snapshot.packages("greet"):
            assert package["Package"] == "greet"
        iter(snapshot.packages())  # and thrown away
        Query("greet (>= 1.0)")

    for _ in range(2_000):
        round_()
    before = _resident()
    for _ in range(10_000):
        round_()
    grown = _resident() - before
    # Eight things a round: what leaked a hundred bytes at each would have grown by eight MiB.
    assert grown < 4096, f"grew by {grown} KiB"


def _raise(event: reposnap.Event) -> None:
    raise LookupError(event.kind)

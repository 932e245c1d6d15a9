"""Stores and what is in them."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import build_package

import reposnap
from reposnap import Package, Query, Store, Version


def test_nightly_testing_stable(store: Store, packages: Path, tmp_path: Path) -> None:
    nightly = store.environment("nightly")
    would = nightly.create("inhouse", dry_run=True, message="first")
    entry = nightly.create("inhouse", message="first")
    assert (would["seq"], would["snapshot"]) == (entry["seq"], entry["snapshot"])
    assert (entry["environment"], entry["seq"], entry["actor"]) == ("nightly", 1, "ana")
    newer = tmp_path / "newer"
    newer.mkdir()
    build_package(newer, "greet", "1.1-1")
    store.mirror_add_folder("newer", newer)
    foreseen = store.mirror("newer").update(dry_run=True)
    assert store.mirror("newer").snapshot() is None
    assert store.mirror_update("newer") == foreseen
    both = store.snapshot("inhouse").merge("newer", rule="newest", name="both")
    assert store.snapshot("snapshot/both") == both
    dry = nightly.promote(both, dry_run=True)
    assert (dry["moved"], [change["name"] for change in dry["differences"]]) == (False, ["greet"])
    moved = nightly.promote(both, message="tests passed")
    assert moved["moved"]
    assert nightly.snapshot() == both
    assert [change["change"] for change in store.snapshot("nightly~1").diff("nightly")["differences"]] == ["upgraded"]
    assert nightly.rollback(dry_run=True)["change"] == {"kind": "rolled-back", "from": 2, "to": 1}
    nightly.rollback(message="too loud")
    assert [entry["change"]["kind"] for entry in nightly.log()] == ["rolled-back", "promoted", "created"]
    assert [environment.name for environment in store.environments()] == ["nightly"]
    assert sorted(mirror.name for mirror in store.mirrors()) == ["inhouse", "newer"]
    assert both in store.snapshots()
    assert both.fetch(dry_run=True) == {"files": 0, "bytes": 0}
    pulled = store.snapshot("inhouse").pull("newer", ["greet"])
    assert {package.name: package.version for package in pulled}["greet"] == "1.1-1"
    assert store.snapshot("inhouse").pull("newer", ["greet"], with_deps=True) == pulled
    assert [chosen["version"] for chosen in pulled.choose(["greet"], architecture="amd64")["packages"]] == ["1.1-1"]
    assert pulled.check(architecture="amd64")["checked"] > 0
    with pytest.raises(reposnap.NotFoundError, match="there is no package nothing"):
        pulled.choose(["nothing"], architecture="amd64")


def test_publish(store: Store, tmp_path: Path) -> None:
    key = reposnap.key_generate("Test <test@example.org>", tmp_path / "key")
    progress: list[str] = []
    published = store.snapshot("inhouse").publish(
        tmp_path / "www", "stable", key["file"], origin="Here", progress=lambda event: progress.append(event.kind)
    )
    assert (published["outcome"], published["packages"]) == ("published", 3)
    certificate = tmp_path / "www" / str(published["certificate"])
    if not certificate.exists():
        certificate = Path(str(published["certificate"]))
    keyring = reposnap.Keyring(certificate)
    verdict = keyring.verify_release(tmp_path / "www/dists/stable/InRelease")
    assert verdict["accepted"], verdict
    assert verdict["signers"] == [key["fingerprint"]]
    assert keyring.certificates()[0]["fingerprint"] == key["fingerprint"]
    verdict = keyring.verify_release(tmp_path / "www/dists/stable/InRelease", policy=reposnap.Policy(threshold=2))
    assert (verdict["accepted"], verdict["rejected"].get("rule")) == (False, "too-few-signers")
    assert reposnap.publish_prune(tmp_path / "www")["kept"] == 3


def test_packages_are_views(store: Store) -> None:
    snapshot = store.snapshot("inhouse")
    found = list(snapshot.packages())
    assert [(package.name, package.version) for package in found] == [
        ("greet", "1.0-1"),
        ("libgreet", "1.0~rc1-1"),
        ("tool", "2:3.1-4"),
    ]
    greet = found[0]
    assert (greet.architecture, greet.component, len(greet.digest)) == ("all", "main", 64)
    assert greet["Depends"] == greet["dePENDS"] == "libgreet (>= 1.0), base | other"
    assert greet.get("Section") is None
    assert greet.get("Section", 7) == 7
    assert "Depends" in greet
    assert "Section" not in greet
    with pytest.raises(KeyError, match="Section"):
        greet["Section"]
    assert greet.text.startswith("Package: greet\n")
    assert greet.raw == greet.text.encode()
    assert next(iter(greet.fields())) == "Package"
    assert greet.fields()["Description"] == "says greet\n More of it."
    assert greet.parsed_version == Version("1.0-1")
    assert pickle.loads(pickle.dumps(greet)) == greet
    assert pickle.loads(pickle.dumps(greet)).text == greet.text
    assert len({*found, *snapshot.packages()}) == 3


LOOKS = [
    lambda package: package.text,
    lambda package: package["Version"],
    lambda package: package.fields(),
    pickle.dumps,
]


def _failure(look: Callable[[Package], object], package: Package) -> reposnap.Error | None:
    try:
        look(package)
    except reposnap.Error as error:
        return error
    return None


def test_a_stanza_that_was_altered_is_noticed_at_the_look(store: Store, tmp_path: Path) -> None:
    shutil.copytree(str(store.directory), tmp_path / "altered")
    (pack,) = (tmp_path / "altered/packs").iterdir()
    pack.chmod(0o644)
    whole = pack.read_bytes()
    texts = {package.name: package.text for package in store.snapshot("inhouse").packages()}
    failures: list[reposnap.Error] = []
    # The keys come first in a pack; what is altered here is text alone.
    for at in range(len(whole) - 100, len(whole)):
        pack.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        packages = list(Store.open(tmp_path / "altered").snapshot("inhouse").packages())
        assert [package.name for package in packages] == list(texts)
        for package in packages:
            failed = [error for error in (_failure(look, package) for look in LOOKS) if error is not None]
            if not failed:
                assert package.text == texts[package.name]
            else:
                assert len(failed) == len(LOOKS)
                failures += failed
    assert all(str(error.path).startswith("packs/") for error in failures)
    assert any(isinstance(error, reposnap.VerificationError) and error.rule == "stored-digest" for error in failures)


def test_packages_by_query(store: Store) -> None:
    snapshot = store.snapshot("inhouse")
    assert [package.name for package in snapshot.packages("libgreet | tool")] == ["libgreet", "tool"]
    query = Query("Section (libs)")
    assert query.needs_stanza
    (one,) = snapshot.packages(query)
    assert one.name == "libgreet"
    assert query.matches(one)
    assert [package["name"] for package in snapshot.search(query)] == ["libgreet"]
    (bare,) = snapshot.packages("tool", stanzas=False)
    assert bare.version == "2:3.1-4"
    with pytest.raises(reposnap.UsageError, match="stanzas=True"):
        bare["Depends"]
    with pytest.raises(reposnap.UsageError, match="column"):
        snapshot.packages("tool (>= ")


def test_queries() -> None:
    query = Query("nginx* (>= 1.22),   !Section (% debug)")
    assert str(query) == "nginx* (>= 1.22), !Section (% debug)"
    assert query == Query(str(query))
    assert hash(query) == hash(Query(str(query)))
    assert pickle.loads(pickle.dumps(query)) == query
    assert Query("a | b").names == ["a", "b"]
    assert Query("a*").names is None


def test_memory_and_reading_only(store: Store, packages: Path) -> None:
    with Store.memory() as memory:
        memory.mirror_add_folder("inhouse", packages)
        memory.mirror_update("inhouse")
        assert memory.snapshot("inhouse") == store.snapshot("inhouse")
        with pytest.raises(reposnap.UsageError):
            pickle.dumps(memory)
    assert store.directory is not None
    with Store.open(store.directory, read_only=True) as reader:
        assert reader.snapshot("inhouse") == store.snapshot("inhouse")
        with pytest.raises(PermissionError):
            reader.env_create("stable", "inhouse")


def test_closed_and_pickled(store: Store) -> None:
    again = pickle.loads(pickle.dumps(store))
    assert again.env_list() == []
    again.close()
    again.close()
    assert again.closed
    with pytest.raises(ValueError, match="closed"):
        again.env_list()
    with pytest.raises(reposnap.UsageError, match="closed"):
        again.handle.packages("inhouse", None, True)
    assert store.env_list() == []


def test_opening(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        Store.open(tmp_path / "none")
    assert caught.value.filename == str(tmp_path / "none")
    assert isinstance(caught.value, reposnap.NotFoundError)
    Store.create(tmp_path / "one").close()
    with pytest.raises(FileExistsError):
        Store.create(tmp_path / "one")
    Store.open_or_create(tmp_path / "one").close()
    Store.open_or_create(tmp_path / "two").close()
    lazy = Store.at(tmp_path / "three")
    with pytest.raises(reposnap.NotFoundError):
        lazy.env_list()
    lazy.mirror_add_folder("inhouse", tmp_path)
    assert lazy.env_list() == []


def test_by_name(store: Store) -> None:
    assert store.call("mirror show", {"name": "inhouse"}) == store.mirror("inhouse").show()
    assert reposnap.call("version compare", {"a": "1", "b": "2"})["order"] == "<"
    with pytest.raises(reposnap.UsageError, match="no operation"):
        reposnap.call("mirror eat", {})

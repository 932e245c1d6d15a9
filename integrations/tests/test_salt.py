"""The Salt modules: in Salt's loader, in processes that it forks, in a minion, and by salt-call."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import salt.client
import salt.config
import salt.loader
import yaml
from conftest import BIN, LONG, ROOT, Apt, Upstream, blocks, build_package, console, in_order, run

import reposnap
from reposnap import Store

SOURCE = ROOT / "integrations/salt/src/saltext/reposnap"


class Salt:
    """A minion's configuration in a folder of its own, and its states called in this process."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.conf = folder / "etc"
        for name in ("etc", "salt", "pillar"):
            (folder / name).mkdir(exist_ok=True)
        minion = {
            "id": "minion",
            "file_client": "local",
            "root_dir": str(folder),
            "file_roots": {"base": [str(folder / "salt")]},
            "pillar_roots": {"base": [str(folder / "pillar")]},
            "master_type": "disable",
            "reposnap": {"store": str(folder / "store"), "actor": "ana"},
            **settings,
        }
        (self.conf / "minion").write_text(yaml.safe_dump(minion))
        self._caller = None

    @property
    def caller(self) -> salt.client.Caller:
        if self._caller is None:
            opts = salt.config.minion_config(str(self.conf / "minion"))
            self._caller = salt.client.Caller(mopts=opts)
        return self._caller

    def call(self, function: str, *arguments: Any, **named: Any) -> Any:
        """Calls a function of an execution module."""
        return self.caller.cmd(function, *arguments, **named)

    def once(self, state: str, name: str, test: bool = False, **parameters: Any) -> dict[str, Any]:
        """Applies one state."""
        done = self.call("state.single", f"reposnap.{state}", name=name, test=test, **parameters)
        assert isinstance(done, dict), done
        (result,) = done.values()
        return result

    def state(self, state: str, name: str, **parameters: Any) -> dict[str, Any]:
        """Applies one state: first as a test, which has to foretell what a run changes, then twice.

        Gives what the first run returned, with what the test returned as `test`.
        """
        test = self.once(state, name, test=True, **parameters)
        first = self.once(state, name, **parameters)
        second = self.once(state, name, **parameters)
        assert first["result"] is True, first
        assert test["result"] is (None if test["changes"] else True), test
        # Had the test changed anything, the first run would change nothing.
        assert second["result"] is True and second["changes"] == {}, second
        return {**first, "test": test}


@pytest.fixture
def minion(tmp_path: Path) -> Salt:
    """A minion in a folder that has packages."""
    (tmp_path / "packages").mkdir()
    build_package(tmp_path / "packages", "greet", "1.0-1")
    build_package(tmp_path / "packages", "tool", "2:3.1-4")
    return Salt(tmp_path)


def folder_mirror(minion: Salt, **more: Any) -> dict[str, Any]:
    return {"type": "folder", "directory": str(minion.folder / "packages"), **more}


@pytest.fixture
def inhouse(minion: Salt) -> Salt:
    """With the mirror inhouse, updated."""
    assert minion.once("mirror_updated", "inhouse", **folder_mirror(minion))["result"]
    return minion


def deliver_greet(minion: Salt, update: bool = True) -> None:
    build_package(minion.folder / "packages", "greet", "1.1-1")
    build_package(minion.folder / "packages", "extra", "0.1")
    (minion.folder / "packages/greet_1.0-1_all.deb").unlink()
    if not update:
        return
    assert minion.once("mirror_updated", "inhouse", **folder_mirror(minion))["result"]


def test_mirror(minion: Salt, upstream: Upstream) -> None:
    added = minion.state("mirror_present", "inhouse", **folder_mirror(minion))
    assert added["changes"]["config"]["old"] is None and added["test"]["changes"] == added["changes"]
    updated = minion.state("mirror_updated", "inhouse", **folder_mirror(minion))
    assert updated["changes"]["snapshot"]["old"] is None and updated["test"]["result"] is None
    altered = minion.state("mirror_present", "inhouse", **folder_mirror(minion, component="extra"))
    assert altered["changes"]["config"]["old"]["component"] == "main"

    archive = {"url": upstream.url, "suites": ["bookworm"], "architectures": ["amd64"]}
    archive["signed_by"] = [str(upstream.keyring)]
    minion.state("mirror_updated", "debian", **archive)
    upstream.deliver("nginx", "1.22.1-10")
    news = minion.state("mirror_updated", "debian", **archive)
    assert news["changes"]["packages"] == {"nginx:amd64": {"old": "1.22.1-9", "new": "1.22.1-10"}}
    foretold = news["test"]["changes"]
    assert foretold["snapshot"] == {**news["changes"]["snapshot"], "new": "not known before an update"}
    assert foretold["news"][0].startswith("bookworm of 2")
    assert minion.once("mirror_updated", "debian", test=True, **archive)["changes"] == {}
    assert minion.call("reposnap.mirror_update", "debian", dry_run=True)["suites"][0]["news"] is False
    deliver_greet(minion, update=False)
    greet = minion.state("mirror_updated", "inhouse", **folder_mirror(minion, component="extra"))
    assert greet["test"]["changes"]["snapshot"] == greet["changes"]["snapshot"]
    assert {mirror["mirror"] for mirror in minion.call("reposnap.mirror_list")} == {"debian", "inhouse"}


def test_snapshot(inhouse: Salt) -> None:
    inhouse.once("environment_present", "old", rev="inhouse")
    deliver_greet(inhouse)
    recipes = [
        ({"merge": {"revs": ["inhouse", "old"], "rule": "all"}}, 4),
        ({"filter": {"rev": "inhouse", "query": "greet|( tool (>= 2:1) )"}}, 2),
        ({"pull": {"into": "old", "from": "inhouse", "queries": ["greet", "Name (~ ^x)"]}}, 2),
    ]
    for number, (recipe, packages) in enumerate(recipes):
        made = inhouse.state("snapshot_present", f"made-{number}", **recipe)
        assert f"with {packages} packages" in made["comment"] and made["test"]["result"] is None
        assert made["test"]["changes"] == made["changes"] and f"with {packages} packages" in made["test"]["comment"]
    build_package(inhouse.folder / "packages", "more", "1")
    inhouse.once("mirror_updated", "inhouse", **folder_mirror(inhouse))
    for number, (recipe, _) in enumerate(recipes):
        again = inhouse.state("snapshot_present", f"made-{number}", **recipe)
        assert again["changes"] == {} and "moved on since" in again["comment"]
        other = inhouse.once("snapshot_present", f"made-{number}", filter={"rev": "old", "query": "x"})
        assert other["result"] is False and "made in another way" in other["comment"]


def test_environment(inhouse: Salt) -> None:
    begun = inhouse.state("environment_present", "stable", rev="inhouse", message="first")
    assert begun["test"]["changes"] == begun["changes"] and begun["changes"]["snapshot"]["old"] is None
    deliver_greet(inhouse)
    part = inhouse.state("environment_present", "stable", rev="inhouse", packages=["greet", "nothing"])
    assert part["changes"]["packages"] == {"greet:all": {"old": "1.0-1", "new": "1.1-1"}}
    assert part["test"]["changes"] == part["changes"]
    whole = inhouse.state("environment_present", "stable", rev="inhouse")
    assert whole["changes"]["packages"] == {"extra:all": {"old": "", "new": "0.1"}}
    back = inhouse.state("environment_rolled_back", "stable", message="oh")
    assert back["changes"]["packages"] == {"extra:all": {"old": "0.1", "new": ""}}
    assert back["test"]["changes"] == back["changes"]
    first = begun["changes"]["snapshot"]["new"]
    assert inhouse.state("environment_rolled_back", "stable", to=first)["changes"]["snapshot"]["new"] == first
    log = inhouse.call("reposnap.env_log", "stable")
    kinds = [entry["change"]["kind"] for entry in reversed(log)]
    assert kinds == ["created", "partial", "promoted", "rolled-back", "rolled-back"]
    assert [entry["message"] for entry in reversed(log)] == ["first", "", "", "oh", ""]
    assert {entry["actor"] for entry in log} == {"ana"}


def test_published(inhouse: Salt) -> None:
    key = str(inhouse.folder / "archive.key")
    reposnap.key_generate("Example <archive@example.org>", key)
    to = inhouse.folder / "www"
    options = {"suite": "stable", "key": key, "revs": ["inhouse"], "origin": "Example"}
    first = inhouse.state("published", str(to), **options)
    assert first["changes"]["stable"]["outcome"] == "published" and first["test"]["result"] is None
    deliver_greet(inhouse)
    next = inhouse.state("published", str(to), **options, prune=True)
    assert next["changes"]["stable"]["indexes"] and next["test"]["changes"]["stable"]["outcome"] == "published"
    apt = Apt.published(inhouse.folder / "apt", to, "stable")
    assert apt.versions("greet", "extra") == {"greet": "1.1-1", "extra": "0.1"}
    assert "Origin: Example\n" in (to / "dists/stable/Release").read_text()
    # A third publication leaves the first behind, and what nothing needs is told before it goes.
    build_package(inhouse.folder / "packages", "more", "1")
    inhouse.once("mirror_updated", "inhouse", **folder_mirror(inhouse))
    inhouse.once("published", str(to), **options)
    pruned = inhouse.state("published", str(to), **options, prune=True)
    assert pruned["changes"]["pruned"]["removed"] == 1 and pruned["test"]["changes"] == pruned["changes"]


def test_what_fails(inhouse: Salt) -> None:
    """Always a state that failed, with a comment; never an exception."""
    deliver_greet(inhouse)
    inhouse.once("environment_present", "stable", rev="inhouse~1")
    failures = [
        ("mirror_present", "x", {"type": "other"}, "not other"),
        ("mirror_present", "x", {"url": "https://deb.example.org"}, "suites"),
        ("mirror_present", "a/b", {"type": "folder", "directory": "/nowhere"}, "name"),
        ("mirror_updated", "x", {"type": "folder", "directory": "/nowhere"}, "/nowhere"),
        ("snapshot_present", "x", {}, "one of merge, filter and pull"),
        ("snapshot_present", "x", {"filter": {"rev": "inhouse"}}, "query"),
        ("snapshot_present", "x", {"filter": {"rev": "inhouse", "query": "greet (>= )"}}, "column 11"),
        ("snapshot_present", "x", {"merge": {"revs": ["nowhere"]}}, "nowhere"),
        ("environment_present", "stable", {"rev": "nowhere"}, "nowhere"),
        ("environment_rolled_back", "stable", {"to": "stable~1"}, "go back further with each run"),
        ("environment_rolled_back", "stable", {"to": "inhouse"}, "never"),
        ("environment_rolled_back", "none", {}, "none"),
        ("published", "/nowhere", {"suite": "s", "key": "/none.key", "revs": ["inhouse"]}, "none.key"),
        ("environment_present", "stable", {"rev": "inhouse", "store": "/nowhere"}, "/nowhere"),
    ]
    for state, name, parameters, words in failures:
        failed = inhouse.once(state, name, **parameters)
        assert failed["result"] is False and failed["changes"] == {}, failed
        assert words in failed["comment"], failed
        assert "Traceback" not in failed["comment"], failed


def test_a_test_before_the_first_run(minion: Salt) -> None:
    """There is no store yet, so all changes, and nothing fails."""
    www = str(minion.folder / "www")
    results = [
        minion.once("mirror_updated", "inhouse", test=True, **folder_mirror(minion)),
        minion.once("snapshot_present", "build", test=True, filter={"rev": "inhouse", "query": "greet"}),
        minion.once("environment_present", "stable", test=True, rev="build"),
        minion.once("published", www, test=True, suite="stable", key="/none.key", revs=["stable"]),
    ]
    assert [result["result"] for result in results] == [None] * 4
    assert all("not there yet" in result["comment"] for result in results[1:])
    assert not (minion.folder / "store").exists() and not Path(www).exists()


def test_functions(inhouse: Salt) -> None:
    build_package(inhouse.folder / "packages", "greet", "1.10-1", "arm64")
    build_package(inhouse.folder / "packages", "greet", "1.9-1", "amd64")
    inhouse.once("mirror_updated", "inhouse", **folder_mirror(inhouse))
    assert inhouse.call("reposnap.resolved", "greet", "inhouse", architecture="amd64") == "1.9-1"
    assert inhouse.call("reposnap.resolved", "greet", "inhouse", architecture="arm64") == "1.10-1"
    assert inhouse.call("reposnap.resolved", 'gr*" | tool', "inhouse", architecture="arm64") == ""
    pins = inhouse.folder / "pins"
    pins.write_text("Package: greet\nPin: version 1.0-1\nPin-Priority: 1001\n")
    solve = {"architecture": "amd64", "solver": "apt-classic"}
    assert inhouse.call("reposnap.resolved", "greet", "inhouse", **solve) == "1.9-1"
    assert inhouse.call("reposnap.resolved", "greet", "inhouse", pins=[str(pins)], **solve) == "1.0-1"
    with pytest.raises(salt.exceptions.CommandExecutionError, match="absent"):
        inhouse.call("reposnap.resolved", "absent", "inhouse", **solve)
    names = [found["name"] for found in inhouse.call("reposnap.search", "inhouse", "tool")]
    assert names == ["tool"]
    shown = inhouse.call("reposnap.call", "snapshot show", rev="inhouse", packages=True)
    assert len(shown["entries"]) == 4
    with pytest.raises(salt.exceptions.CommandExecutionError) as raised:
        inhouse.call("reposnap.env_log", "none")
    assert raised.value.info["kind"] == "not-found"
    undocumented = [name for name, text in inhouse.call("sys.doc", "reposnap").items() if "CLI Example" not in text]
    assert undocumented == []


def in_child(opts: dict[str, Any], mods: Any, number: int, answers: Any) -> None:
    """What a forked job does: with the parent's loader, and with one of its own, as the minion does it."""
    for functions in (mods, salt.loader.minion_mods(opts)):
        functions["reposnap.mirror_update"]("inhouse")
        functions["reposnap.env_promote"](f"env-{number}", "inhouse", create=True)
    answers.put((number, len(functions["reposnap.search"]("inhouse", "Name"))))


def test_forks(inhouse: Salt) -> None:
    """Jobs in processes that were forked after the parent used the modules."""
    opts = salt.config.minion_config(str(inhouse.conf / "minion"))
    opts["grains"] = salt.loader.grains(opts)
    mods = salt.loader.minion_mods(opts)
    mods["reposnap.mirror_update"]("inhouse")
    fork = multiprocessing.get_context("fork")
    answers = fork.Queue()
    children = [fork.Process(target=in_child, args=(opts, mods, number, answers)) for number in range(8)]
    for child in children:
        child.start()
    # A child that hangs gives no answer, and the queue says so.
    assert sorted(answers.get(timeout=LONG) for _ in children) == [(number, 2) for number in range(8)]
    for child in children:
        child.join(LONG)
        assert child.exitcode == 0
    assert len(mods["reposnap.env_list"]()) == 8


def test_a_minion(tmp_path: Path) -> None:
    """A minion applies a state each second, each time in a process that it forks."""
    packages = tmp_path / "packages"
    packages.mkdir()
    build_package(packages, "greet", "1.0-1")
    schedule = {"often": {"function": "state.apply", "args": ["often"], "seconds": 1, "run_on_start": True}}
    minion = Salt(tmp_path, schedule=schedule, multiprocessing=True, mine_interval=0, log_level_logfile="quiet")
    (tmp_path / "salt/often.sls").write_text(
        f"inhouse:\n  reposnap.mirror_updated:\n    - type: folder\n    - directory: {packages}\n"
        "nightly:\n  reposnap.environment_present:\n    - rev: inhouse\n"
    )
    log = (tmp_path / "log.txt").open("w")
    process = subprocess.Popen([BIN / "salt-minion", "-c", minion.conf, "-l", "warning"], stdout=log, stderr=log)
    try:
        for round in range(1, 4):
            deadline = time.monotonic() + LONG
            while entries(tmp_path / "store") < round:
                assert process.poll() is None and time.monotonic() < deadline, (tmp_path / "log.txt").read_text()[
                    -2000:
                ]
                time.sleep(0.2)
            build_package(packages, f"more-{round}", "1")
    finally:
        process.terminate()
        process.wait(LONG)
        log.close()


def entries(directory: Path) -> int:
    """How long the history of nightly is."""
    try:
        with Store.open(directory, read_only=True) as store:
            return len(store.env_log("nightly"))
    except reposnap.NotFoundError:
        return 0


def test_synced_files(minion: Salt) -> None:
    """The files in the file roots, taken over by saltutil.sync_all, go before the installed package."""
    for kind in ("modules", "states"):
        target = minion.folder / "salt" / f"_{kind}"
        target.mkdir()
        shutil.copy(SOURCE / kind / "reposnap_mod.py", target)
    with (minion.folder / "salt/_modules/reposnap_mod.py").open("a") as file:
        file.write('\n\ndef synced():\n    """Tells that it is this file."""\n    return True\n')
    synced = minion.call("saltutil.sync_all")
    assert synced["modules"] == ["modules.reposnap_mod"] and synced["states"] == ["states.reposnap_mod"]
    fresh = Salt(minion.folder)
    assert fresh.call("reposnap.synced") is True
    assert fresh.state("mirror_updated", "inhouse", **folder_mirror(minion))["changes"]


def test_the_page(tmp_path: Path, upstream: Upstream) -> None:
    """Every file and every command of docs/integrations/SALT.md, from top to bottom."""
    folder = tmp_path
    minion = Salt(folder)
    settings = yaml.safe_load((minion.conf / "minion").read_text())
    del settings["reposnap"]
    (minion.conf / "minion").write_text(yaml.safe_dump({**settings, "default_include": "minion.d/*.conf"}))
    for name in ("srv/incoming", "etc/reposnap", "etc/minion.d"):
        (folder / name).mkdir(parents=True)
    build_package(folder / "srv/incoming", "greet", "1.0-1")
    shutil.copytree(ROOT / "integrations/salt", folder / "integrations/salt")
    changes = {
        "https://deb.example.org/debian": upstream.url,
        "/usr/share/keyrings/debian-archive-keyring.gpg": str(upstream.keyring),
        "/srv/": f"{folder}/srv/",
        "/etc/reposnap/": f"{folder}/etc/reposnap/",
    }
    env = {"PATH": f"{BIN}:{os.environ['PATH']}", "SALT_CONFIG_DIR": str(minion.conf), "LC_ALL": "C.UTF-8"}
    # pip builds with what is installed; its option is named for what it does without.
    env |= {"PIP_NO_BUILD_ISOLATION": "false", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    def next_night() -> None:
        build_package(folder / "srv/incoming", "greet", "1.1-1")
        (folder / "srv/incoming/greet_1.0-1_all.deb").unlink()
        upstream.deliver("nginx", "1.22.1-9+deb12u1")

    ran = 0
    for language, block in blocks(ROOT / "docs/integrations/SALT.md", changes):
        if language == "yaml":
            (folder / block.split("\n", 1)[0].removeprefix("# ")).write_text(block)
            continue
        assert language == "console"
        for command, lines in console(block):
            if '"build": 2' in command:
                next_night()
            printed = run(folder, "bash", "-c", command, env=env)
            assert in_order(lines, printed), printed
            if "state.apply" in command:
                assert "Failed:    0" in printed, printed
            ran += 1
    assert ran == 16

    again = run(folder, BIN / "salt-call", "--local", "state.apply", "rollback", env=env)
    assert "Succeeded: 2\n" in again and "changed=" not in again, again
    seen = {"nginx": "1.22.1-9", "openssl": "3.0.15-1", "greet": "1.0-1"}
    stable = Apt.published(folder / "apt-stable", folder / "srv/www", "stable")
    assert stable.versions(*seen) == seen
    testing = Apt.published(folder / "apt-testing", folder / "srv/www", "testing")
    assert testing.versions("nginx", "greet") == {"nginx": "1.22.1-9+deb12u1", "greet": "1.1-1"}

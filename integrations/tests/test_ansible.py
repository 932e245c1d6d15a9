"""The collection, by ansible-playbook, ansible-galaxy and ansible-doc."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import ansible_test
import pytest
import yaml
from conftest import BIN, ROOT, Apt, Upstream, blocks, build_package, console, in_order, run

import reposnap
from reposnap import Store

COLLECTION = ROOT / "integrations/ansible"
MODULES = sorted(path.stem for path in (COLLECTION / "plugins/modules").glob("*.py"))


@pytest.fixture(scope="session")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the collection is installed, from the file that ansible-galaxy built."""
    folder = tmp_path_factory.mktemp("collections")
    built = folder / "built"
    env = {"ANSIBLE_HOME": str(folder / ".ansible"), "ANSIBLE_COLLECTIONS_PATH": str(folder)}
    run(folder, BIN / "ansible-galaxy", "collection", "build", COLLECTION, "--output-path", built, env=env)
    (archive,) = built.iterdir()
    run(folder, BIN / "ansible-galaxy", "collection", "install", archive, "--offline", "-p", folder, env=env)
    return folder


class Ansible:
    """Ansible in a folder of its own."""

    def __init__(self, folder: Path, collections: Path) -> None:
        self.folder = folder
        self.python = BIN / "python"
        self.env = {
            "ANSIBLE_HOME": str(folder / ".ansible"),
            "ANSIBLE_COLLECTIONS_PATH": str(collections),
            "ANSIBLE_LOCALHOST_WARNING": "0",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0",
            "ANSIBLE_GATHERING": "explicit",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_PIPELINING": "1",
            "LC_ALL": "C.UTF-8",
            "PATH": f"{BIN}:{os.environ['PATH']}",
        }

    def play(self, tasks: list[dict[str, Any]], *options: str) -> list[dict[str, Any]]:
        """Runs the tasks of one play and gives what each returned."""
        play = {
            "hosts": "localhost",
            "module_defaults": {"group/reposnap.reposnap.all": {"store": "store", "actor": "ana"}},
            "vars": {"reposnap_store": str(self.folder / "store"), "ansible_python_interpreter": str(self.python)},
            "tasks": tasks,
        }
        (self.folder / "play.yml").write_text(yaml.safe_dump([play]))
        results = self.folder / "results"
        results.unlink(missing_ok=True)
        env = {
            **self.env,
            "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).with_name("callback")),
            "ANSIBLE_CALLBACKS_ENABLED": "results",
            "REPOSNAP_TEST_RESULTS": str(results),
        }
        run(self.folder, BIN / "ansible-playbook", "--diff", *options, "play.yml", env=env)
        returned = [json.loads(line) for line in results.read_text().splitlines()]
        results.unlink()
        assert len(returned) == len(tasks)
        return returned

    def tasks(self, *tasks: dict[str, Any], check: bool = False) -> list[dict[str, Any]]:
        """Runs tasks, by the names of our modules."""
        named = [{f"reposnap.reposnap.{key}": value for key, value in task.items()} for task in tasks]
        return self.play(named, *(["--check"] if check else []))

    def task(self, module: str, **options: Any) -> dict[str, Any]:
        """Runs one task as a check, then twice. Had the check changed anything, the first run would change nothing.

        Gives what the first run returned, with what the check returned as `check`.
        """
        name = f"reposnap.reposnap.{module}"
        check, first, second = self.play([{name: options, "check_mode": True}, {name: options}, {name: options}])
        assert not second["changed"], second
        assert not any(diff.get("before") != diff.get("after") for diff in listed(second.get("diff", [])))
        return {**first, "check": check}

    def failures(self, *tasks: dict[str, Any], check: bool = False) -> list[dict[str, Any]]:
        """Runs tasks of which each fails."""
        named = [
            {f"reposnap.reposnap.{key}": value for key, value in task.items()} | {"ignore_errors": True}
            for task in tasks
        ]
        failed = self.play(named, *(["--check"] if check else []))
        assert all(task.get("failed") for task in failed), failed
        return failed


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.fixture
def ansible(tmp_path: Path, collections: Path) -> Ansible:
    """Ansible in a folder that has packages."""
    (tmp_path / "packages").mkdir()
    build_package(tmp_path / "packages", "greet", "1.0-1")
    build_package(tmp_path / "packages", "tool", "2:3.1-4")
    return Ansible(tmp_path, collections)


def folder_mirror(**more: Any) -> dict[str, Any]:
    return {"name": "inhouse", "type": "folder", "directory": "packages", **more}


def test_mirror_of_a_folder(ansible: Ansible) -> None:
    added = ansible.task("mirror", **folder_mirror())
    assert added["changed"] and added["check"]["changed"] and added["snapshot"] is None
    assert added["check"]["config"] == added["config"]
    assert added["diff"] == added["check"]["diff"]
    (diff,) = added["diff"]
    assert diff["before"] == {} and diff["after"]["type"] == "folder"

    updated = ansible.task("mirror", **folder_mirror(state="updated"))
    assert updated["changed"] and updated["check"]["changed"]
    assert updated["summary"] == {"added": 2} and updated["before"] is None
    assert updated["diff"][0]["after"] == "greet all 1.0-1\ntool all 2:3.1-4\n"

    build_package(ansible.folder / "packages", "greet", "1.1-1")
    (ansible.folder / "packages/greet_1.0-1_all.deb").unlink()
    newer = ansible.task("mirror", **folder_mirror(state="updated"))
    assert newer["changed"] and newer["check"]["changed"]
    # What is in the folder, the check reads; the packages, only an update tells.
    assert newer["check"]["snapshot"] == newer["snapshot"] and newer["check"]["before"] == updated["snapshot"]
    assert newer["check"]["diff"][0]["after"] == {"snapshot": newer["snapshot"]}
    (same,) = ansible.tasks({"mirror": folder_mirror(state="updated")}, check=True)
    assert not same["changed"] and same["snapshot"] == newer["snapshot"] and same["diff"] == []
    assert newer["before"] == updated["snapshot"] and newer["summary"] == {"upgraded": 1}
    assert (newer["diff"][0]["before"], newer["diff"][0]["after"]) == ("greet all 1.0-1\n", "greet all 1.1-1\n")

    altered = ansible.task("mirror", **folder_mirror(component="extra"))
    assert altered["changed"] and altered["check"]["changed"]
    assert altered["diff"][0]["before"]["component"] == "main"
    assert altered["diff"][0]["after"]["component"] == "extra"


def test_mirror_of_an_archive(ansible: Ansible, upstream: Upstream) -> None:
    settings = {
        "name": "debian",
        "url": upstream.url,
        "suites": ["bookworm"],
        "architectures": ["amd64"],
        "signed_by": [str(upstream.keyring)],
        "max_age": 30,
        "state": "updated",
    }
    updated = ansible.task("mirror", **settings)
    assert updated["changed"] and updated["check"]["changed"] and updated["summary"] == {"added": 2}
    (none,) = ansible.tasks({"mirror": settings}, check=True)
    assert not none["changed"] and none["suites"] == [{"suite": "bookworm", "news": False}]
    upstream.deliver("nginx", "1.22.1-10")
    news = ansible.task("mirror", **settings)
    assert news["changed"] and news["check"]["changed"] and news["summary"] == {"upgraded": 1}
    assert news["check"]["snapshot"] is None and news["check"]["suites"][0]["news"] is True
    (diff,) = news["check"]["diff"]
    assert diff["before"] == {"snapshot": updated["snapshot"]}
    assert diff["after"]["news"][0].startswith("bookworm of 2")
    # What an update refuses, a check refuses.
    (upstream.folder / "dists/bookworm/InRelease").write_text("-----BEGIN PGP SIGNED MESSAGE-----\n\nSuite: x\n")
    (refused,) = ansible.failures({"mirror": settings}, check=True)
    assert refused["error"]["kind"] == "verification"
    upstream.deliver("nginx", "1.22.1-11")
    altered = ansible.task("mirror", **{**settings, "filter": "nginx"})
    assert altered["changed"] and altered["check"]["changed"]
    assert altered["summary"] == {"removed": 1, "upgraded": 1}


def test_mirror_of_the_system(ansible: Ansible, upstream: Upstream) -> None:
    root = ansible.folder / "machine"
    apt = Apt(root, f"deb {upstream.url} bookworm main")
    shutil.copy(upstream.keyring, root / "etc/apt/trusted.gpg.d")
    apt.update()
    updated = ansible.task("mirror", name="machine", type="system", root="machine", state="updated")
    assert updated["changed"] and updated["check"]["changed"] and updated["summary"] == {"added": 2}


def test_mirror_refuses(ansible: Ansible) -> None:
    other, few, nowhere, name = ansible.failures(
        {"mirror": folder_mirror(url="https://deb.example.org", threshold=2)},
        {"mirror": {"name": "debian"}},
        {"mirror": folder_mirror(directory="nowhere", state="updated")},
        {"mirror": folder_mirror(name="a/b")},
    )
    assert other["msg"] == "url, threshold: only for a mirror of the type apt, and this is one of folder"
    assert "missing" in few["msg"]
    assert nowhere["error"]["kind"] == "not-found" and "nowhere" in nowhere["msg"]
    assert name["error"]["rule"] == "name"


@pytest.fixture
def inhouse(ansible: Ansible) -> Ansible:
    """With the mirror inhouse, updated."""
    ansible.tasks({"mirror": folder_mirror(state="updated")})
    return ansible


def deliver_greet(ansible: Ansible) -> None:
    build_package(ansible.folder / "packages", "greet", "1.1-1")
    build_package(ansible.folder / "packages", "extra", "0.1")
    (ansible.folder / "packages/greet_1.0-1_all.deb").unlink()
    ansible.tasks({"mirror": folder_mirror(state="updated")})


def test_snapshot(inhouse: Ansible) -> None:
    inhouse.tasks({"environment": {"name": "old", "rev": "inhouse"}})
    deliver_greet(inhouse)
    recipes = [
        ({"merge": {"revs": ["inhouse", "old"], "rule": "all"}}, 4),
        ({"filter": {"rev": "inhouse", "query": "greet|( tool (>= 2:1) )"}}, 2),
        ({"pull": {"into": "old", "from": "inhouse", "queries": ["greet", "Name (~ ^x)"]}}, 2),
    ]
    digests = []
    for number, (recipe, packages) in enumerate(recipes):
        made = inhouse.task("snapshot", name=f"made-{number}", **recipe)
        assert made["changed"] and made["check"]["changed"] and made["current"] and made["packages"] == packages
        assert (made["check"]["snapshot"], made["check"]["packages"]) == (made["snapshot"], packages)
        assert made["check"]["diff"] == made["diff"]
        assert made["diff"]["after"]["snapshot"] == made["snapshot"]
        digests.append(made["snapshot"])
    # They stay what they were when their sources move on, and tell.
    build_package(inhouse.folder / "packages", "more", "1")
    inhouse.tasks({"mirror": folder_mirror(state="updated")})
    tasks = [{"snapshot": {"name": f"made-{number}", **recipe}} for number, (recipe, _) in enumerate(recipes)]
    again = inhouse.tasks(*tasks)
    assert [(task["changed"], task["current"], task["snapshot"]) for task in again] == [
        (False, False, digest) for digest in digests
    ]
    # A name is for good.
    tasks = [{"snapshot": {"name": f"made-{number}", "filter": {"rev": "old", "query": "x"}}} for number in range(3)]
    assert all("made in another way" in failed["msg"] for failed in inhouse.failures(*tasks))


def test_snapshot_refuses(inhouse: Ansible) -> None:
    query, nowhere, nothing = inhouse.failures(
        {"snapshot": {"name": "bad", "filter": {"rev": "inhouse", "query": "greet (>= )"}}},
        {"snapshot": {"name": "bad", "merge": {"revs": ["inhouse", "nowhere"]}}},
        {"snapshot": {"name": "bad"}},
    )
    assert query["error"]["kind"] == "usage" and "column 11" in query["msg"]
    assert nowhere["error"]["kind"] == "not-found"
    assert "one of the following" in nothing["msg"]
    with Store.open(inhouse.folder / "store") as store:
        assert all("snapshot/bad" not in listed["names"] for listed in store.snapshot_list())


def test_environment(inhouse: Ansible) -> None:
    begun = inhouse.task("environment", name="stable", rev="inhouse", reason="first")
    assert begun["changed"] and begun["check"]["changed"] and begun["before"] is None and begun["differences"] == []
    assert begun["check"]["diff"] == begun["diff"]
    assert begun["diff"]["after"] == f"snapshot {begun['after']}\n"

    deliver_greet(inhouse)
    part = inhouse.task("environment", name="stable", rev="inhouse", packages=["greet", "nothing"], reason="fix")
    assert part["changed"] and part["check"]["changed"]
    assert part["check"]["differences"] == part["differences"] and part["check"]["diff"] == part["diff"]
    assert (part["diff"]["before"], part["diff"]["after"]) == ("greet all 1.0-1\n", "greet all 1.1-1\n")

    whole = inhouse.task("environment", name="stable", rev="inhouse")
    assert whole["changed"] and whole["summary"] == {"added": 1} and whole["before"] == part["after"]

    back = inhouse.task("environment", name="stable", state="rolled_back", reason="oh")
    assert back["changed"] and back["check"]["changed"] and back["after"] == part["after"]
    assert back["check"]["diff"] == back["diff"] and back["diff"]["before"] == "extra all 0.1\n"

    first = inhouse.task("environment", name="stable", state="rolled_back", to=begun["after"])
    assert first["changed"] and first["after"] == begun["after"]

    with Store.open(inhouse.folder / "store") as store:
        log = store.env_log("stable")
    assert [entry["change"]["kind"] for entry in reversed(log)] == [
        "created",
        "partial",
        "promoted",
        "rolled-back",
        "rolled-back",
    ]
    assert [entry["message"] for entry in reversed(log)] == ["first", "fix", "", "oh", ""]
    assert {entry["actor"] for entry in log} == {"ana"}


def test_environment_refuses(inhouse: Ansible) -> None:
    inhouse.tasks({"environment": {"name": "stable", "rev": "inhouse"}})
    deliver_greet(inhouse)
    elsewhere = {"environment": {"name": "stable", "state": "rolled_back", "to": "inhouse"}}
    nowhere, steps, never = inhouse.failures(
        {"environment": {"name": "stable", "rev": "nowhere"}},
        {"environment": {"name": "stable", "state": "rolled_back", "to": "stable~1"}},
        elsewhere,
    )
    assert nowhere["error"]["kind"] == "not-found"
    assert "would go back further with each run" in steps["msg"]
    assert never["error"]["kind"] == "usage"
    (check,) = inhouse.failures(elsewhere, check=True)
    assert check["msg"] == never["msg"] and check["error"]["kind"] == "usage"


def test_publication(inhouse: Ansible) -> None:
    reposnap.key_generate("Example <archive@example.org>", inhouse.folder / "archive.key")
    options = {"to": "www", "suite": "stable", "key": "archive.key", "revs": ["inhouse"], "origin": "Example"}
    first = inhouse.task("publication", **options)
    assert first["changed"] and first["check"]["changed"]
    assert first["publications"][0]["outcome"] == "published"
    assert first["diff"]["before"] == "" and "Origin: Example\n" in first["diff"]["after"]
    apt = Apt.published(inhouse.folder / "apt", inhouse.folder / "www", "stable")
    assert apt.versions("greet", "tool") == {"greet": "1.0-1", "tool": "2:3.1-4"}

    deliver_greet(inhouse)
    next = inhouse.task("publication", **options, prune=True)
    assert next["changed"] and next["pruned"]["removed"] == 0
    assert next["check"]["changed"] and next["check"]["publications"][0]["outcome"] == "published"
    assert apt.versions("greet", "extra") == {"greet": "1.1-1", "extra": "0.1"}

    # A third publication leaves the first behind, and what nothing needs is told before it goes.
    build_package(inhouse.folder / "packages", "more", "1")
    inhouse.tasks({"mirror": folder_mirror(state="updated")}, {"publication": options})
    pruned = inhouse.task("publication", **options, prune=True)
    assert pruned["changed"] and pruned["check"]["changed"] and pruned["pruned"]["removed"] == 1
    assert pruned["check"]["pruned"]["removed"] == 1 and len(pruned["check"]["pruned"]["files"]) == 1
    assert pruned["check"]["publications"][0]["outcome"] == "unchanged"

    parts = inhouse.task("publication", to="www", suite="parts", key="archive.key", components={"ours": "inhouse"})
    assert "Components: ours\n" in parts["diff"]["after"]
    again = {"publication": {**options, "resign": True}}
    (check,) = inhouse.tasks(again, check=True)
    (resigned,) = inhouse.tasks(again)
    assert check["changed"] and check["publications"][0]["outcome"] == "resigned"
    assert resigned["changed"] and resigned["publications"][0]["outcome"] == "resigned"


def test_publication_verbatim(ansible: Ansible, upstream: Upstream) -> None:
    settings = {"url": upstream.url, "suites": ["bookworm"], "architectures": ["amd64"]}
    ansible.tasks({"mirror": {"name": "debian", "signed_by": [str(upstream.keyring)], "state": "updated", **settings}})
    done = ansible.task("publication", to="www", verbatim="debian")
    assert done["changed"] and done["check"]["changed"]
    suite = "dists/bookworm/InRelease"
    assert (ansible.folder / "www" / suite).read_bytes() == (upstream.folder / suite).read_bytes()
    verbatim = {"publication": {"to": "www", "verbatim": "debian"}}
    (same,) = ansible.tasks(verbatim, check=True)
    assert not same["changed"] and same["publications"][0]["outcome"] == "unchanged"
    upstream.deliver("nginx", "1.22.1-10")
    ansible.tasks({"mirror": {"name": "debian", "signed_by": [str(upstream.keyring)], "state": "updated", **settings}})
    newer = ansible.task("publication", to="www", verbatim="debian")
    assert newer["changed"] and newer["check"]["publications"][0]["outcome"] == "published"


def test_publication_refuses(inhouse: Ansible) -> None:
    key, nothing, verbatim = inhouse.failures(
        {"publication": {"to": "www", "suite": "s", "key": "none.key", "revs": ["inhouse"]}},
        {"publication": {"to": "www", "suite": "s", "key": "k"}},
        {"publication": {"to": "www", "verbatim": "inhouse", "suite": "s"}},
    )
    assert key["error"]["kind"] == "not-found" and "none.key" in key["msg"]
    assert "one of the following" in nothing["msg"]
    assert verbatim["msg"].startswith("suite: not for a verbatim publication")
    assert not (inhouse.folder / "www").exists()


def test_a_check_before_the_first_run(ansible: Ansible) -> None:
    """There is no store yet, so all changes, and no task fails."""
    checked = ansible.tasks(
        {"mirror": folder_mirror(state="updated")},
        {"snapshot": {"name": "build", "filter": {"rev": "inhouse", "query": "greet"}}},
        {"environment": {"name": "stable", "rev": "build"}},
        {"publication": {"to": "www", "suite": "stable", "key": "archive.key", "revs": ["stable"]}},
        check=True,
    )
    assert [task["changed"] for task in checked] == [True] * 4
    assert all("not there yet" in task["warnings"][0] for task in checked[1:])
    assert sorted(path.name for path in ansible.folder.iterdir()) == [".ansible", "packages", "play.yml"]


def test_lookup(inhouse: Ansible) -> None:
    build_package(inhouse.folder / "packages", "greet", "1.10-1", "arm64")
    build_package(inhouse.folder / "packages", "greet", "1.9-1", "amd64")
    inhouse.tasks({"environment": {"name": "stable", "rev": "inhouse"}}, {"mirror": folder_mirror(state="updated")})

    def look(arguments: str) -> dict[str, Any]:
        found = "{{ query('reposnap.reposnap.resolved', " + arguments + ") }}"
        return {"ansible.builtin.debug": {"msg": found}, "ignore_errors": True}

    (inhouse.folder / "pins").write_text("Package: greet\nPin: version 1.0-1\nPin-Priority: 1001\n")
    solve = "solver='apt-classic'"
    several, newest, other, empty, absent, pattern, nowhere, together, pinned, unknown = inhouse.play(
        [
            look("'greet', 'tool', rev='stable'"),
            look("'greet', rev='inhouse'"),
            look("'greet', rev='inhouse', architecture='arm64'"),
            look("'tool', 'absent', rev='stable', missing='empty'"),
            look("'absent', rev='stable'"),
            look("'gr*', rev='stable'"),
            look("'greet', rev='nowhere'"),
            look(f"'tool', 'greet', rev='inhouse', {solve}"),
            look(f"'greet', rev='inhouse', {solve}, pins=['pins']"),
            look(f"'greet', 'absent', rev='inhouse', {solve}"),
        ]
    )
    assert several["msg"] == ["1.0-1", "2:3.1-4"]
    # The newest that the architecture can install, by dpkg's order.
    assert newest["msg"] == ["1.9-1"] and other["msg"] == ["1.10-1"]
    assert empty["msg"] == ["2:3.1-4", ""]
    assert "stable has no package absent for amd64" in absent["msg"]
    assert "can't be the name of a package" in pattern["msg"]
    assert "nowhere" in nowhere["msg"]
    assert together["msg"] == ["2:3.1-4", "1.9-1"] and pinned["msg"] == ["1.0-1"]
    assert "absent" in unknown["msg"]


def test_without_the_library(ansible: Ansible) -> None:
    """A Python that lacks the package: the module says which."""
    ansible.python = Path("/usr/bin/python3")
    (failed,) = ansible.failures({"mirror": folder_mirror()})
    assert "Failed to import the required Python library (reposnap)" in failed["msg"]


def test_documentation(ansible: Ansible) -> None:
    """ansible-doc reads every page, and the options that they tell are those of the library's operations."""
    names = [f"reposnap.reposnap.{name}" for name in MODULES]
    pages = json.loads(run(ansible.folder, BIN / "ansible-doc", "--json", *names, env=ansible.env))
    assert sorted(pages) == names
    taken = {
        "mirror": ["mirror add", "mirror add-folder", "mirror add-system"],
        "environment": ["env promote", "env rollback"],
        "publication": ["publish", "publish verbatim"],
    }
    operations = json.loads(run(ansible.folder, BIN / "reposnap", "operations", "--json"))
    parameters = {item["name"]: {each["name"] for each in item["parameters"]} for item in operations}
    # What modules do by themselves, or call otherwise.
    inner = {"replace", "dry_run", "create"}
    # A word that Ansible keeps for itself.
    other = {"message": "reason"}
    for module, calls in taken.items():
        options = set(pages[f"reposnap.reposnap.{module}"]["doc"]["options"])
        needed = {other.get(name, name) for call in calls for name in parameters[call]} - inner
        if module == "publication":
            needed.discard("rev")
        assert needed <= options, module
    (snapshot,) = (pages[name]["doc"]["options"] for name in names if name.endswith(".snapshot"))
    for operation in ("merge", "filter", "pull"):
        # What came along with a pull is part of how it was made, and another time it would be something else.
        inner = {"name", "dry_run", "with_deps"}
        assert set(snapshot[operation]["suboptions"]) == parameters[f"snapshot {operation}"] - inner
    run(ansible.folder, BIN / "ansible-doc", "-t", "lookup", "reposnap.reposnap.resolved", env=ansible.env)


@pytest.mark.parametrize(("kind", "directory"), [("module", "modules"), ("lookup", "lookup")])
def test_validate_modules(collections: Path, kind: str, directory: str) -> None:
    """The checker of ansible-test, by itself: ansible-test would make an environment of its own from the network."""
    checker = Path(ansible_test.__path__[0]) / "_util/controller/sanity/validate-modules"
    collection = "ansible_collections/reposnap/reposnap"
    folder = collections / collection
    plugins = [path.relative_to(folder) for path in (folder / "plugins" / directory).glob("*.py")]
    assert plugins
    options = ["--collection", collection, "--collection-version", "0.1.0", "--arg-spec", "--plugin-type", kind]
    env = {"PYTHONPATH": str(checker), "ANSIBLE_COLLECTIONS_PATH": str(collections)}
    checked = subprocess.run(
        [sys.executable, checker / "validate.py", *options, *plugins],
        cwd=folder,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    # That rule is for what comes with Ansible; reposnap has other licences.
    findings = [line for line in checked.stdout.splitlines() if "missing-gplv3-license" not in line]
    assert len(checked.stdout.splitlines()) == len(plugins), checked.stdout + checked.stderr
    assert not findings and not checked.stderr


def test_the_page(ansible: Ansible, upstream: Upstream) -> None:
    """Every playbook and every command of docs/integrations/ANSIBLE.md, from top to bottom."""
    folder = ansible.folder
    for name in ("srv/incoming", "etc/reposnap", "etc/apt/preferences.d"):
        (folder / name).mkdir(parents=True)
    build_package(folder / "srv/incoming", "greet", "1.0-1")
    # The commands install the collection here.
    ansible.env["ANSIBLE_COLLECTIONS_PATH"] = str(folder / "installed")
    (folder / "integrations").symlink_to(ROOT / "integrations")
    changes = {
        "https://deb.example.org/debian": upstream.url,
        "/usr/share/keyrings/debian-archive-keyring.gpg": str(upstream.keyring),
        "/srv/": f"{folder}/srv/",
        "/etc/": f"{folder}/etc/",
    }

    def next_night() -> None:
        build_package(folder / "srv/incoming", "greet", "1.1-1")
        (folder / "srv/incoming/greet_1.0-1_all.deb").unlink()
        upstream.deliver("nginx", "1.22.1-9+deb12u1")

    ran = 0
    for language, block in blocks(ROOT / "docs/integrations/ANSIBLE.md", changes):
        if language == "yaml":
            (folder / block.split("\n", 1)[0].removeprefix("# ")).write_text(block)
            continue
        assert language == "console"
        for command, lines in console(block):
            if "build=2" in command:
                next_night()
            printed = run(folder, "bash", "-c", command, env=ansible.env)
            assert in_order(lines, printed), printed
            if "ansible-playbook" in command and "--check" not in command:
                again = run(folder, "bash", "-c", command, env=ansible.env)
                assert " changed=0 " in again, again
            ran += 1
    assert ran == 14

    seen = {"nginx": "1.22.1-9", "openssl": "3.0.15-1", "greet": "1.0-1"}
    stable = Apt.published(folder / "apt-stable", folder / "srv/www", "stable")
    assert stable.versions(*seen) == seen
    testing = Apt.published(folder / "apt-testing", folder / "srv/www", "testing")
    assert testing.versions("nginx", "greet") == {"nginx": "1.22.1-9+deb12u1", "greet": "1.1-1"}
    # apt obeys the pin that was made of the lookup, even against a newer version.
    shutil.copy(folder / "etc/apt/preferences.d/nginx", testing.preferences)
    policy = testing.versions("nginx")
    assert policy == {"nginx": "1.22.1-9+deb12u1"}, "the pinned version is not in testing"
    assert "Pin: version 1.22.1-9\n" in testing.preferences.read_text()

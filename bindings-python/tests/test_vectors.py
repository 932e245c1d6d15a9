"""The vectors that all languages share, each by the typed method of its operation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

import reposnap
from reposnap import Store, aio, operations

FILE = ROOT / "tests/vectors/operations.json"
VECTORS: dict[str, Any] = json.loads(FILE.read_text()) if FILE.exists() else {}


def substitute(value: Any, variables: dict[str, Any]) -> Any:
    if isinstance(value, str):
        for name, text in variables.items():
            if value == "${" + name + "}":
                return text
            value = value.replace("${" + name + "}", str(text))
        return value
    if isinstance(value, list):
        return [substitute(item, variables) for item in value]
    if isinstance(value, dict):
        return {name: substitute(item, variables) for name, item in value.items()}
    return value


def matches(expected: Any, found: Any, place: str = "") -> None:
    if isinstance(expected, dict):
        assert isinstance(found, dict), place
        for name, value in expected.items():
            assert name in found, f"{place}/{name} is missing in {found}"
            matches(value, found[name], f"{place}/{name}")
    elif isinstance(expected, list):
        assert isinstance(found, list), place
        assert len(expected) == len(found), f"{place}: {found}"
        for number, (value, other) in enumerate(zip(expected, found)):
            matches(value, other, f"{place}/{number}")
    else:
        assert (type(expected), expected) == (type(found), found), place


def pointer(document: Any, path: str) -> Any:
    for step in path.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def call(store: Store | None, operation: str, request: dict[str, Any]) -> Any:
    """By the method, where the request has what a method can be called with; else by the operation's name."""
    name = operation.replace(" ", "_").replace("-", "_")
    owner: Any = operations if hasattr(operations, name) else store
    arguments = {("from_" if key == "from" else key): value for key, value in request.items()}
    try:
        method = getattr(owner, name)
    except AttributeError:
        method = None
    if method is not None:
        known = method.__code__ if hasattr(method, "__code__") else method.__func__.__code__
        names = known.co_varnames[: known.co_argcount + known.co_kwonlyargcount]
        required = [name for name in names[: known.co_argcount] if name != "self"]
        if set(arguments) <= set(names) and all(name in arguments for name in required):
            return method(**arguments)
    return store.call(operation, request) if store is not None else reposnap.call(operation, request)


def step(store: Store | None, vector: dict[str, Any], variables: dict[str, Any]) -> None:
    operation, request = vector["operation"], substitute(vector.get("request", {}), variables)
    if "error" in vector:
        with pytest.raises(reposnap.Error) as caught:
            call(store, operation, request)
        matches(substitute(vector["error"], variables), caught.value.document())
        return
    found = call(store, operation, request)
    if "result" in vector:
        matches(substitute(vector["result"], variables), found)
    for name, path in vector.get("save", {}).items():
        variables[name] = pointer(found, path)


def variables_of(tmp_path: Path) -> dict[str, Any]:
    return {"dir": str(tmp_path), "packages": str(ROOT / "tests/vectors/packages")}


@pytest.mark.parametrize("case", VECTORS.get("cases", []), ids=lambda case: case["name"])
def test_cases(case: dict[str, Any], tmp_path: Path) -> None:
    step(None, case, variables_of(tmp_path))


@pytest.mark.parametrize("scenario", VECTORS.get("scenarios", []), ids=lambda scenario: scenario["name"])
def test_scenarios(scenario: dict[str, Any], tmp_path: Path) -> None:
    variables = variables_of(tmp_path)
    with Store.at(tmp_path / "store") as store:
        for vector in scenario["steps"]:
            step(store, vector, variables)


@pytest.mark.parametrize("case", VECTORS.get("cases", []), ids=lambda case: case["name"])
async def test_cases_in_an_event_loop(case: dict[str, Any], tmp_path: Path) -> None:
    variables = variables_of(tmp_path)
    request = substitute(case.get("request", {}), variables)
    if "error" in case:
        with pytest.raises(reposnap.Error) as caught:
            await aio.call(case["operation"], request)
        matches(substitute(case["error"], variables), caught.value.document())
    else:
        matches(substitute(case["result"], variables), await aio.call(case["operation"], request))


def test_every_operation_has_its_method() -> None:
    """The command tells which there are."""
    import subprocess
    import sys

    listed = subprocess.run(
        [sys.executable, "-m", "reposnap", "operations", "--json"], check=True, capture_output=True, text=True
    )
    for operation in json.loads(listed.stdout):
        name = operation["name"].replace(" ", "_").replace("-", "_")
        for owner in (Store, aio.Store) if operation["needs_store"] else (operations, aio.operations):
            method = getattr(owner, name)
            code = method.__code__
            names = [word for word in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] if word != "self"]
            assert [name.rstrip("_") for name in names] == [
                *(parameter["name"] for parameter in operation["parameters"]),
                "progress",
            ]
            assert " ".join(operation["summary"].split()) in " ".join(method.__doc__.split())

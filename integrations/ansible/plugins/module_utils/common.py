"""What the modules share: the store, errors, and how differences are shown."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any, NoReturn

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

try:
    import reposnap
except ImportError:
    reposnap = None
    IMPORT_ERROR = traceback.format_exc()
else:
    IMPORT_ERROR = None

if TYPE_CHECKING:
    from collections.abc import Callable

STORE = {"store": {"type": "path", "required": True}, "actor": {"type": "str"}}


def main(arguments: dict[str, Any], work: Callable[[AnsibleModule, Any], dict[str, Any]], **settings: Any) -> NoReturn:
    """Runs a module: `work` gets the module and the store, and gives what the module returns."""
    module = AnsibleModule(argument_spec={**STORE, **arguments}, supports_check_mode=True, **settings)
    if reposnap is None:
        module.fail_json(msg=missing_required_lib("reposnap"), exception=IMPORT_ERROR)
    try:
        store = reposnap.Store.at(module.params["store"], actor=module.params["actor"])
        result = work(module, store)
    except reposnap.Error as error:
        module.fail_json(msg=str(error), error=error.document())
    except (TypeError, ValueError) as error:
        # Text that no request can hold, such as a path that is not UTF-8.
        module.fail_json(msg=f"an option can't be used: {error}")
    module.exit_json(**result)


def given(parameters: dict[str, Any], *names: str) -> dict[str, Any]:
    """Those of the options that were given."""
    return {name: parameters[name] for name in names if parameters[name] is not None}


def found(ask: Callable[[], Any]) -> Any:
    """What `ask` gives; None where the thing, or the store, does not exist."""
    try:
        return ask()
    except reposnap.NotFoundError:
        return None


def package_diff(name: str, differences: list[dict[str, Any]], before: str | None, after: str | None) -> dict[str, str]:
    """Differences between snapshots as Ansible shows a diff: a line for each package that changes, on either side."""

    def lines(side: str) -> str:
        there = [item for item in differences if side in item]
        return "".join(f"{item['name']} {item['architecture']} {item[side]}\n" for item in there)

    return {
        "before_header": f"{name} ({'nothing' if before is None else before[:12]})",
        "after_header": f"{name} ({'not known yet' if after is None else after[:12]})",
        "before": lines("before"),
        "after": lines("after"),
    }


def summary(differences: list[dict[str, Any]]) -> dict[str, int]:
    """How many of each change there are."""
    counts: dict[str, int] = {}
    for item in differences:
        counts[item["change"]] = counts.get(item["change"], 0) + 1
    return counts

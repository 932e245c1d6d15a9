#!/usr/bin/python
"""Moves environments."""

from __future__ import annotations

DOCUMENTATION = r"""
module: environment
short_description: Moves an environment to a snapshot, and back
description:
  - An environment, such as C(stable), is a name that moves from snapshot to snapshot; its history is kept.
options:
  name:
    description: The name of the environment.
    type: str
    required: true
  state:
    description:
      - V(present) makes sure that the environment is at O(rev), or has the O(packages) of it. It begins the environment
        where there is none.
      - V(rolled_back) moves it back, to O(to) or to what it was before it last moved. Without O(to), an environment that
        was rolled back and has not moved since stays where it is.
    type: str
    choices: [present, rolled_back]
    default: present
  rev:
    description:
      - The snapshot, as an environment, a mirror or a named snapshot, with C(~2) or C(@2026-11-01) behind it for an
        earlier state, or as digits of a digest. Needed for O(state=present).
    type: str
  packages:
    description: Take over only the packages that pass one of these queries.
    type: list
    elements: str
  with_deps:
    description: Take along what O(packages) need, and what has to move with them so that all that could be installed still can.
    type: bool
    default: false
  to:
    description:
      - Where to roll back to, an earlier state of this environment, as C(stable@2026-11-01) or a digest. Steps back, as
        in C(stable~1), are refused, because a second run would go further back.
    type: str
  reason:
    description: Why, for the history.
    type: str
  evidence:
    description:
      - What speaks for the move, where the environment has a policy, as C(tests=FILE), C(tests:NAME=FILE) (reports in JUnit's
        XML), C(approval=FILE) or C(file:NAME=FILE).
    type: list
    elements: str
  override_reason:
    description: Move although something is missing, for this reason, where the policy allows that.
    type: str
  key:
    description: The key that signs the entry of the history, as a file, or as C(gpg:FINGERPRINT) for one that gpg-agent has.
    type: str
  password_file:
    description: A file with the password of O(key).
    type: path
extends_documentation_fragment:
  - reposnap.reposnap.store
  - reposnap.reposnap.store.attributes
"""

EXAMPLES = r"""
- name: Testing becomes what nightly is
  reposnap.reposnap.environment:
    store: /srv/reposnap
    name: testing
    rev: nightly

- name: Take over OpenSSL from nightly, and nothing else
  reposnap.reposnap.environment:
    store: /srv/reposnap
    name: stable
    rev: nightly
    packages: [$Source (openssl)]
    reason: security fix

- name: Take the last move back
  reposnap.reposnap.environment:
    store: /srv/reposnap
    name: stable
    state: rolled_back
    reason: the new nginx does not start
"""

RETURN = r"""
environment:
  description: The name of the environment.
  type: str
  returned: success
before:
  description: The digest of the snapshot that it was at; none where it begins.
  type: str
  returned: success
after:
  description: The digest of the snapshot that it is at now, or would be. A check does not know it where O(rev) is not there yet.
  type: str
  returned: success
differences:
  description: What differs between the two, package by package. Empty where the environment begins.
  type: list
  elements: dict
  returned: success
  sample: [{name: nginx, architecture: amd64, change: upgraded, before: 1.22.1-9, after: 1.22.1-10}]
summary:
  description: How many packages were added, removed, upgraded, downgraded or changed.
  type: dict
  returned: success
  sample: {upgraded: 1}
error:
  description: What failed, as the document C(Error) of the library. C(kind) is one of its words, such as C(not-found).
  type: dict
  returned: failure
"""

from ansible_collections.reposnap.reposnap.plugins.module_utils.common import (
    found,
    given,
    main,
    package_diff,
    reposnap,
    summary,
)

# What a policy may ask for.
GATE = ("evidence", "override_reason", "key", "password_file")


def work(module, store):
    """Moves the environment."""
    move = present if module.params["state"] == "present" else rolled_back
    before, after, differences = move(module, store, module.params["name"])
    result = {
        "changed": before is None or before != after,
        "environment": module.params["name"],
        "before": before,
        "after": after,
        "differences": differences,
        "summary": summary(differences),
    }
    if module._diff:
        result["diff"] = package_diff(module.params["name"], differences, before, after)
        if not differences and result["changed"]:
            # Another snapshot of the same packages, or the first: there is that alone to show.
            result["diff"]["before"] = "" if before is None else f"snapshot {before}\n"
            result["diff"]["after"] = f"snapshot {after or 'not known yet'}\n"
    return result


def present(module, store, name):
    """The environment is to be at a snapshot, or to have some packages of it."""
    request = {
        "name": name,
        "rev": module.params["rev"],
        "create": True,
        **given(module.params, "packages", "with_deps", *GATE),
        "message": module.params["reason"],
    }
    try:
        would = store.call("env promote", {**request, "dry_run": True})
    except reposnap.NotFoundError as error:
        if not module.check_mode:
            raise
        module.warn(f"not there yet, perhaps because this is a check: {error}")
        shown = found(lambda: store.env_show(name))
        return shown and shown["snapshot"], None, []
    before, after, differences = would["before"], would["after"], would["differences"]
    for requirement in would.get("gate", {}).get("requirements", []):
        if module.check_mode and not requirement["holds"]:
            module.warn(f"this would be refused: {requirement['message']}")
    # Taking over packages that are there already would make another snapshot of the same packages.
    if before is not None and (before == after or (request.get("packages") and not differences)):
        return before, before, []
    if not module.check_mode:
        done = store.call("env promote", request)
        before, after, differences = done["before"], done["after"], done["differences"]
    return before, after, differences


def rolled_back(module, store, name):
    """The environment is to be what it was."""
    head = store.env_show(name)
    before, to = head["snapshot"], module.params["to"]
    if to is None:
        # Rolling back again would go one state further back with each run.
        if head["change"]["kind"] == "rolled-back":
            return before, before, []
    elif "~" in to:
        module.fail_json(msg=f"to: {to} would go back further with each run: name a time, a digest or a snapshot")
    elif store.snapshot_resolve(to)["snapshot"] == before:
        return before, before, []
    request = {"name": name, "to": to, **given(module.params, *GATE), "message": module.params["reason"]}
    after = store.call("env rollback", {**request, "dry_run": True})["snapshot"]
    differences = store.snapshot_diff(before, after)["differences"]
    if not module.check_mode:
        store.call("env rollback", request)
    return before, after, differences


if __name__ == "__main__":
    main(
        {
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "rolled_back"], "default": "present"},
            "rev": {"type": "str"},
            "packages": {"type": "list", "elements": "str"},
            "with_deps": {"type": "bool", "default": False},
            "to": {"type": "str"},
            "reason": {"type": "str"},
            "evidence": {"type": "list", "elements": "str"},
            "override_reason": {"type": "str"},
            "key": {"type": "str", "no_log": False},
            "password_file": {"type": "path", "no_log": False},
        },
        work,
        required_if=[("state", "present", ["rev"])],
        mutually_exclusive=[("rev", "to"), ("packages", "to")],
    )

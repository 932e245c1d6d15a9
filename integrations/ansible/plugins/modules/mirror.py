#!/usr/bin/python
"""Keeps mirrors of APT repositories."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mirror
short_description: Keeps a mirror of an APT repository
description:
  - Adds a mirror to a store, gives it other settings, and updates it. What an update brings is a new snapshot, which
    nothing alters later.
options:
  name:
    description: The name of the mirror.
    type: str
    required: true
  state:
    description:
      - V(present) makes sure that the mirror is there with these settings.
      - V(updated) updates it too.
    type: str
    choices: [present, updated]
    default: present
  type:
    description:
      - V(apt) mirrors an APT repository and verifies its signatures.
      - V(folder) mirrors a folder of packages.
      - V(system) mirrors the machine's own APT sources, from the lists that C(apt-get update) left.
    type: str
    choices: [apt, folder, system]
    default: apt
  url:
    description: The base URL of the repository (http, https or file). For O(type=apt).
    type: str
  suites:
    description: The suites; one that ends with C(/) is a flat repository. For O(type=apt).
    type: list
    elements: str
  signed_by:
    description: The keys that sign the repository, as keyring files or armored blocks. For O(type=apt).
    type: list
    elements: str
  components:
    description: The components; all of the repository's by default. For O(type=apt).
    type: list
    elements: str
  architectures:
    description: The architectures; the machine's own by default. For O(type=apt).
    type: list
    elements: str
  signers:
    description: Of the keys, the fingerprints that count; all by default. For O(type=apt).
    type: list
    elements: str
  threshold:
    description: How many of the keys must have signed; 1 by default. For O(type=apt).
    type: int
  packages:
    description: When to fetch packages. C(all), with each update, by default. For O(type=apt).
    type: str
    choices: [all, on-demand, none]
  filter:
    description: A query; only packages that pass it are kept. For O(type=apt).
    type: str
  sources:
    description: Mirror source packages too. For O(type=apt).
    type: bool
  translations:
    description: Mirror the translations of these languages too. For O(type=apt).
    type: list
    elements: str
  contents:
    description: Mirror the Contents indexes too. For O(type=apt).
    type: bool
  relax:
    description: Rules of verification to relax, by their names. For O(type=apt).
    type: list
    elements: str
  max_age:
    description: The greatest age, in days, of a Release without Valid-Until. For O(type=apt).
    type: int
  directory:
    description: The folder of packages. For O(type=folder).
    type: path
  component:
    description: The component that the folder's packages go into; C(main) by default. For O(type=folder).
    type: str
  root:
    description: The root folder of the machine; C(/) by default. For O(type=system).
    type: path
extends_documentation_fragment:
  - reposnap.reposnap.store
  - reposnap.reposnap.store.attributes
attributes:
  check_mode:
    support: partial
    details:
      - Whether an upstream has news, only an update can tell. With O(state=updated), a check answers that nothing changes
        unless the settings do or the mirror was never updated, and warns.
"""

EXAMPLES = r"""
- name: Mirror Debian for amd64, and update the mirror
  reposnap.reposnap.mirror:
    store: /srv/reposnap
    name: debian
    url: https://deb.example.org/debian
    suites: [bookworm]
    components: [main]
    architectures: [amd64]
    signed_by: [/usr/share/keyrings/debian-archive-keyring.gpg]
    state: updated

- name: Mirror the packages that the build server delivers
  reposnap.reposnap.mirror:
    store: /srv/reposnap
    name: inhouse
    type: folder
    directory: /srv/incoming
    state: updated
"""

RETURN = r"""
mirror:
  description: The name of the mirror.
  type: str
  returned: success
config:
  description: What it mirrors.
  type: dict
  returned: success
before:
  description: The digest of its newest snapshot before; none before the first update.
  type: str
  returned: success
snapshot:
  description:
    - The digest of its newest snapshot now, or of what an update would make; none before the first update, and where a
      check can't tell, because only the upstream's indexes do.
  type: str
  returned: success
suites:
  description: What a check saw of each suite of the upstream, as the documents C(Look) of the library.
  type: list
  elements: dict
  returned: for O(type=apt), in a check of O(state=updated) that would not change the settings
  sample: [{suite: bookworm, news: true, date: '2026-11-01T09:00:00Z'}]
summary:
  description: How many packages were added, removed, upgraded, downgraded or changed by the update.
  type: dict
  returned: when an update brought a new snapshot
  sample: {added: 1, upgraded: 3}
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
    summary,
)

APT = {
    "url": {"type": "str"},
    "suites": {"type": "list", "elements": "str"},
    "signed_by": {"type": "list", "elements": "str"},
    "components": {"type": "list", "elements": "str"},
    "architectures": {"type": "list", "elements": "str"},
    "signers": {"type": "list", "elements": "str"},
    "threshold": {"type": "int"},
    "packages": {"type": "str", "choices": ["all", "on-demand", "none"]},
    "filter": {"type": "str"},
    "sources": {"type": "bool"},
    "translations": {"type": "list", "elements": "str"},
    "contents": {"type": "bool"},
    "relax": {"type": "list", "elements": "str"},
    "max_age": {"type": "int"},
}
FOLDER = {"directory": {"type": "path"}, "component": {"type": "str"}}
SYSTEM = {"root": {"type": "path"}}
TYPES = {"apt": APT, "folder": FOLDER, "system": SYSTEM}
OPERATIONS = {"apt": "mirror add", "folder": "mirror add-folder", "system": "mirror add-system"}


def work(module, store):
    """Adds the mirror, or alters it, and updates it where that is asked for."""
    name = module.params["name"]
    kind = module.params["type"]
    refuse_others(module, kind)

    shown = found(lambda: store.mirror_show(name)) or {}
    request = {"name": name, "replace": True, "dry_run": module.check_mode, **given(module.params, *TYPES[kind])}
    added = store.call(OPERATIONS[kind], request)
    before = shown.get("snapshot")
    result = {
        "changed": added["changed"],
        "mirror": name,
        "config": added["config"],
        "before": before,
        "snapshot": added.get("snapshot"),
    }
    diffs = []
    if module._diff and added["changed"]:
        diffs.append(
            {
                "before_header": f"mirror {name}",
                "after_header": f"mirror {name}",
                "before": shown.get("config", {}),
                "after": added["config"],
            }
        )
    if module.params["state"] == "updated":
        if module.check_mode:
            check_update(module, store, result, diffs)
        else:
            update(module, store, result, diffs)
    if module._diff:
        result["diff"] = diffs
    return result


def refuse_others(module, kind):
    """An option of another type would be ignored; whoever gave it expects something else."""
    for other, options in TYPES.items():
        if other != kind and (wrong := list(given(module.params, *options))):
            module.fail_json(
                msg=f"{', '.join(wrong)}: only for a mirror of the type {other}, and this is one of {kind}"
            )


def check_update(module, store, result, diffs):
    """Tells whether an update would bring something."""
    if result["changed"]:
        # What it would mirror then, nobody can ask for yet.
        result["snapshot"] = None
        return
    would = store.call("mirror update", {"name": result["mirror"], "dry_run": True})
    result.update(changed=would["changed"], snapshot=would["snapshot"])
    if "suites" in would:
        result["suites"] = would["suites"]
    if module._diff and would["changed"]:
        header = f"mirror {result['mirror']}"
        news = [f"{look['suite']} of {look.get('date', 'now')}" for look in would.get("suites", []) if look["news"]]
        after = {"snapshot": would["snapshot"] or "not known yet", **({"news": news} if news else {})}
        diffs.append(
            {
                "before_header": header,
                "after_header": header,
                "before": {"snapshot": would["before"]},
                "after": after,
            }
        )


def update(module, store, result, diffs):
    """Updates the mirror."""
    updated = store.mirror_update(result["mirror"])
    before, after = result["before"], updated["snapshot"]
    result["snapshot"] = after
    if after is None or after == before:
        return
    result["changed"] = True
    differences = store.snapshot_diff(before, after)["differences"] if before else packages(store, after)
    result["summary"] = summary(differences)
    if module._diff:
        diffs.append(package_diff(f"mirror {result['mirror']}", differences, before, after))


def packages(store, rev):
    """All packages of a snapshot, as what was added to nothing."""
    walk = store.snapshot(rev).packages(stanzas=False)
    return [
        {"name": item.name, "architecture": item.architecture, "change": "added", "after": item.version}
        for item in walk
    ]


if __name__ == "__main__":
    main(
        {
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "updated"], "default": "present"},
            "type": {"type": "str", "choices": ["apt", "folder", "system"], "default": "apt"},
            **APT,
            **FOLDER,
            **SYSTEM,
        },
        work,
        required_if=[("type", "apt", ["url", "suites", "signed_by"]), ("type", "folder", ["directory"])],
    )

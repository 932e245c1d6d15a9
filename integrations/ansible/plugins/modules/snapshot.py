#!/usr/bin/python
"""Keeps named snapshots."""

from __future__ import annotations

DOCUMENTATION = r"""
module: snapshot
short_description: Makes a named snapshot of others
description:
  - Merges, filters or pulls snapshots into a new one, and gives it a name.
  - A name is for good. Where it is there already and was made in the same way, nothing changes, even if the snapshots that
    it was made of have moved on since; RV(current) tells that. Where it was made in another way, the task fails.
options:
  name:
    description: The name.
    type: str
    required: true
  merge:
    description: Merge snapshots.
    type: dict
    suboptions:
      revs:
        description: The snapshots. By the rule V(precedence), the first that has a package wins.
        type: list
        elements: str
        required: true
      rule:
        description: Which versions to keep.
        type: str
        choices: [precedence, newest, all]
        default: precedence
  filter:
    description: Keep the packages that pass a query.
    type: dict
    suboptions:
      rev:
        description: The snapshot.
        type: str
        required: true
      query:
        description: The query.
        type: str
        required: true
  pull:
    description: Replace named packages of a snapshot by those of another, and nothing else.
    type: dict
    suboptions:
      into:
        description: The snapshot to begin with; it stays as it is.
        type: str
        required: true
      from:
        description: The snapshot that has the packages.
        type: str
        required: true
      queries:
        description: Which packages, as queries.
        type: list
        elements: str
        required: true
extends_documentation_fragment:
  - reposnap.reposnap.store
  - reposnap.reposnap.store.attributes
"""

EXAMPLES = r"""
- name: Put the house's own packages before Debian's
  reposnap.reposnap.snapshot:
    store: /srv/reposnap
    name: "candidate-{{ ansible_date_time.date }}"
    merge:
      revs: [inhouse, debian]

- name: Keep what web servers need
  reposnap.reposnap.snapshot:
    store: /srv/reposnap
    name: web-2026-11
    filter:
      rev: debian
      query: nginx* | $Source (openssl)

- name: Take over a security fix, and nothing else
  reposnap.reposnap.snapshot:
    store: /srv/reposnap
    name: stable-openssl-fix
    pull:
      into: stable
      from: debian
      queries: [$Source (openssl)]
"""

RETURN = r"""
name:
  description: The name.
  type: str
  returned: success
snapshot:
  description: The digest of the snapshot, or what it would be. A check does not know it where one of the REVs is not there yet.
  type: str
  returned: success
packages:
  description: How many packages it has, or would have. A check does not know it where one of the REVs is not there yet.
  type: int
  returned: success
current:
  description: Whether it was made of the snapshots that the REVs name now.
  type: bool
  returned: success
error:
  description: What failed, as the document C(Error) of the library. C(kind) is one of its words, such as C(not-found).
  type: dict
  returned: failure
"""

from ansible_collections.reposnap.reposnap.plugins.module_utils.common import found, main, reposnap


def recipe(module):
    """The operation, its request, the REVs that it begins with, and what the snapshot tells of how it was made."""
    if merge := module.params["merge"]:
        return "merge", merge, merge["revs"], {"by": "merge", "rule": merge["rule"]}
    if keep := module.params["filter"]:
        return "filter", keep, [keep["rev"]], {"by": "filter", "query": plain([keep["query"]])}
    pull = module.params["pull"]
    return "pull", pull, [pull["into"], pull["from"]], {"by": "pull", "query": plain(pull["queries"])}


def plain(queries):
    """Queries as the snapshot made by them tells them: one, in its plainest form."""
    forms = [reposnap.query_parse(query)["query"] for query in queries]
    return forms[0] if len(forms) == 1 else reposnap.query_parse(" | ".join(f"({form})" for form in forms))["query"]


def work(module, store):
    """Makes the snapshot where it isn't there."""
    name = module.params["name"]
    operation, request, revs, made = recipe(module)
    shown = found(lambda: store.snapshot_show(f"snapshot/{name}"))
    if shown:
        return there(module, store, shown, revs, made)
    result = {"changed": True, "name": name, "snapshot": None, "packages": None, "current": True}
    missing = []
    if module.check_mode:
        missing = [rev for rev in revs if found(lambda rev=rev: store.snapshot_resolve(rev)) is None]
    if missing:
        module.warn(f"not there yet, perhaps because this is a check: {', '.join(missing)}")
    else:
        request = {**request, "name": name, "dry_run": module.check_mode}
        result.update(store.call(f"snapshot {operation}", request))
    if module._diff:
        after = {"made": made, "of": revs, "packages": result["packages"], "snapshot": result["snapshot"]}
        result["diff"] = {"before": {}, "after": after, "after_header": f"snapshot {name}"}
    return result


def there(module, store, shown, revs, made):
    """The name is there: nothing is to be done, or nothing can be."""
    name = module.params["name"]
    if {key: shown["made"].get(key) for key in made} != made:
        module.fail_json(
            msg=f"the snapshot {name} is there, made in another way ({shown['made']}), and a name is for good: "
            "take another name"
        )
    now = [found(lambda rev=rev: store.snapshot_resolve(rev)["snapshot"]) for rev in revs]
    return {
        "changed": False,
        "name": name,
        "snapshot": shown["snapshot"],
        "packages": shown["packages"],
        "current": now == shown["parents"],
    }


if __name__ == "__main__":
    main(
        {
            "name": {"type": "str", "required": True},
            "merge": {
                "type": "dict",
                "options": {
                    "revs": {"type": "list", "elements": "str", "required": True},
                    "rule": {"type": "str", "choices": ["precedence", "newest", "all"], "default": "precedence"},
                },
            },
            "filter": {
                "type": "dict",
                "options": {"rev": {"type": "str", "required": True}, "query": {"type": "str", "required": True}},
            },
            "pull": {
                "type": "dict",
                "options": {
                    "into": {"type": "str", "required": True},
                    "from": {"type": "str", "required": True},
                    "queries": {"type": "list", "elements": "str", "required": True},
                },
            },
        },
        work,
        mutually_exclusive=[("merge", "filter", "pull")],
        required_one_of=[("merge", "filter", "pull")],
    )

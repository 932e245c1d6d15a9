#!/usr/bin/python
"""Publishes snapshots."""

from __future__ import annotations

DOCUMENTATION = r"""
module: publication
short_description: Publishes snapshots as a signed tree that apt reads
description:
  - Writes a tree that any web server can serve. Where it has all of this already, nothing is written; a Release that is
    about to become invalid is signed again.
options:
  to:
    description: The directory that a web server serves, or the URL of a bucket, such as C(s3://BUCKET/PREFIX).
    type: path
    required: true
    aliases: [path]
  suite:
    description: The suite, such as V(stable). Needed unless O(verbatim) is given.
    type: str
  key:
    description: The signing key, as a file or as C(gpg:FINGERPRINT) for a key of gpg-agent. Needed unless O(verbatim) is given.
    type: str
  revs:
    description: The snapshots; each package stays in its component.
    type: list
    elements: str
  components:
    description: Snapshots by component; all packages of one go into that component.
    type: dict
  verbatim:
    description: The snapshot of a mirror, to publish with the upstream's own indexes and signature, byte for byte.
    type: str
  password_file:
    description: The file with the password of the key file.
    type: path
  codename:
    description: The Codename.
    type: str
  origin:
    description: The Origin.
    type: str
  label:
    description: The Label.
    type: str
  description:
    description: The Description.
    type: str
  suite_version:
    description: The Version of the suite.
    type: str
  valid_for:
    description: For how many days the Release is valid.
    type: int
  not_automatic:
    description: Have apt install from it only when asked to.
    type: bool
  but_automatic_upgrades:
    description: With O(not_automatic), have apt upgrade what was installed from it.
    type: bool
  sign_field:
    description: Name the key in the Release, for apt to hold on to.
    type: bool
  architectures:
    description: Architectures to name beside those that the snapshots have.
    type: list
    elements: str
  compress:
    description: The compressions of indexes.
    type: list
    elements: str
    choices: [gz, xz, zst]
  allow_missing:
    description: Publish though packages are missing in the store.
    type: bool
  resign:
    description: Sign again though nothing changed. With this, every run changes the tree.
    type: bool
  invalidate:
    description: A program that tells a cache which paths have other content now, by its standard input. Not run in a check.
    type: path
  prune:
    description: Afterwards, remove the packages of the directory that neither the last nor the last but one publication names.
    type: bool
    default: false
extends_documentation_fragment:
  - reposnap.reposnap.store
  - reposnap.reposnap.store.attributes
attributes:
  check_mode:
    support: partial
    details:
      - What O(prune) would remove, a check tells where the publication itself would not change.
  diff_mode:
    support: partial
    details:
      - Shows the Release of the suite before and after; nothing in a check, or with O(verbatim).
"""

EXAMPLES = r"""
- name: Publish stable
  reposnap.reposnap.publication:
    store: /srv/reposnap
    to: /srv/www
    suite: stable
    revs: [stable]
    key: /etc/reposnap/archive.key

- name: Publish Debian and the house's own packages as components of one suite
  reposnap.reposnap.publication:
    store: /srv/reposnap
    to: /srv/www
    suite: all
    components:
      main: debian
      inhouse: inhouse
    key: /etc/reposnap/archive.key
    valid_for: 14
"""

RETURN = r"""
publications:
  description:
    - What was published, or would be, one document C(Publication) of the library for each suite. In a check, the outcome
      alone is known, and the counts are 0.
  type: list
  elements: dict
  returned: but for a check that can't tell
  sample: [{suite: stable, outcome: published, packages: 3, added: 3, certificate: /srv/www/stable.asc}]
pruned:
  description: What was removed, or would be, as the document C(prune) of the library.
  type: dict
  returned: when O(prune) is true; in a check, where the publication would not change
  sample: {kept: 12, removed: 1, bytes: 40960}
error:
  description: What failed, as the document C(Error) of the library. C(kind) is one of its words, such as C(not-found).
  type: dict
  returned: failure
"""

import os

from ansible_collections.reposnap.reposnap.plugins.module_utils.common import found, given, main, reposnap

SIGNED = {
    "suite": {"type": "str"},
    "key": {"type": "str", "no_log": False},
    "revs": {"type": "list", "elements": "str"},
    "components": {"type": "dict"},
    "password_file": {"type": "path", "no_log": False},
    "codename": {"type": "str"},
    "origin": {"type": "str"},
    "label": {"type": "str"},
    "description": {"type": "str"},
    "suite_version": {"type": "str"},
    "valid_for": {"type": "int"},
    "not_automatic": {"type": "bool"},
    "but_automatic_upgrades": {"type": "bool"},
    "sign_field": {"type": "bool"},
    "architectures": {"type": "list", "elements": "str"},
    "compress": {"type": "list", "elements": "str", "choices": ["gz", "xz", "zst"]},
    "resign": {"type": "bool"},
}


def work(module, store):
    """Publishes, or tells what can be told without."""
    verbatim = module.params["verbatim"]
    if verbatim is not None and (wrong := list(given(module.params, *SIGNED))):
        module.fail_json(msg=f"{', '.join(wrong)}: not for a verbatim publication, which is the upstream's own")
    if module.check_mode:
        return check(module, store)
    to = module.params["to"]
    before = release(module)
    if verbatim is not None:
        request = {"rev": verbatim, "to": to, **given(module.params, "allow_missing", "invalidate")}
        publications = store.call("publish verbatim", request)
    else:
        publications = [store.call("publish", signed(module.params))]
    result = {
        "changed": any(publication["outcome"] != "unchanged" for publication in publications),
        "publications": publications,
    }
    if module.params["prune"]:
        result["pruned"] = reposnap.publish_prune(to)
        result["changed"] = result["changed"] or result["pruned"]["removed"] > 0
    if module._diff and verbatim is None:
        result["diff"] = {"before": before, "after": release(module), "before_header": header(module)}
        result["diff"]["after_header"] = result["diff"]["before_header"]
    return result


def check(module, store):
    """Whether the publication would change, as far as that can be told."""
    parameters = module.params
    revs = [*(parameters["revs"] or []), *(parameters["components"] or {}).values(), parameters["verbatim"]]
    missing = [rev for rev in revs if rev and found(lambda rev=rev: store.snapshot_resolve(rev)) is None]
    if missing:
        module.warn(f"not there yet, perhaps because this is a check: {', '.join(missing)}")
        return {"changed": True}
    if parameters["verbatim"] is None:
        publications = [store.call("publish", {**signed(parameters), "dry_run": True})]
    else:
        request = {"rev": parameters["verbatim"], "to": parameters["to"], "dry_run": True}
        publications = store.call("publish verbatim", request)
    changed = any(publication["outcome"] != "unchanged" for publication in publications)
    result = {"changed": changed, "publications": publications}
    # After another publication, other packages are needed.
    if parameters["prune"] and not changed:
        result["pruned"] = reposnap.publish_prune(parameters["to"], dry_run=True)
        result["changed"] = result["pruned"]["removed"] > 0
    return result


def signed(parameters):
    """The request for a publication with indexes and a signature of our own."""
    return given(parameters, "to", "allow_missing", "invalidate", *SIGNED)


def header(module):
    """The name of the Release file."""
    return os.path.join(module.params["to"], "dists", module.params["suite"] or "", "Release")


def release(module):
    """The text of the Release that is in place; nothing where there is none."""
    try:
        with open(header(module), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


if __name__ == "__main__":
    main(
        {
            "to": {"type": "path", "required": True, "aliases": ["path"]},
            **SIGNED,
            "allow_missing": {"type": "bool"},
            "invalidate": {"type": "path"},
            "verbatim": {"type": "str"},
            "prune": {"type": "bool", "default": False},
        },
        work,
        required_one_of=[("revs", "components", "verbatim"), ("suite", "verbatim"), ("key", "verbatim")],
    )

"""Finds versions in a snapshot."""

from __future__ import annotations

DOCUMENTATION = r"""
name: resolved
short_description: The versions of packages in an environment
description:
  - For each package, gives the newest version that a snapshot of a store has for an architecture, by dpkg's order. With
    O(solver), gives the versions that apt would install of all of them at once, and fails where it could not. The store is
    read on the controller.
author:
  - The reposnap developers (@reposnap)
requirements:
  - The Python package C(reposnap), on the controller.
options:
  _terms:
    description: The names of the packages.
    required: true
  store:
    description: The directory of the store.
    type: path
    required: true
    vars:
      - name: reposnap_store
  rev:
    description: The environment, mirror or named snapshot, with C(~2) or C(@2026-11-01) behind it for an earlier state.
    type: str
    required: true
    vars:
      - name: reposnap_rev
  architecture:
    description: The architecture that is to install them; packages for C(all) count too.
    type: str
    default: amd64
    vars:
      - name: reposnap_architecture
  solver:
    description: How the packages are chosen together. Without it, each is the newest by itself.
    type: str
    choices: [apt-classic, apt-3, closure]
    vars:
      - name: reposnap_solver
  recommends:
    description: Whether what is recommended comes along, with O(solver).
    type: bool
    default: true
  also:
    description: Further snapshots whose packages may be taken, as by further lines of sources.list, with O(solver).
    type: list
    elements: str
    default: []
  pins:
    description: Files of preferences (apt_preferences(5)) on the controller, with O(solver).
    type: list
    elements: path
    default: []
  missing:
    description:
      - What a package that the snapshot lacks is worth. V(error) fails, V(empty) gives empty text. With O(solver) it always
        fails.
    type: str
    choices: [error, empty]
    default: error
"""

EXAMPLES = r"""
- name: Install the nginx that stable has
  ansible.builtin.apt:
    name: "nginx={{ lookup('reposnap.reposnap.resolved', 'nginx', store='/srv/reposnap', rev='stable') }}"

- name: Two versions at once
  ansible.builtin.debug:
    msg: "{{ query('reposnap.reposnap.resolved', 'nginx', 'libssl3', store='/srv/reposnap', rev='stable@2026-11-01') }}"

- name: The version of nginx that apt would install beside in-house packages, by the pins of the machines
  ansible.builtin.debug:
    msg: "{{ lookup('reposnap.reposnap.resolved', 'nginx', store='/srv/reposnap', rev='stable', also=['inhouse'],
          solver='apt-classic', pins=['files/pins']) }}"
"""

RETURN = r"""
_raw:
  description: A version for each package, in the order of the names.
  type: list
  elements: str
"""

import re

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

try:
    import reposnap
except ImportError as error:
    reposnap = None
    IMPORT_ERROR = error

# Debian policy, 5.6.1. Anything else could be a pattern.
NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+")
ARCHITECTURE = re.compile(r"[a-z0-9-]+")


class LookupModule(LookupBase):
    """The lookup."""

    def run(self, terms, variables=None, **kwargs):
        """Gives a version for each name."""
        self.set_options(var_options=variables, direct=kwargs)
        if reposnap is None:
            raise AnsibleLookupError(f"the lookup resolved needs the Python package reposnap: {IMPORT_ERROR}")
        for name in terms:
            if not isinstance(name, str) or not NAME.fullmatch(name):
                raise AnsibleLookupError(f"{name!r} can't be the name of a package")
        rev, architecture = self.get_option("rev"), self.get_option("architecture")
        if not ARCHITECTURE.fullmatch(architecture):
            raise AnsibleLookupError(f"{architecture!r} can't be an architecture")
        if not terms:
            return []
        if self.get_option("solver"):
            return self._together(rev, architecture, terms)
        newest = self._newest(rev, " | ".join(f'"{name}" {{{architecture}}}' for name in terms))
        for name in terms:
            if name not in newest and self.get_option("missing") == "error":
                raise AnsibleLookupError(f"{rev} has no package {name} for {architecture}")
        return [newest.get(name, "") for name in terms]

    def _newest(self, rev, query):
        newest = {}
        try:
            with reposnap.Store.open(self.get_option("store"), read_only=True) as store:
                for package in store.snapshot(rev).packages(query, stanzas=False):
                    name, version = package.name, package.version
                    if name not in newest or reposnap.version_compare(version, newest[name]) > 0:
                        newest[name] = version
        except reposnap.Error as error:
            raise AnsibleLookupError(str(error)) from error
        return newest

    def _together(self, rev, architecture, terms):
        asked = {
            "architecture": architecture,
            "solver": self.get_option("solver"),
            "no_recommends": not self.get_option("recommends"),
            "also": self.get_option("also"),
            "pins": self.get_option("pins"),
        }
        try:
            with reposnap.Store.open(self.get_option("store"), read_only=True) as store:
                found = store.resolve(rev, terms, **asked)["packages"]
        except reposnap.Error as error:
            raise AnsibleLookupError(str(error)) from error
        chosen = {package["name"]: package["version"] for package in found if not package["automatic"]}
        return [chosen[name] for name in terms]

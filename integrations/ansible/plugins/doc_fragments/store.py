"""What the modules have in common."""

from __future__ import annotations


class ModuleDocFragment:
    """The options that say which store, and how modules behave."""

    DOCUMENTATION = r"""
options:
  store:
    description: The directory of the store. Adding a mirror makes one where there is none.
    type: path
    required: true
  actor:
    description: Who acts, for the history; the name of the user by default.
    type: str
requirements:
  - The Python package C(reposnap), with Python 3.9 or later, on the machine that has the store.
author:
  - The reposnap developers (@reposnap)
"""

    ATTRIBUTES = r"""
attributes:
  check_mode:
    support: full
    description: Tells what would change, and changes nothing.
  diff_mode:
    support: full
    description: Shows what changes, or would.
"""

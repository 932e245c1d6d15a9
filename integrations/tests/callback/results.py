"""A callback of Ansible that writes what every task returned to a file, a JSON document on each line."""

from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: results
type: notification
short_description: Writes results to a file
description:
  - Writes to the file that the variable REPOSNAP_TEST_RESULTS names.
"""


class CallbackModule(CallbackBase):
    """The callback."""

    CALLBACK_VERSION = 2.0
    CALLBACK_NAME = "results"

    def _write(self, result, **more):
        with open(os.environ["REPOSNAP_TEST_RESULTS"], "a", encoding="utf-8") as file:
            file.write(json.dumps({**result._result, **more}) + "\n")

    def v2_runner_on_ok(self, result):
        """Writes what a task returned."""
        self._write(result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        """Writes how a task failed."""
        self._write(result, failed=True)

"""The command `reposnap`: `python -m reposnap` is the same."""

from __future__ import annotations

import signal
import sys


def main() -> int:
    """Runs the command with the arguments of this process, and gives its exit code."""
    from ._native import run_command

    # The command ends by a signal as any program does; Python would only take notice of it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return run_command(["reposnap", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())

"""Types of arguments, for type checkers alone."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Union

StrPath = Union[str, "os.PathLike[str]"]
"""Text, or a path."""
Time = Union[str, datetime]
"""A time: RFC 3339, or a `datetime` with a time zone."""

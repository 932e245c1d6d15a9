"""Immutable, verified snapshots of APT repositories, and the environments built from them.

A `Store` keeps snapshots. Its methods are the operations of reposnap, by the names that the command and every other
language have; `Mirror`, `Snapshot` and `Environment` are handy views of it. Functions of this module need no store.

```python
from reposnap import Store

with Store.create("store") as store:
    store.mirror_add_folder("inhouse", "packages")
    store.mirror_update("inhouse")
    store.env_create("stable", "inhouse")
    print([package.name for package in store.snapshot("stable").packages()])
```

Calls let other threads run while they work, and end on Ctrl-C. `reposnap.aio` has the same as coroutines. What fails
raises an `Error`, one of its subclasses by the kind of failure.
"""

from ._call import call
from ._native import VERSION as __version__
from ._native import Package, Query, Version, version_compare
from ._store import Environment, Mirror, Snapshot, Store
from .errors import (
    AlreadyExistsError,
    CancelledError,
    ConflictError,
    Error,
    FormatError,
    InternalError,
    LimitError,
    MalformedError,
    NetworkError,
    NetworkTimeoutError,
    NotFoundError,
    ReadOnlyError,
    StorageError,
    UnsatisfiableError,
    UnsupportedError,
    UsageError,
    VerificationError,
)
from .keys import Keyring, Policy
from .operations import (
    deb_show,
    key_generate,
    key_sign,
    keyring_show,
    publish_prune,
    query_parse,
    relation_parse,
    sources_parse,
    stanza_parse,
    verify_message,
    verify_release,
)
from .progress import Event

__all__ = [
    "AlreadyExistsError",
    "CancelledError",
    "ConflictError",
    "Environment",
    "Error",
    "Event",
    "FormatError",
    "InternalError",
    "Keyring",
    "LimitError",
    "MalformedError",
    "Mirror",
    "NetworkError",
    "NetworkTimeoutError",
    "NotFoundError",
    "Package",
    "Policy",
    "Query",
    "ReadOnlyError",
    "Snapshot",
    "StorageError",
    "Store",
    "UnsatisfiableError",
    "UnsupportedError",
    "UsageError",
    "VerificationError",
    "Version",
    "__version__",
    "call",
    "deb_show",
    "key_generate",
    "key_sign",
    "keyring_show",
    "publish_prune",
    "query_parse",
    "relation_parse",
    "sources_parse",
    "stanza_parse",
    "verify_message",
    "verify_release",
    "version_compare",
]

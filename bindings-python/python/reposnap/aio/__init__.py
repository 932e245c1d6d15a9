"""The same as `reposnap`, as coroutines: nothing here blocks the event loop.

```python
import asyncio
from reposnap.aio import Store

async def main():
    async with await Store.open("store") as store:
        print(await store.env_list())
        async for package in (await store.snapshot("stable")).packages():
            print(package.name)

asyncio.run(main())
```

Cancelling a coroutine cancels its work.
"""

from ._run import call
from ._store import Environment, Mirror, Snapshot, Store
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

__all__ = [
    "Environment",
    "Keyring",
    "Mirror",
    "Policy",
    "Snapshot",
    "Store",
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
]

"""
Mirrors of APT repositories, verified snapshots, environments and signed publications.

:depends: the Python package ``reposnap``

Every function takes ``store``, the directory of the store; without, it is what the configuration or the pillar says:

.. code-block:: yaml

    reposnap:
      store: /srv/reposnap

The others are the parameters of reposnap's operations, and what comes back is their document.
"""

from __future__ import annotations

try:
    import reposnap

    MISSING = None
except ImportError as error:
    MISSING = str(error)

try:
    from salt.exceptions import CommandExecutionError, SaltInvocationError
except ImportError:  # Read by a tool that makes documentation.
    CommandExecutionError = SaltInvocationError = RuntimeError

__virtualname__ = "reposnap"


def __virtual__():
    if MISSING is not None:
        return False, f"the Python package reposnap can't be imported: {MISSING}"
    return __virtualname__


def call(operation, store=None, **request):
    """
    Runs any operation of the library, by its name.

    operation
        Its name, such as ``env show``.

    store
        The directory of the store.

    request
        Its parameters.

    CLI Example:

    .. code-block:: bash

        salt '*' reposnap.call 'search' rev=stable query='nginx (>= 1.22)'
    """
    request = {name: value for name, value in request.items() if not name.startswith("__") and value is not None}
    try:
        # A handle for each call: nothing of the parent is used in a process that was forked.
        with reposnap.Store.at(_directory(store), actor=__salt__["config.get"]("reposnap:actor")) as opened:
            return opened.call(operation, request)
    except reposnap.Error as error:
        raise CommandExecutionError(str(error), info=error.document()) from error
    except (TypeError, ValueError) as error:
        raise SaltInvocationError(f"reposnap: {error}") from error


def _directory(store):
    store = store or __salt__["config.get"]("reposnap:store")
    if not store:
        raise SaltInvocationError("reposnap: name a store, or set reposnap:store in the configuration or the pillar")
    return store


def mirror_list(store=None):
    """
    Lists the mirrors.

    CLI Example:

    .. code-block:: bash

        salt '*' reposnap.mirror_list
    """
    return call("mirror list", store)


def mirror_show(name, store=None):
    """
    Shows what a mirror mirrors, and its newest snapshot.

    CLI Example:

    .. code-block:: bash

        salt '*' reposnap.mirror_show debian
    """
    return call("mirror show", store, name=name)


def mirror_update(name, dry_run=False, store=None):
    """
    Updates a mirror; what that brings is a new snapshot. With ``dry_run=True``, says whether there is something new.

    CLI Example:

    .. code-block:: bash

        salt '*' reposnap.mirror_update debian
    """
    return call("mirror update", store, name=name, dry_run=dry_run)


def snapshot_list(store=None):
    """
    Lists the snapshots, and what leads to each.

    CLI Example:

    .. code-block:: bash

        salt '*' reposnap.snapshot_list
    """
    return call("snapshot list", store)


def snapshot_show(rev, packages=False, store=None):
    """
    Shows what a snapshot is, with ``packages=True`` its packages too.

    CLI Example:

    .. code-block:: bash

        salt '*' reposnap.snapshot_show stable~1
    """
    return call("snapshot show", store, rev=rev, packages=packages)


def snapshot_diff(before, after, store=None):
    """
    Tells what differs between two snapshots.

    CLI Example:

    .. code-block:: bash

        salt '*' reposnap.snapshot_diff stable nightly
    """
    return call("snapshot diff", store, before=before, after=after)


def env_list(store=None):
    """
    Lists the environments, each with its newest entry.

    CLI Example:

    .. code-block:: bash

        salt '*' reposnap.env_list
    """
    return call("env list", store)


def env_log(name, limit=None, store=None):
    """
    Shows the history of an environment, newest first; the last 50 entries by default.

    CLI Example:

    .. code-block:: bash

        salt '*' reposnap.env_log stable limit=5
    """
    return call("env log", store, name=name, limit=limit)


def env_promote(
    name,
    rev,
    packages=None,
    with_deps=False,
    create=False,
    dry_run=False,
    message=None,
    store=None,
    evidence=None,
    override_reason=None,
    key=None,
    password_file=None,
):
    """
    Moves an environment to a snapshot, or takes over the packages that pass one of the queries ``packages``; with
    ``with_deps=True``, along with what these need. ``evidence`` is what a policy asks for; ``key`` signs the entry.

    CLI Example:

    .. code-block:: bash

        salt '*' reposnap.env_promote stable testing dry_run=True
    """
    return call(
        "env promote",
        store,
        name=name,
        rev=rev,
        packages=packages,
        with_deps=with_deps,
        create=create,
        dry_run=dry_run,
        message=message,
        evidence=evidence,
        override_reason=override_reason,
        key=key,
        password_file=password_file,
    )


def env_rollback(name, to=None, dry_run=False, message=None, store=None):
    """
    Moves an environment back, by default to the state before; called again, to the one before that.

    CLI Example:

    .. code-block:: bash

        salt '*' reposnap.env_rollback stable message='nginx does not start'
    """
    return call("env rollback", store, name=name, to=to, dry_run=dry_run, message=message)


def search(rev, query, store=None):
    """
    Finds the packages of a snapshot that pass a query.

    CLI Example:

    .. code-block:: bash

        salt '*' reposnap.search stable 'nginx*'
    """
    return call("search", store, rev=rev, query=query)


def resolved(name, rev, architecture=None, store=None, solver=None, also=None, pins=None):
    """
    The newest version of a package that a snapshot has for an architecture, the minion's own by default; empty text where
    it has none. With a ``solver``, ``apt-classic``, ``apt-3`` or ``closure``, the version that apt would install, by the
    snapshots ``also`` and the files of preferences ``pins`` as well; an error where it could not.

    CLI Example:

    .. code-block:: bash

        salt '*' reposnap.resolved nginx stable
        salt '*' reposnap.resolved nginx stable solver=apt-classic pins='[/etc/apt/preferences.d/nginx]'
    """
    architecture = architecture or __grains__["osarch"]
    if solver:
        asked = {"solver": solver, "also": also, "pins": pins, "architecture": architecture}
        packages = call("resolve", store, rev=rev, names=[name], **asked)["packages"]
        (chosen,) = (package for package in packages if not package["automatic"])
        return chosen["version"]
    # In quotes it is a name, whatever it is; a quote in it ends nothing.
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    found = call("search", store, rev=rev, query=f'Name (= "{quoted}"), $Architecture ({architecture})')
    newest = ""
    for package in found:
        if not newest or reposnap.version_compare(package["version"], newest) > 0:
            newest = package["version"]
    return newest


def system_compare(rev, root=None, store=None):
    """
    Tells how the packages that are installed on the minion stand to a snapshot.

    CLI Example:

    .. code-block:: bash

        salt '*' reposnap.system_compare stable
    """
    return call("system compare", store, rev=rev, root=root)


def publish(to, suite, key, revs=None, components=None, store=None, **settings):
    """
    Publishes snapshots as a signed tree that apt reads. ``settings`` are the other parameters of the operation.

    CLI Example:

    .. code-block:: bash

        salt '*' reposnap.publish /srv/www stable /etc/reposnap/archive.key revs='[stable]'
    """
    return call("publish", store, to=to, suite=suite, key=key, revs=revs, components=components, **settings)


def publish_prune(directory, dry_run=False):
    """
    Removes the packages of a published directory that neither the last nor the last but one publication names. With
    ``dry_run=True``, says which those are.

    CLI Example:

    .. code-block:: bash

        salt '*' reposnap.publish_prune /srv/www
    """
    try:
        return reposnap.publish_prune(directory, dry_run=dry_run)
    except reposnap.Error as error:
        raise CommandExecutionError(str(error), info=error.document()) from error


def query_parse(query):
    """
    Reads a query and tells it in its plainest form.

    CLI Example:

    .. code-block:: bash

        salt '*' reposnap.query_parse 'nginx|postfix'
    """
    try:
        return reposnap.query_parse(query)
    except reposnap.Error as error:
        raise CommandExecutionError(str(error), info=error.document()) from error

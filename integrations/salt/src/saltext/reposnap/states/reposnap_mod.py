"""
Keeps mirrors of APT repositories, snapshots, environments and signed publications.

:depends: the Python package ``reposnap``

.. code-block:: yaml

    debian:
      reposnap.mirror_updated:
        - url: https://deb.example.org/debian
        - suites: [bookworm]
        - signed_by: [/usr/share/keyrings/debian-archive-keyring.gpg]

    nightly:
      reposnap.environment_present:
        - rev: debian

Every state takes ``store``, the directory of the store; without, it is ``reposnap:store`` of the configuration or the
pillar.
"""

from __future__ import annotations

try:
    from salt.exceptions import CommandExecutionError, SaltInvocationError
except ImportError:  # Read by a tool that makes documentation.
    CommandExecutionError = SaltInvocationError = RuntimeError

__virtualname__ = "reposnap"

ADD = {"apt": "mirror add", "folder": "mirror add-folder", "system": "mirror add-system"}


def __virtual__():
    if "reposnap.call" not in __salt__:
        return False, "the execution module reposnap can't be loaded"
    return __virtualname__


def mirror_present(name, type="apt", store=None, **settings):
    """
    A mirror is there with these settings.

    name
        The name of the mirror.

    type
        ``apt``, ``folder`` or ``system``.

    settings
        What the operation takes: for ``apt``, ``url``, ``suites`` and ``signed_by`` at least; for ``folder``,
        ``directory``; for ``system``, perhaps ``root``.
    """
    return _state(name, lambda: _mirror(name, type, store, settings, update=False))


def mirror_updated(name, type="apt", store=None, **settings):
    """
    A mirror is there with these settings, and has the news of its upstream. The parameters are those of
    ``mirror_present``.

    With ``test=True``, the upstream is asked for its Release files, or the folder or the lists are read, to tell whether
    there is something new; which packages, only an update tells.
    """
    return _state(name, lambda: _mirror(name, type, store, settings, update=True))


def snapshot_present(name, merge=None, filter=None, pull=None, store=None):
    """
    A named snapshot is there, made in the way that one of these tells. A name is for good: a snapshot stays what it is when
    those that it was made of move on; where it was made in another way, the state fails.

    name
        The name.

    merge
        ``revs``, and perhaps ``rule``: ``precedence``, ``newest`` or ``all``.

    filter
        ``rev`` and ``query``.

    pull
        ``into``, ``from`` and ``queries``.
    """
    given = {"merge": merge, "filter": filter, "pull": pull}
    recipes = {operation: request for operation, request in given.items() if request is not None}
    return _state(name, lambda: _snapshot(name, recipes, store))


def environment_present(name, rev, packages=None, with_deps=False, message=None, store=None, evidence=None, key=None):
    """
    An environment is at a snapshot, or has some packages of it. It begins where there is none.

    name
        The name of the environment.

    rev
        The snapshot, as an environment, a mirror or a named snapshot, or as digits of a digest.

    packages
        Take over only the packages that pass one of these queries.

    with_deps
        Take along what these packages need, and what has to move with them.

    message
        Why, for the history.

    evidence
        What speaks for it, where the environment has a policy: ``tests=FILE``, ``approval=FILE`` and the like.

    key
        The key that signs the entry: a file, or ``gpg:FINGERPRINT``.
    """
    gate = {"evidence": evidence, "key": key}
    return _state(name, lambda: _promote(name, rev, packages, with_deps, message, store, gate))


def environment_rolled_back(name, to=None, message=None, store=None):
    """
    An environment is what it was.

    name
        The name of the environment.

    to
        Where to: a time, as ``stable@2026-11-01``, a digest or a snapshot. Without, the state before; an environment that
        was rolled back and has not moved since stays where it is. Steps back, as ``stable~1``, are refused, because a
        second run would go further back.

    message
        Why, for the history.
    """
    return _state(name, lambda: _roll_back(name, to, message, store))


def published(name, suite, key, revs=None, components=None, store=None, prune=False, **settings):
    """
    Snapshots are published as a signed tree that apt reads.

    name
        The directory that a web server serves, or the URL of a bucket.

    suite
        The suite, such as ``stable``.

    key
        The signing key, as a file or as ``gpg:FINGERPRINT`` for a key of gpg-agent.

    revs
        The snapshots; each package stays in its component.

    components
        Snapshots by component: all packages of one go into that component.

    prune
        Afterwards, remove the packages that neither the last nor the last but one publication names.

    settings
        The other parameters of the operation.

    What ``prune`` would remove, ``test=True`` tells where nothing would be published.
    """
    request = {"to": name, "suite": suite, "key": key, "revs": revs, "components": components, **settings}
    return _state(name, lambda: _publish(request, prune, store))


def _state(name, work):
    """Runs `work`, which gives changes and a comment; an error is the comment of a state that failed."""
    try:
        changes, comment = work()
    except (CommandExecutionError, SaltInvocationError) as error:
        # The text alone: `str` adds the fields that it was made of.
        return {"name": name, "result": False, "changes": {}, "comment": _text(error)}
    result = None if changes and __opts__["test"] else True
    return {"name": name, "result": result, "changes": changes, "comment": comment}


def _call(operation, store, **request):
    return __salt__["reposnap.call"](operation, store, **request)


def _found(operation, store, **request):
    """What an operation gives; None where the thing, or the store, does not exist."""
    try:
        return _call(operation, store, **request)
    except CommandExecutionError as error:
        if _kind(error) == "not-found":
            return None
        raise


def _text(error):
    return getattr(error, "error", None) or str(error)


def _kind(error):
    return (error.info or {}).get("kind") if isinstance(error.info, dict) else None


def _mirror(name, type, store, settings, update):
    if type not in ADD:
        raise SaltInvocationError(f"type: a mirror is apt, folder or system, not {type}")
    test = __opts__["test"]
    settings = {key: value for key, value in settings.items() if not key.startswith("__")}
    shown = _found("mirror show", store, name=name) or {}
    added = _call(ADD[type], store, name=name, replace=True, dry_run=test, **settings)
    before = shown.get("snapshot")
    changes = {}
    if added["changed"]:
        changes["config"] = {"old": shown.get("config"), "new": added["config"]}
    if update and test:
        # With other settings, what it would mirror, nobody can ask for yet.
        would = {"changed": True} if changes else _call("mirror update", store, name=name, dry_run=True)
        if would["changed"]:
            changes["snapshot"] = {"old": before, "new": would.get("snapshot") or "not known before an update"}
            news = [f"{look['suite']} of {look.get('date', 'now')}" for look in would.get("suites", []) if look["news"]]
            if news:
                changes["news"] = news
    elif update:
        after = _call("mirror update", store, name=name)["snapshot"]
        if after not in (None, before):
            changes["snapshot"] = {"old": before, "new": after}
            if before is not None:
                differences = _call("snapshot diff", store, before=before, after=after)["differences"]
                changes["packages"] = _packages(differences)
    return changes, _comment(changes, f"the mirror {name}")


def _snapshot(name, recipes, store):
    if len(recipes) != 1:
        raise SaltInvocationError("say how the snapshot is made: one of merge, filter and pull")
    ((operation, request),) = recipes.items()
    revs, made = _recipe(operation, request)
    shown = _found("snapshot show", store, rev=f"snapshot/{name}")
    if shown is not None:
        if {key: shown["made"].get(key) for key in made} != made:
            raise CommandExecutionError(
                f"the snapshot {name} is there, made in another way ({shown['made']}), and a name is for good: "
                "take another name"
            )
        resolved = [_found("snapshot resolve", store, rev=rev) for rev in revs]
        if [found and found["snapshot"] for found in resolved] != shown["parents"]:
            return {}, f"the snapshot {name} is there; what it was made of has moved on since"
        return {}, f"the snapshot {name} is there"
    test = __opts__["test"]
    missing = [rev for rev in revs if _found("snapshot resolve", store, rev=rev) is None] if test else []
    if missing:
        comment = (
            f"the snapshot {name} would be made; not there yet, perhaps because this is a test: {', '.join(missing)}"
        )
        return {"snapshot": {"old": None, "new": "not known before it is made"}}, comment
    derived = _call(f"snapshot {operation}", store, name=name, dry_run=test, **request)
    changes = {"snapshot": {"old": None, "new": derived["snapshot"]}}
    made = "would be made" if test else "was made"
    return changes, f"the snapshot {name} {made}, with {derived['packages']} packages"


def _recipe(operation, request):
    """The REVs that it begins with, and what the snapshot tells of how it was made."""
    try:
        if operation == "merge":
            return request["revs"], {"by": "merge", "rule": request.get("rule", "precedence")}
        if operation == "filter":
            return [request["rev"]], {"by": "filter", "query": _plain([request["query"]])}
        return [request["into"], request["from"]], {"by": "pull", "query": _plain(request["queries"])}
    except (KeyError, TypeError, AttributeError) as error:
        raise SaltInvocationError(f"{operation}: it lacks, or can't have, {error}") from error


def _plain(queries):
    forms = [__salt__["reposnap.query_parse"](query)["query"] for query in queries]
    if len(forms) == 1:
        return forms[0]
    return __salt__["reposnap.query_parse"](" | ".join(f"({form})" for form in forms))["query"]


def _promote(name, rev, packages, with_deps, message, store, gate):
    request = {
        **gate,
        "name": name,
        "rev": rev,
        "packages": packages,
        "with_deps": with_deps,
        "message": message,
        "create": True,
    }
    try:
        would = _call("env promote", store, **request, dry_run=True)
    except CommandExecutionError as error:
        if not __opts__["test"] or _kind(error) != "not-found":
            raise
        shown = _found("env show", store, name=name)
        changes = {"snapshot": {"old": shown and shown["snapshot"], "new": "not there yet"}}
        return changes, f"not there yet, perhaps because this is a test: {_text(error)}"
    # Taking over packages that are there already would make another snapshot of the same packages.
    begins = would["before"] is None
    same = would["before"] == would["after"] or (packages and not would["differences"])
    if same and not begins:
        return {}, f"the environment {name} is there"
    done = would if __opts__["test"] else _call("env promote", store, **request)
    changes = _moved(done["before"], done["after"], done["differences"])
    return changes, _comment(changes, f"the environment {name}")


def _roll_back(name, to, message, store):
    head = _call("env show", store, name=name)
    before = head["snapshot"]
    if to is None:
        # Rolling back again would go one state further back with each run.
        if head["change"]["kind"] == "rolled-back":
            return {}, f"the environment {name} was rolled back already"
    elif "~" in to:
        raise SaltInvocationError(f"to: {to} would go back further with each run: name a time, a digest or a snapshot")
    elif _call("snapshot resolve", store, rev=to)["snapshot"] == before:
        return {}, f"the environment {name} is there"
    request = {"name": name, "to": to, "message": message}
    after = _call("env rollback", store, **request, dry_run=True)["snapshot"]
    changes = _moved(before, after, _call("snapshot diff", store, before=before, after=after)["differences"])
    if not __opts__["test"]:
        _call("env rollback", store, **request)
    return changes, _comment(changes, f"the environment {name}")


def _publish(request, prune, store):
    suite, to = request["suite"], request["to"]
    request = {key: value for key, value in request.items() if not key.startswith("__")}
    test = __opts__["test"]
    if test:
        revs = [*(request["revs"] or []), *(request["components"] or {}).values()]
        missing = [rev for rev in revs if _found("snapshot resolve", store, rev=rev) is None]
        if missing:
            comment = f"not there yet, perhaps because this is a test: {', '.join(missing)}"
            return {suite: {"outcome": "published"}}, comment
    done = _call("publish", store, **request, dry_run=test)
    changes = {}
    if done["outcome"] != "unchanged":
        changes[suite] = {"outcome": done["outcome"]}
        if not test:
            made = [index["path"] for index in done["indexes"] if index["made"] == "now"]
            changes[suite].update(release=done["release"], indexes=made)
    # After another publication, other packages are needed; what a test can't know, it does not tell.
    if prune and not (test and changes):
        pruned = __salt__["reposnap.publish_prune"](to, dry_run=test)
        if pruned["removed"]:
            changes["pruned"] = {"removed": pruned["removed"], "bytes": pruned["bytes"]}
    return changes, _comment(changes, f"the suite {suite} in {to}")


def _moved(before, after, differences):
    changes = {"snapshot": {"old": before, "new": after}}
    if differences:
        changes["packages"] = _packages(differences)
    return changes


def _packages(differences):
    """Differences by package, as Salt's own states of packages tell them."""
    return {
        f"{item['name']}:{item['architecture']}": {"old": item.get("before", ""), "new": item.get("after", "")}
        for item in differences
    }


def _comment(changes, what):
    if not changes:
        return f"{what} is as it should be"
    return f"{what} would change" if __opts__["test"] else f"{what} changed"

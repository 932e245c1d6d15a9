"""What the real apt chooses: a line of names in, a line of JSON out.

    choose.py STATUS RECOMMENDS [OPTION=VALUE]...

STATUS is a status file of dpkg, RECOMMENDS is 1 or 0, and options are those of apt.conf. The lines `!upgrade` and
`!dist-upgrade` ask for what `apt-get` does by these names. A line of the answer is the list of `name=version` to install and
`-name` to remove, or null where apt gives up. It does what `apt-get install` does: marks all names, then what they need,
has the resolver repair the rest, and leaves out what nothing needs.
"""

import json
import sys

import apt_pkg


def upgrade(cache, depcache, full):
    depcache.init()
    try:
        if not depcache.upgrade(full) or depcache.broken_count:
            return None
    except apt_pkg.Error:
        return None
    return changes(cache, depcache)


def choose(cache, depcache, names):
    depcache.init()
    fixer = apt_pkg.ProblemResolver(depcache)
    packages = [cache[name] for name in names]
    with apt_pkg.ActionGroup(depcache):
        for package in packages:
            fixer.clear(package)
            fixer.protect(package)
            depcache.mark_install(package, False, True)
        for package in packages:
            depcache.mark_install(package, True, True)
        try:
            fixer.resolve(True)
        except apt_pkg.Error:
            return None
    if depcache.broken_count:
        return None
    return changes(cache, depcache)


def changes(cache, depcache):
    chosen = []
    for package in cache.packages:
        name = package.get_fullname(True)
        if depcache.marked_install(package) or depcache.marked_upgrade(package) or depcache.marked_downgrade(package):
            if package.current_ver is not None or not depcache.is_garbage(package):
                chosen.append(f"{name}={depcache.get_candidate_ver(package).ver_str}")
        elif depcache.marked_delete(package):
            chosen.append(f"-{name}")
    return sorted(chosen)


def main():
    status, recommends, *options = sys.argv[1:]
    apt_pkg.init_config()
    for option in options:
        key, value = option.split("=", 1)
        if key.endswith("::"):
            apt_pkg.config.clear(key[:-2])
            for item in value.split(","):
                apt_pkg.config.set(key, item)
        else:
            apt_pkg.config.set(key, value)
    apt_pkg.config.set("Dir::State::status", status)
    # Which packages came along with others: that of the machine says nothing about another status.
    apt_pkg.config.set("Dir::State::extended_states", "/dev/null")
    apt_pkg.config.set("APT::Install-Recommends", recommends)
    # Images for containers turn this off.
    apt_pkg.config.set("APT::AutoRemove::SuggestsImportant", "true")
    apt_pkg.init_system()
    cache = apt_pkg.Cache(None)
    depcache = apt_pkg.DepCache(cache)
    # The first line tells the order in which apt first saw the packages.
    seen = sorted((package for package in cache.packages if package.has_versions), key=lambda package: package.id)
    print(json.dumps([package.get_fullname(True) for package in seen]), flush=True)
    for line in sys.stdin:
        line = line.strip()
        if line.startswith("!"):
            answer = upgrade(cache, depcache, line == "!dist-upgrade")
        else:
            answer = choose(cache, depcache, line.split())
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()

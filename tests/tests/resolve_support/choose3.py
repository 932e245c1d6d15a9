"""What the solver of a real apt 3.1 or later chooses: a line of names in, a line of JSON out.

    choose3.py STATUS RECOMMENDS

STATUS is a status file of dpkg, RECOMMENDS is 1 or 0. The first line of the answer is apt's version; the others are lists of
`name=version` to install and `-name` to remove, or null where apt gives up.
"""

import json
import sys

import apt_pkg


def choose(cache, depcache, packages, names):
    depcache.init()
    fixer = apt_pkg.ProblemResolver(depcache)
    asked = [cache[name] for name in names]
    with apt_pkg.ActionGroup(depcache):
        for package in asked:
            fixer.clear(package)
            fixer.protect(package)
            depcache.mark_install(package, False, True)
        try:
            fixer.resolve(True)
        except apt_pkg.Error:
            return None
    if depcache.broken_count:
        return None
    chosen = []
    for package, name in packages:
        if depcache.marked_install(package) or depcache.marked_upgrade(package) or depcache.marked_downgrade(package):
            chosen.append(f"{name}={depcache.get_candidate_ver(package).ver_str}")
        elif depcache.marked_delete(package):
            chosen.append(f"-{name}")
    return sorted(chosen)


def main():
    status, recommends = sys.argv[1:]
    apt_pkg.init_config()
    for name, value in {
        "Dir::State::status": status,
        # The machine's own apt has its caches in another form.
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "Dir::Log::Solver": "",
        "Dir::Log::Planner": "",
        # Nothing came along by itself.
        "Dir::State::extended_states": "/dev/null",
        "APT::Install-Recommends": recommends,
        "APT::Solver": "3.0",
    }.items():
        apt_pkg.config.set(name, value)
    apt_pkg.init_system()
    cache = apt_pkg.Cache(None)
    depcache = apt_pkg.DepCache(cache)
    packages = [(package, package.get_fullname(True)) for package in cache.packages if package.has_versions]
    print(json.dumps(apt_pkg.VERSION), flush=True)
    for line in sys.stdin:
        print(json.dumps(choose(cache, depcache, packages, line.split())), flush=True)


if __name__ == "__main__":
    main()

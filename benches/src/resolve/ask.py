"""What the real apt takes for requests: FOLDER has an empty status, a cache that is there already, and names, of
which the first COUNT are asked for.

Prints lines of a row and its seconds. Getting ready for a request (a clean plan) is not in its time.
"""

import sys
import time

import apt_pkg

folder = sys.argv[1]
apt_pkg.init_config()
apt_pkg.config.set("Dir::Cache", folder + "/cache")
# Images for containers turn these off.
apt_pkg.config.set("Dir::Cache::pkgcache", "pkgcache.bin")
apt_pkg.config.set("Dir::Cache::srcpkgcache", "srcpkgcache.bin")
apt_pkg.config.set("Dir::State::status", folder + "/status")
apt_pkg.init_system()
begin = time.perf_counter()
cache = apt_pkg.Cache(None)
depcache = apt_pkg.DepCache(cache)
print("open", time.perf_counter() - begin)


def choose(name):
    depcache.init()
    package = cache[name]
    begin = time.perf_counter()
    fixer = apt_pkg.ProblemResolver(depcache)
    with apt_pkg.ActionGroup(depcache):
        fixer.protect(package)
        depcache.mark_install(package, True, True)
        try:
            fixer.resolve(True)
        except apt_pkg.Error:
            pass
    return time.perf_counter() - begin


times = sorted(choose(name) for name in open(folder + "/names").read().split()[: int(sys.argv[2])])
print("p50", times[len(times) // 2])
print("p99", times[len(times) * 99 // 100])


def dependents(version):
    """The versions that need one, by its name and by what it provides."""
    package = version.parent_pkg
    provided = [name for name, *_ in version.provides_list if name in cache]
    sources = [package.rev_depends_list] + [cache[name].rev_depends_list for name in provided]
    for dependencies in sources:
        for dependency in dependencies:
            if dependency.dep_type_untranslated in ("Depends", "PreDepends"):
                if any(target.id == version.id for target in dependency.all_targets()):
                    yield dependency.parent_ver


def walk(depth):
    start = depcache.get_candidate_ver(cache["libssl3"])
    seen, level = {start.id}, [start]
    while level and depth != 0:
        depth -= 1
        following = []
        for version in level:
            for other in dependents(version):
                if other.id not in seen:
                    seen.add(other.id)
                    following.append(other)
        level = following
    return len(seen) - 1


for row, depth in (("direct", 1), ("all", -1)):
    begin = time.perf_counter()
    count = walk(depth)
    print(row, time.perf_counter() - begin)
    print(row + "-count", count)

"""debsecan's data of a suite (first argument), written to a file (second), of the tracker's JSON on standard input."""
import apt_pkg, json, sys, zlib
apt_pkg.init_system()
suite, out = sys.argv[1:]
names, lines, sources = [], [], []
for package, faults in json.load(sys.stdin).items():
    sources.append(package + ",")
    for fault, said in faults.items():
        here, sid = said["releases"].get(suite), said["releases"].get("sid", {})
        if here is None or here["status"] == "undetermined" or here.get("fixed_version") == "0":
            continue
        unstable = sid.get("fixed_version", "")
        others = [] if here["status"] != "resolved" else [here["fixed_version"]]
        if here["status"] == "resolved":
            others += [v for v in here["repositories"].values() if apt_pkg.version_compare(v, others[0]) >= 0]
        names.append(fault + ",," + said.get("description", "").replace("\n", " "))
        flags = "S" + {"high": "H", "low": "L"}.get(here["urgency"].strip("*"), " ") + " " + ("F" if others else " ")
        lines.append(",".join([package, str(len(names) - 1), flags, unstable, " ".join(sorted(set(others)))]))
text = "VERSION 1\n" + "\n".join(names) + "\n\n" + "\n".join(lines) + "\n\n" + "\n".join(sources) + "\n"
open(out, "wb").write(zlib.compress(text.encode()))

//! Locks as text, and what is told of two of them.

use super::testing::{Numbers, index, lock, packages, try_lock, universe, with_base};
use super::*;
use crate::resolve::{Builder, DepKind, Origin};

const GIT: &str = "
    git 1:2.39.5-0+deb12u2 Depends=libc6 (>= 2.36), perl, zlib1g:any | zlib, libpcre2-8-0; Recommends=less
    git-man 1 Architecture=all
    perl 5.36 Depends=git-man | man; Source=perl-src (5.35)
    zlib1g 1 Multi-Arch=allowed; Pre-Depends=libc6
    less 590
    libc6 2.36-9 Multi-Arch=same; Source=glibc
    libc6 2.36-9 Architecture=i386; Multi-Arch=same; Source=glibc
    libpcre2-8-0 10.42~rc1-1 Depends=libc6 (>= 2.34)
    wine 8 Architecture=i386; Depends=libc6
";

#[test]
fn a_lock_as_text() {
    let universe = universe(GIT);
    let lock = try_lock(&universe, &["git", "wine:i386"], true).unwrap();
    let text = lock.to_string();
    let (head, rest) = text.split_once("\n\n").unwrap();
    let sha256 = |name: &str| Digest::of(name.as_bytes());
    let expected = "Format: reposnap-lock 1
Snapshot: DIGEST
Architecture: amd64
Foreign-Architectures:
 i386
\
        Solver: apt-classic
Recommends: yes
Requested:
 git
 wine:i386";
    assert_eq!(head, expected.replace("DIGEST", &sha256("old").to_string()));
    let expected = format!(
        "Package: git\nVersion: 1:2.39.5-0+deb12u2\nArchitecture: amd64\nSize: 3\nSHA256: {}\n\
         Filename: pool/git_2.39.5-0+deb12u2_amd64.deb\nFrom: bookworm/main\nAutomatic: no\n\n\
         Package: git-man\nVersion: 1\nArchitecture: all\nSize: 7\nSHA256: {}\n\
         Filename: pool/git-man_1_all.deb\nFrom: bookworm/main\nAutomatic: yes\nReason: Depends git-man | man of perl\n\n\
         Package: less\n",
        sha256("git 1:2.39.5-0+deb12u2 amd64"),
        sha256("git-man 1 all")
    );
    assert_eq!(&rest[..expected.len()], expected);
    let of = |name: &str, architecture: &str| {
        let package = lock.package(name, architecture).unwrap();
        (
            package.automatic,
            package.reason.as_ref().map(ToString::to_string),
            package.source.as_str(),
            package.source_version.as_str(),
        )
    };
    let reason = |text: &str| Some(text.to_owned());
    assert_eq!(of("less", "amd64"), (true, reason("Recommends less of git"), "less", "590"));
    assert_eq!(of("libc6", "amd64"), (true, reason("Depends libc6 (>= 2.36) of git"), "glibc", "2.36-9"));
    assert_eq!(of("libc6", "i386"), (true, reason("Depends libc6:i386 of wine:i386"), "glibc", "2.36-9"));
    assert_eq!(of("perl", "amd64"), (true, reason("Depends perl of git"), "perl-src", "5.35"));
    assert_eq!(of("zlib1g", "amd64"), (true, reason("Depends zlib1g:any | zlib of git"), "zlib1g", "1"));
    assert_eq!(of("wine", "i386"), (false, None, "wine", "8"));
    assert_eq!(lock.packages().len(), 9);
    assert!(text.contains("Source: glibc\n") && text.contains("Source: perl-src (5.35)\n"));
    assert_eq!(Lock::parse(&text).unwrap(), lock);
    assert!(lock.package("git", "i386").is_none() && lock.package("gi", "amd64").is_none());
}

#[test]
fn everything_that_a_head_may_have() {
    let text = "Format: reposnap-lock 1\nSnapshot: DIGEST\nArchitecture: amd64\nForeign-Architectures:\n i386\n arm64\n\
        Solver: apt-classic\nRecommends: no\nRequested:\n zsh\n git=1:2\nPins:\n Explanation: because\n Package: git\n \
        Pin: release a=x\n Pin-Priority: 990\n .\n Package: *\n Pin: version 1*\n Pin-Priority: -1\nDefault-Release: stable\n\
        Base: DIGEST\nRemove:\n a\n b:i386\n\nPackage: git\nVersion: 1:2\nArchitecture: amd64\nSize: 0\nSHA256: DIGEST\n\
        Filename: ./git.deb\nSource: g (1)\nFrom: a b/c\nSnapshot: DIGEST\nAutomatic: yes\nReason: Pre-Depends x | y of z:i386\n";
    let text = text.replace("DIGEST", &Digest::of(b"x").to_string());
    let lock = Lock::parse(&text).unwrap();
    assert_eq!(lock.to_string(), text);
    assert_eq!(lock.head().requested, ["zsh", "git=1:2"]);
    assert_eq!(lock.head().pins.lines().nth(4), Some(""));
    assert_eq!(lock.packages()[0].reason.as_ref().unwrap().field, DepKind::PreDepends);
    assert_eq!(lock.snapshots(), [Digest::of(b"x"); 2]);
    // Line ends of another system, another order of fields, stanzas and names that go away: the same lock.
    let (head, package) = text.split_once("\n\n").unwrap();
    let turned: String = package.lines().rev().map(|line| format!("{line}\r\n")).collect();
    let head = head.replace(" a\n b:i386", "  b:i386 \n\ta").replace('\n', "\r\n");
    let other = format!("\n{head}\r\n\r\n\r\n{turned}");
    assert_eq!(Lock::parse(&other).unwrap().to_string(), text);
}

/// A change to the small lock below, and what the parser says to it.
const FAULTS: [(&str, &str, &str); 34] = [
    (
        "reposnap-lock 1",
        "reposnap-lock 2",
        "line 1: Format: \"reposnap-lock 2\" is a format that this version can't read (it reads \"reposnap-lock 1\")",
    ),
    ("Format: reposnap-lock 1\n", "", "line 1: Format: the field is missing"),
    (
        "Snapshot: 2d7",
        "Snapshot: 2d",
        "line 2: Snapshot: \"2d11642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881\" is not a SHA-256 digest of 64 hexadecimal digits",
    ),
    ("Architecture: amd64\nSolver", "Solver", "line 1: Architecture: the field is missing"),
    (
        "Architecture: amd64\nSolver",
        "Architecture: any\nSolver",
        "line 3: Architecture: \"any\" is no architecture of a package",
    ),
    ("Solver: apt-classic\n", "", "line 1: Solver: the field is missing"),
    ("Solver: apt-classic\n", "Solver: a b\n", "line 4: Solver: \"a b\" is no word"),
    ("Recommends: no", "Recommends: No", "line 5: Recommends: \"No\" is neither yes nor no"),
    ("Recommends: no\n", "Recommends: no\nrecommends: no\n", "line 6: recommends: a stanza has this field twice"),
    ("Recommends: no\n", "Recommends: no\nSuggests: no\n", "line 6: Suggests: this version knows no such field"),
    (" b\n", " b\n c d\n", "line 6: Requested: \"c d\" is no word"),
    (" b\n", " a\n", "line 6: Requested: \"a\" is there twice"),
    (" b\n", " b\nPins:\n", "line 9: Pins: the field is empty"),
    (" b\n", " b\nPins:\n a\u{7}\n", "line 9: Pins: \"a\\u{7}\" is no line of pins"),
    (" b\n", " b\nDefault-Release: a b\n", "line 9: Default-Release: \"a b\" is no word"),
    (" b\n", " b\nBase: 1\n", "line 9: Base: \"1\" is not a SHA-256 digest of 64 hexadecimal digits"),
    (" b\n", " b\nRemove: a:any\n", "line 9: Remove: \"any\" is no architecture of a package"),
    ("Package: a\n", "", "line 10: Package: the field is missing"),
    ("Package: a\n", "Package: a b\n", "line 10: Package: \"a b\" is no package name"),
    ("Version: 1\n", "", "line 10: Version: the field is missing"),
    ("Version: 1\n", "Version: 1;x\n", "line 11: Version: \"1;x\" is no version"),
    ("amd64\nSize", "i386\nSize", "line 10: Architecture: it is of i386, which the head does not name"),
    ("Size: 7\n", "", "line 10: Size: the field is missing"),
    ("Size: 7\n", "Size: +7\n", "line 13: Size: \"+7\" is no number of bytes"),
    ("Size: 7\n", "Size: 18446744073709551616\n", "line 13: Size: \"18446744073709551616\" is no number of bytes"),
    (
        "SHA256: ",
        "SHA256: 0",
        "line 14: SHA256: \"02d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881\" is not a SHA-256 digest of 64 hexadecimal digits",
    ),
    ("Filename: a.deb\n", "", "line 10: Filename: the field is missing"),
    ("Filename: a.deb\n", "Filename: ../a.deb\n", "line 15: Filename: \"../a.deb\" is no path of a package"),
    ("Filename: a.deb\n", "Filename: a.deb\nSource: s (1\n", "line 16: Source: \"s (1\" is no package name"),
    ("Automatic: no\n", "", "line 10: Automatic: the field is missing"),
    (
        "Automatic: no\n",
        "Automatic: no\nReason: Breaks\n",
        "line 17: Reason: \"Breaks\" does not read like \"Depends a (>= 1) of b\"",
    ),
    ("Automatic: no\n", "Automatic: no\nReason: Depends a of b c\n", "line 17: Reason: \"b c\" is no package name"),
    (
        "Automatic: no\n",
        "Automatic: no\n\nPackage: a\nVersion: 2\nArchitecture: all\nSize: 1\nSHA256: 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881\nFilename: b\nAutomatic: no\n",
        "line 10: Package: the package is there twice",
    ),
    ("Automatic: no\n", "<<<<<<< ours\n", "line 16: \"<<<<<<< ours\" is no field: it has no colon"),
];

#[test]
fn refusals_say_where() {
    let sha256 = Digest::of(b"x");
    let text = format!(
        "Format: reposnap-lock 1\nSnapshot: {sha256}\nArchitecture: amd64\nSolver: apt-classic\nRecommends: no\nRequested:\n a\n b\n\n\
         Package: a\nVersion: 1\nArchitecture: amd64\nSize: 7\nSHA256: {sha256}\nFilename: a.deb\nAutomatic: no\n"
    );
    assert_eq!(Lock::parse(&text).unwrap().to_string(), text);
    for (what, with, expected) in FAULTS {
        assert!(text.contains(what), "{what}");
        let error = Lock::parse(&text.replacen(what, with, 1)).expect_err(with);
        let kind = if with.ends_with("lock 2") { Kind::Format } else { Kind::Malformed };
        assert_eq!((error.to_string().as_str(), error.kind()), (expected, kind), "{with}");
    }
    assert_eq!(Lock::parse("").unwrap_err().to_string(), "the lock is empty");
    let many = "a\n ".repeat(check::MAX_NAMES + 1);
    let error = Lock::parse(&text.replace(" a\n b\n", &format!(" {many}\n"))).unwrap_err();
    assert_eq!((error.kind(), error.at_field()), (Kind::Limit, Some("Requested")));
}

#[test]
fn what_no_lock_can_have_does_not_get_in() {
    let mut head = Head::new(Digest::of(b""), ["a"]);
    let package = |name: &str| Locked::new(name, "1", "amd64", 1, Digest::of(b""), "a.deb");
    assert_eq!(Lock::new(head.clone(), vec![]).unwrap_err().at_field(), Some("Architecture"));
    head.architecture = "amd64".into();
    let error = Lock::new(head.clone(), vec![package("a"), package("a")]).unwrap_err();
    assert_eq!(error.to_string(), "a: Package: the package is there twice");
    let error = Lock::new(head.clone(), vec![Locked { from: Some("a\nb".into()), ..package("a") }]).unwrap_err();
    assert_eq!(error.to_string(), "a: From: \"a\\nb\" is no line of text");
    head.pins = "A: 1\n.\nB: 2".into();
    assert_eq!(Lock::new(head, vec![]).unwrap_err().at_field(), Some("Pins"));
}

/// Any lock that can be made comes back from its text, and what comes back has the same text.
#[test]
fn round_trips() {
    let mut numbers = Numbers(1);
    let names = ["a", "a+", "a-b", "a.b", "libstdc++6", "0ad", "Z"];
    let versions = ["1", "1:2.39.5-0+deb12u2", "3~rc1-1", "0"];
    let texts = ["", "Package: *\nPin: release a=x\nPin-Priority: 1", "# a\n\n\nb: c  \n d\n", "Explanation: ü"];
    for _ in 0..500 {
        let mut pick = |from: &[&str]| numbers.pick(from).to_string();
        let (pins, release, solver) = (pick(&texts), pick(&["", "stable"]), pick(&["classic", "three"]));
        let mut head = Head::new(Digest::of(pins.as_bytes()), Vec::<String>::new());
        (head.architecture, head.solver, head.pins) = ("amd64".into(), solver, pins);
        head.default_release = (!release.is_empty()).then_some(release);
        head.foreign = ["i386", "arm64"][..numbers.below(3)].iter().map(|name| (*name).to_owned()).collect();
        head.recommends = numbers.below(2) == 1;
        head.base = (numbers.below(2) == 1).then(|| Digest::of(b"base"));
        head.requested = names[numbers.below(names.len())..].iter().map(|name| (*name).to_owned()).collect();
        head.remove = names[numbers.below(names.len())..].iter().map(|name| format!("{name}:i386")).collect();
        let mut list = Vec::new();
        for name in names {
            for architecture in std::iter::once("amd64").chain(head.foreign.iter().map(String::as_str)) {
                if numbers.below(3) > 0 {
                    continue;
                }
                let architecture = if architecture == "amd64" && numbers.below(2) == 0 { "all" } else { architecture };
                let version = *numbers.pick(&versions);
                let mut package = Locked::new(
                    name,
                    version,
                    architecture,
                    numbers.below(usize::MAX) as u64,
                    Digest::of(b"p"),
                    "./a/b..c_d",
                );
                package.source = (*numbers.pick(&names)).into();
                package.source_version = (*numbers.pick(&versions)).into();
                package.from = (numbers.below(2) == 1).then(|| "é x/main".into());
                package.snapshot = (numbers.below(4) == 1).then(|| Digest::of(name.as_bytes()));
                package.automatic = numbers.below(2) == 1;
                let kind = *numbers.pick(&DepKind::ALL);
                package.reason =
                    (numbers.below(2) == 1).then(|| Reason::new(kind, "a of b (= 1) | c".into(), "x:i386".into()));
                list.push(package);
            }
        }
        let lock = Lock::new(head, list).unwrap();
        let text = lock.to_string();
        let again = Lock::parse(&text).unwrap();
        assert_eq!(again, lock);
        assert_eq!(again.to_string(), text);
        assert_eq!(again.digest(), Digest::of(text.as_bytes()));
    }
}

/// Damaged text gives an error or a lock, never a panic, and a lock that came of it has one form.
#[test]
fn damage_is_told_or_harmless() {
    let text = try_lock(&universe(GIT), &["git", "wine:i386"], true).unwrap().to_string();
    let mut numbers = Numbers(2);
    let (mut good, mut bad) = (0, 0);
    for _ in 0..3000 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..=numbers.below(3) {
            let (at, to) = (numbers.below(bytes.len()), numbers.below(bytes.len()));
            match numbers.below(4) {
                0 => bytes[at] = *numbers.pick(b"\n :.a0\t\r\x00\xc3"),
                1 => drop(bytes.drain(at..(at + 40).min(text.len()).min(bytes.len()))),
                2 => bytes.swap(at, to),
                _ => bytes.insert(at, *numbers.pick(b"\n :-")),
            }
        }
        match Lock::parse(&String::from_utf8_lossy(&bytes)) {
            Ok(lock) => {
                good += 1;
                assert_eq!(Lock::parse(&lock.to_string()).unwrap(), lock);
            }
            Err(_) => bad += 1,
        }
    }
    assert!(good > 100 && bad > 100, "{good} {bad}");
}

#[test]
fn the_same_whatever_the_order_of_the_lists() {
    let lines: Vec<&str> = GIT.trim().lines().collect();
    let (first, second) = lines.split_at(4);
    let texts = [index(&first.join("\n")), index(&second.join("\n"))];
    let make = |order: [usize; 2]| {
        let mut builder = Builder::new("amd64", &["i386"]).unwrap();
        for at in order {
            builder.index(Origin::default(), texts[at].as_bytes()).unwrap();
        }
        lock(&builder.finish().unwrap(), &["git", "wine:i386"]).to_string()
    };
    assert_eq!(make([0, 1]), make([1, 0]));
}

#[test]
fn a_plan_that_does_not_work_is_no_lock() {
    let error = try_lock(&universe("a 1 Depends=b (>= 2)\nb 1"), &["a"], false).unwrap_err();
    assert_eq!(error.to_string(), "Depends: a 1 needs b (>= 2), which can't be had");
    assert_eq!(error.kind(), Kind::Unsatisfiable);
}

#[test]
fn a_base_is_no_part_of_the_lock() {
    let universe = with_base("b 1\nc 1", "a 1 Depends=b (>= 2); Conflicts=c\nb 2 Depends=d\nd 1");
    let lock = lock(&universe, &["a"]);
    assert_eq!(packages(&lock), ["a=1", "b=2", "d=1", "c-"]);
    assert_eq!(lock.package("d", "amd64").unwrap().reason.as_ref().unwrap().to_string(), "Depends d of b");
}

#[test]
fn differences() {
    let old = lock(&universe("a 1 Depends=b, c, d, e\nb 1\nc 2\nd 1\ne 1"), &["a"]);
    let mut new = lock(&universe("a 1 Depends=b, c, d, f\nb 2\nc 1\nd 1\nf 1"), &["a"]);
    let d = new.packages.iter().position(|package| package.name == "d").unwrap();
    new.packages[d].sha256 = Digest::of(b"another");
    let diff = old.diff(&new);
    let names = |list: &[Locked]| list.iter().map(|package| package.name.clone()).collect::<Vec<_>>();
    let changes =
        |list: &[Changed]| list.iter().map(|it| format!("{} {} {}", it.name, it.before, it.after)).collect::<Vec<_>>();
    assert_eq!((names(&diff.added), names(&diff.removed)), (vec!["f".to_owned()], vec!["e".to_owned()]));
    assert_eq!(
        (changes(&diff.upgraded), changes(&diff.downgraded)),
        (vec!["b 1 2".to_owned()], vec!["c 2 1".to_owned()])
    );
    assert_eq!(changes(&diff.rebuilt), ["d 1 1"]);
    assert!(!diff.is_empty() && old.diff(&old).is_empty());
    // From one architecture of its own to all of them: the same package, another version of it.
    let all = lock(&universe("b 2 Architecture=all"), &["b"]);
    let native = lock(&universe("b 1"), &["b"]);
    assert_eq!(changes(&native.diff(&all).upgraded), ["b 1 2"]);
}

#[test]
fn verification_tells_what_is_gone_or_altered() {
    let lock = lock(&universe("a 1 Depends=b, c\nb 1\nc 1"), &["a"]);
    assert!(lock.verify(&universe("a 1\nb 1\nb 2\nc 1")).is_empty());
    let altered = {
        let mut builder = Builder::new("amd64", &[]).unwrap();
        let text =
            index("a 1\nb 2\nc 1").replace(&Digest::of(b"a 1 amd64").to_string(), &Digest::of(b"evil").to_string());
        builder.index(Origin::default(), text.as_bytes()).unwrap();
        builder.finish().unwrap()
    };
    let faults = lock.verify(&altered);
    let problems: Vec<_> = faults.iter().map(|fault| (fault.name.as_str(), &fault.problem)).collect();
    let problem = Problem::Altered { expected: Digest::of(b"a 1 amd64"), found: Some(Digest::of(b"evil")) };
    assert_eq!(problems, [("a", &problem), ("b", &Problem::Missing)]);
    let json = serde_json::to_value(&faults[1]).unwrap();
    assert_eq!(json, serde_json::json!({"name": "b", "architecture": "amd64", "version": "1", "problem": "missing"}));
    let snapshot = lock.head().snapshot;
    assert_eq!(lock.verify_all(&[(snapshot, &altered)]), faults);
    assert_eq!(lock.verify_all(&[])[2].problem, Problem::NoSnapshot { snapshot });
}

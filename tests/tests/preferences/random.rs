//! Archives, machines and preferences by chance, the same ones every time.

use std::fmt::Write as _;

use crate::archive::{ARCHITECTURES, List, stanza};

const HERE: &str = "http://deb.example.org/debian";

pub const NAMES: [&str; 12] =
    ["a", "b", "bb", "base", "libc++", "libb1", "linux-image-6.1", "gnome-shell", "kde-full", "x11", "vim", "zsh"];

const SOURCES: [&str; 4] = ["glibc", "b", "kde (4:5)", "src-x (2)"];

const VERSIONS: [&str; 9] = ["1", "1.5", "1.5+b1", "1:0.9", "2", "2.0~rc1-1", "2.0-1", "10.11.4-1", "3"];

/// The numbers of SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }

    fn of<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.below(items.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// The suites of a machine that mixes releases, each with some packages.
pub fn lists(random: &mut Random) -> Vec<List> {
    let mut lists = Vec::new();
    for (uri, suite, version, components) in [
        (HERE, "stable", "12.1", &["main", "contrib"][..]),
        (HERE, "stable/updates", "12", &["main"]),
        (HERE, "testing", "", &["main"]),
        (HERE, "stable-backports", "", &["main"]),
        ("http://other.example.org/apt", "experimental", "13", &["main"]),
        ("file:/srv/local", "unnamed", "", &["main"]),
    ] {
        for component in components {
            let mut pair = ARCHITECTURES.map(|architecture| List::new(uri, suite, component, architecture));
            for list in &mut pair {
                list.origin.version = version.to_owned();
                list.origin.not_automatic = matches!(suite, "stable-backports" | "experimental");
                list.origin.but_automatic_upgrades = suite == "stable-backports";
                if suite == "experimental" {
                    (list.origin.origin, list.origin.label) = ("Other".to_owned(), "Other Packages".to_owned());
                }
                if suite == "testing" {
                    list.origin.codename = "trixie".to_owned();
                }
            }
            fill(random, &mut pair, *component == "contrib");
            lists.extend(pair);
        }
    }
    lists
}

fn fill(random: &mut Random, pair: &mut [List; 2], sparse: bool) {
    for name in NAMES {
        if random.chance(if sparse { 80 } else { 40 }) {
            continue;
        }
        let version = random.of(&VERSIONS);
        let more = more(random);
        let text = |architecture: &str| stanza(name, version, architecture, &more);
        match random.below(4) {
            0 => pair.iter_mut().for_each(|list| list.stanzas.push_str(&text("all"))),
            1 => pair[1].stanzas.push_str(&text("i386")),
            2 => pair.iter_mut().zip(ARCHITECTURES).for_each(|(list, own)| list.stanzas.push_str(&text(own))),
            _ => pair[0].stanzas.push_str(&text("amd64")),
        }
    }
}

/// Two builds of one version differ in their size alone.
fn more(random: &mut Random) -> String {
    let mut more = format!("Installed-Size: {}\n", 1 + random.below(2));
    if random.chance(40) {
        writeln!(more, "Source: {}", random.of(&SOURCES)).unwrap();
    }
    more
}

/// What is installed.
pub fn status(random: &mut Random) -> String {
    let mut status = String::new();
    for name in NAMES {
        if random.chance(40) {
            continue;
        }
        let architecture = random.of(&["amd64", "amd64", "all", "i386"]);
        let wanted = random.of(&["install", "install", "install", "hold"]);
        let text = stanza(name, random.of(&VERSIONS), architecture, &more(random));
        status.push_str(&text.replacen("Version:", &format!("Status: {wanted} ok installed\nVersion:"), 1));
    }
    status
}

/// The default release, most often none.
pub fn default_release(random: &mut Random) -> &'static str {
    const RELEASES: [&str; 14] = [
        "stable",
        "trixie",
        "12",
        "12*",
        "/^stable(-backports|\\/updates)?$/",
        "testing",
        "stable/updates",
        "a=testing",
        "o=Other",
        "nothing",
        "unnamed",
        "c=contrib",
        "*name",
        "now",
    ];
    if random.chance(70) { "" } else { random.of(&RELEASES) }
}

/// A file of preferences with some records.
pub fn preferences(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..1 + random.below(7) {
        if random.chance(10) {
            text.push_str("# a comment\n");
        }
        if random.chance(20) {
            text.push_str("Explanation: because\n of that\n");
        }
        let package = if random.chance(40) { "*".to_owned() } else { packages(random) };
        write!(text, "Package: {package}\nPin: {}\nPin-Priority: {}\n\n", pin(random, &package), priority(random))
            .unwrap();
    }
    text
}

fn packages(random: &mut Random) -> String {
    const PATTERNS: [&str; 22] = [
        "b*",
        "B*",
        "lib*",
        "*",
        "?",
        "[ab]",
        "[!a-k]*",
        "/b/",
        "/^LIB.*\\+\\+$/",
        "/(kde|gnome)-/",
        "/[0-9]\\.[0-9]/",
        "linux-*",
        "/^(a|b{2})$/",
        "/[[:digit:]]+$/",
        "B",
        "nothing",
        "*-*",
        "//",
        "/*/",
        "li[bn]*",
        "*\\+",
        "x1?",
    ];
    const SOURCE: [&str; 7] = ["src:glibc", "src:b", "src:k*", "src:/X/", "src:*", "src:nothing", "src:GLIBC"];
    const WHERE: [&str; 9] = [":any", ":amd64", ":i386", ":native", ":all", ":i?86", ":*", ":linux-any", ":any-i386"];
    let mut words = Vec::new();
    for _ in 0..1 + random.below(3) {
        let word = match random.below(4) {
            0 | 1 => random.of(&NAMES),
            2 => random.of(&PATTERNS),
            _ => random.of(&SOURCE),
        };
        words.push(format!("{word}{}", if random.chance(50) { "" } else { random.of(&WHERE) }));
    }
    words.join(random.of(&[" ", "  ", "\t", "\n "]))
}

fn pin(random: &mut Random, package: &str) -> String {
    const VERSION: [&str; 18] = [
        "1",
        "1*",
        "2*",
        "1.5*",
        "*",
        "*-1",
        "10.11.*",
        "1:*",
        "/^1/",
        "/\\+b[0-9]/",
        "?",
        "?.?*",
        "[12]*",
        "2.0~RC*",
        "",
        "2.0-1",
        "/(/",
        "*.*",
    ];
    const RELEASE: [&str; 34] = [
        "a=stable",
        "a=st*",
        "n=trixie",
        "trixie",
        "stable",
        "12",
        "12*",
        "v=12*",
        "v=1?.1",
        "v=*",
        "c=contrib",
        "c=*",
        "b=i386",
        "b=/64$/",
        "o=Debian",
        "o=debian,a=testing",
        "l=Other Packages",
        "l=/other/",
        "a=now",
        "a=stable,a=testing",
        "a=stable, c=main",
        "n=*name,c=c*",
        "",
        "x=1",
        "a=/STABLE/,v=/12/",
        "*",
        "/./",
        "a=*/*",
        "a=unnamed",
        "o=/^$/",
        "stable, n=trixie",
        "a=stable ,b=amd64",
        "A=testing",
        "a= stable",
    ];
    const ORIGIN: [&str; 9] = [
        "\"\"",
        "",
        "deb.example.org",
        "\"deb.example.org\"",
        "*.example.org",
        "/^DEB/",
        "OTHER.example.org",
        "nothing",
        "*",
    ];
    match random.below(if package == "*" { 20 } else { 40 }) {
        0..10 => format!("release {}", random.of(&RELEASE)),
        10..18 => format!("release {}", random.of(&RELEASE[..22])),
        18 => format!("origin {}", random.of(&ORIGIN)),
        19 => random.of(&["Origin *", "foo bar", "version 1", "RELEASE a=stable", "release\ta=testing"]).to_owned(),
        20..23 => format!("origin {}", random.of(&ORIGIN)),
        _ => format!("version {}", random.of(&VERSION)),
    }
}

fn priority(random: &mut Random) -> &'static str {
    const PRIORITIES: [&str; 17] = [
        "-1", "-10", "1", "50", "99", "100", "101", "499", "500", "501", "989", "990", "999", "1000", "1001", "32767",
        "-32768",
    ];
    random.of(&PRIORITIES)
}

//! Advisories of the size of Debian's security tracker, about the packages of an image and many others.

use std::fmt::Write as _;

/// Bytes of the tracker's JSON in 2026.
const BYTES: usize = 70_000_000;
/// How many faults each source package of the image has, and each other one.
const OF_IMAGE: usize = 40;
const OF_OTHERS: usize = 12;
const URGENCIES: [&str; 4] = ["not yet assigned", "low", "medium", "high"];

/// The tracker's JSON (<https://security-tracker.debian.org/tracker/data/json>), and how many faults it has. Of the faults of
/// the image's packages, whose names and versions are given, three in eight are open or fixed in a later version.
pub(super) fn tracker(release: &str, sources: &[(String, String)]) -> (String, usize) {
    let mut out = String::with_capacity(BYTES + 100_000);
    let mut count = 0;
    for (name, version) in sources {
        package(&mut out, release, name, version, OF_IMAGE, &mut count);
    }
    let mut number = 0;
    while out.len() < BYTES {
        let version = format!("{}.{}.{}-{}", number % 9, number % 31, number % 7, 1 + number % 3);
        package(&mut out, release, &format!("source-{number}"), &version, OF_OTHERS, &mut count);
        number += 1;
    }
    out.push('}');
    (out, count)
}

fn package(out: &mut String, release: &str, name: &str, version: &str, faults: usize, count: &mut usize) {
    out.push(if out.is_empty() { '{' } else { ',' });
    let _ = write!(out, "\"{name}\":{{");
    for fault in 0..faults {
        let separator = if fault == 0 { "" } else { "," };
        let number = *count;
        *count += 1;
        let _ = write!(
            out,
            "{separator}\"CVE-{}-{:05}\":{{\"scope\":\"{}\",\"debianbug\":{},\"description\":\"{}\",\"releases\":{{",
            2015 + number % 11,
            1000 + number / 11,
            if number.is_multiple_of(3) { "local" } else { "remote" },
            900_000 + number,
            description(name, number)
        );
        let mut releases = vec![release];
        releases.extend(["bullseye", "bookworm", "trixie", "forky"].into_iter().filter(|other| *other != release));
        for name in releases {
            in_release(out, name, version, fault);
            out.push(',');
        }
        in_release(out, "sid", version, fault);
        out.push_str("}}");
    }
    out.push('}');
}

fn in_release(out: &mut String, release: &str, version: &str, fault: usize) {
    let urgency = URGENCIES[fault % URGENCIES.len()];
    // What a release has, and what mends the fault there.
    let (has, fixed) = match (fault % 8, release) {
        (0 | 1, _) => (version.to_owned(), Some("0".to_owned())),
        (2..=4, _) => (version.to_owned(), Some(version.to_owned())),
        (5 | 6, "sid") => (format!("{version}+sid1"), Some(format!("{version}+sid1"))),
        (6, _) => (format!("{version}+deb99u1"), Some(format!("{version}+deb99u1"))),
        _ => (version.to_owned(), None),
    };
    let status = if fixed.is_some() { "resolved" } else { "open" };
    let security = if release == "sid" { String::new() } else { format!(",\"{release}-security\":\"{has}\"") };
    let _ =
        write!(out, "\"{release}\":{{\"status\":\"{status}\",\"repositories\":{{\"{release}\":\"{has}\"{security}}},");
    match fixed {
        Some(fixed) => drop(write!(out, "\"fixed_version\":\"{fixed}\",")),
        None => out.push_str("\"nodsa\":\"Minor issue; can be fixed via point release\",\"nodsa_reason\":\"\","),
    }
    let _ = write!(out, "\"urgency\":\"{urgency}\"}}");
}

fn description(name: &str, number: usize) -> String {
    const WORDS: [&str; 12] = [
        "a crafted file",
        "an integer overflow",
        "a use after free",
        "leads to",
        "denial of service",
        "in the parser of",
        "before version",
        "allows attackers",
        "to read memory",
        "out of bounds",
        "by a long name",
        "when headers are folded",
    ];
    let mut text = format!("In {name},");
    let mut state = number;
    while text.len() < 280 {
        state = state.wrapping_mul(25_214_903_917).wrapping_add(11);
        text.push(' ');
        text.push_str(WORDS[(state >> 16) % WORDS.len()]);
    }
    text
}

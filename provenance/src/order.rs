//! The order of versions, as each family of packages has it.

use std::cmp::Ordering;

use reposnap_image::package::Family;

/// Compares two versions in the order of their family: dpkg's (deb-version(7)), or rpm's for `epoch:version-release`
/// (rpm-version(7)).
///
/// Both orders are total on any text.
///
/// ```
/// use std::cmp::Ordering;
/// use reposnap_image::package::Family;
/// use reposnap_provenance::order::compare;
/// assert_eq!(compare(Family::Deb, "1.0~rc1-1", "1.0-1"), Ordering::Less);
/// assert_eq!(compare(Family::Rpm, "1:1.0-1", "2.0^git1-9"), Ordering::Greater);
/// ```
pub fn compare(family: Family, a: &str, b: &str) -> Ordering {
    match family {
        Family::Deb => reposnap::deb::version::compare(a.as_bytes(), b.as_bytes()),
        Family::Rpm => {
            let (a, b) = (parts(a), parts(b));
            rpm(a.0, b.0).then_with(|| rpm(a.1, b.1)).then_with(|| rpm(a.2, b.2))
        }
    }
}

/// Epoch, version and release; a missing epoch is 0.
fn parts(version: &str) -> (&str, &str, &str) {
    let (epoch, rest) = match version.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => (epoch, rest),
        _ => ("", version),
    };
    let (version, release) = rest.rsplit_once('-').unwrap_or((rest, ""));
    (if epoch.is_empty() { "0" } else { epoch }, version, release)
}

/// Compares two versions, or two releases, as rpm does: runs of digits and runs of letters in turn.
fn rpm(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        (a, b) = (without_separators(a), without_separators(b));
        // A tilde sorts before everything, a caret before everything but the end.
        for (mark, with_mark_against_end) in [(b'~', Ordering::Less), (b'^', Ordering::Greater)] {
            match (a.first() == Some(&mark), b.first() == Some(&mark)) {
                (true, false) => return if b.is_empty() { with_mark_against_end } else { Ordering::Less },
                (false, true) => {
                    return if a.is_empty() { with_mark_against_end.reverse() } else { Ordering::Greater };
                }
                _ => {}
            }
        }
        if let (Some(b'~' | b'^'), Some(b'~' | b'^')) = (a.first(), b.first()) {
            (a, b) = (&a[1..], &b[1..]);
            continue;
        }
        if a.is_empty() || b.is_empty() {
            return a.len().cmp(&b.len());
        }
        let is_number = a[0].is_ascii_digit();
        let run = |text: &[u8]| {
            let of_sort = |byte: &u8| if is_number { byte.is_ascii_digit() } else { byte.is_ascii_alphabetic() };
            text.iter().take_while(|byte| of_sort(byte)).count()
        };
        let ((left, rest_a), (right, rest_b)) = (a.split_at(run(a)), b.split_at(run(b)));
        if right.is_empty() {
            // A number is newer than letters.
            return if is_number { Ordering::Greater } else { Ordering::Less };
        }
        let order = match is_number {
            true => {
                let (left, right) = (without_zeros(left), without_zeros(right));
                left.len().cmp(&right.len()).then_with(|| left.cmp(right))
            }
            false => left.cmp(right),
        };
        if order.is_ne() {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

fn without_separators(text: &[u8]) -> &[u8] {
    let is_separator = |byte: &u8| !byte.is_ascii_alphanumeric() && !matches!(byte, b'~' | b'^');
    &text[text.iter().take_while(|byte| is_separator(byte)).count()..]
}

fn without_zeros(number: &[u8]) -> &[u8] {
    &number[number.iter().take_while(|digit| **digit == b'0').count()..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    const VERSIONS: [&str; 30] = [
        "1.0",
        "1.0.0",
        "1.0~rc1",
        "1.0^git1",
        "1.0^",
        "1.0~",
        "2.0",
        "10",
        "1.a",
        "1a",
        "a1",
        "1.01",
        "1.1",
        "fc4",
        "FC5",
        "2a",
        "2.0.1",
        "1.0~rc1^git1",
        "1.0^git1~pre",
        "xyz10",
        "xyz.4",
        "8",
        "5.5p1",
        "5.5p10",
        "001",
        "1..0",
        "1_0",
        "6.0",
        "6.0.rc1",
        "1.0aa",
    ];

    #[test]
    fn as_rpm_itself_compares() {
        // One call for all pairs: `rpm --eval` of its own comparison.
        let script: String = VERSIONS
            .iter()
            .flat_map(|a| VERSIONS.map(|b| format!("%{{lua:print(rpm.vercmp('{a}','{b}'))}} ")))
            .collect();
        let Ok(output) = Command::new("rpm").args(["--eval", &script]).output() else {
            panic!("rpm is not installed; scripts/setup does it");
        };
        let text = String::from_utf8(output.stdout).unwrap();
        let theirs: Vec<i32> = text.split_whitespace().map(|number| number.parse().unwrap()).collect();
        assert_eq!(theirs.len(), VERSIONS.len() * VERSIONS.len(), "{text}");
        let pairs = VERSIONS.iter().flat_map(|a| VERSIONS.map(|b| (a, b)));
        for ((a, b), theirs) in pairs.zip(theirs) {
            assert_eq!(compare(Family::Rpm, a, b) as i32, theirs, "{a} {b}");
        }
    }

    #[test]
    fn the_epoch_goes_first_and_the_release_last() {
        assert_eq!(compare(Family::Rpm, "1:1-1", "2-1"), Ordering::Greater);
        assert_eq!(compare(Family::Rpm, "0:1-1", "1-1"), Ordering::Equal);
        assert_eq!(compare(Family::Rpm, "1-2", "1-10"), Ordering::Less);
    }
}

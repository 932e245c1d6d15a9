//! Versions against rpm's own comparison.

use std::cmp::Ordering;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::process::Command;

use reposnap_image::rpm::version::Evr;

/// Numbers that look random and are the same on every run (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

const PARTS: [&str; 26] = [
    "1",
    "0",
    "00",
    "01",
    "10",
    "9",
    "a",
    "b",
    "A",
    "rc",
    "alpha",
    ".",
    "..",
    "_",
    "+",
    "~",
    "^",
    "~~",
    "^^",
    "~^",
    "-",
    ":",
    "1:",
    "18446744073709551616",
    "git",
    "%",
];

fn version(random: &mut Random) -> String {
    let parts = 1 + random.below(6);
    (0..parts).map(|_| PARTS[random.below(PARTS.len())]).collect()
}

#[test]
fn the_order_is_that_of_rpm() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut pairs: Vec<(String, String)> = Vec::new();
    for _ in 0..3000 {
        let a = version(&mut random);
        // Half of them differ in one place only.
        let b = if random.below(2) == 0 {
            version(&mut random)
        } else {
            let mut b = a.clone();
            let at = random.below(b.len() + 1);
            b.insert_str(at, PARTS[random.below(PARTS.len())]);
            b
        };
        pairs.push((a, b));
    }
    for (a, b) in [
        ("1.0", "1.0-1"),
        ("1.0-", "1.0"),
        ("1.0~rc1-1", "1.0-1"),
        ("1.0^", "1.0"),
        ("1.0^git1", "1.0.1"),
        ("1.0^git1~pre", "1.0^git1"),
        ("0:1", "1"),
        (":1", "1"),
        ("1:1", "2"),
        ("2.0.1a", "2.0.1"),
        ("5.5p1", "5.5p10"),
        ("10xyz", "10.1xyz"),
        ("xyz10", "xyz10.1"),
        ("1b.fc17", "1.fc17"),
        ("1-1-1", "1-1-2"),
        ("a-b:c", "a-b"),
    ] {
        pairs.push((a.to_string(), b.to_string()));
    }

    let file = tempfile::NamedTempFile::new().unwrap();
    let text: String = pairs.iter().map(|(a, b)| format!("{a} {b}\n")).collect();
    std::fs::write(file.path(), text).unwrap();
    let script = format!(
        "%{{lua: for line in io.lines('{}') do local at = line:find(' ', 1, true) print(rpm.vercmp(line:sub(1, at - 1), line:sub(at + 1)) .. ' ') end}}",
        file.path().display()
    );
    let output = Command::new("rpm").args(["--eval", &script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Vec<i32> =
        String::from_utf8(output.stdout).unwrap().split_whitespace().map(|number| number.parse().unwrap()).collect();
    assert_eq!(told.len(), pairs.len());

    let hash = |evr: &Evr| {
        let mut hasher = DefaultHasher::new();
        evr.hash(&mut hasher);
        hasher.finish()
    };
    let mut seen = [0; 3];
    for ((a, b), told) in pairs.iter().zip(told) {
        let (x, y): (Evr, Evr) = (a.parse().unwrap(), b.parse().unwrap());
        let expected = told.cmp(&0);
        assert_eq!(x.cmp(&y), expected, "{a} and {b}");
        assert_eq!(y.cmp(&x), expected.reverse(), "{b} and {a}");
        assert_eq!(x == y, expected == Ordering::Equal, "{a} and {b}");
        if x == y {
            assert_eq!(hash(&x), hash(&y), "{a} and {b}");
        }
        assert_eq!(x.to_string(), *a);
        seen[(told + 1) as usize] += 1;
    }
    assert!(seen.iter().all(|count| *count > 50), "too few of a kind: {seen:?}");
}

#[test]
fn the_order_is_total() {
    let mut random = Random(42);
    let all: Vec<Evr> = (0..60).map(|_| version(&mut random).parse().unwrap()).collect();
    for a in &all {
        for b in &all {
            for c in &all {
                assert!(!(a <= b && b <= c) || a <= c, "{a} {b} {c}");
            }
        }
    }
}

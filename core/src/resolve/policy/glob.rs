//! Shell patterns as apt has them: those of fnmatch(3) and glob(7), where `*` takes a `/` as well.

/// Whether `text` as a whole is what `pattern` describes; `fold` takes letters of either case for the same.
///
/// `*` stands for any bytes, `?` for one, `[a-z]` and `[!a-z]` (or `[^a-z]`) for one of a set, in which `[:alpha:]` and
/// its like may stand, and `\` takes the next byte as it is. A `[` that nothing closes is an ordinary byte.
pub(super) fn matches(pattern: &[u8], text: &[u8], fold: bool) -> bool {
    let (mut p, mut t) = (0, 0);
    // Behind the last `*`, and where the text went on from there: only the last one ever has to take more.
    let mut star: Option<(usize, usize)> = None;
    loop {
        if p < pattern.len() && pattern[p] == b'*' {
            p += 1;
            star = Some((p, t));
            continue;
        }
        if t == text.len() {
            return p == pattern.len();
        }
        if let Some(next) = one(pattern, p, text[t], fold) {
            (p, t) = (next, t + 1);
            continue;
        }
        let Some((behind, taken)) = star else { return false };
        star = Some((behind, taken + 1));
        (p, t) = (behind, taken + 1);
    }
}

/// Where the pattern goes on, if its next piece takes `byte`.
fn one(pattern: &[u8], at: usize, byte: u8, fold: bool) -> Option<usize> {
    let literal = |wanted: u8, next: usize| same(wanted, byte, fold).then_some(next);
    match *pattern.get(at)? {
        b'?' => Some(at + 1),
        b'\\' if at + 1 < pattern.len() => literal(pattern[at + 1], at + 2),
        b'[' => match set(pattern, at + 1, byte, fold) {
            Some((within, next)) => within.then_some(next),
            None => literal(b'[', at + 1),
        },
        other => literal(other, at + 1),
    }
}

/// Whether the set that begins at `at` has `byte`, and where it ends; nothing where it does not end.
fn set(pattern: &[u8], at: usize, byte: u8, fold: bool) -> Option<(bool, usize)> {
    let negated = matches!(pattern.get(at)?, b'!' | b'^');
    let first = at + usize::from(negated);
    let (mut at, mut within) = (first, false);
    loop {
        match *pattern.get(at)? {
            b']' if at > first => return Some((within != negated, at + 1)),
            b'[' if pattern.get(at + 1) == Some(&b':') => {
                if let Some((name, next)) = class_name(pattern, at + 2) {
                    within |= in_class(name, byte, fold);
                    at = next;
                    continue;
                }
            }
            _ => {}
        }
        let (low, next) = member(pattern, at)?;
        let range = pattern.get(next) == Some(&b'-') && pattern.get(next + 1).is_some_and(|end| *end != b']');
        if range {
            let (high, after) = member(pattern, next + 1)?;
            within |= (low..=high).contains(&byte)
                || (fold
                    && ((low..=high).contains(&byte.to_ascii_lowercase())
                        || (low..=high).contains(&byte.to_ascii_uppercase())));
            at = after;
        } else {
            within |= same(low, byte, fold);
            at = next;
        }
    }
}

fn member(pattern: &[u8], at: usize) -> Option<(u8, usize)> {
    match *pattern.get(at)? {
        b'\\' => Some((*pattern.get(at + 1)?, at + 2)),
        other => Some((other, at + 1)),
    }
}

/// The name of a class, and what is behind its `:]`.
pub(super) fn class_name(pattern: &[u8], at: usize) -> Option<(&str, usize)> {
    let rest = &pattern[at..];
    let end = rest.iter().position(|byte| !byte.is_ascii_lowercase())?;
    let name = std::str::from_utf8(&rest[..end]).ok()?;
    rest[end..].starts_with(b":]").then_some((name, at + end + 2))
}

fn in_class(name: &str, byte: u8, fold: bool) -> bool {
    match name {
        "alpha" => byte.is_ascii_alphabetic(),
        "digit" => byte.is_ascii_digit(),
        "alnum" => byte.is_ascii_alphanumeric(),
        "upper" | "lower" if fold => byte.is_ascii_alphabetic(),
        "upper" => byte.is_ascii_uppercase(),
        "lower" => byte.is_ascii_lowercase(),
        "space" => byte.is_ascii_whitespace() || byte == 0x0b,
        "blank" => byte == b' ' || byte == b'\t',
        "punct" => byte.is_ascii_punctuation(),
        "print" => (b' '..=b'~').contains(&byte),
        "graph" => byte.is_ascii_graphic(),
        "cntrl" => byte.is_ascii_control(),
        "xdigit" => byte.is_ascii_hexdigit(),
        _ => false,
    }
}

fn same(a: u8, b: u8, fold: bool) -> bool {
    a == b || (fold && a.eq_ignore_ascii_case(&b))
}

#[cfg(test)]
mod tests {
    fn matches(pattern: &str, text: &str) -> bool {
        super::matches(pattern.as_bytes(), text.as_bytes(), true)
    }

    #[test]
    fn what_patterns_describe() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("*/updates", "stable/updates"),
            ("stable?updates", "stable/updates"),
            ("S*", "stable"),
            ("[a-t]table", "stable"),
            ("s[!x-z]able", "stable"),
            ("s[^x-z]able", "stable"),
            ("st\\able", "stable"),
            ("[[:alpha:]]b", "bb"),
            ("[]a]", "]"),
            ("[a-]", "-"),
            ("[stable", "[stable"),
            ("*a*b*c", "xaybzc"),
            ("*ab", "aab"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("", "a"),
            ("?", ""),
            ("[stable", "stable"),
            ("stable]", "stable"),
            ("[!s]*", "stable"),
            ("*~", "1.2~b"),
            ("a\\", "a"),
            ("[[:digit:]]", "a"),
        ] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
        assert!(!super::matches(b"I*", b"i386", false));
    }

    #[test]
    fn a_hostile_pattern_ends() {
        assert!(!matches(&format!("{}b", "*a".repeat(500)), &"a".repeat(20_000)));
    }
}

//! Texts and numbers in a picture.

/// The sizes of the letters of names and of versions.
pub(super) const NAME: f64 = 13.0;
pub(super) const SMALL: f64 = 10.5;

/// The sizes of the letters above the picture.
pub(super) const TITLE: f64 = 17.0;
pub(super) const SUBTITLE: f64 = 12.5;

/// How wide a letter of the fonts with letters of one width is, as a part of its size: 0.55 to 0.602 in those that are
/// asked for.
const ADVANCE: f64 = 0.605;

/// The most letters of a label; the title has all of them.
const MAX_LABEL: usize = 40;

/// A label, cut where it is too long.
pub(super) fn fitted(text: &str) -> String {
    if text.chars().count() <= MAX_LABEL {
        return text.to_owned();
    }
    text.chars().take(MAX_LABEL - 1).chain(['…']).collect()
}

/// About how wide a text is at a size. Letters that are none of Latin's may be twice as wide.
pub(super) fn width_of(text: &str, size: f64) -> f64 {
    let cells: u32 = text.chars().map(|letter| if (letter as u32) < 0x1100 || letter == '…' { 1 } else { 2 }).sum();
    f64::from(cells) * size * ADVANCE
}

/// A text as XML: what means something else is escaped, and what XML 1.0 can't say is told apart from nothing.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push('\n'),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            control if control.is_control() => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

/// A number with at most one digit behind its point.
pub(super) fn number(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    let sign = if tenths < 0 { "-" } else { "" };
    match (tenths.abs() / 10, tenths.abs() % 10) {
        (whole, 0) => format!("{sign}{whole}"),
        (whole, tenth) => format!("{sign}{whole}.{tenth}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped() {
        assert_eq!(escaped("a<b>&\"'\u{1}\u{ffff}é"), "a&lt;b&gt;&amp;&quot;&#39;\u{fffd}\u{fffd}é");
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in [(0.0, "0"), (1.04, "1"), (1.25, "1.3"), (-0.31, "-0.3"), (-2.0, "-2"), (-0.01, "0")] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn long_labels_are_cut() {
        assert_eq!(fitted("libc6"), "libc6");
        assert_eq!(fitted(&"é".repeat(41)), format!("{}…", "é".repeat(39)));
    }
}

//! Words for yes and no.

/// Reads yes or no in any of the ways that apt does; none for anything else.
pub(crate) fn parse_flag(value: &str) -> Option<bool> {
    let value = value.trim();
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(value));
    if is(&["yes", "true", "with", "on", "enable", "1"]) {
        Some(true)
    } else if is(&["no", "false", "without", "off", "disable", "0"]) {
        Some(false)
    } else {
        None
    }
}

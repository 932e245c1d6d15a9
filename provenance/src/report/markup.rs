//! Text within XML 1.0 and HTML.

use std::fmt;

/// Text with all that could be markup written as references, and with what XML has no place for (section 2.2: most control
/// characters) replaced by U+FFFD.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        for char in self.0.chars() {
            match char {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\u{fffe}' | '\u{ffff}' | '\u{7f}'..='\u{9f}' => f.write_char('\u{fffd}')?,
                '\n' | '\t' => f.write_char(' ')?,
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => f.write_char('\u{fffd}')?,
                char if char < ' ' => f.write_char('\u{fffd}')?,
                char => f.write_char(char)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Escaped;

    #[test]
    fn nothing_gets_out() {
        assert_eq!(
            Escaped("<a href='x'>\"&\u{1b}[31m\0\n").to_string(),
            "&lt;a href=&#39;x&#39;&gt;&quot;&amp;\u{fffd}[31m\u{fffd} "
        );
    }
}

//! Logs of dpkg (dpkg(1), `--log`) and apt (apt.conf(5), `Dir::Log::History`).

use crate::inventory::AptCommand;
use crate::limits::MAX_LOG_ENTRIES;

/// Adds what a `dpkg.log` tells of what was installed: the time, and `name:architecture version`.
///
/// `2026-07-11 10:16:37 install a:amd64 <none> 1` and `upgrade a:amd64 1 2` name the version that comes last;
/// `status installed a:amd64 2` the one that is there.
pub(super) fn dpkg(text: &str, found: &mut Vec<(String, String)>) {
    for line in text.lines() {
        if found.len() >= MAX_LOG_ENTRIES {
            return;
        }
        let words: Vec<&str> = line.split_ascii_whitespace().take(8).collect();
        let (what, version) = match words[..] {
            [_, _, "install" | "upgrade", what, _, version] => (what, version),
            [_, _, "status", "installed", what, version] => (what, version),
            _ => continue,
        };
        if is_date(words[0], words[1]) && !version.starts_with('<') {
            found.push((format!("{} {}", words[0], words[1]), format!("{what} {version}")));
        }
    }
}

/// Adds the command lines of a `history.log`, each with the time at which it began.
pub(super) fn apt(text: &str, found: &mut Vec<AptCommand>) {
    let mut date = String::new();
    for line in text.lines() {
        if found.len() >= MAX_LOG_ENTRIES {
            return;
        }
        if let Some(value) = line.strip_prefix("Start-Date:") {
            date = value.split_ascii_whitespace().take(2).collect::<Vec<_>>().join(" ");
        } else if let Some(value) = line.strip_prefix("Commandline:") {
            found.push(AptCommand { date: date.clone(), command: value.trim().to_owned() });
        } else if line.is_empty() {
            date.clear();
        }
    }
}

/// `2026-07-11` and `10:16:37`.
fn is_date(day: &str, time: &str) -> bool {
    let shaped = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(a, b)| if b == b'0' { a.is_ascii_digit() } else { a == b })
    };
    shaped(day, "0000-00-00") && shaped(time, "00:00:00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_dpkg() {
        let mut found = Vec::new();
        let text = "2026-07-11 10:16:37 startup archives unpack\n2026-07-11 10:16:37 install a:amd64 <none> 1\n\
                    2026-07-11 10:16:38 status installed a:amd64 1\n2026-07-12 10:16:37 upgrade a:amd64 1 2\n\
                    2026-07-12 10:16:39 remove a:amd64 2 <none>\nyesterday noon install b:all <none> 1\n";
        dpkg(text, &mut found);
        let of = |date: &str, what: &str| (date.to_owned(), what.to_owned());
        assert_eq!(
            found,
            [
                of("2026-07-11 10:16:37", "a:amd64 1"),
                of("2026-07-11 10:16:38", "a:amd64 1"),
                of("2026-07-12 10:16:37", "a:amd64 2")
            ]
        );
    }

    #[test]
    fn lines_of_apt() {
        let mut found = Vec::new();
        apt(
            "\nStart-Date: 2026-07-11  10:16:37\nCommandline: apt-get install -y a\nInstall: a:amd64 (1)\nEnd-Date: x\n\nCommandline: b\n",
            &mut found,
        );
        let of = |command: &str, date: &str| AptCommand { date: date.to_owned(), command: command.to_owned() };
        assert_eq!(found, [of("apt-get install -y a", "2026-07-11 10:16:37"), of("b", "")]);
    }
}

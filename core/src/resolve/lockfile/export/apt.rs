//! What apt takes: pins and arguments.

use std::fmt::Write as _;

use super::Lock;

/// A record of apt_preferences(5) for each package.
///
/// The priority is above 1000, so that the locked version is taken even where a later one is installed. Each record names
/// its architecture, since one without is for the machine's own alone.
pub(super) fn pins(lock: &Lock, exclusive: bool) -> String {
    let mut text = format!("Explanation: the packages of the lock {}\n", lock.digest());
    for (at, package) in lock.packages().iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        let home = package.home(lock.native());
        let _ =
            writeln!(text, "Package: {}:{home}\nPin: version {}\nPin-Priority: 1001", package.name, package.version);
    }
    if exclusive {
        if !lock.packages().is_empty() {
            text.push('\n');
        }
        // For versions that no record above names; those of apt for all packages count last.
        text.push_str("Package: *:any\nPin: release *\nPin-Priority: -1\n");
    }
    text
}

/// The arguments of `apt-get install` that make it install what is locked: `name=version`, the architecture behind the
/// name where it is a foreign one, and `name-` for what has to go.
///
/// Everything is named, so nothing is left to apt to choose; with `--no-install-recommends` it takes nothing else.
pub fn install_arguments(lock: &Lock) -> Vec<String> {
    let packages = lock.packages().iter();
    let install = packages.map(|package| format!("{}={}", package.apt_name(lock.native()), package.version));
    install.chain(lock.head().remove.iter().map(|name| format!("{name}-"))).collect()
}

/// The arguments of `apt-mark auto` for what came along, which `apt-get install` takes for asked for where it is named.
pub fn auto_arguments(lock: &Lock) -> Vec<String> {
    let automatic = lock.packages().iter().filter(|package| package.automatic);
    automatic.map(|package| package.apt_name(lock.native())).collect()
}

/// Two lines for a shell.
pub(super) fn install(lock: &Lock) -> String {
    let line = |command: &str, arguments: &[String]| {
        let words: String = arguments.iter().map(|word| format!(" {}", quoted(word))).collect();
        if arguments.is_empty() { String::new() } else { format!("{command}{words}\n") }
    };
    line("apt-get install --no-install-recommends", &install_arguments(lock))
        + &line("apt-mark auto", &auto_arguments(lock))
}

/// A word for a shell. All that a lock may have is harmless there, but for a tilde in front or behind `=` or `:`, which
/// bash takes for a home directory.
fn quoted(word: &str) -> String {
    let is_home = |pair: &[u8]| pair[1] == b'~' && matches!(pair[0], b'=' | b':');
    if word.as_bytes().windows(2).any(is_home) { format!("'{word}'") } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tildes_are_no_homes() {
        assert_eq!(quoted("a=1~rc1"), "a=1~rc1");
        assert_eq!(quoted("a=1:~rc1"), "'a=1:~rc1'");
    }
}

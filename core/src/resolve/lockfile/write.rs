//! A lock as text: its one form.

use std::fmt;

use super::head::Head;
use super::package::Locked;
use super::{FORMAT, Lock};

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        head(&self.head, f)?;
        self.packages.iter().try_for_each(|package| {
            f.write_str("\n")?;
            stanza(package, f)
        })
    }
}

fn head(head: &Head, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "Format: {FORMAT}")?;
    writeln!(f, "Snapshot: {}", head.snapshot)?;
    writeln!(f, "Architecture: {}", head.architecture)?;
    lines("Foreign-Architectures", head.foreign.iter().map(String::as_str), f)?;
    writeln!(f, "Solver: {}", head.solver)?;
    writeln!(f, "Recommends: {}", yes(head.recommends))?;
    lines("Requested", head.requested.iter().map(String::as_str), f)?;
    lines("Pins", head.pins.lines().map(|line| if line.is_empty() { "." } else { line }), f)?;
    if let Some(release) = &head.default_release {
        writeln!(f, "Default-Release: {release}")?;
    }
    if let Some(base) = &head.base {
        writeln!(f, "Base: {base}")?;
    }
    lines("Remove", head.remove.iter().map(String::as_str), f)
}

fn stanza(package: &Locked, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "Package: {}", package.name)?;
    writeln!(f, "Version: {}", package.version)?;
    writeln!(f, "Architecture: {}", package.architecture)?;
    writeln!(f, "Size: {}", package.size)?;
    writeln!(f, "SHA256: {}", package.sha256)?;
    writeln!(f, "Filename: {}", package.file)?;
    if !package.is_its_own_source() {
        match package.source_version == package.version {
            true => writeln!(f, "Source: {}", package.source)?,
            false => writeln!(f, "Source: {} ({})", package.source, package.source_version)?,
        }
    }
    if let Some(from) = &package.from {
        writeln!(f, "From: {from}")?;
    }
    if let Some(snapshot) = &package.snapshot {
        writeln!(f, "Snapshot: {snapshot}")?;
    }
    writeln!(f, "Automatic: {}", yes(package.automatic))?;
    match &package.reason {
        Some(reason) => writeln!(f, "Reason: {reason}"),
        None => Ok(()),
    }
}

/// A field with a line for each value; nothing where there is none.
fn lines<'a>(name: &str, values: impl Iterator<Item = &'a str>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut values = values.peekable();
    if values.peek().is_some() {
        writeln!(f, "{name}:")?;
    }
    values.try_for_each(|value| writeln!(f, " {value}"))
}

const fn yes(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

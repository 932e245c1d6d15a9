//! The real package index of this machine: what the synthetic upstream is made from.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reposnap_tests::process::succeed;

/// One package of an index: its fields in order, values as they stand after the colon and a space.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    /// Name and value of each field; continuation lines are kept in the value.
    pub(crate) fields: Vec<(String, String)>,
}

impl Package {
    /// The value of a field.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Replaces the value of a field that is there.
    pub(crate) fn set(&mut self, name: &str, value: String) {
        if let Some((_, old)) = self.fields.iter_mut().find(|(field, _)| field == name) {
            *old = value;
        }
    }

    /// The stanza, without the blank line after it.
    pub(crate) fn render(&self, out: &mut String, keep: impl Fn(&str) -> bool) {
        for (name, value) in self.fields.iter().filter(|(name, _)| keep(name)) {
            out.push_str(name);
            out.push_str(if value.starts_with('\n') { ":" } else { ": " });
            out.push_str(value);
            out.push('\n');
        }
    }
}

/// The text of the largest `Packages` index that apt keeps on this machine.
///
/// # Panics
/// When apt keeps none: `apt-get update` brings them.
pub(crate) fn largest() -> String {
    let lists = Path::new("/var/lib/apt/lists");
    let mut found: Vec<(u64, PathBuf)> = fs::read_dir(lists)
        .expect("apt keeps its lists in /var/lib/apt/lists")
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().contains("_Packages"))
        .filter_map(|entry| Some((entry.metadata().ok()?.len(), entry.path())))
        .collect();
    found.sort();
    let (_, path) = found.pop().expect("no package index on this machine: run apt-get update");
    // apt's own reader knows every compression that apt writes.
    let finished = succeed(Command::new("/usr/lib/apt/apt-helper").arg("cat-file").arg(path));
    String::from_utf8(finished.stdout).expect("Debian's indexes are UTF-8")
}

/// All packages of an index, or `limit` of them spread evenly over it.
pub(crate) fn packages(text: &str, limit: Option<usize>) -> Vec<Package> {
    let stanzas: Vec<&str> =
        text.split("\n\n").map(|stanza| stanza.trim_matches('\n')).filter(|s| !s.is_empty()).collect();
    let wanted = limit.unwrap_or(stanzas.len()).min(stanzas.len());
    (0..wanted).map(|number| parse(stanzas[number * stanzas.len() / wanted])).collect()
}

fn parse(stanza: &str) -> Package {
    let mut fields: Vec<(String, String)> = Vec::with_capacity(24);
    for line in stanza.lines() {
        if line.starts_with([' ', '\t']) {
            let (_, value) = fields.last_mut().expect("a stanza begins with a field");
            value.push('\n');
            value.push_str(line);
        } else {
            let (name, value) = line.split_once(':').expect("a field has a colon");
            fields.push((name.to_owned(), value.trim_start_matches(' ').to_owned()));
        }
    }
    Package { fields }
}

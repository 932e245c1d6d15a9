//! Versions as stanzas again: what a universe knows of them, for another universe.

use std::fmt::Write as _;

use super::rows::{ANY, AtomRow, DepKind, EVERY, ProvidesRow, VersionRow, flag};
use super::tables::Table;
use super::{Universe, op_of};

impl Universe {
    /// A stanza with a version's relations, all that it says of architectures spelled out; nothing of its file.
    pub(crate) fn stanza_of(&self, version: u32) -> String {
        let row = self.version(version);
        let package = row[VersionRow::PACKAGE];
        let mut text = String::new();
        let mut field = |name: &str, value: &str| {
            if !value.is_empty() {
                // Writing to a string does not fail.
                let _ = writeln!(text, "{name}: {value}");
            }
        };
        field("Package", self.name_text(self.package_name(package)));
        field("Version", self.version_text(version));
        field("Architecture", self.architecture_text(version));
        let multi_arch = match row[VersionRow::FLAGS] {
            flags if flags & flag::SAME != 0 => "same",
            flags if flags & flag::FOREIGN != 0 => "foreign",
            flags if flags & flag::ALLOWED != 0 => "allowed",
            _ => "",
        };
        field("Multi-Arch", multi_arch);
        if row[VersionRow::FLAGS] & flag::ESSENTIAL != 0 {
            field("Essential", "yes");
        }
        field("Installed-Size", &row[VersionRow::INSTALLED].to_string());
        for kind in DepKind::ALL {
            let deps = self.deps_of(version).iter().filter(|dep| self.dep_kind(**dep) == kind);
            let groups: Vec<String> = deps.map(|dep| self.exact_text(*dep)).collect();
            field(kind.as_str(), &groups.join(", "));
        }
        let provides = self.tables.table(Table::Provides).chunks_exact(ProvidesRow::WIDTH);
        let run = provides.skip(row[VersionRow::PROVIDES] as usize).take(row[VersionRow::PROVIDES + 1] as usize);
        let provides: Vec<String> = run
            .map(|row| {
                let mut text = self.name_text(row[ProvidesRow::NAME]).to_owned();
                if row[ProvidesRow::ARCHITECTURE] != self.package_architecture(package) {
                    text = format!("{text}:{}", self.architectures[row[ProvidesRow::ARCHITECTURE] as usize]);
                }
                match self.text(row, ProvidesRow::TEXT) {
                    "" => text,
                    version => format!("{text} (= {version})"),
                }
            })
            .collect();
        field("Provides", &provides.join(", "));
        text
    }

    /// A dependency whose alternatives mean the same wherever they stand.
    fn exact_text(&self, dep: u32) -> String {
        let alternatives = self.atoms_of(dep).iter().map(|atom| {
            let row = self.tables.row::<{ AtomRow::WIDTH }>(Table::Atoms, *atom);
            let name = self.name_text(row[AtomRow::NAME]);
            let architecture = match row[AtomRow::ARCHITECTURE] {
                EVERY => "",
                ANY => ":any",
                super::rows::NATIVE => ":native",
                other => &format!(":{}", self.architectures.get(other as usize).map_or("unknown", String::as_str)),
            };
            match op_of(row[AtomRow::OP]) {
                Some(op) => format!("{name}{architecture} ({op} {})", self.text(row, AtomRow::TEXT)),
                None => format!("{name}{architecture}"),
            }
        });
        alternatives.collect::<Vec<_>>().join(" | ")
    }
}

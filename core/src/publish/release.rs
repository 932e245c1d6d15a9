//! The Release file of a signed tree.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::error::{Error, Kind, Result};
use crate::publish::options::{Options, Upgrades};
use crate::publish::state::Index;

/// What a Release file says beside what the options do.
pub(crate) struct Content<'a> {
    pub(crate) components: &'a BTreeSet<String>,
    pub(crate) architectures: &'a BTreeSet<String>,
    pub(crate) indexes: &'a [Index],
}

/// When clients must stop using a publication of now.
pub(crate) fn valid_until(options: &Options) -> Result<Option<jiff::Timestamp>> {
    let too_long = |_| Error::new(Kind::Usage, "Valid-Until would be too far in the future").field("Valid-Until");
    options
        .valid_for
        .map(|length| {
            jiff::SignedDuration::try_from(length).and_then(|length| options.date.checked_add(length)).map_err(too_long)
        })
        .transpose()
}

/// The text that is signed: the fields in the order of Debian's own, then every file with its SHA-256.
pub(crate) fn render(options: &Options, content: &Content<'_>) -> Result<String> {
    let mut out = String::new();
    let mut field = |name: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            out.push_str(name);
            out.push_str(": ");
            out.push_str(value);
            out.push('\n');
        }
    };
    let words = |words: &BTreeSet<String>| words.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    field("Origin", options.origin.as_deref());
    field("Label", options.label.as_deref());
    field("Suite", Some(options.suite.as_str()));
    field("Version", options.version.as_deref());
    field("Codename", options.codename.as_deref());
    field("Date", Some(&date(options.date)));
    field("Valid-Until", valid_until(options)?.map(date).as_deref());
    let (not_automatic, but_upgrades) = match options.upgrades {
        Upgrades::Automatic => (None, None),
        Upgrades::OnRequest => (Some("yes"), None),
        Upgrades::OnceInstalled => (Some("yes"), Some("yes")),
    };
    field("NotAutomatic", not_automatic);
    field("ButAutomaticUpgrades", but_upgrades);
    field("Acquire-By-Hash", Some("yes"));
    field("Architectures", Some(&words(content.architectures)));
    field("Components", Some(&words(content.components)));
    field("Description", options.description.as_deref());
    field("Signed-By", Some(&options.signed_by.join(", ")));
    out.push_str("SHA256:\n");
    let mut files: Vec<(String, u64, String)> = Vec::new();
    for index in content.indexes {
        files.push((index.path.clone(), index.size, index.sha256.to_string()));
        for form in index.forms.iter().filter(|form| !form.extension.is_empty()) {
            files.push((index.form_path(form), form.size, form.sha256.to_string()));
        }
    }
    files.sort();
    for (path, size, sha256) in files {
        let _ = writeln!(out, " {sha256} {size:>9} {path}");
    }
    Ok(out)
}

/// A date as Release files write it, RFC 5322 in UTC.
fn date(at: jiff::Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;
    use crate::publish::state::Form;

    #[test]
    fn the_text_is_what_apt_expects() {
        let options = Options {
            origin: Some("Example".into()),
            codename: Some("trixie".into()),
            valid_for: Some(std::time::Duration::from_secs(86_400)),
            upgrades: Upgrades::OnceInstalled,
            signed_by: vec!["A".repeat(40), format!("{}!", "B".repeat(40))],
            ..Options::new("stable/updates".parse().unwrap(), "2026-11-03T04:05:06Z".parse().unwrap())
        };
        let digest = Digest::of(b"");
        let index = Index {
            path: "main/binary-amd64/Packages".into(),
            source: digest,
            size: 12,
            sha256: digest,
            packages: 1,
            forms: vec![Form { extension: ".gz".into(), size: 34, sha256: digest }],
        };
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let (components, architectures) = (words(&["main", "contrib"]), words(&["amd64"]));
        let content = Content { components: &components, architectures: &architectures, indexes: &[index] };
        assert_eq!(
            render(&options, &content).unwrap(),
            format!(
                "Origin: Example\nSuite: stable/updates\nCodename: trixie\nDate: Tue, 03 Nov 2026 04:05:06 UTC\n\
                 Valid-Until: Wed, 04 Nov 2026 04:05:06 UTC\nNotAutomatic: yes\nButAutomaticUpgrades: yes\n\
                 Acquire-By-Hash: yes\nArchitectures: amd64\nComponents: contrib main\nSigned-By: {}, {}!\nSHA256:\n \
                 {digest}        12 main/binary-amd64/Packages\n {digest}        34 main/binary-amd64/Packages.gz\n",
                "A".repeat(40),
                "B".repeat(40)
            )
        );
        let endless = Options { valid_for: Some(std::time::Duration::MAX), ..options };
        assert_eq!(render(&endless, &content).unwrap_err().kind(), Kind::Usage);
    }
}

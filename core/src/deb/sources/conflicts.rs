//! Options that belong to a Release file, not to one component of it.

use super::{SourceEntry, malformed};
use crate::error::Result;

/// Refuses entries in use that share a URI and a suite, and thus a Release file, but do not agree on how it is verified.
///
/// # Errors
///
/// [`Kind::Malformed`](crate::Kind::Malformed) with file, line and field of the later entry, as for apt. As there, an entry that
/// sets nothing may come first.
pub fn check_conflicts(entries: &[SourceEntry]) -> Result<()> {
    let mut known: Vec<(&SourceEntry, Vec<Setting>)> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.enabled) {
        let settings = settings(entry);
        let same = |(other, _): &&mut (&SourceEntry, _)| other.uri == entry.uri && other.suite == entry.suite;
        let Some((first, values)) = known.iter_mut().find(same) else {
            known.push((entry, settings));
            continue;
        };
        for (value, (name, other)) in values.iter_mut().zip(settings) {
            match (&value.1, other) {
                (mine, other) if *mine == other => {}
                (None, other) => value.1 = other,
                (Some(mine), other) => {
                    let place = format!("{} at {}:{}", mine, first.file, first.line);
                    return Err(malformed(format!("two entries of {} {} do not agree", entry.uri, entry.suite))
                        .path(&*entry.file)
                        .line(entry.line)
                        .field(name)
                        .mismatch(place, other.unwrap_or_else(|| "nothing".to_owned())));
                }
            }
        }
    }
    Ok(())
}

type Setting = (&'static str, Option<String>);

fn settings(entry: &SourceEntry) -> Vec<Setting> {
    let options = &entry.options;
    let flag = |value: Option<bool>| value.map(|yes| if yes { "yes".to_owned() } else { "no".to_owned() });
    let number = |value: Option<u64>| value.map(|seconds| seconds.to_string());
    let signed_by = (!entry.signed_by.is_empty()).then(|| format!("{:?}", entry.signed_by));
    vec![
        ("Signed-By", signed_by),
        ("Trusted", flag(options.trusted)),
        ("Allow-Insecure", flag(options.allow_insecure)),
        ("Allow-Weak", flag(options.allow_weak)),
        ("Allow-Downgrade-To-Insecure", flag(options.allow_downgrade_to_insecure)),
        ("Check-Valid-Until", flag(options.check_valid_until)),
        ("Valid-Until-Min", number(options.valid_until_min)),
        ("Valid-Until-Max", number(options.valid_until_max)),
        ("Check-Date", flag(options.check_date)),
        ("Date-Max-Future", number(options.date_max_future)),
        ("InRelease-Path", options.inrelease_path.clone()),
        ("Snapshot", options.snapshot.clone()),
    ]
}

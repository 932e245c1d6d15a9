//! What an image claims of itself, held against its packages.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use reposnap::snapshot::{Snapshot, Want};
use reposnap::store::Store;
use reposnap::{Digest, Kind, Result};
use reposnap_image::inventory::Inventory;
use reposnap_image::package::Package;

use super::Dating;
use crate::matching::compare::canonical;
use crate::report::{Finding, Rule, Severity};

/// The labels that name the snapshot which an image was made from: its digest, 64 hexadecimal digits, with or without
/// `sha256:` before them.
pub const SNAPSHOT_LABELS: [&str; 2] = ["org.reposnap.snapshot", "reposnap.snapshot"];

/// The label that says when an image was made (OCI image specification, annotations).
pub const CREATED_LABEL: &str = "org.opencontainers.image.created";

/// How much older than its packages an image may claim to be: a mirror lags behind the archive that an image was made from.
pub const LAG: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How many packages a finding names.
const NAMED: usize = 5;

/// What an image claims of the snapshot that it was made from, and of the moment, and does not hold: findings of
/// [`Rule::FalseLabel`]. `dating` is what its packages say.
///
/// A moment at the beginning of 1970 is no claim: tools write it to say nothing.
///
/// # Errors
/// Those of reading the store.
pub async fn check(store: &Store, inventory: &Inventory, dating: Option<&Dating>) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for label in SNAPSHOT_LABELS {
        if let Some(value) = inventory.labels.get(label) {
            findings.extend(snapshot(store, label, value, &inventory.packages).await?);
        }
    }
    let labelled = inventory.labels.get(CREATED_LABEL).map(|value| (CREATED_LABEL, value.parse::<Timestamp>()));
    let configured = inventory.created.map(|created| ("the configuration", Ok(created)));
    for (place, created) in labelled.into_iter().chain(configured) {
        match created {
            Err(_) => findings.push(finding(format!("the label {place} is not a moment of RFC 3339"), Severity::Note)),
            Ok(created) => findings.extend(dating.and_then(|dating| moment(place, created, dating))),
        }
    }
    findings.dedup();
    Ok(findings)
}

fn moment(place: &str, created: Timestamp, dating: &Dating) -> Option<Finding> {
    let is_claim = created.as_second() > 24 * 3600;
    // Nobody knows how long packages were there that the log begins with.
    let first = dating.not_before?;
    let is_false = is_claim && created.checked_add(LAG).is_ok_and(|latest| latest < first);
    is_false.then(|| {
        let message = format!(
            "{place} says that the image was made at {created}, and its packages are newer than {first} ({} {})",
            dating.lineage, dating.name
        );
        finding(message, Severity::Warning)
    })
}

async fn snapshot(store: &Store, label: &str, value: &str, packages: &[Package]) -> Result<Option<Finding>> {
    let digits = value.trim().strip_prefix("sha256:").unwrap_or(value.trim());
    let Some(id) = Digest::from_hex(digits.as_bytes()) else {
        let message = format!("the label {label} names no snapshot: 64 hexadecimal digits are wanted");
        return Ok(Some(finding(message, Severity::Warning)));
    };
    let snapshot = match Snapshot::open(store, id).await {
        Err(error) if error.kind() == Kind::NotFound => {
            let message = format!("the label {label} names snapshot {id}, which the store does not have");
            return Ok(Some(finding(message, Severity::Warning)));
        }
        snapshot => snapshot?,
    };
    let of = |package: &Package| key(&package.name, &package.architecture, &package.version);
    let mut missing: HashSet<String> = packages.iter().filter(|package| package.state.has_files()).map(of).collect();
    for (_, list) in snapshot.manifest().lists().filter(|(_, list)| list.architecture != "source") {
        let mut reader = snapshot.read(list, Want::Keys)?;
        while let Some(batch) = reader.next_batch().await? {
            for key in batch.iter().flat_map(|chunk| &chunk.block.keys) {
                missing.remove(&self::key(key.name_str(), key.architecture_str(), key.version_str()));
            }
        }
    }
    if missing.is_empty() {
        return Ok(None);
    }
    // In the order of the image.
    let named: Vec<String> = packages
        .iter()
        .filter(|package| package.state.has_files())
        .filter(|package| missing.contains(&of(package)))
        .take(NAMED)
        .map(|package| format!("{} {}", package.name, package.version))
        .collect();
    let more = missing.len().saturating_sub(named.len());
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message = format!("the label {label} names snapshot {id}, which does not have {}{rest}", named.join(", "));
    Ok(Some(finding(message, Severity::Warning)))
}

fn key(name: &str, architecture: &str, version: &str) -> String {
    format!("{name} {architecture} {}", canonical(version))
}

fn finding(message: String, severity: Severity) -> Finding {
    Finding::new(Rule::FalseLabel, severity, message)
}

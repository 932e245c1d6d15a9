//! A record for each document. Made from the tables of `docs/JSON.md`: change those, and write this anew with
//! `UPDATE=1 cargo test -p reposnap-faces --test generated`.

use std::collections::HashMap;

use serde::Deserialize;

/// The document `AptCommand`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct AptCommand {
    /// as the history has it
    pub date: String,
    /// `command`
    pub command: String,
}

/// The document `Attestation`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Attestation {
    /// `predicate_type`
    pub predicate_type: String,
    /// DSSE, JSON
    pub envelope: String,
    /// the same as Sigstore's tools take it
    #[serde(default)]
    pub bundle: Option<String>,
}

/// The document `Broken`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Broken {
    /// `name`
    pub name: String,
    /// `version`
    pub version: String,
    /// `architecture`
    pub architecture: String,
    /// in words; empty where that takes too long to tell
    pub why: String,
    /// that can't hold together; none of them can be left out
    pub facts: Vec<Fact>,
    /// its place in `causes`
    #[serde(default)]
    pub cause: Option<u64>,
}

/// The document `Cause`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Cause {
    /// `words`
    pub words: String,
    /// that it concerns, as `name version`
    pub packages: Vec<String>,
}

/// The document `Certificate`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Certificate {
    /// of the primary key
    pub fingerprint: String,
    /// `user_ids`
    pub user_ids: Vec<String>,
    /// such as `RSA 4096`
    pub algorithm: String,
    /// `created`
    pub created: String,
    /// `expires`
    pub expires: Option<String>,
    /// `revoked`
    pub revoked: bool,
    /// `subkeys`
    pub subkeys: Vec<Subkey>,
}

/// The document `Change`, by its `kind`.
#[derive(Clone, Debug, Deserialize, uniffi::Enum)]
#[serde(tag = "kind")]
pub enum Change {
    /// `created`
    #[serde(rename = "created")]
    Created,
    /// `partial`
    #[serde(rename = "partial")]
    Partial {
        /// the REV as it was written
        from: String,
        /// queries
        packages: Vec<String>,
    },
    /// `policy`
    #[serde(rename = "policy")]
    Policy {
        /// of the policy's text; left out where it has none any more
        #[serde(default)]
        digest: Option<String>,
    },
    /// `promoted`
    #[serde(rename = "promoted")]
    Promoted {
        /// the REV as it was written
        from: String,
    },
    /// `rolled-back`
    #[serde(rename = "rolled-back")]
    RolledBack {
        /// the number of the entry that it left
        from: u64,
        /// the number of the entry that it went back to
        to: u64,
    },
}

/// The document `ChangedFile`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ChangedFile {
    /// `path`
    pub path: String,
    /// as `name:architecture`
    pub package: String,
    /// `change`
    pub change: String,
    /// it is configuration, which is changed by right
    #[serde(default)]
    pub conffile: Option<bool>,
    /// `layer`
    #[serde(default)]
    pub layer: Option<u64>,
}

/// The document `Chosen`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Chosen {
    /// `name`
    pub name: String,
    /// `version`
    pub version: String,
    /// `architecture`
    pub architecture: String,
    /// the source package
    pub source: String,
    /// `source_version`
    pub source_version: String,
    /// the file's
    pub size: u64,
    /// the file's, where an index has it
    #[serde(default)]
    pub sha256: Option<String>,
    /// where it is, below the root of the archive
    #[serde(default)]
    pub filename: Option<String>,
    /// that has it; of several the first
    pub suite: String,
    /// that has it there
    pub component: String,
    /// whether it came along with others
    pub automatic: bool,
    /// what brought it along; nothing for what was asked for
    #[serde(default)]
    pub reason: Option<Link>,
}

/// The document `Config`, by its `type`.
#[derive(Clone, Debug, Deserialize, uniffi::Enum)]
#[serde(tag = "type")]
pub enum Config {
    /// `apt`
    #[serde(rename = "apt")]
    Apt {
        /// `uri`
        uri: String,
        /// `suites`
        suites: Vec<String>,
        /// empty: all
        components: Vec<String>,
        /// `architectures`
        architectures: Vec<String>,
        /// of the keyring in the store
        keyring: String,
        /// fingerprints that count; empty: all of the keyring
        signers: Vec<String>,
        /// how many must have signed
        threshold: u64,
        /// `extras`
        extras: Extras,
        /// `packages`
        packages: String,
        /// a query
        #[serde(default)]
        filter: Option<String>,
        /// rules
        #[serde(default)]
        relax: Option<Vec<String>>,
        /// in seconds
        #[serde(default)]
        max_age: Option<u64>,
    },
    /// `folder`
    #[serde(rename = "folder")]
    Folder {
        /// `directory`
        directory: String,
        /// `component`
        component: String,
    },
    /// `system`
    #[serde(rename = "system")]
    System {
        /// none: `/`
        #[serde(default)]
        root: Option<String>,
    },
}

/// The document `Count`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Count {
    /// the root
    pub name: String,
    /// packages one relation away
    pub direct: u64,
    /// of those, the ones reached by a package's own name, not by what one provides
    pub named: u64,
    /// packages reached by one relation after the other, the direct ones among them
    pub transitive: u64,
}

/// The document `Dated`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Dated {
    /// `first`
    pub first: Moment,
    /// `last`
    pub last: Moment,
    /// packages that the snapshots have
    pub covered: u64,
    /// `packages`
    pub packages: u64,
}

/// The document `Difference`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Difference {
    /// `name`
    pub name: String,
    /// `architecture`
    pub architecture: String,
    /// `changed`: the same version with another stanza
    pub change: String,
    /// the version
    #[serde(default)]
    pub before: Option<String>,
    /// the version
    #[serde(default)]
    pub after: Option<String>,
}

/// The document `Differs`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Differs {
    /// `md5sums` for the list of files
    pub field: String,
    /// what the index or the package has
    pub theirs: String,
    /// what the image has
    pub ours: String,
}

/// The document `Edge`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Edge {
    /// the node that asks
    pub source: u64,
    /// the node that answers
    pub target: u64,
    /// the field in lower case, such as `pre-depends`, or `provides`
    pub kind: String,
    /// with all its alternatives
    pub relation: String,
    /// which of them leads here, from 1
    #[serde(default)]
    pub alternative: Option<u64>,
    /// the name by which a package answers that is not its own
    #[serde(default)]
    pub provides: Option<String>,
}

/// The document `Error`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ErrorDocument {
    /// one of the words below
    pub kind: String,
    /// a sentence; may change
    pub message: String,
    /// the file, URL, object or REV at fault
    #[serde(default)]
    pub path: Option<String>,
    /// in it, from 1
    #[serde(default)]
    pub line: Option<u64>,
    /// the field at fault
    #[serde(default)]
    pub field: Option<String>,
    /// the rule that was broken, one of the words below
    #[serde(default)]
    pub rule: Option<String>,
    /// what had to be
    #[serde(default)]
    pub expected: Option<String>,
    /// what was
    #[serde(default)]
    pub found: Option<String>,
    /// what to do
    #[serde(default)]
    pub help: Option<String>,
}

/// The document `Evidence`, by its `kind`.
#[derive(Clone, Debug, Deserialize, uniffi::Enum)]
#[serde(tag = "kind")]
pub enum Evidence {
    /// `approval`
    #[serde(rename = "approval")]
    Approval {
        /// of the signed statement
        digest: String,
        /// `size`
        size: u64,
        /// the signed statement
        #[serde(default)]
        content: Option<String>,
        /// the fingerprint of the primary key
        signer: String,
        /// `user_id`
        #[serde(default)]
        user_id: Option<String>,
        /// when it was approved
        date: String,
        /// `role`
        #[serde(default)]
        role: Option<String>,
        /// `comment`
        #[serde(default)]
        comment: Option<String>,
    },
    /// `check`
    #[serde(rename = "check")]
    Check {
        /// what was asked
        check: String,
        /// `architectures`
        architectures: Vec<String>,
        /// how many packages speak against it
        uninstallable: u64,
        /// of how many the work allowed did not tell
        undecided: u64,
    },
    /// `file`
    #[serde(rename = "file")]
    File {
        /// `name`
        name: String,
        /// `digest`
        digest: String,
        /// `size`
        size: u64,
        /// as of `tests`; left out too where it is no text
        #[serde(default)]
        content: Option<String>,
    },
    /// `log`
    #[serde(rename = "log")]
    Log {
        /// the log, such as `env/testing`
        name: String,
        /// the number of its newest entry then
        seq: u64,
        /// of that entry
        digest: String,
        /// the snapshot that was looked for
        snapshot: String,
        /// since when it has been there; left out where it is not
        #[serde(default)]
        since: Option<String>,
    },
    /// `tests`
    #[serde(rename = "tests")]
    Tests {
        /// of the suite
        name: String,
        /// of the report
        digest: String,
        /// `size`
        size: u64,
        /// the report, up to 64 KiB; what is larger is the object `evidence/DIGEST` of the store
        #[serde(default)]
        content: Option<String>,
        /// `tests`
        tests: u64,
        /// `failures`
        failures: u64,
        /// `errors`
        errors: u64,
        /// `skipped`
        skipped: u64,
    },
}

/// The document `Extras`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Extras {
    /// `sources`
    pub sources: bool,
    /// languages
    pub translations: Vec<String>,
    /// `contents`
    pub contents: bool,
}

/// The document `Fact`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Fact {
    /// `missing`: nothing is what the relation asks for; `single`: one version at a time
    pub kind: String,
    /// that has the relation
    #[serde(default)]
    pub package: Option<String>,
    /// `version`
    #[serde(default)]
    pub version: Option<String>,
    /// `field`
    #[serde(default)]
    pub field: Option<String>,
    /// `relation`
    #[serde(default)]
    pub relation: Option<String>,
    /// that would do, that are refused, or of which one alone can be there
    pub packages: Vec<String>,
}

/// The document `Field`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct FieldDocument {
    /// as it was written
    pub name: String,
    /// without the white space around it
    pub value: String,
}

/// The document `File`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct FileDocument {
    /// `path`
    pub path: String,
    /// `size`
    pub size: u64,
    /// `sha256`
    pub sha256: String,
}

/// The document `Finding`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Finding {
    /// `outdated`, `security-update`, `advisory`, `from-nowhere`, `modified`, `file-changed`, `superseded`, `ahead`, `bad-signature`, `false-label` or `half-installed`
    pub rule: String,
    /// `severity`
    pub severity: String,
    /// `message`
    pub message: String,
    /// its place in `packages`
    #[serde(default)]
    pub package: Option<u64>,
    /// that an advisory is about
    #[serde(default)]
    pub source: Option<SourcePackage>,
    /// `fixed_in`
    #[serde(default)]
    pub fixed_in: Option<String>,
    /// `advisories`
    #[serde(default)]
    pub advisories: Option<Vec<String>>,
    /// `path`
    #[serde(default)]
    pub path: Option<String>,
    /// `urgency`
    #[serde(default)]
    pub urgency: Option<String>,
    /// a number: the base score of CVSS 3
    #[serde(default, deserialize_with = "crate::request::text")]
    pub score: Option<String>,
    /// `vector`
    #[serde(default)]
    pub vector: Option<String>,
    /// `summary`
    #[serde(default)]
    pub summary: Option<String>,
    /// `urls`
    #[serde(default)]
    pub urls: Option<Vec<String>>,
    /// why it does not count
    #[serde(default)]
    pub suppressed: Option<Suppression>,
}

/// The document `FleetImage`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct FleetImage {
    /// `reference`
    pub reference: String,
    /// `image`
    pub image: String,
    /// the distribution, such as `debian 12`
    #[serde(default)]
    pub system: Option<String>,
    /// `layers`
    pub layers: u64,
    /// the names of the image that it is made on
    pub base: Vec<String>,
}

/// The document `Found`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Found {
    /// `name`
    pub name: String,
    /// `version`
    pub version: String,
    /// `architecture`
    pub architecture: String,
    /// the part of the snapshot; of several the first
    pub part: String,
    /// `component`
    pub component: String,
    /// with `--stanzas`
    #[serde(default)]
    pub stanza: Option<String>,
}

/// The document `Garbage`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Garbage {
    /// the number of the plan; none in a dry run
    #[serde(default)]
    pub epoch: Option<u64>,
    /// `objects`
    pub objects: u64,
    /// `bytes`
    pub bytes: u64,
    /// `sorts`
    pub sorts: Vec<SortCount>,
    /// there is more than one plan names; the next names the rest
    pub more: bool,
}

/// The document `Gate`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Gate {
    /// what the policy asks for
    #[serde(default)]
    pub requirements: Option<Vec<Requirement>>,
    /// what spoke for it
    #[serde(default)]
    pub evidence: Option<Vec<Evidence>>,
    /// why it was done although something was missing
    #[serde(default)]
    pub overridden: Option<String>,
}

/// The document `Held`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Held {
    /// with its architecture where that is a foreign one
    pub name: String,
    /// that is installed
    pub version: String,
    /// the version that it could have
    pub candidate: String,
    /// what keeps it, in words
    pub why: String,
}

/// The document `HeldIn`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct HeldIn {
    /// `lineage`
    pub lineage: String,
    /// `name`
    pub name: String,
    /// `suite`
    #[serde(default)]
    pub suite: Option<String>,
    /// `component`
    #[serde(default)]
    pub component: Option<String>,
    /// `is_security`
    pub is_security: bool,
    /// the first snapshot that had it
    pub first: String,
    /// `last`
    pub last: String,
    /// the newest snapshot has it
    pub is_newest: bool,
}

/// The document `ImageBase`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ImageBase {
    /// `digest`
    pub digest: String,
    /// `names`
    #[serde(default)]
    pub names: Option<Vec<String>>,
    /// `layers`
    pub layers: u64,
}

/// The document `ImageLayer`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ImageLayer {
    /// of its blob
    pub digest: String,
    /// of the archive in it, uncompressed
    pub diff_id: String,
    /// of its blob
    pub size: u64,
    /// as the image's history claims
    #[serde(default)]
    pub created_by: Option<String>,
    /// likewise
    #[serde(default)]
    pub created: Option<String>,
    /// that it brought, changed or removed
    pub packages: u64,
    /// packages that it removed, as `name:architecture`
    #[serde(default)]
    pub removed: Option<Vec<String>>,
}

/// The document `ImagePackage`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ImagePackage {
    /// `family`
    pub family: String,
    /// `name`
    pub name: String,
    /// with the epoch
    pub version: String,
    /// `architecture`
    pub architecture: String,
    /// `source`
    pub source: SourcePackage,
    /// which brought it as it is, counted from the base
    #[serde(default)]
    pub layer: Option<u64>,
    /// `state`
    pub state: PackageState,
    /// `built_using`
    #[serde(default)]
    pub built_using: Option<Vec<SourcePackage>>,
    /// `static_built_using`
    #[serde(default)]
    pub static_built_using: Option<Vec<SourcePackage>>,
    /// rpm
    #[serde(default)]
    pub installed_at: Option<String>,
    /// rpm's Vendor, dpkg's Maintainer
    #[serde(default)]
    pub vendor: Option<String>,
    /// rpm: what the database alone proves
    #[serde(default)]
    pub proof: Option<Proof>,
    /// the file that it was read from
    pub place: String,
}

/// The document `ImageSignature`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ImageSignature {
    /// `kind`
    pub kind: String,
    /// the name that was signed; for an attestation, what it states
    pub claim: String,
    /// `signers`
    pub signers: Vec<SignedBy>,
}

/// The document `Index`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct IndexDocument {
    /// below the suite, uncompressed
    pub path: String,
    /// uncompressed
    pub size: u64,
    /// 0 for other indexes than Packages and Sources
    pub packages: u64,
    /// `made`
    pub made: String,
}

/// The document `Installed`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Installed {
    /// `name`
    pub name: String,
    /// `architecture`
    pub architecture: String,
    /// what is installed
    pub version: String,
    /// beside the snapshot
    pub standing: String,
    /// the newest version that the snapshot has
    #[serde(default)]
    pub available: Option<String>,
}

/// The document `Interval`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Interval {
    /// `lineage`
    pub lineage: String,
    /// `name`
    pub name: String,
    /// the first of the snapshots
    pub first: String,
    /// since when the log was at it
    pub first_time: String,
    /// `last`
    pub last: String,
    /// `last_time`
    pub last_time: String,
    /// packages that they have
    pub covered: u64,
    /// `packages`
    pub packages: u64,
    /// packages that are the newest there
    pub newest: u64,
    /// the last of them is the newest of the log
    pub is_current: bool,
    /// packages that they don't have
    pub left: Vec<Leftover>,
}

/// The document `Inventory`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Inventory {
    /// as it was named
    pub reference: String,
    /// of its manifest; none for a root folder and a machine
    #[serde(default)]
    pub digest: Option<String>,
    /// `platform`
    #[serde(default)]
    pub platform: Option<Platform>,
    /// as its configuration claims
    #[serde(default)]
    pub created: Option<String>,
    /// of its configuration, and annotations of its manifest that no label hides: claims
    #[serde(default)]
    pub labels: Option<HashMap<String, String>>,
    /// `os`
    #[serde(default)]
    pub os: Option<Os>,
    /// the base first
    pub layers: Vec<ImageLayer>,
    /// none: nobody can tell what is in it
    pub databases: Vec<PackageDatabase>,
    /// by family, name, architecture and version; those of which only configuration is left, too
    pub packages: Vec<ImagePackage>,
    /// what else tells of where packages came from
    pub evidence: Traces,
    /// with `--files`: those that are other than their package has them
    #[serde(default)]
    pub files: Option<Vec<ChangedFile>>,
}

/// The document `LayerInterval`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct LayerInterval {
    /// counted from the base
    pub layer: u64,
    /// of its blob
    pub digest: String,
    /// that it brought and that are still there
    pub packages: u64,
    /// `dated`
    #[serde(default)]
    pub dated: Option<Interval>,
}

/// The document `Layout`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Layout {
    /// `order`
    pub order: String,
    /// `closed`
    pub closed: bool,
    /// `explicit`
    #[serde(default)]
    pub explicit: Option<String>,
}

/// The document `LeftRelease`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct LeftRelease {
    /// `file`
    pub file: String,
    /// `sha256`
    pub sha256: String,
    /// as it claims
    #[serde(default)]
    pub origin: Option<String>,
    /// likewise
    #[serde(default)]
    pub suite: Option<String>,
    /// likewise
    #[serde(default)]
    pub codename: Option<String>,
    /// likewise
    #[serde(default)]
    pub date: Option<String>,
}

/// The document `Leftover`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Leftover {
    /// `name`
    pub name: String,
    /// `version`
    pub version: String,
    /// `architecture`
    pub architecture: String,
    /// `why`
    pub why: String,
}

/// The document `Link`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Link {
    /// the package that has the relation
    pub name: String,
    /// `version`
    pub version: String,
    /// `Pre-Depends`, `Depends` or `Recommends`
    pub field: String,
    /// such as `libc6 (>= 2.36)`
    pub relation: String,
}

/// The document `List`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ListDocument {
    /// `component`
    pub component: String,
    /// `source` for source packages
    pub architecture: String,
    /// of the index, below the suite
    pub path: String,
    /// names its content
    pub root: String,
    /// packages
    pub entries: u64,
    /// of stanzas
    pub bytes: u64,
    /// how upstream's order differs from ours
    #[serde(default)]
    pub layout: Option<Layout>,
    /// of the upstream's index, uncompressed
    #[serde(default)]
    pub sha256: Option<String>,
}

/// The document `Listed`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Listed {
    /// `snapshot`
    pub snapshot: String,
    /// `packages`
    pub packages: u64,
    /// what leads to it: `env/...`, `mirror/...`, `snapshot/...`
    pub names: Vec<String>,
}

/// The document `LockChange`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct LockChange {
    /// `name`
    pub name: String,
    /// that it is installed for
    pub architecture: String,
    /// version
    pub before: String,
    /// version
    pub after: String,
    /// `sha256_before`
    pub sha256_before: String,
    /// `sha256_after`
    pub sha256_after: String,
}

/// The document `LockFault`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct LockFault {
    /// `name`
    pub name: String,
    /// `architecture`
    pub architecture: String,
    /// `version`
    pub version: String,
    /// `problem`
    pub problem: String,
    /// of the file that is locked
    #[serde(default)]
    pub expected: Option<String>,
    /// of the one in the snapshot
    #[serde(default)]
    pub found: Option<String>,
    /// that there is not
    #[serde(default)]
    pub snapshot: Option<String>,
}

/// The document `LockFile`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct LockFile {
    /// `snapshot`
    pub snapshot: String,
    /// the machine's
    pub architecture: String,
    /// architectures that it takes packages of besides
    #[serde(default)]
    pub foreign: Option<Vec<String>>,
    /// `solver`
    pub solver: String,
    /// `recommends`
    pub recommends: bool,
    /// what was asked for
    pub requested: Vec<String>,
    /// the text of a file of preferences
    #[serde(default)]
    pub pins: Option<String>,
    /// `default_release`
    #[serde(default)]
    pub default_release: Option<String>,
    /// of the status file of the system that the packages go on top of
    #[serde(default)]
    pub base: Option<String>,
    /// packages of that system that have to go
    #[serde(default)]
    pub remove: Option<Vec<String>>,
    /// by name and architecture
    pub packages: Vec<Locked>,
}

/// The document `LockReason`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct LockReason {
    /// `field`
    pub field: String,
    /// `relation`
    pub relation: String,
    /// the package that has it
    pub of: String,
}

/// The document `Locked`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Locked {
    /// `name`
    pub name: String,
    /// `version`
    pub version: String,
    /// `architecture`
    pub architecture: String,
    /// the file's
    pub size: u64,
    /// the file's
    pub sha256: String,
    /// where it is, below the root of the archive
    pub filename: String,
    /// the source package
    pub source: String,
    /// `source_version`
    pub source_version: String,
    /// release and component, as `bookworm/main`
    #[serde(default)]
    pub origin: Option<String>,
    /// where it is not that of the lock
    #[serde(default)]
    pub snapshot: Option<String>,
    /// whether it came along with others
    pub automatic: bool,
    /// what brought it
    #[serde(default)]
    pub reason: Option<LockReason>,
}

/// The document `LogFinding`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct LogFinding {
    /// one of the words [below](#of-gates)
    pub rule: String,
    /// `outcome`
    pub outcome: String,
    /// `message`
    pub message: String,
}

/// The document `Look`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Look {
    /// `suite`
    pub suite: String,
    /// whether upstream has another Release than the one that was taken last
    pub news: bool,
    /// the Date of a Release that is news
    #[serde(default)]
    pub date: Option<String>,
}

/// The document `Made`, by its `by`.
#[derive(Clone, Debug, Deserialize, uniffi::Enum)]
#[serde(tag = "by")]
pub enum Made {
    /// `filter`
    #[serde(rename = "filter")]
    Filter {
        /// `query`
        query: String,
    },
    /// `merge`
    #[serde(rename = "merge")]
    Merge {
        /// `rule`
        rule: String,
    },
    /// `mirror`
    #[serde(rename = "mirror")]
    Mirror {
        /// `mirror`
        mirror: String,
        /// `filter`
        #[serde(default)]
        filter: Option<String>,
    },
    /// `pull`
    #[serde(rename = "pull")]
    Pull {
        /// `query`
        query: String,
    },
}

/// The document `Moment`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Moment {
    /// `snapshot`
    pub snapshot: String,
    /// since when its log was at it
    pub time: String,
}

/// The document `Move`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Move {
    /// with its architecture where that is a foreign one
    pub name: String,
    /// the version that it had
    #[serde(default)]
    pub before: Option<String>,
    /// the version that it has
    #[serde(default)]
    pub after: Option<String>,
    /// `relation`: one would not hold otherwise; `sibling`: the same package for another architecture; `anew`: all was chosen anew
    pub why: String,
    /// of the relation
    #[serde(default)]
    pub field: Option<String>,
    /// `relation`
    #[serde(default)]
    pub relation: Option<String>,
    /// the package that has the relation, or the sibling
    #[serde(default)]
    pub of: Option<String>,
}

/// The document `Node`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Node {
    /// `virtual`: a name that packages provide; `missing`: a relation that nothing answers
    pub kind: String,
    /// `name`
    pub name: String,
    /// `version`
    #[serde(default)]
    pub version: Option<String>,
    /// `architecture`
    #[serde(default)]
    pub architecture: Option<String>,
    /// packages away from the roots
    pub level: u64,
    /// those with the same number need each other in a circle
    #[serde(default)]
    pub cycle: Option<u64>,
}

/// The document `Note`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Note {
    /// the rule that was broken without leading to rejection
    pub rule: String,
    /// `message`
    pub message: String,
}

/// The document `ObjectCount`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ObjectCount {
    /// `objects`
    pub objects: u64,
    /// `bytes`
    pub bytes: u64,
}

/// The document `Operation`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Operation {
    /// such as `mirror add`
    pub name: String,
    /// what it does
    pub summary: String,
    /// `needs_store`
    pub needs_store: bool,
    /// the required ones first
    pub parameters: Vec<Parameter>,
    /// the type of its document, by the words of this page
    pub result: String,
}

/// The document `Os`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Os {
    /// `id`
    pub id: String,
    /// `like`
    #[serde(default)]
    pub like: Option<Vec<String>>,
    /// `VERSION_ID`
    #[serde(default)]
    pub version: Option<String>,
    /// `codename`
    #[serde(default)]
    pub codename: Option<String>,
    /// `PRETTY_NAME`
    #[serde(default)]
    pub name: Option<String>,
}

/// The document `Package`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct PackageDocument {
    /// `name`
    pub name: String,
    /// `version`
    pub version: String,
    /// `architecture`
    pub architecture: String,
}

/// The document `PackageDatabase`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct PackageDatabase {
    /// `family`
    pub family: String,
    /// `path`
    pub path: String,
    /// `format`
    pub format: String,
    /// `packages`
    pub packages: u64,
}

/// The document `PackageState`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct PackageState {
    /// `install`, `hold`, `deinstall`, `purge`, `unknown`
    pub want: String,
    /// `ok`, `reinstreq`
    pub flag: String,
    /// `installed`, `config-files` and others of dpkg
    pub status: String,
}

/// The document `Parameter`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Parameter {
    /// `name`
    pub name: String,
    /// what it means
    pub summary: String,
    /// by the words of this page
    #[serde(rename = "type")]
    pub type_name: String,
    /// `required`
    pub required: bool,
}

/// The document `Part`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Part {
    /// the suite; empty where it was derived
    pub name: String,
    /// `uri`
    #[serde(default)]
    pub uri: Option<String>,
    /// as it was asked for
    #[serde(default)]
    pub suite: Option<String>,
    /// the upstream's
    #[serde(default)]
    pub release: Option<Release>,
    /// `lists`
    pub lists: Vec<ListDocument>,
    /// other indexes, byte for byte
    #[serde(default)]
    pub files: Option<Vec<FileDocument>>,
}

/// The document `Paths`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Paths {
    /// how many relations a chain has
    pub length: u64,
    /// how many such chains there are
    pub count: u64,
    /// nodes, as many chains as are shown
    pub chains: Vec<Vec<u64>>,
}

/// The document `PlannedPackage`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct PlannedPackage {
    /// `name`
    pub name: String,
    /// `architecture`
    pub architecture: String,
    /// `version`
    pub version: String,
    /// `fixed_in`
    pub fixed_in: String,
    /// the image that it is made on has it too
    pub in_base: bool,
}

/// The document `Platform`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Platform {
    /// `linux`
    pub os: String,
    /// as Go names it
    pub architecture: String,
    /// `variant`
    #[serde(default)]
    pub variant: Option<String>,
}

/// The document `PolicyId`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct PolicyId {
    /// the number of the entry that set it
    pub seq: u64,
    /// of its text
    pub digest: String,
}

/// The document `Problem`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Problem {
    /// `chain`: an entry of a log does not follow the one before it
    pub kind: String,
    /// the object
    pub path: String,
    /// `message`
    pub message: String,
    /// what to do
    pub help: String,
    /// `repaired`
    pub repaired: bool,
}

/// The document `Proof`, by its `verdict`.
#[derive(Clone, Debug, Deserialize, uniffi::Enum)]
#[serde(tag = "verdict")]
pub enum Proof {
    /// `broken`
    #[serde(rename = "broken")]
    Broken {
        /// `why`
        why: String,
    },
    /// `signed`
    #[serde(rename = "signed")]
    Signed {
        /// the certificate's fingerprint
        signer: String,
    },
    /// `unknown-signer`
    #[serde(rename = "unknown-signer")]
    UnknownSigner {
        /// the key's fingerprint or ID
        key: String,
    },
    /// `unsigned`
    #[serde(rename = "unsigned")]
    Unsigned,
}

/// The document `Provenance`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Provenance {
    /// `matched`
    pub matched: String,
    /// `mirror`
    #[serde(default)]
    pub mirror: Option<String>,
    /// `suite`
    #[serde(default)]
    pub suite: Option<String>,
    /// `component`
    #[serde(default)]
    pub component: Option<String>,
    /// `snapshots`
    #[serde(default)]
    pub snapshots: Option<SnapshotSpan>,
    /// `sha256`
    #[serde(default)]
    pub sha256: Option<String>,
}

/// The document `Publication`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Publication {
    /// `suite`
    pub suite: String,
    /// in a dry run, what it would be; the counts are 0 then
    pub outcome: String,
    /// in order of their paths
    pub indexes: Vec<IndexDocument>,
    /// files of the pool that the indexes made now name; 0 where nothing had to be looked at
    pub packages: u64,
    /// of those, put into the pool now
    pub added: u64,
    /// of those, copied, because they could not be linked; in a bucket all
    pub copied: u64,
    /// of `packages`, not in the store
    pub missing: u64,
    /// of the Release text that is in place; null in a dry run where nothing is
    pub release: Option<String>,
    /// its file, or its URL in a bucket; none for a verbatim tree
    pub certificate: Option<String>,
    /// `notes`
    pub notes: Vec<String>,
    /// paths below the directory or prefix that have other content now, sorted; empty in a dry run
    pub changed: Vec<String>,
    /// in a bucket, what it took; of several suites, the first tells of all
    #[serde(default)]
    pub uploaded: Option<Uploaded>,
}

/// The document `Reason`, by its `kind`.
#[derive(Clone, Debug, Deserialize, uniffi::Enum)]
#[serde(tag = "kind")]
pub enum Reason {
    /// `both`
    #[serde(rename = "both")]
    Both {
        /// `base`
        base: String,
        /// `names`
        names: Vec<String>,
        /// `is_there`
        is_there: bool,
    },
    /// `itself`
    #[serde(rename = "itself")]
    Itself,
    /// `new-base`
    #[serde(rename = "new-base")]
    NewBase {
        /// `base`
        base: String,
        /// `names`
        names: Vec<String>,
        /// the new base is there already
        is_there: bool,
    },
    /// `unknown-base`
    #[serde(rename = "unknown-base")]
    UnknownBase {
        /// the image that it claims to be made on
        claim: String,
    },
}

/// The document `RebuildStep`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct RebuildStep {
    /// `image`
    pub image: String,
    /// `names`
    pub names: Vec<String>,
    /// `reason`
    pub reason: Reason,
    /// `packages`
    pub packages: Vec<PlannedPackage>,
    /// the step to wait for, from 0
    #[serde(default)]
    pub after: Option<u64>,
}

/// The document `Refusal`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Refusal {
    /// `signature`, `subject`, `predicate`, `date`, `coverage`, `match`, `superseded`, `environment` or `max-age`
    pub rule: String,
    /// `message`
    pub message: String,
    /// as `name:architecture`
    #[serde(default)]
    pub package: Option<String>,
}

/// The document `Relation`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Relation {
    /// the package
    pub name: String,
    /// what stands behind the name's colon
    #[serde(default)]
    pub qualifier: Option<String>,
    /// `operator`
    #[serde(default)]
    pub operator: Option<String>,
    /// `version`
    #[serde(default)]
    pub version: Option<String>,
    /// the list in brackets, as written
    #[serde(default)]
    pub architectures: Option<String>,
    /// the build profiles, as written
    #[serde(default)]
    pub profiles: Option<String>,
}

/// The document `RelationGraph`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct RelationGraph {
    /// `direction`
    pub direction: String,
    /// the relations that were followed
    pub kinds: Vec<String>,
    /// how many packages away from the roots at most
    #[serde(default)]
    pub depth: Option<u64>,
    /// where it begins
    pub roots: Vec<u64>,
    /// for each root
    pub counts: Vec<Count>,
    /// those nearer to the roots first; none in the format `counts`
    pub nodes: Vec<Node>,
    /// `edges`
    pub edges: Vec<Edge>,
    /// the chains between two packages, where those were asked for
    #[serde(default)]
    pub paths: Option<Paths>,
}

/// The document `Release`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Release {
    /// `InRelease`, or `Release` and `Release.gpg`
    pub files: Vec<FileDocument>,
    /// `date`
    #[serde(default)]
    pub date: Option<String>,
    /// `valid_until`
    #[serde(default)]
    pub valid_until: Option<String>,
    /// `suite`
    #[serde(default)]
    pub suite: Option<String>,
    /// `codename`
    #[serde(default)]
    pub codename: Option<String>,
    /// `version`
    #[serde(default)]
    pub version: Option<String>,
    /// `origin`
    #[serde(default)]
    pub origin: Option<String>,
    /// `label`
    #[serde(default)]
    pub label: Option<String>,
    /// fingerprints
    pub signers: Vec<String>,
}

/// The document `Report`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Report {
    /// `reference`
    pub reference: String,
    /// `digest`
    #[serde(default)]
    pub digest: Option<String>,
    /// `os`
    #[serde(default)]
    pub os: Option<Os>,
    /// that it was held against
    #[serde(default)]
    pub environment: Option<String>,
    /// that ages are counted to
    pub now: String,
    /// `dated`
    #[serde(default)]
    pub dated: Option<Dated>,
    /// the recorded image that it was made on
    #[serde(default)]
    pub base: Option<ImageBase>,
    /// `verdict`
    pub verdict: String,
    /// why nobody can tell
    #[serde(default)]
    pub doubts: Option<Vec<String>>,
    /// whose files are there
    pub packages: Vec<Reported>,
    /// the worst first
    pub findings: Vec<Finding>,
    /// what to rebuild, the base first
    #[serde(default)]
    pub rebuild: Option<Vec<String>>,
}

/// The document `Reported`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Reported {
    /// `family`
    pub family: String,
    /// `name`
    pub name: String,
    /// `version`
    pub version: String,
    /// `architecture`
    pub architecture: String,
    /// `source`
    pub source: SourcePackage,
    /// `built_using`
    #[serde(default)]
    pub built_using: Option<Vec<SourcePackage>>,
    /// `layer`
    #[serde(default)]
    pub layer: Option<u64>,
    /// `origin`
    #[serde(default)]
    pub origin: Option<Provenance>,
    /// the version that the environment has
    #[serde(default)]
    pub candidate: Option<String>,
    /// since when the environment has a newer one
    #[serde(default)]
    pub outdated_since: Option<String>,
    /// whose layer holds it back
    #[serde(default)]
    pub held_by: Option<String>,
}

/// The document `Requirement`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Requirement {
    /// one of the words [below](#of-gates)
    pub rule: String,
    /// `holds`
    pub holds: bool,
    /// what was found
    pub message: String,
    /// what to do
    #[serde(default)]
    pub help: Option<String>,
}

/// The document `Sharing`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Sharing {
    /// the chunks of all snapshots, each counted in each
    pub uses: u64,
    /// each counted once
    pub chunks: u64,
    /// what these are, once decoded
    pub bytes: u64,
    /// the bytes of the packs that they lie in
    pub stored: u64,
}

/// The document `Signature`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Signature {
    /// the fingerprint of the certificate's primary key
    pub primary: String,
    /// the fingerprint of the key that signed
    pub key: String,
    /// of the certificate
    #[serde(default)]
    pub user_id: Option<String>,
    /// when it was made, by the signer's clock
    pub created: String,
}

/// The document `SignedBy`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct SignedBy {
    /// `ed25519`, `ecdsa-p256`, `ecdsa-p384`, `rsa` or `openpgp`
    pub algorithm: String,
    /// the SHA-256 of the key, or the certificate's fingerprint
    pub key: String,
    /// `user_id`
    #[serde(default)]
    pub user_id: Option<String>,
}

/// The document `SnapshotSpan`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct SnapshotSpan {
    /// `first`
    pub first: String,
    /// `last`
    pub last: String,
}

/// The document `SortCount`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct SortCount {
    /// `format`, `package`, `pack`, `index`, `snapshot`, `universe`, `keyring`, `history`, `image`, `fleet`, `ref` (an entry of a log), `evidence`, `approval`, `retired`, `collection` (of garbage), `damaged` or `other`
    pub sort: String,
    /// `objects`
    pub objects: u64,
    /// `bytes`
    pub bytes: u64,
}

/// The document `SourceEntry`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct SourceEntry {
    /// `type`
    #[serde(rename = "type")]
    pub type_name: String,
    /// `uri`
    pub uri: String,
    /// `suite`
    pub suite: String,
    /// `components`
    pub components: Vec<String>,
    /// files, fingerprints (with `!` for that key alone), armored blocks
    pub signed_by: Vec<String>,
    /// `enabled`
    pub enabled: bool,
    /// where it begins in its file
    pub line: u64,
}

/// The document `SourcePackage`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct SourcePackage {
    /// `name`
    pub name: String,
    /// `version`
    pub version: String,
}

/// The document `SourcesFile`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct SourcesFile {
    /// `file`
    pub file: String,
    /// `text`
    pub text: String,
}

/// The document `StaleImage`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct StaleImage {
    /// `image`
    pub image: String,
    /// `names`
    pub names: Vec<String>,
    /// `packages`
    pub packages: Vec<StalePackage>,
}

/// The document `StalePackage`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct StalePackage {
    /// `name`
    pub name: String,
    /// `architecture`
    pub architecture: String,
    /// `version`
    pub version: String,
    /// `fixed_in`
    pub fixed_in: String,
    /// `source`
    pub source: String,
}

/// The document `Subkey`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Subkey {
    /// `fingerprint`
    pub fingerprint: String,
    /// `algorithm`
    pub algorithm: String,
    /// `created`
    pub created: String,
    /// `expires`
    pub expires: Option<String>,
    /// `revoked`
    pub revoked: bool,
    /// whether it is meant for signing and is rightly bound
    pub signs: bool,
}

/// The document `Suppression`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Suppression {
    /// `status`
    pub status: String,
    /// `justification`
    #[serde(default)]
    pub justification: Option<String>,
    /// `words`
    #[serde(default)]
    pub words: Option<String>,
    /// `author`
    pub author: String,
    /// `time`
    pub time: String,
    /// `document`
    pub document: String,
}

/// The document `Swept`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Swept {
    /// the number of the plan
    pub epoch: u64,
    /// how many were deleted
    pub objects: u64,
    /// `bytes`
    pub bytes: u64,
    /// `sorts`
    pub sorts: Vec<SortCount>,
    /// objects of the plan that are needed by now, were written again, or are gone
    pub spared: u64,
}

/// The document `Trace`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Trace {
    /// `family`
    pub family: String,
    /// `name`
    pub name: String,
    /// `version`
    pub version: String,
    /// `architecture`
    pub architecture: String,
    /// `source`
    pub source: SourcePackage,
    /// `layer`
    #[serde(default)]
    pub layer: Option<u64>,
    /// `matched`
    pub matched: String,
    /// of the package's file, as an index has it
    #[serde(default)]
    pub sha256: Option<String>,
    /// lists that have had it; of a modified one, its version
    pub places: Vec<HeldIn>,
    /// for a modified one
    #[serde(default)]
    pub differs: Option<Vec<Differs>>,
    /// the store has the package's file, and its list of files was compared too
    pub has_file: bool,
}

/// The document `Traces`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Traces {
    /// apt's sources
    #[serde(default)]
    pub sources: Option<Vec<SourcesFile>>,
    /// that `apt update` left
    #[serde(default)]
    pub releases: Option<Vec<LeftRelease>>,
    /// likewise
    #[serde(default)]
    pub indexes: Option<Vec<String>>,
    /// `dpkg.log`: when, by `name:architecture version`
    #[serde(default)]
    pub installed: Option<HashMap<String, String>>,
    /// of apt's history
    #[serde(default)]
    pub commands: Option<Vec<AptCommand>>,
    /// the newest time of a file of a package database
    #[serde(default)]
    pub database_changed: Option<String>,
}

/// The document `Unplanned`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Unplanned {
    /// `image`
    pub image: String,
    /// `packages`
    pub packages: u64,
}

/// The document `Upgraded`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Upgraded {
    /// the version that is installed
    pub before: String,
    /// `name`
    pub name: String,
    /// the version that comes
    pub version: String,
    /// `architecture`
    pub architecture: String,
    /// the source package
    pub source: String,
    /// `source_version`
    pub source_version: String,
    /// the file's
    pub size: u64,
    /// the file's, where an index has it
    #[serde(default)]
    pub sha256: Option<String>,
    /// where it is, below the root of the archive
    #[serde(default)]
    pub filename: Option<String>,
    /// that has it; of several the first
    pub suite: String,
    /// that has it there
    pub component: String,
    /// `automatic`
    pub automatic: bool,
}

/// The document `Uploaded`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Uploaded {
    /// reads, listings, writes and deletions, those that were sent again among them
    pub requests: u64,
    /// of the objects that were written
    pub bytes: u64,
}

/// The document `Verification`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Verification {
    /// the worst of the findings
    pub outcome: String,
    /// `findings`
    pub findings: Vec<LogFinding>,
    /// fingerprints of the primary keys whose signature of the entry was verified
    #[serde(default)]
    pub signers: Option<Vec<String>>,
}

/// The document `Waiting`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Waiting {
    /// `epoch`
    pub epoch: u64,
    /// by the store's clock
    pub written: String,
    /// from when on it can be swept
    pub due: String,
}

/// The document `check`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Check {
    /// `snapshot`
    pub snapshot: String,
    /// the snapshot that it was compared with
    #[serde(default)]
    pub against: Option<String>,
    /// the machine's
    pub architecture: String,
    /// versions that were looked at
    pub checked: u64,
    /// that can't be installed; in a comparison, and could be before
    pub uninstallable: Vec<Broken>,
    /// in a comparison: that were not there before and can't be installed
    #[serde(default)]
    pub arrived: Option<Vec<Broken>>,
    /// in a comparison: that could not be installed and now can, as `name version`
    #[serde(default)]
    pub repaired: Option<Vec<String>>,
    /// of which the work allowed did not tell
    pub undecided: Vec<String>,
    /// each told once for all that it concerns, what concerns most of them first
    pub causes: Vec<Cause>,
}

/// The document `deb show`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct DebShow {
    /// its control file
    pub control: Vec<FieldDocument>,
    /// the names of the files of its control part
    pub files: Vec<String>,
    /// the paths of its data part, with `--contents`
    #[serde(default)]
    pub contents: Option<Vec<String>>,
}

/// The document `env approve`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct EnvApprove {
    /// `environment`
    pub environment: String,
    /// `snapshot`
    pub snapshot: String,
    /// what is signed
    pub statement: String,
    /// the signed statement; left out without a key
    #[serde(default)]
    pub approval: Option<String>,
    /// of the signed statement
    #[serde(default)]
    pub digest: Option<String>,
    /// the fingerprint of the key
    #[serde(default)]
    pub signer: Option<String>,
    /// whether it is kept in the store
    pub kept: bool,
}

/// The document `env create`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct EnvCreate {
    /// `environment`
    pub environment: String,
    /// the number of the entry, from 1
    pub seq: u64,
    /// `snapshot`
    pub snapshot: String,
    /// `time`
    pub time: String,
    /// `actor`
    pub actor: String,
    /// `message`
    pub message: String,
    /// `change`
    pub change: Change,
    /// the policy that is in force from here on
    #[serde(default)]
    pub policy: Option<PolicyId>,
    /// how it was judged, and what spoke for it; where the environment has a policy, or evidence was given
    #[serde(default)]
    pub gate: Option<Gate>,
    /// whether the entry is signed
    pub signed: bool,
    /// with `env log --verify`
    #[serde(default)]
    pub verification: Option<Verification>,
}

/// The document `env policy show`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct EnvPolicyShow {
    /// `environment`
    pub environment: String,
    /// the number of the entry that set it
    pub seq: u64,
    /// of its text
    pub digest: String,
    /// `since`
    pub since: String,
    /// who set it
    pub actor: String,
    /// the policy, with its certificates
    pub policy: String,
}

/// The document `env promote`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct EnvPromote {
    /// `environment`
    pub environment: String,
    /// null where the environment begins
    pub before: Option<String>,
    /// `after`
    pub after: String,
    /// `dry_run`
    pub dry_run: bool,
    /// false in a dry run, and where the environment was there already
    pub moved: bool,
    /// whether the policy lets it pass; in a dry run it may be false, else it is an error
    pub passes: bool,
    /// how it was judged
    #[serde(default)]
    pub gate: Option<Gate>,
    /// what came along, with `--with-deps`
    #[serde(default)]
    pub along: Option<Vec<PackageDocument>>,
    /// `differences`
    pub differences: Vec<Difference>,
}

/// The document `env rollback`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct EnvRollback {
    /// `environment`
    pub environment: String,
    /// the number of the entry, from 1
    pub seq: u64,
    /// `snapshot`
    pub snapshot: String,
    /// `time`
    pub time: String,
    /// `actor`
    pub actor: String,
    /// `message`
    pub message: String,
    /// `change`
    pub change: Change,
    /// the policy that is in force from here on
    #[serde(default)]
    pub policy: Option<PolicyId>,
    /// how it was judged, and what spoke for it; where the environment has a policy, or evidence was given
    #[serde(default)]
    pub gate: Option<Gate>,
    /// whether the entry is signed
    pub signed: bool,
    /// with `env log --verify`
    #[serde(default)]
    pub verification: Option<Verification>,
}

/// The document `fetch`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Fetch {
    /// fetched now, or in a dry run what would be
    pub files: u64,
    /// `bytes`
    pub bytes: u64,
}

/// The document `fleet add`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct FleetAdd {
    /// `reference`
    pub reference: String,
    /// `image`
    pub image: String,
    /// `packages`
    pub packages: u64,
    /// the image that the name was
    #[serde(default)]
    pub before: Option<String>,
    /// `changed`
    pub changed: bool,
}

/// The document `fleet plan`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct FleetPlan {
    /// each behind those that it is made on
    pub steps: Vec<RebuildStep>,
    /// affected, and no name is them any more
    #[serde(default)]
    pub unplanned: Option<Vec<Unplanned>>,
}

/// The document `graph`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Graph {
    /// `graph`
    #[serde(default)]
    pub graph: Option<RelationGraph>,
    /// `text`
    #[serde(default)]
    pub text: Option<String>,
}

/// The document `image attest`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ImageAttest {
    /// `reference`
    pub reference: String,
    /// `digest`
    pub digest: String,
    /// of the audit that is attested
    pub verdict: String,
    /// `packages`
    pub packages: u64,
    /// as envelopes call it
    pub key: String,
    /// `attestations`
    pub attestations: Vec<Attestation>,
    /// manifests that were attached
    #[serde(default)]
    pub attached: Option<Vec<String>>,
}

/// The document `image date`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ImageDate {
    /// `reference`
    pub reference: String,
    /// `digest`
    #[serde(default)]
    pub digest: Option<String>,
    /// none where no snapshot has any of its packages
    #[serde(default)]
    pub dated: Option<Interval>,
    /// that brought packages
    pub layers: Vec<LayerInterval>,
    /// `false_labels`
    pub false_labels: Vec<Finding>,
}

/// The document `image match`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ImageMatch {
    /// `reference`
    pub reference: String,
    /// `digest`
    #[serde(default)]
    pub digest: Option<String>,
    /// `findings` where packages are modified, from nowhere or half installed
    pub verdict: String,
    /// why nobody can tell
    #[serde(default)]
    pub doubts: Option<Vec<String>>,
    /// `packages`
    pub packages: Vec<Trace>,
}

/// The document `image signatures`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ImageSignatures {
    /// `reference`
    pub reference: String,
    /// `digest`
    pub digest: String,
    /// of trusted keys, that hold
    pub signatures: Vec<ImageSignature>,
    /// why others don't count
    pub refused: Vec<String>,
}

/// The document `image verify`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ImageVerify {
    /// `reference`
    pub reference: String,
    /// `digest`
    pub digest: String,
    /// `accepted`
    pub accepted: bool,
    /// `refusals`
    pub refusals: Vec<Refusal>,
    /// further reasons
    pub more: u64,
    /// `signers`
    pub signers: Vec<SignedBy>,
    /// when the attestation was made
    #[serde(default)]
    pub made_at: Option<String>,
}

/// The document `key generate`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct KeyGenerate {
    /// `fingerprint`
    pub fingerprint: String,
    /// `file`
    pub file: String,
}

/// The document `key sign`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct KeySign {
    /// of the key
    pub fingerprint: String,
    /// the cleartext message, or the armored signature
    pub signature: String,
    /// the armored certificate by which others verify
    pub certificate: String,
}

/// The document `lock`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Lock {
    /// what to keep
    pub text: String,
    /// of the text
    pub sha256: String,
    /// the same as a document
    pub lock: LockFile,
}

/// The document `lock diff`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct LockDiff {
    /// `added`
    pub added: Vec<Locked>,
    /// `removed`
    pub removed: Vec<Locked>,
    /// `upgraded`
    pub upgraded: Vec<LockChange>,
    /// `downgraded`
    pub downgraded: Vec<LockChange>,
    /// of the same version and other content
    pub rebuilt: Vec<LockChange>,
}

/// The document `lock update`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct LockUpdate {
    /// what to keep
    pub text: String,
    /// of the text
    pub sha256: String,
    /// the same as a document
    pub lock: LockFile,
    /// by name and architecture
    pub moves: Vec<Move>,
}

/// The document `lock verify`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct LockVerify {
    /// that were looked at
    pub packages: u64,
    /// `faults`
    pub faults: Vec<LockFault>,
}

/// The document `mirror add`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct MirrorAdd {
    /// its name
    pub mirror: String,
    /// the newest; none before the first update
    #[serde(default)]
    pub snapshot: Option<String>,
    /// when its newest entry was written; none in a dry run of a mirror that is not there
    #[serde(default)]
    pub time: Option<String>,
    /// what it mirrors
    pub config: Config,
    /// whether it was not there with these settings before
    pub changed: bool,
}

/// The document `mirror add-folder`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct MirrorAddFolder {
    /// its name
    pub mirror: String,
    /// the newest; none before the first update
    #[serde(default)]
    pub snapshot: Option<String>,
    /// when its newest entry was written; none in a dry run of a mirror that is not there
    #[serde(default)]
    pub time: Option<String>,
    /// what it mirrors
    pub config: Config,
    /// whether it was not there with these settings before
    pub changed: bool,
}

/// The document `mirror add-system`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct MirrorAddSystem {
    /// its name
    pub mirror: String,
    /// the newest; none before the first update
    #[serde(default)]
    pub snapshot: Option<String>,
    /// when its newest entry was written; none in a dry run of a mirror that is not there
    #[serde(default)]
    pub time: Option<String>,
    /// what it mirrors
    pub config: Config,
    /// whether it was not there with these settings before
    pub changed: bool,
}

/// The document `mirror show`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct MirrorShow {
    /// its name
    pub mirror: String,
    /// the newest; none before the first update
    #[serde(default)]
    pub snapshot: Option<String>,
    /// when its newest entry was written
    pub time: String,
    /// what it mirrors
    pub config: Config,
}

/// The document `mirror update`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct MirrorUpdate {
    /// `mirror`
    pub mirror: String,
    /// whether there is a new snapshot, or in a dry run would be
    pub changed: bool,
    /// `before`
    pub before: Option<String>,
    /// null in a dry run where an APT repository has news: what it makes, only its indexes tell
    pub snapshot: Option<String>,
    /// in a dry run of a mirror of an APT repository
    #[serde(default)]
    pub suites: Option<Vec<Look>>,
}

/// The document `prune`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Prune {
    /// files of the pool that stay
    pub kept: u64,
    /// files that were removed, or in a dry run would be
    pub removed: u64,
    /// what the removed files had
    pub bytes: u64,
    /// in a dry run, the files that would be removed, below the directory or prefix
    #[serde(default)]
    pub files: Option<Vec<String>>,
}

/// The document `query parse`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct QueryParse {
    /// in its plainest form
    pub query: String,
    /// whether a package's stanza is needed to tell if it passes
    pub needs_stanza: bool,
    /// the names outside of which no package passes, where the query says so
    #[serde(default)]
    pub names: Option<Vec<String>>,
}

/// The document `resolve`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Resolve {
    /// `snapshot`
    pub snapshot: String,
    /// the further snapshots
    #[serde(default)]
    pub also: Option<Vec<String>>,
    /// how it was chosen: `apt-classic`, `apt-3` or `closure`
    pub solver: String,
    /// whether it was done without what is only recommended
    pub no_recommends: bool,
    /// the machine's
    pub architecture: String,
    /// what was asked for
    pub names: Vec<String>,
    /// the versions to install, by name and architecture
    pub packages: Vec<Chosen>,
    /// the installed packages to remove
    pub remove: Vec<String>,
    /// of all files
    pub download_size: u64,
    /// what they take when installed, by their own word
    pub installed_size: u64,
}

/// The document `snapshot diff`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct SnapshotDiff {
    /// `before`
    pub before: String,
    /// `after`
    pub after: String,
    /// how many of each change; changes that there are none of are left out
    pub summary: HashMap<String, u64>,
    /// `differences`
    pub differences: Vec<Difference>,
}

/// The document `snapshot filter`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct SnapshotFilter {
    /// the new one; in a dry run, what it would be
    pub snapshot: String,
    /// `packages`
    pub packages: u64,
    /// the name that it was given
    #[serde(default)]
    pub name: Option<String>,
    /// of `snapshot pull`: what came along, with `--with-deps`
    #[serde(default)]
    pub along: Option<Vec<PackageDocument>>,
}

/// The document `snapshot merge`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct SnapshotMerge {
    /// the new one; in a dry run, what it would be
    pub snapshot: String,
    /// `packages`
    pub packages: u64,
    /// the name that it was given
    #[serde(default)]
    pub name: Option<String>,
    /// of `snapshot pull`: what came along, with `--with-deps`
    #[serde(default)]
    pub along: Option<Vec<PackageDocument>>,
}

/// The document `snapshot pull`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct SnapshotPull {
    /// the new one; in a dry run, what it would be
    pub snapshot: String,
    /// `packages`
    pub packages: u64,
    /// the name that it was given
    #[serde(default)]
    pub name: Option<String>,
    /// of `snapshot pull`: what came along, with `--with-deps`
    #[serde(default)]
    pub along: Option<Vec<PackageDocument>>,
}

/// The document `snapshot resolve`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct SnapshotResolve {
    /// `snapshot`
    pub snapshot: String,
    /// what sort of name led to it
    pub source: String,
    /// of the environment, mirror or named snapshot
    #[serde(default)]
    pub name: Option<String>,
    /// the number of the entry of its log
    #[serde(default)]
    pub seq: Option<u64>,
    /// when that entry was written
    #[serde(default)]
    pub time: Option<String>,
}

/// The document `snapshot show`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct SnapshotShow {
    /// `snapshot`
    pub snapshot: String,
    /// `made`
    pub made: Made,
    /// `parents`
    pub parents: Vec<String>,
    /// counted once in each list
    pub packages: u64,
    /// `parts`
    pub parts: Vec<Part>,
    /// with `--packages`: each package once
    #[serde(default)]
    pub entries: Option<Vec<PackageDocument>>,
}

/// The document `store check`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct StoreCheck {
    /// every byte of packs and packages was read
    pub data: bool,
    /// entries of logs
    pub entries: u64,
    /// snapshots that could be opened
    pub snapshots: u64,
    /// `chunks`
    pub chunks: u64,
    /// those of all snapshots, each counted once
    pub packages: u64,
    /// those that the store does not have, nor has to: they are fetched when they are asked for
    pub absent: u64,
    /// read to be compared with names
    pub bytes: u64,
    /// sorted by path
    pub problems: Vec<Problem>,
    /// problems beyond the first 100,000
    pub untold: u64,
}

/// The document `store copy`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct StoreCopy {
    /// nothing was written
    pub dry_run: bool,
    /// copied, or to be copied
    pub objects: u64,
    /// `bytes`
    pub bytes: u64,
    /// `sorts`
    pub sorts: Vec<SortCount>,
    /// objects that were there already
    pub kept: u64,
    /// those that got entries, such as `env/stable`
    pub logs: Vec<String>,
    /// those of which the other store has more entries
    pub ahead: Vec<String>,
}

/// The document `store gc`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct StoreGc {
    /// nothing was written
    pub dry_run: bool,
    /// how many are needed
    pub snapshots: u64,
    /// how many these have together, each counted once
    pub packages: u64,
    /// the snapshots that entries name, that are given up, and that are still there; the newest first
    pub retired: Vec<String>,
    /// `swept`
    pub swept: Vec<Swept>,
    /// what was planned; in a dry run, what would be
    #[serde(default)]
    pub planned: Option<Garbage>,
    /// a plan whose time has not come; no other is made meanwhile
    #[serde(default)]
    pub waiting: Option<Waiting>,
}

/// The document `store migrate`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct StoreMigrate {
    /// the format of the store
    pub version: u64,
    /// the oldest format that a reader has to know
    pub min_reader: u64,
    /// the oldest format that a writer has to know
    pub min_writer: u64,
    /// the newest format that this version knows
    pub newest: u64,
    /// anything was written
    pub changed: bool,
    /// what was done, in one sentence
    pub summary: String,
}

/// The document `store stats`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct StoreStats {
    /// `objects`
    pub objects: u64,
    /// `bytes`
    pub bytes: u64,
    /// `sorts`
    pub sorts: Vec<SortCount>,
    /// `environments`
    pub environments: u64,
    /// `mirrors`
    pub mirrors: u64,
    /// names of snapshots
    pub named: u64,
    /// names of recorded images
    pub images: u64,
    /// snapshots that can be opened
    pub snapshots: u64,
    /// `sharing`
    pub sharing: Sharing,
    /// what nothing needs, where that was asked for
    #[serde(default)]
    pub garbage: Option<ObjectCount>,
}

/// The document `system compare`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct SystemCompare {
    /// `snapshot`
    pub snapshot: String,
    /// how many installed packages are `current`, `outdated`, `newer`, `unknown`
    pub summary: HashMap<String, u64>,
    /// `packages`
    pub packages: Vec<Installed>,
}

/// The document `text`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Text {
    /// `text`
    pub text: String,
}

/// The document `upgrade`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Upgrade {
    /// `snapshot`
    pub snapshot: String,
    /// the machine's
    pub architecture: String,
    /// whether packages may come and go
    pub full: bool,
    /// the packages that get another version
    pub changes: Vec<Upgraded>,
    /// those that come anew
    pub packages: Vec<Chosen>,
    /// the installed packages to remove
    pub remove: Vec<String>,
    /// those that stay though there is a newer candidate
    pub held: Vec<Held>,
    /// of all files
    pub download_size: u64,
}

/// The document `verify message`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct VerifyMessage {
    /// `accepted`
    pub accepted: bool,
    /// the moment that it was judged at
    pub at: String,
    /// exactly what the signatures cover; none where it does not hold
    #[serde(default)]
    pub text: Option<String>,
    /// the good signatures
    pub signers: Vec<Signature>,
    /// `notes`
    pub notes: Vec<Note>,
    /// why
    #[serde(default)]
    pub rejected: Option<ErrorDocument>,
}

/// The document `verify release`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct VerifyRelease {
    /// `file`
    pub file: String,
    /// `accepted`
    pub accepted: bool,
    /// the moment that it was judged at
    pub at: String,
    /// fingerprints of the primary keys of good signatures
    pub signers: Vec<String>,
    /// what is worth knowing though it did not lead to rejection
    pub notes: Vec<String>,
    /// why
    #[serde(default)]
    pub rejected: Option<ErrorDocument>,
}

/// The document `version compare`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct VersionCompare {
    /// `a`
    pub a: String,
    /// `b`
    pub b: String,
    /// of `a` to `b`
    pub order: String,
    /// as it was written
    #[serde(default)]
    pub operator: Option<String>,
    /// with an operator
    #[serde(default)]
    pub holds: Option<bool>,
}

/// The document `why`.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Why {
    /// `snapshot`
    pub snapshot: String,
    /// the package
    pub name: String,
    /// that comes along; null where it does not
    pub version: Option<String>,
    /// the relations that lead to it from what was asked for, by the shortest way
    pub chain: Vec<Link>,
}

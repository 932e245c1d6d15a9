# Made by the crate reposnap-faces from the table of operations. Do not edit.
"""The documents that operations give: dicts, whose fields these types tell.

Digests are 64 lower-case hexadecimal digits, times RFC 3339 in UTC, sizes bytes. A field that a type does not
require is left out where it has no value. `docs/JSON.md` of the repository is where they are defined.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict, Union

__all__ = [
    "AptCommand",
    "Attestation",
    "Broken",
    "Cause",
    "Certificate",
    "Change",
    "ChangeCreated",
    "ChangePartial",
    "ChangePolicy",
    "ChangePromoted",
    "ChangeRolledBack",
    "ChangedFile",
    "Check",
    "Chosen",
    "Config",
    "ConfigApt",
    "ConfigFolder",
    "ConfigSystem",
    "Count",
    "Dated",
    "DebShow",
    "Difference",
    "Differs",
    "Edge",
    "EnvApprove",
    "EnvCreate",
    "EnvPolicyRemove",
    "EnvPolicySet",
    "EnvPolicyShow",
    "EnvPromote",
    "EnvRollback",
    "EnvShow",
    "Error",
    "ErrorDocument",
    "Evidence",
    "EvidenceApproval",
    "EvidenceCheck",
    "EvidenceFile",
    "EvidenceLog",
    "EvidenceTests",
    "Extras",
    "Fact",
    "Fetch",
    "Field",
    "File",
    "Finding",
    "FleetAdd",
    "FleetImage",
    "FleetPlan",
    "Found",
    "Garbage",
    "Gate",
    "Graph",
    "Held",
    "HeldIn",
    "ImageAttest",
    "ImageAudit",
    "ImageBase",
    "ImageDate",
    "ImageInspect",
    "ImageLayer",
    "ImageMatch",
    "ImagePackage",
    "ImageSignature",
    "ImageSignatures",
    "ImageVerify",
    "Index",
    "Installed",
    "Interval",
    "Inventory",
    "KeyGenerate",
    "KeySign",
    "LayerInterval",
    "Layout",
    "LeftRelease",
    "Leftover",
    "Link",
    "List",
    "Listed",
    "Lock",
    "LockChange",
    "LockDiff",
    "LockFault",
    "LockFile",
    "LockReason",
    "LockUpdate",
    "LockVerify",
    "Locked",
    "LogFinding",
    "Look",
    "Made",
    "MadeFilter",
    "MadeMerge",
    "MadeMirror",
    "MadePull",
    "MirrorAdd",
    "MirrorAddFolder",
    "MirrorAddSystem",
    "MirrorShow",
    "MirrorUpdate",
    "Moment",
    "Move",
    "Node",
    "Note",
    "ObjectCount",
    "Operation",
    "Os",
    "Package",
    "PackageDatabase",
    "PackageState",
    "Parameter",
    "Part",
    "Paths",
    "PlannedPackage",
    "Platform",
    "PolicyId",
    "Problem",
    "Proof",
    "ProofBroken",
    "ProofSigned",
    "ProofUnknownSigner",
    "ProofUnsigned",
    "Provenance",
    "Prune",
    "Publication",
    "QueryParse",
    "Quickstart",
    "Reason",
    "ReasonBoth",
    "ReasonItself",
    "ReasonNewBase",
    "ReasonUnknownBase",
    "RebuildStep",
    "Refusal",
    "Relation",
    "RelationGraph",
    "Release",
    "Report",
    "Reported",
    "Requirement",
    "Resolve",
    "Sharing",
    "Signature",
    "SignedBy",
    "SnapshotDiff",
    "SnapshotFilter",
    "SnapshotMerge",
    "SnapshotPull",
    "SnapshotResolve",
    "SnapshotShow",
    "SnapshotSpan",
    "SortCount",
    "Source",
    "SourceEntry",
    "SourcePackage",
    "SourcesFile",
    "StaleImage",
    "StalePackage",
    "StoreCheck",
    "StoreCopy",
    "StoreGc",
    "StoreMigrate",
    "StoreStats",
    "Subkey",
    "Suppression",
    "Swept",
    "SystemCompare",
    "Text",
    "Trace",
    "Traces",
    "Unplanned",
    "Upgrade",
    "Upgraded",
    "Uploaded",
    "Verification",
    "VerifyMessage",
    "VerifyRelease",
    "VersionCompare",
    "Waiting",
    "Why",
]


class AptCommand(TypedDict):
    """The document `AptCommand`.

    date: as the history has it
    """

    date: str
    command: str


class _Attestation(TypedDict):
    predicate_type: str
    envelope: str


class Attestation(_Attestation, total=False):
    """The document `Attestation`.

    envelope: DSSE, JSON
    bundle: the same as Sigstore's tools take it
    """

    bundle: str


class _Broken(TypedDict):
    name: str
    version: str
    architecture: str
    why: str
    facts: list[Fact]


class Broken(_Broken, total=False):
    """The document `Broken`.

    why: in words; empty where that takes too long to tell
    facts: that can't hold together; none of them can be left out
    cause: its place in `causes`
    """

    cause: int


class Cause(TypedDict):
    """The document `Cause`.

    packages: that it concerns, as `name version`
    """

    words: str
    packages: list[str]


class Certificate(TypedDict):
    """The document `Certificate`.

    fingerprint: of the primary key
    algorithm: such as `RSA 4096`
    """

    fingerprint: str
    user_ids: list[str]
    algorithm: str
    created: str
    expires: str | None
    revoked: bool
    subkeys: list[Subkey]


class ChangeCreated(TypedDict):
    """The document `Change created`."""

    kind: Literal["created"]


ChangePartial = TypedDict("ChangePartial", {"kind": "Literal['partial']", "from": "str", "packages": "list[str]"})


class _ChangePolicy(TypedDict):
    kind: Literal["policy"]


class ChangePolicy(_ChangePolicy, total=False):
    """The document `Change policy`.

    kind: it stays what it was, and has another policy
    digest: of the policy's text; left out where it has none any more
    """

    digest: str


ChangePromoted = TypedDict("ChangePromoted", {"kind": "Literal['promoted']", "from": "str"})


ChangeRolledBack = TypedDict("ChangeRolledBack", {"kind": "Literal['rolled-back']", "from": "int", "to": "int"})


class _ChangedFile(TypedDict):
    path: str
    package: str
    change: Literal["modified", "missing"]


class ChangedFile(_ChangedFile, total=False):
    """The document `ChangedFile`.

    package: as `name:architecture`
    conffile: it is configuration, which is changed by right
    """

    conffile: bool
    layer: int


class _Chosen(TypedDict):
    name: str
    version: str
    architecture: str
    source: str
    source_version: str
    size: int
    suite: str
    component: str
    automatic: bool


class Chosen(_Chosen, total=False):
    """The document `Chosen`.

    source: the source package
    size: the file's
    sha256: the file's, where an index has it
    filename: where it is, below the root of the archive
    suite: that has it; of several the first
    component: that has it there
    automatic: whether it came along with others
    reason: what brought it along; nothing for what was asked for
    """

    sha256: str
    filename: str
    reason: Link


class _ConfigApt(TypedDict):
    type: Literal["apt"]
    uri: str
    suites: list[str]
    components: list[str]
    architectures: list[str]
    keyring: str
    signers: list[str]
    threshold: int
    extras: Extras
    packages: Literal["all", "on-demand", "none"]


class ConfigApt(_ConfigApt, total=False):
    """The document `Config apt`.

    components: empty: all
    keyring: of the keyring in the store
    signers: fingerprints that count; empty: all of the keyring
    threshold: how many must have signed
    filter: a query
    relax: rules
    max_age: in seconds
    """

    filter: str
    relax: list[str]
    max_age: int


class ConfigFolder(TypedDict):
    """The document `Config folder`."""

    type: Literal["folder"]
    directory: str
    component: str


class _ConfigSystem(TypedDict):
    type: Literal["system"]


class ConfigSystem(_ConfigSystem, total=False):
    """The document `Config system`.

    root: none: `/`
    """

    root: str


class Count(TypedDict):
    """The document `Count`.

    name: the root
    direct: packages one relation away
    named: of those, the ones reached by a package's own name, not by what one provides
    transitive: packages reached by one relation after the other, the direct ones among them
    """

    name: str
    direct: int
    named: int
    transitive: int


class Dated(TypedDict):
    """The document `Dated`.

    covered: packages that the snapshots have
    """

    first: Moment
    last: Moment
    covered: int
    packages: int


class _Difference(TypedDict):
    name: str
    architecture: str
    change: Literal["added", "removed", "upgraded", "downgraded", "changed"]


class Difference(_Difference, total=False):
    """The document `Difference`.

    change: `changed`: the same version with another stanza
    before: the version
    after: the version
    """

    before: str
    after: str


class Differs(TypedDict):
    """The document `Differs`.

    field: `md5sums` for the list of files
    theirs: what the index or the package has
    ours: what the image has
    """

    field: str
    theirs: str
    ours: str


class _Edge(TypedDict):
    source: int
    target: int
    kind: str
    relation: str


class Edge(_Edge, total=False):
    """The document `Edge`.

    source: the node that asks
    target: the node that answers
    kind: the field in lower case, such as `pre-depends`, or `provides`
    relation: with all its alternatives
    alternative: which of them leads here, from 1
    provides: the name by which a package answers that is not its own
    """

    alternative: int
    provides: str


class _Error(TypedDict):
    kind: str
    message: str


class Error(_Error, total=False):
    """The document `Error`.

    kind: one of the words below
    message: a sentence; may change
    path: the file, URL, object or REV at fault
    line: in it, from 1
    field: the field at fault
    rule: the rule that was broken, one of the words below
    expected: what had to be
    found: what was
    help: what to do
    """

    path: str
    line: int
    field: str
    rule: str
    expected: str
    found: str
    help: str


class _EvidenceApproval(TypedDict):
    kind: Literal["approval"]
    digest: str
    size: int
    signer: str
    date: str


class EvidenceApproval(_EvidenceApproval, total=False):
    """The document `Evidence approval`.

    kind: somebody's signed word
    digest: of the signed statement
    content: the signed statement
    signer: the fingerprint of the primary key
    date: when it was approved
    """

    content: str
    user_id: str
    role: str
    comment: str


class EvidenceCheck(TypedDict):
    """The document `Evidence check`.

    kind: a check of relations
    check: what was asked
    uninstallable: how many packages speak against it
    undecided: of how many the work allowed did not tell
    """

    kind: Literal["check"]
    check: Literal["clean", "none-uninstallable"]
    architectures: list[str]
    uninstallable: int
    undecided: int


class _EvidenceFile(TypedDict):
    kind: Literal["file"]
    name: str
    digest: str
    size: int


class EvidenceFile(_EvidenceFile, total=False):
    """The document `Evidence file`.

    kind: something else that was given
    content: as of `tests`; left out too where it is no text
    """

    content: str


class _EvidenceLog(TypedDict):
    kind: Literal["log"]
    name: str
    seq: int
    digest: str
    snapshot: str


class EvidenceLog(_EvidenceLog, total=False):
    """The document `Evidence log`.

    kind: where the snapshot was before
    name: the log, such as `env/testing`
    seq: the number of its newest entry then
    digest: of that entry
    snapshot: the snapshot that was looked for
    since: since when it has been there; left out where it is not
    """

    since: str


class _EvidenceTests(TypedDict):
    kind: Literal["tests"]
    name: str
    digest: str
    size: int
    tests: int
    failures: int
    errors: int
    skipped: int


class EvidenceTests(_EvidenceTests, total=False):
    """The document `Evidence tests`.

    kind: a report of tests
    name: of the suite
    digest: of the report
    content: the report, up to 64 KiB; what is larger is the object `evidence/DIGEST` of the store
    """

    content: str


class Extras(TypedDict):
    """The document `Extras`.

    translations: languages
    """

    sources: bool
    translations: list[str]
    contents: bool


class _Fact(TypedDict):
    kind: Literal["missing", "needs", "conflicts", "single"]
    packages: list[str]


class Fact(_Fact, total=False):
    """The document `Fact`.

    kind: `missing`: nothing is what the relation asks for; `single`: one version at a time
    package: that has the relation
    packages: that would do, that are refused, or of which one alone can be there
    """

    package: str
    version: str
    field: str
    relation: str


class Field(TypedDict):
    """The document `Field`.

    name: as it was written
    value: without the white space around it
    """

    name: str
    value: str


class File(TypedDict):
    """The document `File`."""

    path: str
    size: int
    sha256: str


class _Finding(TypedDict):
    rule: str
    severity: Literal["note", "warning", "error"]
    message: str


class Finding(_Finding, total=False):
    """The document `Finding`.

    rule: `outdated`, `security-update`, `advisory`, `from-nowhere`, `modified`, `file-changed`, `superseded`,
        `ahead`, `bad-signature`, `false-label` or `half-installed`
    package: its place in `packages`
    source: that an advisory is about
    score: a number: the base score of CVSS 3
    suppressed: why it does not count
    """

    package: int
    source: SourcePackage
    fixed_in: str
    advisories: list[str]
    path: str
    urgency: Literal["unknown", "unimportant", "low", "medium", "high", "critical"]
    score: Any
    vector: str
    summary: str
    urls: list[str]
    suppressed: Suppression


class _FleetImage(TypedDict):
    reference: str
    image: str
    layers: int
    base: list[str]


class FleetImage(_FleetImage, total=False):
    """The document `FleetImage`.

    system: the distribution, such as `debian 12`
    base: the names of the image that it is made on
    """

    system: str


class _Found(TypedDict):
    name: str
    version: str
    architecture: str
    part: str
    component: str


class Found(_Found, total=False):
    """The document `Found`.

    part: the part of the snapshot; of several the first
    stanza: with `--stanzas`
    """

    stanza: str


class _Garbage(TypedDict):
    objects: int
    bytes: int
    sorts: list[SortCount]
    more: bool


class Garbage(_Garbage, total=False):
    """The document `Garbage`.

    epoch: the number of the plan; none in a dry run
    more: there is more than one plan names; the next names the rest
    """

    epoch: int


class Gate(TypedDict, total=False):
    """The document `Gate`.

    requirements: what the policy asks for
    evidence: what spoke for it
    overridden: why it was done although something was missing
    """

    requirements: list[Requirement]
    evidence: list[Evidence]
    overridden: str


class Held(TypedDict):
    """The document `Held`.

    name: with its architecture where that is a foreign one
    version: that is installed
    candidate: the version that it could have
    why: what keeps it, in words
    """

    name: str
    version: str
    candidate: str
    why: str


class _HeldIn(TypedDict):
    lineage: Literal["mirror", "environment"]
    name: str
    is_security: bool
    first: str
    last: str
    is_newest: bool


class HeldIn(_HeldIn, total=False):
    """The document `HeldIn`.

    first: the first snapshot that had it
    is_newest: the newest snapshot has it
    """

    suite: str
    component: str


class _ImageBase(TypedDict):
    digest: str
    layers: int


class ImageBase(_ImageBase, total=False):
    """The document `ImageBase`."""

    names: list[str]


class _ImageLayer(TypedDict):
    digest: str
    diff_id: str
    size: int
    packages: int


class ImageLayer(_ImageLayer, total=False):
    """The document `ImageLayer`.

    digest: of its blob
    diff_id: of the archive in it, uncompressed
    size: of its blob
    created_by: as the image's history claims
    created: likewise
    packages: that it brought, changed or removed
    removed: packages that it removed, as `name:architecture`
    """

    created_by: str
    created: str
    removed: list[str]


class _ImagePackage(TypedDict):
    family: Literal["deb", "rpm"]
    name: str
    version: str
    architecture: str
    source: SourcePackage
    state: PackageState
    place: str


class ImagePackage(_ImagePackage, total=False):
    """The document `ImagePackage`.

    version: with the epoch
    layer: which brought it as it is, counted from the base
    installed_at: rpm
    vendor: rpm's Vendor, dpkg's Maintainer
    proof: rpm: what the database alone proves
    place: the file that it was read from
    """

    layer: int
    built_using: list[SourcePackage]
    static_built_using: list[SourcePackage]
    installed_at: str
    vendor: str
    proof: Proof


class ImageSignature(TypedDict):
    """The document `ImageSignature`.

    claim: the name that was signed; for an attestation, what it states
    """

    kind: Literal["cosign", "cosign-attestation", "simple"]
    claim: str
    signers: list[SignedBy]


class Index(TypedDict):
    """The document `Index`.

    path: below the suite, uncompressed
    size: uncompressed
    packages: 0 for other indexes than Packages and Sources
    """

    path: str
    size: int
    packages: int
    made: Literal["now", "before"]


class _Installed(TypedDict):
    name: str
    architecture: str
    version: str
    standing: Literal["current", "outdated", "newer", "unknown"]


class Installed(_Installed, total=False):
    """The document `Installed`.

    version: what is installed
    standing: beside the snapshot
    available: the newest version that the snapshot has
    """

    available: str


class Interval(TypedDict):
    """The document `Interval`.

    first: the first of the snapshots
    first_time: since when the log was at it
    covered: packages that they have
    newest: packages that are the newest there
    is_current: the last of them is the newest of the log
    left: packages that they don't have
    """

    lineage: Literal["mirror", "environment"]
    name: str
    first: str
    first_time: str
    last: str
    last_time: str
    covered: int
    packages: int
    newest: int
    is_current: bool
    left: list[Leftover]


class _Inventory(TypedDict):
    reference: str
    layers: list[ImageLayer]
    databases: list[PackageDatabase]
    packages: list[ImagePackage]
    evidence: Traces


class Inventory(_Inventory, total=False):
    """The document `Inventory`.

    reference: as it was named
    digest: of its manifest; none for a root folder and a machine
    created: as its configuration claims
    labels: of its configuration, and annotations of its manifest that no label hides: claims
    layers: the base first
    databases: none: nobody can tell what is in it
    packages: by family, name, architecture and version; those of which only configuration is left, too
    evidence: what else tells of where packages came from
    files: with `--files`: those that are other than their package has them
    """

    digest: str
    platform: Platform
    created: str
    labels: dict[str, str]
    os: Os
    files: list[ChangedFile]


class _LayerInterval(TypedDict):
    layer: int
    digest: str
    packages: int


class LayerInterval(_LayerInterval, total=False):
    """The document `LayerInterval`.

    layer: counted from the base
    digest: of its blob
    packages: that it brought and that are still there
    """

    dated: Interval


class _Layout(TypedDict):
    order: Literal["key", "source", "explicit"]
    closed: bool


class Layout(_Layout, total=False):
    """The document `Layout`."""

    explicit: str


class _LeftRelease(TypedDict):
    file: str
    sha256: str


class LeftRelease(_LeftRelease, total=False):
    """The document `LeftRelease`.

    origin: as it claims
    suite: likewise
    codename: likewise
    date: likewise
    """

    origin: str
    suite: str
    codename: str
    date: str


class Leftover(TypedDict):
    """The document `Leftover`."""

    name: str
    version: str
    architecture: str
    why: Literal["from-nowhere", "older", "newer", "between"]


class Link(TypedDict):
    """The document `Link`.

    name: the package that has the relation
    field: `Pre-Depends`, `Depends` or `Recommends`
    relation: such as `libc6 (>= 2.36)`
    """

    name: str
    version: str
    field: str
    relation: str


class _List(TypedDict):
    component: str
    architecture: str
    path: str
    root: str
    entries: int
    bytes: int


class List(_List, total=False):
    """The document `List`.

    architecture: `source` for source packages
    path: of the index, below the suite
    root: names its content
    entries: packages
    bytes: of stanzas
    layout: how upstream's order differs from ours
    sha256: of the upstream's index, uncompressed
    """

    layout: Layout
    sha256: str


class Listed(TypedDict):
    """The document `Listed`.

    names: what leads to it: `env/...`, `mirror/...`, `snapshot/...`
    """

    snapshot: str
    packages: int
    names: list[str]


class LockChange(TypedDict):
    """The document `LockChange`.

    architecture: that it is installed for
    before: version
    after: version
    """

    name: str
    architecture: str
    before: str
    after: str
    sha256_before: str
    sha256_after: str


class _LockFault(TypedDict):
    name: str
    architecture: str
    version: str
    problem: Literal["missing", "altered", "no-snapshot"]


class LockFault(_LockFault, total=False):
    """The document `LockFault`.

    expected: of the file that is locked
    found: of the one in the snapshot
    snapshot: that there is not
    """

    expected: str
    found: str
    snapshot: str


class _LockFile(TypedDict):
    snapshot: str
    architecture: str
    solver: str
    recommends: bool
    requested: list[str]
    packages: list[Locked]


class LockFile(_LockFile, total=False):
    """The document `LockFile`.

    architecture: the machine's
    foreign: architectures that it takes packages of besides
    requested: what was asked for
    pins: the text of a file of preferences
    base: of the status file of the system that the packages go on top of
    remove: packages of that system that have to go
    packages: by name and architecture
    """

    foreign: list[str]
    pins: str
    default_release: str
    base: str
    remove: list[str]


class LockReason(TypedDict):
    """The document `LockReason`.

    of: the package that has it
    """

    field: str
    relation: str
    of: str


class _Locked(TypedDict):
    name: str
    version: str
    architecture: str
    size: int
    sha256: str
    filename: str
    source: str
    source_version: str
    automatic: bool


class Locked(_Locked, total=False):
    """The document `Locked`.

    size: the file's
    sha256: the file's
    filename: where it is, below the root of the archive
    source: the source package
    origin: release and component, as `bookworm/main`
    snapshot: where it is not that of the lock
    automatic: whether it came along with others
    reason: what brought it
    """

    origin: str
    snapshot: str
    reason: LockReason


class LogFinding(TypedDict):
    """The document `LogFinding`.

    rule: one of the words [below](#of-gates)
    """

    rule: str
    outcome: Literal["cannot-tell", "does-not-hold"]
    message: str


class _Look(TypedDict):
    suite: str
    news: bool


class Look(_Look, total=False):
    """The document `Look`.

    news: whether upstream has another Release than the one that was taken last
    date: the Date of a Release that is news
    """

    date: str


class MadeFilter(TypedDict):
    """The document `Made filter`."""

    by: Literal["filter"]
    query: str


class MadeMerge(TypedDict):
    """The document `Made merge`."""

    by: Literal["merge"]
    rule: Literal["precedence", "newest", "all"]


class _MadeMirror(TypedDict):
    by: Literal["mirror"]
    mirror: str


class MadeMirror(_MadeMirror, total=False):
    """The document `Made mirror`."""

    filter: str


class MadePull(TypedDict):
    """The document `Made pull`."""

    by: Literal["pull"]
    query: str


class Moment(TypedDict):
    """The document `Moment`.

    time: since when its log was at it
    """

    snapshot: str
    time: str


class _Move(TypedDict):
    name: str
    why: Literal["asked", "relation", "sibling", "unneeded", "anew"]


class Move(_Move, total=False):
    """The document `Move`.

    name: with its architecture where that is a foreign one
    before: the version that it had
    after: the version that it has
    why: `relation`: one would not hold otherwise; `sibling`: the same package for another architecture; `anew`: all
        was chosen anew
    field: of the relation
    of: the package that has the relation, or the sibling
    """

    before: str
    after: str
    field: str
    relation: str
    of: str


class _Node(TypedDict):
    kind: Literal["package", "virtual", "missing"]
    name: str
    level: int


class Node(_Node, total=False):
    """The document `Node`.

    kind: `virtual`: a name that packages provide; `missing`: a relation that nothing answers
    level: packages away from the roots
    cycle: those with the same number need each other in a circle
    """

    version: str
    architecture: str
    cycle: int


class Note(TypedDict):
    """The document `Note`.

    rule: the rule that was broken without leading to rejection
    """

    rule: str
    message: str


class ObjectCount(TypedDict):
    """The document `ObjectCount`."""

    objects: int
    bytes: int


class Operation(TypedDict):
    """The document `Operation`.

    name: such as `mirror add`
    summary: what it does
    parameters: the required ones first
    result: the type of its document, by the words of this page
    """

    name: str
    summary: str
    needs_store: bool
    parameters: list[Parameter]
    result: str


class _Os(TypedDict):
    id: str


class Os(_Os, total=False):
    """The document `Os`.

    version: `VERSION_ID`
    name: `PRETTY_NAME`
    """

    like: list[str]
    version: str
    codename: str
    name: str


class Package(TypedDict):
    """The document `Package`."""

    name: str
    version: str
    architecture: str


class PackageDatabase(TypedDict):
    """The document `PackageDatabase`."""

    family: Literal["deb", "rpm"]
    path: str
    format: Literal["status", "status.d", "sqlite", "ndb", "bdb"]
    packages: int


class PackageState(TypedDict):
    """The document `PackageState`.

    want: `install`, `hold`, `deinstall`, `purge`, `unknown`
    flag: `ok`, `reinstreq`
    status: `installed`, `config-files` and others of dpkg
    """

    want: str
    flag: str
    status: str


class Parameter(TypedDict):
    """The document `Parameter`.

    summary: what it means
    type: by the words of this page
    """

    name: str
    summary: str
    type: str
    required: bool


class _Part(TypedDict):
    name: str
    lists: list[List]


class Part(_Part, total=False):
    """The document `Part`.

    name: the suite; empty where it was derived
    suite: as it was asked for
    release: the upstream's
    files: other indexes, byte for byte
    """

    uri: str
    suite: str
    release: Release
    files: list[File]


class Paths(TypedDict):
    """The document `Paths`.

    length: how many relations a chain has
    count: how many such chains there are
    chains: nodes, as many chains as are shown
    """

    length: int
    count: int
    chains: list[list[int]]


class PlannedPackage(TypedDict):
    """The document `PlannedPackage`.

    in_base: the image that it is made on has it too
    """

    name: str
    architecture: str
    version: str
    fixed_in: str
    in_base: bool


class _Platform(TypedDict):
    os: str
    architecture: str


class Platform(_Platform, total=False):
    """The document `Platform`.

    os: `linux`
    architecture: as Go names it
    """

    variant: str


class PolicyId(TypedDict):
    """The document `PolicyId`.

    seq: the number of the entry that set it
    digest: of its text
    """

    seq: int
    digest: str


class Problem(TypedDict):
    """The document `Problem`.

    kind: `chain`: an entry of a log does not follow the one before it
    path: the object
    help: what to do
    """

    kind: Literal["missing", "size", "altered", "malformed", "chain", "unreadable"]
    path: str
    message: str
    help: str
    repaired: bool


class ProofBroken(TypedDict):
    """The document `Proof broken`."""

    verdict: Literal["broken"]
    why: str


class ProofSigned(TypedDict):
    """The document `Proof signed`.

    signer: the certificate's fingerprint
    """

    verdict: Literal["signed"]
    signer: str


class ProofUnknownSigner(TypedDict):
    """The document `Proof unknown-signer`.

    verdict: its digest holds; the key was not given
    key: the key's fingerprint or ID
    """

    verdict: Literal["unknown-signer"]
    key: str


class ProofUnsigned(TypedDict):
    """The document `Proof unsigned`.

    verdict: its digest holds
    """

    verdict: Literal["unsigned"]


class _Provenance(TypedDict):
    matched: Literal["known", "superseded", "modified", "from-nowhere"]


class Provenance(_Provenance, total=False):
    """The document `Provenance`."""

    mirror: str
    suite: str
    component: str
    snapshots: SnapshotSpan
    sha256: str


class _Publication(TypedDict):
    suite: str
    outcome: Literal["published", "resigned", "unchanged"]
    indexes: list[Index]
    packages: int
    added: int
    copied: int
    missing: int
    release: str | None
    certificate: str | None
    notes: list[str]
    changed: list[str]


class Publication(_Publication, total=False):
    """The document `Publication`.

    outcome: in a dry run, what it would be; the counts are 0 then
    indexes: in order of their paths
    packages: files of the pool that the indexes made now name; 0 where nothing had to be looked at
    added: of those, put into the pool now
    copied: of those, copied, because they could not be linked; in a bucket all
    missing: of `packages`, not in the store
    release: of the Release text that is in place; null in a dry run where nothing is
    certificate: its file, or its URL in a bucket; none for a verbatim tree
    changed: paths below the directory or prefix that have other content now, sorted; empty in a dry run
    uploaded: in a bucket, what it took; of several suites, the first tells of all
    """

    uploaded: Uploaded


class ReasonBoth(TypedDict):
    """The document `Reason both`.

    kind: a new base, and newer packages above it
    """

    kind: Literal["both"]
    base: str
    names: list[str]
    is_there: bool


class ReasonItself(TypedDict):
    """The document `Reason itself`."""

    kind: Literal["itself"]


class ReasonNewBase(TypedDict):
    """The document `Reason new-base`.

    kind: a new base is enough
    is_there: the new base is there already
    """

    kind: Literal["new-base"]
    base: str
    names: list[str]
    is_there: bool


class ReasonUnknownBase(TypedDict):
    """The document `Reason unknown-base`.

    claim: the image that it claims to be made on
    """

    kind: Literal["unknown-base"]
    claim: str


class _RebuildStep(TypedDict):
    image: str
    names: list[str]
    reason: Reason
    packages: list[PlannedPackage]


class RebuildStep(_RebuildStep, total=False):
    """The document `RebuildStep`.

    after: the step to wait for, from 0
    """

    after: int


class _Refusal(TypedDict):
    rule: str
    message: str


class Refusal(_Refusal, total=False):
    """The document `Refusal`.

    rule: `signature`, `subject`, `predicate`, `date`, `coverage`, `match`, `superseded`, `environment` or `max-age`
    package: as `name:architecture`
    """

    package: str


class _Relation(TypedDict):
    name: str


class Relation(_Relation, total=False):
    """The document `Relation`.

    name: the package
    qualifier: what stands behind the name's colon
    architectures: the list in brackets, as written
    profiles: the build profiles, as written
    """

    qualifier: str
    operator: Literal["<<", "<=", "=", ">=", ">>"]
    version: str
    architectures: str
    profiles: str


class _RelationGraph(TypedDict):
    direction: Literal["dependencies", "dependents"]
    kinds: list[str]
    roots: list[int]
    counts: list[Count]
    nodes: list[Node]
    edges: list[Edge]


class RelationGraph(_RelationGraph, total=False):
    """The document `RelationGraph`.

    kinds: the relations that were followed
    depth: how many packages away from the roots at most
    roots: where it begins
    counts: for each root
    nodes: those nearer to the roots first; none in the format `counts`
    paths: the chains between two packages, where those were asked for
    """

    depth: int
    paths: Paths


class _Release(TypedDict):
    files: list[File]
    signers: list[str]


class Release(_Release, total=False):
    """The document `Release`.

    files: `InRelease`, or `Release` and `Release.gpg`
    signers: fingerprints
    """

    date: str
    valid_until: str
    suite: str
    codename: str
    version: str
    origin: str
    label: str


class _Report(TypedDict):
    reference: str
    now: str
    verdict: Literal["clean", "findings", "inconclusive"]
    packages: list[Reported]
    findings: list[Finding]


class Report(_Report, total=False):
    """The document `Report`.

    environment: that it was held against
    now: that ages are counted to
    base: the recorded image that it was made on
    doubts: why nobody can tell
    packages: whose files are there
    findings: the worst first
    rebuild: what to rebuild, the base first
    """

    digest: str
    os: Os
    environment: str
    dated: Dated
    base: ImageBase
    doubts: list[str]
    rebuild: list[str]


class _Reported(TypedDict):
    family: Literal["deb", "rpm"]
    name: str
    version: str
    architecture: str
    source: SourcePackage


class Reported(_Reported, total=False):
    """The document `Reported`.

    candidate: the version that the environment has
    outdated_since: since when the environment has a newer one
    held_by: whose layer holds it back
    """

    built_using: list[SourcePackage]
    layer: int
    origin: Provenance
    candidate: str
    outdated_since: str
    held_by: Literal["base", "image"]


class _Requirement(TypedDict):
    rule: str
    holds: bool
    message: str


class Requirement(_Requirement, total=False):
    """The document `Requirement`.

    rule: one of the words [below](#of-gates)
    message: what was found
    help: what to do
    """

    help: str


class Sharing(TypedDict):
    """The document `Sharing`.

    uses: the chunks of all snapshots, each counted in each
    chunks: each counted once
    bytes: what these are, once decoded
    stored: the bytes of the packs that they lie in
    """

    uses: int
    chunks: int
    bytes: int
    stored: int


class _Signature(TypedDict):
    primary: str
    key: str
    created: str


class Signature(_Signature, total=False):
    """The document `Signature`.

    primary: the fingerprint of the certificate's primary key
    key: the fingerprint of the key that signed
    user_id: of the certificate
    created: when it was made, by the signer's clock
    """

    user_id: str


class _SignedBy(TypedDict):
    algorithm: str
    key: str


class SignedBy(_SignedBy, total=False):
    """The document `SignedBy`.

    algorithm: `ed25519`, `ecdsa-p256`, `ecdsa-p384`, `rsa` or `openpgp`
    key: the SHA-256 of the key, or the certificate's fingerprint
    """

    user_id: str


class SnapshotSpan(TypedDict):
    """The document `SnapshotSpan`."""

    first: str
    last: str


class SortCount(TypedDict):
    """The document `SortCount`.

    sort: `format`, `package`, `pack`, `index`, `snapshot`, `universe`, `keyring`, `history`, `image`, `fleet`,
        `ref` (an entry of a log), `evidence`, `approval`, `retired`, `collection` (of garbage), `damaged` or
        `other`
    """

    sort: str
    objects: int
    bytes: int


class _Source(TypedDict):
    name: str
    packages: int


class Source(_Source, total=False):
    """The document `Source`.

    name: the suite
    uri: the repository, without passwords
    """

    uri: str


class SourceEntry(TypedDict):
    """The document `SourceEntry`.

    signed_by: files, fingerprints (with `!` for that key alone), armored blocks
    line: where it begins in its file
    """

    type: Literal["deb", "deb-src"]
    uri: str
    suite: str
    components: list[str]
    signed_by: list[str]
    enabled: bool
    line: int


class SourcePackage(TypedDict):
    """The document `SourcePackage`."""

    name: str
    version: str


class SourcesFile(TypedDict):
    """The document `SourcesFile`."""

    file: str
    text: str


class StaleImage(TypedDict):
    """The document `StaleImage`."""

    image: str
    names: list[str]
    packages: list[StalePackage]


class StalePackage(TypedDict):
    """The document `StalePackage`."""

    name: str
    architecture: str
    version: str
    fixed_in: str
    source: str


class Subkey(TypedDict):
    """The document `Subkey`.

    signs: whether it is meant for signing and is rightly bound
    """

    fingerprint: str
    algorithm: str
    created: str
    expires: str | None
    revoked: bool
    signs: bool


class _Suppression(TypedDict):
    status: Literal["not_affected", "affected", "fixed", "under_investigation"]
    author: str
    time: str
    document: str


class Suppression(_Suppression, total=False):
    """The document `Suppression`."""

    justification: str
    words: str


class Swept(TypedDict):
    """The document `Swept`.

    epoch: the number of the plan
    objects: how many were deleted
    spared: objects of the plan that are needed by now, were written again, or are gone
    """

    epoch: int
    objects: int
    bytes: int
    sorts: list[SortCount]
    spared: int


class _Trace(TypedDict):
    family: Literal["deb", "rpm"]
    name: str
    version: str
    architecture: str
    source: SourcePackage
    matched: Literal["known", "superseded", "modified", "from-nowhere"]
    places: list[HeldIn]
    has_file: bool


class Trace(_Trace, total=False):
    """The document `Trace`.

    sha256: of the package's file, as an index has it
    places: lists that have had it; of a modified one, its version
    differs: for a modified one
    has_file: the store has the package's file, and its list of files was compared too
    """

    layer: int
    sha256: str
    differs: list[Differs]


class Traces(TypedDict, total=False):
    """The document `Traces`.

    sources: apt's sources
    releases: that `apt update` left
    indexes: likewise
    installed: `dpkg.log`: when, by `name:architecture version`
    commands: of apt's history
    database_changed: the newest time of a file of a package database
    """

    sources: list[SourcesFile]
    releases: list[LeftRelease]
    indexes: list[str]
    installed: dict[str, str]
    commands: list[AptCommand]
    database_changed: str


class Unplanned(TypedDict):
    """The document `Unplanned`."""

    image: str
    packages: int


class _Upgraded(TypedDict):
    before: str
    name: str
    version: str
    architecture: str
    source: str
    source_version: str
    size: int
    suite: str
    component: str
    automatic: bool


class Upgraded(_Upgraded, total=False):
    """The document `Upgraded`.

    before: the version that is installed
    version: the version that comes
    source: the source package
    size: the file's
    sha256: the file's, where an index has it
    filename: where it is, below the root of the archive
    suite: that has it; of several the first
    component: that has it there
    """

    sha256: str
    filename: str


class Uploaded(TypedDict):
    """The document `Uploaded`.

    requests: reads, listings, writes and deletions, those that were sent again among them
    bytes: of the objects that were written
    """

    requests: int
    bytes: int


class _Verification(TypedDict):
    outcome: Literal["holds", "cannot-tell", "does-not-hold"]
    findings: list[LogFinding]


class Verification(_Verification, total=False):
    """The document `Verification`.

    outcome: the worst of the findings
    signers: fingerprints of the primary keys whose signature of the entry was verified
    """

    signers: list[str]


class Waiting(TypedDict):
    """The document `Waiting`.

    written: by the store's clock
    due: from when on it can be swept
    """

    epoch: int
    written: str
    due: str


class _Check(TypedDict):
    snapshot: str
    architecture: str
    checked: int
    uninstallable: list[Broken]
    undecided: list[str]
    causes: list[Cause]


class Check(_Check, total=False):
    """The document `check`.

    against: the snapshot that it was compared with
    architecture: the machine's
    checked: versions that were looked at
    uninstallable: that can't be installed; in a comparison, and could be before
    arrived: in a comparison: that were not there before and can't be installed
    repaired: in a comparison: that could not be installed and now can, as `name version`
    undecided: of which the work allowed did not tell
    causes: each told once for all that it concerns, what concerns most of them first
    """

    against: str
    arrived: list[Broken]
    repaired: list[str]


class _DebShow(TypedDict):
    control: list[Field]
    files: list[str]


class DebShow(_DebShow, total=False):
    """The document `deb show`.

    control: its control file
    files: the names of the files of its control part
    contents: the paths of its data part, with `--contents`
    """

    contents: list[str]


class _EnvApprove(TypedDict):
    environment: str
    snapshot: str
    statement: str
    kept: bool


class EnvApprove(_EnvApprove, total=False):
    """The document `env approve`.

    statement: what is signed
    approval: the signed statement; left out without a key
    digest: of the signed statement
    signer: the fingerprint of the key
    kept: whether it is kept in the store
    """

    approval: str
    digest: str
    signer: str


class _EnvCreate(TypedDict):
    environment: str
    seq: int
    snapshot: str
    time: str
    actor: str
    message: str
    change: Change
    signed: bool


class EnvCreate(_EnvCreate, total=False):
    """The document `env create`.

    seq: the number of the entry, from 1
    policy: the policy that is in force from here on
    gate: how it was judged, and what spoke for it; where the environment has a policy, or evidence was given
    signed: whether the entry is signed
    verification: with `env log --verify`
    """

    policy: PolicyId
    gate: Gate
    verification: Verification


class _EnvPolicyRemove(TypedDict):
    environment: str
    seq: int
    snapshot: str
    time: str
    actor: str
    message: str
    change: Change
    signed: bool


class EnvPolicyRemove(_EnvPolicyRemove, total=False):
    """The document `env policy remove`.

    seq: the number of the entry, from 1
    policy: the policy that is in force from here on
    gate: how it was judged, and what spoke for it; where the environment has a policy, or evidence was given
    signed: whether the entry is signed
    verification: with `env log --verify`
    """

    policy: PolicyId
    gate: Gate
    verification: Verification


class _EnvPolicySet(TypedDict):
    environment: str
    seq: int
    snapshot: str
    time: str
    actor: str
    message: str
    change: Change
    signed: bool


class EnvPolicySet(_EnvPolicySet, total=False):
    """The document `env policy set`.

    seq: the number of the entry, from 1
    policy: the policy that is in force from here on
    gate: how it was judged, and what spoke for it; where the environment has a policy, or evidence was given
    signed: whether the entry is signed
    verification: with `env log --verify`
    """

    policy: PolicyId
    gate: Gate
    verification: Verification


class EnvPolicyShow(TypedDict):
    """The document `env policy show`.

    seq: the number of the entry that set it
    digest: of its text
    actor: who set it
    policy: the policy, with its certificates
    """

    environment: str
    seq: int
    digest: str
    since: str
    actor: str
    policy: str


class _EnvPromote(TypedDict):
    environment: str
    before: str | None
    after: str
    dry_run: bool
    moved: bool
    passes: bool
    differences: list[Difference]


class EnvPromote(_EnvPromote, total=False):
    """The document `env promote`.

    before: null where the environment begins
    moved: false in a dry run, and where the environment was there already
    passes: whether the policy lets it pass; in a dry run it may be false, else it is an error
    gate: how it was judged
    along: what came along, with `--with-deps`
    """

    gate: Gate
    along: list[Package]


class _EnvRollback(TypedDict):
    environment: str
    seq: int
    snapshot: str
    time: str
    actor: str
    message: str
    change: Change
    signed: bool


class EnvRollback(_EnvRollback, total=False):
    """The document `env rollback`.

    seq: the number of the entry, from 1
    policy: the policy that is in force from here on
    gate: how it was judged, and what spoke for it; where the environment has a policy, or evidence was given
    signed: whether the entry is signed
    verification: with `env log --verify`
    """

    policy: PolicyId
    gate: Gate
    verification: Verification


class _EnvShow(TypedDict):
    environment: str
    seq: int
    snapshot: str
    time: str
    actor: str
    message: str
    change: Change
    signed: bool


class EnvShow(_EnvShow, total=False):
    """The document `env show`.

    seq: the number of the entry, from 1
    policy: the policy that is in force from here on
    gate: how it was judged, and what spoke for it; where the environment has a policy, or evidence was given
    signed: whether the entry is signed
    verification: with `env log --verify`
    """

    policy: PolicyId
    gate: Gate
    verification: Verification


class ErrorDocument(TypedDict):
    """The document `error document`."""

    error: Error


class Fetch(TypedDict):
    """The document `fetch`.

    files: fetched now, or in a dry run what would be
    """

    files: int
    bytes: int


class _FleetAdd(TypedDict):
    reference: str
    image: str
    packages: int
    changed: bool


class FleetAdd(_FleetAdd, total=False):
    """The document `fleet add`.

    before: the image that the name was
    """

    before: str


class _FleetPlan(TypedDict):
    steps: list[RebuildStep]


class FleetPlan(_FleetPlan, total=False):
    """The document `fleet plan`.

    steps: each behind those that it is made on
    unplanned: affected, and no name is them any more
    """

    unplanned: list[Unplanned]


class Graph(TypedDict, total=False):
    """The document `graph`."""

    graph: RelationGraph
    text: str


class _ImageAttest(TypedDict):
    reference: str
    digest: str
    verdict: Literal["clean", "findings", "inconclusive"]
    packages: int
    key: str
    attestations: list[Attestation]


class ImageAttest(_ImageAttest, total=False):
    """The document `image attest`.

    verdict: of the audit that is attested
    key: as envelopes call it
    attached: manifests that were attached
    """

    attached: list[str]


class _ImageAudit(TypedDict):
    reference: str
    now: str
    verdict: Literal["clean", "findings", "inconclusive"]
    packages: list[Reported]
    findings: list[Finding]


class ImageAudit(_ImageAudit, total=False):
    """The document `image audit`.

    environment: that it was held against
    now: that ages are counted to
    base: the recorded image that it was made on
    doubts: why nobody can tell
    packages: whose files are there
    findings: the worst first
    rebuild: what to rebuild, the base first
    """

    digest: str
    os: Os
    environment: str
    dated: Dated
    base: ImageBase
    doubts: list[str]
    rebuild: list[str]


class _ImageDate(TypedDict):
    reference: str
    layers: list[LayerInterval]
    false_labels: list[Finding]


class ImageDate(_ImageDate, total=False):
    """The document `image date`.

    dated: none where no snapshot has any of its packages
    layers: that brought packages
    """

    digest: str
    dated: Interval


class _ImageInspect(TypedDict):
    reference: str
    layers: list[ImageLayer]
    databases: list[PackageDatabase]
    packages: list[ImagePackage]
    evidence: Traces


class ImageInspect(_ImageInspect, total=False):
    """The document `image inspect`.

    reference: as it was named
    digest: of its manifest; none for a root folder and a machine
    created: as its configuration claims
    labels: of its configuration, and annotations of its manifest that no label hides: claims
    layers: the base first
    databases: none: nobody can tell what is in it
    packages: by family, name, architecture and version; those of which only configuration is left, too
    evidence: what else tells of where packages came from
    files: with `--files`: those that are other than their package has them
    """

    digest: str
    platform: Platform
    created: str
    labels: dict[str, str]
    os: Os
    files: list[ChangedFile]


class _ImageMatch(TypedDict):
    reference: str
    verdict: Literal["clean", "findings", "inconclusive"]
    packages: list[Trace]


class ImageMatch(_ImageMatch, total=False):
    """The document `image match`.

    verdict: `findings` where packages are modified, from nowhere or half installed
    doubts: why nobody can tell
    """

    digest: str
    doubts: list[str]


class ImageSignatures(TypedDict):
    """The document `image signatures`.

    signatures: of trusted keys, that hold
    refused: why others don't count
    """

    reference: str
    digest: str
    signatures: list[ImageSignature]
    refused: list[str]


class _ImageVerify(TypedDict):
    reference: str
    digest: str
    accepted: bool
    refusals: list[Refusal]
    more: int
    signers: list[SignedBy]


class ImageVerify(_ImageVerify, total=False):
    """The document `image verify`.

    more: further reasons
    made_at: when the attestation was made
    """

    made_at: str


class KeyGenerate(TypedDict):
    """The document `key generate`."""

    fingerprint: str
    file: str


class KeySign(TypedDict):
    """The document `key sign`.

    fingerprint: of the key
    signature: the cleartext message, or the armored signature
    certificate: the armored certificate by which others verify
    """

    fingerprint: str
    signature: str
    certificate: str


class Lock(TypedDict):
    """The document `lock`.

    text: what to keep
    sha256: of the text
    lock: the same as a document
    """

    text: str
    sha256: str
    lock: LockFile


class LockDiff(TypedDict):
    """The document `lock diff`.

    rebuilt: of the same version and other content
    """

    added: list[Locked]
    removed: list[Locked]
    upgraded: list[LockChange]
    downgraded: list[LockChange]
    rebuilt: list[LockChange]


class LockUpdate(TypedDict):
    """The document `lock update`.

    text: what to keep
    sha256: of the text
    lock: the same as a document
    moves: by name and architecture
    """

    text: str
    sha256: str
    lock: LockFile
    moves: list[Move]


class LockVerify(TypedDict):
    """The document `lock verify`.

    packages: that were looked at
    """

    packages: int
    faults: list[LockFault]


class _MirrorAdd(TypedDict):
    mirror: str
    config: Config
    changed: bool


class MirrorAdd(_MirrorAdd, total=False):
    """The document `mirror add`.

    mirror: its name
    snapshot: the newest; none before the first update
    time: when its newest entry was written; none in a dry run of a mirror that is not there
    config: what it mirrors
    changed: whether it was not there with these settings before
    """

    snapshot: str
    time: str


class _MirrorAddFolder(TypedDict):
    mirror: str
    config: Config
    changed: bool


class MirrorAddFolder(_MirrorAddFolder, total=False):
    """The document `mirror add-folder`.

    mirror: its name
    snapshot: the newest; none before the first update
    time: when its newest entry was written; none in a dry run of a mirror that is not there
    config: what it mirrors
    changed: whether it was not there with these settings before
    """

    snapshot: str
    time: str


class _MirrorAddSystem(TypedDict):
    mirror: str
    config: Config
    changed: bool


class MirrorAddSystem(_MirrorAddSystem, total=False):
    """The document `mirror add-system`.

    mirror: its name
    snapshot: the newest; none before the first update
    time: when its newest entry was written; none in a dry run of a mirror that is not there
    config: what it mirrors
    changed: whether it was not there with these settings before
    """

    snapshot: str
    time: str


class _MirrorShow(TypedDict):
    mirror: str
    time: str
    config: Config


class MirrorShow(_MirrorShow, total=False):
    """The document `mirror show`.

    mirror: its name
    snapshot: the newest; none before the first update
    time: when its newest entry was written
    config: what it mirrors
    """

    snapshot: str


class _MirrorUpdate(TypedDict):
    mirror: str
    changed: bool
    before: str | None
    snapshot: str | None


class MirrorUpdate(_MirrorUpdate, total=False):
    """The document `mirror update`.

    changed: whether there is a new snapshot, or in a dry run would be
    snapshot: null in a dry run where an APT repository has news: what it makes, only its indexes tell
    suites: in a dry run of a mirror of an APT repository
    """

    suites: list[Look]


class _Prune(TypedDict):
    kept: int
    removed: int
    bytes: int


class Prune(_Prune, total=False):
    """The document `prune`.

    kept: files of the pool that stay
    removed: files that were removed, or in a dry run would be
    bytes: what the removed files had
    files: in a dry run, the files that would be removed, below the directory or prefix
    """

    files: list[str]


class _QueryParse(TypedDict):
    query: str
    needs_stanza: bool


class QueryParse(_QueryParse, total=False):
    """The document `query parse`.

    query: in its plainest form
    needs_stanza: whether a package's stanza is needed to tell if it passes
    names: the names outside of which no package passes, where the query says so
    """

    names: list[str]


class Quickstart(TypedDict):
    """The document `quickstart`.

    store: the store's directory, or its URL
    mirror: the mirror's name
    bundled: whether the packages are the bundled ones, for want of lists
    packages: how many the snapshot has
    sources: where they are from
    environments: the snapshot of each environment: `nightly`, `testing`, `stable`
    directory: where stable is published
    key: the file of the signing key
    apt: two lines for a shell that make apt use it
    machine: what is installed on this machine, held against stable as `image audit host:` does
    """

    store: str
    mirror: Literal["system"]
    bundled: bool
    snapshot: str
    packages: int
    sources: list[Source]
    environments: dict[str, str]
    publication: Publication
    directory: str
    key: str
    apt: list[str]
    machine: Report


class _Resolve(TypedDict):
    snapshot: str
    solver: str
    no_recommends: bool
    architecture: str
    names: list[str]
    packages: list[Chosen]
    remove: list[str]
    download_size: int
    installed_size: int


class Resolve(_Resolve, total=False):
    """The document `resolve`.

    also: the further snapshots
    solver: how it was chosen: `apt-classic`, `apt-3` or `closure`
    no_recommends: whether it was done without what is only recommended
    architecture: the machine's
    names: what was asked for
    packages: the versions to install, by name and architecture
    remove: the installed packages to remove
    download_size: of all files
    installed_size: what they take when installed, by their own word
    """

    also: list[str]


class SnapshotDiff(TypedDict):
    """The document `snapshot diff`.

    summary: how many of each change; changes that there are none of are left out
    """

    before: str
    after: str
    summary: dict[str, int]
    differences: list[Difference]


class _SnapshotFilter(TypedDict):
    snapshot: str
    packages: int


class SnapshotFilter(_SnapshotFilter, total=False):
    """The document `snapshot filter`.

    snapshot: the new one; in a dry run, what it would be
    name: the name that it was given
    along: of `snapshot pull`: what came along, with `--with-deps`
    """

    name: str
    along: list[Package]


class _SnapshotMerge(TypedDict):
    snapshot: str
    packages: int


class SnapshotMerge(_SnapshotMerge, total=False):
    """The document `snapshot merge`.

    snapshot: the new one; in a dry run, what it would be
    name: the name that it was given
    along: of `snapshot pull`: what came along, with `--with-deps`
    """

    name: str
    along: list[Package]


class _SnapshotPull(TypedDict):
    snapshot: str
    packages: int


class SnapshotPull(_SnapshotPull, total=False):
    """The document `snapshot pull`.

    snapshot: the new one; in a dry run, what it would be
    name: the name that it was given
    along: of `snapshot pull`: what came along, with `--with-deps`
    """

    name: str
    along: list[Package]


class _SnapshotResolve(TypedDict):
    snapshot: str
    source: Literal["environment", "mirror", "snapshot", "digest"]


class SnapshotResolve(_SnapshotResolve, total=False):
    """The document `snapshot resolve`.

    source: what sort of name led to it
    name: of the environment, mirror or named snapshot
    seq: the number of the entry of its log
    time: when that entry was written
    """

    name: str
    seq: int
    time: str


class _SnapshotShow(TypedDict):
    snapshot: str
    made: Made
    parents: list[str]
    packages: int
    parts: list[Part]


class SnapshotShow(_SnapshotShow, total=False):
    """The document `snapshot show`.

    packages: counted once in each list
    entries: with `--packages`: each package once
    """

    entries: list[Package]


class StoreCheck(TypedDict):
    """The document `store check`.

    data: every byte of packs and packages was read
    entries: entries of logs
    snapshots: snapshots that could be opened
    packages: those of all snapshots, each counted once
    absent: those that the store does not have, nor has to: they are fetched when they are asked for
    bytes: read to be compared with names
    problems: sorted by path
    untold: problems beyond the first 100,000
    """

    data: bool
    entries: int
    snapshots: int
    chunks: int
    packages: int
    absent: int
    bytes: int
    problems: list[Problem]
    untold: int


class StoreCopy(TypedDict):
    """The document `store copy`.

    dry_run: nothing was written
    objects: copied, or to be copied
    kept: objects that were there already
    logs: those that got entries, such as `env/stable`
    ahead: those of which the other store has more entries
    """

    dry_run: bool
    objects: int
    bytes: int
    sorts: list[SortCount]
    kept: int
    logs: list[str]
    ahead: list[str]


class _StoreGc(TypedDict):
    dry_run: bool
    snapshots: int
    packages: int
    retired: list[str]
    swept: list[Swept]


class StoreGc(_StoreGc, total=False):
    """The document `store gc`.

    dry_run: nothing was written
    snapshots: how many are needed
    packages: how many these have together, each counted once
    retired: the snapshots that entries name, that are given up, and that are still there; the newest first
    planned: what was planned; in a dry run, what would be
    waiting: a plan whose time has not come; no other is made meanwhile
    """

    planned: Garbage
    waiting: Waiting


class StoreMigrate(TypedDict):
    """The document `store migrate`.

    version: the format of the store
    min_reader: the oldest format that a reader has to know
    min_writer: the oldest format that a writer has to know
    newest: the newest format that this version knows
    changed: anything was written
    summary: what was done, in one sentence
    """

    version: int
    min_reader: int
    min_writer: int
    newest: int
    changed: bool
    summary: str


class _StoreStats(TypedDict):
    objects: int
    bytes: int
    sorts: list[SortCount]
    environments: int
    mirrors: int
    named: int
    images: int
    snapshots: int
    sharing: Sharing


class StoreStats(_StoreStats, total=False):
    """The document `store stats`.

    named: names of snapshots
    images: names of recorded images
    snapshots: snapshots that can be opened
    garbage: what nothing needs, where that was asked for
    """

    garbage: ObjectCount


class SystemCompare(TypedDict):
    """The document `system compare`.

    summary: how many installed packages are `current`, `outdated`, `newer`, `unknown`
    """

    snapshot: str
    summary: dict[str, int]
    packages: list[Installed]


class Text(TypedDict):
    """The document `text`."""

    text: str


class Upgrade(TypedDict):
    """The document `upgrade`.

    architecture: the machine's
    full: whether packages may come and go
    changes: the packages that get another version
    packages: those that come anew
    remove: the installed packages to remove
    held: those that stay though there is a newer candidate
    download_size: of all files
    """

    snapshot: str
    architecture: str
    full: bool
    changes: list[Upgraded]
    packages: list[Chosen]
    remove: list[str]
    held: list[Held]
    download_size: int


class _VerifyMessage(TypedDict):
    accepted: bool
    at: str
    signers: list[Signature]
    notes: list[Note]


class VerifyMessage(_VerifyMessage, total=False):
    """The document `verify message`.

    at: the moment that it was judged at
    text: exactly what the signatures cover; none where it does not hold
    signers: the good signatures
    rejected: why
    """

    text: str
    rejected: Error


class _VerifyRelease(TypedDict):
    file: str
    accepted: bool
    at: str
    signers: list[str]
    notes: list[str]


class VerifyRelease(_VerifyRelease, total=False):
    """The document `verify release`.

    at: the moment that it was judged at
    signers: fingerprints of the primary keys of good signatures
    notes: what is worth knowing though it did not lead to rejection
    rejected: why
    """

    rejected: Error


class _VersionCompare(TypedDict):
    a: str
    b: str
    order: Literal["<", "=", ">"]


class VersionCompare(_VersionCompare, total=False):
    """The document `version compare`.

    order: of `a` to `b`
    operator: as it was written
    holds: with an operator
    """

    operator: str
    holds: bool


class Why(TypedDict):
    """The document `why`.

    name: the package
    version: that comes along; null where it does not
    chain: the relations that lead to it from what was asked for, by the shortest way
    """

    snapshot: str
    name: str
    version: str | None
    chain: list[Link]


Change = Union[ChangeCreated, ChangePartial, ChangePolicy, ChangePromoted, ChangeRolledBack]
"""One of several documents, told by a field that all of them have."""

Config = Union[ConfigApt, ConfigFolder, ConfigSystem]
"""One of several documents, told by a field that all of them have."""

Evidence = Union[EvidenceApproval, EvidenceCheck, EvidenceFile, EvidenceLog, EvidenceTests]
"""One of several documents, told by a field that all of them have."""

Made = Union[MadeFilter, MadeMerge, MadeMirror, MadePull]
"""One of several documents, told by a field that all of them have."""

Proof = Union[ProofBroken, ProofSigned, ProofUnknownSigner, ProofUnsigned]
"""One of several documents, told by a field that all of them have."""

Reason = Union[ReasonBoth, ReasonItself, ReasonNewBase, ReasonUnknownBase]
"""One of several documents, told by a field that all of them have."""

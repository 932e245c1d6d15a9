// Written by the crate reposnap-faces from the table of operations and docs/JSON.md: don't edit.
/** The documents that operations give, as docs/JSON.md tells them. Later versions may add fields. */
export declare namespace documents {
  /** 64 lower-case hexadecimal digits. */
  type Digest = string;
  /** RFC 3339 in UTC, such as `2026-11-01T00:00:00Z`. */
  type Time = string;

  /** The document `AptCommand`. */
  interface AptCommand {
    /** as the history has it */
    date: string;
    command: string;
  }

  /** The document `Attestation`. */
  interface Attestation {
    predicate_type: string;
    /** DSSE, JSON */
    envelope: string;
    /** the same as Sigstore's tools take it */
    bundle?: string;
  }

  /** The document `Broken`. */
  interface Broken {
    name: string;
    version: string;
    architecture: string;
    /** in words; empty where that takes too long to tell */
    why: string;
    /** that can't hold together; none of them can be left out */
    facts: Fact[];
    /** its place in `causes` */
    cause?: number;
  }

  /** The document `Cause`. */
  interface Cause {
    words: string;
    /** that it concerns, as `name version` */
    packages: string[];
  }

  /** The document `Certificate`. */
  interface Certificate {
    /** of the primary key */
    fingerprint: string;
    user_ids: string[];
    /** such as `RSA 4096` */
    algorithm: string;
    created: Time;
    expires: Time | null;
    revoked: boolean;
    subkeys: Subkey[];
  }

  /** The document `Change created`. */
  interface ChangeCreated {
    kind: 'created';
  }

  /** The document `Change partial`. */
  interface ChangePartial {
    kind: 'partial';
    /** the REV as it was written */
    from: string;
    /** queries */
    packages: string[];
  }

  /** The document `Change policy`. */
  interface ChangePolicy {
    /** it stays what it was, and has another policy */
    kind: 'policy';
    /** of the policy's text; left out where it has none any more */
    digest?: Digest;
  }

  /** The document `Change promoted`. */
  interface ChangePromoted {
    kind: 'promoted';
    /** the REV as it was written */
    from: string;
  }

  /** The document `Change rolled-back`. */
  interface ChangeRolledBack {
    kind: 'rolled-back';
    /** the number of the entry that it left */
    from: number;
    /** the number of the entry that it went back to */
    to: number;
  }

  /** The document `ChangedFile`. */
  interface ChangedFile {
    path: string;
    /** as `name:architecture` */
    package: string;
    change: 'modified' | 'missing';
    /** it is configuration, which is changed by right */
    conffile?: boolean;
    layer?: number;
  }

  /** The document `Chosen`. */
  interface Chosen {
    name: string;
    version: string;
    architecture: string;
    /** the source package */
    source: string;
    source_version: string;
    /** the file's */
    size: number;
    /** the file's, where an index has it */
    sha256?: Digest;
    /** where it is, below the root of the archive */
    filename?: string;
    /** that has it; of several the first */
    suite: string;
    /** that has it there */
    component: string;
    /** whether it came along with others */
    automatic: boolean;
    /** what brought it along; nothing for what was asked for */
    reason?: Link;
  }

  /** The document `Config apt`. */
  interface ConfigApt {
    type: 'apt';
    uri: string;
    suites: string[];
    /** empty: all */
    components: string[];
    architectures: string[];
    /** of the keyring in the store */
    keyring: Digest;
    /** fingerprints that count; empty: all of the keyring */
    signers: string[];
    /** how many must have signed */
    threshold: number;
    extras: Extras;
    packages: 'all' | 'on-demand' | 'none';
    /** a query */
    filter?: string;
    /** rules */
    relax?: string[];
    /** in seconds */
    max_age?: number;
  }

  /** The document `Config folder`. */
  interface ConfigFolder {
    type: 'folder';
    directory: string;
    component: string;
  }

  /** The document `Config system`. */
  interface ConfigSystem {
    type: 'system';
    /** none: `/` */
    root?: string;
  }

  /** The document `Count`. */
  interface Count {
    /** the root */
    name: string;
    /** packages one relation away */
    direct: number;
    /** of those, the ones reached by a package's own name, not by what one provides */
    named: number;
    /** packages reached by one relation after the other, the direct ones among them */
    transitive: number;
  }

  /** The document `Dated`. */
  interface Dated {
    first: Moment;
    last: Moment;
    /** packages that the snapshots have */
    covered: number;
    packages: number;
  }

  /** The document `Difference`. */
  interface Difference {
    name: string;
    architecture: string;
    /** `changed`: the same version with another stanza */
    change: 'added' | 'removed' | 'upgraded' | 'downgraded' | 'changed';
    /** the version */
    before?: string;
    /** the version */
    after?: string;
  }

  /** The document `Differs`. */
  interface Differs {
    /** `md5sums` for the list of files */
    field: string;
    /** what the index or the package has */
    theirs: string;
    /** what the image has */
    ours: string;
  }

  /** The document `Edge`. */
  interface Edge {
    /** the node that asks */
    source: number;
    /** the node that answers */
    target: number;
    /** the field in lower case, such as `pre-depends`, or `provides` */
    kind: string;
    /** with all its alternatives */
    relation: string;
    /** which of them leads here, from 1 */
    alternative?: number;
    /** the name by which a package answers that is not its own */
    provides?: string;
  }

  /** The document `Error`. */
  interface Error {
    /** one of the words below */
    kind: string;
    /** a sentence; may change */
    message: string;
    /** the file, URL, object or REV at fault */
    path?: string;
    /** in it, from 1 */
    line?: number;
    /** the field at fault */
    field?: string;
    /** the rule that was broken, one of the words below */
    rule?: string;
    /** what had to be */
    expected?: string;
    /** what was */
    found?: string;
    /** what to do */
    help?: string;
  }

  /** The document `Evidence approval`. */
  interface EvidenceApproval {
    /** somebody's signed word */
    kind: 'approval';
    /** of the signed statement */
    digest: Digest;
    size: number;
    /** the signed statement */
    content?: string;
    /** the fingerprint of the primary key */
    signer: string;
    user_id?: string;
    /** when it was approved */
    date: Time;
    role?: string;
    comment?: string;
  }

  /** The document `Evidence check`. */
  interface EvidenceCheck {
    /** a check of relations */
    kind: 'check';
    /** what was asked */
    check: 'clean' | 'none-uninstallable';
    architectures: string[];
    /** how many packages speak against it */
    uninstallable: number;
    /** of how many the work allowed did not tell */
    undecided: number;
  }

  /** The document `Evidence file`. */
  interface EvidenceFile {
    /** something else that was given */
    kind: 'file';
    name: string;
    digest: Digest;
    size: number;
    /** as of `tests`; left out too where it is no text */
    content?: string;
  }

  /** The document `Evidence log`. */
  interface EvidenceLog {
    /** where the snapshot was before */
    kind: 'log';
    /** the log, such as `env/testing` */
    name: string;
    /** the number of its newest entry then */
    seq: number;
    /** of that entry */
    digest: Digest;
    /** the snapshot that was looked for */
    snapshot: Digest;
    /** since when it has been there; left out where it is not */
    since?: Time;
  }

  /** The document `Evidence tests`. */
  interface EvidenceTests {
    /** a report of tests */
    kind: 'tests';
    /** of the suite */
    name: string;
    /** of the report */
    digest: Digest;
    size: number;
    /** the report, up to 64 KiB; what is larger is the object `evidence/DIGEST` of the store */
    content?: string;
    tests: number;
    failures: number;
    errors: number;
    skipped: number;
  }

  /** The document `Extras`. */
  interface Extras {
    sources: boolean;
    /** languages */
    translations: string[];
    contents: boolean;
  }

  /** The document `Fact`. */
  interface Fact {
    /** `missing`: nothing is what the relation asks for; `single`: one version at a time */
    kind: 'missing' | 'needs' | 'conflicts' | 'single';
    /** that has the relation */
    package?: string;
    version?: string;
    field?: string;
    relation?: string;
    /** that would do, that are refused, or of which one alone can be there */
    packages: string[];
  }

  /** The document `Field`. */
  interface Field {
    /** as it was written */
    name: string;
    /** without the white space around it */
    value: string;
  }

  /** The document `File`. */
  interface File {
    path: string;
    size: number;
    sha256: Digest;
  }

  /** The document `Finding`. */
  interface Finding {
    /** `outdated`, `security-update`, `advisory`, `from-nowhere`, `modified`, `file-changed`, `superseded`, `ahead`, `bad-signature`, `false-label` or `half-installed` */
    rule: string;
    severity: 'note' | 'warning' | 'error';
    message: string;
    /** its place in `packages` */
    package?: number;
    /** that an advisory is about */
    source?: SourcePackage;
    fixed_in?: string;
    advisories?: string[];
    path?: string;
    urgency?: 'unknown' | 'unimportant' | 'low' | 'medium' | 'high' | 'critical';
    /** a number: the base score of CVSS 3 */
    score?: unknown;
    vector?: string;
    summary?: string;
    urls?: string[];
    /** why it does not count */
    suppressed?: Suppression;
  }

  /** The document `FleetImage`. */
  interface FleetImage {
    reference: string;
    image: Digest;
    /** the distribution, such as `debian 12` */
    system?: string;
    layers: number;
    /** the names of the image that it is made on */
    base: string[];
  }

  /** The document `Found`. */
  interface Found {
    name: string;
    version: string;
    architecture: string;
    /** the part of the snapshot; of several the first */
    part: string;
    component: string;
    /** with `--stanzas` */
    stanza?: string;
  }

  /** The document `Garbage`. */
  interface Garbage {
    /** the number of the plan; none in a dry run */
    epoch?: number;
    objects: number;
    bytes: number;
    sorts: SortCount[];
    /** there is more than one plan names; the next names the rest */
    more: boolean;
  }

  /** The document `Gate`. */
  interface Gate {
    /** what the policy asks for */
    requirements?: Requirement[];
    /** what spoke for it */
    evidence?: Evidence[];
    /** why it was done although something was missing */
    overridden?: string;
  }

  /** The document `Held`. */
  interface Held {
    /** with its architecture where that is a foreign one */
    name: string;
    /** that is installed */
    version: string;
    /** the version that it could have */
    candidate: string;
    /** what keeps it, in words */
    why: string;
  }

  /** The document `HeldIn`. */
  interface HeldIn {
    lineage: 'mirror' | 'environment';
    name: string;
    suite?: string;
    component?: string;
    is_security: boolean;
    /** the first snapshot that had it */
    first: Digest;
    last: Digest;
    /** the newest snapshot has it */
    is_newest: boolean;
  }

  /** The document `ImageBase`. */
  interface ImageBase {
    digest: Digest;
    names?: string[];
    layers: number;
  }

  /** The document `ImageLayer`. */
  interface ImageLayer {
    /** of its blob */
    digest: Digest;
    /** of the archive in it, uncompressed */
    diff_id: Digest;
    /** of its blob */
    size: number;
    /** as the image's history claims */
    created_by?: string;
    /** likewise */
    created?: Time;
    /** that it brought, changed or removed */
    packages: number;
    /** packages that it removed, as `name:architecture` */
    removed?: string[];
  }

  /** The document `ImagePackage`. */
  interface ImagePackage {
    family: 'deb' | 'rpm';
    name: string;
    /** with the epoch */
    version: string;
    architecture: string;
    source: SourcePackage;
    /** which brought it as it is, counted from the base */
    layer?: number;
    state: PackageState;
    built_using?: SourcePackage[];
    static_built_using?: SourcePackage[];
    /** rpm */
    installed_at?: Time;
    /** rpm's Vendor, dpkg's Maintainer */
    vendor?: string;
    /** rpm: what the database alone proves */
    proof?: Proof;
    /** the file that it was read from */
    place: string;
  }

  /** The document `ImageSignature`. */
  interface ImageSignature {
    kind: 'cosign' | 'cosign-attestation' | 'simple';
    /** the name that was signed; for an attestation, what it states */
    claim: string;
    signers: SignedBy[];
  }

  /** The document `Index`. */
  interface Index {
    /** below the suite, uncompressed */
    path: string;
    /** uncompressed */
    size: number;
    /** 0 for other indexes than Packages and Sources */
    packages: number;
    made: 'now' | 'before';
  }

  /** The document `Installed`. */
  interface Installed {
    name: string;
    architecture: string;
    /** what is installed */
    version: string;
    /** beside the snapshot */
    standing: 'current' | 'outdated' | 'newer' | 'unknown';
    /** the newest version that the snapshot has */
    available?: string;
  }

  /** The document `Interval`. */
  interface Interval {
    lineage: 'mirror' | 'environment';
    name: string;
    /** the first of the snapshots */
    first: Digest;
    /** since when the log was at it */
    first_time: Time;
    last: Digest;
    last_time: Time;
    /** packages that they have */
    covered: number;
    packages: number;
    /** packages that are the newest there */
    newest: number;
    /** the last of them is the newest of the log */
    is_current: boolean;
    /** packages that they don't have */
    left: Leftover[];
  }

  /** The document `Inventory`. */
  interface Inventory {
    /** as it was named */
    reference: string;
    /** of its manifest; none for a root folder and a machine */
    digest?: Digest;
    platform?: Platform;
    /** as its configuration claims */
    created?: Time;
    /** of its configuration, and annotations of its manifest that no label hides: claims */
    labels?: Record<string, string>;
    os?: Os;
    /** the base first */
    layers: ImageLayer[];
    /** none: nobody can tell what is in it */
    databases: PackageDatabase[];
    /** by family, name, architecture and version; those of which only configuration is left, too */
    packages: ImagePackage[];
    /** what else tells of where packages came from */
    evidence: Traces;
    /** with `--files`: those that are other than their package has them */
    files?: ChangedFile[];
  }

  /** The document `LayerInterval`. */
  interface LayerInterval {
    /** counted from the base */
    layer: number;
    /** of its blob */
    digest: Digest;
    /** that it brought and that are still there */
    packages: number;
    dated?: Interval;
  }

  /** The document `Layout`. */
  interface Layout {
    order: 'key' | 'source' | 'explicit';
    closed: boolean;
    explicit?: Digest;
  }

  /** The document `LeftRelease`. */
  interface LeftRelease {
    file: string;
    sha256: Digest;
    /** as it claims */
    origin?: string;
    /** likewise */
    suite?: string;
    /** likewise */
    codename?: string;
    /** likewise */
    date?: Time;
  }

  /** The document `Leftover`. */
  interface Leftover {
    name: string;
    version: string;
    architecture: string;
    why: 'from-nowhere' | 'older' | 'newer' | 'between';
  }

  /** The document `Link`. */
  interface Link {
    /** the package that has the relation */
    name: string;
    version: string;
    /** `Pre-Depends`, `Depends` or `Recommends` */
    field: string;
    /** such as `libc6 (>= 2.36)` */
    relation: string;
  }

  /** The document `List`. */
  interface List {
    component: string;
    /** `source` for source packages */
    architecture: string;
    /** of the index, below the suite */
    path: string;
    /** names its content */
    root: Digest;
    /** packages */
    entries: number;
    /** of stanzas */
    bytes: number;
    /** how upstream's order differs from ours */
    layout?: Layout;
    /** of the upstream's index, uncompressed */
    sha256?: Digest;
  }

  /** The document `Listed`. */
  interface Listed {
    snapshot: Digest;
    packages: number;
    /** what leads to it: `env/...`, `mirror/...`, `snapshot/...` */
    names: string[];
  }

  /** The document `LockChange`. */
  interface LockChange {
    name: string;
    /** that it is installed for */
    architecture: string;
    /** version */
    before: string;
    /** version */
    after: string;
    sha256_before: Digest;
    sha256_after: Digest;
  }

  /** The document `LockFault`. */
  interface LockFault {
    name: string;
    architecture: string;
    version: string;
    problem: 'missing' | 'altered' | 'no-snapshot';
    /** of the file that is locked */
    expected?: Digest;
    /** of the one in the snapshot */
    found?: Digest;
    /** that there is not */
    snapshot?: Digest;
  }

  /** The document `LockFile`. */
  interface LockFile {
    snapshot: Digest;
    /** the machine's */
    architecture: string;
    /** architectures that it takes packages of besides */
    foreign?: string[];
    solver: string;
    recommends: boolean;
    /** what was asked for */
    requested: string[];
    /** the text of a file of preferences */
    pins?: string;
    default_release?: string;
    /** of the status file of the system that the packages go on top of */
    base?: Digest;
    /** packages of that system that have to go */
    remove?: string[];
    /** by name and architecture */
    packages: Locked[];
  }

  /** The document `LockReason`. */
  interface LockReason {
    field: string;
    relation: string;
    /** the package that has it */
    of: string;
  }

  /** The document `Locked`. */
  interface Locked {
    name: string;
    version: string;
    architecture: string;
    /** the file's */
    size: number;
    /** the file's */
    sha256: Digest;
    /** where it is, below the root of the archive */
    filename: string;
    /** the source package */
    source: string;
    source_version: string;
    /** release and component, as `bookworm/main` */
    origin?: string;
    /** where it is not that of the lock */
    snapshot?: Digest;
    /** whether it came along with others */
    automatic: boolean;
    /** what brought it */
    reason?: LockReason;
  }

  /** The document `LogFinding`. */
  interface LogFinding {
    /** one of the words [below](#of-gates) */
    rule: string;
    outcome: 'cannot-tell' | 'does-not-hold';
    message: string;
  }

  /** The document `Look`. */
  interface Look {
    suite: string;
    /** whether upstream has another Release than the one that was taken last */
    news: boolean;
    /** the Date of a Release that is news */
    date?: Time;
  }

  /** The document `Made filter`. */
  interface MadeFilter {
    by: 'filter';
    query: string;
  }

  /** The document `Made merge`. */
  interface MadeMerge {
    by: 'merge';
    rule: 'precedence' | 'newest' | 'all';
  }

  /** The document `Made mirror`. */
  interface MadeMirror {
    by: 'mirror';
    mirror: string;
    filter?: string;
  }

  /** The document `Made pull`. */
  interface MadePull {
    by: 'pull';
    query: string;
  }

  /** The document `Moment`. */
  interface Moment {
    snapshot: Digest;
    /** since when its log was at it */
    time: Time;
  }

  /** The document `Move`. */
  interface Move {
    /** with its architecture where that is a foreign one */
    name: string;
    /** the version that it had */
    before?: string;
    /** the version that it has */
    after?: string;
    /** `relation`: one would not hold otherwise; `sibling`: the same package for another architecture; `anew`: all was chosen anew */
    why: 'asked' | 'relation' | 'sibling' | 'unneeded' | 'anew';
    /** of the relation */
    field?: string;
    relation?: string;
    /** the package that has the relation, or the sibling */
    of?: string;
  }

  /** The document `Node`. */
  interface Node {
    /** `virtual`: a name that packages provide; `missing`: a relation that nothing answers */
    kind: 'package' | 'virtual' | 'missing';
    name: string;
    version?: string;
    architecture?: string;
    /** packages away from the roots */
    level: number;
    /** those with the same number need each other in a circle */
    cycle?: number;
  }

  /** The document `Note`. */
  interface Note {
    /** the rule that was broken without leading to rejection */
    rule: string;
    message: string;
  }

  /** The document `ObjectCount`. */
  interface ObjectCount {
    objects: number;
    bytes: number;
  }

  /** The document `Operation`. */
  interface Operation {
    /** such as `mirror add` */
    name: string;
    /** what it does */
    summary: string;
    needs_store: boolean;
    /** the required ones first */
    parameters: Parameter[];
    /** the type of its document, by the words of this page */
    result: string;
  }

  /** The document `Os`. */
  interface Os {
    id: string;
    like?: string[];
    /** `VERSION_ID` */
    version?: string;
    codename?: string;
    /** `PRETTY_NAME` */
    name?: string;
  }

  /** The document `Package`. */
  interface Package {
    name: string;
    version: string;
    architecture: string;
  }

  /** The document `PackageDatabase`. */
  interface PackageDatabase {
    family: 'deb' | 'rpm';
    path: string;
    format: 'status' | 'status.d' | 'sqlite' | 'ndb' | 'bdb';
    packages: number;
  }

  /** The document `PackageState`. */
  interface PackageState {
    /** `install`, `hold`, `deinstall`, `purge`, `unknown` */
    want: string;
    /** `ok`, `reinstreq` */
    flag: string;
    /** `installed`, `config-files` and others of dpkg */
    status: string;
  }

  /** The document `Parameter`. */
  interface Parameter {
    name: string;
    /** what it means */
    summary: string;
    /** by the words of this page */
    type: string;
    required: boolean;
  }

  /** The document `Part`. */
  interface Part {
    /** the suite; empty where it was derived */
    name: string;
    uri?: string;
    /** as it was asked for */
    suite?: string;
    /** the upstream's */
    release?: Release;
    lists: List[];
    /** other indexes, byte for byte */
    files?: File[];
  }

  /** The document `Paths`. */
  interface Paths {
    /** how many relations a chain has */
    length: number;
    /** how many such chains there are */
    count: number;
    /** nodes, as many chains as are shown */
    chains: number[][];
  }

  /** The document `PlannedPackage`. */
  interface PlannedPackage {
    name: string;
    architecture: string;
    version: string;
    fixed_in: string;
    /** the image that it is made on has it too */
    in_base: boolean;
  }

  /** The document `Platform`. */
  interface Platform {
    /** `linux` */
    os: string;
    /** as Go names it */
    architecture: string;
    variant?: string;
  }

  /** The document `PolicyId`. */
  interface PolicyId {
    /** the number of the entry that set it */
    seq: number;
    /** of its text */
    digest: Digest;
  }

  /** The document `Problem`. */
  interface Problem {
    /** `chain`: an entry of a log does not follow the one before it */
    kind: 'missing' | 'size' | 'altered' | 'malformed' | 'chain' | 'unreadable';
    /** the object */
    path: string;
    message: string;
    /** what to do */
    help: string;
    repaired: boolean;
  }

  /** The document `Proof broken`. */
  interface ProofBroken {
    verdict: 'broken';
    why: string;
  }

  /** The document `Proof signed`. */
  interface ProofSigned {
    verdict: 'signed';
    /** the certificate's fingerprint */
    signer: string;
  }

  /** The document `Proof unknown-signer`. */
  interface ProofUnknownSigner {
    /** its digest holds; the key was not given */
    verdict: 'unknown-signer';
    /** the key's fingerprint or ID */
    key: string;
  }

  /** The document `Proof unsigned`. */
  interface ProofUnsigned {
    /** its digest holds */
    verdict: 'unsigned';
  }

  /** The document `Provenance`. */
  interface Provenance {
    matched: 'known' | 'superseded' | 'modified' | 'from-nowhere';
    mirror?: string;
    suite?: string;
    component?: string;
    snapshots?: SnapshotSpan;
    sha256?: Digest;
  }

  /** The document `Publication`. */
  interface Publication {
    suite: string;
    /** in a dry run, what it would be; the counts are 0 then */
    outcome: 'published' | 'resigned' | 'unchanged';
    /** in order of their paths */
    indexes: Index[];
    /** files of the pool that the indexes made now name; 0 where nothing had to be looked at */
    packages: number;
    /** of those, put into the pool now */
    added: number;
    /** of those, copied, because they could not be linked; in a bucket all */
    copied: number;
    /** of `packages`, not in the store */
    missing: number;
    /** of the Release text that is in place; null in a dry run where nothing is */
    release: Digest | null;
    /** its file, or its URL in a bucket; none for a verbatim tree */
    certificate: string | null;
    notes: string[];
    /** paths below the directory or prefix that have other content now, sorted; empty in a dry run */
    changed: string[];
    /** in a bucket, what it took; of several suites, the first tells of all */
    uploaded?: Uploaded;
  }

  /** The document `Reason both`. */
  interface ReasonBoth {
    /** a new base, and newer packages above it */
    kind: 'both';
    base: Digest;
    names: string[];
    is_there: boolean;
  }

  /** The document `Reason itself`. */
  interface ReasonItself {
    kind: 'itself';
  }

  /** The document `Reason new-base`. */
  interface ReasonNewBase {
    /** a new base is enough */
    kind: 'new-base';
    base: Digest;
    names: string[];
    /** the new base is there already */
    is_there: boolean;
  }

  /** The document `Reason unknown-base`. */
  interface ReasonUnknownBase {
    kind: 'unknown-base';
    /** the image that it claims to be made on */
    claim: Digest;
  }

  /** The document `RebuildStep`. */
  interface RebuildStep {
    image: Digest;
    names: string[];
    reason: Reason;
    packages: PlannedPackage[];
    /** the step to wait for, from 0 */
    after?: number;
  }

  /** The document `Refusal`. */
  interface Refusal {
    /** `signature`, `subject`, `predicate`, `date`, `coverage`, `match`, `superseded`, `environment` or `max-age` */
    rule: string;
    message: string;
    /** as `name:architecture` */
    package?: string;
  }

  /** The document `Relation`. */
  interface Relation {
    /** the package */
    name: string;
    /** what stands behind the name's colon */
    qualifier?: string;
    operator?: '<<' | '<=' | '=' | '>=' | '>>';
    version?: string;
    /** the list in brackets, as written */
    architectures?: string;
    /** the build profiles, as written */
    profiles?: string;
  }

  /** The document `RelationGraph`. */
  interface RelationGraph {
    direction: 'dependencies' | 'dependents';
    /** the relations that were followed */
    kinds: string[];
    /** how many packages away from the roots at most */
    depth?: number;
    /** where it begins */
    roots: number[];
    /** for each root */
    counts: Count[];
    /** those nearer to the roots first; none in the format `counts` */
    nodes: Node[];
    edges: Edge[];
    /** the chains between two packages, where those were asked for */
    paths?: Paths;
  }

  /** The document `Release`. */
  interface Release {
    /** `InRelease`, or `Release` and `Release.gpg` */
    files: File[];
    date?: Time;
    valid_until?: Time;
    suite?: string;
    codename?: string;
    version?: string;
    origin?: string;
    label?: string;
    /** fingerprints */
    signers: string[];
  }

  /** The document `Report`. */
  interface Report {
    reference: string;
    digest?: Digest;
    os?: Os;
    /** that it was held against */
    environment?: string;
    /** that ages are counted to */
    now: Time;
    dated?: Dated;
    /** the recorded image that it was made on */
    base?: ImageBase;
    verdict: 'clean' | 'findings' | 'inconclusive';
    /** why nobody can tell */
    doubts?: string[];
    /** whose files are there */
    packages: Reported[];
    /** the worst first */
    findings: Finding[];
    /** what to rebuild, the base first */
    rebuild?: string[];
  }

  /** The document `Reported`. */
  interface Reported {
    family: 'deb' | 'rpm';
    name: string;
    version: string;
    architecture: string;
    source: SourcePackage;
    built_using?: SourcePackage[];
    layer?: number;
    origin?: Provenance;
    /** the version that the environment has */
    candidate?: string;
    /** since when the environment has a newer one */
    outdated_since?: Time;
    /** whose layer holds it back */
    held_by?: 'base' | 'image';
  }

  /** The document `Requirement`. */
  interface Requirement {
    /** one of the words [below](#of-gates) */
    rule: string;
    holds: boolean;
    /** what was found */
    message: string;
    /** what to do */
    help?: string;
  }

  /** The document `Sharing`. */
  interface Sharing {
    /** the chunks of all snapshots, each counted in each */
    uses: number;
    /** each counted once */
    chunks: number;
    /** what these are, once decoded */
    bytes: number;
    /** the bytes of the packs that they lie in */
    stored: number;
  }

  /** The document `Signature`. */
  interface Signature {
    /** the fingerprint of the certificate's primary key */
    primary: string;
    /** the fingerprint of the key that signed */
    key: string;
    /** of the certificate */
    user_id?: string;
    /** when it was made, by the signer's clock */
    created: Time;
  }

  /** The document `SignedBy`. */
  interface SignedBy {
    /** `ed25519`, `ecdsa-p256`, `ecdsa-p384`, `rsa` or `openpgp` */
    algorithm: string;
    /** the SHA-256 of the key, or the certificate's fingerprint */
    key: string;
    user_id?: string;
  }

  /** The document `SnapshotSpan`. */
  interface SnapshotSpan {
    first: Digest;
    last: Digest;
  }

  /** The document `SortCount`. */
  interface SortCount {
    /** `format`, `package`, `pack`, `index`, `snapshot`, `universe`, `keyring`, `history`, `image`, `fleet`, `ref` (an entry of a log), `evidence`, `approval`, `retired`, `collection` (of garbage), `damaged` or `other` */
    sort: string;
    objects: number;
    bytes: number;
  }

  /** The document `Source`. */
  interface Source {
    /** the suite */
    name: string;
    /** the repository, without passwords */
    uri?: string;
    packages: number;
  }

  /** The document `SourceEntry`. */
  interface SourceEntry {
    type: 'deb' | 'deb-src';
    uri: string;
    suite: string;
    components: string[];
    /** files, fingerprints (with `!` for that key alone), armored blocks */
    signed_by: string[];
    enabled: boolean;
    /** where it begins in its file */
    line: number;
  }

  /** The document `SourcePackage`. */
  interface SourcePackage {
    name: string;
    version: string;
  }

  /** The document `SourcesFile`. */
  interface SourcesFile {
    file: string;
    text: string;
  }

  /** The document `StaleImage`. */
  interface StaleImage {
    image: Digest;
    names: string[];
    packages: StalePackage[];
  }

  /** The document `StalePackage`. */
  interface StalePackage {
    name: string;
    architecture: string;
    version: string;
    fixed_in: string;
    source: string;
  }

  /** The document `Subkey`. */
  interface Subkey {
    fingerprint: string;
    algorithm: string;
    created: Time;
    expires: Time | null;
    revoked: boolean;
    /** whether it is meant for signing and is rightly bound */
    signs: boolean;
  }

  /** The document `Suppression`. */
  interface Suppression {
    status: 'not_affected' | 'affected' | 'fixed' | 'under_investigation';
    justification?: string;
    words?: string;
    author: string;
    time: Time;
    document: string;
  }

  /** The document `Swept`. */
  interface Swept {
    /** the number of the plan */
    epoch: number;
    /** how many were deleted */
    objects: number;
    bytes: number;
    sorts: SortCount[];
    /** objects of the plan that are needed by now, were written again, or are gone */
    spared: number;
  }

  /** The document `Trace`. */
  interface Trace {
    family: 'deb' | 'rpm';
    name: string;
    version: string;
    architecture: string;
    source: SourcePackage;
    layer?: number;
    matched: 'known' | 'superseded' | 'modified' | 'from-nowhere';
    /** of the package's file, as an index has it */
    sha256?: Digest;
    /** lists that have had it; of a modified one, its version */
    places: HeldIn[];
    /** for a modified one */
    differs?: Differs[];
    /** the store has the package's file, and its list of files was compared too */
    has_file: boolean;
  }

  /** The document `Traces`. */
  interface Traces {
    /** apt's sources */
    sources?: SourcesFile[];
    /** that `apt update` left */
    releases?: LeftRelease[];
    /** likewise */
    indexes?: string[];
    /** `dpkg.log`: when, by `name:architecture version` */
    installed?: Record<string, string>;
    /** of apt's history */
    commands?: AptCommand[];
    /** the newest time of a file of a package database */
    database_changed?: Time;
  }

  /** The document `Unplanned`. */
  interface Unplanned {
    image: Digest;
    packages: number;
  }

  /** The document `Upgraded`. */
  interface Upgraded {
    /** the version that is installed */
    before: string;
    name: string;
    /** the version that comes */
    version: string;
    architecture: string;
    /** the source package */
    source: string;
    source_version: string;
    /** the file's */
    size: number;
    /** the file's, where an index has it */
    sha256?: Digest;
    /** where it is, below the root of the archive */
    filename?: string;
    /** that has it; of several the first */
    suite: string;
    /** that has it there */
    component: string;
    automatic: boolean;
  }

  /** The document `Uploaded`. */
  interface Uploaded {
    /** reads, listings, writes and deletions, those that were sent again among them */
    requests: number;
    /** of the objects that were written */
    bytes: number;
  }

  /** The document `Verification`. */
  interface Verification {
    /** the worst of the findings */
    outcome: 'holds' | 'cannot-tell' | 'does-not-hold';
    findings: LogFinding[];
    /** fingerprints of the primary keys whose signature of the entry was verified */
    signers?: string[];
  }

  /** The document `Waiting`. */
  interface Waiting {
    epoch: number;
    /** by the store's clock */
    written: Time;
    /** from when on it can be swept */
    due: Time;
  }

  /** The document `check`. */
  interface Check {
    snapshot: Digest;
    /** the snapshot that it was compared with */
    against?: Digest;
    /** the machine's */
    architecture: string;
    /** versions that were looked at */
    checked: number;
    /** that can't be installed; in a comparison, and could be before */
    uninstallable: Broken[];
    /** in a comparison: that were not there before and can't be installed */
    arrived?: Broken[];
    /** in a comparison: that could not be installed and now can, as `name version` */
    repaired?: string[];
    /** of which the work allowed did not tell */
    undecided: string[];
    /** each told once for all that it concerns, what concerns most of them first */
    causes: Cause[];
  }

  /** The document `deb show`. */
  interface DebShow {
    /** its control file */
    control: Field[];
    /** the names of the files of its control part */
    files: string[];
    /** the paths of its data part, with `--contents` */
    contents?: string[];
  }

  /** The document `env approve`. */
  interface EnvApprove {
    environment: string;
    snapshot: Digest;
    /** what is signed */
    statement: string;
    /** the signed statement; left out without a key */
    approval?: string;
    /** of the signed statement */
    digest?: Digest;
    /** the fingerprint of the key */
    signer?: string;
    /** whether it is kept in the store */
    kept: boolean;
  }

  /** The document `env create`. */
  interface EnvCreate {
    environment: string;
    /** the number of the entry, from 1 */
    seq: number;
    snapshot: Digest;
    time: Time;
    actor: string;
    message: string;
    change: Change;
    /** the policy that is in force from here on */
    policy?: PolicyId;
    /** how it was judged, and what spoke for it; where the environment has a policy, or evidence was given */
    gate?: Gate;
    /** whether the entry is signed */
    signed: boolean;
    /** with `env log --verify` */
    verification?: Verification;
  }

  /** The document `env policy remove`. */
  interface EnvPolicyRemove {
    environment: string;
    /** the number of the entry, from 1 */
    seq: number;
    snapshot: Digest;
    time: Time;
    actor: string;
    message: string;
    change: Change;
    /** the policy that is in force from here on */
    policy?: PolicyId;
    /** how it was judged, and what spoke for it; where the environment has a policy, or evidence was given */
    gate?: Gate;
    /** whether the entry is signed */
    signed: boolean;
    /** with `env log --verify` */
    verification?: Verification;
  }

  /** The document `env policy set`. */
  interface EnvPolicySet {
    environment: string;
    /** the number of the entry, from 1 */
    seq: number;
    snapshot: Digest;
    time: Time;
    actor: string;
    message: string;
    change: Change;
    /** the policy that is in force from here on */
    policy?: PolicyId;
    /** how it was judged, and what spoke for it; where the environment has a policy, or evidence was given */
    gate?: Gate;
    /** whether the entry is signed */
    signed: boolean;
    /** with `env log --verify` */
    verification?: Verification;
  }

  /** The document `env policy show`. */
  interface EnvPolicyShow {
    environment: string;
    /** the number of the entry that set it */
    seq: number;
    /** of its text */
    digest: Digest;
    since: Time;
    /** who set it */
    actor: string;
    /** the policy, with its certificates */
    policy: string;
  }

  /** The document `env promote`. */
  interface EnvPromote {
    environment: string;
    /** null where the environment begins */
    before: Digest | null;
    after: Digest;
    dry_run: boolean;
    /** false in a dry run, and where the environment was there already */
    moved: boolean;
    /** whether the policy lets it pass; in a dry run it may be false, else it is an error */
    passes: boolean;
    /** how it was judged */
    gate?: Gate;
    /** what came along, with `--with-deps` */
    along?: Package[];
    differences: Difference[];
  }

  /** The document `env rollback`. */
  interface EnvRollback {
    environment: string;
    /** the number of the entry, from 1 */
    seq: number;
    snapshot: Digest;
    time: Time;
    actor: string;
    message: string;
    change: Change;
    /** the policy that is in force from here on */
    policy?: PolicyId;
    /** how it was judged, and what spoke for it; where the environment has a policy, or evidence was given */
    gate?: Gate;
    /** whether the entry is signed */
    signed: boolean;
    /** with `env log --verify` */
    verification?: Verification;
  }

  /** The document `env show`. */
  interface EnvShow {
    environment: string;
    /** the number of the entry, from 1 */
    seq: number;
    snapshot: Digest;
    time: Time;
    actor: string;
    message: string;
    change: Change;
    /** the policy that is in force from here on */
    policy?: PolicyId;
    /** how it was judged, and what spoke for it; where the environment has a policy, or evidence was given */
    gate?: Gate;
    /** whether the entry is signed */
    signed: boolean;
    /** with `env log --verify` */
    verification?: Verification;
  }

  /** The document `error document`. */
  interface ErrorDocument {
    error: Error;
  }

  /** The document `fetch`. */
  interface Fetch {
    /** fetched now, or in a dry run what would be */
    files: number;
    bytes: number;
  }

  /** The document `fleet add`. */
  interface FleetAdd {
    reference: string;
    image: Digest;
    packages: number;
    /** the image that the name was */
    before?: Digest;
    changed: boolean;
  }

  /** The document `fleet plan`. */
  interface FleetPlan {
    /** each behind those that it is made on */
    steps: RebuildStep[];
    /** affected, and no name is them any more */
    unplanned?: Unplanned[];
  }

  /** The document `graph`. */
  interface Graph {
    graph?: RelationGraph;
    text?: string;
  }

  /** The document `image attest`. */
  interface ImageAttest {
    reference: string;
    digest: Digest;
    /** of the audit that is attested */
    verdict: 'clean' | 'findings' | 'inconclusive';
    packages: number;
    /** as envelopes call it */
    key: string;
    attestations: Attestation[];
    /** manifests that were attached */
    attached?: Digest[];
  }

  /** The document `image audit`. */
  interface ImageAudit {
    reference: string;
    digest?: Digest;
    os?: Os;
    /** that it was held against */
    environment?: string;
    /** that ages are counted to */
    now: Time;
    dated?: Dated;
    /** the recorded image that it was made on */
    base?: ImageBase;
    verdict: 'clean' | 'findings' | 'inconclusive';
    /** why nobody can tell */
    doubts?: string[];
    /** whose files are there */
    packages: Reported[];
    /** the worst first */
    findings: Finding[];
    /** what to rebuild, the base first */
    rebuild?: string[];
  }

  /** The document `image date`. */
  interface ImageDate {
    reference: string;
    digest?: Digest;
    /** none where no snapshot has any of its packages */
    dated?: Interval;
    /** that brought packages */
    layers: LayerInterval[];
    false_labels: Finding[];
  }

  /** The document `image inspect`. */
  interface ImageInspect {
    /** as it was named */
    reference: string;
    /** of its manifest; none for a root folder and a machine */
    digest?: Digest;
    platform?: Platform;
    /** as its configuration claims */
    created?: Time;
    /** of its configuration, and annotations of its manifest that no label hides: claims */
    labels?: Record<string, string>;
    os?: Os;
    /** the base first */
    layers: ImageLayer[];
    /** none: nobody can tell what is in it */
    databases: PackageDatabase[];
    /** by family, name, architecture and version; those of which only configuration is left, too */
    packages: ImagePackage[];
    /** what else tells of where packages came from */
    evidence: Traces;
    /** with `--files`: those that are other than their package has them */
    files?: ChangedFile[];
  }

  /** The document `image match`. */
  interface ImageMatch {
    reference: string;
    digest?: Digest;
    /** `findings` where packages are modified, from nowhere or half installed */
    verdict: 'clean' | 'findings' | 'inconclusive';
    /** why nobody can tell */
    doubts?: string[];
    packages: Trace[];
  }

  /** The document `image signatures`. */
  interface ImageSignatures {
    reference: string;
    digest: Digest;
    /** of trusted keys, that hold */
    signatures: ImageSignature[];
    /** why others don't count */
    refused: string[];
  }

  /** The document `image verify`. */
  interface ImageVerify {
    reference: string;
    digest: Digest;
    accepted: boolean;
    refusals: Refusal[];
    /** further reasons */
    more: number;
    signers: SignedBy[];
    /** when the attestation was made */
    made_at?: Time;
  }

  /** The document `key generate`. */
  interface KeyGenerate {
    fingerprint: string;
    file: string;
  }

  /** The document `key sign`. */
  interface KeySign {
    /** of the key */
    fingerprint: string;
    /** the cleartext message, or the armored signature */
    signature: string;
    /** the armored certificate by which others verify */
    certificate: string;
  }

  /** The document `lock`. */
  interface Lock {
    /** what to keep */
    text: string;
    /** of the text */
    sha256: Digest;
    /** the same as a document */
    lock: LockFile;
  }

  /** The document `lock diff`. */
  interface LockDiff {
    added: Locked[];
    removed: Locked[];
    upgraded: LockChange[];
    downgraded: LockChange[];
    /** of the same version and other content */
    rebuilt: LockChange[];
  }

  /** The document `lock update`. */
  interface LockUpdate {
    /** what to keep */
    text: string;
    /** of the text */
    sha256: Digest;
    /** the same as a document */
    lock: LockFile;
    /** by name and architecture */
    moves: Move[];
  }

  /** The document `lock verify`. */
  interface LockVerify {
    /** that were looked at */
    packages: number;
    faults: LockFault[];
  }

  /** The document `mirror add`. */
  interface MirrorAdd {
    /** its name */
    mirror: string;
    /** the newest; none before the first update */
    snapshot?: Digest;
    /** when its newest entry was written; none in a dry run of a mirror that is not there */
    time?: Time;
    /** what it mirrors */
    config: Config;
    /** whether it was not there with these settings before */
    changed: boolean;
  }

  /** The document `mirror add-folder`. */
  interface MirrorAddFolder {
    /** its name */
    mirror: string;
    /** the newest; none before the first update */
    snapshot?: Digest;
    /** when its newest entry was written; none in a dry run of a mirror that is not there */
    time?: Time;
    /** what it mirrors */
    config: Config;
    /** whether it was not there with these settings before */
    changed: boolean;
  }

  /** The document `mirror add-system`. */
  interface MirrorAddSystem {
    /** its name */
    mirror: string;
    /** the newest; none before the first update */
    snapshot?: Digest;
    /** when its newest entry was written; none in a dry run of a mirror that is not there */
    time?: Time;
    /** what it mirrors */
    config: Config;
    /** whether it was not there with these settings before */
    changed: boolean;
  }

  /** The document `mirror show`. */
  interface MirrorShow {
    /** its name */
    mirror: string;
    /** the newest; none before the first update */
    snapshot?: Digest;
    /** when its newest entry was written */
    time: Time;
    /** what it mirrors */
    config: Config;
  }

  /** The document `mirror update`. */
  interface MirrorUpdate {
    mirror: string;
    /** whether there is a new snapshot, or in a dry run would be */
    changed: boolean;
    before: Digest | null;
    /** null in a dry run where an APT repository has news: what it makes, only its indexes tell */
    snapshot: Digest | null;
    /** in a dry run of a mirror of an APT repository */
    suites?: Look[];
  }

  /** The document `prune`. */
  interface Prune {
    /** files of the pool that stay */
    kept: number;
    /** files that were removed, or in a dry run would be */
    removed: number;
    /** what the removed files had */
    bytes: number;
    /** in a dry run, the files that would be removed, below the directory or prefix */
    files?: string[];
  }

  /** The document `query parse`. */
  interface QueryParse {
    /** in its plainest form */
    query: string;
    /** whether a package's stanza is needed to tell if it passes */
    needs_stanza: boolean;
    /** the names outside of which no package passes, where the query says so */
    names?: string[];
  }

  /** The document `quickstart`. */
  interface Quickstart {
    /** the store's directory, or its URL */
    store: string;
    /** the mirror's name */
    mirror: 'system';
    /** whether the packages are the bundled ones, for want of lists */
    bundled: boolean;
    snapshot: Digest;
    /** how many the snapshot has */
    packages: number;
    /** where they are from */
    sources: Source[];
    /** the snapshot of each environment: `nightly`, `testing`, `stable` */
    environments: Record<string, Digest>;
    publication: Publication;
    /** where stable is published */
    directory: string;
    /** the file of the signing key */
    key: string;
    /** two lines for a shell that make apt use it */
    apt: string[];
    /** what is installed on this machine, held against stable as `image audit host:` does */
    machine: Report;
  }

  /** The document `resolve`. */
  interface Resolve {
    snapshot: Digest;
    /** the further snapshots */
    also?: Digest[];
    /** how it was chosen: `apt-classic`, `apt-3` or `closure` */
    solver: string;
    /** whether it was done without what is only recommended */
    no_recommends: boolean;
    /** the machine's */
    architecture: string;
    /** what was asked for */
    names: string[];
    /** the versions to install, by name and architecture */
    packages: Chosen[];
    /** the installed packages to remove */
    remove: string[];
    /** of all files */
    download_size: number;
    /** what they take when installed, by their own word */
    installed_size: number;
  }

  /** The document `snapshot diff`. */
  interface SnapshotDiff {
    before: Digest;
    after: Digest;
    /** how many of each change; changes that there are none of are left out */
    summary: Record<string, number>;
    differences: Difference[];
  }

  /** The document `snapshot filter`. */
  interface SnapshotFilter {
    /** the new one; in a dry run, what it would be */
    snapshot: Digest;
    packages: number;
    /** the name that it was given */
    name?: string;
    /** of `snapshot pull`: what came along, with `--with-deps` */
    along?: Package[];
  }

  /** The document `snapshot merge`. */
  interface SnapshotMerge {
    /** the new one; in a dry run, what it would be */
    snapshot: Digest;
    packages: number;
    /** the name that it was given */
    name?: string;
    /** of `snapshot pull`: what came along, with `--with-deps` */
    along?: Package[];
  }

  /** The document `snapshot pull`. */
  interface SnapshotPull {
    /** the new one; in a dry run, what it would be */
    snapshot: Digest;
    packages: number;
    /** the name that it was given */
    name?: string;
    /** of `snapshot pull`: what came along, with `--with-deps` */
    along?: Package[];
  }

  /** The document `snapshot resolve`. */
  interface SnapshotResolve {
    snapshot: Digest;
    /** what sort of name led to it */
    source: 'environment' | 'mirror' | 'snapshot' | 'digest';
    /** of the environment, mirror or named snapshot */
    name?: string;
    /** the number of the entry of its log */
    seq?: number;
    /** when that entry was written */
    time?: Time;
  }

  /** The document `snapshot show`. */
  interface SnapshotShow {
    snapshot: Digest;
    made: Made;
    parents: Digest[];
    /** counted once in each list */
    packages: number;
    parts: Part[];
    /** with `--packages`: each package once */
    entries?: Package[];
  }

  /** The document `store check`. */
  interface StoreCheck {
    /** every byte of packs and packages was read */
    data: boolean;
    /** entries of logs */
    entries: number;
    /** snapshots that could be opened */
    snapshots: number;
    chunks: number;
    /** those of all snapshots, each counted once */
    packages: number;
    /** those that the store does not have, nor has to: they are fetched when they are asked for */
    absent: number;
    /** read to be compared with names */
    bytes: number;
    /** sorted by path */
    problems: Problem[];
    /** problems beyond the first 100,000 */
    untold: number;
  }

  /** The document `store copy`. */
  interface StoreCopy {
    /** nothing was written */
    dry_run: boolean;
    /** copied, or to be copied */
    objects: number;
    bytes: number;
    sorts: SortCount[];
    /** objects that were there already */
    kept: number;
    /** those that got entries, such as `env/stable` */
    logs: string[];
    /** those of which the other store has more entries */
    ahead: string[];
  }

  /** The document `store gc`. */
  interface StoreGc {
    /** nothing was written */
    dry_run: boolean;
    /** how many are needed */
    snapshots: number;
    /** how many these have together, each counted once */
    packages: number;
    /** the snapshots that entries name, that are given up, and that are still there; the newest first */
    retired: Digest[];
    swept: Swept[];
    /** what was planned; in a dry run, what would be */
    planned?: Garbage;
    /** a plan whose time has not come; no other is made meanwhile */
    waiting?: Waiting;
  }

  /** The document `store migrate`. */
  interface StoreMigrate {
    /** the format of the store */
    version: number;
    /** the oldest format that a reader has to know */
    min_reader: number;
    /** the oldest format that a writer has to know */
    min_writer: number;
    /** the newest format that this version knows */
    newest: number;
    /** anything was written */
    changed: boolean;
    /** what was done, in one sentence */
    summary: string;
  }

  /** The document `store stats`. */
  interface StoreStats {
    objects: number;
    bytes: number;
    sorts: SortCount[];
    environments: number;
    mirrors: number;
    /** names of snapshots */
    named: number;
    /** names of recorded images */
    images: number;
    /** snapshots that can be opened */
    snapshots: number;
    sharing: Sharing;
    /** what nothing needs, where that was asked for */
    garbage?: ObjectCount;
  }

  /** The document `system compare`. */
  interface SystemCompare {
    snapshot: Digest;
    /** how many installed packages are `current`, `outdated`, `newer`, `unknown` */
    summary: Record<string, number>;
    packages: Installed[];
  }

  /** The document `text`. */
  interface Text {
    text: string;
  }

  /** The document `upgrade`. */
  interface Upgrade {
    snapshot: Digest;
    /** the machine's */
    architecture: string;
    /** whether packages may come and go */
    full: boolean;
    /** the packages that get another version */
    changes: Upgraded[];
    /** those that come anew */
    packages: Chosen[];
    /** the installed packages to remove */
    remove: string[];
    /** those that stay though there is a newer candidate */
    held: Held[];
    /** of all files */
    download_size: number;
  }

  /** The document `verify message`. */
  interface VerifyMessage {
    accepted: boolean;
    /** the moment that it was judged at */
    at: Time;
    /** exactly what the signatures cover; none where it does not hold */
    text?: string;
    /** the good signatures */
    signers: Signature[];
    notes: Note[];
    /** why */
    rejected?: Error;
  }

  /** The document `verify release`. */
  interface VerifyRelease {
    file: string;
    accepted: boolean;
    /** the moment that it was judged at */
    at: Time;
    /** fingerprints of the primary keys of good signatures */
    signers: string[];
    /** what is worth knowing though it did not lead to rejection */
    notes: string[];
    /** why */
    rejected?: Error;
  }

  /** The document `version compare`. */
  interface VersionCompare {
    a: string;
    b: string;
    /** of `a` to `b` */
    order: '<' | '=' | '>';
    /** as it was written */
    operator?: string;
    /** with an operator */
    holds?: boolean;
  }

  /** The document `why`. */
  interface Why {
    snapshot: Digest;
    /** the package */
    name: string;
    /** that comes along; null where it does not */
    version: string | null;
    /** the relations that lead to it from what was asked for, by the shortest way */
    chain: Link[];
  }

  /** One of several documents. */
  type Change = ChangeCreated | ChangePartial | ChangePolicy | ChangePromoted | ChangeRolledBack;

  /** One of several documents. */
  type Config = ConfigApt | ConfigFolder | ConfigSystem;

  /** One of several documents. */
  type Evidence = EvidenceApproval | EvidenceCheck | EvidenceFile | EvidenceLog | EvidenceTests;

  /** One of several documents. */
  type Made = MadeFilter | MadeMerge | MadeMirror | MadePull;

  /** One of several documents. */
  type Proof = ProofBroken | ProofSigned | ProofUnknownSigner | ProofUnsigned;

  /** One of several documents. */
  type Reason = ReasonBoth | ReasonItself | ReasonNewBase | ReasonUnknownBase;
}

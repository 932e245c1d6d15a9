// Written by the crate reposnap-faces from the table of operations and docs/JSON.md: don't edit.
import type { CallOptions } from './call.cjs';

/** Options of `mirrorAdd`. */
export interface MirrorAddOptions extends CallOptions {
  /** The components; all of the repository's where there are none. */
  components?: readonly string[] | null | undefined;
  /** The architectures; this machine's own where there are none. */
  architectures?: readonly string[] | null | undefined;
  /** Of the keyring, the fingerprints that count; `!` at the end means just that subkey. */
  signers?: readonly string[] | null | undefined;
  /** How many of the keys must have signed; 1 by default. */
  threshold?: number | null | undefined;
  /** When to fetch packages; `all`, with each update, by default. */
  packages?: 'all' | 'on-demand' | 'none' | null | undefined;
  /** Keep only the packages that pass a query. */
  filter?: string | null | undefined;
  /** Mirror source packages too. */
  sources?: boolean | null | undefined;
  /** Mirror the translations of these languages too. */
  translations?: readonly string[] | null | undefined;
  /** Mirror the Contents indexes too. */
  contents?: boolean | null | undefined;
  /** Relax rules of verification, by their names. */
  relax?: readonly string[] | null | undefined;
  /** The greatest age, in days, of a Release without Valid-Until. */
  maxAge?: number | null | undefined;
  /** Give a mirror of this name these settings, where it has others. */
  replace?: boolean | null | undefined;
  /** Say what would change, and change nothing. */
  dryRun?: boolean | null | undefined;
}

/** Options of `mirrorAddSystem`. */
export interface MirrorAddSystemOptions extends CallOptions {
  /** The root folder of the machine; `/` by default. */
  root?: string | null | undefined;
  /** Give a mirror of this name these settings, where it has others. */
  replace?: boolean | null | undefined;
  /** Say what would change, and change nothing. */
  dryRun?: boolean | null | undefined;
}

/** Options of `mirrorAddFolder`. */
export interface MirrorAddFolderOptions extends CallOptions {
  /** The component to put the packages in; `main` by default. */
  component?: string | null | undefined;
  /** Give a mirror of this name these settings, where it has others. */
  replace?: boolean | null | undefined;
  /** Say what would change, and change nothing. */
  dryRun?: boolean | null | undefined;
}

/** Options of `mirrorUpdate`. */
export interface MirrorUpdateOptions extends CallOptions {
  /** Say whether there is something new, and write nothing: of an APT repository, only the Release files are asked for. */
  dryRun?: boolean | null | undefined;
}

/** Options of `snapshotShow`. */
export interface SnapshotShowOptions extends CallOptions {
  /** List its packages too. */
  packages?: boolean | null | undefined;
}

/** Options of `snapshotMerge`. */
export interface SnapshotMergeOptions extends CallOptions {
  /** Which versions to keep; `precedence` by default. */
  rule?: 'precedence' | 'newest' | 'all' | null | undefined;
  /** A name for the result. */
  name?: string | null | undefined;
  /** Tell what would come out, and write nothing. */
  dryRun?: boolean | null | undefined;
}

/** Options of `snapshotFilter`. */
export interface SnapshotFilterOptions extends CallOptions {
  /** A name for the result. */
  name?: string | null | undefined;
  /** Tell what would come out, and write nothing. */
  dryRun?: boolean | null | undefined;
}

/** Options of `snapshotPull`. */
export interface SnapshotPullOptions extends CallOptions {
  /** Take along what they need, and what has to move with them so that all that could be installed still can. */
  withDeps?: boolean | null | undefined;
  /** A name for the result. */
  name?: string | null | undefined;
  /** Tell what would come out, and write nothing. */
  dryRun?: boolean | null | undefined;
}

/** Options of `envCreate`. */
export interface EnvCreateOptions extends CallOptions {
  /** Tell what the entry would be, and write nothing. */
  dryRun?: boolean | null | undefined;
  /** Why. */
  message?: string | null | undefined;
  /** The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent. */
  key?: string | null | undefined;
  /** The file with the password of the key file. */
  passwordFile?: string | null | undefined;
}

/** Options of `envLog`. */
export interface EnvLogOptions extends CallOptions {
  /** How many entries; 50 by default. */
  limit?: number | null | undefined;
  /** Judge each of them again: signatures, evidence, ages, checks and the chain between them. */
  verify?: boolean | null | undefined;
}

/** Options of `envPromote`. */
export interface EnvPromoteOptions extends CallOptions {
  /** Take over only the packages that pass one of these queries. */
  packages?: readonly string[] | null | undefined;
  /** Take along what these need, and what has to move with them so that all that could be installed still can. */
  withDeps?: boolean | null | undefined;
  /** Begin the environment where there is none. */
  create?: boolean | null | undefined;
  /** Tell what would change, and change nothing. */
  dryRun?: boolean | null | undefined;
  /** Why. */
  message?: string | null | undefined;
  /** What speaks for it: `tests=FILE`, `tests:NAME=FILE` (reports in JUnit's XML), `approval=FILE` or `file:NAME=FILE`. */
  evidence?: readonly string[] | null | undefined;
  /** Do it although something is missing, for this reason, where the policy allows that. */
  overrideReason?: string | null | undefined;
  /** The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent. */
  key?: string | null | undefined;
  /** The file with the password of the key file. */
  passwordFile?: string | null | undefined;
}

/** Options of `envRollback`. */
export interface EnvRollbackOptions extends CallOptions {
  /** Where to; by default the state before. Done again and again, that goes back further and further. */
  to?: string | null | undefined;
  /** Tell what the entry would be, and write nothing. */
  dryRun?: boolean | null | undefined;
  /** Why. */
  message?: string | null | undefined;
  /** What speaks for it, where the policy says that rollbacks are judged too; as for `env promote`. */
  evidence?: readonly string[] | null | undefined;
  /** Do it although something is missing, for this reason, where the policy allows that. */
  overrideReason?: string | null | undefined;
  /** The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent. */
  key?: string | null | undefined;
  /** The file with the password of the key file. */
  passwordFile?: string | null | undefined;
}

/** Options of `envPolicySet`. */
export interface EnvPolicySetOptions extends CallOptions {
  /** The file with the policy; it may have those of other environments too. */
  file?: string | null | undefined;
  /** The policy itself, instead of a file. */
  text?: string | null | undefined;
  /** Tell what the entry would be, and write nothing. */
  dryRun?: boolean | null | undefined;
  /** Why. */
  message?: string | null | undefined;
  /** The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent. */
  key?: string | null | undefined;
  /** The file with the password of the key file. */
  passwordFile?: string | null | undefined;
}

/** Options of `envPolicyRemove`. */
export interface EnvPolicyRemoveOptions extends CallOptions {
  /** Tell what the entry would be, and write nothing. */
  dryRun?: boolean | null | undefined;
  /** Why. */
  message?: string | null | undefined;
  /** The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent. */
  key?: string | null | undefined;
  /** The file with the password of the key file. */
  passwordFile?: string | null | undefined;
}

/** Options of `envApprove`. */
export interface EnvApproveOptions extends CallOptions {
  /** The key that signs: a file, or `gpg:FINGERPRINT` for a key of gpg-agent. Without one the statement is told, to be signed elsewhere with `gpg --clearsign`. */
  key?: string | null | undefined;
  /** The file with the password of the key file. */
  passwordFile?: string | null | undefined;
  /** As what you speak, such as `qa`. */
  role?: string | null | undefined;
  /** What there is to say, in one line. */
  comment?: string | null | undefined;
  /** Sign, and keep nothing in the store. */
  dryRun?: boolean | null | undefined;
}

/** Options of `publish`. */
export interface PublishOptions extends CallOptions {
  /** The snapshots; each package stays in its component. */
  revs?: readonly string[] | null | undefined;
  /** Snapshots by component: all packages of one go into that component. */
  components?: Readonly<Record<string, string>> | null | undefined;
  /** The file with the password of the key file. */
  passwordFile?: string | null | undefined;
  /** The Codename; none by default. */
  codename?: string | null | undefined;
  /** The Origin. */
  origin?: string | null | undefined;
  /** The Label. */
  label?: string | null | undefined;
  /** The Description. */
  description?: string | null | undefined;
  /** The Version of the suite. */
  suiteVersion?: string | null | undefined;
  /** For how many days the Release is valid. */
  validFor?: number | null | undefined;
  /** Have apt install from it only when asked to. */
  notAutomatic?: boolean | null | undefined;
  /** With `not_automatic`, have apt upgrade what was installed from it. */
  butAutomaticUpgrades?: boolean | null | undefined;
  /** Name the key in the Release, for apt to hold on to. */
  signField?: boolean | null | undefined;
  /** Architectures to name beside those that the snapshots have. */
  architectures?: readonly string[] | null | undefined;
  /** The compressions of indexes: `gz`, `xz`, `zst`. */
  compress?: readonly string[] | null | undefined;
  /** Publish though packages are missing in the store. */
  allowMissing?: boolean | null | undefined;
  /** Sign again though nothing changed. */
  resign?: boolean | null | undefined;
  /** A program that tells a cache what changed: run where something was published, with the paths on its standard input, one on each line. */
  invalidate?: string | null | undefined;
  /** Say what would be done, and do nothing: only the outcome is looked at, not what becomes of packages. */
  dryRun?: boolean | null | undefined;
}

/** Options of `publishVerbatim`. */
export interface PublishVerbatimOptions extends CallOptions {
  /** Publish though packages are missing in the store. */
  allowMissing?: boolean | null | undefined;
  /** A program that tells a cache what changed: run where something was published, with the paths on its standard input, one on each line. */
  invalidate?: string | null | undefined;
  /** Say what would be done, and do nothing: only the outcome is looked at, not what becomes of packages. */
  dryRun?: boolean | null | undefined;
}

/** Options of `publishPrune`. */
export interface PublishPruneOptions extends CallOptions {
  /** Say what would be removed, and remove nothing. */
  dryRun?: boolean | null | undefined;
}

/** Options of `search`. */
export interface SearchOptions extends CallOptions {
  /** Give their stanzas too. */
  stanzas?: boolean | null | undefined;
}

/** Options of `fetch`. */
export interface FetchOptions extends CallOptions {
  /** Which packages; all by default. */
  query?: string | null | undefined;
  /** Say how much would be fetched, and fetch nothing. */
  dryRun?: boolean | null | undefined;
}

/** Options of `resolve`. */
export interface ResolveOptions extends CallOptions {
  /** How to choose; `apt-classic` by default. */
  solver?: 'apt-classic' | 'apt-3' | 'closure' | null | undefined;
  /** Do without what is only recommended. */
  noRecommends?: boolean | null | undefined;
  /** Further snapshots whose packages may be taken, as by further lines of sources.list. */
  also?: readonly string[] | null | undefined;
  /** The machine's architecture; the snapshot's, or this machine's, by default. */
  architecture?: string | null | undefined;
  /** Architectures that the machine takes packages of besides. */
  foreign?: readonly string[] | null | undefined;
  /** What is installed already: a status file of dpkg. Nothing by default. */
  status?: string | null | undefined;
  /** Files of preferences (apt_preferences(5)), the first one first. */
  pins?: readonly string[] | null | undefined;
  /** The release whose packages are preferred (`APT::Default-Release`). */
  defaultRelease?: string | null | undefined;
}

/** Options of `why`. */
export interface WhyOptions extends CallOptions {
  /** How to choose; `apt-classic` by default. */
  solver?: 'apt-classic' | 'apt-3' | 'closure' | null | undefined;
  /** Do without what is only recommended. */
  noRecommends?: boolean | null | undefined;
  /** Further snapshots whose packages may be taken, as by further lines of sources.list. */
  also?: readonly string[] | null | undefined;
  /** The machine's architecture; the snapshot's, or this machine's, by default. */
  architecture?: string | null | undefined;
  /** Architectures that the machine takes packages of besides. */
  foreign?: readonly string[] | null | undefined;
  /** What is installed already: a status file of dpkg. Nothing by default. */
  status?: string | null | undefined;
  /** Files of preferences (apt_preferences(5)), the first one first. */
  pins?: readonly string[] | null | undefined;
  /** The release whose packages are preferred (`APT::Default-Release`). */
  defaultRelease?: string | null | undefined;
}

/** Options of `upgrade`. */
export interface UpgradeOptions extends CallOptions {
  /** Install what is new and needed, and remove what stands in the way (`apt-get dist-upgrade`); by default neither (`apt-get upgrade`). */
  full?: boolean | null | undefined;
  /** Do without what is only recommended. */
  noRecommends?: boolean | null | undefined;
  /** Further snapshots whose packages may be taken, as by further lines of sources.list. */
  also?: readonly string[] | null | undefined;
  /** The machine's architecture; the snapshot's, or this machine's, by default. */
  architecture?: string | null | undefined;
  /** Architectures that the machine takes packages of besides. */
  foreign?: readonly string[] | null | undefined;
  /** What is installed already: a status file of dpkg. Nothing by default. */
  status?: string | null | undefined;
  /** Files of preferences (apt_preferences(5)), the first one first. */
  pins?: readonly string[] | null | undefined;
  /** The release whose packages are preferred (`APT::Default-Release`). */
  defaultRelease?: string | null | undefined;
}

/** Options of `buildDeps`. */
export interface BuildDepsOptions extends CallOptions {
  /** How to choose; `apt-classic` by default. */
  solver?: 'apt-classic' | 'apt-3' | 'closure' | null | undefined;
  /** The build profiles that are on, such as `nocheck`. */
  profiles?: readonly string[] | null | undefined;
  /** Build the packages of an architecture alone. */
  archOnly?: boolean | null | undefined;
  /** Build the packages for all architectures alone. */
  indepOnly?: boolean | null | undefined;
  /** Further snapshots whose packages may be taken, as by further lines of sources.list. */
  also?: readonly string[] | null | undefined;
  /** The machine's architecture; the snapshot's, or this machine's, by default. */
  architecture?: string | null | undefined;
  /** Architectures that the machine takes packages of besides. */
  foreign?: readonly string[] | null | undefined;
  /** What is installed already: a status file of dpkg. Nothing by default. */
  status?: string | null | undefined;
  /** Files of preferences (apt_preferences(5)), the first one first. */
  pins?: readonly string[] | null | undefined;
  /** The release whose packages are preferred (`APT::Default-Release`). */
  defaultRelease?: string | null | undefined;
}

/** Options of `graph`. */
export interface GraphOptions extends CallOptions {
  /** Who depends on them, instead of what they depend on. */
  reverse?: boolean | null | undefined;
  /** The shortest chains to this package, instead of all around; with `reverse`, from it. */
  to?: string | null | undefined;
  /** How many relations away at most; no limit by default. */
  depth?: number | null | undefined;
  /** Which relations, by the names of their fields; `pre-depends` and `depends` by default. */
  kinds?: readonly string[] | null | undefined;
  /** How it is given; `json` by default. */
  format?: 'json' | 'counts' | 'dot' | 'mermaid' | 'svg' | null | undefined;
  /** Further snapshots whose packages may be taken, as by further lines of sources.list. */
  also?: readonly string[] | null | undefined;
  /** The machine's architecture; the snapshot's, or this machine's, by default. */
  architecture?: string | null | undefined;
  /** Architectures that the machine takes packages of besides. */
  foreign?: readonly string[] | null | undefined;
  /** What is installed already: a status file of dpkg. Nothing by default. */
  status?: string | null | undefined;
  /** Files of preferences (apt_preferences(5)), the first one first. */
  pins?: readonly string[] | null | undefined;
  /** The release whose packages are preferred (`APT::Default-Release`). */
  defaultRelease?: string | null | undefined;
}

/** Options of `check`. */
export interface CheckOptions extends CallOptions {
  /** A snapshot to compare with, such as the environment before a promotion: only what could be installed from it, or was not there, is told. */
  against?: string | null | undefined;
  /** Look at all versions, not only at the newest of each package. */
  allVersions?: boolean | null | undefined;
  /** Further snapshots whose packages may be taken, as by further lines of sources.list. */
  also?: readonly string[] | null | undefined;
  /** The machine's architecture; the snapshot's, or this machine's, by default. */
  architecture?: string | null | undefined;
  /** Architectures that the machine takes packages of besides. */
  foreign?: readonly string[] | null | undefined;
}

/** Options of `imageInspect`. */
export interface ImageInspectOptions extends CallOptions {
  /** Which image of an index, such as `linux/arm64`; this machine's by default. */
  platform?: string | null | undefined;
  /** Compare every file with what its package says of it; all of the image is hashed then. */
  files?: boolean | null | undefined;
  /** Keyrings of those who sign the rpms. */
  rpmKeys?: readonly string[] | null | undefined;
  /** Talk to the registry without TLS where it has none, though others may listen. */
  plainHttp?: boolean | null | undefined;
  /** Read all layers, also those that were read before. */
  noCache?: boolean | null | undefined;
}

/** Options of `imageMatch`. */
export interface ImageMatchOptions extends CallOptions {
  /** Which image of an index, such as `linux/arm64`; this machine's by default. */
  platform?: string | null | undefined;
  /** Compare every file with what its package says of it; all of the image is hashed then. */
  files?: boolean | null | undefined;
  /** Keyrings of those who sign the rpms. */
  rpmKeys?: readonly string[] | null | undefined;
  /** Talk to the registry without TLS where it has none, though others may listen. */
  plainHttp?: boolean | null | undefined;
  /** Read all layers, also those that were read before. */
  noCache?: boolean | null | undefined;
}

/** Options of `imageDate`. */
export interface ImageDateOptions extends CallOptions {
  /** Which image of an index, such as `linux/arm64`; this machine's by default. */
  platform?: string | null | undefined;
  /** Compare every file with what its package says of it; all of the image is hashed then. */
  files?: boolean | null | undefined;
  /** Keyrings of those who sign the rpms. */
  rpmKeys?: readonly string[] | null | undefined;
  /** Talk to the registry without TLS where it has none, though others may listen. */
  plainHttp?: boolean | null | undefined;
  /** Read all layers, also those that were read before. */
  noCache?: boolean | null | undefined;
}

/** Options of `imageAudit`. */
export interface ImageAuditOptions extends CallOptions {
  /** Security advisories, by path or URL: the Debian security tracker's JSON, OSV, or updateinfo files. */
  advisories?: readonly string[] | null | undefined;
  /** OpenVEX documents that state which of them don't concern the image, by path or URL. */
  vex?: readonly string[] | null | undefined;
  /** The release that updateinfo files are of, such as `fedora:41`. */
  release?: string | null | undefined;
  /** The mirrors of one's own packages: that no advisories are about those is no doubt. */
  ownMirrors?: readonly string[] | null | undefined;
  /** The moment that ages are counted to; now by default. */
  at?: string | Date | null | undefined;
  /** Which image of an index, such as `linux/arm64`; this machine's by default. */
  platform?: string | null | undefined;
  /** Compare every file with what its package says of it; all of the image is hashed then. */
  files?: boolean | null | undefined;
  /** Keyrings of those who sign the rpms. */
  rpmKeys?: readonly string[] | null | undefined;
  /** Talk to the registry without TLS where it has none, though others may listen. */
  plainHttp?: boolean | null | undefined;
  /** Read all layers, also those that were read before. */
  noCache?: boolean | null | undefined;
}

/** Options of `imageAttest`. */
export interface ImageAttestOptions extends CallOptions {
  /** The environment that the image is held against; its verdict goes into the attestation. */
  rev?: string | null | undefined;
  /** Who built the image, as a URI: SLSA provenance is attested as well. */
  builder?: string | null | undefined;
  /** For SLSA provenance, what the build was given. */
  buildParameters?: Readonly<Record<string, string>> | null | undefined;
  /** Where others find the store, as a URL, for the snapshots in SLSA provenance. */
  storeUrl?: string | null | undefined;
  /** Attach what was attested to the image. */
  attach?: boolean | null | undefined;
  /** A file with the OpenPGP key's password. */
  passwordFile?: string | null | undefined;
  /** When it is attested; now by default. */
  at?: string | Date | null | undefined;
  /** Which image of an index, such as `linux/arm64`; this machine's by default. */
  platform?: string | null | undefined;
  /** Compare every file with what its package says of it; all of the image is hashed then. */
  files?: boolean | null | undefined;
  /** Keyrings of those who sign the rpms. */
  rpmKeys?: readonly string[] | null | undefined;
  /** Talk to the registry without TLS where it has none, though others may listen. */
  plainHttp?: boolean | null | undefined;
  /** Read all layers, also those that were read before. */
  noCache?: boolean | null | undefined;
}

/** Options of `imageVerify`. */
export interface ImageVerifyOptions extends CallOptions {
  /** Attestations, beside those that are attached to the image: files, or the JSON of a bundle, an envelope or several, line by line, which a `{` begins. */
  attestations?: readonly string[] | null | undefined;
  /** The moment that ages are counted to; now by default. */
  at?: string | Date | null | undefined;
  /** Which image of an index, such as `linux/arm64`; this machine's by default. */
  platform?: string | null | undefined;
  /** Compare every file with what its package says of it; all of the image is hashed then. */
  files?: boolean | null | undefined;
  /** Keyrings of those who sign the rpms. */
  rpmKeys?: readonly string[] | null | undefined;
  /** Talk to the registry without TLS where it has none, though others may listen. */
  plainHttp?: boolean | null | undefined;
  /** Read all layers, also those that were read before. */
  noCache?: boolean | null | undefined;
}

/** Options of `imageSignatures`. */
export interface ImageSignaturesOptions extends CallOptions {
  /** The name that must have been signed: a repository, or one with a tag. Any by default, so that whoever signed one image can pass it off as another. */
  expected?: string | null | undefined;
  /** Files of simple signing. */
  signatures?: readonly string[] | null | undefined;
  /** The moment at which it is judged; now by default. */
  at?: string | Date | null | undefined;
  /** Which image of an index, such as `linux/arm64`; this machine's by default. */
  platform?: string | null | undefined;
  /** Compare every file with what its package says of it; all of the image is hashed then. */
  files?: boolean | null | undefined;
  /** Keyrings of those who sign the rpms. */
  rpmKeys?: readonly string[] | null | undefined;
  /** Talk to the registry without TLS where it has none, though others may listen. */
  plainHttp?: boolean | null | undefined;
  /** Read all layers, also those that were read before. */
  noCache?: boolean | null | undefined;
}

/** Options of `fleetAdd`. */
export interface FleetAddOptions extends CallOptions {
  /** The name; the image's reference by default. */
  name?: string | null | undefined;
  /** Tell what would be recorded, and record nothing. */
  dryRun?: boolean | null | undefined;
  /** Which image of an index, such as `linux/arm64`; this machine's by default. */
  platform?: string | null | undefined;
  /** Compare every file with what its package says of it; all of the image is hashed then. */
  files?: boolean | null | undefined;
  /** Keyrings of those who sign the rpms. */
  rpmKeys?: readonly string[] | null | undefined;
  /** Talk to the registry without TLS where it has none, though others may listen. */
  plainHttp?: boolean | null | undefined;
  /** Read all layers, also those that were read before. */
  noCache?: boolean | null | undefined;
}

/** Options of `fleetAffected`. */
export interface FleetAffectedOptions extends CallOptions {
  /** What the name is the name of: `binary`, `source`, or `any`, which is the default. */
  by?: 'any' | 'binary' | 'source' | null | undefined;
  /** Whose package it is: `deb`, which is the default, or `rpm`. */
  family?: 'deb' | 'rpm' | null | undefined;
  /** Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are. */
  system?: string | null | undefined;
}

/** Options of `fleetStale`. */
export interface FleetStaleOptions extends CallOptions {
  /** A snapshot before it: only what is newer than there counts. */
  since?: string | null | undefined;
  /** Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are. */
  system?: string | null | undefined;
}

/** Options of `fleetPlan`. */
export interface FleetPlanOptions extends CallOptions {
  /** The snapshot, such as an environment. */
  rev?: string | null | undefined;
  /** A snapshot before it: only what is newer than there counts. For an environment's last promotion: `stable~1`. */
  since?: string | null | undefined;
  /** Instead of a snapshot: the binary or source package that is mended. */
  name?: string | null | undefined;
  /** And the version that mends it. */
  version?: string | null | undefined;
  /** What the name is the name of: `binary`, `source`, or `any`, which is the default. */
  by?: 'any' | 'binary' | 'source' | null | undefined;
  /** Whose package it is: `deb`, which is the default, or `rpm`. */
  family?: 'deb' | 'rpm' | null | undefined;
  /** Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are. */
  system?: string | null | undefined;
}

/** Options of `lockCreate`. */
export interface LockCreateOptions extends CallOptions {
  /** How to choose; `apt-classic` by default. */
  solver?: 'apt-classic' | 'apt-3' | 'closure' | null | undefined;
  /** Do without what is only recommended. */
  noRecommends?: boolean | null | undefined;
  /** The machine's architecture; the snapshot's, or this machine's, by default. */
  architecture?: string | null | undefined;
  /** Architectures that the machine takes packages of besides. */
  foreign?: readonly string[] | null | undefined;
  /** What is installed already: a status file of dpkg. Nothing by default. */
  status?: string | null | undefined;
  /** Files of preferences (apt_preferences(5)), the first one first. */
  pins?: readonly string[] | null | undefined;
  /** The release whose packages are preferred (`APT::Default-Release`). */
  defaultRelease?: string | null | undefined;
}

/** Options of `lockUpdate`. */
export interface LockUpdateOptions extends CallOptions {
  /** Source or binary packages; everything by default. */
  only?: readonly string[] | null | undefined;
  /** The status file of the system that the packages go on top of, where the lock has such a base. */
  status?: string | null | undefined;
}

/** Options of `lockExport`. */
export interface LockExportOptions extends CallOptions {
  /** The URL that the files lie below; needed for `uris` and `curl`. */
  base?: string | null | undefined;
  /** They lie where `publish` puts them, not where upstream has them. */
  published?: boolean | null | undefined;
  /** Pins: refuse every package that is not locked. */
  exclusive?: boolean | null | undefined;
  /** Bills of materials: what they are about. */
  name?: string | null | undefined;
  /** The vendor in the packages' purls; `debian` by default. */
  vendor?: string | null | undefined;
  /** The release in the packages' purls, such as `bookworm`. */
  distro?: string | null | undefined;
  /** When the bill was made; needed for `spdx`. */
  created?: string | Date | null | undefined;
}

/** Options of `lockBill`. */
export interface LockBillOptions extends CallOptions {
  /** The URL that the files lie below. */
  base?: string | null | undefined;
  /** They lie where `publish` puts them, not where upstream has them. */
  published?: boolean | null | undefined;
  /** What it is about. */
  name?: string | null | undefined;
  /** The vendor in the packages' purls; `debian` by default. */
  vendor?: string | null | undefined;
  /** The release in the packages' purls, such as `bookworm`. */
  distro?: string | null | undefined;
  /** When it was made; now by default. */
  created?: string | Date | null | undefined;
}

/** Options of `systemCompare`. */
export interface SystemCompareOptions extends CallOptions {
  /** The root folder of the machine; `/` by default. */
  root?: string | null | undefined;
}

/** Options of `storeGc`. */
export interface StoreGcOptions extends CallOptions {
  /** Keep the snapshots of so many of the newest entries of each environment and mirror. */
  keepLast?: number | null | undefined;
  /** Keep the newest snapshot of each of so many days that have one. */
  keepDaily?: number | null | undefined;
  /** Keep the newest snapshot of each of so many weeks that have one. */
  keepWeekly?: number | null | undefined;
  /** Keep the newest snapshot of each of so many months that have one. */
  keepMonthly?: number | null | undefined;
  /** Keep what was in force at any time of this duration before the newest entry, such as `30d`. */
  keepWithin?: string | null | undefined;
  /** Snapshots to keep besides. */
  keep?: readonly string[] | null | undefined;
  /** Lock files whose snapshots are kept. */
  locks?: readonly string[] | null | undefined;
  /** How long a plan waits before it is swept, `24h` by default: longer than twice the longest update, merge or promotion. With `0s`, what is planned is swept at once. */
  grace?: string | null | undefined;
  /** Tell what would be planned, and write nothing. */
  dryRun?: boolean | null | undefined;
}

/** Options of `storeCheck`. */
export interface StoreCheckOptions extends CallOptions {
  /** Read every byte of packs and packages too, and verify every stanza. */
  data?: boolean | null | undefined;
  /** Another store, a directory or a URL, to put back from what is missing or altered. */
  repairFrom?: string | null | undefined;
  /** Put back missing and altered packages from where their snapshots say that they came from. */
  repairUpstream?: boolean | null | undefined;
  /** Tell what would be put back, and write nothing; nothing is fetched from upstream. */
  dryRun?: boolean | null | undefined;
}

/** Options of `storeStats`. */
export interface StoreStatsOptions extends CallOptions {
  /** Count what nothing needs, too. */
  garbage?: boolean | null | undefined;
}

/** Options of `storeCopy`. */
export interface StoreCopyOptions extends CallOptions {
  /** The environments; all that the store has where none is named. */
  environments?: readonly string[] | null | undefined;
  /** Tell what would be copied, and write nothing. */
  dryRun?: boolean | null | undefined;
}

/** Options of `storeMigrate`. */
export interface StoreMigrateOptions extends CallOptions {
  /** Tell what would be done, and write nothing. */
  dryRun?: boolean | null | undefined;
}

/** Options of `verifyRelease`. */
export interface VerifyReleaseOptions extends CallOptions {
  /** The signature file, where it stands apart. */
  signature?: string | null | undefined;
  /** The time to verify at, instead of now. */
  at?: string | Date | null | undefined;
  /** The fingerprints that count; all of the keyring's by default. */
  signers?: readonly string[] | null | undefined;
  /** How many of the keys must have signed; 1 by default. */
  threshold?: number | null | undefined;
  /** Relax rules of verification, by their names. */
  relax?: readonly string[] | null | undefined;
}

/** Options of `verifyMessage`. */
export interface VerifyMessageOptions extends CallOptions {
  /** The armored signature, where it stands apart. */
  signature?: string | null | undefined;
  /** The time to verify at, instead of now. */
  at?: string | Date | null | undefined;
  /** The fingerprints that count; all of the keyring's by default. */
  signers?: readonly string[] | null | undefined;
  /** How many of the keys must have signed; 1 by default. */
  threshold?: number | null | undefined;
  /** Relax rules of verification, by their names. */
  relax?: readonly string[] | null | undefined;
}

/** Options of `keyringShow`. */
export interface KeyringShowOptions extends CallOptions {
  /** The time to judge them at, instead of now. */
  at?: string | Date | null | undefined;
}

/** Options of `keySign`. */
export interface KeySignOptions extends CallOptions {
  /** The file with the password of the key file. */
  passwordFile?: string | null | undefined;
  /** Make a signature that stands apart. */
  detached?: boolean | null | undefined;
}

/** Options of `versionCompare`. */
export interface VersionCompareOptions extends CallOptions {
  /** A relation to test: `lt le eq ne ge gt`, or `<< <= = != >= >>`. */
  operator?: string | null | undefined;
}

/** Options of `debShow`. */
export interface DebShowOptions extends CallOptions {
  /** List the members of its data part too. */
  contents?: boolean | null | undefined;
}

// Written by the crate reposnap-faces from the table of operations and docs/JSON.md: don't edit.
import type { CallOptions } from './call.cjs';
import type { documents } from './documents.cjs';
import type {
  BuildDepsOptions,
  CheckOptions,
  EnvApproveOptions,
  EnvCreateOptions,
  EnvLogOptions,
  EnvPolicyRemoveOptions,
  EnvPolicySetOptions,
  EnvPromoteOptions,
  EnvRollbackOptions,
  FetchOptions,
  FleetAddOptions,
  FleetAffectedOptions,
  FleetPlanOptions,
  FleetStaleOptions,
  GraphOptions,
  ImageAttestOptions,
  ImageAuditOptions,
  ImageDateOptions,
  ImageMatchOptions,
  ImageVerifyOptions,
  LockBillOptions,
  LockCreateOptions,
  LockUpdateOptions,
  MirrorAddFolderOptions,
  MirrorAddOptions,
  MirrorAddSystemOptions,
  MirrorUpdateOptions,
  PublishOptions,
  PublishVerbatimOptions,
  ResolveOptions,
  SearchOptions,
  SnapshotFilterOptions,
  SnapshotMergeOptions,
  SnapshotPullOptions,
  SnapshotShowOptions,
  StoreCheckOptions,
  StoreCopyOptions,
  StoreGcOptions,
  StoreMigrateOptions,
  StoreStatsOptions,
  SystemCompareOptions,
  UpgradeOptions,
  WhyOptions,
} from './options.cjs';

/** The operations on a store. */
export declare class Operations {
  /**
   * Adds a mirror of an APT repository. With the same settings again, nothing happens.
   *
   * @param name The mirror's name.
   * @param url The repository's base URL: http, https or file.
   * @param suites The suites; one that ends with `/` is a flat repository.
   * @param signedBy The keys that sign the repository: keyring files, or armored blocks.
   * @returns The document of `mirror add`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  mirrorAdd(name: string, url: string, suites: readonly string[], signedBy: readonly string[], options?: MirrorAddOptions | null): Promise<documents.MirrorAdd>;

  /**
   * Adds a mirror of this machine's own APT sources, from the lists that `apt-get update` left.
   *
   * @param name The mirror's name.
   * @returns The document of `mirror add-system`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  mirrorAddSystem(name: string, options?: MirrorAddSystemOptions | null): Promise<documents.MirrorAddSystem>;

  /**
   * Adds a mirror of a folder of packages.
   *
   * @param name The mirror's name.
   * @param directory The folder.
   * @returns The document of `mirror add-folder`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  mirrorAddFolder(name: string, directory: string, options?: MirrorAddFolderOptions | null): Promise<documents.MirrorAddFolder>;

  /**
   * Updates a mirror; what it made is a new snapshot.
   *
   * @param name The mirror's name.
   * @returns The document of `mirror update`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  mirrorUpdate(name: string, options?: MirrorUpdateOptions | null): Promise<documents.MirrorUpdate>;

  /**
   * Lists the mirrors.
   *
   * @returns The document of `mirror list`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  mirrorList(options?: CallOptions | null): Promise<documents.MirrorShow[]>;

  /**
   * Shows a mirror.
   *
   * @param name The mirror's name.
   * @returns The document of `mirror show`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  mirrorShow(name: string, options?: CallOptions | null): Promise<documents.MirrorShow>;

  /**
   * Lists the snapshots of the store, and what leads to each.
   *
   * @returns The document of `snapshot list`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  snapshotList(options?: CallOptions | null): Promise<documents.Listed[]>;

  /**
   * Shows what a snapshot is.
   *
   * @param rev The snapshot.
   * @returns The document of `snapshot show`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  snapshotShow(rev: string, options?: SnapshotShowOptions | null): Promise<documents.SnapshotShow>;

  /**
   * Finds the snapshot that a REV names.
   *
   * @param rev An environment, a mirror or a named snapshot, `~2` or `@TIME` behind it for an earlier state; or the first digits of a digest.
   * @returns The document of `snapshot resolve`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  snapshotResolve(rev: string, options?: CallOptions | null): Promise<documents.SnapshotResolve>;

  /**
   * Tells what differs between two snapshots.
   *
   * @param before The first snapshot.
   * @param after The second snapshot.
   * @returns The document of `snapshot diff`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  snapshotDiff(before: string, after: string, options?: CallOptions | null): Promise<documents.SnapshotDiff>;

  /**
   * Merges snapshots into a new one.
   *
   * @param revs The snapshots; by the rule `precedence`, the first that has a package wins.
   * @returns The document of `snapshot merge`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  snapshotMerge(revs: readonly string[], options?: SnapshotMergeOptions | null): Promise<documents.SnapshotMerge>;

  /**
   * Keeps the packages of a snapshot that pass a query, as a new one.
   *
   * @param rev The snapshot.
   * @param query The query.
   * @returns The document of `snapshot filter`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  snapshotFilter(rev: string, query: string, options?: SnapshotFilterOptions | null): Promise<documents.SnapshotFilter>;

  /**
   * Replaces named packages of a snapshot by those of another, and nothing else; the result is a new one.
   *
   * @param into The snapshot to alter; it stays as it is.
   * @param from The snapshot that has the packages.
   * @param queries Which packages, as queries.
   * @returns The document of `snapshot pull`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  snapshotPull(into: string, from: string, queries: readonly string[], options?: SnapshotPullOptions | null): Promise<documents.SnapshotPull>;

  /**
   * Creates an environment.
   *
   * @param name Its name.
   * @param rev The snapshot that it begins with.
   * @returns The document of `env create`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  envCreate(name: string, rev: string, options?: EnvCreateOptions | null): Promise<documents.EnvCreate>;

  /**
   * Lists the environments, each with its newest entry.
   *
   * @returns The document of `env list`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  envList(options?: CallOptions | null): Promise<documents.EnvCreate[]>;

  /**
   * Shows the newest entry of an environment.
   *
   * @param name The environment.
   * @returns The document of `env show`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  envShow(name: string, options?: CallOptions | null): Promise<documents.EnvCreate>;

  /**
   * Shows the history of an environment, newest first.
   *
   * @param name The environment.
   * @returns The document of `env log`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  envLog(name: string, options?: EnvLogOptions | null): Promise<documents.EnvCreate[]>;

  /**
   * Moves an environment to a snapshot, or takes over some of its packages.
   *
   * @param name The environment.
   * @param rev The snapshot.
   * @returns The document of `env promote`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  envPromote(name: string, rev: string, options?: EnvPromoteOptions | null): Promise<documents.EnvPromote>;

  /**
   * Moves an environment back.
   *
   * @param name The environment.
   * @returns The document of `env rollback`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  envRollback(name: string, options?: EnvRollbackOptions | null): Promise<documents.EnvRollback>;

  /**
   * Sets the policy of an environment: what has to be there before it moves. It is in force from that entry of its log on.
   *
   * @param name The environment.
   * @returns The document of `env policy set`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  envPolicySet(name: string, options?: EnvPolicySetOptions | null): Promise<documents.EnvCreate>;

  /**
   * Takes the policy of an environment away.
   *
   * @param name The environment.
   * @returns The document of `env policy remove`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  envPolicyRemove(name: string, options?: EnvPolicyRemoveOptions | null): Promise<documents.EnvCreate>;

  /**
   * Shows the policy that is in force.
   *
   * @param name The environment.
   * @returns The document of `env policy show`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  envPolicyShow(name: string, options?: CallOptions | null): Promise<documents.EnvPolicyShow>;

  /**
   * Approves a snapshot for an environment: signs a statement that names both, and keeps it where promotions find it.
   *
   * @param name The environment.
   * @param rev The snapshot that may go there; of packages that are taken over, the result, which a dry run of the promotion tells.
   * @returns The document of `env approve`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  envApprove(name: string, rev: string, options?: EnvApproveOptions | null): Promise<documents.EnvApprove>;

  /**
   * Publishes snapshots as a signed tree that apt reads, in a directory that any web server can serve, or in a bucket.
   *
   * @param to The directory that a web server serves, or the URL of a bucket, such as `s3://BUCKET/PREFIX`.
   * @param suite The suite, such as `stable`.
   * @param key The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
   * @returns The document of `publish`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  publish(to: string, suite: string, key: string, options?: PublishOptions | null): Promise<documents.Publication>;

  /**
   * Publishes an upstream's own indexes and signature, byte for byte.
   *
   * @param rev The snapshot of a mirror.
   * @param to The directory that a web server serves, or the URL of a bucket, such as `s3://BUCKET/PREFIX`.
   * @returns The document of `publish verbatim`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  publishVerbatim(rev: string, to: string, options?: PublishVerbatimOptions | null): Promise<documents.Publication[]>;

  /**
   * Finds the packages of a snapshot that pass a query.
   *
   * @param rev The snapshot.
   * @param query The query.
   * @returns The document of `search`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  search(rev: string, query: string, options?: SearchOptions | null): Promise<documents.Found[]>;

  /**
   * Fetches packages that a mirror left where they are.
   *
   * @param rev The snapshot.
   * @returns The document of `fetch`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  fetch(rev: string, options?: FetchOptions | null): Promise<documents.Fetch>;

  /**
   * Finds the versions that packages bring along, as apt would choose.
   *
   * @param rev The snapshot.
   * @param names The packages: `name`, `name:architecture`, `name=version` or `name/suite`.
   * @returns The document of `resolve`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  resolve(rev: string, names: readonly string[], options?: ResolveOptions | null): Promise<documents.Resolve>;

  /**
   * Tells why a package comes along with others: the relations that lead to it.
   *
   * @param rev The snapshot.
   * @param name The package to explain.
   * @param names The packages that are asked for, as for `resolve`.
   * @returns The document of `why`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  why(rev: string, name: string, names: readonly string[], options?: WhyOptions | null): Promise<documents.Why>;

  /**
   * Finds what an upgrade of what is installed comes to, as apt would do it, and what is held back.
   *
   * @param rev The snapshot.
   * @returns The document of `upgrade`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  upgrade(rev: string, options?: UpgradeOptions | null): Promise<documents.Upgrade>;

  /**
   * Finds the versions that building source packages needs, as `apt-get build-dep` would choose.
   *
   * @param rev The snapshot; it must have the sources.
   * @param names The source packages: `name` or `name=version`.
   * @returns The document of `build-deps`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  buildDeps(rev: string, names: readonly string[], options?: BuildDepsOptions | null): Promise<documents.Resolve>;

  /**
   * Tells what packages depend on, or what depends on them: as a document, a count or a picture.
   *
   * @param rev The snapshot.
   * @param names The packages, or names that packages provide: `name` or `name:architecture`.
   * @returns The document of `graph`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  graph(rev: string, names: readonly string[], options?: GraphOptions | null): Promise<documents.Graph>;

  /**
   * Finds the packages of a snapshot that nobody can install, and why; beside another, what the change breaks and repairs.
   *
   * @param rev The snapshot.
   * @returns The document of `check`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  check(rev: string, options?: CheckOptions | null): Promise<documents.Check>;

  /**
   * Tells of every package of an image which snapshots have had exactly it, and which are from nowhere.
   *
   * @param reference The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
   * @returns The document of `image match`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  imageMatch(reference: string, options?: ImageMatchOptions | null): Promise<documents.ImageMatch>;

  /**
   * Tells from which snapshots an image and each of its layers can be, by their packages.
   *
   * @param reference The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
   * @returns The document of `image date`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  imageDate(reference: string, options?: ImageDateOptions | null): Promise<documents.ImageDate>;

  /**
   * Holds an image against an environment: what is outdated and since when, what is from nowhere, and who holds it back.
   *
   * @param reference The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
   * @param rev The environment, or any other name of a snapshot.
   * @returns The document of `image audit`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  imageAudit(reference: string, rev: string, options?: ImageAuditOptions | null): Promise<documents.Report>;

  /**
   * Attests what is in an image and from which snapshots, signed; attached to the image where that is asked for.
   *
   * @param reference The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
   * @param key The key: a file with a private key in PEM (Ed25519 or P-256), one with an OpenPGP key, or `gpg:FINGERPRINT` for one that gpg-agent has.
   * @returns The document of `image attest`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  imageAttest(reference: string, key: string, options?: ImageAttestOptions | null): Promise<documents.ImageAttest>;

  /**
   * Tells whether a policy accepts an image, by what trusted keys attested of it.
   *
   * @param reference The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
   * @param policy The policy's file.
   * @returns The document of `image verify`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  imageVerify(reference: string, policy: string, options?: ImageVerifyOptions | null): Promise<documents.ImageVerify>;

  /**
   * Records an image in the store, under a name. What is recorded stays.
   *
   * @param reference The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
   * @returns The document of `fleet add`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  fleetAdd(reference: string, options?: FleetAddOptions | null): Promise<documents.FleetAdd>;

  /**
   * Lists the names of the recorded images, and the images that they are now.
   *
   * @returns The document of `fleet list`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  fleetList(options?: CallOptions | null): Promise<documents.FleetImage[]>;

  /**
   * Finds the images that have a package in an older version than one that mends it.
   *
   * @param name The binary or source package.
   * @param version The version that mends it; for a source package, the source's.
   * @returns The document of `fleet affected`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  fleetAffected(name: string, version: string, options?: FleetAffectedOptions | null): Promise<documents.StaleImage[]>;

  /**
   * Finds the images that have a package in an older version than a snapshot.
   *
   * @param rev The snapshot, such as an environment.
   * @returns The document of `fleet stale`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  fleetStale(rev: string, options?: FleetStaleOptions | null): Promise<documents.StaleImage[]>;

  /**
   * Tells what to rebuild, bases first: of a snapshot, of what is new in it, or of a version that mends something.
   *
   * @returns The document of `fleet plan`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  fleetPlan(options?: FleetPlanOptions | null): Promise<documents.FleetPlan>;

  /**
   * Locks exactly what packages bring along: every version, its file's digest, and what brought it.
   *
   * @param rev The snapshot.
   * @param names The packages: `name`, `name:architecture`, `name=version` or `name/suite`.
   * @returns The document of `lock create`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  lockCreate(rev: string, names: readonly string[], options?: LockCreateOptions | null): Promise<documents.Lock>;

  /**
   * Moves a lock to a newer snapshot: all of it, or what the fix of some packages needs and nothing else.
   *
   * @param lock The lock's text.
   * @param rev The newer snapshot.
   * @returns The document of `lock update`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  lockUpdate(lock: string, rev: string, options?: LockUpdateOptions | null): Promise<documents.LockUpdate>;

  /**
   * Tells whether the snapshots still have what a lock says.
   *
   * @param lock The lock's text.
   * @returns The document of `lock verify`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  lockVerify(lock: string, options?: CallOptions | null): Promise<documents.LockVerify>;

  /**
   * Writes a bill of materials of a lock, with all that its packages say of each other in their snapshots.
   *
   * @param lock The lock's text.
   * @param format `cyclonedx` or `spdx`.
   * @returns The document of `lock bill`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  lockBill(lock: string, format: 'apt-pins' | 'apt-install' | 'uris' | 'curl' | 'sha256sums' | 'cyclonedx' | 'spdx', options?: LockBillOptions | null): Promise<documents.Text>;

  /**
   * Tells how the packages that are installed on a machine stand to a snapshot.
   *
   * @param rev The snapshot.
   * @returns The document of `system compare`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  systemCompare(rev: string, options?: SystemCompareOptions | null): Promise<documents.SystemCompare>;

  /**
   * Collects garbage in two phases: plans what nothing needs, and sweeps what was planned a grace period ago and still is not needed. Rules of retention say which entries of environments and mirrors keep their snapshots; without any, all do. The newest entry always does, and so does what has a name, what lock files need, and the newest snapshot that has a package of a recorded image.
   *
   * @returns The document of `store gc`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  storeGc(options?: StoreGcOptions | null): Promise<documents.StoreGc>;

  /**
   * Checks the store: every log unbroken, every snapshot readable, every object that one needs there. What is wrong can be put right on the way.
   *
   * @returns The document of `store check`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  storeCheck(options?: StoreCheckOptions | null): Promise<documents.StoreCheck>;

  /**
   * Counts what the store has.
   *
   * @returns The document of `store stats`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  storeStats(options?: StoreStatsOptions | null): Promise<documents.StoreStats>;

  /**
   * Copies the store into another one, or some environments with all that they need: what is missing there, each object verified, and entries of logs last. Done again, it goes on. Nothing in the other store is ever replaced.
   *
   * @param to The other store, a directory or a URL, which is made where there is none.
   * @returns The document of `store copy`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  storeCopy(to: string, options?: StoreCopyOptions | null): Promise<documents.StoreCopy>;

  /**
   * Tells the format of the store, and brings it to the newest that this version knows.
   *
   * @returns The document of `store migrate`, as docs/JSON.md tells it.
   * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
   */
  storeMigrate(options?: StoreMigrateOptions | null): Promise<documents.StoreMigrate>;
}

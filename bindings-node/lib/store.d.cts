import type { CallOptions } from './call.cjs';
import type { documents } from './documents.cjs';
import { Operations } from './operations.cjs';
import type {
  CheckOptions,
  EnvCreateOptions,
  EnvLogOptions,
  EnvPromoteOptions,
  EnvRollbackOptions,
  FetchOptions,
  MirrorUpdateOptions,
  PublishOptions,
  PublishVerbatimOptions,
  ResolveOptions,
  SearchOptions,
  SnapshotFilterOptions,
  SnapshotMergeOptions,
  SnapshotPullOptions,
  SnapshotShowOptions,
  SystemCompareOptions,
} from './options.cjs';
import type { PackageSet, PackagesOptions } from './packages.cjs';
import type { Query } from './values.cjs';

/** How a store is held. */
export interface ActorOptions {
  /** Who acts, for the history; the user's name by default. */
  actor?: string | null | undefined;
}

/** How a store is written. */
export interface WritersOptions extends ActorOptions {
  /** `single` is for storage that can't tell two writers apart, and then there must be no second; `many` by default. */
  writers?: 'many' | 'single' | null | undefined;
}

/** How a store is opened. */
export interface OpenOptions extends WritersOptions {
  /** Refuse every write through this store. */
  readOnly?: boolean | null | undefined;
}

/**
 * A store that is open: immutable snapshots, and the environments that move over them. Its operations run on threads of
 * their own; any number may be under way, in this store and others, in workers too.
 *
 * @example
 * const store = await Store.open('/srv/reposnap');
 * const { moved, differences } = await store.envPromote('stable', 'testing', { message: 'tested for a week' });
 * store.close();
 */
export declare class Store extends Operations {
  private constructor();
  /** Opens the store in a directory. */
  static open(directory: string, options?: OpenOptions | null): Promise<Store>;
  /** Makes a store of a directory, which is created where it is missing and has to be empty. */
  static create(directory: string, options?: WritersOptions | null): Promise<Store>;
  /** Opens the store in a directory, or makes one where it is missing or empty. */
  static openOrCreate(directory: string, options?: ActorOptions | null): Promise<Store>;
  /** A new store in the memory of this process, for tests. */
  static memory(options?: ActorOptions | null): Promise<Store>;
  /** The directory; undefined for a store in memory. */
  readonly directory: string | undefined;
  readonly closed: boolean;
  /** Lets go of it. What is under way goes on to its end; what comes later fails with the kind `usage`. */
  close(): void;
  /** Runs an operation by its name and the names of its parameters in docs/OPERATIONS.md. */
  call(operation: string, request?: Record<string, unknown> | null, options?: CallOptions | null): Promise<unknown>;
  /** The packages of a snapshot, as an async iterable. */
  packages(rev: string, options?: PackagesOptions | null): PackageSet;
  /** The mirror of a name, which need not exist yet. */
  mirror(name: string): Mirror;
  /** The snapshot that a REV names: an environment, a mirror, a name, `~2` or `@TIME` behind it, or a digest. */
  snapshot(rev: string): Snapshot;
  /** The environment of a name, which need not exist yet. */
  environment(name: string): Environment;
}

/** A name in a store. */
export declare class Named {
  constructor(store: Store, name: string);
  readonly store: Store;
  readonly name: string;
  toString(): string;
}

/** A mirror of packages from elsewhere. */
export declare class Mirror extends Named {
  show(options?: CallOptions | null): Promise<documents.MirrorShow>;
  /** Updates it; what it made is a new snapshot. */
  update(options?: MirrorUpdateOptions | null): Promise<documents.MirrorUpdate>;
  /** Its newest snapshot. */
  snapshot(): Snapshot;
}

/** A snapshot, by a REV that leads to it. */
export declare class Snapshot extends Named {
  /** The REV. One that is no digest may lead elsewhere later. */
  readonly rev: string;
  resolve(options?: CallOptions | null): Promise<documents.SnapshotResolve>;
  show(options?: SnapshotShowOptions | null): Promise<documents.SnapshotShow>;
  /** Its packages, as an async iterable. */
  packages(options?: PackagesOptions | null): PackageSet;
  /** The packages that pass a query, all at once. */
  search(query: string | Query, options?: SearchOptions | null): Promise<documents.Found[]>;
  /** Fetches packages that a mirror left where they are. */
  fetch(options?: FetchOptions | null): Promise<documents.Fetch>;
  /** What differs between it and a later one. */
  diff(after: string | Named, options?: CallOptions | null): Promise<documents.SnapshotDiff>;
  /** A new one, of the packages that pass a query. With `dryRun`, here and below, the store does not have it. */
  filter(query: string | Query, options?: SnapshotFilterOptions | null): Promise<Snapshot>;
  /** A new one, in which the packages that pass one of the queries are those of another. */
  pull(
    from: string | Named,
    queries: readonly (string | Query)[],
    options?: SnapshotPullOptions | null,
  ): Promise<Snapshot>;
  /** The versions that packages bring along, as apt would choose. */
  choose(names: readonly string[], options?: ResolveOptions | null): Promise<documents.Resolve>;
  /** Its packages that nobody can install, and why. */
  check(options?: CheckOptions | null): Promise<documents.Check>;
  /** A new one, of its packages and those of others. */
  merge(others: readonly (string | Named)[], options?: SnapshotMergeOptions | null): Promise<Snapshot>;
  /** How the packages that are installed on a machine stand to it. */
  systemCompare(options?: SystemCompareOptions | null): Promise<documents.SystemCompare>;
  /** Publishes it as a signed tree that apt reads. */
  publish(
    to: string,
    suite: string,
    key: string,
    options?: Omit<PublishOptions, 'revs' | 'components'> | null,
  ): Promise<documents.Publication>;
  /** Publishes its upstream's own indexes and signature. */
  publishVerbatim(to: string, options?: PublishVerbatimOptions | null): Promise<documents.Publication[]>;
}

/** A named, moving snapshot. */
export declare class Environment extends Named {
  create(rev: string | Named, options?: EnvCreateOptions | null): Promise<documents.EnvCreate>;
  /** Its newest entry. */
  show(options?: CallOptions | null): Promise<documents.EnvShow>;
  /** Its history, newest first. */
  log(options?: EnvLogOptions | null): Promise<documents.EnvShow[]>;
  promote(rev: string | Named, options?: EnvPromoteOptions | null): Promise<documents.EnvPromote>;
  /** Moves it back, by default to the state before; done again, to the one before that. */
  rollback(options?: EnvRollbackOptions | null): Promise<documents.EnvRollback>;
  /** The snapshot that it is at. */
  snapshot(): Snapshot;
}

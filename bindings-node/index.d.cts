import type { CallOptions } from './lib/call.cjs';
import type { documents } from './lib/documents.cjs';

export type { CallOptions, ProgressEvent } from './lib/call.cjs';
export type { documents } from './lib/documents.cjs';
export { ReposnapError } from './lib/errors.cjs';
export type { Kind } from './lib/errors.cjs';
export * from './lib/functions.cjs';
export * from './lib/options.cjs';
export { Package } from './lib/packages.cjs';
export type { PackageSet, PackagesOptions } from './lib/packages.cjs';
export { Environment, Mirror, Snapshot, Store } from './lib/store.cjs';
export type { ActorOptions, Named, OpenOptions, WritersOptions } from './lib/store.cjs';
export { Keyring, Policy, Query, Version, compareVersions } from './lib/values.cjs';
export type { Operator, PolicyOptions } from './lib/values.cjs';

/** Runs an operation that needs no store, by its name and the names of its parameters in docs/OPERATIONS.md. */
export declare function call(
  operation: string,
  request?: Record<string, unknown> | null,
  options?: CallOptions | null,
): Promise<unknown>;

/** The table of operations. */
export declare function operations(): documents.Operation[];

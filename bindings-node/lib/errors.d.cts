import type { documents } from './documents.cjs';

/** What sort of failure an error is; the words never change their meaning. docs/JSON.md tells each. */
export type Kind =
  | 'usage'
  | 'malformed'
  | 'verification'
  | 'limit'
  | 'not-found'
  | 'already-exists'
  | 'conflict'
  | 'network'
  | 'io'
  | 'read-only'
  | 'format'
  | 'unsupported'
  | 'unsatisfiable'
  | 'cancelled'
  | 'internal';

/**
 * What every call of this package fails with.
 *
 * @example
 * try {
 *   await store.envShow('stable');
 * } catch (error) {
 *   if (!(error instanceof ReposnapError) || error.kind !== 'not-found') throw error;
 *   await store.envCreate('stable', 'testing');
 * }
 */
export declare class ReposnapError extends Error {
  private constructor();
  readonly name: 'ReposnapError';
  /** What sort of failure it is. */
  readonly kind: Kind;
  /** The kind as Node's own errors have it, such as `REPOSNAP_NOT_FOUND`. */
  readonly code: `REPOSNAP_${string}`;
  /** The file, URL, object or REV at fault. */
  readonly path?: string;
  /** The line in it, from 1. */
  readonly line?: number;
  /** The field or argument at fault, such as `signedBy[0]`. */
  readonly field?: string;
  /** The rule that was broken, one of the words of docs/JSON.md. */
  readonly rule?: string;
  /** What had to be. */
  readonly expected?: string;
  /** What was found. */
  readonly found?: string;
  /** What to do about it. */
  readonly help?: string;
  /** The same as the document that `reposnap --json` prints; its `message` is without place and advice. */
  readonly document: documents.Error;
  toJSON(): documents.Error;
}

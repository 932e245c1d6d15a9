import type { CallOptions } from './call.cjs';
import type { documents } from './documents.cjs';
import type { VerifyMessageOptions, VerifyReleaseOptions } from './options.cjs';

/**
 * Compares two versions in dpkg's order: below 0, 0 or above 0. Total on any text, so that all can be sorted.
 *
 * @example
 * versions.sort(compareVersions);
 */
export declare function compareVersions(a: string | Version, b: string | Version): number;

/** A relation between versions, as Debian policy or dpkg write it. */
export type Operator = '<<' | '<=' | '=' | '!=' | '>=' | '>>' | 'lt' | 'le' | 'eq' | 'ne' | 'ge' | 'gt';

/**
 * A version that keeps the rules of deb-version(7).
 *
 * @example
 * new Version('1.0~rc1-1').compare('1.0-1'); // -1
 */
export declare class Version {
  /** @throws {ReposnapError} `malformed`, naming the part that breaks the rules. */
  constructor(text: string);
  /** The same as `compareVersions`. */
  static compare(a: string | Version, b: string | Version): number;
  /** The number before the first colon; 0 where there is none. */
  readonly epoch: number;
  /** What stands between the epoch and the revision. */
  readonly upstream: string;
  /** What stands behind the last hyphen. */
  readonly revision: string | undefined;
  /** Below 0, 0 or above 0. */
  compare(other: string | Version): number;
  /** Whether both compare as equal: `1.0` and `1.0-0` do. */
  equals(other: string | Version): boolean;
  /** Whether it stands in a relation to another. */
  satisfies(operator: Operator, other: string | Version): boolean;
  /** As it was written. */
  toString(): string;
  toJSON(): string;
}

/**
 * Which packages, in the language of docs/QUERIES.md.
 *
 * @example
 * new Query('nginx (>= 1.22)').matches({ name: 'nginx', version: '1.24-1', architecture: 'amd64' }); // true
 */
export declare class Query {
  /** @throws {ReposnapError} `usage` with the column and what was expected there, `limit` for one that is too large. */
  constructor(text: string);
  /** Whether a package's stanza is needed to tell if it passes. */
  readonly needsStanza: boolean;
  /** The names outside of which no package passes, where the query says so. */
  readonly names: string[] | undefined;
  /** Whether a package passes. */
  matches(candidate: { name: string; version: string; architecture: string; stanza?: string | undefined }): boolean;
  /** The query in its plainest form. */
  toString(): string;
  toJSON(): string;
}

/** What a policy can ask for. */
export interface PolicyOptions {
  /** The fingerprints that count; all of the keyring's by default. `!` at the end means just that subkey. */
  signers?: readonly string[] | null | undefined;
  /** How many of the keys must have signed; 1 by default. */
  threshold?: number | null | undefined;
  /** Rules that are given up, by their names in docs/JSON.md. */
  relax?: readonly string[] | null | undefined;
  /** The time to judge at, instead of now. */
  at?: string | Date | null | undefined;
}

/**
 * What a signature must be to count.
 *
 * @example
 * const policy = new Policy({ threshold: 2, relax: ['valid-until'] });
 * console.log(`${policy}`); // every rule, and whether it is enforced
 */
export declare class Policy {
  /** @throws {ReposnapError} `usage` for what can't be, such as a rule that can't be relaxed. */
  constructor(options?: PolicyOptions | null);
  readonly signers: readonly string[];
  readonly threshold: number;
  readonly relax: readonly string[];
  /** As RFC 3339 has it; undefined for now. */
  readonly at: string | undefined;
  /** All of it in words, a rule on each line. */
  toString(): string;
  toJSON(): PolicyOptions;
}

/**
 * Keys that are trusted.
 *
 * @example
 * const debian = new Keyring('/usr/share/keyrings/debian-archive-keyring.gpg');
 * const { accepted, rejected } = await debian.verifyRelease('InRelease', { policy });
 */
export declare class Keyring {
  /** @param sources Keyring files, and armored blocks. They are read when they are needed. */
  constructor(...sources: (string | readonly string[])[]);
  readonly sources: readonly string[];
  /** Its certificates, judged now or at a time. */
  certificates(options?: (CallOptions & { at?: string | Date | null | undefined }) | null): Promise<documents.Certificate[]>;
  /** As the function `verifyRelease`. */
  verifyRelease(
    file: string,
    options?: (VerifyReleaseOptions & { policy?: Policy | null | undefined }) | null,
  ): Promise<documents.VerifyRelease>;
  /** As the function `verifyMessage`. */
  verifyMessage(
    message: string,
    options?: (VerifyMessageOptions & { policy?: Policy | null | undefined }) | null,
  ): Promise<documents.VerifyMessage>;
  toJSON(): string[];
}

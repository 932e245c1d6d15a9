import type { documents } from './documents.cjs';

/** Which packages, and what is read of them. */
export interface PackagesOptions {
  /** Only those that pass a query; docs/QUERIES.md tells the language. */
  query?: string | { toString(): string } | null | undefined;
  /** Read their stanzas too; false by default, which is several times faster. */
  stanzas?: boolean | null | undefined;
  /** Ends the walk; it fails with the kind `cancelled`. */
  signal?: AbortSignal | null | undefined;
}

/** A package of a snapshot. It is a view into what was read: keep its fields, not the package, to keep memory low. */
export declare class Package {
  private constructor();
  readonly name: string;
  /** Its version, as written. */
  readonly version: string;
  /** Its architecture; `source` for a source package. */
  readonly architecture: string;
  /** The part of the snapshot that has it: the suite. */
  readonly part: string;
  /** The component that has it there. */
  readonly component: string;
  /** Its stanza to the last newline; undefined where stanzas were not asked for. */
  readonly stanza: string | undefined;
  /**
   * A field of its stanza, such as `Depends`, in any case; undefined where it has none.
   *
   * @throws {ReposnapError} `usage` where stanzas were not asked for.
   */
  get(field: string): string | undefined;
  /** All fields of its stanza, in order. */
  fields(): documents.Field[];
  /** Name, version and architecture. */
  toString(): string;
  toJSON(): documents.Found;
}

/** Packages of a snapshot, each once; each loop is a walk of its own, and holds a few MiB at a time. */
export declare class PackageSet implements AsyncIterable<Package> {
  private constructor();
  /**
   * @example
   * for await (const { name, version } of store.packages('stable')) console.log(name, version);
   */
  [Symbol.asyncIterator](): AsyncIterator<Package, undefined, undefined>;
  /** The same in arrays of some thousands, which saves the turn of the event loop for each. */
  batches(): AsyncGenerator<Package[], void, undefined>;
}

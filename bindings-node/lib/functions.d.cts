// Written by the crate reposnap-faces from the table of operations and docs/JSON.md: don't edit.
import type { CallOptions } from './call.cjs';
import type { documents } from './documents.cjs';
import type {
  DebShowOptions,
  ImageInspectOptions,
  ImageSignaturesOptions,
  KeySignOptions,
  KeyringShowOptions,
  LockExportOptions,
  PublishPruneOptions,
  VerifyMessageOptions,
  VerifyReleaseOptions,
  VersionCompareOptions,
} from './options.cjs';

/**
 * Removes the packages of a published directory or bucket that neither the last nor the last but one publication of any suite names.
 *
 * @param directory The published directory, or the URL of the bucket.
 * @returns The document of `publish prune`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function publishPrune(directory: string, options?: PublishPruneOptions | null): Promise<documents.Prune>;

/**
 * Looks into an image, a root folder or a machine: its packages and the layers that brought them. Nothing is unpacked.
 *
 * @param reference The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
 * @returns The document of `image inspect`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function imageInspect(reference: string, options?: ImageInspectOptions | null): Promise<documents.Inventory>;

/**
 * Verifies what others signed of an image, such as of a base: cosign with a key beside it in its registry, and files of simple signing (containers-signature(5)).
 *
 * @param reference The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
 * @param keys Files with the public keys (PEM) and OpenPGP certificates that are trusted.
 * @returns The document of `image signatures`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function imageSignatures(reference: string, keys: readonly string[], options?: ImageSignaturesOptions | null): Promise<documents.ImageSignatures>;

/**
 * Writes reports of audits for people, for what shows the results of checks, or as bills of materials.
 *
 * @param reports The reports, JSON as `image audit` gives it: an array, or one.
 * @param format As what.
 * @returns The document of `image report`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function imageReport(reports: string, format: 'text' | 'json' | 'sarif' | 'junit' | 'cyclonedx' | 'spdx' | 'html', options?: CallOptions | null): Promise<documents.Text>;

/**
 * Reads a lock.
 *
 * @param lock The lock's text.
 * @returns The document of `lock show`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function lockShow(lock: string, options?: CallOptions | null): Promise<documents.Lock>;

/**
 * Tells what differs between two locks.
 *
 * @param before The first lock's text.
 * @param after The second lock's text.
 * @returns The document of `lock diff`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function lockDiff(before: string, after: string, options?: CallOptions | null): Promise<documents.LockDiff>;

/**
 * Writes a lock in the words of others: apt's pins and arguments, lists of files, bills of materials.
 *
 * @param lock The lock's text.
 * @param format In which words.
 * @returns The document of `lock export`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function lockExport(lock: string, format: 'apt-pins' | 'apt-install' | 'uris' | 'curl' | 'sha256sums' | 'cyclonedx' | 'spdx', options?: LockExportOptions | null): Promise<documents.Text>;

/**
 * Verifies an InRelease file, or a Release file with its Release.gpg: its signatures, its dates and its form.
 *
 * @param file The file.
 * @param keyring The keys: keyring files, or armored blocks.
 * @returns The document of `verify release`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function verifyRelease(file: string, keyring: readonly string[], options?: VerifyReleaseOptions | null): Promise<documents.VerifyRelease>;

/**
 * Verifies a signed text: a cleartext message, or any text with a signature that stands apart.
 *
 * @param message The text.
 * @param keyring The keys: keyring files, or armored blocks.
 * @returns The document of `verify message`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function verifyMessage(message: string, keyring: readonly string[], options?: VerifyMessageOptions | null): Promise<documents.VerifyMessage>;

/**
 * Shows the certificates of a keyring.
 *
 * @param keyring The keys: keyring files, or armored blocks.
 * @returns The document of `keyring show`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function keyringShow(keyring: readonly string[], options?: KeyringShowOptions | null): Promise<documents.Certificate[]>;

/**
 * Generates an Ed25519 signing key into a new file that its owner alone may read.
 *
 * @param userId Whose key, such as `Example archive <archive@example.org>`.
 * @param output The file to write; it must not exist.
 * @returns The document of `key generate`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function keyGenerate(userId: string, output: string, options?: CallOptions | null): Promise<documents.KeyGenerate>;

/**
 * Signs a text, as a cleartext message or apart from it.
 *
 * @param text The text.
 * @param key The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
 * @returns The document of `key sign`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function keySign(text: string, key: string, options?: KeySignOptions | null): Promise<documents.KeySign>;

/**
 * Compares two versions as dpkg does.
 *
 * @param a The first version.
 * @param b The second version.
 * @returns The document of `version compare`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function versionCompare(a: string, b: string, options?: VersionCompareOptions | null): Promise<documents.VersionCompare>;

/**
 * Reads stanzas, as control files and indexes have them (deb822(5)).
 *
 * @param text The text.
 * @returns The document of `stanza parse`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function stanzaParse(text: string, options?: CallOptions | null): Promise<documents.Field[][]>;

/**
 * Reads the value of a relation field such as Depends or Provides (Debian policy, chapter 7).
 *
 * @param value The value.
 * @returns The document of `relation parse`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function relationParse(value: string, options?: CallOptions | null): Promise<documents.Relation[][]>;

/**
 * Reads an apt source file (sources.list(5)), in either format.
 *
 * @param file The file's name: one that ends in `.sources` has stanzas, another has lines.
 * @param text Its text.
 * @param architecture What `$(ARCH)` stands for: the machine's architecture.
 * @returns The document of `sources parse`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function sourcesParse(file: string, text: string, architecture: string, options?: CallOptions | null): Promise<documents.SourceEntry[]>;

/**
 * Reads a query and tells it in its plainest form.
 *
 * @param query The query.
 * @returns The document of `query parse`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function queryParse(query: string, options?: CallOptions | null): Promise<documents.QueryParse>;

/**
 * Reads a binary package (deb(5)): its control file, and what else its control part has.
 *
 * @param file The package file.
 * @returns The document of `deb show`, as docs/JSON.md tells it.
 * @throws {ReposnapError} Whose `kind` says why; nothing is changed then.
 */
export declare function debShow(file: string, options?: DebShowOptions | null): Promise<documents.DebShow>;

'use strict';
// Values that need neither a store nor a promise.

const { now, usage, wrap } = require('./errors.cjs');
const { native } = require('./native.cjs');
const { array, checked, integer, split, string, time, wellFormed } = require('./request.cjs');
const { functions } = require('./operations.cjs');

/** Compares two versions in dpkg's order, for `sort`. */
function compareVersions(a, b) {
  const left = isText(a) ? a : a instanceof Version ? a.toString() : checked('a', string, a);
  const right = isText(b) ? b : b instanceof Version ? b.toString() : checked('b', string, b);
  try {
    return native.versionCompare(left, right);
  } catch (error) {
    throw wrap(error);
  }
}

/** What needs no further question, quickly: sorting asks a million times. */
const isText = (value) => typeof value === 'string' && wellFormed(value);

/** A version that keeps the rules of deb-version(7). */
class Version {
  #text;
  #parts;

  constructor(text) {
    this.#text = checked('version', string, text);
    this.#parts = now(() => native.versionParse(text));
  }

  static compare(a, b) {
    return compareVersions(a, b);
  }

  get epoch() {
    return this.#parts.epoch;
  }

  get upstream() {
    return this.#parts.upstream;
  }

  get revision() {
    return this.#parts.revision ?? undefined;
  }

  compare(other) {
    return compareVersions(this, other);
  }

  equals(other) {
    return compareVersions(this, other) === 0;
  }

  satisfies(operator, other) {
    checked('operator', string, operator);
    const right = other instanceof Version ? other.toString() : checked('other', string, other);
    return now(() => native.versionSatisfies(this.#text, operator, right));
  }

  toString() {
    return this.#text;
  }

  toJSON() {
    return this.#text;
  }
}

/** Which packages; docs/QUERIES.md tells the language. */
class Query {
  #native;
  #told;

  constructor(text) {
    checked('query', string, text);
    this.#native = new native.NativeQuery();
    this.#told = now(() => this.#native.parse(text));
  }

  get needsStanza() {
    return this.#told.needs_stanza;
  }

  get names() {
    return this.#told.names ?? undefined;
  }

  matches(candidate) {
    if (typeof candidate !== 'object' || candidate === null) throw usage('must be a package', { field: 'candidate' });
    const [name, version, architecture] = ['name', 'version', 'architecture'].map((field) =>
      checked(`candidate.${field}`, string, candidate[field]),
    );
    let stanza;
    if (this.needsStanza) {
      stanza = candidate.stanza;
      if (stanza === undefined) {
        throw usage('the query asks for more than name, version and architecture', {
          field: 'candidate.stanza',
          help: 'ask for the packages with { stanzas: true }',
        });
      }
      checked('candidate.stanza', string, stanza);
    }
    return now(() => this.#native.matches(name, version, architecture, stanza));
  }

  toString() {
    return this.#told.query;
  }

  toJSON() {
    return this.#told.query;
  }
}

/** What a signature must be to count. */
class Policy {
  #options;
  #text;

  constructor(options) {
    const [own, call] = split('Policy', ['signers', 'threshold', 'relax', 'at'], options);
    if (call.signal !== undefined || call.onProgress !== undefined) throw usage('a Policy is a value, not work');
    const taken = (name, check) => (own[name] === undefined || own[name] === null ? undefined : checked(name, check, own[name]));
    this.#options = {
      signers: Object.freeze(taken('signers', array(string)) ?? []),
      threshold: taken('threshold', integer) ?? 1,
      relax: Object.freeze(taken('relax', array(string)) ?? []),
      at: taken('at', time),
    };
    const { signers, threshold, relax } = this.#options;
    this.#text = now(() => native.policyText([...signers], threshold, [...relax]));
  }

  get signers() {
    return this.#options.signers;
  }

  get threshold() {
    return this.#options.threshold;
  }

  get relax() {
    return this.#options.relax;
  }

  get at() {
    return this.#options.at;
  }

  toString() {
    return this.#text;
  }

  toJSON() {
    return { ...this.#options };
  }
}

/** Keys that are trusted: keyring files, and armored blocks. */
class Keyring {
  #sources;

  constructor(...sources) {
    this.#sources = Object.freeze(checked('sources', array(string), sources.flat()));
  }

  get sources() {
    return this.#sources;
  }

  certificates(options) {
    return functions.keyringShow(this.#sources, options);
  }

  verifyRelease(file, options) {
    return this.#verify('verifyRelease', file, options);
  }

  verifyMessage(message, options) {
    return this.#verify('verifyMessage', message, options);
  }

  async #verify(method, subject, options) {
    const { policy, ...rest } = options ?? {};
    if (policy !== undefined && policy !== null && !(policy instanceof Policy)) {
      throw usage('must be a Policy', { field: 'policy' });
    }
    return functions[method](subject, this.#sources, { ...policy?.toJSON(), ...rest });
  }

  toJSON() {
    return [...this.#sources];
  }
}

module.exports = { Keyring, Policy, Query, Version, compareVersions };

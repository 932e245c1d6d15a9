'use strict';
// Packages of a snapshot, without a copy of all of them: they come in batches, and a package is cut out of its batch where
// it is asked.

const { Follower } = require('./call.cjs');
const { now, settle, usage, wrap } = require('./errors.cjs');
const { native } = require('./native.cjs');
const { boolean, checked, session, split, string } = require('./request.cjs');

/** How many texts there are of each package: name, version, architecture, part, component. */
const TEXTS = 5;

/** How many fields are cut out of all stanzas of a batch; others are asked for one by one. */
const MOST_COLUMNS = 64;

/** What the addon gave: one text, one buffer, and where things end in them. */
class Batch {
  #text;
  #ends;
  #stanzas;
  #stanzaEnds;
  #columns = new Map();

  constructor({ text, ends, stanzas, stanzaEnds }) {
    this.#text = text;
    this.#ends = ends;
    this.#stanzas = stanzas;
    this.#stanzaEnds = stanzaEnds;
  }

  get length() {
    return this.#ends.length / TEXTS;
  }

  get hasStanzas() {
    return Boolean(this.#stanzas);
  }

  text(index, which) {
    const at = index * TEXTS + which;
    return this.#text.slice(at === 0 ? 0 : this.#ends[at - 1], this.#ends[at]);
  }

  /**
   * A field of a stanza. Who asks a second package for it most likely asks all of them: then it is cut out of all stanzas
   * at once, since a call into the addon for each would take longer.
   */
  field(index, name) {
    const column = this.#columns.get(name);
    if (column === undefined || column === index) {
      if (this.#columns.size < MOST_COLUMNS) this.#columns.set(name, index);
      return this.stanza(index, (text, start, end) => native.stanzaField(text, start, end, name)) ?? undefined;
    }
    if (typeof column === 'number') {
      this.#columns.set(name, native.stanzaColumn(this.#stanzas, this.#stanzaEnds, name));
      return this.field(index, name);
    }
    const { text, ends } = column;
    if (ends[index] < 0) return undefined;
    const before = index === 0 ? 0 : ends[index - 1];
    return text.slice(before < 0 ? ~before : before, ends[index]);
  }

  /** What `work` gives of the stanzas, where this one begins in them, and where it ends. */
  stanza(index, work) {
    if (!this.#stanzas) {
      throw usage('the stanza of this package was not read', { help: 'ask for the packages with { stanzas: true }' });
    }
    return work(this.#stanzas, index === 0 ? 0 : this.#stanzaEnds[index - 1], this.#stanzaEnds[index]);
  }
}

/** A package that a walk found. */
class Package {
  #batch;
  #index;

  constructor(batch, index) {
    if (!(batch instanceof Batch)) throw usage('packages come from a snapshot', { help: 'see Snapshot.packages' });
    this.#batch = batch;
    this.#index = index;
  }

  get name() {
    return this.#batch.text(this.#index, 0);
  }

  get version() {
    return this.#batch.text(this.#index, 1);
  }

  get architecture() {
    return this.#batch.text(this.#index, 2);
  }

  get part() {
    return this.#batch.text(this.#index, 3);
  }

  get component() {
    return this.#batch.text(this.#index, 4);
  }

  get stanza() {
    if (!this.#batch.hasStanzas) return undefined;
    return this.#batch.stanza(this.#index, (text, start, end) => text.toString('utf8', start, end));
  }

  get(field) {
    checked('field', string, field);
    try {
      return this.#batch.field(this.#index, field);
    } catch (error) {
      throw wrap(error);
    }
  }

  fields() {
    return this.#batch.stanza(this.#index, (text, start, end) => now(() => native.stanzaFields(text, start, end)));
  }

  toString() {
    return `${this.name} ${this.version} ${this.architecture}`;
  }

  toJSON() {
    const { name, version, architecture, part, component, stanza } = this;
    return { name, version, architecture, part, component, ...(stanza !== undefined && { stanza }) };
  }
}

/** One walk: batches, one asked for ahead of the reader. */
class Walk {
  #follower;
  #walk;
  #ahead;

  constructor(open, options) {
    this.#follower = new Follower(options);
    try {
      this.#walk = open(this.#follower.monitor);
    } catch (error) {
      this.end();
      throw wrap(error);
    }
  }

  /** The next batch, or nothing at the end. */
  async next() {
    if (!this.#walk) return undefined;
    let batch;
    try {
      batch = await (this.#ahead ?? this.#walk.next());
      if (typeof batch === 'string') batch = settle(batch, this.#follower.reason);
    } catch (error) {
      this.end();
      throw wrap(error);
    }
    // Ended while it was waited for.
    if (!this.#walk) return undefined;
    if (!batch) {
      this.end();
      return undefined;
    }
    this.#ahead = this.#walk.next();
    // Nobody may ever ask for it.
    this.#ahead.catch(() => {});
    return new Batch(batch);
  }

  end() {
    if (this.#walk) this.#follower.cancel();
    this.#walk = undefined;
    this.#ahead = undefined;
    this.#follower.finish();
  }
}

/** Goes through packages one by one. Not an async generator: those take three turns of the queue for each. */
class Packages {
  #walk;
  #batch;
  #index = 0;
  #advance;

  constructor(walk) {
    this.#walk = walk;
  }

  next() {
    if (this.#batch && this.#index < this.#batch.length) {
      return Promise.resolve({ value: new Package(this.#batch, this.#index++), done: false });
    }
    if (!this.#batch && this.#index > 0) return Promise.resolve({ value: undefined, done: true });
    // Several who ask at once wait for the same batch, and take their turns from it.
    this.#advance ??= this.#walk.next().then(
      (batch) => this.#begin(batch),
      (error) => {
        this.#begin(undefined);
        throw error;
      },
    );
    return this.#advance.then(() => this.next());
  }

  #begin(batch) {
    this.#advance = undefined;
    this.#batch = batch;
    this.#index = batch ? 0 : 1;
  }

  async return(value) {
    this.#walk.end();
    this.#begin(undefined);
    return { value, done: true };
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}

/** Those packages of a snapshot that a query asks for; each loop over it is a walk of its own. */
class PackageSet {
  #open;
  #options;

  constructor(open, options) {
    this.#open = open;
    this.#options = options;
  }

  [Symbol.asyncIterator]() {
    return new Packages(new Walk(this.#open, this.#options));
  }

  async *batches() {
    const walk = new Walk(this.#open, this.#options);
    try {
      for (let batch = await walk.next(); batch; batch = await walk.next()) {
        yield Array.from({ length: batch.length }, (_, index) => new Package(batch, index));
      }
    } finally {
      walk.end();
    }
  }
}

/** The packages of the snapshot `rev`. */
function packages(store, rev, options) {
  checked('rev', string, rev);
  const [{ query, stanzas }, call] = split('packages', ['query', 'stanzas'], options);
  if (call.onProgress !== undefined) throw usage('packages has no option "onProgress"', { help: 'count what comes' });
  const text = query === undefined || query === null ? undefined : checked('query', string, String(query));
  const whole = stanzas === undefined || stanzas === null ? false : checked('stanzas', boolean, stanzas);
  return new PackageSet((monitor) => store[session].walk(rev, text, whole, monitor), call);
}

module.exports = { Package, packages };

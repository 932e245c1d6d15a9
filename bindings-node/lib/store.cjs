'use strict';
// A store, and what is in it by its name. The classes hold a store and a name; the work is the operations'.

const { run } = require('./call.cjs');
const { settle, usage, wrap } = require('./errors.cjs');
const { native } = require('./native.cjs');
const { Operations } = require('./operations.cjs');
const { packages } = require('./packages.cjs');
const { boolean, checked, raw, session, split, string, word } = require('./request.cjs');

/** Proves that a constructor is called from here. */
const OURS = Symbol('ours');

const writersOf = word('many', 'single');

/** A store that is open. */
class Store extends Operations {
  #directory;
  #closed = false;

  constructor(proof, opened, directory) {
    super();
    if (proof !== OURS) throw usage('a store is opened, not constructed', { help: 'await Store.open(directory)' });
    Object.defineProperty(this, session, { value: opened });
    this.#directory = directory;
  }

  static open(directory, options) {
    return opened('Store.open', ['readOnly', 'writers', 'actor'], directory, options, ({ readOnly }) =>
      readOnly ? 'read-only' : 'open',
    );
  }

  static create(directory, options) {
    return opened('Store.create', ['writers', 'actor'], directory, options, () => 'create');
  }

  static openOrCreate(directory, options) {
    return opened('Store.openOrCreate', ['actor'], directory, options, () => 'open-or-create');
  }

  static memory(options) {
    return opened('Store.memory', ['actor'], '', options, () => 'memory', undefined);
  }

  get directory() {
    return this.#directory;
  }

  get closed() {
    return this.#closed;
  }

  close() {
    this.#closed = true;
    this[session].close();
  }

  async call(operation, request, options) {
    checked('operation', string, operation);
    const text = checked('request', raw, request);
    const [, call] = split('call', [], options);
    return run(call, (monitor) => this[session].call(operation, text, monitor));
  }

  packages(rev, options) {
    return packages(this, rev, options);
  }

  mirror(name) {
    return new Mirror(this, name);
  }

  snapshot(rev) {
    return new Snapshot(this, rev);
  }

  environment(name) {
    return new Environment(this, name);
  }
}
// Newer engines close a store at the end of a `using` declaration.
if (Symbol.dispose) {
  Object.defineProperty(Store.prototype, Symbol.dispose, { value: Store.prototype.close, writable: true, configurable: true });
}

async function opened(name, known, directory, options, how) {
  const [own] = split(name, known, options);
  const path = checked('directory', string, directory);
  const given = (value) => value !== undefined && value !== null;
  const actor = given(own.actor) ? checked('actor', string, own.actor) : undefined;
  const writers = given(own.writers) ? checked('writers', writersOf, own.writers) : 'many';
  if (given(own.readOnly)) checked('readOnly', boolean, own.readOnly);
  const made = new native.Session(actor);
  let outcome;
  try {
    outcome = await made.open(how(own), path, writers === 'single');
  } catch (error) {
    throw wrap(error);
  }
  settle(outcome);
  return new Store(OURS, made, path === '' ? undefined : path);
}

/** What Mirror, Snapshot and Environment are: a name in a store. */
class Named {
  #store;
  #name;

  constructor(store, name) {
    if (!(store instanceof Store)) throw usage('must be a Store', { field: 'store' });
    this.#store = store;
    this.#name = checked('name', string, name);
  }

  get store() {
    return this.#store;
  }

  get name() {
    return this.#name;
  }

  toString() {
    return this.#name;
  }
}

/** A mirror of packages from elsewhere. */
class Mirror extends Named {
  show(options) {
    return this.store.mirrorShow(this.name, options);
  }

  update(options) {
    return this.store.mirrorUpdate(this.name, options);
  }

  /** Its newest snapshot. */
  snapshot() {
    return this.store.snapshot(`mirror/${this.name}`);
  }
}

/** A snapshot, by a REV that leads to it. */
class Snapshot extends Named {
  get rev() {
    return this.name;
  }

  resolve(options) {
    return this.store.snapshotResolve(this.rev, options);
  }

  show(options) {
    return this.store.snapshotShow(this.rev, options);
  }

  packages(options) {
    return this.store.packages(this.rev, options);
  }

  search(query, options) {
    return this.store.search(this.rev, text(query), options);
  }

  fetch(options) {
    return this.store.fetch(this.rev, options);
  }

  diff(after, options) {
    return this.store.snapshotDiff(this.rev, text(after), options);
  }

  async filter(query, options) {
    return this.#made(await this.store.snapshotFilter(this.rev, text(query), options));
  }

  async pull(from, queries, options) {
    const asked = Array.isArray(queries) ? queries.map(text) : queries;
    return this.#made(await this.store.snapshotPull(this.rev, text(from), asked, options));
  }

  async merge(others, options) {
    const revs = Array.isArray(others) ? [this.rev, ...others.map(text)] : others;
    return this.#made(await this.store.snapshotMerge(revs, options));
  }

  choose(names, options) {
    return this.store.resolve(this.rev, names, options);
  }

  check(options) {
    return this.store.check(this.rev, options);
  }

  systemCompare(options) {
    return this.store.systemCompare(this.rev, options);
  }

  publish(to, suite, key, options) {
    return this.store.publish(to, suite, key, { ...options, revs: [this.rev] });
  }

  publishVerbatim(to, options) {
    return this.store.publishVerbatim(this.rev, to, options);
  }

  #made({ snapshot }) {
    return this.store.snapshot(snapshot);
  }
}

/** A named, moving snapshot. */
class Environment extends Named {
  create(rev, options) {
    return this.store.envCreate(this.name, text(rev), options);
  }

  show(options) {
    return this.store.envShow(this.name, options);
  }

  log(options) {
    return this.store.envLog(this.name, options);
  }

  promote(rev, options) {
    return this.store.envPromote(this.name, text(rev), options);
  }

  rollback(options) {
    return this.store.envRollback(this.name, options);
  }

  /** The snapshot that it is at. */
  snapshot() {
    return this.store.snapshot(`env/${this.name}`);
  }
}

/** A snapshot, a query or a string as text; of anything else the operation tells what it is. */
function text(value) {
  return value instanceof Named || value?.constructor?.name === 'Query' ? String(value) : value;
}

module.exports = { Environment, Mirror, Snapshot, Store };

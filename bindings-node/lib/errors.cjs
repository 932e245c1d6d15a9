'use strict';

/** The fields of the document `Error` beside `kind` and `message`. */
const FIELDS = ['path', 'line', 'field', 'rule', 'expected', 'found', 'help'];

/** What went wrong, of whatever sort: `kind` tells which. */
class ReposnapError extends Error {
  constructor(document, options) {
    super(sentence(document), options);
    this.kind = document.kind;
    this.code = `REPOSNAP_${document.kind.toUpperCase().replace(/-/g, '_')}`;
    for (const name of FIELDS) {
      if (document[name] !== undefined) this[name] = document[name];
    }
    Object.defineProperty(this, 'document', { value: document });
  }

  /** The document `Error`. */
  toJSON() {
    return { ...this.document };
  }
}
Object.defineProperty(ReposnapError.prototype, 'name', { value: 'ReposnapError', writable: true, configurable: true });

/** The message with its place and what to do about it, as the command prints it. */
function sentence({ message, path, line, field, rule, expected, found, help }) {
  let place = '';
  if (path !== undefined) place = line === undefined ? `${path}: ` : `${path}:${line}: `;
  else if (line !== undefined) place = `line ${line}: `;
  if (field !== undefined) place += `${field}: `;
  let text = place + message;
  if (expected !== undefined && found !== undefined) text += `: expected ${expected}, found ${found}`;
  if (rule !== undefined) text += ` [${rule}]`;
  return help === undefined ? text : `${text} (${help})`;
}

/** An error of a caller who gave something that can't be. */
function usage(message, more) {
  return new ReposnapError({ kind: 'usage', message, ...more });
}

/** The document of an outcome of the addon, or its error thrown. */
function settle(outcome, cause) {
  const { ok, error } = JSON.parse(outcome);
  if (error === undefined) return ok;
  throw new ReposnapError(error, error.kind === 'cancelled' && cause !== undefined ? { cause } : undefined);
}

/** What the addon or the engine threw, as an error of ours. */
function wrap(error) {
  if (error instanceof ReposnapError) return error;
  // Functions that give no outcomes throw them.
  if (error instanceof Error && error.message.startsWith('{"error":')) return new ReposnapError(JSON.parse(error.message).error);
  const kind = error instanceof RangeError ? 'limit' : 'internal';
  return new ReposnapError({ kind, message: error instanceof Error ? error.message : String(error) }, { cause: error });
}

/** The document of an outcome that `work` gives at once. */
function now(work) {
  let outcome;
  try {
    outcome = work();
  } catch (error) {
    throw wrap(error);
  }
  return settle(outcome);
}

module.exports = { ReposnapError, now, settle, usage, wrap };

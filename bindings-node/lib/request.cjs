'use strict';
// From arguments to the request of an operation. What JSON would bend in silence is an error here: NaN becomes null in it,
// a function vanishes, half a surrogate pair becomes something else.

const { run } = require('./call.cjs');
const { ReposnapError, usage, wrap } = require('./errors.cjs');
const { native } = require('./native.cjs');

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?:^|[^\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Where the session of a store is; of this module and `store.cjs` alone. */
const session = Symbol('session');

const wellFormed =
  typeof ''.isWellFormed === 'function' ? (text) => text.isWellFormed() : (text) => !LONE_SURROGATE.test(text);

function shown(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return `the number ${value}`;
  return typeof value === 'undefined' ? 'undefined' : `a value of type ${typeof value}`;
}

function wrong(what, value) {
  return usage(`must be ${what}, not ${shown(value)}`);
}

function string(value) {
  if (typeof value !== 'string') throw wrong('a string', value);
  if (!wellFormed(value)) throw usage('is no text: half of a surrogate pair is in it');
  return value;
}

function boolean(value) {
  if (typeof value !== 'boolean') throw wrong('a boolean', value);
  return value;
}

function integer(value) {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw wrong(`a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`, value);
  }
  return value;
}

function time(value) {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw usage('is an invalid Date');
    return value.toISOString();
  }
  if (typeof value !== 'string') throw wrong('a Date or a string as RFC 3339 has it', value);
  return string(value);
}

function any(value) {
  const text = JSON.stringify(value);
  if (text === undefined) throw wrong('a value of JSON', value);
  return value;
}

function word(...words) {
  return (value) => {
    if (!words.includes(string(value))) throw usage(`must be one of ${words.join(', ')}, not ${JSON.stringify(value)}`);
    return value;
  };
}

function array(check) {
  return (value) => {
    if (!Array.isArray(value)) throw wrong('an array', value);
    return Array.from(value, (item, index) => checked(`[${index}]`, check, item));
  };
}

function map(check) {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('an object', value);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [string(key), checked(`.${key}`, check, item)]));
  };
}

/** A value that passed `check`, or an error that names it. */
function checked(name, check, value) {
  try {
    return check(value);
  } catch (error) {
    const { kind, message, field = '' } = error instanceof ReposnapError ? error.document : wrap(error).document;
    throw new ReposnapError({ kind, message, field: name + field }, { cause: error.cause });
  }
}

/** Options without those of every call; an unknown one is an error, since a misspelt one would change what is done. */
function split(name, known, options) {
  if (options === undefined || options === null) return [{}, {}];
  if (typeof options !== 'object' || Array.isArray(options)) throw checkedWrong(name, options);
  const { signal, onProgress, ...own } = options;
  for (const key of Object.keys(own)) {
    if (!known.includes(key)) {
      const names = [...known, 'signal', 'onProgress'].join(', ');
      throw usage(`${name} has no option ${JSON.stringify(key)}`, { help: `it has ${names}` });
    }
  }
  return [own, { signal, onProgress }];
}

function checkedWrong(name, options) {
  return usage(`${name} takes its options as an object, not ${shown(options)}`, { field: 'options' });
}

/** The request of an operation, and the options of the call. */
function build({ operation, required, optional }, values, options) {
  const [own, call] = split(operation, optional.map(({ name }) => name), options);
  const request = {};
  required.forEach(({ name, key, check }, index) => {
    request[key] = checked(name, check, values[index]);
  });
  for (const { name, key, check } of optional) {
    const value = own[name];
    if (value !== undefined && value !== null) request[key] = checked(name, check, value);
  }
  return [encode(request), call];
}

function encode(request) {
  try {
    return JSON.stringify(request);
  } catch (error) {
    throw wrap(error);
  }
}

/** Runs an operation of the table on a store. */
async function onStore(store, entry, values, options) {
  const [request, call] = build(entry, values, options);
  return run(call, (monitor) => store[session].call(entry.operation, request, monitor));
}

/** Runs an operation of the table that needs no store. */
async function alone(entry, values, options) {
  const [request, call] = build(entry, values, options);
  return run(call, (monitor) => native.call(entry.operation, request, monitor));
}

/** A request that is given as an object, by the names of docs/OPERATIONS.md. */
function raw(request) {
  if (request === undefined || request === null) return '{}';
  if (typeof request !== 'object' || Array.isArray(request)) throw wrong('an object', request);
  const bad = (key, value) => {
    if (typeof value === 'string') string(value);
    if (typeof value === 'number' && !Number.isFinite(value)) throw wrong('a number of JSON', value);
    if (typeof value === 'function' || typeof value === 'symbol') throw wrong('a value of JSON', value);
    return value;
  };
  try {
    return JSON.stringify(request, bad);
  } catch (error) {
    if (error instanceof TypeError) throw usage(`the request is no JSON: ${error.message}`);
    throw wrap(error);
  }
}

module.exports = { alone, any, array, boolean, checked, integer, map, onStore, raw, session, split, string, time, wellFormed, word };

'use strict';
// Operations that need no store.

const { run } = require('./call.cjs');
const { now } = require('./errors.cjs');
const { native } = require('./native.cjs');
const { functions } = require('./operations.cjs');
const { checked, raw, split, string } = require('./request.cjs');

/** Runs an operation that needs no store, by its name. */
async function call(operation, request, options) {
  checked('operation', string, operation);
  const text = checked('request', raw, request);
  const [, following] = split('call', [], options);
  return run(following, (monitor) => native.call(operation, text, monitor));
}

/** The table of operations. */
function operations() {
  return now(() => native.operations());
}

module.exports = { ...functions, call, operations };

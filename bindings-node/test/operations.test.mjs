// Equal in power: every operation of the library is a typed, documented method or function.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import * as reposnap from '../index.mjs';

const require = createRequire(import.meta.url);
const camel = (words) => words.replace(/[ _-](.)/g, (_, letter) => letter.toUpperCase());
const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');

test('every operation is there, with its parameters in order', () => {
  const table = reposnap.operations();
  assert.ok(table.length > 30);
  const methods = read('../lib/operations.d.cts');
  const functions = read('../lib/functions.d.cts');
  const options = read('../lib/options.d.cts');
  for (const { name, needs_store: onStore, parameters, summary } of table) {
    const method = camel(name);
    const required = parameters.filter((parameter) => parameter.required);
    const found = onStore ? reposnap.Store.prototype[method] : reposnap[method];
    assert.equal(typeof found, 'function', `${method} is missing`);
    assert.equal(found.length, required.length + 1, `${method} takes its required parameters and options`);

    const types = onStore ? methods : functions;
    const declared = new RegExp(`\\b${method}\\(([^)]*)\\): Promise<`).exec(types);
    assert.ok(declared, `${method} has no types`);
    const names = declared[1].split(', ').map((argument) => argument.split(/[?:]/)[0]);
    assert.deepEqual(names, [...required.map((parameter) => camel(parameter.name)), 'options']);
    assert.ok(types.includes(summary), `${method} is not told`);
    for (const parameter of parameters) {
      if (parameter.required) continue;
      assert.match(options, new RegExp(`^ {2}${camel(parameter.name)}\\?: `, 'm'), `${method}: ${parameter.name}`);
    }
  }
});

test('nothing is a method that is no operation', () => {
  const known = new Set(reposnap.operations().map(({ name }) => camel(name)));
  const { Operations, functions } = require('../lib/operations.cjs');
  for (const method of [...Object.getOwnPropertyNames(Operations.prototype), ...Object.keys(functions)]) {
    if (method !== 'constructor') assert.ok(known.has(method), method);
  }
});

test('ES modules and CommonJS have the same', () => {
  const common = require('../index.cjs');
  assert.deepEqual(Object.keys(reposnap).sort(), Object.keys(common).sort());
  for (const [name, value] of Object.entries(common)) assert.equal(reposnap[name], value, name);
});

// The vectors that all languages share: tests/vectors/operations.json and versions.json.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { ReposnapError, Store, Version, call, compareVersions, operations } from '../index.mjs';
import { folder } from './support/world.mjs';

const vectors = fileURLToPath(new URL('../../tests/vectors/', import.meta.url));
const read = (name) => JSON.parse(readFileSync(join(vectors, name), 'utf8'));

/** `value` with the variables in its strings replaced. */
function filled(value, variables) {
  if (typeof value === 'string') {
    return value.replace(/\$\{(\w+)\}/g, (whole, name) => (name in variables ? variables[name] : whole));
  }
  if (Array.isArray(value)) return value.map((item) => filled(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, variables)]));
}

/** Fails where `found` lacks something of `expected`. */
function matches(found, expected, place) {
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(found), `${place}: no array`);
    assert.equal(found.length, expected.length, `${place}: length`);
    expected.forEach((item, index) => matches(found[index], item, `${place}[${index}]`));
  } else if (typeof expected === 'object' && expected !== null) {
    assert.ok(typeof found === 'object' && found !== null, `${place}: no object`);
    for (const [key, item] of Object.entries(expected)) matches(found[key], item, `${place}.${key}`);
  } else {
    assert.deepEqual(found, expected, place);
  }
}

function at(document, pointer) {
  const steps = pointer.split('/').slice(1);
  return steps.reduce((value, step) => value[step.replace(/~1/g, '/').replace(/~0/g, '~')], document);
}

async function check(run, { operation, request, result, error, save }, variables, name) {
  const asked = filled(request ?? {}, variables);
  let found;
  try {
    found = await run(operation, asked);
  } catch (thrown) {
    assert.ok(thrown instanceof ReposnapError, `${name}: ${thrown}`);
    assert.ok(error, `${name}: ${thrown}`);
    matches(thrown.toJSON(), filled(error, variables), name);
    return;
  }
  assert.ok(!error, `${name}: it should have failed with ${JSON.stringify(error)}`);
  if (result !== undefined) matches(found, filled(result, variables), name);
  for (const [variable, pointer] of Object.entries(save ?? {})) variables[variable] = at(found, pointer);
}

test('operations', async (t) => {
  const { cases = [], scenarios = [] } = read('operations.json');
  assert.ok(cases.length + scenarios.length > 0);
  const alone = (operation, request) => call(operation, request);
  for (const one of cases) {
    const variables = { dir: folder(t), packages: join(vectors, 'packages') };
    await t.test(one.name, () => check(alone, one, variables, one.name));
  }
  const onStore = new Set(operations().filter((told) => told.needs_store).map((told) => told.name));
  for (const { name, steps } of scenarios) {
    await t.test(name, async (t) => {
      const variables = { dir: folder(t), packages: join(vectors, 'packages') };
      const run = async (operation, request) => {
        if (!onStore.has(operation)) return call(operation, request);
        // There is no store at first; adding a mirror makes one.
        const open = operation.startsWith('mirror add') ? Store.openOrCreate : Store.open;
        const store = await open(join(variables.dir, 'store'));
        return store.call(operation, request);
      };
      for (const [index, step] of steps.entries()) await check(run, step, variables, `${name}, step ${index + 1}`);
    });
  }
});

test('versions', () => {
  const rows = read('versions.json');
  assert.ok(rows.length > 0);
  for (const [a, order, b] of rows) {
    const expected = { '<': -1, '=': 0, '>': 1 }[order];
    assert.equal(compareVersions(a, b), expected, `${a} ${order} ${b}`);
    assert.equal(compareVersions(b, a) + 0, -expected + 0, `${b} and ${a}`);
    assert.equal(new Version(a).compare(new Version(b)), expected);
  }
});

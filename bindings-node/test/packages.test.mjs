// Packages of a snapshot, one by one and in batches.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Package, Query } from '../index.mjs';
import { stocked } from './support/world.mjs';

async function all(iterable) {
  const found = [];
  for await (const one of iterable) found.push(one);
  return found;
}

test('each package once, as search has them', async (t) => {
  const { store } = await stocked(t);
  const walked = await all(store.packages('inhouse'));
  assert.ok(walked.every((found) => found instanceof Package));
  assert.deepEqual(JSON.parse(JSON.stringify(walked)), await store.search('inhouse', 'Name'));
  const whole = await all(store.snapshot('inhouse').packages({ stanzas: true }));
  assert.deepEqual(JSON.parse(JSON.stringify(whole)), await store.search('inhouse', 'Name', { stanzas: true }));
  assert.equal(String(walked[0]), 'hello 1.0-1 all');
});

test('fields of a stanza', async (t) => {
  const { store } = await stocked(t);
  const [hello] = await all(store.packages('inhouse', { query: new Query('hello'), stanzas: true }));
  assert.equal(hello.get('Depends'), 'libhello (>= 1.0)');
  assert.equal(hello.get('depends'), 'libhello (>= 1.0)');
  assert.equal(hello.get('Description'), 'for a test\n and nothing else');
  assert.equal(hello.get('Recommends'), undefined);
  assert.deepEqual(hello.fields().slice(0, 2), [{ name: 'Package', value: 'hello' }, { name: 'Version', value: '1.0-1' }]);
  assert.throws(() => hello.get(3), { kind: 'usage', field: 'field' });
  const [bare] = await all(store.packages('inhouse', { query: 'hello' }));
  assert.equal(bare.stanza, undefined);
  assert.throws(() => bare.get('Depends'), { kind: 'usage', help: 'ask for the packages with { stanzas: true }' });
});

test('a field of many packages', async (t) => {
  const { store } = await stocked(t);
  const names = ['Package', 'depends', 'Depends', 'Description', 'Recommends', 'Installed-Size', ''];
  const fields = (found) => names.map((name) => found.get(name));
  const one = async ({ name }) => fields((await all(store.packages('inhouse', { query: name, stanzas: true })))[0]);
  const whole = await all(store.packages('inhouse', { stanzas: true }));
  const expected = await Promise.all(whole.map(one));
  assert.equal(expected.length, 3);
  assert.equal(expected[0][2], 'libhello (>= 1.0)');
  // In order, again, and from the end: the first is asked alone, and then all of them at once.
  assert.deepEqual(whole.map(fields), expected);
  assert.deepEqual(whole.map(fields), expected);
  const again = await all(store.packages('inhouse', { stanzas: true }));
  assert.deepEqual(again.reverse().map(fields), expected.reverse());
});

test('batches, again, and left early', async (t) => {
  const { store } = await stocked(t);
  const set = store.packages('inhouse');
  const batches = await all(set.batches());
  assert.deepEqual(batches.flat().map(({ name }) => name), ['hello', 'libhello', 'tool']);
  assert.equal((await all(set)).length, 3, 'each loop is a walk of its own');
  for await (const { name } of set) {
    assert.equal(name, 'hello');
    break;
  }
  for await (const batch of set.batches()) {
    assert.equal(batch.length, 3);
    break;
  }
  const iterator = set[Symbol.asyncIterator]();
  assert.deepEqual(await iterator.return('done'), { value: 'done', done: true });
  assert.deepEqual(await iterator.next(), { value: undefined, done: true });
});

test('several who ask one iterator at once', async (t) => {
  const { store } = await stocked(t);
  const iterator = store.packages('inhouse')[Symbol.asyncIterator]();
  const taken = await Promise.all(Array.from({ length: 5 }, () => iterator.next()));
  assert.deepEqual(taken.map(({ done, value }) => (done ? null : value.name)), ['hello', 'libhello', 'tool', null, null]);
});

test('bad questions', async (t) => {
  const { store } = await stocked(t);
  await assert.rejects(all(store.packages('nowhere')), { kind: 'not-found' });
  await assert.rejects(all(store.packages('inhouse', { query: '(' })), { kind: 'usage' });
  assert.throws(() => store.packages(1), { kind: 'usage', field: 'rev' });
  assert.throws(() => store.packages('inhouse', { stanzas: 'yes' }), { kind: 'usage', field: 'stanzas' });
  assert.throws(() => store.packages('inhouse', { stanza: true }), { kind: 'usage', message: /"stanza"/ });
  const iterator = store.packages('nowhere')[Symbol.asyncIterator]();
  await assert.rejects(iterator.next(), { kind: 'not-found' });
  assert.deepEqual(await iterator.next(), { value: undefined, done: true }, 'it has ended');
  const aborted = store.packages('inhouse', { signal: AbortSignal.abort(new Error('why')) });
  await assert.rejects(all(aborted), (error) => error.kind === 'cancelled' && error.cause.message === 'why');
});

// Stores and what is in them by its name.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { Environment, Mirror, Package, Query, Snapshot, Store, keyGenerate } from '../index.mjs';
import { folder, packages, stocked } from './support/world.mjs';

test('nightly, testing, stable', async (t) => {
  const { path, directory, store, snapshot } = await stocked(t, { actor: 'ana' });
  const mirror = store.mirror('inhouse');
  assert.equal((await mirror.show()).snapshot, snapshot);
  assert.equal((await mirror.snapshot().resolve()).snapshot, snapshot);

  const [testing, stable] = ['testing', 'stable'].map((name) => store.environment(name));
  assert.equal((await testing.create(mirror.snapshot(), { message: 'first' })).actor, 'ana');
  await stable.promote(testing.snapshot(), { create: true });

  packages(directory, { name: 'hello', version: '1.1-1', depends: 'libhello (>= 1.0)' });
  const foreseen = await mirror.update({ dryRun: true });
  assert.equal((await mirror.snapshot().resolve()).snapshot, snapshot);
  const { before, changed, snapshot: newer } = await mirror.update();
  assert.equal(foreseen.snapshot, newer);
  assert.deepEqual([before, changed], [snapshot, true]);
  const dry = await testing.promote('inhouse', { dryRun: true });
  assert.deepEqual(dry.differences, [{ name: 'hello', architecture: 'all', change: 'added', after: '1.1-1' }]);
  assert.equal(dry.moved, false);
  assert.equal((await testing.promote('inhouse')).moved, true);
  assert.deepEqual((await stable.snapshot().diff(testing.snapshot())).summary, { added: 1 });
  assert.equal((await testing.log()).length, 2);
  assert.equal((await testing.rollback({ dryRun: true })).snapshot, snapshot);
  assert.equal((await testing.rollback()).snapshot, snapshot);
  assert.equal((await testing.show()).change.kind, 'rolled-back');

  const key = join(path, 'key.asc');
  await keyGenerate('Archive <archive@example.org>', key);
  const published = await stable.snapshot().publish(join(path, 'public'), 'stable', key, { origin: 'Example' });
  assert.deepEqual([published.outcome, published.added], ['published', 3]);
});

test('snapshots make snapshots', async (t) => {
  const { store } = await stocked(t);
  const all = store.snapshot('inhouse');
  const tools = await all.filter(new Query('tool'), { name: 'tools' });
  assert.ok(tools instanceof Snapshot);
  assert.deepEqual((await tools.search('Name')).map(String).length, 1);
  assert.equal((await store.snapshot('tools').resolve()).snapshot, tools.rev);
  const rest = await all.filter('!tool');
  const merged = await rest.merge([tools]);
  assert.equal((await merged.show()).packages, 3);
  const pulled = await rest.pull(tools, [new Query('tool')]);
  assert.deepEqual((await pulled.diff(merged)).differences, []);
  const chosen = await pulled.choose(['tool'], { architecture: 'amd64' });
  assert.deepEqual(chosen.packages.map((one) => one.name), ['tool']);
  assert.equal((await pulled.check({ architecture: 'amd64' })).checked, 3);
  await assert.rejects(pulled.choose(['nothing'], { architecture: 'amd64' }), { kind: 'not-found' });
});

test('ways to a store', async (t) => {
  const path = join(folder(t), 'store');
  await assert.rejects(Store.open(path), { kind: 'not-found' });
  const made = await Store.create(path, { writers: 'single' });
  assert.deepEqual([made.directory, made.closed], [path, false]);
  await assert.rejects(Store.create(path), { kind: 'already-exists' });
  const reader = await Store.open(path, { readOnly: true });
  mkdirSync(`${path}-debs`);
  await assert.rejects(reader.mirrorAddFolder('a', `${path}-debs`), { kind: 'read-only' });
  await made.mirrorAddFolder('a', `${path}-debs`);
  assert.equal((await reader.mirrorList()).length, 1);

  const memory = await Store.memory({ actor: 'ana' });
  assert.equal(memory.directory, undefined);
  await memory.mirrorAddFolder('b', `${path}-debs`);
  assert.deepEqual((await memory.mirrorList()).map(({ mirror }) => mirror), ['b']);
});

test('closed stores', async (t) => {
  const { store } = await stocked(t);
  const late = store.packages('inhouse');
  const under = store.snapshotList();
  store.close();
  store.close();
  assert.equal((await under).length, 1, 'what is under way goes on');
  const closed = { kind: 'usage', code: 'REPOSNAP_USAGE', message: 'the store is closed (open it again)' };
  await assert.rejects(store.mirrorList(), closed);
  await assert.rejects(store.call('mirror list'), closed);
  await assert.rejects(store.environment('a').show(), closed);
  await assert.rejects(late[Symbol.asyncIterator]().next(), closed);
  if (Symbol.dispose) assert.equal(typeof store[Symbol.dispose], 'function');
});

test('what is made by hand is refused', async (t) => {
  const { store } = await stocked(t);
  assert.throws(() => new Store(), { kind: 'usage' });
  assert.throws(() => new Package(), { kind: 'usage' });
  for (const Class of [Mirror, Snapshot, Environment]) {
    assert.throws(() => new Class({}, 'a'), { kind: 'usage', field: 'store' });
    assert.throws(() => new Class(store, 1), { kind: 'usage', field: 'name' });
  }
  const foreign = Object.create(Store.prototype);
  await assert.rejects(foreign.mirrorList(), Error);
  await assert.rejects(Store.prototype.mirrorList.call({}), Error);
});

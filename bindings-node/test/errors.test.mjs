// What bad input gets: a ReposnapError that says what, never a crash or a hang, and nothing done by halves.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';

import * as reposnap from '../index.mjs';
import { folder, stocked } from './support/world.mjs';

const { ReposnapError, Store, debShow, keySign, publishPrune, stanzaParse, verifyMessage } = reposnap;
const { native } = createRequire(import.meta.url)('../lib/native.cjs');

test('errors keep their code, kind and fields, through promises too', async (t) => {
  const path = folder(t);
  const file = join(path, 'hello.deb');
  writeFileSync(file, 'no package');
  const error = await debShow(file).then(() => assert.fail(), (thrown) => thrown);
  assert.ok(error instanceof ReposnapError && error instanceof Error);
  assert.deepEqual([error.name, error.kind, error.code, error.path], ['ReposnapError', 'malformed', 'REPOSNAP_MALFORMED', file]);
  assert.deepEqual(JSON.parse(JSON.stringify(error)), error.document);
  assert.ok(error.message.startsWith(`${file}: `) && error.message.includes(error.document.message));
  assert.match(error.stack, /errors\.test\.mjs/, 'the stack leads to the caller');

  const stanza = await stanzaParse('Package: a\n\nno field\n').catch((thrown) => thrown);
  assert.deepEqual([stanza.kind, stanza.line], ['malformed', 3]);
});

const WRONG = [undefined, null, 1, true, Symbol('s'), () => {}, {}, [], 1n, new Date(0), Buffer.from('a')];

test('arguments of a wrong type', async (t) => {
  const { store } = await stocked(t);
  for (const wrong of WRONG) {
    await assert.rejects(store.envShow(wrong), { kind: 'usage', field: 'name', message: /^name: must be a string, not / });
    await assert.rejects(Store.open(wrong), { kind: 'usage', field: 'directory' });
    await assert.rejects(store.call(wrong), { kind: 'usage', field: 'operation' });
  }
  for (const wrong of WRONG.filter((value) => !Array.isArray(value))) {
    await assert.rejects(store.snapshotMerge(wrong), { kind: 'usage', field: 'revs' });
  }
  for (const wrong of [-1, 1.5, NaN, Infinity, 2 ** 60, '5', 1n, {}]) {
    await assert.rejects(store.envLog('a', { limit: wrong }), { kind: 'usage', field: 'limit' });
  }
  for (const wrong of [1, 'all', []]) {
    await assert.rejects(store.mirrorList(wrong), { kind: 'usage', field: 'options' });
  }
  await assert.rejects(store.snapshotMerge(['a', 5]), { kind: 'usage', field: 'revs[1]' });
  await assert.rejects(store.snapshotMerge(['a'], { rule: 'oldest' }), { message: /one of precedence, newest, all, not "oldest"/ });
  await assert.rejects(store.publish('p', 's', 'k', { components: { main: 5 } }), { field: 'components.main' });
  await assert.rejects(verifyMessage('a', ['b'], { at: new Date(NaN) }), { kind: 'usage', field: 'at' });
  await assert.rejects(verifyMessage('a', ['b'], { at: 'yesterday' }), { kind: 'usage' });
  await assert.rejects(store.envLog('a', { limt: 5 }), { kind: 'usage', help: 'it has limit, verify, signal, onProgress' });
  assert.equal((await store.snapshotList()).length, 1, 'nothing was done');
});

test('text that is none, and far too much of it', async (t) => {
  const { store } = await stocked(t);
  for (const text of ['\ud800', 'a\udc00', '\udfff\ud800', 'ok \ud83d']) {
    await assert.rejects(store.envShow(text), { kind: 'usage', field: 'name', message: /half of a surrogate pair/ });
    assert.throws(() => reposnap.compareVersions(text, '1'), { kind: 'usage', field: 'a' });
  }
  await assert.rejects(store.envShow('\u{1f600}'), { kind: 'usage', rule: 'name' });
  await assert.rejects(store.envShow('a\0b'), ReposnapError);
  await assert.rejects(publishPrune('/nowhere\0'), ReposnapError);
  const huge = 'a'.repeat(64 << 20);
  await assert.rejects(store.envShow(huge), ReposnapError);
  await assert.rejects(store.search('inhouse', huge), { kind: 'limit' });
  assert.equal(reposnap.compareVersions(huge, `${huge}b`), -1);
  // Longer than a string can be, once it is quoted.
  const largest = '\u0001'.repeat(100 << 20);
  await assert.rejects(keySign(largest, 'none'), { kind: 'limit' });
});

test('requests that are no JSON', async (t) => {
  const { store } = await stocked(t);
  const circle = {};
  circle.circle = circle;
  for (const wrong of [circle, { limit: 1n }, { name: () => {} }, { limit: NaN }, { name: '\ud800' }, 'text', []]) {
    await assert.rejects(store.call('env log', wrong), { kind: 'usage' });
  }
  await assert.rejects(store.call('env eat'), { kind: 'usage', message: 'there is no operation "env eat"' });
  await assert.rejects(reposnap.call('env list'), { kind: 'usage', message: /needs a store/ });
  await assert.rejects(store.call('env log', { name: 'a', limt: 5 }), { kind: 'usage', message: /limt/ });
  await assert.rejects(store.call('env log', { name: 'a' }, { limit: 5 }), { kind: 'usage' });
});

test('panics in the library are errors, and work goes on after them', async (t) => {
  const { store, directory } = await stocked(t);
  const session = new native.Session();
  await session.open('open', store.directory, false);
  const monitor = new native.Monitor(() => {});
  monitor.panicForTests();
  const { error } = JSON.parse(await session.call('mirror update', '{"name":"inhouse"}', monitor));
  assert.equal(error.kind, 'internal');
  assert.match(error.message, /asked for by a test/);
  monitor.finish();
  assert.equal(JSON.parse(native.panicForTests()).error.kind, 'internal');
  assert.equal((await store.mirrorUpdate('inhouse')).changed, false);
  assert.equal((await store.mirrorShow('inhouse')).config.directory, directory);
});

test('the addon itself survives anything', async () => {
  const odd = [...WRONG, '', '{', 'mirror list', -1, 2 ** 40];
  for (const Class of [native.Session, native.Monitor, native.NativeQuery, native.Walk]) {
    const methods = Object.getOwnPropertyNames(Class.prototype).filter((name) => name !== 'constructor' && !name.includes('panic'));
    for (const value of odd) {
      let made;
      try {
        made = new Class(value);
      } catch {
        made = Object.create(Class.prototype);
      }
      for (const name of methods) {
        for (const args of [[], [value], [value, value], [value, value, value, value], ['open', value, true]]) {
          try {
            // A promise that is rejected is as good as a throw.
            await Promise.resolve(made[name](...args)).catch(() => {});
          } catch (error) {
            assert.ok(error instanceof Error);
          }
        }
      }
    }
  }
  for (const name of Object.keys(native).filter((key) => typeof native[key] === 'function' && !/^[A-Z]|panic/.test(key))) {
    for (const value of odd) {
      for (const args of [[], [value], [value, value], [value, value, value]]) {
        try {
          await Promise.resolve(native[name](...args)).catch(() => {});
        } catch (error) {
          assert.ok(error instanceof Error);
        }
      }
    }
  }
});

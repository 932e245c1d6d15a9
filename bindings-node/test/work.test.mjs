// Long work: progress, cancellation, several at once, worker threads.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

import { Store, keyGenerate, keySign } from '../index.mjs';
import { folder, packages, stocked } from './support/world.mjs';

const index = new URL('../index.mjs', import.meta.url).href;

/** A mirror of a server that takes requests and never answers; `asked` ends with the first. */
async function stuck(t) {
  const path = folder(t);
  let asked;
  const first = new Promise((resolve) => (asked = resolve));
  const server = createServer(() => asked());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const key = join(path, 'key.asc');
  await keyGenerate('Ana <ana@example.org>', key);
  const { certificate } = await keySign('text\n', key);
  const store = await Store.openOrCreate(join(path, 'store'));
  const url = `http://127.0.0.1:${server.address().port}/`;
  await store.mirrorAdd('stuck', url, ['stable'], [certificate], { architectures: ['amd64'] });
  return { store, first };
}

test('progress tells of every package, in order, before the promise', async (t) => {
  const { store, directory } = await stocked(t);
  packages(directory, { name: 'new', version: '1' }, { name: 'newer', version: '2' });
  const events = [];
  let settled = false;
  const update = store.mirrorUpdate('inhouse', {
    onProgress(event) {
      assert.equal(settled, false);
      events.push(event);
    },
  });
  await update;
  settled = true;
  const starts = events.filter(({ type }) => type === 'start');
  assert.ok(starts.length > 0);
  for (const { phase, total, unit } of starts) {
    assert.ok(['items', 'bytes'].includes(unit));
    const done = events.filter((event) => event.type === 'advance' && event.phase === phase);
    if (total !== null) assert.equal(done.reduce((sum, { by }) => sum + by, 0), total, phase);
    assert.ok(events.some((event) => event.type === 'finish' && event.phase === phase));
  }
  await setImmediate();
  assert.equal(events.at(-1).type, 'finish');
});

test('a callback that throws ends the work with what it threw', async (t) => {
  const { store, directory } = await stocked(t);
  packages(directory, { name: 'new', version: '1' });
  for (const thrown of [new Error('mine'), 'text', undefined, null]) {
    let calls = 0;
    const update = store.mirrorUpdate('inhouse', {
      onProgress() {
        calls += 1;
        throw thrown;
      },
    });
    await update.then(() => assert.fail('it should fail'), (error) => assert.equal(error, thrown));
    assert.equal(calls, 1);
  }
  const later = new Error('later');
  const onProgress = async () => {
    await sleep(20);
    throw later;
  };
  await assert.rejects(store.mirrorUpdate('inhouse', { onProgress }), later);
  for (const wrong of [1, 'text', {}]) {
    await assert.rejects(store.mirrorUpdate('inhouse', { onProgress: wrong }), { kind: 'usage', field: 'onProgress' });
  }
});

test('an AbortSignal ends work that hangs', async (t) => {
  const { store, first } = await stuck(t);
  const controller = new AbortController();
  let heard = 0;
  controller.signal.onabort = () => (heard += 1);
  const update = store.mirrorUpdate('stuck', { signal: controller.signal });
  await first;
  const reason = new Error('enough');
  controller.abort(reason);
  await assert.rejects(update, (error) => {
    assert.deepEqual([error.kind, error.code, error.cause], ['cancelled', 'REPOSNAP_CANCELLED', reason]);
    return true;
  });
  assert.equal(heard, 1, 'onabort stays the caller\'s');
  await assert.rejects(store.mirrorList({ signal: controller.signal }), { kind: 'cancelled' });
  for (const wrong of [1, {}, 'text', controller]) {
    await assert.rejects(store.mirrorList({ signal: wrong }), { kind: 'usage', field: 'signal' });
  }
  assert.equal((await store.mirrorList({ signal: new AbortController().signal })).length, 1);
});

test('the event loop turns while work hangs, and others get theirs done', async (t) => {
  const { store, first } = await stuck(t);
  const controller = new AbortController();
  const hanging = Array.from({ length: 20 }, () => store.mirrorUpdate('stuck', { signal: controller.signal }));
  const ends = Promise.allSettled(hanging);
  await first;
  const { store: other } = await stocked(t);
  const done = await Promise.all(Array.from({ length: 50 }, () => other.search('inhouse', 'hello')));
  assert.ok(done.every(([{ name }]) => name === 'hello'));
  controller.abort();
  for (const { reason } of await ends) assert.equal(reason.kind, 'cancelled');
});

/** What a worker does with the store in `directory`. */
const WORKER = `
  const { parentPort, workerData } = require('node:worker_threads');
  (async () => {
    const { Store, compareVersions } = await import(workerData.index);
    const store = await Store.open(workerData.directory);
    if (workerData.hang) {
      const update = store.mirrorUpdate('stuck', { onProgress() {} });
      parentPort.postMessage('under way');
      await update;
    }
    let names = [];
    for (let i = 0; i < 20; i++) {
      names = [];
      for await (const { name } of store.packages('inhouse', { stanzas: true })) names.push(name);
    }
    const failed = await store.envShow('none').catch((error) => error.code);
    parentPort.postMessage({ names, order: compareVersions('1', '2'), failed });
  })();
`;

function worker(workerData) {
  return new Worker(WORKER, { eval: true, workerData: { index, ...workerData } });
}

const said = (thread) => new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject));

test('worker threads, several at once', async (t) => {
  const { store } = await stocked(t);
  const threads = Array.from({ length: 4 }, () => worker({ directory: store.directory }));
  const ends = threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve)));
  for (const answer of await Promise.all(threads.map(said))) {
    assert.deepEqual(answer, { names: ['hello', 'libhello', 'tool'], order: -1, failed: 'REPOSNAP_NOT_FOUND' });
  }
  assert.deepEqual(await Promise.all(ends), [0, 0, 0, 0]);
  assert.equal((await store.search('inhouse', 'tool')).length, 1, 'the addon is still here');
});

test('a worker that is ended in the middle of work', async (t) => {
  const { store, first } = await stuck(t);
  for (let round = 0; round < 5; round++) {
    const thread = worker({ directory: store.directory, hang: true });
    await said(thread);
    await first;
    await sleep(5);
    await thread.terminate();
  }
  assert.equal((await store.mirrorList()).length, 1);
});

test('a process may end in the middle of work, and ends by itself after it', async (t) => {
  const { store, first } = await stuck(t);
  const program = (end) => `
    import { Store } from ${JSON.stringify(index)};
    const store = await Store.open(${JSON.stringify(store.directory)});
    ${end}`;
  const run = (text) => new Promise((resolve) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program(text)], { stdio: 'ignore' });
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const ended = run("store.mirrorUpdate('stuck', { onProgress() {} }); setTimeout(() => process.exit(7), 50);");
  await first;
  assert.deepEqual(await ended, { code: 7, signal: null });
  assert.deepEqual(await run('await store.mirrorList({ onProgress() {} }); process.exitCode = 8;'), { code: 8, signal: null });
});

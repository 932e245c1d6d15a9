// Repeats everything 10,000 times after a warm-up; prints what the process held before and after.

import { readdirSync } from 'node:fs';

import { Keyring, Policy, Query, Store, Version, compareVersions, versionCompare } from '../../index.mjs';

const REPEATS = 10_000;
const [directory, debs] = process.argv.slice(2);
const store = await Store.open(directory);
const failed = (promise) => promise.then(() => Promise.reject(new Error('it should fail')), () => {});
const thrown = (work) => {
  try {
    work();
  } catch {
    return;
  }
  throw new Error('it should fail');
};

async function once(round) {
  await versionCompare('1', '2');
  await store.envList();
  await failed(store.envShow('none'));
  await failed(store.envShow(round));
  await failed(store.mirrorList({ signal: AbortSignal.abort() }));
  const controller = new AbortController();
  await store.snapshotList({ signal: controller.signal, onProgress() {} });
  for await (const found of store.packages('inhouse', { stanzas: true })) {
    found.get('Depends');
    if (round % 2) break;
  }
  new Query('hello | tool').matches({ name: 'hello', version: '1', architecture: 'all' });
  new Version('1.0').compare('2.0');
  new Keyring('a');
  new Policy({ relax: ['weak-key'] });
  compareVersions('1', '2');
  thrown(() => new Query('('));
  thrown(() => new Version('_'));
  if (round % 10 === 0) {
    const other = await Store.open(directory);
    if (round % 20 === 0) other.close();
    await failed(other.mirrorUpdate('inhouse', { onProgress: () => thrown(() => new Query('(')), signal: AbortSignal.abort() }));
    await failed(Store.open(`${debs}/none`));
  }
}

async function repeat(times) {
  // Some at once: promises of many threads.
  for (let done = 0; done < times; done += 8) {
    await Promise.all(Array.from({ length: Math.min(8, times - done) }, (_, index) => once(done + index)));
  }
  for (let turn = 0; turn < 5; turn++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function held() {
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  return {
    // What the engine has set aside for its heap, and does not use, is neither here nor there.
    outside: rss - heapTotal,
    heap: heapUsed,
    external,
    files: readdirSync('/proc/self/fd').length,
    handles: process.getActiveResourcesInfo().filter((name) => name !== 'Timeout').length,
  };
}

await repeat(2_000);
const before = held();
await repeat(REPEATS);
console.log(JSON.stringify({ repeats: REPEATS, before, after: held() }));

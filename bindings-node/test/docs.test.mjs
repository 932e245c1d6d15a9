// docs/NODE.md and the examples, run as they stand, with the package where npm would put it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { folder, packages, stocked } from './support/world.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(root, '..', 'docs', 'NODE.md'), 'utf8');

/** A project that has the package. */
function project(path) {
  mkdirSync(join(path, 'node_modules'));
  symlinkSync(root, join(path, 'node_modules', 'reposnap'));
  return path;
}

function run(cwd, ...args) {
  return spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
}

test('the page, from top to bottom', (t) => {
  const path = project(folder(t));
  mkdirSync(join(path, 'packages'));
  packages(
    join(path, 'packages'),
    { name: 'hello', version: '1.0-1', depends: 'libhello (>= 1.0)' },
    { name: 'libhello', version: '1.0-1' },
    { name: 'tool', version: '2:0.9~rc1-1' },
  );
  const blocks = [...page.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language, text]) => ({ language, text }));
  assert.deepEqual([...new Set(blocks.map(({ language }) => language))], ['js', 'text', 'cjs']);
  let [js, cjs] = ['', ''];
  const expected = { js: '', cjs: '' };
  let last;
  for (const { language, text } of blocks) {
    if (language === 'js') js += text;
    else if (language === 'cjs') cjs += text;
    else expected[last] += text;
    if (language !== 'text') last = language;
  }
  for (const [name, text, printed] of [['page.mjs', js, expected.js], ['page.cjs', cjs, expected.cjs]]) {
    writeFileSync(join(path, name), text);
    const done = run(path, name);
    assert.equal(done.stdout, printed, done.stderr);
    assert.equal(done.status, 0, done.stderr);
  }
});

test('examples', async (t) => {
  const { path, store, directory, snapshot } = await stocked(t);
  const examples = join(root, '..', 'examples', 'node');
  project(path);
  for (const name of readdirSync(examples)) copyFileSync(join(examples, name), join(path, name));
  const place = store.directory;

  const plan = run(path, 'changes.mjs', place, 'stable', 'inhouse');
  assert.deepEqual([plan.stdout, plan.status], [`stable would move to ${snapshot.slice(0, 12)}\n`, 0], plan.stderr);
  assert.equal(run(path, 'changes.mjs', place, 'stable', 'inhouse', '--move').stdout, `stable moved to ${snapshot.slice(0, 12)}\n`);
  packages(directory, { name: 'hello', version: '1.1-1' });
  await store.mirrorUpdate('inhouse');
  assert.match(run(path, 'changes.mjs', place, 'stable', 'inhouse').stdout, /^added hello all - 1\.1-1\nstable would move to /);
  assert.equal(run(path, 'changes.mjs', place, 'stable', 'stable').stdout, 'stable is there already\n');
  const failed = run(path, 'changes.mjs', place, 'stable', 'nowhere');
  assert.deepEqual([failed.stdout, failed.status], ['', 2]);
  assert.match(failed.stderr, /^changes\.mjs: .*nowhere/);
  assert.equal(run(path, 'changes.mjs').status, 2);

  const newest = run(path, 'newest.cjs', place, 'inhouse', 'hello | tool', 'Depends');
  assert.equal(newest.stdout, 'hello 1.1-1 -\ntool 2:0.9~rc1-1 -\n', newest.stderr);
  assert.equal(run(path, 'newest.cjs', place, 'inhouse', '(').status, 2);
});

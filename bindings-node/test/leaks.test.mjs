// 10,000 repeats of everything that crosses, and of every way to fail: memory, files and handles stay where they are.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { stocked } from './support/world.mjs';

const program = fileURLToPath(new URL('./support/repeat.mjs', import.meta.url));

test('nothing grows', { timeout: 300_000 }, async (t) => {
  const { store, directory } = await stocked(t);
  const args = ['--expose-gc', '--max-old-space-size=256', program, store.directory, directory];
  const measured = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  t.diagnostic(JSON.stringify(measured));
  assert.equal(measured.repeats, 10_000);
  assert.equal(measured.after.files, measured.before.files, 'open files');
  assert.equal(measured.after.handles, measured.before.handles, 'handles of the event loop');
  // A loss of 1 KB in each would be 10 MB; allocators keep a little of what is freed.
  for (const [what, most] of [['outside', 8 << 20], ['heap', 2 << 20], ['external', 1 << 20]]) {
    assert.ok(measured.after[what] - measured.before[what] < most, `${what}: ${JSON.stringify(measured)}`);
  }
});

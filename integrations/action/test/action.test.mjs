// The action as GitHub runs it, and the workflow of its page.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';

import { Store, keyGenerate, keySign } from '../../../bindings-node/index.mjs';
import { folder, packages } from '../../../bindings-node/test/support/world.mjs';
import { action, expand, holds, parse, run } from './runner.mjs';

const page = readFileSync(new URL('../../../docs/integrations/ACTION.md', import.meta.url), 'utf8');

/** A folder of packages, a key and a store's place, in a folder of their own. */
async function place(t) {
  const path = folder(t);
  process.env.RUNNER_TEMP = path;
  const debs = join(path, 'packages');
  mkdirSync(debs);
  packages(debs, { name: 'hello', version: '1.0-1' }, { name: 'tool', version: '1' });
  const key = join(path, 'key.asc');
  await keyGenerate('Archive <archive@example.org>', key);
  const { certificate } = await keySign('text\n', key);
  const keyring = join(path, 'keyring.asc');
  writeFileSync(keyring, certificate);
  return { path, debs, key, keyring, certificate, store: join(path, 'store') };
}

test('the workflow of the page, three nights long', async (t) => {
  const { path, debs, key, keyring, store } = await place(t);
  const workflow = parse(/```yaml\n(name: packages\n[^]*?)```/.exec(page)[1]);
  const here = (text) =>
    text.replace('/srv/www/debian', join(path, 'public')).replace('/etc/reposnap/key.asc', key).replace('/etc/reposnap/keyring.asc', keyring);

  /** Runs all jobs; which steps ran, by name, with what they gave. */
  async function night() {
    const ran = {};
    for (const job of Object.values(workflow.jobs)) {
      const context = { env: { STORE: store }, steps: {}, cwd: path };
      for (const step of job.steps.filter(({ uses }) => uses === './integrations/action')) {
        if (!holds(step.if, context)) continue;
        const inputs = Object.fromEntries(Object.entries(step.with).map(([name, text]) => [name, here(expand(String(text), context))]));
        const done = await run(inputs, { context });
        assert.equal(done.code, 0, `${step.name}\n${done.printed}${done.complained}`);
        if (step.id) context.steps[step.id] = { outputs: done.outputs };
        ran[step.name] = done;
      }
    }
    return ran;
  }

  const first = await night();
  assert.equal(Object.keys(first).length, 7, 'every step ran');
  assert.equal(first['Verify what clients will see'].outputs.accepted, 'true');

  const second = await night();
  assert.deepEqual(Object.keys(second), ['Update the mirror', 'Testing takes over', 'Tell what would change', 'Verify what clients will see']);
  assert.equal(second['Update the mirror'].outputs.moved, 'false');

  packages(debs, { name: 'hello', version: '1.1-1' });
  const third = await night();
  const plan = third['Tell what would change'];
  assert.deepEqual(JSON.parse(plan.outputs.differences), [{ name: 'hello', architecture: 'all', change: 'added', after: '1.1-1' }]);
  assert.match(plan.summary, /\| hello \| all \| added \| {2}\| 1\.1-1 \|/);
  assert.equal(third['Stable takes over'].outputs.moved, 'true');
  assert.equal(JSON.parse(third.Publish.outputs.result).outcome, 'published');
  const log = await (await Store.open(store)).envLog('stable');
  assert.deepEqual(log.map(({ actor, message }) => [actor, message]), [['ana', 'approved'], ['ana', 'approved']]);
});

test('outputs, annotations and the exit code', async (t) => {
  const { debs, store } = await place(t);
  const updated = await run({ command: 'update', store, mirror: 'inhouse', directory: debs, component: 'extra' });
  assert.equal(updated.code, 0, updated.printed);
  const { snapshot } = updated.outputs;
  assert.match(snapshot, /^[0-9a-f]{64}$/);
  assert.deepEqual(updated.annotations, [{ level: 'notice', title: 'reposnap update', message: `inhouse is at ${snapshot}` }]);
  for (const name of Object.keys(updated.outputs)) assert.ok(name in action.outputs, name);

  const dry = await run({ command: 'promote', store, environment: 'stable', rev: 'inhouse', create: 'true', 'dry-run': 'true' });
  assert.deepEqual([dry.outputs.moved, dry.outputs['would-move'], dry.outputs.snapshot], ['false', 'true', snapshot]);
  const opened = await Store.open(store);
  assert.deepEqual(await opened.envList(), []);
  const part = await run({ command: 'promote', store, environment: 'stable', rev: 'inhouse', create: 'true' });
  assert.equal(part.outputs.moved, 'true');
  packages(debs, { name: 'hello', version: '2' }, { name: 'tool', version: '2' });
  await run({ command: 'update', store, mirror: 'inhouse' });
  const some = await run({ command: 'promote', store, environment: 'stable', rev: 'inhouse', packages: 'tool\nnone' });
  const differences = JSON.parse(some.outputs.differences);
  assert.ok(differences.length > 0 && differences.every(({ name }) => name === 'tool'), some.outputs.differences);
});

test('what fails says what and where', async (t) => {
  const { path, debs, keyring, store } = await place(t);
  const fails = async (inputs, expected) => {
    const done = await run(inputs);
    assert.equal(done.code, 1, done.printed);
    const [error] = done.annotations.filter(({ level }) => level === 'error');
    for (const [key, value] of Object.entries(expected)) {
      if (value instanceof RegExp) assert.match(error[key], value);
      else assert.equal(error[key], value);
    }
    return done;
  };
  await fails({ command: '' }, { message: 'the action needs the input command' });
  await fails({ command: 'eat' }, { message: 'there is no command "eat": there are promote, publish, update, verify' });
  await fails({ command: 'promote', store }, { message: 'promote needs the input environment' });
  await fails({ command: 'promote', store, environment: 'a', rev: 'b' }, { title: 'not-found', file: store });
  await fails({ command: 'promote', store, environment: 'a', rev: 'b', create: 'yes' }, { title: 'not-found' });
  await run({ command: 'update', store, mirror: 'inhouse', directory: debs });
  await fails({ command: 'promote', store, environment: 'a', rev: 'inhouse', create: 'yes' }, { message: /create must be true or false/ });
  await fails({ command: 'publish', store, rev: 'inhouse', to: path, suite: 's', key: 'none', 'valid-for': 'long' }, { message: /valid-for must be a whole number/ });
  await fails({ command: 'update', store, mirror: 'a', url: 'http://localhost/', directory: debs }, { message: /not of both/ });
  await fails({ command: 'update', store, mirror: 'a', url: 'http://localhost/' }, { message: 'update with url needs the input suites' });

  const release = join(path, 'InRelease');
  writeFileSync(release, 'no signature\n%::error::forged\n');
  const verdict = await fails({ command: 'verify', file: release, keyring }, { file: release, title: /^framing-/ });
  assert.equal(verdict.outputs.accepted, 'false');
  assert.equal(JSON.parse(verdict.outputs.result).accepted, false);
  assert.equal(verdict.annotations.length, 1);
});

test('a mirror of an APT repository, and a job that is cancelled', async (t) => {
  const { certificate, keyring, store } = await place(t);
  let asked;
  const first = new Promise((resolve) => (asked = resolve));
  const server = createServer(() => asked());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const inputs = {
    command: 'update',
    store,
    mirror: 'debian',
    url: `http://127.0.0.1:${server.address().port}/debian`,
    suites: 'bookworm\n  bookworm-updates\n',
    components: 'main',
    architectures: 'amd64',
    'signed-by': keyring,
    packages: 'on-demand',
    threshold: '1',
  };
  const done = await run(inputs, {
    async during(started) {
      await first;
      started.kill('SIGINT');
    },
  });
  assert.deepEqual([done.code, done.annotations.at(-1).title], [1, 'cancelled'], done.printed);
  assert.ok(certificate.length > 0);
  const { config, snapshot } = await (await Store.open(store)).mirrorShow('debian');
  assert.deepEqual([config.suites, config.packages, snapshot], [['bookworm', 'bookworm-updates'], 'on-demand', undefined]);
});

test('the page tells of every input and output', () => {
  for (const name of [...Object.keys(action.inputs), ...Object.keys(action.outputs)]) {
    assert.ok(page.includes(`\`${name}\``) || ['command', 'actor'].includes(name), name);
  }
  for (const [, text] of page.matchAll(/```yaml\n(- uses[^]*?)```/g)) {
    for (const step of parse(text)) for (const name of Object.keys(step.with)) assert.ok(name in action.inputs, name);
  }
});

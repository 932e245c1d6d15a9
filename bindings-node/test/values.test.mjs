// Versions, queries, policies, keyrings.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { Keyring, Policy, Query, ReposnapError, Version, compareVersions, keyGenerate, keySign } from '../index.mjs';
import { folder, stocked } from './support/world.mjs';

const VERSIONS = ['1.0', '1.0-0', '0:1.0', '1.0~rc1-1', '1.0-1', '1:0.1', '1.10', '1.9', '1.0+b1', '1.0a', '2.36-9+deb12u8'];

test('versions compare as dpkg does', () => {
  for (const a of VERSIONS) {
    for (const b of VERSIONS) {
      const dpkg = ['lt', 'eq', 'gt'].find((word) => spawnSync('dpkg', ['--compare-versions', a, word, b]).status === 0);
      assert.equal(compareVersions(a, b), { lt: -1, eq: 0, gt: 1 }[dpkg], `${a} ${dpkg} ${b}`);
      assert.ok(new Version(a).satisfies(dpkg, b));
    }
  }
});

test('a version has parts, order and its spelling', () => {
  const version = new Version('1:2.36-9+deb12u8');
  assert.deepEqual([version.epoch, version.upstream, version.revision], [1, '2.36', '9+deb12u8']);
  assert.equal(`${version}`, '1:2.36-9+deb12u8');
  assert.equal(JSON.stringify({ version }), '{"version":"1:2.36-9+deb12u8"}');
  assert.equal(new Version('1.0').revision, undefined);
  assert.ok(new Version('1.0').equals('1.0-0'));
  const sorted = ['1.10', '1.9', '1.0~rc1', '1.0'].map((text) => new Version(text)).sort(Version.compare);
  assert.deepEqual(sorted.map(String), ['1.0~rc1', '1.0', '1.9', '1.10']);
});

test('what is no version is told', () => {
  assert.throws(() => new Version('1.0_1'), { kind: 'malformed', message: /'_' may not stand in an upstream version/ });
  assert.throws(() => new Version(''), { kind: 'malformed' });
  assert.throws(() => new Version(7), { kind: 'usage', field: 'version' });
  assert.throws(() => compareVersions('1', undefined), { kind: 'usage', field: 'b', message: /not undefined/ });
  assert.throws(() => new Version('1').satisfies('~', '1'), { kind: 'usage' });
});

test('queries', async (t) => {
  const query = new Query(' hello|tool (>= 1) ');
  assert.equal(`${query}`, `${new Query(`${query}`)}`);
  assert.deepEqual([query.needsStanza, query.names], [false, ['hello', 'tool']]);
  const like = (name, version) => ({ name, version, architecture: 'all' });
  assert.deepEqual([query.matches(like('hello', '1')), query.matches(like('tool', '0.9'))], [true, false]);
  assert.throws(() => new Query('hello (>= )'), { kind: 'usage', message: /^column 11 of the query/ });
  assert.throws(() => query.matches({ name: 'hello' }), { kind: 'usage', field: 'candidate.version' });

  const { store } = await stocked(t);
  const deep = new Query('Depends (% *libhello*)');
  assert.ok(deep.needsStanza);
  const passed = [];
  for await (const found of store.packages('inhouse', { stanzas: true })) if (deep.matches(found)) passed.push(found.name);
  assert.deepEqual(passed, (await store.search('inhouse', String(deep))).map(({ name }) => name));
  assert.deepEqual(passed, ['hello']);
  for await (const found of store.packages('inhouse')) {
    assert.throws(() => deep.matches(found), { kind: 'usage', field: 'candidate.stanza' });
  }
});

test('policies and keyrings judge signatures', async (t) => {
  const path = folder(t);
  const key = join(path, 'key.asc');
  const { fingerprint } = await keyGenerate('Ana <ana@example.org>', key);
  const { signature, certificate } = await keySign('the text\n', key);
  writeFileSync(join(path, 'keyring.asc'), certificate);

  for (const keyring of [new Keyring(certificate), new Keyring(join(path, 'keyring.asc'))]) {
    const [told] = await keyring.certificates();
    assert.deepEqual([told.fingerprint, told.user_ids], [fingerprint, ['Ana <ana@example.org>']]);
    const verdict = await keyring.verifyMessage(signature);
    assert.deepEqual([verdict.accepted, verdict.text], [true, 'the text\n']);
    const strict = new Policy({ threshold: 2 });
    const rejected = await keyring.verifyMessage(signature, { policy: strict });
    assert.deepEqual([rejected.accepted, rejected.rejected.rule], [false, 'too-few-signers']);
    const before = new Policy({ at: new Date('2001-01-01T00:00:00Z') });
    assert.equal((await keyring.verifyMessage(signature, { policy: before })).accepted, false);
  }
  await assert.rejects(new Keyring().certificates(), { kind: 'usage' });
  await assert.rejects(new Keyring(join(path, 'none.gpg')).certificates(), { kind: 'not-found', path: join(path, 'none.gpg') });
  assert.equal(readFileSync(key, 'utf8').includes('PRIVATE KEY'), true);
});

test('a policy says what it is', () => {
  const policy = new Policy({ threshold: 2, relax: ['valid-until', 'weak-key'] });
  const lines = `${policy}`.split('\n');
  for (const line of ['good signers needed: 2', 'weak-key: relaxed', 'valid-until: relaxed', 'bad-signature: enforced']) {
    assert.ok(lines.includes(line), `${line} is missing in\n${policy}`);
  }
  assert.throws(() => policy.relax.push('bad-signature'), TypeError);
  assert.throws(() => new Policy({ relax: ['unknown-key'] }), ReposnapError);
  assert.throws(() => new Policy({ relax: ['nonsense'] }), { kind: 'usage' });
  assert.throws(() => new Policy({ threshold: 0 }), { kind: 'usage' });
  assert.throws(() => new Policy({ threshhold: 2 }), { kind: 'usage', message: /threshhold/ });
});

// The packages as npm installs them, from files and without a network.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { packAll, prebuilt } from '../dev/pack.mjs';
import { folder } from './support/world.mjs';

const require = createRequire(import.meta.url);
const { platform } = require('../lib/platform.cjs');
const root = fileURLToPath(new URL('..', import.meta.url));
const addon = join(root, `reposnap.${platform()}.node`);

const PROGRAM = {
  'program.mjs': "import { Store, compareVersions } from 'reposnap';\n",
  'program.cjs': "const { Store, compareVersions } = require('reposnap');\n",
};
const BODY = `Store.memory().then(async (store) => {
  console.log(JSON.stringify([await store.mirrorList(), compareVersions('1.0~rc1', '1.0')]));
});\n`;

test('installed into an empty project', (t) => {
  const path = folder(t);
  const [main, native] = packAll(join(path, 'packed'), [addon]);
  const project = join(path, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', version: '1.0.0', private: true }));
  const npm = ['install', '--offline', '--no-audit', '--no-fund', '--cache', join(path, 'cache'), main, native];
  execFileSync('npm', npm, { cwd: project, stdio: ['ignore', 'ignore', 'pipe'] });
  for (const [name, text] of Object.entries(PROGRAM)) {
    writeFileSync(join(project, name), text + BODY);
    assert.equal(execFileSync(process.execPath, [name], { cwd: project, encoding: 'utf8' }), '[[],-1]\n', name);
  }

  const installed = join(project, 'node_modules', 'reposnap');
  assert.deepEqual(readdirSync(installed).filter((name) => /^(src|test|dev|build|Cargo)/.test(name)), []);
  assert.ok(existsSync(join(installed, 'LICENSE-MIT')));
  const own = join(project, 'node_modules', `reposnap-${platform()}`);
  assert.ok(existsSync(join(own, 'THIRD-PARTY.md')));
  assert.deepEqual(JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')).cpu, [process.arch]);

  // Without the package of the platform.
  rmSync(own, { recursive: true });
  const bare = spawnSync(process.execPath, ['program.cjs'], { cwd: project, encoding: 'utf8' });
  assert.notEqual(bare.status, 0);
  assert.match(bare.stderr, new RegExp(`reposnap has no addon for ${platform()}: .*npm install reposnap-${platform()}.*bindings-node/build`));
});

test('an addon that was built here is taken first', (t) => {
  const path = join(folder(t), 'reposnap');
  for (const name of ['index.cjs', 'lib', 'package.json']) cpSync(join(root, name), join(path, name), { recursive: true });
  cpSync(addon, join(path, `reposnap.${platform()}.node`));
  const run = spawnSync(process.execPath, ['-p', `require(${JSON.stringify(path)}).compareVersions('2', '1')`], { encoding: 'utf8' });
  assert.equal(run.stdout, '1\n', run.stderr);
});

test('every package of a platform says where it fits', () => {
  const { optionalDependencies, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const cargo = readFileSync(join(root, '..', 'Cargo.toml'), 'utf8');
  assert.equal(/^version = "(.*)"$/m.exec(cargo)[1], version, 'the crates and the package have one version');
  for (const [name, wanted] of Object.entries(optionalDependencies)) {
    assert.equal(wanted, version);
    const told = prebuilt(name.replace('reposnap-', ''));
    assert.equal(told.os.length + told.cpu.length, 2);
    assert.equal(told.os[0] === 'linux', 'libc' in told);
  }
  assert.throws(() => prebuilt('plan9-mips'), /no optional dependency/);
});

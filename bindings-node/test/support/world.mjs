// What the tests work on: folders that go away, packages that dpkg-deb made, stores of them.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Store } from '../../index.mjs';

/** A folder that is removed after the test `t`. */
export function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'reposnap-node-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Packages as dpkg-deb builds them, in `into`. */
export function packages(into, ...wanted) {
  for (const { name, version, depends } of wanted) {
    const tree = join(into, '.build');
    mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
    const control = [`Package: ${name}`, `Version: ${version}`, 'Architecture: all', 'Maintainer: Ana <ana@example.org>'];
    if (depends) control.push(`Depends: ${depends}`);
    control.push('Description: for a test', ' and nothing else', '');
    writeFileSync(join(tree, 'DEBIAN', 'control'), control.join('\n'));
    execFileSync('dpkg-deb', ['-Znone', '--root-owner-group', '-b', tree, join(into, `${name}_${version}_all.deb`)], {
      stdio: 'ignore',
    });
    rmSync(tree, { recursive: true });
  }
  return into;
}

/** A store with the mirror `inhouse` of a folder with three packages, updated. */
export async function stocked(t, options) {
  const path = folder(t);
  const directory = join(path, 'debs');
  mkdirSync(directory);
  packages(
    directory,
    { name: 'hello', version: '1.0-1', depends: 'libhello (>= 1.0)' },
    { name: 'libhello', version: '1.0-1' },
    { name: 'tool', version: '2:0.9~rc1-1' },
  );
  const store = await Store.openOrCreate(join(path, 'store'), options);
  t.after(() => store.close());
  await store.mirrorAddFolder('inhouse', directory);
  const { snapshot } = await store.mirrorUpdate('inhouse');
  return { path, directory, store, snapshot };
}

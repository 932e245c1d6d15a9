// Makes the npm packages to publish, as files: `node dev/pack.mjs INTO [ADDON...]`.
//
// INTO/reposnap-VERSION.tgz is the package that users ask for. Each ADDON, a file such as reposnap.linux-x64-gnu.node that
// `build --release` made on its platform, gives INTO/reposnap-PLATFORM-VERSION.tgz, which npm installs beside it where it
// fits: `os`, `cpu` and `libc` say where.

import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const LICENSES = ['LICENSE-APACHE', 'LICENSE-MIT'];
const LIBC = { gnu: 'glibc', musl: 'musl' };

/** What the package for a platform says of itself. */
export function prebuilt(platform) {
  const [os, cpu, libc] = platform.split('-');
  const name = `reposnap-${platform}`;
  if (!(name in main.optionalDependencies)) throw new Error(`package.json names no optional dependency ${name}`);
  return {
    name,
    version: main.optionalDependencies[name],
    description: `The native half of the package reposnap for ${platform}`,
    license: main.license,
    author: main.author,
    main: `reposnap.${platform}.node`,
    files: [`reposnap.${platform}.node`, 'THIRD-PARTY.md', ...LICENSES],
    engines: main.engines,
    os: [os],
    cpu: [cpu],
    ...(libc && { libc: [LIBC[libc]] }),
  };
}

function pack(folder, into) {
  for (const name of LICENSES) copyFileSync(join(root, '..', name), join(folder, name));
  const [made] = JSON.parse(execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', into], { cwd: folder }));
  return join(into, made.filename);
}

/** Makes the packages; their files. */
export function packAll(into, addons) {
  mkdirSync(into, { recursive: true });
  const stage = mkdtempSync(join(tmpdir(), 'reposnap-pack-'));
  try {
    const folder = join(stage, 'reposnap');
    mkdirSync(folder);
    const files = main.files.filter((name) => !LICENSES.includes(name));
    for (const name of ['package.json', ...files]) cpSync(join(root, name), join(folder, name), { recursive: true });
    const made = [pack(folder, into)];
    for (const addon of addons) {
      const [, platform] = /^reposnap\.(.+)\.node$/.exec(basename(addon)) ?? [];
      if (!platform) throw new Error(`${addon} is not named as an addon is: reposnap.PLATFORM.node`);
      const own = join(stage, platform);
      mkdirSync(own);
      const told = prebuilt(platform);
      writeFileSync(join(own, 'package.json'), `${JSON.stringify(told, null, 2)}\n`);
      writeFileSync(join(own, 'README.md'), `# ${told.name}\n\n${told.description}. Install \`reposnap\`, which brings it.\n`);
      copyFileSync(addon, join(own, basename(addon)));
      copyFileSync(join(root, '..', 'THIRD-PARTY.md'), join(own, 'THIRD-PARTY.md'));
      made.push(pack(own, into));
    }
    return made;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [into, ...addons] = process.argv.slice(2);
  if (!into) throw new Error('usage: node dev/pack.mjs INTO [ADDON...]');
  for (const file of packAll(resolve(into), addons)) console.log(file);
}

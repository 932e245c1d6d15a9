// What it costs to cross from Node: packages of a snapshot beside python-debian and python-apt over the same index, a
// package found in a store that was just opened, versions, and the size of the addon.
//
// `bindings-node/build --release && node benches/node.mjs` takes the lists that `apt-get update` left on this machine, and
// writes the section `Node` of docs/BENCHMARKS-FACES.md (`--to FILE` writes elsewhere). Seconds are wall time of the best of
// several runs, since other work on the machine can only add to it.

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Store, compareVersions } from '../bindings-node/index.mjs';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const { platform } = require('../bindings-node/lib/platform.cjs');
const RUNS = 5;

/** Milliseconds of the best of some runs of `work`, and what the last gave. */
async function best(work, runs = RUNS) {
  let least = Infinity;
  let given;
  for (let run = 0; run < runs; run++) {
    const start = process.hrtime.bigint();
    given = await work();
    least = Math.min(least, Number(process.hrtime.bigint() - start) / 1e6);
  }
  return { ms: least, given };
}

/** The same in Debian's own Python, which has the peers. */
function python(setup, body, file, runs) {
  const script = [
    'import sys, time',
    setup,
    'best = None',
    `for _ in range(${runs}):`,
    '    start = time.perf_counter()',
    ...body.map((line) => `    ${line}`),
    '    taken = time.perf_counter() - start',
    '    best = taken if best is None else min(best, taken)',
    'print(best * 1000, count)',
  ].join('\n');
  const { stdout, stderr, status } = spawnSync('/usr/bin/python3', ['-c', script, file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const [ms, given] = stdout.trim().split(' ').map(Number);
  return { ms, given };
}

async function index(store, file) {
  const out = createWriteStream(file);
  for await (const batch of store.packages('machine', { stanzas: true }).batches()) {
    out.write(batch.map(({ stanza }) => `${stanza}\n`).join(''));
  }
  out.end();
  await once(out, 'finish');
}

/** The length of the texts that are read, so that each run proves that it read them. */
async function one(iterable, read) {
  let count = 0;
  for await (const found of iterable) count += read(found);
  return count;
}

const keys = ({ name, version, architecture }) => name.length + version.length + architecture.length;
const KEYS = "s['Package']) + len(s['Version']) + len(s['Architecture'])";

async function measure(path) {
  const store = await Store.openOrCreate(join(path, 'store'));
  await store.mirrorAddSystem('machine');
  await store.mirrorUpdate('machine');
  const { packages } = await store.snapshotShow('machine');
  const file = join(path, 'Packages');
  await index(store, file);

  const rows = [];
  const walk = await best(() => one(store.packages('machine'), keys));
  const batches = await best(async () => {
    let count = 0;
    for await (const batch of store.packages('machine').batches()) for (const found of batch) count += keys(found);
    return count;
  });
  const whole = await best(() => one(store.packages('machine', { stanzas: true }), (found) => keys(found) + (found.get('Depends')?.length ?? 0)));
  const tag = 'for s in apt_pkg.TagFile(sys.argv[1]):';
  const apt = python('import apt_pkg; apt_pkg.init()', ['count = 0', tag, `    count += len(${KEYS}`], file, RUNS);
  const aptWhole = python('import apt_pkg; apt_pkg.init()', ['count = 0', tag, `    count += len(${KEYS} + len(s.get('Depends', ''))`], file, RUNS);
  const paragraphs = (pure) => `for s in Packages.iter_paragraphs(open(sys.argv[1], 'rb'), use_apt_pkg=${pure ? 'False' : 'True'}):`;
  const setup = 'from debian.deb822 import Packages';
  const debian = python(setup, ['count = 0', paragraphs(true), `    count += len(${KEYS}`], file, 1);
  const debianApt = python(setup, ['count = 0', paragraphs(false), `    count += len(${KEYS}`], file, 1);
  for (const { given } of [batches, apt, debian, debianApt]) {
    if (given !== walk.given) throw new Error(`not the same packages: ${given} and ${walk.given}`);
  }
  if (whole.given !== aptWhole.given) throw new Error('not the same fields');
  const ms = (value) => (value < 10 ? value.toFixed(1) : value.toFixed(0));
  const times = (peer, ours) => `${(peer.ms / ours.ms).toFixed(1)} x`;
  const verdict = (bar, met) => (met ? bar : `${bar}: missed`);
  const row = (work, ours, peer, name, bar, least = 0) =>
    rows.push(`| ${work} | ${ms(ours.ms)} ms | ${name}: ${ms(peer.ms)} ms | ${times(peer, ours)} | ${verdict(bar, peer.ms > least * ours.ms)} |`);
  row('name, version, architecture of each, `for await`', walk, debian, 'python-debian', '20 x', 20);
  row('the same', walk, debianApt, 'python-debian over apt_pkg', '');
  row('the same', walk, apt, 'python-apt', 'faster', 1);
  row('the same, in `batches()`', batches, apt, 'python-apt', 'faster', 1);
  row('and `Depends` of each stanza', whole, aptWhole, 'python-apt', 'faster', 1);

  const find = await best(async () => {
    const opened = await Store.open(join(path, 'store'));
    const found = await opened.search('machine', 'bash');
    opened.close();
    return found.length;
  }, 20);
  if (find.given !== 1) throw new Error('there is no bash');
  rows.push(`| open a store and find a package | ${ms(find.ms)} ms | | | ${verdict('5 ms', find.ms < 5)} |`);

  const versions = [];
  for await (const { version } of store.packages('machine')) versions.push(version);
  const pairs = versions.length - 1;
  const compared = await best(() => {
    let less = 0;
    for (let at = 0; at < pairs; at++) if (compareVersions(versions[at], versions[at + 1]) < 0) less += 1;
    return less;
  });
  writeFileSync(join(path, 'versions'), versions.join('\n'));
  const body = ['count = 0', 'for at in range(len(v) - 1):', '    count += apt_pkg.version_compare(v[at], v[at + 1]) < 0'];
  const aptCompared = python("import apt_pkg; apt_pkg.init(); v = open(sys.argv[1]).read().split('\\n')", body, join(path, 'versions'), RUNS);
  if (compared.given !== aptCompared.given) throw new Error('not the same order');
  const nanoseconds = ({ ms: total }) => `${((total * 1e6) / pairs).toFixed(0)} ns`;
  rows.push(`| compare two versions | ${nanoseconds(compared)} | apt_pkg.version_compare: ${nanoseconds(aptCompared)} | ${times(aptCompared, compared)} | |`);

  const load = await best(() => {
    const program = "const start = process.hrtime.bigint(); require(process.argv[1]); console.log(Number(process.hrtime.bigint() - start) / 1e6)";
    return Number(spawnSync(process.execPath, ['-e', program, join(root, 'bindings-node')], { encoding: 'utf8' }).stdout);
  });
  rows.push(`| load the package | ${ms(load.given)} ms | | | |`);
  const size = statSync(join(root, 'bindings-node', `reposnap.${platform()}.node`)).size;
  rows.push(`| size of the addon, stripped | ${(size / 1e6).toFixed(1)} MB | | | ${verdict('12 MB', size < 12e6)} |`);
  return { packages, rows };
}

const to = process.argv[2] === '--to' ? process.argv[3] : join(root, 'docs', 'BENCHMARKS-FACES.md');
const path = mkdtempSync(join(tmpdir(), 'reposnap-bench-'));
try {
  const { packages, rows } = await measure(path);
  const section = [
    '## Node',
    '',
    `\`node benches/node.mjs\`, over the ${packages} packages of a snapshot of this machine's apt; the peers read the same stanzas`,
    `from one uncompressed file. Node ${process.versions.node}; wall time of the best run.`,
    '',
    '| work | reposnap | peer | ratio | bar |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
  const page = existsSync(to) ? readFileSync(to, 'utf8') : '# Benchmarks of the faces\n\n';
  const others = page.split(/^(?=## )/m).filter((part) => !part.startsWith('## Node\n'));
  writeFileSync(to, `${others.join('').trimEnd()}\n\n${section}`);
  console.log(section);
} finally {
  rmSync(path, { recursive: true, force: true });
}

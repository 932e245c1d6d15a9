'use strict';
// The four commands. Each reads its inputs, does its work, and gives what to tell.

const { Store, verifyRelease } = require('../../../bindings-node/index.cjs');
const { InputError, annotate, boolean, integer, lines, required, text } = require('./github.cjs');

const actor = () => ({ actor: text('actor') });

/** Updates a mirror, which is added or set anew where the workflow says what it mirrors. */
async function update(following) {
  const name = required('update', 'mirror');
  const store = await Store.openOrCreate(required('update', 'store'), actor());
  const [url, directory] = [text('url'), text('directory')];
  if (url !== undefined && directory !== undefined) throw new InputError('a mirror is of a url or of a directory, not of both');
  if (url !== undefined) {
    const [suites, signedBy] = ['suites', 'signed-by'].map((input) => {
      required('update with url', input);
      return lines(input);
    });
    await store.mirrorAdd(name, url, suites, signedBy, {
      components: lines('components'),
      architectures: lines('architectures'),
      signers: lines('signers'),
      threshold: integer('threshold'),
      packages: text('packages'),
      filter: text('filter'),
      replace: true,
      ...following,
    });
  } else if (directory !== undefined) {
    await store.mirrorAddFolder(name, directory, { component: text('component'), replace: true, ...following });
  }
  const result = await store.mirrorUpdate(name, following);
  const { before, snapshot, changed } = result;
  // The first snapshot has nothing to differ from.
  const { differences } = changed && before ? await store.snapshotDiff(before, snapshot, following) : { differences: [] };
  return {
    result,
    outputs: { snapshot: snapshot ?? '', moved: changed },
    notice: changed ? `${name} is at ${snapshot}` : `${name} has nothing new`,
    differences,
  };
}

/** Moves an environment. */
async function promote(following) {
  const name = required('promote', 'environment');
  const rev = required('promote', 'rev');
  const store = await Store.open(required('promote', 'store'), actor());
  const result = await store.envPromote(name, rev, {
    packages: lines('packages'),
    create: boolean('create'),
    dryRun: boolean('dry-run'),
    message: text('message'),
    ...following,
  });
  const { before, after, moved, differences } = result;
  const count = `${differences.length} ${differences.length === 1 ? 'package differs' : 'packages differ'}`;
  let notice = `${name} was at ${after} already`;
  if (moved && before === null) notice = `${name} begins at ${after}`;
  else if (moved) notice = `${name} moved to ${after}; ${count}`;
  else if (before !== after) notice = `${name} would be at ${after}; ${count}`;
  const outputs = { snapshot: after, moved, 'would-move': before !== after, differences: JSON.stringify(differences) };
  return { result, outputs, notice, differences };
}

/** Publishes snapshots. */
async function publish(following) {
  const [to, suite, key] = ['to', 'suite', 'key'].map((input) => required('publish', input));
  required('publish', 'rev');
  const store = await Store.open(required('publish', 'store'), actor());
  const result = await store.publish(to, suite, key, {
    revs: lines('rev'),
    passwordFile: text('password-file'),
    origin: text('origin'),
    label: text('label'),
    codename: text('codename'),
    validFor: integer('valid-for'),
    compress: lines('compress'),
    architectures: lines('architectures'),
    ...following,
  });
  result.notes.forEach((note) => annotate('warning', note));
  return {
    result,
    outputs: { moved: result.outcome !== 'unchanged' },
    notice: `${suite} in ${to}: ${result.outcome}, ${result.added} packages added`,
  };
}

/** Verifies a Release file; one that does not hold fails the step. */
async function verify(following) {
  const file = required('verify', 'file');
  required('verify', 'keyring');
  const result = await verifyRelease(file, lines('keyring'), {
    signature: text('signature'),
    signers: lines('signers'),
    threshold: integer('threshold'),
    ...following,
  });
  result.notes.forEach((note) => annotate('warning', note, { file }));
  const { accepted, rejected, signers } = result;
  return {
    result,
    outputs: { accepted },
    notice: accepted ? `${file} holds, signed by ${signers.join(', ')}` : undefined,
    rejected,
  };
}

module.exports = { promote, publish, update, verify };

// Tells what would change if an environment moved to a snapshot, and moves it where it is told to.
//
// `node examples/node/changes.mjs STORE ENVIRONMENT REV [--move]`

import { ReposnapError, Store } from 'reposnap';

const [directory, environment, rev, move] = process.argv.slice(2);
if (rev === undefined) {
  console.error('usage: changes.mjs STORE ENVIRONMENT REV [--move]');
  process.exit(2);
}

// Ctrl-C ends what is under way, and nothing is left half done.
const controller = new AbortController();
process.once('SIGINT', () => controller.abort());

try {
  const store = await Store.open(directory);
  const options = { create: true, dryRun: move !== '--move', signal: controller.signal };
  const { before, after, moved, differences } = await store.environment(environment).promote(rev, options);
  for (const { change, name, architecture, before: old = '-', after: young = '-' } of differences) {
    console.log(change, name, architecture, old, young);
  }
  if (before === after) console.log(`${environment} is there already`);
  else console.log(`${environment} ${moved ? 'moved' : 'would move'} to ${after.slice(0, 12)}`);
} catch (error) {
  if (!(error instanceof ReposnapError)) throw error;
  console.error(`changes.mjs: ${error.message}`);
  process.exitCode = error.kind === 'cancelled' ? 130 : 2;
}

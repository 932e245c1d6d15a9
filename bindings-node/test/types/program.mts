// A program as a user writes it, for the compiler: what is right must pass, and what is wrong must not.

import {
  Keyring,
  Package,
  Policy,
  Query,
  ReposnapError,
  Store,
  Version,
  call,
  compareVersions,
  operations,
  verifyRelease,
  versionCompare,
} from 'reposnap';
import type { CallOptions, EnvPromoteOptions, Kind, ProgressEvent, documents } from 'reposnap';

export async function program(): Promise<void> {
  const store: Store = await Store.open('/srv/reposnap', { actor: 'ana', readOnly: false });
  const options: EnvPromoteOptions = { dryRun: true, packages: ['nginx'], message: undefined };
  const moved: documents.EnvPromote = await store.envPromote('stable', 'testing', options);
  const before: documents.Digest | null = moved.before;
  for (const { name, change, after } of moved.differences) {
    const word: 'added' | 'removed' | 'upgraded' | 'downgraded' | 'changed' = change;
    console.log(name, word, after?.length, before);
  }

  const { config } = await store.mirrorShow('debian');
  if (config.type === 'apt') console.log(config.uri, config.suites.join());
  else if (config.type === 'folder') console.log(config.directory);
  else console.log(config.root ?? '/');

  const onProgress = (event: ProgressEvent): void => {
    if (event.type === 'start') console.log(event.phase, event.total ?? '?', event.unit);
    else if (event.type === 'note') console.log(event.message);
  };
  const controller = new AbortController();
  const call_: CallOptions = { signal: controller.signal, onProgress };
  await store.mirrorUpdate('debian', call_);

  for await (const found of store.packages('stable', { query: new Query('nginx'), stanzas: true })) {
    const one: Package = found;
    const depends: string | undefined = one.get('Depends');
    console.log(`${one}`, depends);
  }
  for await (const batch of store.snapshot('stable').packages().batches()) console.log(batch.length);

  const verdict = await new Keyring('keyring.gpg', ['more.gpg']).verifyRelease('InRelease', {
    policy: new Policy({ threshold: 2, at: new Date() }),
  });
  console.log(verdict.accepted, verdict.rejected?.rule);
  console.log((await verifyRelease('InRelease', ['keyring.gpg'], { at: '2026-01-01T00:00:00Z' })).signers);

  const versions: Version[] = ['1.0', '1.1'].map((text) => new Version(text)).sort(compareVersions);
  const holds: boolean | undefined = (await versionCompare('1', '2', { operator: 'lt' })).holds;
  console.log(versions[0]?.satisfies('<<', '2'), holds, operations().length);

  try {
    const answer: unknown = await call('version compare', { a: '1', b: '2' });
    console.log(answer);
  } catch (error) {
    if (error instanceof ReposnapError) {
      const kind: Kind = error.kind;
      const code: string = error.code;
      console.log(kind, code, error.path, error.document.message);
    }
  }

  // @ts-expect-error A store is opened, not constructed.
  new Store();
  // @ts-expect-error There is no such option.
  await store.envLog('stable', { limt: 5 });
  // @ts-expect-error A name is a string.
  await store.envShow(5);
  // @ts-expect-error A query is needed.
  await store.search('stable');
  // @ts-expect-error There is no such rule of merging.
  await store.snapshotMerge(['a', 'b'], { rule: 'oldest' });
  // @ts-expect-error Documents have types.
  const wrong: number = moved.environment;
  // @ts-expect-error There is no such relation.
  new Version('1').satisfies('~', '2');
  // @ts-expect-error The words of kinds are known.
  const kind: Kind = 'other';
  console.log(wrong, kind);
  store.close();
}

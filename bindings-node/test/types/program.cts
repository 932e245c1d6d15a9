// The same package from CommonJS.

import reposnap = require('reposnap');

export async function program(): Promise<string[]> {
  const store = await reposnap.Store.memory();
  const environments: reposnap.documents.EnvShow[] = await store.envList();
  return environments.map(({ environment, change }) => (change.kind === 'promoted' ? change.from : environment));
}

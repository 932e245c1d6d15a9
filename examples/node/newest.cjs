'use strict';
// The newest version of each package of a snapshot that passes a query, with a field of its stanza. Goes through all
// packages and keeps one line for each name.
//
// `node examples/node/newest.cjs STORE REV QUERY [FIELD]`

const { Query, Store, compareVersions } = require('reposnap');

async function main([directory, rev, text, field = 'Section']) {
  if (text === undefined) throw new Error('usage: newest.cjs STORE REV QUERY [FIELD]');
  const query = new Query(text);
  const store = await Store.open(directory, { readOnly: true });
  const newest = new Map();
  for await (const found of store.packages(rev, { query, stanzas: true })) {
    const { name, version } = found;
    const known = newest.get(name);
    if (!known || compareVersions(version, known.version) > 0) newest.set(name, { version, value: found.get(field) });
  }
  for (const [name, { version, value = '-' }] of [...newest].sort()) console.log(name, version, value);
  store.close();
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 2;
});

import reposnap from './index.cjs';

export const {
  Environment,
  Keyring,
  Mirror,
  Package,
  Policy,
  Query,
  ReposnapError,
  Snapshot,
  Store,
  Version,
  call,
  compareVersions,
  operations,
} = reposnap;
export * from './lib/names.mjs';

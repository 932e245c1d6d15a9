'use strict';

const { ReposnapError } = require('./lib/errors.cjs');
const functions = require('./lib/functions.cjs');
const { Package } = require('./lib/packages.cjs');
const { Environment, Mirror, Snapshot, Store } = require('./lib/store.cjs');
const { Keyring, Policy, Query, Version, compareVersions } = require('./lib/values.cjs');

module.exports = {
  ...functions,
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
  compareVersions,
};

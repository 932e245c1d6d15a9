'use strict';
// Finds the addon: one that was built here (`bindings-node/build`), or else the package for this platform that npm
// installs beside this one. Every name is written out, so that bundlers find the file too (esbuild's
// `--loader:.node=copy`), and stands in a `try`, so that they leave out those that are not there.

const { platform } = require('./platform.cjs');

const PREBUILT = {
  'darwin-arm64': () => {
    try {
      return require('reposnap-darwin-arm64');
    } catch (error) {
      return missing(error);
    }
  },
  'linux-arm64-gnu': () => {
    try {
      return require('reposnap-linux-arm64-gnu');
    } catch (error) {
      return missing(error);
    }
  },
  'linux-x64-gnu': () => {
    try {
      return require('reposnap-linux-x64-gnu');
    } catch (error) {
      return missing(error);
    }
  },
  'linux-x64-musl': () => {
    try {
      return require('reposnap-linux-x64-musl');
    } catch (error) {
      return missing(error);
    }
  },
};

const BUILT = {
  'darwin-arm64': () => {
    try {
      return require('../reposnap.darwin-arm64.node');
    } catch (error) {
      return missing(error);
    }
  },
  'linux-arm64-gnu': () => {
    try {
      return require('../reposnap.linux-arm64-gnu.node');
    } catch (error) {
      return missing(error);
    }
  },
  'linux-x64-gnu': () => {
    try {
      return require('../reposnap.linux-x64-gnu.node');
    } catch (error) {
      return missing(error);
    }
  },
  'linux-x64-musl': () => {
    try {
      return require('../reposnap.linux-x64-musl.node');
    } catch (error) {
      return missing(error);
    }
  },
};

/** Nothing, where it is not there; one that is there and can't be loaded is an error of its own. */
function missing(error) {
  if (error.code === 'MODULE_NOT_FOUND') return undefined;
  throw error;
}

function load(name) {
  const native = BUILT[name]?.() ?? PREBUILT[name]?.();
  if (native) return native;
  if (!(name in PREBUILT)) {
    throw new Error(
      `reposnap has no addon for ${name}: there are those for ${Object.keys(PREBUILT).join(', ')}. ` +
        'Build one from the sources of reposnap with `bindings-node/build`, once its name is known to lib/native.cjs.',
    );
  }
  throw new Error(
    `reposnap has no addon for ${name}: none was built here, and the package reposnap-${name} is not installed. ` +
      `Install it (\`npm install reposnap-${name}\`; npm leaves it out with --omit=optional, and where a lock file was ` +
      'made on another platform), or build the addon from the sources of reposnap with `bindings-node/build`.',
  );
}

module.exports = { native: load(platform()) };

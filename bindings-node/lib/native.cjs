'use strict';
// Finds the addon: one that was built here (`bindings-node/build`), or the package for this platform that npm installs
// beside this one.

const fs = require('node:fs');
const path = require('node:path');

const { platform } = require('./platform.cjs');

function load(root, name) {
  const local = path.join(root, `reposnap.${name}.node`);
  if (fs.existsSync(local)) return require(local);
  const prebuilt = `reposnap-${name}`;
  try {
    return require(prebuilt);
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND' || !error.message.includes(prebuilt)) throw error;
    throw new Error(
      `reposnap has no addon for ${name}: ${local} does not exist, and the package ${prebuilt} is not installed. ` +
        `Install it (\`npm install ${prebuilt}\`; npm leaves it out with --omit=optional, and where a lock file was made ` +
        'on another platform), or build the addon from the sources of reposnap with `bindings-node/build`.',
      { cause: error },
    );
  }
}

module.exports = { load, native: load(path.join(__dirname, '..'), platform()) };

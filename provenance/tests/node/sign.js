'use strict';
// Makes a bundle of a payload as @sigstore/bundle builds it, signed by Node.
//   node sign.js PAYLOAD TYPE PRIVATE-KEY HINT
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');
const own = createRequire(path.join(process.env.NODE_FOLDER, 'package.json'));
const { bundleToJSON, toDSSEBundle } = own('@sigstore/bundle');
const { dsse } = createRequire(own.resolve('@sigstore/verify'))('@sigstore/core');

const [file, artifactType, key, keyHint] = process.argv.slice(2);
const artifact = fs.readFileSync(file);
const pae = dsse.preAuthEncoding(artifactType, artifact);
const signature = crypto.sign(null, pae, fs.readFileSync(key, 'utf8'));
process.stdout.write(JSON.stringify(bundleToJSON(toDSSEBundle({ artifact, artifactType, signature, keyHint })), null, 2));

'use strict';
// Verifies a bundle by a public key, as @sigstore/verify does, and prints what it attests.
//   node verify.js BUNDLE KEY HINT
const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');
const own = createRequire(path.join(process.env.NODE_FOLDER, 'package.json'));
const { bundleFromJSON } = own('@sigstore/bundle');
const { Verifier, toSignedEntity, toTrustMaterial } = own('@sigstore/verify');

const [file, key, hint] = process.argv.slice(2);
const bundle = bundleFromJSON(JSON.parse(fs.readFileSync(file, 'utf8')));
const rawBytes = fs.readFileSync(key, 'utf8').split('\n').filter((line) => !line.startsWith('-----')).join('');
const root = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
const trust = toTrustMaterial(root, { [hint]: { rawBytes: Buffer.from(rawBytes, 'base64') } });
const verifier = new Verifier(trust, { ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0 });
verifier.verify(toSignedEntity(bundle));
process.stdout.write(bundle.content.dsseEnvelope.payload);

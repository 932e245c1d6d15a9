// Attaches an artifact to an image: node attach.js HOST/NAME TAG TYPE PAYLOAD. Says its digest.
'use strict';

const oci = require('@sigstore/oci');

async function main([imageName, imageTag, mediaType, payload]) {
  const imageDigest = await oci.getImageDigest({ imageName, imageTag });
  const artifact = Buffer.from(payload);
  const annotations = { by: 'another' };
  const attached = await oci.attachArtifactToImage({ imageName, imageDigest, artifact, mediaType, annotations });
  process.stdout.write(attached.digest);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error, error.cause);
  process.exitCode = 1;
});

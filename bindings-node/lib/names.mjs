// Written by the crate reposnap-faces from the table of operations and docs/JSON.md: don't edit.
import functions from './functions.cjs';

export const {
  publishPrune,
  imageInspect,
  imageSignatures,
  imageReport,
  lockShow,
  lockDiff,
  lockExport,
  verifyRelease,
  verifyMessage,
  keyringShow,
  keyGenerate,
  keySign,
  versionCompare,
  stanzaParse,
  relationParse,
  sourcesParse,
  queryParse,
  debShow,
} = functions;

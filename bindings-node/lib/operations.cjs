// Written by the crate reposnap-faces from the table of operations and docs/JSON.md: don't edit.
'use strict';

const request = require('./request.cjs');

const { any, array, boolean, integer, map, string, time, word } = request;

const table = {
  mirrorAdd: {
    operation: 'mirror add',
    required: [
      { name: 'name', key: 'name', check: string },
      { name: 'url', key: 'url', check: string },
      { name: 'suites', key: 'suites', check: array(string) },
      { name: 'signedBy', key: 'signed_by', check: array(string) },
    ],
    optional: [
      { name: 'components', key: 'components', check: array(string) },
      { name: 'architectures', key: 'architectures', check: array(string) },
      { name: 'signers', key: 'signers', check: array(string) },
      { name: 'threshold', key: 'threshold', check: integer },
      { name: 'packages', key: 'packages', check: word('all', 'on-demand', 'none') },
      { name: 'filter', key: 'filter', check: string },
      { name: 'sources', key: 'sources', check: boolean },
      { name: 'translations', key: 'translations', check: array(string) },
      { name: 'contents', key: 'contents', check: boolean },
      { name: 'relax', key: 'relax', check: array(string) },
      { name: 'maxAge', key: 'max_age', check: integer },
      { name: 'replace', key: 'replace', check: boolean },
      { name: 'dryRun', key: 'dry_run', check: boolean },
    ],
  },
  mirrorAddSystem: {
    operation: 'mirror add-system',
    required: [
      { name: 'name', key: 'name', check: string },
    ],
    optional: [
      { name: 'root', key: 'root', check: string },
      { name: 'replace', key: 'replace', check: boolean },
      { name: 'dryRun', key: 'dry_run', check: boolean },
    ],
  },
  mirrorAddFolder: {
    operation: 'mirror add-folder',
    required: [
      { name: 'name', key: 'name', check: string },
      { name: 'directory', key: 'directory', check: string },
    ],
    optional: [
      { name: 'component', key: 'component', check: string },
      { name: 'replace', key: 'replace', check: boolean },
      { name: 'dryRun', key: 'dry_run', check: boolean },
    ],
  },
  mirrorUpdate: {
    operation: 'mirror update',
    required: [
      { name: 'name', key: 'name', check: string },
    ],
    optional: [
      { name: 'dryRun', key: 'dry_run', check: boolean },
    ],
  },
  mirrorList: {
    operation: 'mirror list',
    required: [
    ],
    optional: [
    ],
  },
  mirrorShow: {
    operation: 'mirror show',
    required: [
      { name: 'name', key: 'name', check: string },
    ],
    optional: [
    ],
  },
  snapshotList: {
    operation: 'snapshot list',
    required: [
    ],
    optional: [
    ],
  },
  snapshotShow: {
    operation: 'snapshot show',
    required: [
      { name: 'rev', key: 'rev', check: string },
    ],
    optional: [
      { name: 'packages', key: 'packages', check: boolean },
    ],
  },
  snapshotResolve: {
    operation: 'snapshot resolve',
    required: [
      { name: 'rev', key: 'rev', check: string },
    ],
    optional: [
    ],
  },
  snapshotDiff: {
    operation: 'snapshot diff',
    required: [
      { name: 'before', key: 'before', check: string },
      { name: 'after', key: 'after', check: string },
    ],
    optional: [
    ],
  },
  snapshotMerge: {
    operation: 'snapshot merge',
    required: [
      { name: 'revs', key: 'revs', check: array(string) },
    ],
    optional: [
      { name: 'rule', key: 'rule', check: word('precedence', 'newest', 'all') },
      { name: 'name', key: 'name', check: string },
      { name: 'dryRun', key: 'dry_run', check: boolean },
    ],
  },
  snapshotFilter: {
    operation: 'snapshot filter',
    required: [
      { name: 'rev', key: 'rev', check: string },
      { name: 'query', key: 'query', check: string },
    ],
    optional: [
      { name: 'name', key: 'name', check: string },
      { name: 'dryRun', key: 'dry_run', check: boolean },
    ],
  },
  snapshotPull: {
    operation: 'snapshot pull',
    required: [
      { name: 'into', key: 'into', check: string },
      { name: 'from', key: 'from', check: string },
      { name: 'queries', key: 'queries', check: array(string) },
    ],
    optional: [
      { name: 'withDeps', key: 'with_deps', check: boolean },
      { name: 'name', key: 'name', check: string },
      { name: 'dryRun', key: 'dry_run', check: boolean },
    ],
  },
  envCreate: {
    operation: 'env create',
    required: [
      { name: 'name', key: 'name', check: string },
      { name: 'rev', key: 'rev', check: string },
    ],
    optional: [
      { name: 'dryRun', key: 'dry_run', check: boolean },
      { name: 'message', key: 'message', check: string },
      { name: 'key', key: 'key', check: string },
      { name: 'passwordFile', key: 'password_file', check: string },
    ],
  },
  envList: {
    operation: 'env list',
    required: [
    ],
    optional: [
    ],
  },
  envShow: {
    operation: 'env show',
    required: [
      { name: 'name', key: 'name', check: string },
    ],
    optional: [
    ],
  },
  envLog: {
    operation: 'env log',
    required: [
      { name: 'name', key: 'name', check: string },
    ],
    optional: [
      { name: 'limit', key: 'limit', check: integer },
      { name: 'verify', key: 'verify', check: boolean },
    ],
  },
  envPromote: {
    operation: 'env promote',
    required: [
      { name: 'name', key: 'name', check: string },
      { name: 'rev', key: 'rev', check: string },
    ],
    optional: [
      { name: 'packages', key: 'packages', check: array(string) },
      { name: 'withDeps', key: 'with_deps', check: boolean },
      { name: 'create', key: 'create', check: boolean },
      { name: 'dryRun', key: 'dry_run', check: boolean },
      { name: 'message', key: 'message', check: string },
      { name: 'evidence', key: 'evidence', check: array(string) },
      { name: 'overrideReason', key: 'override_reason', check: string },
      { name: 'key', key: 'key', check: string },
      { name: 'passwordFile', key: 'password_file', check: string },
    ],
  },
  envRollback: {
    operation: 'env rollback',
    required: [
      { name: 'name', key: 'name', check: string },
    ],
    optional: [
      { name: 'to', key: 'to', check: string },
      { name: 'dryRun', key: 'dry_run', check: boolean },
      { name: 'message', key: 'message', check: string },
      { name: 'evidence', key: 'evidence', check: array(string) },
      { name: 'overrideReason', key: 'override_reason', check: string },
      { name: 'key', key: 'key', check: string },
      { name: 'passwordFile', key: 'password_file', check: string },
    ],
  },
  envPolicySet: {
    operation: 'env policy set',
    required: [
      { name: 'name', key: 'name', check: string },
    ],
    optional: [
      { name: 'file', key: 'file', check: string },
      { name: 'text', key: 'text', check: string },
      { name: 'dryRun', key: 'dry_run', check: boolean },
      { name: 'message', key: 'message', check: string },
      { name: 'key', key: 'key', check: string },
      { name: 'passwordFile', key: 'password_file', check: string },
    ],
  },
  envPolicyRemove: {
    operation: 'env policy remove',
    required: [
      { name: 'name', key: 'name', check: string },
    ],
    optional: [
      { name: 'dryRun', key: 'dry_run', check: boolean },
      { name: 'message', key: 'message', check: string },
      { name: 'key', key: 'key', check: string },
      { name: 'passwordFile', key: 'password_file', check: string },
    ],
  },
  envPolicyShow: {
    operation: 'env policy show',
    required: [
      { name: 'name', key: 'name', check: string },
    ],
    optional: [
    ],
  },
  envApprove: {
    operation: 'env approve',
    required: [
      { name: 'name', key: 'name', check: string },
      { name: 'rev', key: 'rev', check: string },
    ],
    optional: [
      { name: 'key', key: 'key', check: string },
      { name: 'passwordFile', key: 'password_file', check: string },
      { name: 'role', key: 'role', check: string },
      { name: 'comment', key: 'comment', check: string },
      { name: 'dryRun', key: 'dry_run', check: boolean },
    ],
  },
  publish: {
    operation: 'publish',
    required: [
      { name: 'to', key: 'to', check: string },
      { name: 'suite', key: 'suite', check: string },
      { name: 'key', key: 'key', check: string },
    ],
    optional: [
      { name: 'revs', key: 'revs', check: array(string) },
      { name: 'components', key: 'components', check: map(string) },
      { name: 'passwordFile', key: 'password_file', check: string },
      { name: 'codename', key: 'codename', check: string },
      { name: 'origin', key: 'origin', check: string },
      { name: 'label', key: 'label', check: string },
      { name: 'description', key: 'description', check: string },
      { name: 'suiteVersion', key: 'suite_version', check: string },
      { name: 'validFor', key: 'valid_for', check: integer },
      { name: 'notAutomatic', key: 'not_automatic', check: boolean },
      { name: 'butAutomaticUpgrades', key: 'but_automatic_upgrades', check: boolean },
      { name: 'signField', key: 'sign_field', check: boolean },
      { name: 'architectures', key: 'architectures', check: array(string) },
      { name: 'compress', key: 'compress', check: array(string) },
      { name: 'allowMissing', key: 'allow_missing', check: boolean },
      { name: 'resign', key: 'resign', check: boolean },
      { name: 'invalidate', key: 'invalidate', check: string },
      { name: 'dryRun', key: 'dry_run', check: boolean },
    ],
  },
  publishVerbatim: {
    operation: 'publish verbatim',
    required: [
      { name: 'rev', key: 'rev', check: string },
      { name: 'to', key: 'to', check: string },
    ],
    optional: [
      { name: 'allowMissing', key: 'allow_missing', check: boolean },
      { name: 'invalidate', key: 'invalidate', check: string },
      { name: 'dryRun', key: 'dry_run', check: boolean },
    ],
  },
  publishPrune: {
    operation: 'publish prune',
    required: [
      { name: 'directory', key: 'directory', check: string },
    ],
    optional: [
      { name: 'dryRun', key: 'dry_run', check: boolean },
    ],
  },
  search: {
    operation: 'search',
    required: [
      { name: 'rev', key: 'rev', check: string },
      { name: 'query', key: 'query', check: string },
    ],
    optional: [
      { name: 'stanzas', key: 'stanzas', check: boolean },
    ],
  },
  fetch: {
    operation: 'fetch',
    required: [
      { name: 'rev', key: 'rev', check: string },
    ],
    optional: [
      { name: 'query', key: 'query', check: string },
      { name: 'dryRun', key: 'dry_run', check: boolean },
    ],
  },
  resolve: {
    operation: 'resolve',
    required: [
      { name: 'rev', key: 'rev', check: string },
      { name: 'names', key: 'names', check: array(string) },
    ],
    optional: [
      { name: 'solver', key: 'solver', check: word('apt-classic', 'apt-3', 'closure') },
      { name: 'noRecommends', key: 'no_recommends', check: boolean },
      { name: 'also', key: 'also', check: array(string) },
      { name: 'architecture', key: 'architecture', check: string },
      { name: 'foreign', key: 'foreign', check: array(string) },
      { name: 'status', key: 'status', check: string },
      { name: 'pins', key: 'pins', check: array(string) },
      { name: 'defaultRelease', key: 'default_release', check: string },
    ],
  },
  why: {
    operation: 'why',
    required: [
      { name: 'rev', key: 'rev', check: string },
      { name: 'name', key: 'name', check: string },
      { name: 'names', key: 'names', check: array(string) },
    ],
    optional: [
      { name: 'solver', key: 'solver', check: word('apt-classic', 'apt-3', 'closure') },
      { name: 'noRecommends', key: 'no_recommends', check: boolean },
      { name: 'also', key: 'also', check: array(string) },
      { name: 'architecture', key: 'architecture', check: string },
      { name: 'foreign', key: 'foreign', check: array(string) },
      { name: 'status', key: 'status', check: string },
      { name: 'pins', key: 'pins', check: array(string) },
      { name: 'defaultRelease', key: 'default_release', check: string },
    ],
  },
  upgrade: {
    operation: 'upgrade',
    required: [
      { name: 'rev', key: 'rev', check: string },
    ],
    optional: [
      { name: 'full', key: 'full', check: boolean },
      { name: 'noRecommends', key: 'no_recommends', check: boolean },
      { name: 'also', key: 'also', check: array(string) },
      { name: 'architecture', key: 'architecture', check: string },
      { name: 'foreign', key: 'foreign', check: array(string) },
      { name: 'status', key: 'status', check: string },
      { name: 'pins', key: 'pins', check: array(string) },
      { name: 'defaultRelease', key: 'default_release', check: string },
    ],
  },
  buildDeps: {
    operation: 'build-deps',
    required: [
      { name: 'rev', key: 'rev', check: string },
      { name: 'names', key: 'names', check: array(string) },
    ],
    optional: [
      { name: 'solver', key: 'solver', check: word('apt-classic', 'apt-3', 'closure') },
      { name: 'profiles', key: 'profiles', check: array(string) },
      { name: 'archOnly', key: 'arch_only', check: boolean },
      { name: 'indepOnly', key: 'indep_only', check: boolean },
      { name: 'also', key: 'also', check: array(string) },
      { name: 'architecture', key: 'architecture', check: string },
      { name: 'foreign', key: 'foreign', check: array(string) },
      { name: 'status', key: 'status', check: string },
      { name: 'pins', key: 'pins', check: array(string) },
      { name: 'defaultRelease', key: 'default_release', check: string },
    ],
  },
  graph: {
    operation: 'graph',
    required: [
      { name: 'rev', key: 'rev', check: string },
      { name: 'names', key: 'names', check: array(string) },
    ],
    optional: [
      { name: 'reverse', key: 'reverse', check: boolean },
      { name: 'to', key: 'to', check: string },
      { name: 'depth', key: 'depth', check: integer },
      { name: 'kinds', key: 'kinds', check: array(string) },
      { name: 'format', key: 'format', check: word('json', 'counts', 'dot', 'mermaid', 'svg') },
      { name: 'also', key: 'also', check: array(string) },
      { name: 'architecture', key: 'architecture', check: string },
      { name: 'foreign', key: 'foreign', check: array(string) },
      { name: 'status', key: 'status', check: string },
      { name: 'pins', key: 'pins', check: array(string) },
      { name: 'defaultRelease', key: 'default_release', check: string },
    ],
  },
  check: {
    operation: 'check',
    required: [
      { name: 'rev', key: 'rev', check: string },
    ],
    optional: [
      { name: 'against', key: 'against', check: string },
      { name: 'allVersions', key: 'all_versions', check: boolean },
      { name: 'also', key: 'also', check: array(string) },
      { name: 'architecture', key: 'architecture', check: string },
      { name: 'foreign', key: 'foreign', check: array(string) },
    ],
  },
  imageInspect: {
    operation: 'image inspect',
    required: [
      { name: 'reference', key: 'reference', check: string },
    ],
    optional: [
      { name: 'platform', key: 'platform', check: string },
      { name: 'files', key: 'files', check: boolean },
      { name: 'rpmKeys', key: 'rpm_keys', check: array(string) },
      { name: 'plainHttp', key: 'plain_http', check: boolean },
      { name: 'noCache', key: 'no_cache', check: boolean },
    ],
  },
  imageMatch: {
    operation: 'image match',
    required: [
      { name: 'reference', key: 'reference', check: string },
    ],
    optional: [
      { name: 'platform', key: 'platform', check: string },
      { name: 'files', key: 'files', check: boolean },
      { name: 'rpmKeys', key: 'rpm_keys', check: array(string) },
      { name: 'plainHttp', key: 'plain_http', check: boolean },
      { name: 'noCache', key: 'no_cache', check: boolean },
    ],
  },
  imageDate: {
    operation: 'image date',
    required: [
      { name: 'reference', key: 'reference', check: string },
    ],
    optional: [
      { name: 'platform', key: 'platform', check: string },
      { name: 'files', key: 'files', check: boolean },
      { name: 'rpmKeys', key: 'rpm_keys', check: array(string) },
      { name: 'plainHttp', key: 'plain_http', check: boolean },
      { name: 'noCache', key: 'no_cache', check: boolean },
    ],
  },
  imageAudit: {
    operation: 'image audit',
    required: [
      { name: 'reference', key: 'reference', check: string },
      { name: 'rev', key: 'rev', check: string },
    ],
    optional: [
      { name: 'advisories', key: 'advisories', check: array(string) },
      { name: 'vex', key: 'vex', check: array(string) },
      { name: 'release', key: 'release', check: string },
      { name: 'ownMirrors', key: 'own_mirrors', check: array(string) },
      { name: 'at', key: 'at', check: time },
      { name: 'platform', key: 'platform', check: string },
      { name: 'files', key: 'files', check: boolean },
      { name: 'rpmKeys', key: 'rpm_keys', check: array(string) },
      { name: 'plainHttp', key: 'plain_http', check: boolean },
      { name: 'noCache', key: 'no_cache', check: boolean },
    ],
  },
  imageAttest: {
    operation: 'image attest',
    required: [
      { name: 'reference', key: 'reference', check: string },
      { name: 'key', key: 'key', check: string },
    ],
    optional: [
      { name: 'rev', key: 'rev', check: string },
      { name: 'builder', key: 'builder', check: string },
      { name: 'buildParameters', key: 'build_parameters', check: map(string) },
      { name: 'storeUrl', key: 'store_url', check: string },
      { name: 'attach', key: 'attach', check: boolean },
      { name: 'passwordFile', key: 'password_file', check: string },
      { name: 'at', key: 'at', check: time },
      { name: 'platform', key: 'platform', check: string },
      { name: 'files', key: 'files', check: boolean },
      { name: 'rpmKeys', key: 'rpm_keys', check: array(string) },
      { name: 'plainHttp', key: 'plain_http', check: boolean },
      { name: 'noCache', key: 'no_cache', check: boolean },
    ],
  },
  imageVerify: {
    operation: 'image verify',
    required: [
      { name: 'reference', key: 'reference', check: string },
      { name: 'policy', key: 'policy', check: string },
    ],
    optional: [
      { name: 'attestations', key: 'attestations', check: array(string) },
      { name: 'at', key: 'at', check: time },
      { name: 'platform', key: 'platform', check: string },
      { name: 'files', key: 'files', check: boolean },
      { name: 'rpmKeys', key: 'rpm_keys', check: array(string) },
      { name: 'plainHttp', key: 'plain_http', check: boolean },
      { name: 'noCache', key: 'no_cache', check: boolean },
    ],
  },
  imageSignatures: {
    operation: 'image signatures',
    required: [
      { name: 'reference', key: 'reference', check: string },
      { name: 'keys', key: 'keys', check: array(string) },
    ],
    optional: [
      { name: 'expected', key: 'expected', check: string },
      { name: 'signatures', key: 'signatures', check: array(string) },
      { name: 'at', key: 'at', check: time },
      { name: 'platform', key: 'platform', check: string },
      { name: 'files', key: 'files', check: boolean },
      { name: 'rpmKeys', key: 'rpm_keys', check: array(string) },
      { name: 'plainHttp', key: 'plain_http', check: boolean },
      { name: 'noCache', key: 'no_cache', check: boolean },
    ],
  },
  imageReport: {
    operation: 'image report',
    required: [
      { name: 'reports', key: 'reports', check: string },
      { name: 'format', key: 'format', check: word('text', 'json', 'sarif', 'junit', 'cyclonedx', 'spdx', 'html') },
    ],
    optional: [
    ],
  },
  fleetAdd: {
    operation: 'fleet add',
    required: [
      { name: 'reference', key: 'reference', check: string },
    ],
    optional: [
      { name: 'name', key: 'name', check: string },
      { name: 'dryRun', key: 'dry_run', check: boolean },
      { name: 'platform', key: 'platform', check: string },
      { name: 'files', key: 'files', check: boolean },
      { name: 'rpmKeys', key: 'rpm_keys', check: array(string) },
      { name: 'plainHttp', key: 'plain_http', check: boolean },
      { name: 'noCache', key: 'no_cache', check: boolean },
    ],
  },
  fleetList: {
    operation: 'fleet list',
    required: [
    ],
    optional: [
    ],
  },
  fleetAffected: {
    operation: 'fleet affected',
    required: [
      { name: 'name', key: 'name', check: string },
      { name: 'version', key: 'version', check: string },
    ],
    optional: [
      { name: 'by', key: 'by', check: word('any', 'binary', 'source') },
      { name: 'family', key: 'family', check: word('deb', 'rpm') },
      { name: 'system', key: 'system', check: string },
    ],
  },
  fleetStale: {
    operation: 'fleet stale',
    required: [
      { name: 'rev', key: 'rev', check: string },
    ],
    optional: [
      { name: 'since', key: 'since', check: string },
      { name: 'system', key: 'system', check: string },
    ],
  },
  fleetPlan: {
    operation: 'fleet plan',
    required: [
    ],
    optional: [
      { name: 'rev', key: 'rev', check: string },
      { name: 'since', key: 'since', check: string },
      { name: 'name', key: 'name', check: string },
      { name: 'version', key: 'version', check: string },
      { name: 'by', key: 'by', check: word('any', 'binary', 'source') },
      { name: 'family', key: 'family', check: word('deb', 'rpm') },
      { name: 'system', key: 'system', check: string },
    ],
  },
  lockCreate: {
    operation: 'lock create',
    required: [
      { name: 'rev', key: 'rev', check: string },
      { name: 'names', key: 'names', check: array(string) },
    ],
    optional: [
      { name: 'solver', key: 'solver', check: word('apt-classic', 'apt-3', 'closure') },
      { name: 'noRecommends', key: 'no_recommends', check: boolean },
      { name: 'architecture', key: 'architecture', check: string },
      { name: 'foreign', key: 'foreign', check: array(string) },
      { name: 'status', key: 'status', check: string },
      { name: 'pins', key: 'pins', check: array(string) },
      { name: 'defaultRelease', key: 'default_release', check: string },
    ],
  },
  lockShow: {
    operation: 'lock show',
    required: [
      { name: 'lock', key: 'lock', check: string },
    ],
    optional: [
    ],
  },
  lockDiff: {
    operation: 'lock diff',
    required: [
      { name: 'before', key: 'before', check: string },
      { name: 'after', key: 'after', check: string },
    ],
    optional: [
    ],
  },
  lockUpdate: {
    operation: 'lock update',
    required: [
      { name: 'lock', key: 'lock', check: string },
      { name: 'rev', key: 'rev', check: string },
    ],
    optional: [
      { name: 'only', key: 'only', check: array(string) },
      { name: 'status', key: 'status', check: string },
    ],
  },
  lockVerify: {
    operation: 'lock verify',
    required: [
      { name: 'lock', key: 'lock', check: string },
    ],
    optional: [
    ],
  },
  lockExport: {
    operation: 'lock export',
    required: [
      { name: 'lock', key: 'lock', check: string },
      { name: 'format', key: 'format', check: word('apt-pins', 'apt-install', 'uris', 'curl', 'sha256sums', 'cyclonedx', 'spdx') },
    ],
    optional: [
      { name: 'base', key: 'base', check: string },
      { name: 'published', key: 'published', check: boolean },
      { name: 'exclusive', key: 'exclusive', check: boolean },
      { name: 'name', key: 'name', check: string },
      { name: 'vendor', key: 'vendor', check: string },
      { name: 'distro', key: 'distro', check: string },
      { name: 'created', key: 'created', check: time },
    ],
  },
  lockBill: {
    operation: 'lock bill',
    required: [
      { name: 'lock', key: 'lock', check: string },
      { name: 'format', key: 'format', check: word('apt-pins', 'apt-install', 'uris', 'curl', 'sha256sums', 'cyclonedx', 'spdx') },
    ],
    optional: [
      { name: 'base', key: 'base', check: string },
      { name: 'published', key: 'published', check: boolean },
      { name: 'name', key: 'name', check: string },
      { name: 'vendor', key: 'vendor', check: string },
      { name: 'distro', key: 'distro', check: string },
      { name: 'created', key: 'created', check: time },
    ],
  },
  systemCompare: {
    operation: 'system compare',
    required: [
      { name: 'rev', key: 'rev', check: string },
    ],
    optional: [
      { name: 'root', key: 'root', check: string },
    ],
  },
  storeGc: {
    operation: 'store gc',
    required: [
    ],
    optional: [
      { name: 'keepLast', key: 'keep_last', check: integer },
      { name: 'keepDaily', key: 'keep_daily', check: integer },
      { name: 'keepWeekly', key: 'keep_weekly', check: integer },
      { name: 'keepMonthly', key: 'keep_monthly', check: integer },
      { name: 'keepWithin', key: 'keep_within', check: string },
      { name: 'keep', key: 'keep', check: array(string) },
      { name: 'locks', key: 'locks', check: array(string) },
      { name: 'grace', key: 'grace', check: string },
      { name: 'dryRun', key: 'dry_run', check: boolean },
    ],
  },
  storeCheck: {
    operation: 'store check',
    required: [
    ],
    optional: [
      { name: 'data', key: 'data', check: boolean },
      { name: 'repairFrom', key: 'repair_from', check: string },
      { name: 'repairUpstream', key: 'repair_upstream', check: boolean },
      { name: 'dryRun', key: 'dry_run', check: boolean },
    ],
  },
  storeStats: {
    operation: 'store stats',
    required: [
    ],
    optional: [
      { name: 'garbage', key: 'garbage', check: boolean },
    ],
  },
  storeCopy: {
    operation: 'store copy',
    required: [
      { name: 'to', key: 'to', check: string },
    ],
    optional: [
      { name: 'environments', key: 'environments', check: array(string) },
      { name: 'dryRun', key: 'dry_run', check: boolean },
    ],
  },
  storeMigrate: {
    operation: 'store migrate',
    required: [
    ],
    optional: [
      { name: 'dryRun', key: 'dry_run', check: boolean },
    ],
  },
  verifyRelease: {
    operation: 'verify release',
    required: [
      { name: 'file', key: 'file', check: string },
      { name: 'keyring', key: 'keyring', check: array(string) },
    ],
    optional: [
      { name: 'signature', key: 'signature', check: string },
      { name: 'at', key: 'at', check: time },
      { name: 'signers', key: 'signers', check: array(string) },
      { name: 'threshold', key: 'threshold', check: integer },
      { name: 'relax', key: 'relax', check: array(string) },
    ],
  },
  verifyMessage: {
    operation: 'verify message',
    required: [
      { name: 'message', key: 'message', check: string },
      { name: 'keyring', key: 'keyring', check: array(string) },
    ],
    optional: [
      { name: 'signature', key: 'signature', check: string },
      { name: 'at', key: 'at', check: time },
      { name: 'signers', key: 'signers', check: array(string) },
      { name: 'threshold', key: 'threshold', check: integer },
      { name: 'relax', key: 'relax', check: array(string) },
    ],
  },
  keyringShow: {
    operation: 'keyring show',
    required: [
      { name: 'keyring', key: 'keyring', check: array(string) },
    ],
    optional: [
      { name: 'at', key: 'at', check: time },
    ],
  },
  keyGenerate: {
    operation: 'key generate',
    required: [
      { name: 'userId', key: 'user_id', check: string },
      { name: 'output', key: 'output', check: string },
    ],
    optional: [
    ],
  },
  keySign: {
    operation: 'key sign',
    required: [
      { name: 'text', key: 'text', check: string },
      { name: 'key', key: 'key', check: string },
    ],
    optional: [
      { name: 'passwordFile', key: 'password_file', check: string },
      { name: 'detached', key: 'detached', check: boolean },
    ],
  },
  versionCompare: {
    operation: 'version compare',
    required: [
      { name: 'a', key: 'a', check: string },
      { name: 'b', key: 'b', check: string },
    ],
    optional: [
      { name: 'operator', key: 'operator', check: string },
    ],
  },
  stanzaParse: {
    operation: 'stanza parse',
    required: [
      { name: 'text', key: 'text', check: string },
    ],
    optional: [
    ],
  },
  relationParse: {
    operation: 'relation parse',
    required: [
      { name: 'value', key: 'value', check: string },
    ],
    optional: [
    ],
  },
  sourcesParse: {
    operation: 'sources parse',
    required: [
      { name: 'file', key: 'file', check: string },
      { name: 'text', key: 'text', check: string },
      { name: 'architecture', key: 'architecture', check: string },
    ],
    optional: [
    ],
  },
  queryParse: {
    operation: 'query parse',
    required: [
      { name: 'query', key: 'query', check: string },
    ],
    optional: [
    ],
  },
  debShow: {
    operation: 'deb show',
    required: [
      { name: 'file', key: 'file', check: string },
    ],
    optional: [
      { name: 'contents', key: 'contents', check: boolean },
    ],
  },
};

/** The operations on a store, as methods. */
class Operations {
  mirrorAdd(name, url, suites, signedBy, options) {
    return request.onStore(this, table.mirrorAdd, [name, url, suites, signedBy], options);
  }

  mirrorAddSystem(name, options) {
    return request.onStore(this, table.mirrorAddSystem, [name], options);
  }

  mirrorAddFolder(name, directory, options) {
    return request.onStore(this, table.mirrorAddFolder, [name, directory], options);
  }

  mirrorUpdate(name, options) {
    return request.onStore(this, table.mirrorUpdate, [name], options);
  }

  mirrorList(options) {
    return request.onStore(this, table.mirrorList, [], options);
  }

  mirrorShow(name, options) {
    return request.onStore(this, table.mirrorShow, [name], options);
  }

  snapshotList(options) {
    return request.onStore(this, table.snapshotList, [], options);
  }

  snapshotShow(rev, options) {
    return request.onStore(this, table.snapshotShow, [rev], options);
  }

  snapshotResolve(rev, options) {
    return request.onStore(this, table.snapshotResolve, [rev], options);
  }

  snapshotDiff(before, after, options) {
    return request.onStore(this, table.snapshotDiff, [before, after], options);
  }

  snapshotMerge(revs, options) {
    return request.onStore(this, table.snapshotMerge, [revs], options);
  }

  snapshotFilter(rev, query, options) {
    return request.onStore(this, table.snapshotFilter, [rev, query], options);
  }

  snapshotPull(into, from, queries, options) {
    return request.onStore(this, table.snapshotPull, [into, from, queries], options);
  }

  envCreate(name, rev, options) {
    return request.onStore(this, table.envCreate, [name, rev], options);
  }

  envList(options) {
    return request.onStore(this, table.envList, [], options);
  }

  envShow(name, options) {
    return request.onStore(this, table.envShow, [name], options);
  }

  envLog(name, options) {
    return request.onStore(this, table.envLog, [name], options);
  }

  envPromote(name, rev, options) {
    return request.onStore(this, table.envPromote, [name, rev], options);
  }

  envRollback(name, options) {
    return request.onStore(this, table.envRollback, [name], options);
  }

  envPolicySet(name, options) {
    return request.onStore(this, table.envPolicySet, [name], options);
  }

  envPolicyRemove(name, options) {
    return request.onStore(this, table.envPolicyRemove, [name], options);
  }

  envPolicyShow(name, options) {
    return request.onStore(this, table.envPolicyShow, [name], options);
  }

  envApprove(name, rev, options) {
    return request.onStore(this, table.envApprove, [name, rev], options);
  }

  publish(to, suite, key, options) {
    return request.onStore(this, table.publish, [to, suite, key], options);
  }

  publishVerbatim(rev, to, options) {
    return request.onStore(this, table.publishVerbatim, [rev, to], options);
  }

  search(rev, query, options) {
    return request.onStore(this, table.search, [rev, query], options);
  }

  fetch(rev, options) {
    return request.onStore(this, table.fetch, [rev], options);
  }

  resolve(rev, names, options) {
    return request.onStore(this, table.resolve, [rev, names], options);
  }

  why(rev, name, names, options) {
    return request.onStore(this, table.why, [rev, name, names], options);
  }

  upgrade(rev, options) {
    return request.onStore(this, table.upgrade, [rev], options);
  }

  buildDeps(rev, names, options) {
    return request.onStore(this, table.buildDeps, [rev, names], options);
  }

  graph(rev, names, options) {
    return request.onStore(this, table.graph, [rev, names], options);
  }

  check(rev, options) {
    return request.onStore(this, table.check, [rev], options);
  }

  imageMatch(reference, options) {
    return request.onStore(this, table.imageMatch, [reference], options);
  }

  imageDate(reference, options) {
    return request.onStore(this, table.imageDate, [reference], options);
  }

  imageAudit(reference, rev, options) {
    return request.onStore(this, table.imageAudit, [reference, rev], options);
  }

  imageAttest(reference, key, options) {
    return request.onStore(this, table.imageAttest, [reference, key], options);
  }

  imageVerify(reference, policy, options) {
    return request.onStore(this, table.imageVerify, [reference, policy], options);
  }

  fleetAdd(reference, options) {
    return request.onStore(this, table.fleetAdd, [reference], options);
  }

  fleetList(options) {
    return request.onStore(this, table.fleetList, [], options);
  }

  fleetAffected(name, version, options) {
    return request.onStore(this, table.fleetAffected, [name, version], options);
  }

  fleetStale(rev, options) {
    return request.onStore(this, table.fleetStale, [rev], options);
  }

  fleetPlan(options) {
    return request.onStore(this, table.fleetPlan, [], options);
  }

  lockCreate(rev, names, options) {
    return request.onStore(this, table.lockCreate, [rev, names], options);
  }

  lockUpdate(lock, rev, options) {
    return request.onStore(this, table.lockUpdate, [lock, rev], options);
  }

  lockVerify(lock, options) {
    return request.onStore(this, table.lockVerify, [lock], options);
  }

  lockBill(lock, format, options) {
    return request.onStore(this, table.lockBill, [lock, format], options);
  }

  systemCompare(rev, options) {
    return request.onStore(this, table.systemCompare, [rev], options);
  }

  storeGc(options) {
    return request.onStore(this, table.storeGc, [], options);
  }

  storeCheck(options) {
    return request.onStore(this, table.storeCheck, [], options);
  }

  storeStats(options) {
    return request.onStore(this, table.storeStats, [], options);
  }

  storeCopy(to, options) {
    return request.onStore(this, table.storeCopy, [to], options);
  }

  storeMigrate(options) {
    return request.onStore(this, table.storeMigrate, [], options);
  }
}

/** The operations that need no store, as functions. */
const functions = {
  publishPrune(directory, options) {
    return request.alone(table.publishPrune, [directory], options);
  },
  imageInspect(reference, options) {
    return request.alone(table.imageInspect, [reference], options);
  },
  imageSignatures(reference, keys, options) {
    return request.alone(table.imageSignatures, [reference, keys], options);
  },
  imageReport(reports, format, options) {
    return request.alone(table.imageReport, [reports, format], options);
  },
  lockShow(lock, options) {
    return request.alone(table.lockShow, [lock], options);
  },
  lockDiff(before, after, options) {
    return request.alone(table.lockDiff, [before, after], options);
  },
  lockExport(lock, format, options) {
    return request.alone(table.lockExport, [lock, format], options);
  },
  verifyRelease(file, keyring, options) {
    return request.alone(table.verifyRelease, [file, keyring], options);
  },
  verifyMessage(message, keyring, options) {
    return request.alone(table.verifyMessage, [message, keyring], options);
  },
  keyringShow(keyring, options) {
    return request.alone(table.keyringShow, [keyring], options);
  },
  keyGenerate(userId, output, options) {
    return request.alone(table.keyGenerate, [userId, output], options);
  },
  keySign(text, key, options) {
    return request.alone(table.keySign, [text, key], options);
  },
  versionCompare(a, b, options) {
    return request.alone(table.versionCompare, [a, b], options);
  },
  stanzaParse(text, options) {
    return request.alone(table.stanzaParse, [text], options);
  },
  relationParse(value, options) {
    return request.alone(table.relationParse, [value], options);
  },
  sourcesParse(file, text, architecture, options) {
    return request.alone(table.sourcesParse, [file, text, architecture], options);
  },
  queryParse(query, options) {
    return request.alone(table.queryParse, [query], options);
  },
  debShow(file, options) {
    return request.alone(table.debShow, [file], options);
  },
};

module.exports = { Operations, functions, table };

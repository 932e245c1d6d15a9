//! A method for each operation. Made from the table of operations: change that, and write this anew with
//! `UPDATE=1 cargo test -p reposnap-faces --test generated`.

// The parameters of an operation are as many as they are.
#![allow(clippy::too_many_arguments)]

use std::collections::HashMap;

use crate::documents::*;
use crate::failure::ReposnapError;
use crate::request::{Request, run};
use crate::store::Store;

#[uniffi::export]
impl Store {
    /// Adds a mirror of an APT repository. With the same settings again, nothing happens.
    ///
    /// - `name`: The mirror's name.
    /// - `url`: The repository's base URL: http, https or file.
    /// - `suites`: The suites; one that ends with `/` is a flat repository.
    /// - `signed_by`: The keys that sign the repository: keyring files, or armored blocks.
    /// - `components`: The components; all of the repository's where there are none.
    /// - `architectures`: The architectures; this machine's own where there are none.
    /// - `signers`: Of the keyring, the fingerprints that count; `!` at the end means just that subkey.
    /// - `threshold`: How many of the keys must have signed; 1 by default.
    /// - `packages`: When to fetch packages; `all`, with each update, by default.
    /// - `filter`: Keep only the packages that pass a query.
    /// - `sources`: Mirror source packages too.
    /// - `translations`: Mirror the translations of these languages too.
    /// - `contents`: Mirror the Contents indexes too.
    /// - `relax`: Relax rules of verification, by their names.
    /// - `max_age`: The greatest age, in days, of a Release without Valid-Until.
    /// - `replace`: Give a mirror of this name these settings, where it has others.
    /// - `dry_run`: Say what would change, and change nothing.
    #[uniffi::method(default(components = None, architectures = None, signers = None, threshold = None, packages = None, filter = None, sources = false, translations = None, contents = false, relax = None, max_age = None, replace = false, dry_run = false))]
    pub fn mirror_add(
        &self,
        name: String,
        url: String,
        suites: Vec<String>,
        signed_by: Vec<String>,
        components: Option<Vec<String>>,
        architectures: Option<Vec<String>>,
        signers: Option<Vec<String>>,
        threshold: Option<u64>,
        packages: Option<String>,
        filter: Option<String>,
        sources: bool,
        translations: Option<Vec<String>>,
        contents: bool,
        relax: Option<Vec<String>>,
        max_age: Option<u64>,
        replace: bool,
        dry_run: bool,
    ) -> Result<MirrorAdd, ReposnapError> {
        let mut request = Request::default();
        request.set("name", name);
        request.set("url", url);
        request.set("suites", suites);
        request.set("signed_by", signed_by);
        request.set("components", components);
        request.set("architectures", architectures);
        request.set("signers", signers);
        request.set("threshold", threshold);
        request.set("packages", packages);
        request.set("filter", filter);
        request.set("sources", sources);
        request.set("translations", translations);
        request.set("contents", contents);
        request.set("relax", relax);
        request.set("max_age", max_age);
        request.set("replace", replace);
        request.set("dry_run", dry_run);
        self.run("mirror add", request)
    }

    /// Adds a mirror of this machine's own APT sources, from the lists that `apt-get update` left.
    ///
    /// - `name`: The mirror's name.
    /// - `root`: The root folder of the machine; `/` by default.
    /// - `replace`: Give a mirror of this name these settings, where it has others.
    /// - `dry_run`: Say what would change, and change nothing.
    #[uniffi::method(default(root = None, replace = false, dry_run = false))]
    pub fn mirror_add_system(
        &self,
        name: String,
        root: Option<String>,
        replace: bool,
        dry_run: bool,
    ) -> Result<MirrorAddSystem, ReposnapError> {
        let mut request = Request::default();
        request.set("name", name);
        request.set("root", root);
        request.set("replace", replace);
        request.set("dry_run", dry_run);
        self.run("mirror add-system", request)
    }

    /// Adds a mirror of a folder of packages.
    ///
    /// - `name`: The mirror's name.
    /// - `directory`: The folder.
    /// - `component`: The component to put the packages in; `main` by default.
    /// - `replace`: Give a mirror of this name these settings, where it has others.
    /// - `dry_run`: Say what would change, and change nothing.
    #[uniffi::method(default(component = None, replace = false, dry_run = false))]
    pub fn mirror_add_folder(
        &self,
        name: String,
        directory: String,
        component: Option<String>,
        replace: bool,
        dry_run: bool,
    ) -> Result<MirrorAddFolder, ReposnapError> {
        let mut request = Request::default();
        request.set("name", name);
        request.set("directory", directory);
        request.set("component", component);
        request.set("replace", replace);
        request.set("dry_run", dry_run);
        self.run("mirror add-folder", request)
    }

    /// Updates a mirror; what it made is a new snapshot.
    ///
    /// - `name`: The mirror's name.
    /// - `dry_run`: Say whether there is something new, and write nothing: of an APT repository, only the Release files are asked for.
    #[uniffi::method(default(dry_run = false))]
    pub fn mirror_update(&self, name: String, dry_run: bool) -> Result<MirrorUpdate, ReposnapError> {
        let mut request = Request::default();
        request.set("name", name);
        request.set("dry_run", dry_run);
        self.run("mirror update", request)
    }

    /// Lists the mirrors.
    pub fn mirror_list(&self) -> Result<Vec<MirrorShow>, ReposnapError> {
        let request = Request::default();
        self.run("mirror list", request)
    }

    /// Shows a mirror.
    ///
    /// - `name`: The mirror's name.
    pub fn mirror_show(&self, name: String) -> Result<MirrorShow, ReposnapError> {
        let mut request = Request::default();
        request.set("name", name);
        self.run("mirror show", request)
    }

    /// Lists the snapshots of the store, and what leads to each.
    pub fn snapshot_list(&self) -> Result<Vec<Listed>, ReposnapError> {
        let request = Request::default();
        self.run("snapshot list", request)
    }

    /// Shows what a snapshot is.
    ///
    /// - `rev`: The snapshot.
    /// - `packages`: List its packages too.
    #[uniffi::method(default(packages = false))]
    pub fn snapshot_show(&self, rev: String, packages: bool) -> Result<SnapshotShow, ReposnapError> {
        let mut request = Request::default();
        request.set("rev", rev);
        request.set("packages", packages);
        self.run("snapshot show", request)
    }

    /// Finds the snapshot that a REV names.
    ///
    /// - `rev`: An environment, a mirror or a named snapshot, `~2` or `@TIME` behind it for an earlier state; or the first digits of a digest.
    pub fn snapshot_resolve(&self, rev: String) -> Result<SnapshotResolve, ReposnapError> {
        let mut request = Request::default();
        request.set("rev", rev);
        self.run("snapshot resolve", request)
    }

    /// Tells what differs between two snapshots.
    ///
    /// - `before`: The first snapshot.
    /// - `after`: The second snapshot.
    pub fn snapshot_diff(&self, before: String, after: String) -> Result<SnapshotDiff, ReposnapError> {
        let mut request = Request::default();
        request.set("before", before);
        request.set("after", after);
        self.run("snapshot diff", request)
    }

    /// Merges snapshots into a new one.
    ///
    /// - `revs`: The snapshots; by the rule `precedence`, the first that has a package wins.
    /// - `rule`: Which versions to keep; `precedence` by default.
    /// - `name`: A name for the result.
    /// - `dry_run`: Tell what would come out, and write nothing.
    #[uniffi::method(default(rule = None, name = None, dry_run = false))]
    pub fn snapshot_merge(
        &self,
        revs: Vec<String>,
        rule: Option<String>,
        name: Option<String>,
        dry_run: bool,
    ) -> Result<SnapshotMerge, ReposnapError> {
        let mut request = Request::default();
        request.set("revs", revs);
        request.set("rule", rule);
        request.set("name", name);
        request.set("dry_run", dry_run);
        self.run("snapshot merge", request)
    }

    /// Keeps the packages of a snapshot that pass a query, as a new one.
    ///
    /// - `rev`: The snapshot.
    /// - `query`: The query.
    /// - `name`: A name for the result.
    /// - `dry_run`: Tell what would come out, and write nothing.
    #[uniffi::method(default(name = None, dry_run = false))]
    pub fn snapshot_filter(
        &self,
        rev: String,
        query: String,
        name: Option<String>,
        dry_run: bool,
    ) -> Result<SnapshotFilter, ReposnapError> {
        let mut request = Request::default();
        request.set("rev", rev);
        request.set("query", query);
        request.set("name", name);
        request.set("dry_run", dry_run);
        self.run("snapshot filter", request)
    }

    /// Replaces named packages of a snapshot by those of another, and nothing else; the result is a new one.
    ///
    /// - `into`: The snapshot to alter; it stays as it is.
    /// - `from`: The snapshot that has the packages.
    /// - `queries`: Which packages, as queries.
    /// - `with_deps`: Take along what they need, and what has to move with them so that all that could be installed still can.
    /// - `name`: A name for the result.
    /// - `dry_run`: Tell what would come out, and write nothing.
    #[uniffi::method(default(with_deps = false, name = None, dry_run = false))]
    pub fn snapshot_pull(
        &self,
        into: String,
        from: String,
        queries: Vec<String>,
        with_deps: bool,
        name: Option<String>,
        dry_run: bool,
    ) -> Result<SnapshotPull, ReposnapError> {
        let mut request = Request::default();
        request.set("into", into);
        request.set("from", from);
        request.set("queries", queries);
        request.set("with_deps", with_deps);
        request.set("name", name);
        request.set("dry_run", dry_run);
        self.run("snapshot pull", request)
    }

    /// Creates an environment.
    ///
    /// - `name`: Its name.
    /// - `rev`: The snapshot that it begins with.
    /// - `dry_run`: Tell what the entry would be, and write nothing.
    /// - `message`: Why.
    /// - `key`: The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    /// - `password_file`: The file with the password of the key file.
    #[uniffi::method(default(dry_run = false, message = None, key = None, password_file = None))]
    pub fn env_create(
        &self,
        name: String,
        rev: String,
        dry_run: bool,
        message: Option<String>,
        key: Option<String>,
        password_file: Option<String>,
    ) -> Result<EnvCreate, ReposnapError> {
        let mut request = Request::default();
        request.set("name", name);
        request.set("rev", rev);
        request.set("dry_run", dry_run);
        request.set("message", message);
        request.set("key", key);
        request.set("password_file", password_file);
        self.run("env create", request)
    }

    /// Lists the environments, each with its newest entry.
    pub fn env_list(&self) -> Result<Vec<EnvCreate>, ReposnapError> {
        let request = Request::default();
        self.run("env list", request)
    }

    /// Shows the newest entry of an environment.
    ///
    /// - `name`: The environment.
    pub fn env_show(&self, name: String) -> Result<EnvCreate, ReposnapError> {
        let mut request = Request::default();
        request.set("name", name);
        self.run("env show", request)
    }

    /// Shows the history of an environment, newest first.
    ///
    /// - `name`: The environment.
    /// - `limit`: How many entries; 50 by default.
    /// - `verify`: Judge each of them again: signatures, evidence, ages, checks and the chain between them.
    #[uniffi::method(default(limit = None, verify = false))]
    pub fn env_log(&self, name: String, limit: Option<u64>, verify: bool) -> Result<Vec<EnvCreate>, ReposnapError> {
        let mut request = Request::default();
        request.set("name", name);
        request.set("limit", limit);
        request.set("verify", verify);
        self.run("env log", request)
    }

    /// Moves an environment to a snapshot, or takes over some of its packages.
    ///
    /// - `name`: The environment.
    /// - `rev`: The snapshot.
    /// - `packages`: Take over only the packages that pass one of these queries.
    /// - `with_deps`: Take along what these need, and what has to move with them so that all that could be installed still can.
    /// - `create`: Begin the environment where there is none.
    /// - `dry_run`: Tell what would change, and change nothing.
    /// - `message`: Why.
    /// - `evidence`: What speaks for it: `tests=FILE`, `tests:NAME=FILE` (reports in JUnit's XML), `approval=FILE` or `file:NAME=FILE`.
    /// - `override_reason`: Do it although something is missing, for this reason, where the policy allows that.
    /// - `key`: The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    /// - `password_file`: The file with the password of the key file.
    #[uniffi::method(default(packages = None, with_deps = false, create = false, dry_run = false, message = None, evidence = None, override_reason = None, key = None, password_file = None))]
    pub fn env_promote(
        &self,
        name: String,
        rev: String,
        packages: Option<Vec<String>>,
        with_deps: bool,
        create: bool,
        dry_run: bool,
        message: Option<String>,
        evidence: Option<Vec<String>>,
        override_reason: Option<String>,
        key: Option<String>,
        password_file: Option<String>,
    ) -> Result<EnvPromote, ReposnapError> {
        let mut request = Request::default();
        request.set("name", name);
        request.set("rev", rev);
        request.set("packages", packages);
        request.set("with_deps", with_deps);
        request.set("create", create);
        request.set("dry_run", dry_run);
        request.set("message", message);
        request.set("evidence", evidence);
        request.set("override_reason", override_reason);
        request.set("key", key);
        request.set("password_file", password_file);
        self.run("env promote", request)
    }

    /// Moves an environment back.
    ///
    /// - `name`: The environment.
    /// - `to`: Where to; by default the state before. Done again and again, that goes back further and further.
    /// - `dry_run`: Tell what the entry would be, and write nothing.
    /// - `message`: Why.
    /// - `evidence`: What speaks for it, where the policy says that rollbacks are judged too; as for `env promote`.
    /// - `override_reason`: Do it although something is missing, for this reason, where the policy allows that.
    /// - `key`: The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    /// - `password_file`: The file with the password of the key file.
    #[uniffi::method(default(to = None, dry_run = false, message = None, evidence = None, override_reason = None, key = None, password_file = None))]
    pub fn env_rollback(
        &self,
        name: String,
        to: Option<String>,
        dry_run: bool,
        message: Option<String>,
        evidence: Option<Vec<String>>,
        override_reason: Option<String>,
        key: Option<String>,
        password_file: Option<String>,
    ) -> Result<EnvRollback, ReposnapError> {
        let mut request = Request::default();
        request.set("name", name);
        request.set("to", to);
        request.set("dry_run", dry_run);
        request.set("message", message);
        request.set("evidence", evidence);
        request.set("override_reason", override_reason);
        request.set("key", key);
        request.set("password_file", password_file);
        self.run("env rollback", request)
    }

    /// Sets the policy of an environment: what has to be there before it moves. It is in force from that entry of its log on.
    ///
    /// - `name`: The environment.
    /// - `file`: The file with the policy; it may have those of other environments too.
    /// - `text`: The policy itself, instead of a file.
    /// - `dry_run`: Tell what the entry would be, and write nothing.
    /// - `message`: Why.
    /// - `key`: The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    /// - `password_file`: The file with the password of the key file.
    #[uniffi::method(default(file = None, text = None, dry_run = false, message = None, key = None, password_file = None))]
    pub fn env_policy_set(
        &self,
        name: String,
        file: Option<String>,
        text: Option<String>,
        dry_run: bool,
        message: Option<String>,
        key: Option<String>,
        password_file: Option<String>,
    ) -> Result<EnvCreate, ReposnapError> {
        let mut request = Request::default();
        request.set("name", name);
        request.set("file", file);
        request.set("text", text);
        request.set("dry_run", dry_run);
        request.set("message", message);
        request.set("key", key);
        request.set("password_file", password_file);
        self.run("env policy set", request)
    }

    /// Takes the policy of an environment away.
    ///
    /// - `name`: The environment.
    /// - `dry_run`: Tell what the entry would be, and write nothing.
    /// - `message`: Why.
    /// - `key`: The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    /// - `password_file`: The file with the password of the key file.
    #[uniffi::method(default(dry_run = false, message = None, key = None, password_file = None))]
    pub fn env_policy_remove(
        &self,
        name: String,
        dry_run: bool,
        message: Option<String>,
        key: Option<String>,
        password_file: Option<String>,
    ) -> Result<EnvCreate, ReposnapError> {
        let mut request = Request::default();
        request.set("name", name);
        request.set("dry_run", dry_run);
        request.set("message", message);
        request.set("key", key);
        request.set("password_file", password_file);
        self.run("env policy remove", request)
    }

    /// Shows the policy that is in force.
    ///
    /// - `name`: The environment.
    pub fn env_policy_show(&self, name: String) -> Result<EnvPolicyShow, ReposnapError> {
        let mut request = Request::default();
        request.set("name", name);
        self.run("env policy show", request)
    }

    /// Approves a snapshot for an environment: signs a statement that names both, and keeps it where promotions find it.
    ///
    /// - `name`: The environment.
    /// - `rev`: The snapshot that may go there; of packages that are taken over, the result, which a dry run of the promotion tells.
    /// - `key`: The key that signs: a file, or `gpg:FINGERPRINT` for a key of gpg-agent. Without one the statement is told, to be signed elsewhere with `gpg --clearsign`.
    /// - `password_file`: The file with the password of the key file.
    /// - `role`: As what you speak, such as `qa`.
    /// - `comment`: What there is to say, in one line.
    /// - `dry_run`: Sign, and keep nothing in the store.
    #[uniffi::method(default(key = None, password_file = None, role = None, comment = None, dry_run = false))]
    pub fn env_approve(
        &self,
        name: String,
        rev: String,
        key: Option<String>,
        password_file: Option<String>,
        role: Option<String>,
        comment: Option<String>,
        dry_run: bool,
    ) -> Result<EnvApprove, ReposnapError> {
        let mut request = Request::default();
        request.set("name", name);
        request.set("rev", rev);
        request.set("key", key);
        request.set("password_file", password_file);
        request.set("role", role);
        request.set("comment", comment);
        request.set("dry_run", dry_run);
        self.run("env approve", request)
    }

    /// Publishes snapshots as a signed tree that apt reads, in a directory that any web server can serve, or in a bucket.
    ///
    /// - `to`: The directory that a web server serves, or the URL of a bucket, such as `s3://BUCKET/PREFIX`.
    /// - `suite`: The suite, such as `stable`.
    /// - `key`: The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    /// - `revs`: The snapshots; each package stays in its component.
    /// - `components`: Snapshots by component: all packages of one go into that component.
    /// - `password_file`: The file with the password of the key file.
    /// - `codename`: The Codename; none by default.
    /// - `origin`: The Origin.
    /// - `label`: The Label.
    /// - `description`: The Description.
    /// - `suite_version`: The Version of the suite.
    /// - `valid_for`: For how many days the Release is valid.
    /// - `not_automatic`: Have apt install from it only when asked to.
    /// - `but_automatic_upgrades`: With `not_automatic`, have apt upgrade what was installed from it.
    /// - `sign_field`: Name the key in the Release, for apt to hold on to.
    /// - `architectures`: Architectures to name beside those that the snapshots have.
    /// - `compress`: The compressions of indexes: `gz`, `xz`, `zst`.
    /// - `allow_missing`: Publish though packages are missing in the store.
    /// - `resign`: Sign again though nothing changed.
    /// - `invalidate`: A program that tells a cache what changed: run where something was published, with the paths on its standard input, one on each line.
    /// - `dry_run`: Say what would be done, and do nothing: only the outcome is looked at, not what becomes of packages.
    #[uniffi::method(default(revs = None, components = None, password_file = None, codename = None, origin = None, label = None, description = None, suite_version = None, valid_for = None, not_automatic = false, but_automatic_upgrades = false, sign_field = false, architectures = None, compress = None, allow_missing = false, resign = false, invalidate = None, dry_run = false))]
    pub fn publish(
        &self,
        to: String,
        suite: String,
        key: String,
        revs: Option<Vec<String>>,
        components: Option<HashMap<String, String>>,
        password_file: Option<String>,
        codename: Option<String>,
        origin: Option<String>,
        label: Option<String>,
        description: Option<String>,
        suite_version: Option<String>,
        valid_for: Option<u64>,
        not_automatic: bool,
        but_automatic_upgrades: bool,
        sign_field: bool,
        architectures: Option<Vec<String>>,
        compress: Option<Vec<String>>,
        allow_missing: bool,
        resign: bool,
        invalidate: Option<String>,
        dry_run: bool,
    ) -> Result<Publication, ReposnapError> {
        let mut request = Request::default();
        request.set("to", to);
        request.set("suite", suite);
        request.set("key", key);
        request.set("revs", revs);
        request.set("components", components);
        request.set("password_file", password_file);
        request.set("codename", codename);
        request.set("origin", origin);
        request.set("label", label);
        request.set("description", description);
        request.set("suite_version", suite_version);
        request.set("valid_for", valid_for);
        request.set("not_automatic", not_automatic);
        request.set("but_automatic_upgrades", but_automatic_upgrades);
        request.set("sign_field", sign_field);
        request.set("architectures", architectures);
        request.set("compress", compress);
        request.set("allow_missing", allow_missing);
        request.set("resign", resign);
        request.set("invalidate", invalidate);
        request.set("dry_run", dry_run);
        self.run("publish", request)
    }

    /// Publishes an upstream's own indexes and signature, byte for byte.
    ///
    /// - `rev`: The snapshot of a mirror.
    /// - `to`: The directory that a web server serves, or the URL of a bucket, such as `s3://BUCKET/PREFIX`.
    /// - `allow_missing`: Publish though packages are missing in the store.
    /// - `invalidate`: A program that tells a cache what changed: run where something was published, with the paths on its standard input, one on each line.
    /// - `dry_run`: Say what would be done, and do nothing: only the outcome is looked at, not what becomes of packages.
    #[uniffi::method(default(allow_missing = false, invalidate = None, dry_run = false))]
    pub fn publish_verbatim(
        &self,
        rev: String,
        to: String,
        allow_missing: bool,
        invalidate: Option<String>,
        dry_run: bool,
    ) -> Result<Vec<Publication>, ReposnapError> {
        let mut request = Request::default();
        request.set("rev", rev);
        request.set("to", to);
        request.set("allow_missing", allow_missing);
        request.set("invalidate", invalidate);
        request.set("dry_run", dry_run);
        self.run("publish verbatim", request)
    }

    /// Finds the packages of a snapshot that pass a query.
    ///
    /// - `rev`: The snapshot.
    /// - `query`: The query.
    /// - `stanzas`: Give their stanzas too.
    #[uniffi::method(default(stanzas = false))]
    pub fn search(&self, rev: String, query: String, stanzas: bool) -> Result<Vec<Found>, ReposnapError> {
        let mut request = Request::default();
        request.set("rev", rev);
        request.set("query", query);
        request.set("stanzas", stanzas);
        self.run("search", request)
    }

    /// Fetches packages that a mirror left where they are.
    ///
    /// - `rev`: The snapshot.
    /// - `query`: Which packages; all by default.
    /// - `dry_run`: Say how much would be fetched, and fetch nothing.
    #[uniffi::method(default(query = None, dry_run = false))]
    pub fn fetch(&self, rev: String, query: Option<String>, dry_run: bool) -> Result<Fetch, ReposnapError> {
        let mut request = Request::default();
        request.set("rev", rev);
        request.set("query", query);
        request.set("dry_run", dry_run);
        self.run("fetch", request)
    }

    /// Finds the versions that packages bring along, as apt would choose.
    ///
    /// - `rev`: The snapshot.
    /// - `names`: The packages: `name`, `name:architecture`, `name=version` or `name/suite`.
    /// - `solver`: How to choose; `apt-classic` by default.
    /// - `no_recommends`: Do without what is only recommended.
    /// - `also`: Further snapshots whose packages may be taken, as by further lines of sources.list.
    /// - `architecture`: The machine's architecture; the snapshot's, or this machine's, by default.
    /// - `foreign`: Architectures that the machine takes packages of besides.
    /// - `status`: What is installed already: a status file of dpkg. Nothing by default.
    /// - `pins`: Files of preferences (apt_preferences(5)), the first one first.
    /// - `default_release`: The release whose packages are preferred (`APT::Default-Release`).
    #[uniffi::method(default(solver = None, no_recommends = false, also = None, architecture = None, foreign = None, status = None, pins = None, default_release = None))]
    pub fn resolve(
        &self,
        rev: String,
        names: Vec<String>,
        solver: Option<String>,
        no_recommends: bool,
        also: Option<Vec<String>>,
        architecture: Option<String>,
        foreign: Option<Vec<String>>,
        status: Option<String>,
        pins: Option<Vec<String>>,
        default_release: Option<String>,
    ) -> Result<Resolve, ReposnapError> {
        let mut request = Request::default();
        request.set("rev", rev);
        request.set("names", names);
        request.set("solver", solver);
        request.set("no_recommends", no_recommends);
        request.set("also", also);
        request.set("architecture", architecture);
        request.set("foreign", foreign);
        request.set("status", status);
        request.set("pins", pins);
        request.set("default_release", default_release);
        self.run("resolve", request)
    }

    /// Tells why a package comes along with others: the relations that lead to it.
    ///
    /// - `rev`: The snapshot.
    /// - `name`: The package to explain.
    /// - `names`: The packages that are asked for, as for `resolve`.
    /// - `solver`: How to choose; `apt-classic` by default.
    /// - `no_recommends`: Do without what is only recommended.
    /// - `also`: Further snapshots whose packages may be taken, as by further lines of sources.list.
    /// - `architecture`: The machine's architecture; the snapshot's, or this machine's, by default.
    /// - `foreign`: Architectures that the machine takes packages of besides.
    /// - `status`: What is installed already: a status file of dpkg. Nothing by default.
    /// - `pins`: Files of preferences (apt_preferences(5)), the first one first.
    /// - `default_release`: The release whose packages are preferred (`APT::Default-Release`).
    #[uniffi::method(default(solver = None, no_recommends = false, also = None, architecture = None, foreign = None, status = None, pins = None, default_release = None))]
    pub fn why(
        &self,
        rev: String,
        name: String,
        names: Vec<String>,
        solver: Option<String>,
        no_recommends: bool,
        also: Option<Vec<String>>,
        architecture: Option<String>,
        foreign: Option<Vec<String>>,
        status: Option<String>,
        pins: Option<Vec<String>>,
        default_release: Option<String>,
    ) -> Result<Why, ReposnapError> {
        let mut request = Request::default();
        request.set("rev", rev);
        request.set("name", name);
        request.set("names", names);
        request.set("solver", solver);
        request.set("no_recommends", no_recommends);
        request.set("also", also);
        request.set("architecture", architecture);
        request.set("foreign", foreign);
        request.set("status", status);
        request.set("pins", pins);
        request.set("default_release", default_release);
        self.run("why", request)
    }

    /// Finds what an upgrade of what is installed comes to, as apt would do it, and what is held back.
    ///
    /// - `rev`: The snapshot.
    /// - `full`: Install what is new and needed, and remove what stands in the way (`apt-get dist-upgrade`); by default neither (`apt-get upgrade`).
    /// - `no_recommends`: Do without what is only recommended.
    /// - `also`: Further snapshots whose packages may be taken, as by further lines of sources.list.
    /// - `architecture`: The machine's architecture; the snapshot's, or this machine's, by default.
    /// - `foreign`: Architectures that the machine takes packages of besides.
    /// - `status`: What is installed already: a status file of dpkg. Nothing by default.
    /// - `pins`: Files of preferences (apt_preferences(5)), the first one first.
    /// - `default_release`: The release whose packages are preferred (`APT::Default-Release`).
    #[uniffi::method(default(full = false, no_recommends = false, also = None, architecture = None, foreign = None, status = None, pins = None, default_release = None))]
    pub fn upgrade(
        &self,
        rev: String,
        full: bool,
        no_recommends: bool,
        also: Option<Vec<String>>,
        architecture: Option<String>,
        foreign: Option<Vec<String>>,
        status: Option<String>,
        pins: Option<Vec<String>>,
        default_release: Option<String>,
    ) -> Result<Upgrade, ReposnapError> {
        let mut request = Request::default();
        request.set("rev", rev);
        request.set("full", full);
        request.set("no_recommends", no_recommends);
        request.set("also", also);
        request.set("architecture", architecture);
        request.set("foreign", foreign);
        request.set("status", status);
        request.set("pins", pins);
        request.set("default_release", default_release);
        self.run("upgrade", request)
    }

    /// Finds the versions that building source packages needs, as `apt-get build-dep` would choose.
    ///
    /// - `rev`: The snapshot; it must have the sources.
    /// - `names`: The source packages: `name` or `name=version`.
    /// - `solver`: How to choose; `apt-classic` by default.
    /// - `profiles`: The build profiles that are on, such as `nocheck`.
    /// - `arch_only`: Build the packages of an architecture alone.
    /// - `indep_only`: Build the packages for all architectures alone.
    /// - `also`: Further snapshots whose packages may be taken, as by further lines of sources.list.
    /// - `architecture`: The machine's architecture; the snapshot's, or this machine's, by default.
    /// - `foreign`: Architectures that the machine takes packages of besides.
    /// - `status`: What is installed already: a status file of dpkg. Nothing by default.
    /// - `pins`: Files of preferences (apt_preferences(5)), the first one first.
    /// - `default_release`: The release whose packages are preferred (`APT::Default-Release`).
    #[uniffi::method(default(solver = None, profiles = None, arch_only = false, indep_only = false, also = None, architecture = None, foreign = None, status = None, pins = None, default_release = None))]
    pub fn build_deps(
        &self,
        rev: String,
        names: Vec<String>,
        solver: Option<String>,
        profiles: Option<Vec<String>>,
        arch_only: bool,
        indep_only: bool,
        also: Option<Vec<String>>,
        architecture: Option<String>,
        foreign: Option<Vec<String>>,
        status: Option<String>,
        pins: Option<Vec<String>>,
        default_release: Option<String>,
    ) -> Result<Resolve, ReposnapError> {
        let mut request = Request::default();
        request.set("rev", rev);
        request.set("names", names);
        request.set("solver", solver);
        request.set("profiles", profiles);
        request.set("arch_only", arch_only);
        request.set("indep_only", indep_only);
        request.set("also", also);
        request.set("architecture", architecture);
        request.set("foreign", foreign);
        request.set("status", status);
        request.set("pins", pins);
        request.set("default_release", default_release);
        self.run("build-deps", request)
    }

    /// Tells what packages depend on, or what depends on them: as a document, a count or a picture.
    ///
    /// - `rev`: The snapshot.
    /// - `names`: The packages, or names that packages provide: `name` or `name:architecture`.
    /// - `reverse`: Who depends on them, instead of what they depend on.
    /// - `to`: The shortest chains to this package, instead of all around; with `reverse`, from it.
    /// - `depth`: How many relations away at most; no limit by default.
    /// - `kinds`: Which relations, by the names of their fields; `pre-depends` and `depends` by default.
    /// - `format`: How it is given; `json` by default.
    /// - `also`: Further snapshots whose packages may be taken, as by further lines of sources.list.
    /// - `architecture`: The machine's architecture; the snapshot's, or this machine's, by default.
    /// - `foreign`: Architectures that the machine takes packages of besides.
    /// - `status`: What is installed already: a status file of dpkg. Nothing by default.
    /// - `pins`: Files of preferences (apt_preferences(5)), the first one first.
    /// - `default_release`: The release whose packages are preferred (`APT::Default-Release`).
    #[uniffi::method(default(reverse = false, to = None, depth = None, kinds = None, format = None, also = None, architecture = None, foreign = None, status = None, pins = None, default_release = None))]
    pub fn graph(
        &self,
        rev: String,
        names: Vec<String>,
        reverse: bool,
        to: Option<String>,
        depth: Option<u64>,
        kinds: Option<Vec<String>>,
        format: Option<String>,
        also: Option<Vec<String>>,
        architecture: Option<String>,
        foreign: Option<Vec<String>>,
        status: Option<String>,
        pins: Option<Vec<String>>,
        default_release: Option<String>,
    ) -> Result<Graph, ReposnapError> {
        let mut request = Request::default();
        request.set("rev", rev);
        request.set("names", names);
        request.set("reverse", reverse);
        request.set("to", to);
        request.set("depth", depth);
        request.set("kinds", kinds);
        request.set("format", format);
        request.set("also", also);
        request.set("architecture", architecture);
        request.set("foreign", foreign);
        request.set("status", status);
        request.set("pins", pins);
        request.set("default_release", default_release);
        self.run("graph", request)
    }

    /// Finds the packages of a snapshot that nobody can install, and why; beside another, what the change breaks and repairs.
    ///
    /// - `rev`: The snapshot.
    /// - `against`: A snapshot to compare with, such as the environment before a promotion: only what could be installed from it, or was not there, is told.
    /// - `all_versions`: Look at all versions, not only at the newest of each package.
    /// - `also`: Further snapshots whose packages may be taken, as by further lines of sources.list.
    /// - `architecture`: The machine's architecture; the snapshot's, or this machine's, by default.
    /// - `foreign`: Architectures that the machine takes packages of besides.
    #[uniffi::method(default(against = None, all_versions = false, also = None, architecture = None, foreign = None))]
    pub fn check(
        &self,
        rev: String,
        against: Option<String>,
        all_versions: bool,
        also: Option<Vec<String>>,
        architecture: Option<String>,
        foreign: Option<Vec<String>>,
    ) -> Result<Check, ReposnapError> {
        let mut request = Request::default();
        request.set("rev", rev);
        request.set("against", against);
        request.set("all_versions", all_versions);
        request.set("also", also);
        request.set("architecture", architecture);
        request.set("foreign", foreign);
        self.run("check", request)
    }

    /// Tells of every package of an image which snapshots have had exactly it, and which are from nowhere.
    ///
    /// - `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
    /// - `platform`: Which image of an index, such as `linux/arm64`; this machine's by default.
    /// - `files`: Compare every file with what its package says of it; all of the image is hashed then.
    /// - `rpm_keys`: Keyrings of those who sign the rpms.
    /// - `plain_http`: Talk to the registry without TLS where it has none, though others may listen.
    /// - `no_cache`: Read all layers, also those that were read before.
    #[uniffi::method(default(platform = None, files = false, rpm_keys = None, plain_http = false, no_cache = false))]
    pub fn image_match(
        &self,
        reference: String,
        platform: Option<String>,
        files: bool,
        rpm_keys: Option<Vec<String>>,
        plain_http: bool,
        no_cache: bool,
    ) -> Result<ImageMatch, ReposnapError> {
        let mut request = Request::default();
        request.set("reference", reference);
        request.set("platform", platform);
        request.set("files", files);
        request.set("rpm_keys", rpm_keys);
        request.set("plain_http", plain_http);
        request.set("no_cache", no_cache);
        self.run("image match", request)
    }

    /// Tells from which snapshots an image and each of its layers can be, by their packages.
    ///
    /// - `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
    /// - `platform`: Which image of an index, such as `linux/arm64`; this machine's by default.
    /// - `files`: Compare every file with what its package says of it; all of the image is hashed then.
    /// - `rpm_keys`: Keyrings of those who sign the rpms.
    /// - `plain_http`: Talk to the registry without TLS where it has none, though others may listen.
    /// - `no_cache`: Read all layers, also those that were read before.
    #[uniffi::method(default(platform = None, files = false, rpm_keys = None, plain_http = false, no_cache = false))]
    pub fn image_date(
        &self,
        reference: String,
        platform: Option<String>,
        files: bool,
        rpm_keys: Option<Vec<String>>,
        plain_http: bool,
        no_cache: bool,
    ) -> Result<ImageDate, ReposnapError> {
        let mut request = Request::default();
        request.set("reference", reference);
        request.set("platform", platform);
        request.set("files", files);
        request.set("rpm_keys", rpm_keys);
        request.set("plain_http", plain_http);
        request.set("no_cache", no_cache);
        self.run("image date", request)
    }

    /// Holds an image against an environment: what is outdated and since when, what is from nowhere, and who holds it back.
    ///
    /// - `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
    /// - `rev`: The environment, or any other name of a snapshot.
    /// - `advisories`: Security advisories, by path or URL: the Debian security tracker's JSON, OSV, or updateinfo files.
    /// - `vex`: OpenVEX documents that state which of them don't concern the image, by path or URL.
    /// - `release`: The release that updateinfo files are of, such as `fedora:41`.
    /// - `own_mirrors`: The mirrors of one's own packages: that no advisories are about those is no doubt.
    /// - `at`: The moment that ages are counted to; now by default.
    /// - `platform`: Which image of an index, such as `linux/arm64`; this machine's by default.
    /// - `files`: Compare every file with what its package says of it; all of the image is hashed then.
    /// - `rpm_keys`: Keyrings of those who sign the rpms.
    /// - `plain_http`: Talk to the registry without TLS where it has none, though others may listen.
    /// - `no_cache`: Read all layers, also those that were read before.
    #[uniffi::method(default(advisories = None, vex = None, release = None, own_mirrors = None, at = None, platform = None, files = false, rpm_keys = None, plain_http = false, no_cache = false))]
    pub fn image_audit(
        &self,
        reference: String,
        rev: String,
        advisories: Option<Vec<String>>,
        vex: Option<Vec<String>>,
        release: Option<String>,
        own_mirrors: Option<Vec<String>>,
        at: Option<String>,
        platform: Option<String>,
        files: bool,
        rpm_keys: Option<Vec<String>>,
        plain_http: bool,
        no_cache: bool,
    ) -> Result<Report, ReposnapError> {
        let mut request = Request::default();
        request.set("reference", reference);
        request.set("rev", rev);
        request.set("advisories", advisories);
        request.set("vex", vex);
        request.set("release", release);
        request.set("own_mirrors", own_mirrors);
        request.set("at", at);
        request.set("platform", platform);
        request.set("files", files);
        request.set("rpm_keys", rpm_keys);
        request.set("plain_http", plain_http);
        request.set("no_cache", no_cache);
        self.run("image audit", request)
    }

    /// Attests what is in an image and from which snapshots, signed; attached to the image where that is asked for.
    ///
    /// - `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
    /// - `key`: The key: a file with a private key in PEM (Ed25519 or P-256), one with an OpenPGP key, or `gpg:FINGERPRINT` for one that gpg-agent has.
    /// - `rev`: The environment that the image is held against; its verdict goes into the attestation.
    /// - `builder`: Who built the image, as a URI: SLSA provenance is attested as well.
    /// - `build_parameters`: For SLSA provenance, what the build was given.
    /// - `store_url`: Where others find the store, as a URL, for the snapshots in SLSA provenance.
    /// - `attach`: Attach what was attested to the image.
    /// - `password_file`: A file with the OpenPGP key's password.
    /// - `at`: When it is attested; now by default.
    /// - `platform`: Which image of an index, such as `linux/arm64`; this machine's by default.
    /// - `files`: Compare every file with what its package says of it; all of the image is hashed then.
    /// - `rpm_keys`: Keyrings of those who sign the rpms.
    /// - `plain_http`: Talk to the registry without TLS where it has none, though others may listen.
    /// - `no_cache`: Read all layers, also those that were read before.
    #[uniffi::method(default(rev = None, builder = None, build_parameters = None, store_url = None, attach = false, password_file = None, at = None, platform = None, files = false, rpm_keys = None, plain_http = false, no_cache = false))]
    pub fn image_attest(
        &self,
        reference: String,
        key: String,
        rev: Option<String>,
        builder: Option<String>,
        build_parameters: Option<HashMap<String, String>>,
        store_url: Option<String>,
        attach: bool,
        password_file: Option<String>,
        at: Option<String>,
        platform: Option<String>,
        files: bool,
        rpm_keys: Option<Vec<String>>,
        plain_http: bool,
        no_cache: bool,
    ) -> Result<ImageAttest, ReposnapError> {
        let mut request = Request::default();
        request.set("reference", reference);
        request.set("key", key);
        request.set("rev", rev);
        request.set("builder", builder);
        request.set("build_parameters", build_parameters);
        request.set("store_url", store_url);
        request.set("attach", attach);
        request.set("password_file", password_file);
        request.set("at", at);
        request.set("platform", platform);
        request.set("files", files);
        request.set("rpm_keys", rpm_keys);
        request.set("plain_http", plain_http);
        request.set("no_cache", no_cache);
        self.run("image attest", request)
    }

    /// Tells whether a policy accepts an image, by what trusted keys attested of it.
    ///
    /// - `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
    /// - `policy`: The policy's file.
    /// - `attestations`: Attestations, beside those that are attached to the image: files, or the JSON of a bundle, an envelope or several, line by line, which a `{` begins.
    /// - `at`: The moment that ages are counted to; now by default.
    /// - `platform`: Which image of an index, such as `linux/arm64`; this machine's by default.
    /// - `files`: Compare every file with what its package says of it; all of the image is hashed then.
    /// - `rpm_keys`: Keyrings of those who sign the rpms.
    /// - `plain_http`: Talk to the registry without TLS where it has none, though others may listen.
    /// - `no_cache`: Read all layers, also those that were read before.
    #[uniffi::method(default(attestations = None, at = None, platform = None, files = false, rpm_keys = None, plain_http = false, no_cache = false))]
    pub fn image_verify(
        &self,
        reference: String,
        policy: String,
        attestations: Option<Vec<String>>,
        at: Option<String>,
        platform: Option<String>,
        files: bool,
        rpm_keys: Option<Vec<String>>,
        plain_http: bool,
        no_cache: bool,
    ) -> Result<ImageVerify, ReposnapError> {
        let mut request = Request::default();
        request.set("reference", reference);
        request.set("policy", policy);
        request.set("attestations", attestations);
        request.set("at", at);
        request.set("platform", platform);
        request.set("files", files);
        request.set("rpm_keys", rpm_keys);
        request.set("plain_http", plain_http);
        request.set("no_cache", no_cache);
        self.run("image verify", request)
    }

    /// Records an image in the store, under a name. What is recorded stays.
    ///
    /// - `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
    /// - `name`: The name; the image's reference by default.
    /// - `dry_run`: Tell what would be recorded, and record nothing.
    /// - `platform`: Which image of an index, such as `linux/arm64`; this machine's by default.
    /// - `files`: Compare every file with what its package says of it; all of the image is hashed then.
    /// - `rpm_keys`: Keyrings of those who sign the rpms.
    /// - `plain_http`: Talk to the registry without TLS where it has none, though others may listen.
    /// - `no_cache`: Read all layers, also those that were read before.
    #[uniffi::method(default(name = None, dry_run = false, platform = None, files = false, rpm_keys = None, plain_http = false, no_cache = false))]
    pub fn fleet_add(
        &self,
        reference: String,
        name: Option<String>,
        dry_run: bool,
        platform: Option<String>,
        files: bool,
        rpm_keys: Option<Vec<String>>,
        plain_http: bool,
        no_cache: bool,
    ) -> Result<FleetAdd, ReposnapError> {
        let mut request = Request::default();
        request.set("reference", reference);
        request.set("name", name);
        request.set("dry_run", dry_run);
        request.set("platform", platform);
        request.set("files", files);
        request.set("rpm_keys", rpm_keys);
        request.set("plain_http", plain_http);
        request.set("no_cache", no_cache);
        self.run("fleet add", request)
    }

    /// Lists the names of the recorded images, and the images that they are now.
    pub fn fleet_list(&self) -> Result<Vec<FleetImage>, ReposnapError> {
        let request = Request::default();
        self.run("fleet list", request)
    }

    /// Finds the images that have a package in an older version than one that mends it.
    ///
    /// - `name`: The binary or source package.
    /// - `version`: The version that mends it; for a source package, the source's.
    /// - `by`: What the name is the name of: `binary`, `source`, or `any`, which is the default.
    /// - `family`: Whose package it is: `deb`, which is the default, or `rpm`.
    /// - `system`: Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are.
    #[uniffi::method(default(by = None, family = None, system = None))]
    pub fn fleet_affected(
        &self,
        name: String,
        version: String,
        by: Option<String>,
        family: Option<String>,
        system: Option<String>,
    ) -> Result<Vec<StaleImage>, ReposnapError> {
        let mut request = Request::default();
        request.set("name", name);
        request.set("version", version);
        request.set("by", by);
        request.set("family", family);
        request.set("system", system);
        self.run("fleet affected", request)
    }

    /// Finds the images that have a package in an older version than a snapshot.
    ///
    /// - `rev`: The snapshot, such as an environment.
    /// - `since`: A snapshot before it: only what is newer than there counts.
    /// - `system`: Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are.
    #[uniffi::method(default(since = None, system = None))]
    pub fn fleet_stale(
        &self,
        rev: String,
        since: Option<String>,
        system: Option<String>,
    ) -> Result<Vec<StaleImage>, ReposnapError> {
        let mut request = Request::default();
        request.set("rev", rev);
        request.set("since", since);
        request.set("system", system);
        self.run("fleet stale", request)
    }

    /// Tells what to rebuild, bases first: of a snapshot, of what is new in it, or of a version that mends something.
    ///
    /// - `rev`: The snapshot, such as an environment.
    /// - `since`: A snapshot before it: only what is newer than there counts. For an environment's last promotion: `stable~1`.
    /// - `name`: Instead of a snapshot: the binary or source package that is mended.
    /// - `version`: And the version that mends it.
    /// - `by`: What the name is the name of: `binary`, `source`, or `any`, which is the default.
    /// - `family`: Whose package it is: `deb`, which is the default, or `rpm`.
    /// - `system`: Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are.
    #[uniffi::method(default(rev = None, since = None, name = None, version = None, by = None, family = None, system = None))]
    pub fn fleet_plan(
        &self,
        rev: Option<String>,
        since: Option<String>,
        name: Option<String>,
        version: Option<String>,
        by: Option<String>,
        family: Option<String>,
        system: Option<String>,
    ) -> Result<FleetPlan, ReposnapError> {
        let mut request = Request::default();
        request.set("rev", rev);
        request.set("since", since);
        request.set("name", name);
        request.set("version", version);
        request.set("by", by);
        request.set("family", family);
        request.set("system", system);
        self.run("fleet plan", request)
    }

    /// Locks exactly what packages bring along: every version, its file's digest, and what brought it.
    ///
    /// - `rev`: The snapshot.
    /// - `names`: The packages: `name`, `name:architecture`, `name=version` or `name/suite`.
    /// - `solver`: How to choose; `apt-classic` by default.
    /// - `no_recommends`: Do without what is only recommended.
    /// - `architecture`: The machine's architecture; the snapshot's, or this machine's, by default.
    /// - `foreign`: Architectures that the machine takes packages of besides.
    /// - `status`: What is installed already: a status file of dpkg. Nothing by default.
    /// - `pins`: Files of preferences (apt_preferences(5)), the first one first.
    /// - `default_release`: The release whose packages are preferred (`APT::Default-Release`).
    #[uniffi::method(default(solver = None, no_recommends = false, architecture = None, foreign = None, status = None, pins = None, default_release = None))]
    pub fn lock_create(
        &self,
        rev: String,
        names: Vec<String>,
        solver: Option<String>,
        no_recommends: bool,
        architecture: Option<String>,
        foreign: Option<Vec<String>>,
        status: Option<String>,
        pins: Option<Vec<String>>,
        default_release: Option<String>,
    ) -> Result<Lock, ReposnapError> {
        let mut request = Request::default();
        request.set("rev", rev);
        request.set("names", names);
        request.set("solver", solver);
        request.set("no_recommends", no_recommends);
        request.set("architecture", architecture);
        request.set("foreign", foreign);
        request.set("status", status);
        request.set("pins", pins);
        request.set("default_release", default_release);
        self.run("lock create", request)
    }

    /// Moves a lock to a newer snapshot: all of it, or what the fix of some packages needs and nothing else.
    ///
    /// - `lock`: The lock's text.
    /// - `rev`: The newer snapshot.
    /// - `only`: Source or binary packages; everything by default.
    /// - `status`: The status file of the system that the packages go on top of, where the lock has such a base.
    #[uniffi::method(default(only = None, status = None))]
    pub fn lock_update(
        &self,
        lock: String,
        rev: String,
        only: Option<Vec<String>>,
        status: Option<String>,
    ) -> Result<LockUpdate, ReposnapError> {
        let mut request = Request::default();
        request.set("lock", lock);
        request.set("rev", rev);
        request.set("only", only);
        request.set("status", status);
        self.run("lock update", request)
    }

    /// Tells whether the snapshots still have what a lock says.
    ///
    /// - `lock`: The lock's text.
    pub fn lock_verify(&self, lock: String) -> Result<LockVerify, ReposnapError> {
        let mut request = Request::default();
        request.set("lock", lock);
        self.run("lock verify", request)
    }

    /// Writes a bill of materials of a lock, with all that its packages say of each other in their snapshots.
    ///
    /// - `lock`: The lock's text.
    /// - `format`: `cyclonedx` or `spdx`.
    /// - `base`: The URL that the files lie below.
    /// - `published`: They lie where `publish` puts them, not where upstream has them.
    /// - `name`: What it is about.
    /// - `vendor`: The vendor in the packages' purls; `debian` by default.
    /// - `distro`: The release in the packages' purls, such as `bookworm`.
    /// - `created`: When it was made; now by default.
    #[uniffi::method(default(base = None, published = false, name = None, vendor = None, distro = None, created = None))]
    pub fn lock_bill(
        &self,
        lock: String,
        format: String,
        base: Option<String>,
        published: bool,
        name: Option<String>,
        vendor: Option<String>,
        distro: Option<String>,
        created: Option<String>,
    ) -> Result<Text, ReposnapError> {
        let mut request = Request::default();
        request.set("lock", lock);
        request.set("format", format);
        request.set("base", base);
        request.set("published", published);
        request.set("name", name);
        request.set("vendor", vendor);
        request.set("distro", distro);
        request.set("created", created);
        self.run("lock bill", request)
    }

    /// Tells how the packages that are installed on a machine stand to a snapshot.
    ///
    /// - `rev`: The snapshot.
    /// - `root`: The root folder of the machine; `/` by default.
    #[uniffi::method(default(root = None))]
    pub fn system_compare(&self, rev: String, root: Option<String>) -> Result<SystemCompare, ReposnapError> {
        let mut request = Request::default();
        request.set("rev", rev);
        request.set("root", root);
        self.run("system compare", request)
    }

    /// Collects garbage in two phases: plans what nothing needs, and sweeps what was planned a grace period ago and still is not needed. Rules of retention say which entries of environments and mirrors keep their snapshots; without any, all do. The newest entry always does, and so does what has a name, what lock files need, and the newest snapshot that has a package of a recorded image.
    ///
    /// - `keep_last`: Keep the snapshots of so many of the newest entries of each environment and mirror.
    /// - `keep_daily`: Keep the newest snapshot of each of so many days that have one.
    /// - `keep_weekly`: Keep the newest snapshot of each of so many weeks that have one.
    /// - `keep_monthly`: Keep the newest snapshot of each of so many months that have one.
    /// - `keep_within`: Keep what was in force at any time of this duration before the newest entry, such as `30d`.
    /// - `keep`: Snapshots to keep besides.
    /// - `locks`: Lock files whose snapshots are kept.
    /// - `grace`: How long a plan waits before it is swept, `24h` by default: longer than twice the longest update, merge or promotion. With `0s`, what is planned is swept at once.
    /// - `dry_run`: Tell what would be planned, and write nothing.
    #[uniffi::method(default(keep_last = None, keep_daily = None, keep_weekly = None, keep_monthly = None, keep_within = None, keep = None, locks = None, grace = None, dry_run = false))]
    pub fn store_gc(
        &self,
        keep_last: Option<u64>,
        keep_daily: Option<u64>,
        keep_weekly: Option<u64>,
        keep_monthly: Option<u64>,
        keep_within: Option<String>,
        keep: Option<Vec<String>>,
        locks: Option<Vec<String>>,
        grace: Option<String>,
        dry_run: bool,
    ) -> Result<StoreGc, ReposnapError> {
        let mut request = Request::default();
        request.set("keep_last", keep_last);
        request.set("keep_daily", keep_daily);
        request.set("keep_weekly", keep_weekly);
        request.set("keep_monthly", keep_monthly);
        request.set("keep_within", keep_within);
        request.set("keep", keep);
        request.set("locks", locks);
        request.set("grace", grace);
        request.set("dry_run", dry_run);
        self.run("store gc", request)
    }

    /// Checks the store: every log unbroken, every snapshot readable, every object that one needs there. What is wrong can be put right on the way.
    ///
    /// - `data`: Read every byte of packs and packages too, and verify every stanza.
    /// - `repair_from`: Another store, a directory or a URL, to put back from what is missing or altered.
    /// - `repair_upstream`: Put back missing and altered packages from where their snapshots say that they came from.
    /// - `dry_run`: Tell what would be put back, and write nothing; nothing is fetched from upstream.
    #[uniffi::method(default(data = false, repair_from = None, repair_upstream = false, dry_run = false))]
    pub fn store_check(
        &self,
        data: bool,
        repair_from: Option<String>,
        repair_upstream: bool,
        dry_run: bool,
    ) -> Result<StoreCheck, ReposnapError> {
        let mut request = Request::default();
        request.set("data", data);
        request.set("repair_from", repair_from);
        request.set("repair_upstream", repair_upstream);
        request.set("dry_run", dry_run);
        self.run("store check", request)
    }

    /// Counts what the store has.
    ///
    /// - `garbage`: Count what nothing needs, too.
    #[uniffi::method(default(garbage = false))]
    pub fn store_stats(&self, garbage: bool) -> Result<StoreStats, ReposnapError> {
        let mut request = Request::default();
        request.set("garbage", garbage);
        self.run("store stats", request)
    }

    /// Copies the store into another one, or some environments with all that they need: what is missing there, each object verified, and entries of logs last. Done again, it goes on. Nothing in the other store is ever replaced.
    ///
    /// - `to`: The other store, a directory or a URL, which is made where there is none.
    /// - `environments`: The environments; all that the store has where none is named.
    /// - `dry_run`: Tell what would be copied, and write nothing.
    #[uniffi::method(default(environments = None, dry_run = false))]
    pub fn store_copy(
        &self,
        to: String,
        environments: Option<Vec<String>>,
        dry_run: bool,
    ) -> Result<StoreCopy, ReposnapError> {
        let mut request = Request::default();
        request.set("to", to);
        request.set("environments", environments);
        request.set("dry_run", dry_run);
        self.run("store copy", request)
    }

    /// Tells the format of the store, and brings it to the newest that this version knows.
    ///
    /// - `dry_run`: Tell what would be done, and write nothing.
    #[uniffi::method(default(dry_run = false))]
    pub fn store_migrate(&self, dry_run: bool) -> Result<StoreMigrate, ReposnapError> {
        let mut request = Request::default();
        request.set("dry_run", dry_run);
        self.run("store migrate", request)
    }
}

/// Removes the packages of a published directory or bucket that neither the last nor the last but one publication of any suite names.
///
/// - `directory`: The published directory, or the URL of the bucket.
/// - `dry_run`: Say what would be removed, and remove nothing.
#[uniffi::export(default(dry_run = false))]
pub fn publish_prune(directory: String, dry_run: bool) -> Result<Prune, ReposnapError> {
    let mut request = Request::default();
    request.set("directory", directory);
    request.set("dry_run", dry_run);
    run("publish prune", request)
}

/// Looks into an image, a root folder or a machine: its packages and the layers that brought them. Nothing is unpacked.
///
/// - `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
/// - `platform`: Which image of an index, such as `linux/arm64`; this machine's by default.
/// - `files`: Compare every file with what its package says of it; all of the image is hashed then.
/// - `rpm_keys`: Keyrings of those who sign the rpms.
/// - `plain_http`: Talk to the registry without TLS where it has none, though others may listen.
/// - `no_cache`: Read all layers, also those that were read before.
#[uniffi::export(default(platform = None, files = false, rpm_keys = None, plain_http = false, no_cache = false))]
pub fn image_inspect(
    reference: String,
    platform: Option<String>,
    files: bool,
    rpm_keys: Option<Vec<String>>,
    plain_http: bool,
    no_cache: bool,
) -> Result<Inventory, ReposnapError> {
    let mut request = Request::default();
    request.set("reference", reference);
    request.set("platform", platform);
    request.set("files", files);
    request.set("rpm_keys", rpm_keys);
    request.set("plain_http", plain_http);
    request.set("no_cache", no_cache);
    run("image inspect", request)
}

/// Verifies what others signed of an image, such as of a base: cosign with a key beside it in its registry, and files of simple signing (containers-signature(5)).
///
/// - `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or `host:` for this machine.
/// - `keys`: Files with the public keys (PEM) and OpenPGP certificates that are trusted.
/// - `expected`: The name that must have been signed: a repository, or one with a tag. Any by default, so that whoever signed one image can pass it off as another.
/// - `signatures`: Files of simple signing.
/// - `at`: The moment at which it is judged; now by default.
/// - `platform`: Which image of an index, such as `linux/arm64`; this machine's by default.
/// - `files`: Compare every file with what its package says of it; all of the image is hashed then.
/// - `rpm_keys`: Keyrings of those who sign the rpms.
/// - `plain_http`: Talk to the registry without TLS where it has none, though others may listen.
/// - `no_cache`: Read all layers, also those that were read before.
#[uniffi::export(default(expected = None, signatures = None, at = None, platform = None, files = false, rpm_keys = None, plain_http = false, no_cache = false))]
pub fn image_signatures(
    reference: String,
    keys: Vec<String>,
    expected: Option<String>,
    signatures: Option<Vec<String>>,
    at: Option<String>,
    platform: Option<String>,
    files: bool,
    rpm_keys: Option<Vec<String>>,
    plain_http: bool,
    no_cache: bool,
) -> Result<ImageSignatures, ReposnapError> {
    let mut request = Request::default();
    request.set("reference", reference);
    request.set("keys", keys);
    request.set("expected", expected);
    request.set("signatures", signatures);
    request.set("at", at);
    request.set("platform", platform);
    request.set("files", files);
    request.set("rpm_keys", rpm_keys);
    request.set("plain_http", plain_http);
    request.set("no_cache", no_cache);
    run("image signatures", request)
}

/// Writes reports of audits for people, for what shows the results of checks, or as bills of materials.
///
/// - `reports`: The reports, JSON as `image audit` gives it: an array, or one.
/// - `format`: As what.
#[uniffi::export]
pub fn image_report(reports: String, format: String) -> Result<Text, ReposnapError> {
    let mut request = Request::default();
    request.set("reports", reports);
    request.set("format", format);
    run("image report", request)
}

/// Reads a lock.
///
/// - `lock`: The lock's text.
#[uniffi::export]
pub fn lock_show(lock: String) -> Result<Lock, ReposnapError> {
    let mut request = Request::default();
    request.set("lock", lock);
    run("lock show", request)
}

/// Tells what differs between two locks.
///
/// - `before`: The first lock's text.
/// - `after`: The second lock's text.
#[uniffi::export]
pub fn lock_diff(before: String, after: String) -> Result<LockDiff, ReposnapError> {
    let mut request = Request::default();
    request.set("before", before);
    request.set("after", after);
    run("lock diff", request)
}

/// Writes a lock in the words of others: apt's pins and arguments, lists of files, bills of materials.
///
/// - `lock`: The lock's text.
/// - `format`: In which words.
/// - `base`: The URL that the files lie below; needed for `uris` and `curl`.
/// - `published`: They lie where `publish` puts them, not where upstream has them.
/// - `exclusive`: Pins: refuse every package that is not locked.
/// - `name`: Bills of materials: what they are about.
/// - `vendor`: The vendor in the packages' purls; `debian` by default.
/// - `distro`: The release in the packages' purls, such as `bookworm`.
/// - `created`: When the bill was made; needed for `spdx`.
#[uniffi::export(default(base = None, published = false, exclusive = false, name = None, vendor = None, distro = None, created = None))]
pub fn lock_export(
    lock: String,
    format: String,
    base: Option<String>,
    published: bool,
    exclusive: bool,
    name: Option<String>,
    vendor: Option<String>,
    distro: Option<String>,
    created: Option<String>,
) -> Result<Text, ReposnapError> {
    let mut request = Request::default();
    request.set("lock", lock);
    request.set("format", format);
    request.set("base", base);
    request.set("published", published);
    request.set("exclusive", exclusive);
    request.set("name", name);
    request.set("vendor", vendor);
    request.set("distro", distro);
    request.set("created", created);
    run("lock export", request)
}

/// Verifies an InRelease file, or a Release file with its Release.gpg: its signatures, its dates and its form.
///
/// - `file`: The file.
/// - `keyring`: The keys: keyring files, or armored blocks.
/// - `signature`: The signature file, where it stands apart.
/// - `at`: The time to verify at, instead of now.
/// - `signers`: The fingerprints that count; all of the keyring's by default.
/// - `threshold`: How many of the keys must have signed; 1 by default.
/// - `relax`: Relax rules of verification, by their names.
#[uniffi::export(default(signature = None, at = None, signers = None, threshold = None, relax = None))]
pub fn verify_release(
    file: String,
    keyring: Vec<String>,
    signature: Option<String>,
    at: Option<String>,
    signers: Option<Vec<String>>,
    threshold: Option<u64>,
    relax: Option<Vec<String>>,
) -> Result<VerifyRelease, ReposnapError> {
    let mut request = Request::default();
    request.set("file", file);
    request.set("keyring", keyring);
    request.set("signature", signature);
    request.set("at", at);
    request.set("signers", signers);
    request.set("threshold", threshold);
    request.set("relax", relax);
    run("verify release", request)
}

/// Verifies a signed text: a cleartext message, or any text with a signature that stands apart.
///
/// - `message`: The text.
/// - `keyring`: The keys: keyring files, or armored blocks.
/// - `signature`: The armored signature, where it stands apart.
/// - `at`: The time to verify at, instead of now.
/// - `signers`: The fingerprints that count; all of the keyring's by default.
/// - `threshold`: How many of the keys must have signed; 1 by default.
/// - `relax`: Relax rules of verification, by their names.
#[uniffi::export(default(signature = None, at = None, signers = None, threshold = None, relax = None))]
pub fn verify_message(
    message: String,
    keyring: Vec<String>,
    signature: Option<String>,
    at: Option<String>,
    signers: Option<Vec<String>>,
    threshold: Option<u64>,
    relax: Option<Vec<String>>,
) -> Result<VerifyMessage, ReposnapError> {
    let mut request = Request::default();
    request.set("message", message);
    request.set("keyring", keyring);
    request.set("signature", signature);
    request.set("at", at);
    request.set("signers", signers);
    request.set("threshold", threshold);
    request.set("relax", relax);
    run("verify message", request)
}

/// Shows the certificates of a keyring.
///
/// - `keyring`: The keys: keyring files, or armored blocks.
/// - `at`: The time to judge them at, instead of now.
#[uniffi::export(default(at = None))]
pub fn keyring_show(keyring: Vec<String>, at: Option<String>) -> Result<Vec<Certificate>, ReposnapError> {
    let mut request = Request::default();
    request.set("keyring", keyring);
    request.set("at", at);
    run("keyring show", request)
}

/// Generates an Ed25519 signing key into a new file that its owner alone may read.
///
/// - `user_id`: Whose key, such as `Example archive <archive@example.org>`.
/// - `output`: The file to write; it must not exist.
#[uniffi::export]
pub fn key_generate(user_id: String, output: String) -> Result<KeyGenerate, ReposnapError> {
    let mut request = Request::default();
    request.set("user_id", user_id);
    request.set("output", output);
    run("key generate", request)
}

/// Signs a text, as a cleartext message or apart from it.
///
/// - `text`: The text.
/// - `key`: The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
/// - `password_file`: The file with the password of the key file.
/// - `detached`: Make a signature that stands apart.
#[uniffi::export(default(password_file = None, detached = false))]
pub fn key_sign(
    text: String,
    key: String,
    password_file: Option<String>,
    detached: bool,
) -> Result<KeySign, ReposnapError> {
    let mut request = Request::default();
    request.set("text", text);
    request.set("key", key);
    request.set("password_file", password_file);
    request.set("detached", detached);
    run("key sign", request)
}

/// Compares two versions as dpkg does.
///
/// - `a`: The first version.
/// - `b`: The second version.
/// - `operator`: A relation to test: `lt le eq ne ge gt`, or `<< <= = != >= >>`.
#[uniffi::export(default(operator = None))]
pub fn version_compare(a: String, b: String, operator: Option<String>) -> Result<VersionCompare, ReposnapError> {
    let mut request = Request::default();
    request.set("a", a);
    request.set("b", b);
    request.set("operator", operator);
    run("version compare", request)
}

/// Reads stanzas, as control files and indexes have them (deb822(5)).
///
/// - `text`: The text.
#[uniffi::export]
pub fn stanza_parse(text: String) -> Result<Vec<Vec<FieldDocument>>, ReposnapError> {
    let mut request = Request::default();
    request.set("text", text);
    run("stanza parse", request)
}

/// Reads the value of a relation field such as Depends or Provides (Debian policy, chapter 7).
///
/// - `value`: The value.
#[uniffi::export]
pub fn relation_parse(value: String) -> Result<Vec<Vec<Relation>>, ReposnapError> {
    let mut request = Request::default();
    request.set("value", value);
    run("relation parse", request)
}

/// Reads an apt source file (sources.list(5)), in either format.
///
/// - `file`: The file's name: one that ends in `.sources` has stanzas, another has lines.
/// - `text`: Its text.
/// - `architecture`: What `$(ARCH)` stands for: the machine's architecture.
#[uniffi::export]
pub fn sources_parse(file: String, text: String, architecture: String) -> Result<Vec<SourceEntry>, ReposnapError> {
    let mut request = Request::default();
    request.set("file", file);
    request.set("text", text);
    request.set("architecture", architecture);
    run("sources parse", request)
}

/// Reads a query and tells it in its plainest form.
///
/// - `query`: The query.
#[uniffi::export]
pub fn query_parse(query: String) -> Result<QueryParse, ReposnapError> {
    let mut request = Request::default();
    request.set("query", query);
    run("query parse", request)
}

/// Reads a binary package (deb(5)): its control file, and what else its control part has.
///
/// - `file`: The package file.
/// - `contents`: List the members of its data part too.
#[uniffi::export(default(contents = false))]
pub fn deb_show(file: String, contents: bool) -> Result<DebShow, ReposnapError> {
    let mut request = Request::default();
    request.set("file", file);
    request.set("contents", contents);
    run("deb show", request)
}

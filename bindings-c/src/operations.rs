//! A function for each operation. Made from the table of operations: change that, and write this anew with
//! `UPDATE=1 cargo test -p reposnap-faces --test generated`.

use std::ffi::c_char;

use crate::call::{Out, run};
use crate::document::reposnap_document;
use crate::error::reposnap_error;
use crate::request::{Growing, reposnap_pair, sized};
use crate::result::reposnap_result;
use crate::store::reposnap_store;
use crate::watch::reposnap_watch;

/// What `reposnap_mirror_add` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_mirror_add_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The components; all of the repository's where there are none. An array that ends with NULL.
    pub components: *const *const c_char,
    /// The architectures; this machine's own where there are none. An array that ends with NULL.
    pub architectures: *const *const c_char,
    /// Of the keyring, the fingerprints that count; `!` at the end means just that subkey. An array that ends with
    /// NULL.
    pub signers: *const *const c_char,
    /// How many of the keys must have signed; 1 by default. Where the number is.
    pub threshold: *const u64,
    /// When to fetch packages; `all`, with each update, by default. One of `all`, `on-demand`, `none`.
    pub packages: *const c_char,
    /// Keep only the packages that pass a query.
    pub filter: *const c_char,
    /// Mirror source packages too.
    pub sources: bool,
    /// Mirror the translations of these languages too. An array that ends with NULL.
    pub translations: *const *const c_char,
    /// Mirror the Contents indexes too.
    pub contents: bool,
    /// Relax rules of verification, by their names. An array that ends with NULL.
    pub relax: *const *const c_char,
    /// The greatest age, in days, of a Release without Valid-Until. Where the number is.
    pub max_age: *const u64,
    /// Give a mirror of this name these settings, where it has others.
    pub replace: bool,
    /// Say what would change, and change nothing.
    pub dry_run: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_mirror_add_options {}

/// Adds a mirror of an APT repository. With the same settings again, nothing happens.
///
/// `name`: The mirror's name.
///
/// `url`: The repository's base URL: http, https or file.
///
/// `suites`: The suites; one that ends with `/` is a flat repository. An array that ends with NULL.
///
/// `signed_by`: The keys that sign the repository: keyring files, or armored blocks. An array that ends with NULL.
///
/// `options`, `watch` and `document` may be NULL. Gives: mirror add.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_mirror_add(
    store: *const reposnap_store,
    name: *const c_char,
    url: *const c_char,
    suites: *const *const c_char,
    signed_by: *const *const c_char,
    options: *const reposnap_mirror_add_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "mirror add", watch, Out { document, error }, |request| {
            request.string("name", name)?;
            request.string("url", url)?;
            request.strings("suites", suites)?;
            request.strings("signed_by", signed_by)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_strings("components", options.components)?;
                request.optional_strings("architectures", options.architectures)?;
                request.optional_strings("signers", options.signers)?;
                request.optional_integer("threshold", options.threshold)?;
                request.optional_string("packages", options.packages)?;
                request.optional_string("filter", options.filter)?;
                request.optional_boolean("sources", options.sources);
                request.optional_strings("translations", options.translations)?;
                request.optional_boolean("contents", options.contents);
                request.optional_strings("relax", options.relax)?;
                request.optional_integer("max_age", options.max_age)?;
                request.optional_boolean("replace", options.replace);
                request.optional_boolean("dry_run", options.dry_run);
            }
            Ok(())
        })
    }
}

/// What `reposnap_mirror_add_system` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_mirror_add_system_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The root folder of the machine; `/` by default.
    pub root: *const c_char,
    /// Give a mirror of this name these settings, where it has others.
    pub replace: bool,
    /// Say what would change, and change nothing.
    pub dry_run: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_mirror_add_system_options {}

/// Adds a mirror of this machine's own APT sources, from the lists that `apt-get update` left.
///
/// `name`: The mirror's name.
///
/// `options`, `watch` and `document` may be NULL. Gives: mirror add-system.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_mirror_add_system(
    store: *const reposnap_store,
    name: *const c_char,
    options: *const reposnap_mirror_add_system_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "mirror add-system", watch, Out { document, error }, |request| {
            request.string("name", name)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("root", options.root)?;
                request.optional_boolean("replace", options.replace);
                request.optional_boolean("dry_run", options.dry_run);
            }
            Ok(())
        })
    }
}

/// What `reposnap_mirror_add_folder` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_mirror_add_folder_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The component to put the packages in; `main` by default.
    pub component: *const c_char,
    /// Give a mirror of this name these settings, where it has others.
    pub replace: bool,
    /// Say what would change, and change nothing.
    pub dry_run: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_mirror_add_folder_options {}

/// Adds a mirror of a folder of packages.
///
/// `name`: The mirror's name.
///
/// `directory`: The folder.
///
/// `options`, `watch` and `document` may be NULL. Gives: mirror add-folder.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_mirror_add_folder(
    store: *const reposnap_store,
    name: *const c_char,
    directory: *const c_char,
    options: *const reposnap_mirror_add_folder_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "mirror add-folder", watch, Out { document, error }, |request| {
            request.string("name", name)?;
            request.string("directory", directory)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("component", options.component)?;
                request.optional_boolean("replace", options.replace);
                request.optional_boolean("dry_run", options.dry_run);
            }
            Ok(())
        })
    }
}

/// What `reposnap_mirror_update` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_mirror_update_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Say whether there is something new, and write nothing: of an APT repository, only the Release files are asked
    /// for.
    pub dry_run: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_mirror_update_options {}

/// Updates a mirror; what it made is a new snapshot.
///
/// `name`: The mirror's name.
///
/// `options`, `watch` and `document` may be NULL. Gives: mirror update.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_mirror_update(
    store: *const reposnap_store,
    name: *const c_char,
    options: *const reposnap_mirror_update_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "mirror update", watch, Out { document, error }, |request| {
            request.string("name", name)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_boolean("dry_run", options.dry_run);
            }
            Ok(())
        })
    }
}

/// Lists the mirrors.
///
/// `watch` and `document` may be NULL. Gives: array of mirror show.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_mirror_list(
    store: *const reposnap_store,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe { run(Some(store), "mirror list", watch, Out { document, error }, |_| Ok(())) }
}

/// Shows a mirror.
///
/// `name`: The mirror's name.
///
/// `watch` and `document` may be NULL. Gives: mirror show.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_mirror_show(
    store: *const reposnap_store,
    name: *const c_char,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "mirror show", watch, Out { document, error }, |request| {
            request.string("name", name)?;
            Ok(())
        })
    }
}

/// Lists the snapshots of the store, and what leads to each.
///
/// `watch` and `document` may be NULL. Gives: array of Listed.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_snapshot_list(
    store: *const reposnap_store,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe { run(Some(store), "snapshot list", watch, Out { document, error }, |_| Ok(())) }
}

/// What `reposnap_snapshot_show` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_snapshot_show_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// List its packages too.
    pub packages: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_snapshot_show_options {}

/// Shows what a snapshot is.
///
/// `rev`: The snapshot.
///
/// `options`, `watch` and `document` may be NULL. Gives: snapshot show.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_snapshot_show(
    store: *const reposnap_store,
    rev: *const c_char,
    options: *const reposnap_snapshot_show_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "snapshot show", watch, Out { document, error }, |request| {
            request.string("rev", rev)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_boolean("packages", options.packages);
            }
            Ok(())
        })
    }
}

/// Finds the snapshot that a REV names.
///
/// `rev`: An environment, a mirror or a named snapshot, `~2` or `@TIME` behind it for an earlier state; or the first
/// digits of a digest.
///
/// `watch` and `document` may be NULL. Gives: snapshot resolve.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_snapshot_resolve(
    store: *const reposnap_store,
    rev: *const c_char,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "snapshot resolve", watch, Out { document, error }, |request| {
            request.string("rev", rev)?;
            Ok(())
        })
    }
}

/// Tells what differs between two snapshots.
///
/// `before`: The first snapshot.
///
/// `after`: The second snapshot.
///
/// `watch` and `document` may be NULL. Gives: snapshot diff.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_snapshot_diff(
    store: *const reposnap_store,
    before: *const c_char,
    after: *const c_char,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "snapshot diff", watch, Out { document, error }, |request| {
            request.string("before", before)?;
            request.string("after", after)?;
            Ok(())
        })
    }
}

/// What `reposnap_snapshot_merge` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_snapshot_merge_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Which versions to keep; `precedence` by default. One of `precedence`, `newest`, `all`.
    pub rule: *const c_char,
    /// A name for the result.
    pub name: *const c_char,
    /// Tell what would come out, and write nothing.
    pub dry_run: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_snapshot_merge_options {}

/// Merges snapshots into a new one.
///
/// `revs`: The snapshots; by the rule `precedence`, the first that has a package wins. An array that ends with NULL.
///
/// `options`, `watch` and `document` may be NULL. Gives: snapshot merge.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_snapshot_merge(
    store: *const reposnap_store,
    revs: *const *const c_char,
    options: *const reposnap_snapshot_merge_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "snapshot merge", watch, Out { document, error }, |request| {
            request.strings("revs", revs)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("rule", options.rule)?;
                request.optional_string("name", options.name)?;
                request.optional_boolean("dry_run", options.dry_run);
            }
            Ok(())
        })
    }
}

/// What `reposnap_snapshot_filter` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_snapshot_filter_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// A name for the result.
    pub name: *const c_char,
    /// Tell what would come out, and write nothing.
    pub dry_run: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_snapshot_filter_options {}

/// Keeps the packages of a snapshot that pass a query, as a new one.
///
/// `rev`: The snapshot.
///
/// `query`: The query.
///
/// `options`, `watch` and `document` may be NULL. Gives: snapshot filter.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_snapshot_filter(
    store: *const reposnap_store,
    rev: *const c_char,
    query: *const c_char,
    options: *const reposnap_snapshot_filter_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "snapshot filter", watch, Out { document, error }, |request| {
            request.string("rev", rev)?;
            request.string("query", query)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("name", options.name)?;
                request.optional_boolean("dry_run", options.dry_run);
            }
            Ok(())
        })
    }
}

/// What `reposnap_snapshot_pull` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_snapshot_pull_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Take along what they need, and what has to move with them so that all that could be installed still can.
    pub with_deps: bool,
    /// A name for the result.
    pub name: *const c_char,
    /// Tell what would come out, and write nothing.
    pub dry_run: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_snapshot_pull_options {}

/// Replaces named packages of a snapshot by those of another, and nothing else; the result is a new one.
///
/// `into`: The snapshot to alter; it stays as it is.
///
/// `from`: The snapshot that has the packages.
///
/// `queries`: Which packages, as queries. An array that ends with NULL.
///
/// `options`, `watch` and `document` may be NULL. Gives: snapshot pull.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_snapshot_pull(
    store: *const reposnap_store,
    into: *const c_char,
    from: *const c_char,
    queries: *const *const c_char,
    options: *const reposnap_snapshot_pull_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "snapshot pull", watch, Out { document, error }, |request| {
            request.string("into", into)?;
            request.string("from", from)?;
            request.strings("queries", queries)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_boolean("with_deps", options.with_deps);
                request.optional_string("name", options.name)?;
                request.optional_boolean("dry_run", options.dry_run);
            }
            Ok(())
        })
    }
}

/// What `reposnap_env_create` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_env_create_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Tell what the entry would be, and write nothing.
    pub dry_run: bool,
    /// Why.
    pub message: *const c_char,
    /// The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    pub key: *const c_char,
    /// The file with the password of the key file.
    pub password_file: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_env_create_options {}

/// Creates an environment.
///
/// `name`: Its name.
///
/// `rev`: The snapshot that it begins with.
///
/// `options`, `watch` and `document` may be NULL. Gives: env create.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_env_create(
    store: *const reposnap_store,
    name: *const c_char,
    rev: *const c_char,
    options: *const reposnap_env_create_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "env create", watch, Out { document, error }, |request| {
            request.string("name", name)?;
            request.string("rev", rev)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_boolean("dry_run", options.dry_run);
                request.optional_string("message", options.message)?;
                request.optional_string("key", options.key)?;
                request.optional_string("password_file", options.password_file)?;
            }
            Ok(())
        })
    }
}

/// Lists the environments, each with its newest entry.
///
/// `watch` and `document` may be NULL. Gives: array of env create.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_env_list(
    store: *const reposnap_store,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe { run(Some(store), "env list", watch, Out { document, error }, |_| Ok(())) }
}

/// Shows the newest entry of an environment.
///
/// `name`: The environment.
///
/// `watch` and `document` may be NULL. Gives: env create.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_env_show(
    store: *const reposnap_store,
    name: *const c_char,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "env show", watch, Out { document, error }, |request| {
            request.string("name", name)?;
            Ok(())
        })
    }
}

/// What `reposnap_env_log` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_env_log_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// How many entries; 50 by default. Where the number is.
    pub limit: *const u64,
    /// Judge each of them again: signatures, evidence, ages, checks and the chain between them.
    pub verify: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_env_log_options {}

/// Shows the history of an environment, newest first.
///
/// `name`: The environment.
///
/// `options`, `watch` and `document` may be NULL. Gives: array of env create.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_env_log(
    store: *const reposnap_store,
    name: *const c_char,
    options: *const reposnap_env_log_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "env log", watch, Out { document, error }, |request| {
            request.string("name", name)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_integer("limit", options.limit)?;
                request.optional_boolean("verify", options.verify);
            }
            Ok(())
        })
    }
}

/// What `reposnap_env_promote` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_env_promote_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Take over only the packages that pass one of these queries. An array that ends with NULL.
    pub packages: *const *const c_char,
    /// Take along what these need, and what has to move with them so that all that could be installed still can.
    pub with_deps: bool,
    /// Begin the environment where there is none.
    pub create: bool,
    /// Tell what would change, and change nothing.
    pub dry_run: bool,
    /// Why.
    pub message: *const c_char,
    /// What speaks for it: `tests=FILE`, `tests:NAME=FILE` (reports in JUnit's XML), `approval=FILE` or
    /// `file:NAME=FILE`. An array that ends with NULL.
    pub evidence: *const *const c_char,
    /// Do it although something is missing, for this reason, where the policy allows that.
    pub override_reason: *const c_char,
    /// The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    pub key: *const c_char,
    /// The file with the password of the key file.
    pub password_file: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_env_promote_options {}

/// Moves an environment to a snapshot, or takes over some of its packages.
///
/// `name`: The environment.
///
/// `rev`: The snapshot.
///
/// `options`, `watch` and `document` may be NULL. Gives: env promote.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_env_promote(
    store: *const reposnap_store,
    name: *const c_char,
    rev: *const c_char,
    options: *const reposnap_env_promote_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "env promote", watch, Out { document, error }, |request| {
            request.string("name", name)?;
            request.string("rev", rev)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_strings("packages", options.packages)?;
                request.optional_boolean("with_deps", options.with_deps);
                request.optional_boolean("create", options.create);
                request.optional_boolean("dry_run", options.dry_run);
                request.optional_string("message", options.message)?;
                request.optional_strings("evidence", options.evidence)?;
                request.optional_string("override_reason", options.override_reason)?;
                request.optional_string("key", options.key)?;
                request.optional_string("password_file", options.password_file)?;
            }
            Ok(())
        })
    }
}

/// What `reposnap_env_rollback` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_env_rollback_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Where to; by default the state before. Done again and again, that goes back further and further.
    pub to: *const c_char,
    /// Tell what the entry would be, and write nothing.
    pub dry_run: bool,
    /// Why.
    pub message: *const c_char,
    /// What speaks for it, where the policy says that rollbacks are judged too; as for `env promote`. An array that
    /// ends with NULL.
    pub evidence: *const *const c_char,
    /// Do it although something is missing, for this reason, where the policy allows that.
    pub override_reason: *const c_char,
    /// The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    pub key: *const c_char,
    /// The file with the password of the key file.
    pub password_file: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_env_rollback_options {}

/// Moves an environment back.
///
/// `name`: The environment.
///
/// `options`, `watch` and `document` may be NULL. Gives: env rollback.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_env_rollback(
    store: *const reposnap_store,
    name: *const c_char,
    options: *const reposnap_env_rollback_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "env rollback", watch, Out { document, error }, |request| {
            request.string("name", name)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("to", options.to)?;
                request.optional_boolean("dry_run", options.dry_run);
                request.optional_string("message", options.message)?;
                request.optional_strings("evidence", options.evidence)?;
                request.optional_string("override_reason", options.override_reason)?;
                request.optional_string("key", options.key)?;
                request.optional_string("password_file", options.password_file)?;
            }
            Ok(())
        })
    }
}

/// What `reposnap_env_policy_set` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_env_policy_set_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The file with the policy; it may have those of other environments too.
    pub file: *const c_char,
    /// The policy itself, instead of a file.
    pub text: *const c_char,
    /// Tell what the entry would be, and write nothing.
    pub dry_run: bool,
    /// Why.
    pub message: *const c_char,
    /// The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    pub key: *const c_char,
    /// The file with the password of the key file.
    pub password_file: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_env_policy_set_options {}

/// Sets the policy of an environment: what has to be there before it moves. It is in force from that entry of its log
/// on.
///
/// `name`: The environment.
///
/// `options`, `watch` and `document` may be NULL. Gives: env create.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_env_policy_set(
    store: *const reposnap_store,
    name: *const c_char,
    options: *const reposnap_env_policy_set_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "env policy set", watch, Out { document, error }, |request| {
            request.string("name", name)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("file", options.file)?;
                request.optional_string("text", options.text)?;
                request.optional_boolean("dry_run", options.dry_run);
                request.optional_string("message", options.message)?;
                request.optional_string("key", options.key)?;
                request.optional_string("password_file", options.password_file)?;
            }
            Ok(())
        })
    }
}

/// What `reposnap_env_policy_remove` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_env_policy_remove_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Tell what the entry would be, and write nothing.
    pub dry_run: bool,
    /// Why.
    pub message: *const c_char,
    /// The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
    pub key: *const c_char,
    /// The file with the password of the key file.
    pub password_file: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_env_policy_remove_options {}

/// Takes the policy of an environment away.
///
/// `name`: The environment.
///
/// `options`, `watch` and `document` may be NULL. Gives: env create.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_env_policy_remove(
    store: *const reposnap_store,
    name: *const c_char,
    options: *const reposnap_env_policy_remove_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "env policy remove", watch, Out { document, error }, |request| {
            request.string("name", name)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_boolean("dry_run", options.dry_run);
                request.optional_string("message", options.message)?;
                request.optional_string("key", options.key)?;
                request.optional_string("password_file", options.password_file)?;
            }
            Ok(())
        })
    }
}

/// Shows the policy that is in force.
///
/// `name`: The environment.
///
/// `watch` and `document` may be NULL. Gives: env policy show.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_env_policy_show(
    store: *const reposnap_store,
    name: *const c_char,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "env policy show", watch, Out { document, error }, |request| {
            request.string("name", name)?;
            Ok(())
        })
    }
}

/// What `reposnap_env_approve` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_env_approve_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The key that signs: a file, or `gpg:FINGERPRINT` for a key of gpg-agent. Without one the statement is told, to
    /// be signed elsewhere with `gpg --clearsign`.
    pub key: *const c_char,
    /// The file with the password of the key file.
    pub password_file: *const c_char,
    /// As what you speak, such as `qa`.
    pub role: *const c_char,
    /// What there is to say, in one line.
    pub comment: *const c_char,
    /// Sign, and keep nothing in the store.
    pub dry_run: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_env_approve_options {}

/// Approves a snapshot for an environment: signs a statement that names both, and keeps it where promotions find it.
///
/// `name`: The environment.
///
/// `rev`: The snapshot that may go there; of packages that are taken over, the result, which a dry run of the promotion
/// tells.
///
/// `options`, `watch` and `document` may be NULL. Gives: env approve.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_env_approve(
    store: *const reposnap_store,
    name: *const c_char,
    rev: *const c_char,
    options: *const reposnap_env_approve_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "env approve", watch, Out { document, error }, |request| {
            request.string("name", name)?;
            request.string("rev", rev)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("key", options.key)?;
                request.optional_string("password_file", options.password_file)?;
                request.optional_string("role", options.role)?;
                request.optional_string("comment", options.comment)?;
                request.optional_boolean("dry_run", options.dry_run);
            }
            Ok(())
        })
    }
}

/// What `reposnap_publish` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_publish_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The snapshots; each package stays in its component. An array that ends with NULL.
    pub revs: *const *const c_char,
    /// Snapshots by component: all packages of one go into that component. An array that ends with a pair whose name is
    /// NULL.
    pub components: *const reposnap_pair,
    /// The file with the password of the key file.
    pub password_file: *const c_char,
    /// The Codename; none by default.
    pub codename: *const c_char,
    /// The Origin.
    pub origin: *const c_char,
    /// The Label.
    pub label: *const c_char,
    /// The Description.
    pub description: *const c_char,
    /// The Version of the suite.
    pub suite_version: *const c_char,
    /// For how many days the Release is valid. Where the number is.
    pub valid_for: *const u64,
    /// Have apt install from it only when asked to.
    pub not_automatic: bool,
    /// With `not_automatic`, have apt upgrade what was installed from it.
    pub but_automatic_upgrades: bool,
    /// Name the key in the Release, for apt to hold on to.
    pub sign_field: bool,
    /// Architectures to name beside those that the snapshots have. An array that ends with NULL.
    pub architectures: *const *const c_char,
    /// The compressions of indexes: `gz`, `xz`, `zst`. An array that ends with NULL.
    pub compress: *const *const c_char,
    /// Publish though packages are missing in the store.
    pub allow_missing: bool,
    /// Sign again though nothing changed.
    pub resign: bool,
    /// A program that tells a cache what changed: run where something was published, with the paths on its standard
    /// input, one on each line.
    pub invalidate: *const c_char,
    /// Say what would be done, and do nothing: only the outcome is looked at, not what becomes of packages.
    pub dry_run: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_publish_options {}

/// Publishes snapshots as a signed tree that apt reads, in a directory that any web server can serve, or in a bucket.
///
/// `to`: The directory that a web server serves, or the URL of a bucket, such as `s3://BUCKET/PREFIX`.
///
/// `suite`: The suite, such as `stable`.
///
/// `key`: The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
///
/// `options`, `watch` and `document` may be NULL. Gives: Publication.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_publish(
    store: *const reposnap_store,
    to: *const c_char,
    suite: *const c_char,
    key: *const c_char,
    options: *const reposnap_publish_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "publish", watch, Out { document, error }, |request| {
            request.string("to", to)?;
            request.string("suite", suite)?;
            request.string("key", key)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_strings("revs", options.revs)?;
                request.optional_pairs("components", options.components)?;
                request.optional_string("password_file", options.password_file)?;
                request.optional_string("codename", options.codename)?;
                request.optional_string("origin", options.origin)?;
                request.optional_string("label", options.label)?;
                request.optional_string("description", options.description)?;
                request.optional_string("suite_version", options.suite_version)?;
                request.optional_integer("valid_for", options.valid_for)?;
                request.optional_boolean("not_automatic", options.not_automatic);
                request.optional_boolean("but_automatic_upgrades", options.but_automatic_upgrades);
                request.optional_boolean("sign_field", options.sign_field);
                request.optional_strings("architectures", options.architectures)?;
                request.optional_strings("compress", options.compress)?;
                request.optional_boolean("allow_missing", options.allow_missing);
                request.optional_boolean("resign", options.resign);
                request.optional_string("invalidate", options.invalidate)?;
                request.optional_boolean("dry_run", options.dry_run);
            }
            Ok(())
        })
    }
}

/// What `reposnap_publish_verbatim` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_publish_verbatim_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Publish though packages are missing in the store.
    pub allow_missing: bool,
    /// A program that tells a cache what changed: run where something was published, with the paths on its standard
    /// input, one on each line.
    pub invalidate: *const c_char,
    /// Say what would be done, and do nothing: only the outcome is looked at, not what becomes of packages.
    pub dry_run: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_publish_verbatim_options {}

/// Publishes an upstream's own indexes and signature, byte for byte.
///
/// `rev`: The snapshot of a mirror.
///
/// `to`: The directory that a web server serves, or the URL of a bucket, such as `s3://BUCKET/PREFIX`.
///
/// `options`, `watch` and `document` may be NULL. Gives: array of Publication.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_publish_verbatim(
    store: *const reposnap_store,
    rev: *const c_char,
    to: *const c_char,
    options: *const reposnap_publish_verbatim_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "publish verbatim", watch, Out { document, error }, |request| {
            request.string("rev", rev)?;
            request.string("to", to)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_boolean("allow_missing", options.allow_missing);
                request.optional_string("invalidate", options.invalidate)?;
                request.optional_boolean("dry_run", options.dry_run);
            }
            Ok(())
        })
    }
}

/// What `reposnap_publish_prune` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_publish_prune_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Say what would be removed, and remove nothing.
    pub dry_run: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_publish_prune_options {}

/// Removes the packages of a published directory or bucket that neither the last nor the last but one publication of
/// any suite names.
///
/// `directory`: The published directory, or the URL of the bucket.
///
/// `options`, `watch` and `document` may be NULL. Gives: prune.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_publish_prune(
    directory: *const c_char,
    options: *const reposnap_publish_prune_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "publish prune", watch, Out { document, error }, |request| {
            request.string("directory", directory)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_boolean("dry_run", options.dry_run);
            }
            Ok(())
        })
    }
}

/// What `reposnap_search` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_search_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Give their stanzas too.
    pub stanzas: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_search_options {}

/// Finds the packages of a snapshot that pass a query.
///
/// `rev`: The snapshot.
///
/// `query`: The query.
///
/// `options`, `watch` and `document` may be NULL. Gives: array of Found.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_search(
    store: *const reposnap_store,
    rev: *const c_char,
    query: *const c_char,
    options: *const reposnap_search_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "search", watch, Out { document, error }, |request| {
            request.string("rev", rev)?;
            request.string("query", query)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_boolean("stanzas", options.stanzas);
            }
            Ok(())
        })
    }
}

/// What `reposnap_fetch` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_fetch_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Which packages; all by default.
    pub query: *const c_char,
    /// Say how much would be fetched, and fetch nothing.
    pub dry_run: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_fetch_options {}

/// Fetches packages that a mirror left where they are.
///
/// `rev`: The snapshot.
///
/// `options`, `watch` and `document` may be NULL. Gives: fetch.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_fetch(
    store: *const reposnap_store,
    rev: *const c_char,
    options: *const reposnap_fetch_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "fetch", watch, Out { document, error }, |request| {
            request.string("rev", rev)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("query", options.query)?;
                request.optional_boolean("dry_run", options.dry_run);
            }
            Ok(())
        })
    }
}

/// What `reposnap_resolve` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_resolve_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// How to choose; `apt-classic` by default. One of `apt-classic`, `apt-3`, `closure`.
    pub solver: *const c_char,
    /// Do without what is only recommended.
    pub no_recommends: bool,
    /// Further snapshots whose packages may be taken, as by further lines of sources.list. An array that ends with
    /// NULL.
    pub also: *const *const c_char,
    /// The machine's architecture; the snapshot's, or this machine's, by default.
    pub architecture: *const c_char,
    /// Architectures that the machine takes packages of besides. An array that ends with NULL.
    pub foreign: *const *const c_char,
    /// What is installed already: a status file of dpkg. Nothing by default.
    pub status: *const c_char,
    /// Files of preferences (apt_preferences(5)), the first one first. An array that ends with NULL.
    pub pins: *const *const c_char,
    /// The release whose packages are preferred (`APT::Default-Release`).
    pub default_release: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_resolve_options {}

/// Finds the versions that packages bring along, as apt would choose.
///
/// `rev`: The snapshot.
///
/// `names`: The packages: `name`, `name:architecture`, `name=version` or `name/suite`. An array that ends with NULL.
///
/// `options`, `watch` and `document` may be NULL. Gives: resolve.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_resolve(
    store: *const reposnap_store,
    rev: *const c_char,
    names: *const *const c_char,
    options: *const reposnap_resolve_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "resolve", watch, Out { document, error }, |request| {
            request.string("rev", rev)?;
            request.strings("names", names)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("solver", options.solver)?;
                request.optional_boolean("no_recommends", options.no_recommends);
                request.optional_strings("also", options.also)?;
                request.optional_string("architecture", options.architecture)?;
                request.optional_strings("foreign", options.foreign)?;
                request.optional_string("status", options.status)?;
                request.optional_strings("pins", options.pins)?;
                request.optional_string("default_release", options.default_release)?;
            }
            Ok(())
        })
    }
}

/// What `reposnap_why` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_why_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// How to choose; `apt-classic` by default. One of `apt-classic`, `apt-3`, `closure`.
    pub solver: *const c_char,
    /// Do without what is only recommended.
    pub no_recommends: bool,
    /// Further snapshots whose packages may be taken, as by further lines of sources.list. An array that ends with
    /// NULL.
    pub also: *const *const c_char,
    /// The machine's architecture; the snapshot's, or this machine's, by default.
    pub architecture: *const c_char,
    /// Architectures that the machine takes packages of besides. An array that ends with NULL.
    pub foreign: *const *const c_char,
    /// What is installed already: a status file of dpkg. Nothing by default.
    pub status: *const c_char,
    /// Files of preferences (apt_preferences(5)), the first one first. An array that ends with NULL.
    pub pins: *const *const c_char,
    /// The release whose packages are preferred (`APT::Default-Release`).
    pub default_release: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_why_options {}

/// Tells why a package comes along with others: the relations that lead to it.
///
/// `rev`: The snapshot.
///
/// `name`: The package to explain.
///
/// `names`: The packages that are asked for, as for `resolve`. An array that ends with NULL.
///
/// `options`, `watch` and `document` may be NULL. Gives: why.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_why(
    store: *const reposnap_store,
    rev: *const c_char,
    name: *const c_char,
    names: *const *const c_char,
    options: *const reposnap_why_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "why", watch, Out { document, error }, |request| {
            request.string("rev", rev)?;
            request.string("name", name)?;
            request.strings("names", names)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("solver", options.solver)?;
                request.optional_boolean("no_recommends", options.no_recommends);
                request.optional_strings("also", options.also)?;
                request.optional_string("architecture", options.architecture)?;
                request.optional_strings("foreign", options.foreign)?;
                request.optional_string("status", options.status)?;
                request.optional_strings("pins", options.pins)?;
                request.optional_string("default_release", options.default_release)?;
            }
            Ok(())
        })
    }
}

/// What `reposnap_upgrade` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_upgrade_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Install what is new and needed, and remove what stands in the way (`apt-get dist-upgrade`); by default neither
    /// (`apt-get upgrade`).
    pub full: bool,
    /// Do without what is only recommended.
    pub no_recommends: bool,
    /// Further snapshots whose packages may be taken, as by further lines of sources.list. An array that ends with
    /// NULL.
    pub also: *const *const c_char,
    /// The machine's architecture; the snapshot's, or this machine's, by default.
    pub architecture: *const c_char,
    /// Architectures that the machine takes packages of besides. An array that ends with NULL.
    pub foreign: *const *const c_char,
    /// What is installed already: a status file of dpkg. Nothing by default.
    pub status: *const c_char,
    /// Files of preferences (apt_preferences(5)), the first one first. An array that ends with NULL.
    pub pins: *const *const c_char,
    /// The release whose packages are preferred (`APT::Default-Release`).
    pub default_release: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_upgrade_options {}

/// Finds what an upgrade of what is installed comes to, as apt would do it, and what is held back.
///
/// `rev`: The snapshot.
///
/// `options`, `watch` and `document` may be NULL. Gives: upgrade.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_upgrade(
    store: *const reposnap_store,
    rev: *const c_char,
    options: *const reposnap_upgrade_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "upgrade", watch, Out { document, error }, |request| {
            request.string("rev", rev)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_boolean("full", options.full);
                request.optional_boolean("no_recommends", options.no_recommends);
                request.optional_strings("also", options.also)?;
                request.optional_string("architecture", options.architecture)?;
                request.optional_strings("foreign", options.foreign)?;
                request.optional_string("status", options.status)?;
                request.optional_strings("pins", options.pins)?;
                request.optional_string("default_release", options.default_release)?;
            }
            Ok(())
        })
    }
}

/// What `reposnap_build_deps` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_build_deps_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// How to choose; `apt-classic` by default. One of `apt-classic`, `apt-3`, `closure`.
    pub solver: *const c_char,
    /// The build profiles that are on, such as `nocheck`. An array that ends with NULL.
    pub profiles: *const *const c_char,
    /// Build the packages of an architecture alone.
    pub arch_only: bool,
    /// Build the packages for all architectures alone.
    pub indep_only: bool,
    /// Further snapshots whose packages may be taken, as by further lines of sources.list. An array that ends with
    /// NULL.
    pub also: *const *const c_char,
    /// The machine's architecture; the snapshot's, or this machine's, by default.
    pub architecture: *const c_char,
    /// Architectures that the machine takes packages of besides. An array that ends with NULL.
    pub foreign: *const *const c_char,
    /// What is installed already: a status file of dpkg. Nothing by default.
    pub status: *const c_char,
    /// Files of preferences (apt_preferences(5)), the first one first. An array that ends with NULL.
    pub pins: *const *const c_char,
    /// The release whose packages are preferred (`APT::Default-Release`).
    pub default_release: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_build_deps_options {}

/// Finds the versions that building source packages needs, as `apt-get build-dep` would choose.
///
/// `rev`: The snapshot; it must have the sources.
///
/// `names`: The source packages: `name` or `name=version`. An array that ends with NULL.
///
/// `options`, `watch` and `document` may be NULL. Gives: resolve.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_build_deps(
    store: *const reposnap_store,
    rev: *const c_char,
    names: *const *const c_char,
    options: *const reposnap_build_deps_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "build-deps", watch, Out { document, error }, |request| {
            request.string("rev", rev)?;
            request.strings("names", names)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("solver", options.solver)?;
                request.optional_strings("profiles", options.profiles)?;
                request.optional_boolean("arch_only", options.arch_only);
                request.optional_boolean("indep_only", options.indep_only);
                request.optional_strings("also", options.also)?;
                request.optional_string("architecture", options.architecture)?;
                request.optional_strings("foreign", options.foreign)?;
                request.optional_string("status", options.status)?;
                request.optional_strings("pins", options.pins)?;
                request.optional_string("default_release", options.default_release)?;
            }
            Ok(())
        })
    }
}

/// What `reposnap_graph` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_graph_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Who depends on them, instead of what they depend on.
    pub reverse: bool,
    /// The shortest chains to this package, instead of all around; with `reverse`, from it.
    pub to: *const c_char,
    /// How many relations away at most; no limit by default. Where the number is.
    pub depth: *const u64,
    /// Which relations, by the names of their fields; `pre-depends` and `depends` by default. An array that ends with
    /// NULL.
    pub kinds: *const *const c_char,
    /// How it is given; `json` by default. One of `json`, `counts`, `dot`, `mermaid`, `svg`.
    pub format: *const c_char,
    /// Further snapshots whose packages may be taken, as by further lines of sources.list. An array that ends with
    /// NULL.
    pub also: *const *const c_char,
    /// The machine's architecture; the snapshot's, or this machine's, by default.
    pub architecture: *const c_char,
    /// Architectures that the machine takes packages of besides. An array that ends with NULL.
    pub foreign: *const *const c_char,
    /// What is installed already: a status file of dpkg. Nothing by default.
    pub status: *const c_char,
    /// Files of preferences (apt_preferences(5)), the first one first. An array that ends with NULL.
    pub pins: *const *const c_char,
    /// The release whose packages are preferred (`APT::Default-Release`).
    pub default_release: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_graph_options {}

/// Tells what packages depend on, or what depends on them: as a document, a count or a picture.
///
/// `rev`: The snapshot.
///
/// `names`: The packages, or names that packages provide: `name` or `name:architecture`. An array that ends with NULL.
///
/// `options`, `watch` and `document` may be NULL. Gives: graph.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_graph(
    store: *const reposnap_store,
    rev: *const c_char,
    names: *const *const c_char,
    options: *const reposnap_graph_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "graph", watch, Out { document, error }, |request| {
            request.string("rev", rev)?;
            request.strings("names", names)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_boolean("reverse", options.reverse);
                request.optional_string("to", options.to)?;
                request.optional_integer("depth", options.depth)?;
                request.optional_strings("kinds", options.kinds)?;
                request.optional_string("format", options.format)?;
                request.optional_strings("also", options.also)?;
                request.optional_string("architecture", options.architecture)?;
                request.optional_strings("foreign", options.foreign)?;
                request.optional_string("status", options.status)?;
                request.optional_strings("pins", options.pins)?;
                request.optional_string("default_release", options.default_release)?;
            }
            Ok(())
        })
    }
}

/// What `reposnap_check` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_check_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// A snapshot to compare with, such as the environment before a promotion: only what could be installed from it, or
    /// was not there, is told.
    pub against: *const c_char,
    /// Look at all versions, not only at the newest of each package.
    pub all_versions: bool,
    /// Further snapshots whose packages may be taken, as by further lines of sources.list. An array that ends with
    /// NULL.
    pub also: *const *const c_char,
    /// The machine's architecture; the snapshot's, or this machine's, by default.
    pub architecture: *const c_char,
    /// Architectures that the machine takes packages of besides. An array that ends with NULL.
    pub foreign: *const *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_check_options {}

/// Finds the packages of a snapshot that nobody can install, and why; beside another, what the change breaks and
/// repairs.
///
/// `rev`: The snapshot.
///
/// `options`, `watch` and `document` may be NULL. Gives: check.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_check(
    store: *const reposnap_store,
    rev: *const c_char,
    options: *const reposnap_check_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "check", watch, Out { document, error }, |request| {
            request.string("rev", rev)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("against", options.against)?;
                request.optional_boolean("all_versions", options.all_versions);
                request.optional_strings("also", options.also)?;
                request.optional_string("architecture", options.architecture)?;
                request.optional_strings("foreign", options.foreign)?;
            }
            Ok(())
        })
    }
}

/// What `reposnap_image_inspect` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_image_inspect_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Which image of an index, such as `linux/arm64`; this machine's by default.
    pub platform: *const c_char,
    /// Compare every file with what its package says of it; all of the image is hashed then.
    pub files: bool,
    /// Keyrings of those who sign the rpms. An array that ends with NULL.
    pub rpm_keys: *const *const c_char,
    /// Talk to the registry without TLS where it has none, though others may listen.
    pub plain_http: bool,
    /// Read all layers, also those that were read before.
    pub no_cache: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_image_inspect_options {}

/// Looks into an image, a root folder or a machine: its packages and the layers that brought them. Nothing is unpacked.
///
/// `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
/// folder, or `host:` for this machine.
///
/// `options`, `watch` and `document` may be NULL. Gives: Inventory.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_image_inspect(
    reference: *const c_char,
    options: *const reposnap_image_inspect_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "image inspect", watch, Out { document, error }, |request| {
            request.string("reference", reference)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("platform", options.platform)?;
                request.optional_boolean("files", options.files);
                request.optional_strings("rpm_keys", options.rpm_keys)?;
                request.optional_boolean("plain_http", options.plain_http);
                request.optional_boolean("no_cache", options.no_cache);
            }
            Ok(())
        })
    }
}

/// What `reposnap_image_match` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_image_match_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Which image of an index, such as `linux/arm64`; this machine's by default.
    pub platform: *const c_char,
    /// Compare every file with what its package says of it; all of the image is hashed then.
    pub files: bool,
    /// Keyrings of those who sign the rpms. An array that ends with NULL.
    pub rpm_keys: *const *const c_char,
    /// Talk to the registry without TLS where it has none, though others may listen.
    pub plain_http: bool,
    /// Read all layers, also those that were read before.
    pub no_cache: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_image_match_options {}

/// Tells of every package of an image which snapshots have had exactly it, and which are from nowhere.
///
/// `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
/// folder, or `host:` for this machine.
///
/// `options`, `watch` and `document` may be NULL. Gives: image match.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_image_match(
    store: *const reposnap_store,
    reference: *const c_char,
    options: *const reposnap_image_match_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "image match", watch, Out { document, error }, |request| {
            request.string("reference", reference)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("platform", options.platform)?;
                request.optional_boolean("files", options.files);
                request.optional_strings("rpm_keys", options.rpm_keys)?;
                request.optional_boolean("plain_http", options.plain_http);
                request.optional_boolean("no_cache", options.no_cache);
            }
            Ok(())
        })
    }
}

/// What `reposnap_image_date` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_image_date_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Which image of an index, such as `linux/arm64`; this machine's by default.
    pub platform: *const c_char,
    /// Compare every file with what its package says of it; all of the image is hashed then.
    pub files: bool,
    /// Keyrings of those who sign the rpms. An array that ends with NULL.
    pub rpm_keys: *const *const c_char,
    /// Talk to the registry without TLS where it has none, though others may listen.
    pub plain_http: bool,
    /// Read all layers, also those that were read before.
    pub no_cache: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_image_date_options {}

/// Tells from which snapshots an image and each of its layers can be, by their packages.
///
/// `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
/// folder, or `host:` for this machine.
///
/// `options`, `watch` and `document` may be NULL. Gives: image date.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_image_date(
    store: *const reposnap_store,
    reference: *const c_char,
    options: *const reposnap_image_date_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "image date", watch, Out { document, error }, |request| {
            request.string("reference", reference)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("platform", options.platform)?;
                request.optional_boolean("files", options.files);
                request.optional_strings("rpm_keys", options.rpm_keys)?;
                request.optional_boolean("plain_http", options.plain_http);
                request.optional_boolean("no_cache", options.no_cache);
            }
            Ok(())
        })
    }
}

/// What `reposnap_image_audit` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_image_audit_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Security advisories, by path or URL: the Debian security tracker's JSON, OSV, or updateinfo files. An array that
    /// ends with NULL.
    pub advisories: *const *const c_char,
    /// OpenVEX documents that state which of them don't concern the image, by path or URL. An array that ends with
    /// NULL.
    pub vex: *const *const c_char,
    /// The release that updateinfo files are of, such as `fedora:41`.
    pub release: *const c_char,
    /// The mirrors of one's own packages: that no advisories are about those is no doubt. An array that ends with NULL.
    pub own_mirrors: *const *const c_char,
    /// The moment that ages are counted to; now by default. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
    pub at: *const c_char,
    /// Which image of an index, such as `linux/arm64`; this machine's by default.
    pub platform: *const c_char,
    /// Compare every file with what its package says of it; all of the image is hashed then.
    pub files: bool,
    /// Keyrings of those who sign the rpms. An array that ends with NULL.
    pub rpm_keys: *const *const c_char,
    /// Talk to the registry without TLS where it has none, though others may listen.
    pub plain_http: bool,
    /// Read all layers, also those that were read before.
    pub no_cache: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_image_audit_options {}

/// Holds an image against an environment: what is outdated and since when, what is from nowhere, and who holds it back.
///
/// `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
/// folder, or `host:` for this machine.
///
/// `rev`: The environment, or any other name of a snapshot.
///
/// `options`, `watch` and `document` may be NULL. Gives: Report.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_image_audit(
    store: *const reposnap_store,
    reference: *const c_char,
    rev: *const c_char,
    options: *const reposnap_image_audit_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "image audit", watch, Out { document, error }, |request| {
            request.string("reference", reference)?;
            request.string("rev", rev)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_strings("advisories", options.advisories)?;
                request.optional_strings("vex", options.vex)?;
                request.optional_string("release", options.release)?;
                request.optional_strings("own_mirrors", options.own_mirrors)?;
                request.optional_string("at", options.at)?;
                request.optional_string("platform", options.platform)?;
                request.optional_boolean("files", options.files);
                request.optional_strings("rpm_keys", options.rpm_keys)?;
                request.optional_boolean("plain_http", options.plain_http);
                request.optional_boolean("no_cache", options.no_cache);
            }
            Ok(())
        })
    }
}

/// What `reposnap_image_attest` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_image_attest_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The environment that the image is held against; its verdict goes into the attestation.
    pub rev: *const c_char,
    /// Who built the image, as a URI: SLSA provenance is attested as well.
    pub builder: *const c_char,
    /// For SLSA provenance, what the build was given. An array that ends with a pair whose name is NULL.
    pub build_parameters: *const reposnap_pair,
    /// Where others find the store, as a URL, for the snapshots in SLSA provenance.
    pub store_url: *const c_char,
    /// Attach what was attested to the image.
    pub attach: bool,
    /// A file with the OpenPGP key's password.
    pub password_file: *const c_char,
    /// When it is attested; now by default. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
    pub at: *const c_char,
    /// Which image of an index, such as `linux/arm64`; this machine's by default.
    pub platform: *const c_char,
    /// Compare every file with what its package says of it; all of the image is hashed then.
    pub files: bool,
    /// Keyrings of those who sign the rpms. An array that ends with NULL.
    pub rpm_keys: *const *const c_char,
    /// Talk to the registry without TLS where it has none, though others may listen.
    pub plain_http: bool,
    /// Read all layers, also those that were read before.
    pub no_cache: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_image_attest_options {}

/// Attests what is in an image and from which snapshots, signed; attached to the image where that is asked for.
///
/// `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
/// folder, or `host:` for this machine.
///
/// `key`: The key: a file with a private key in PEM (Ed25519 or P-256), one with an OpenPGP key, or `gpg:FINGERPRINT`
/// for one that gpg-agent has.
///
/// `options`, `watch` and `document` may be NULL. Gives: image attest.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_image_attest(
    store: *const reposnap_store,
    reference: *const c_char,
    key: *const c_char,
    options: *const reposnap_image_attest_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "image attest", watch, Out { document, error }, |request| {
            request.string("reference", reference)?;
            request.string("key", key)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("rev", options.rev)?;
                request.optional_string("builder", options.builder)?;
                request.optional_pairs("build_parameters", options.build_parameters)?;
                request.optional_string("store_url", options.store_url)?;
                request.optional_boolean("attach", options.attach);
                request.optional_string("password_file", options.password_file)?;
                request.optional_string("at", options.at)?;
                request.optional_string("platform", options.platform)?;
                request.optional_boolean("files", options.files);
                request.optional_strings("rpm_keys", options.rpm_keys)?;
                request.optional_boolean("plain_http", options.plain_http);
                request.optional_boolean("no_cache", options.no_cache);
            }
            Ok(())
        })
    }
}

/// What `reposnap_image_verify` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_image_verify_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Attestations, beside those that are attached to the image: files, or the JSON of a bundle, an envelope or
    /// several, line by line, which a `{` begins. An array that ends with NULL.
    pub attestations: *const *const c_char,
    /// The moment that ages are counted to; now by default. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
    pub at: *const c_char,
    /// Which image of an index, such as `linux/arm64`; this machine's by default.
    pub platform: *const c_char,
    /// Compare every file with what its package says of it; all of the image is hashed then.
    pub files: bool,
    /// Keyrings of those who sign the rpms. An array that ends with NULL.
    pub rpm_keys: *const *const c_char,
    /// Talk to the registry without TLS where it has none, though others may listen.
    pub plain_http: bool,
    /// Read all layers, also those that were read before.
    pub no_cache: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_image_verify_options {}

/// Tells whether a policy accepts an image, by what trusted keys attested of it.
///
/// `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
/// folder, or `host:` for this machine.
///
/// `policy`: The policy's file.
///
/// `options`, `watch` and `document` may be NULL. Gives: image verify.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_image_verify(
    store: *const reposnap_store,
    reference: *const c_char,
    policy: *const c_char,
    options: *const reposnap_image_verify_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "image verify", watch, Out { document, error }, |request| {
            request.string("reference", reference)?;
            request.string("policy", policy)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_strings("attestations", options.attestations)?;
                request.optional_string("at", options.at)?;
                request.optional_string("platform", options.platform)?;
                request.optional_boolean("files", options.files);
                request.optional_strings("rpm_keys", options.rpm_keys)?;
                request.optional_boolean("plain_http", options.plain_http);
                request.optional_boolean("no_cache", options.no_cache);
            }
            Ok(())
        })
    }
}

/// What `reposnap_image_signatures` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_image_signatures_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The name that must have been signed: a repository, or one with a tag. Any by default, so that whoever signed one
    /// image can pass it off as another.
    pub expected: *const c_char,
    /// Files of simple signing. An array that ends with NULL.
    pub signatures: *const *const c_char,
    /// The moment at which it is judged; now by default. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
    pub at: *const c_char,
    /// Which image of an index, such as `linux/arm64`; this machine's by default.
    pub platform: *const c_char,
    /// Compare every file with what its package says of it; all of the image is hashed then.
    pub files: bool,
    /// Keyrings of those who sign the rpms. An array that ends with NULL.
    pub rpm_keys: *const *const c_char,
    /// Talk to the registry without TLS where it has none, though others may listen.
    pub plain_http: bool,
    /// Read all layers, also those that were read before.
    pub no_cache: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_image_signatures_options {}

/// Verifies what others signed of an image, such as of a base: cosign with a key beside it in its registry, and files
/// of simple signing (containers-signature(5)).
///
/// `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
/// folder, or `host:` for this machine.
///
/// `keys`: Files with the public keys (PEM) and OpenPGP certificates that are trusted. An array that ends with NULL.
///
/// `options`, `watch` and `document` may be NULL. Gives: image signatures.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_image_signatures(
    reference: *const c_char,
    keys: *const *const c_char,
    options: *const reposnap_image_signatures_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "image signatures", watch, Out { document, error }, |request| {
            request.string("reference", reference)?;
            request.strings("keys", keys)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("expected", options.expected)?;
                request.optional_strings("signatures", options.signatures)?;
                request.optional_string("at", options.at)?;
                request.optional_string("platform", options.platform)?;
                request.optional_boolean("files", options.files);
                request.optional_strings("rpm_keys", options.rpm_keys)?;
                request.optional_boolean("plain_http", options.plain_http);
                request.optional_boolean("no_cache", options.no_cache);
            }
            Ok(())
        })
    }
}

/// Writes reports of audits for people, for what shows the results of checks, or as bills of materials.
///
/// `reports`: The reports, JSON as `image audit` gives it: an array, or one.
///
/// `format`: As what. One of `text`, `json`, `sarif`, `junit`, `cyclonedx`, `spdx`, `html`.
///
/// `watch` and `document` may be NULL. Gives: text.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_image_report(
    reports: *const c_char,
    format: *const c_char,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "image report", watch, Out { document, error }, |request| {
            request.string("reports", reports)?;
            request.string("format", format)?;
            Ok(())
        })
    }
}

/// What `reposnap_fleet_add` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_fleet_add_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The name; the image's reference by default.
    pub name: *const c_char,
    /// Tell what would be recorded, and record nothing.
    pub dry_run: bool,
    /// Which image of an index, such as `linux/arm64`; this machine's by default.
    pub platform: *const c_char,
    /// Compare every file with what its package says of it; all of the image is hashed then.
    pub files: bool,
    /// Keyrings of those who sign the rpms. An array that ends with NULL.
    pub rpm_keys: *const *const c_char,
    /// Talk to the registry without TLS where it has none, though others may listen.
    pub plain_http: bool,
    /// Read all layers, also those that were read before.
    pub no_cache: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_fleet_add_options {}

/// Records an image in the store, under a name. What is recorded stays.
///
/// `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
/// folder, or `host:` for this machine.
///
/// `options`, `watch` and `document` may be NULL. Gives: fleet add.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_fleet_add(
    store: *const reposnap_store,
    reference: *const c_char,
    options: *const reposnap_fleet_add_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "fleet add", watch, Out { document, error }, |request| {
            request.string("reference", reference)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("name", options.name)?;
                request.optional_boolean("dry_run", options.dry_run);
                request.optional_string("platform", options.platform)?;
                request.optional_boolean("files", options.files);
                request.optional_strings("rpm_keys", options.rpm_keys)?;
                request.optional_boolean("plain_http", options.plain_http);
                request.optional_boolean("no_cache", options.no_cache);
            }
            Ok(())
        })
    }
}

/// Lists the names of the recorded images, and the images that they are now.
///
/// `watch` and `document` may be NULL. Gives: array of FleetImage.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_fleet_list(
    store: *const reposnap_store,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe { run(Some(store), "fleet list", watch, Out { document, error }, |_| Ok(())) }
}

/// What `reposnap_fleet_affected` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_fleet_affected_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// What the name is the name of: `binary`, `source`, or `any`, which is the default. One of `any`, `binary`,
    /// `source`.
    pub by: *const c_char,
    /// Whose package it is: `deb`, which is the default, or `rpm`. One of `deb`, `rpm`.
    pub family: *const c_char,
    /// Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are.
    pub system: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_fleet_affected_options {}

/// Finds the images that have a package in an older version than one that mends it.
///
/// `name`: The binary or source package.
///
/// `version`: The version that mends it; for a source package, the source's.
///
/// `options`, `watch` and `document` may be NULL. Gives: array of StaleImage.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_fleet_affected(
    store: *const reposnap_store,
    name: *const c_char,
    version: *const c_char,
    options: *const reposnap_fleet_affected_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "fleet affected", watch, Out { document, error }, |request| {
            request.string("name", name)?;
            request.string("version", version)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("by", options.by)?;
                request.optional_string("family", options.family)?;
                request.optional_string("system", options.system)?;
            }
            Ok(())
        })
    }
}

/// What `reposnap_fleet_stale` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_fleet_stale_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// A snapshot before it: only what is newer than there counts.
    pub since: *const c_char,
    /// Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are.
    pub system: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_fleet_stale_options {}

/// Finds the images that have a package in an older version than a snapshot.
///
/// `rev`: The snapshot, such as an environment.
///
/// `options`, `watch` and `document` may be NULL. Gives: array of StaleImage.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_fleet_stale(
    store: *const reposnap_store,
    rev: *const c_char,
    options: *const reposnap_fleet_stale_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "fleet stale", watch, Out { document, error }, |request| {
            request.string("rev", rev)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("since", options.since)?;
                request.optional_string("system", options.system)?;
            }
            Ok(())
        })
    }
}

/// What `reposnap_fleet_plan` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_fleet_plan_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The snapshot, such as an environment.
    pub rev: *const c_char,
    /// A snapshot before it: only what is newer than there counts. For an environment's last promotion: `stable~1`.
    pub since: *const c_char,
    /// Instead of a snapshot: the binary or source package that is mended.
    pub name: *const c_char,
    /// And the version that mends it.
    pub version: *const c_char,
    /// What the name is the name of: `binary`, `source`, or `any`, which is the default. One of `any`, `binary`,
    /// `source`.
    pub by: *const c_char,
    /// Whose package it is: `deb`, which is the default, or `rpm`. One of `deb`, `rpm`.
    pub family: *const c_char,
    /// Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are.
    pub system: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_fleet_plan_options {}

/// Tells what to rebuild, bases first: of a snapshot, of what is new in it, or of a version that mends something.
///
/// `options`, `watch` and `document` may be NULL. Gives: fleet plan.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_fleet_plan(
    store: *const reposnap_store,
    options: *const reposnap_fleet_plan_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "fleet plan", watch, Out { document, error }, |request| {
            if let Some(options) = sized(options, "options")? {
                request.optional_string("rev", options.rev)?;
                request.optional_string("since", options.since)?;
                request.optional_string("name", options.name)?;
                request.optional_string("version", options.version)?;
                request.optional_string("by", options.by)?;
                request.optional_string("family", options.family)?;
                request.optional_string("system", options.system)?;
            }
            Ok(())
        })
    }
}

/// What `reposnap_lock_create` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_lock_create_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// How to choose; `apt-classic` by default. One of `apt-classic`, `apt-3`, `closure`.
    pub solver: *const c_char,
    /// Do without what is only recommended.
    pub no_recommends: bool,
    /// The machine's architecture; the snapshot's, or this machine's, by default.
    pub architecture: *const c_char,
    /// Architectures that the machine takes packages of besides. An array that ends with NULL.
    pub foreign: *const *const c_char,
    /// What is installed already: a status file of dpkg. Nothing by default.
    pub status: *const c_char,
    /// Files of preferences (apt_preferences(5)), the first one first. An array that ends with NULL.
    pub pins: *const *const c_char,
    /// The release whose packages are preferred (`APT::Default-Release`).
    pub default_release: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_lock_create_options {}

/// Locks exactly what packages bring along: every version, its file's digest, and what brought it.
///
/// `rev`: The snapshot.
///
/// `names`: The packages: `name`, `name:architecture`, `name=version` or `name/suite`. An array that ends with NULL.
///
/// `options`, `watch` and `document` may be NULL. Gives: lock.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_lock_create(
    store: *const reposnap_store,
    rev: *const c_char,
    names: *const *const c_char,
    options: *const reposnap_lock_create_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "lock create", watch, Out { document, error }, |request| {
            request.string("rev", rev)?;
            request.strings("names", names)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("solver", options.solver)?;
                request.optional_boolean("no_recommends", options.no_recommends);
                request.optional_string("architecture", options.architecture)?;
                request.optional_strings("foreign", options.foreign)?;
                request.optional_string("status", options.status)?;
                request.optional_strings("pins", options.pins)?;
                request.optional_string("default_release", options.default_release)?;
            }
            Ok(())
        })
    }
}

/// Reads a lock.
///
/// `lock`: The lock's text.
///
/// `watch` and `document` may be NULL. Gives: lock.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_lock_show(
    lock: *const c_char,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "lock show", watch, Out { document, error }, |request| {
            request.string("lock", lock)?;
            Ok(())
        })
    }
}

/// Tells what differs between two locks.
///
/// `before`: The first lock's text.
///
/// `after`: The second lock's text.
///
/// `watch` and `document` may be NULL. Gives: lock diff.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_lock_diff(
    before: *const c_char,
    after: *const c_char,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "lock diff", watch, Out { document, error }, |request| {
            request.string("before", before)?;
            request.string("after", after)?;
            Ok(())
        })
    }
}

/// What `reposnap_lock_update` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_lock_update_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Source or binary packages; everything by default. An array that ends with NULL.
    pub only: *const *const c_char,
    /// The status file of the system that the packages go on top of, where the lock has such a base.
    pub status: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_lock_update_options {}

/// Moves a lock to a newer snapshot: all of it, or what the fix of some packages needs and nothing else.
///
/// `lock`: The lock's text.
///
/// `rev`: The newer snapshot.
///
/// `options`, `watch` and `document` may be NULL. Gives: lock update.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_lock_update(
    store: *const reposnap_store,
    lock: *const c_char,
    rev: *const c_char,
    options: *const reposnap_lock_update_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "lock update", watch, Out { document, error }, |request| {
            request.string("lock", lock)?;
            request.string("rev", rev)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_strings("only", options.only)?;
                request.optional_string("status", options.status)?;
            }
            Ok(())
        })
    }
}

/// Tells whether the snapshots still have what a lock says.
///
/// `lock`: The lock's text.
///
/// `watch` and `document` may be NULL. Gives: lock verify.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_lock_verify(
    store: *const reposnap_store,
    lock: *const c_char,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "lock verify", watch, Out { document, error }, |request| {
            request.string("lock", lock)?;
            Ok(())
        })
    }
}

/// What `reposnap_lock_export` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_lock_export_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The URL that the files lie below; needed for `uris` and `curl`.
    pub base: *const c_char,
    /// They lie where `publish` puts them, not where upstream has them.
    pub published: bool,
    /// Pins: refuse every package that is not locked.
    pub exclusive: bool,
    /// Bills of materials: what they are about.
    pub name: *const c_char,
    /// The vendor in the packages' purls; `debian` by default.
    pub vendor: *const c_char,
    /// The release in the packages' purls, such as `bookworm`.
    pub distro: *const c_char,
    /// When the bill was made; needed for `spdx`. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
    pub created: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_lock_export_options {}

/// Writes a lock in the words of others: apt's pins and arguments, lists of files, bills of materials.
///
/// `lock`: The lock's text.
///
/// `format`: In which words. One of `apt-pins`, `apt-install`, `uris`, `curl`, `sha256sums`, `cyclonedx`, `spdx`.
///
/// `options`, `watch` and `document` may be NULL. Gives: text.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_lock_export(
    lock: *const c_char,
    format: *const c_char,
    options: *const reposnap_lock_export_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "lock export", watch, Out { document, error }, |request| {
            request.string("lock", lock)?;
            request.string("format", format)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("base", options.base)?;
                request.optional_boolean("published", options.published);
                request.optional_boolean("exclusive", options.exclusive);
                request.optional_string("name", options.name)?;
                request.optional_string("vendor", options.vendor)?;
                request.optional_string("distro", options.distro)?;
                request.optional_string("created", options.created)?;
            }
            Ok(())
        })
    }
}

/// What `reposnap_lock_bill` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_lock_bill_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The URL that the files lie below.
    pub base: *const c_char,
    /// They lie where `publish` puts them, not where upstream has them.
    pub published: bool,
    /// What it is about.
    pub name: *const c_char,
    /// The vendor in the packages' purls; `debian` by default.
    pub vendor: *const c_char,
    /// The release in the packages' purls, such as `bookworm`.
    pub distro: *const c_char,
    /// When it was made; now by default. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
    pub created: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_lock_bill_options {}

/// Writes a bill of materials of a lock, with all that its packages say of each other in their snapshots.
///
/// `lock`: The lock's text.
///
/// `format`: `cyclonedx` or `spdx`. One of `apt-pins`, `apt-install`, `uris`, `curl`, `sha256sums`, `cyclonedx`,
/// `spdx`.
///
/// `options`, `watch` and `document` may be NULL. Gives: text.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_lock_bill(
    store: *const reposnap_store,
    lock: *const c_char,
    format: *const c_char,
    options: *const reposnap_lock_bill_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "lock bill", watch, Out { document, error }, |request| {
            request.string("lock", lock)?;
            request.string("format", format)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("base", options.base)?;
                request.optional_boolean("published", options.published);
                request.optional_string("name", options.name)?;
                request.optional_string("vendor", options.vendor)?;
                request.optional_string("distro", options.distro)?;
                request.optional_string("created", options.created)?;
            }
            Ok(())
        })
    }
}

/// What `reposnap_system_compare` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_system_compare_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The root folder of the machine; `/` by default.
    pub root: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_system_compare_options {}

/// Tells how the packages that are installed on a machine stand to a snapshot.
///
/// `rev`: The snapshot.
///
/// `options`, `watch` and `document` may be NULL. Gives: system compare.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_system_compare(
    store: *const reposnap_store,
    rev: *const c_char,
    options: *const reposnap_system_compare_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "system compare", watch, Out { document, error }, |request| {
            request.string("rev", rev)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("root", options.root)?;
            }
            Ok(())
        })
    }
}

/// What `reposnap_store_gc` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_store_gc_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Keep the snapshots of so many of the newest entries of each environment and mirror. Where the number is.
    pub keep_last: *const u64,
    /// Keep the newest snapshot of each of so many days that have one. Where the number is.
    pub keep_daily: *const u64,
    /// Keep the newest snapshot of each of so many weeks that have one. Where the number is.
    pub keep_weekly: *const u64,
    /// Keep the newest snapshot of each of so many months that have one. Where the number is.
    pub keep_monthly: *const u64,
    /// Keep what was in force at any time of this duration before the newest entry, such as `30d`.
    pub keep_within: *const c_char,
    /// Snapshots to keep besides. An array that ends with NULL.
    pub keep: *const *const c_char,
    /// Lock files whose snapshots are kept. An array that ends with NULL.
    pub locks: *const *const c_char,
    /// How long a plan waits before it is swept, `24h` by default: longer than twice the longest update, merge or
    /// promotion. With `0s`, what is planned is swept at once.
    pub grace: *const c_char,
    /// Tell what would be planned, and write nothing.
    pub dry_run: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_store_gc_options {}

/// Collects garbage in two phases: plans what nothing needs, and sweeps what was planned a grace period ago and still
/// is not needed. Rules of retention say which entries of environments and mirrors keep their snapshots; without any,
/// all do. The newest entry always does, and so does what has a name, what lock files need, and the newest snapshot
/// that has a package of a recorded image.
///
/// `options`, `watch` and `document` may be NULL. Gives: store gc.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_store_gc(
    store: *const reposnap_store,
    options: *const reposnap_store_gc_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "store gc", watch, Out { document, error }, |request| {
            if let Some(options) = sized(options, "options")? {
                request.optional_integer("keep_last", options.keep_last)?;
                request.optional_integer("keep_daily", options.keep_daily)?;
                request.optional_integer("keep_weekly", options.keep_weekly)?;
                request.optional_integer("keep_monthly", options.keep_monthly)?;
                request.optional_string("keep_within", options.keep_within)?;
                request.optional_strings("keep", options.keep)?;
                request.optional_strings("locks", options.locks)?;
                request.optional_string("grace", options.grace)?;
                request.optional_boolean("dry_run", options.dry_run);
            }
            Ok(())
        })
    }
}

/// What `reposnap_store_check` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_store_check_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Read every byte of packs and packages too, and verify every stanza.
    pub data: bool,
    /// Another store, a directory or a URL, to put back from what is missing or altered.
    pub repair_from: *const c_char,
    /// Put back missing and altered packages from where their snapshots say that they came from.
    pub repair_upstream: bool,
    /// Tell what would be put back, and write nothing; nothing is fetched from upstream.
    pub dry_run: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_store_check_options {}

/// Checks the store: every log unbroken, every snapshot readable, every object that one needs there. What is wrong can
/// be put right on the way.
///
/// `options`, `watch` and `document` may be NULL. Gives: store check.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_store_check(
    store: *const reposnap_store,
    options: *const reposnap_store_check_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "store check", watch, Out { document, error }, |request| {
            if let Some(options) = sized(options, "options")? {
                request.optional_boolean("data", options.data);
                request.optional_string("repair_from", options.repair_from)?;
                request.optional_boolean("repair_upstream", options.repair_upstream);
                request.optional_boolean("dry_run", options.dry_run);
            }
            Ok(())
        })
    }
}

/// What `reposnap_store_stats` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_store_stats_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Count what nothing needs, too.
    pub garbage: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_store_stats_options {}

/// Counts what the store has.
///
/// `options`, `watch` and `document` may be NULL. Gives: store stats.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_store_stats(
    store: *const reposnap_store,
    options: *const reposnap_store_stats_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "store stats", watch, Out { document, error }, |request| {
            if let Some(options) = sized(options, "options")? {
                request.optional_boolean("garbage", options.garbage);
            }
            Ok(())
        })
    }
}

/// What `reposnap_store_copy` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_store_copy_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The environments; all that the store has where none is named. An array that ends with NULL.
    pub environments: *const *const c_char,
    /// Tell what would be copied, and write nothing.
    pub dry_run: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_store_copy_options {}

/// Copies the store into another one, or some environments with all that they need: what is missing there, each object
/// verified, and entries of logs last. Done again, it goes on. Nothing in the other store is ever replaced.
///
/// `to`: The other store, a directory or a URL, which is made where there is none.
///
/// `options`, `watch` and `document` may be NULL. Gives: store copy.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_store_copy(
    store: *const reposnap_store,
    to: *const c_char,
    options: *const reposnap_store_copy_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "store copy", watch, Out { document, error }, |request| {
            request.string("to", to)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_strings("environments", options.environments)?;
                request.optional_boolean("dry_run", options.dry_run);
            }
            Ok(())
        })
    }
}

/// What `reposnap_store_migrate` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_store_migrate_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// Tell what would be done, and write nothing.
    pub dry_run: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_store_migrate_options {}

/// Tells the format of the store, and brings it to the newest that this version knows.
///
/// `options`, `watch` and `document` may be NULL. Gives: store migrate.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_store_migrate(
    store: *const reposnap_store,
    options: *const reposnap_store_migrate_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(Some(store), "store migrate", watch, Out { document, error }, |request| {
            if let Some(options) = sized(options, "options")? {
                request.optional_boolean("dry_run", options.dry_run);
            }
            Ok(())
        })
    }
}

/// What `reposnap_verify_release` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_verify_release_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The signature file, where it stands apart.
    pub signature: *const c_char,
    /// The time to verify at, instead of now. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
    pub at: *const c_char,
    /// The fingerprints that count; all of the keyring's by default. An array that ends with NULL.
    pub signers: *const *const c_char,
    /// How many of the keys must have signed; 1 by default. Where the number is.
    pub threshold: *const u64,
    /// Relax rules of verification, by their names. An array that ends with NULL.
    pub relax: *const *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_verify_release_options {}

/// Verifies an InRelease file, or a Release file with its Release.gpg: its signatures, its dates and its form.
///
/// `file`: The file.
///
/// `keyring`: The keys: keyring files, or armored blocks. An array that ends with NULL.
///
/// `options`, `watch` and `document` may be NULL. Gives: verify release.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_verify_release(
    file: *const c_char,
    keyring: *const *const c_char,
    options: *const reposnap_verify_release_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "verify release", watch, Out { document, error }, |request| {
            request.string("file", file)?;
            request.strings("keyring", keyring)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("signature", options.signature)?;
                request.optional_string("at", options.at)?;
                request.optional_strings("signers", options.signers)?;
                request.optional_integer("threshold", options.threshold)?;
                request.optional_strings("relax", options.relax)?;
            }
            Ok(())
        })
    }
}

/// What `reposnap_verify_message` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_verify_message_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The armored signature, where it stands apart.
    pub signature: *const c_char,
    /// The time to verify at, instead of now. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
    pub at: *const c_char,
    /// The fingerprints that count; all of the keyring's by default. An array that ends with NULL.
    pub signers: *const *const c_char,
    /// How many of the keys must have signed; 1 by default. Where the number is.
    pub threshold: *const u64,
    /// Relax rules of verification, by their names. An array that ends with NULL.
    pub relax: *const *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_verify_message_options {}

/// Verifies a signed text: a cleartext message, or any text with a signature that stands apart.
///
/// `message`: The text.
///
/// `keyring`: The keys: keyring files, or armored blocks. An array that ends with NULL.
///
/// `options`, `watch` and `document` may be NULL. Gives: verify message.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_verify_message(
    message: *const c_char,
    keyring: *const *const c_char,
    options: *const reposnap_verify_message_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "verify message", watch, Out { document, error }, |request| {
            request.string("message", message)?;
            request.strings("keyring", keyring)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("signature", options.signature)?;
                request.optional_string("at", options.at)?;
                request.optional_strings("signers", options.signers)?;
                request.optional_integer("threshold", options.threshold)?;
                request.optional_strings("relax", options.relax)?;
            }
            Ok(())
        })
    }
}

/// What `reposnap_keyring_show` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_keyring_show_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The time to judge them at, instead of now. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
    pub at: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_keyring_show_options {}

/// Shows the certificates of a keyring.
///
/// `keyring`: The keys: keyring files, or armored blocks. An array that ends with NULL.
///
/// `options`, `watch` and `document` may be NULL. Gives: array of Certificate.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_keyring_show(
    keyring: *const *const c_char,
    options: *const reposnap_keyring_show_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "keyring show", watch, Out { document, error }, |request| {
            request.strings("keyring", keyring)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("at", options.at)?;
            }
            Ok(())
        })
    }
}

/// Generates an Ed25519 signing key into a new file that its owner alone may read.
///
/// `user_id`: Whose key, such as `Example archive <archive@example.org>`.
///
/// `output`: The file to write; it must not exist.
///
/// `watch` and `document` may be NULL. Gives: key generate.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_key_generate(
    user_id: *const c_char,
    output: *const c_char,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "key generate", watch, Out { document, error }, |request| {
            request.string("user_id", user_id)?;
            request.string("output", output)?;
            Ok(())
        })
    }
}

/// What `reposnap_key_sign` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_key_sign_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// The file with the password of the key file.
    pub password_file: *const c_char,
    /// Make a signature that stands apart.
    pub detached: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_key_sign_options {}

/// Signs a text, as a cleartext message or apart from it.
///
/// `text`: The text.
///
/// `key`: The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
///
/// `options`, `watch` and `document` may be NULL. Gives: key sign.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_key_sign(
    text: *const c_char,
    key: *const c_char,
    options: *const reposnap_key_sign_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "key sign", watch, Out { document, error }, |request| {
            request.string("text", text)?;
            request.string("key", key)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("password_file", options.password_file)?;
                request.optional_boolean("detached", options.detached);
            }
            Ok(())
        })
    }
}

/// What `reposnap_version_compare` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_version_compare_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// A relation to test: `lt le eq ne ge gt`, or `<< <= = != >= >>`.
    pub operator_: *const c_char,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_version_compare_options {}

/// Compares two versions as dpkg does.
///
/// `a`: The first version.
///
/// `b`: The second version.
///
/// `options`, `watch` and `document` may be NULL. Gives: version compare.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_version_compare(
    a: *const c_char,
    b: *const c_char,
    options: *const reposnap_version_compare_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "version compare", watch, Out { document, error }, |request| {
            request.string("a", a)?;
            request.string("b", b)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_string("operator", options.operator_)?;
            }
            Ok(())
        })
    }
}

/// Reads stanzas, as control files and indexes have them (deb822(5)).
///
/// `text`: The text.
///
/// `watch` and `document` may be NULL. Gives: array of array of Field.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_stanza_parse(
    text: *const c_char,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "stanza parse", watch, Out { document, error }, |request| {
            request.string("text", text)?;
            Ok(())
        })
    }
}

/// Reads the value of a relation field such as Depends or Provides (Debian policy, chapter 7).
///
/// `value`: The value.
///
/// `watch` and `document` may be NULL. Gives: array of array of Relation.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_relation_parse(
    value: *const c_char,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "relation parse", watch, Out { document, error }, |request| {
            request.string("value", value)?;
            Ok(())
        })
    }
}

/// Reads an apt source file (sources.list(5)), in either format.
///
/// `file`: The file's name: one that ends in `.sources` has stanzas, another has lines.
///
/// `text`: Its text.
///
/// `architecture`: What `$(ARCH)` stands for: the machine's architecture.
///
/// `watch` and `document` may be NULL. Gives: array of SourceEntry.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_sources_parse(
    file: *const c_char,
    text: *const c_char,
    architecture: *const c_char,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "sources parse", watch, Out { document, error }, |request| {
            request.string("file", file)?;
            request.string("text", text)?;
            request.string("architecture", architecture)?;
            Ok(())
        })
    }
}

/// Reads a query and tells it in its plainest form.
///
/// `query`: The query.
///
/// `watch` and `document` may be NULL. Gives: query parse.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_query_parse(
    query: *const c_char,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "query parse", watch, Out { document, error }, |request| {
            request.string("query", query)?;
            Ok(())
        })
    }
}

/// What `reposnap_deb_show` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_deb_show_options {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// List the members of its data part too.
    pub contents: bool,
}

// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.
unsafe impl Growing for reposnap_deb_show_options {}

/// Reads a binary package (deb(5)): its control file, and what else its control part has.
///
/// `file`: The package file.
///
/// `options`, `watch` and `document` may be NULL. Gives: deb show.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_deb_show(
    file: *const c_char,
    options: *const reposnap_deb_show_options,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        run(None, "deb show", watch, Out { document, error }, |request| {
            request.string("file", file)?;
            if let Some(options) = sized(options, "options")? {
                request.optional_boolean("contents", options.contents);
            }
            Ok(())
        })
    }
}

/* libreposnap: snapshots, environments and publications of APT repositories. Made by cbindgen from the sources; `UPDATE=1
 * cargo test -p reposnap-c --test header` writes it anew.
 *
 * Results. Functions that can fail give a `reposnap_result`: REPOSNAP_OK (0) or the kind of the failure. Their last argument
 * is where a `reposnap_error` goes that tells the rest: message, path, line, field, rule, expected, found and help. It is
 * set to NULL where nothing failed. It may be NULL if you do not want to know.
 *
 * Ownership.
 *  - What a function writes through a `**` argument, and what a `..._new` or `reposnap_store_memory` gives, is yours: free
 *    it with the `..._free` of its type, once. Such a place is always written, with NULL where there is nothing.
 *  - A `const char *` that an accessor gives belongs to the handle it came from: do not free it; it lives until that handle
 *    is freed, and the texts of a `reposnap_package` only until the next step of their walk.
 *  - What you hand to a function stays yours, and is not looked at any more when the function has returned.
 *
 * Handles (`reposnap_store`, `reposnap_document`, `reposnap_packages`, `reposnap_error`, `reposnap_cancel`) are never followed
 * as pointers. One that was freed, is of another type or never was one is told (REPOSNAP_USAGE; accessors give NULL, 0 or
 * false); so is one that is freed twice. A handle is never given twice. Freeing NULL does nothing.
 *
 * NULL. A required argument that is NULL is REPOSNAP_USAGE; `field` of the error names the argument. Where NULL has a meaning,
 * the function's comment tells it: mostly "not given". In a struct of options, NULL and false are "not given".
 *
 * Structs of options and `reposnap_watch` grow in later versions. REPOSNAP_INIT sets one to "nothing given" and tells the
 * library how much of it the program knows, so that a program works with later libraries without being built again:
 *
 *     reposnap_env_promote_options options;
 *     REPOSNAP_INIT(&options);
 *     options.dry_run = true;
 *
 * Text is UTF-8 that ends with NUL, at most 256 MiB of it; other bytes are REPOSNAP_USAGE.
 *
 * Threads. Every function can be called from any thread at any time, and waits for the end of its work. Several can use one
 * handle, but for a walk through packages, which serves one at a time. No thread of the library is left when a call returns,
 * so a process may fork, as long as no other thread is in a call just then.
 *
 * Callbacks must come back: leaving one by longjmp, a C++ exception or the end of its thread is undefined behaviour.
 *
 * Panics of the library are caught: they are REPOSNAP_INTERNAL. */

#ifndef REPOSNAP_H
#define REPOSNAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The version of this header; reposnap_version() is that of the library. */
#define REPOSNAP_VERSION "0.1.0"
#define REPOSNAP_VERSION_MAJOR 0
#define REPOSNAP_VERSION_MINOR 1
#define REPOSNAP_VERSION_PATCH 0

/* Sets a struct of options or a reposnap_watch to "nothing given". */
#define REPOSNAP_INIT(place) (memset((place), 0, sizeof *(place)), (void)((place)->size = sizeof *(place)))

// What a function gives: `REPOSNAP_OK`, or the kind of its failure. The numbers never change and none is used twice; later
// versions may add some, so have a `default:` for what you do not know.
typedef enum reposnap_result {
  // Done.
  REPOSNAP_OK = 0,
  // An argument, a query or a configuration that can't be understood: NULL where it may not be, a freed handle, text
  // that is not UTF-8.
  REPOSNAP_USAGE = 1,
  // Bytes from outside that break their format.
  REPOSNAP_MALFORMED = 2,
  // A signature, digest, date or other rule of verification does not hold.
  REPOSNAP_VERIFICATION = 3,
  // An explicit limit was passed.
  REPOSNAP_LIMIT = 4,
  // A named thing does not exist.
  REPOSNAP_NOT_FOUND = 5,
  // A named thing exists, with other content.
  REPOSNAP_ALREADY_EXISTS = 6,
  // Somebody else was first.
  REPOSNAP_CONFLICT = 7,
  // The network or a server failed.
  REPOSNAP_NETWORK = 8,
  // A file or the object store failed.
  REPOSNAP_IO = 9,
  // The store may not be written.
  REPOSNAP_READ_ONLY = 10,
  // The store or a file has a format that this version can't handle.
  REPOSNAP_FORMAT = 11,
  // What is asked for is not supported.
  REPOSNAP_UNSUPPORTED = 12,
  // The work was cancelled.
  REPOSNAP_CANCELLED = 13,
  // A defect of reposnap.
  REPOSNAP_INTERNAL = 14,
  // Packages that are asked for can't be installed together.
  REPOSNAP_UNSATISFIABLE = 15,
} reposnap_result;

// What a value of a document is.
typedef enum reposnap_type {
  // There is no such value.
  REPOSNAP_TYPE_NONE = 0,
  // `null`
  REPOSNAP_TYPE_NULL = 1,
  // `true` or `false`
  REPOSNAP_TYPE_BOOLEAN = 2,
  // A whole number that fits 64 bits with a sign.
  REPOSNAP_TYPE_INTEGER = 3,
  // Any other number. No operation gives one.
  REPOSNAP_TYPE_NUMBER = 4,
  // Text.
  REPOSNAP_TYPE_STRING = 5,
  // Values in order.
  REPOSNAP_TYPE_ARRAY = 6,
  // Values by name.
  REPOSNAP_TYPE_OBJECT = 7,
} reposnap_type;

// What an event tells.
typedef enum reposnap_event_type {
  // A phase begins.
  REPOSNAP_EVENT_START = 1,
  // `amount` more of a phase is done.
  REPOSNAP_EVENT_ADVANCE = 2,
  // A phase has ended.
  REPOSNAP_EVENT_FINISH = 3,
  // `text` is something the user should know that is not a failure.
  REPOSNAP_EVENT_NOTE = 4,
} reposnap_event_type;

// What the amounts of a phase count.
typedef enum reposnap_unit {
  // Nothing: this event has no amount.
  REPOSNAP_UNIT_NONE = 0,
  // Bytes.
  REPOSNAP_UNIT_BYTES = 1,
  // Items: packages, files, requests.
  REPOSNAP_UNIT_ITEMS = 2,
} reposnap_unit;

// What ends work early. Any number of calls can hold one. Free it with `reposnap_cancel_free`.
typedef struct reposnap_cancel reposnap_cancel;

// What an operation gives: a JSON document (docs/JSON.md tells the fields). It never changes, and any number of threads
// can read one. Free it with `reposnap_document_free`.
typedef struct reposnap_document reposnap_document;

// A failure: its kind, a sentence, and where it happened. Free it with `reposnap_error_free`.
typedef struct reposnap_error reposnap_error;

// A walk through the packages of a snapshot. It holds a few MiB at a time, however many packages there are. One thread at
// a time can take from it. Free it with `reposnap_packages_free`.
typedef struct reposnap_packages reposnap_packages;

// An open store. Any number of threads can work with one. Free it with `reposnap_store_free`.
typedef struct reposnap_store reposnap_store;

// A step of long work. It and its text are the library's and live as long as the callback runs. Later versions may add
// fields behind these.
typedef struct reposnap_event {
  // What is told.
  enum reposnap_event_type event_type;
  // The phase, such as `packages`; of a note its text.
  const char *text;
  // Of a start how much there is to do, as far as `amount_known`; of an advance how much more is done.
  uint64_t amount;
  // Whether `amount` says anything.
  bool amount_known;
  // Of a start, what its phase counts.
  enum reposnap_unit unit;
} reposnap_event;

// Receives the events of a call, with the `user` pointer of its `reposnap_watch`. It comes from any thread, but never from
// two at once and never after the call has returned. It may call the library, `reposnap_cancel_now` above all. It must
// come back: no `longjmp`, no C++ exception, no end of its thread.
typedef void (*reposnap_progress)(void *user, const struct reposnap_event *event);

// How one call is followed and ended. Begin it with `REPOSNAP_INIT(&watch)`.
typedef struct reposnap_watch {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // What cancels the call, or NULL.
  struct reposnap_cancel *cancel;
  // Who is told of progress, or NULL.
  reposnap_progress progress;
  // Handed to `progress` as it is.
  void *user;
} reposnap_watch;

// A package. It and its texts are the walk's and live until the next step of it. Later versions may add fields behind
// these.
typedef struct reposnap_package {
  // Its name.
  const char *name;
  // Its version.
  const char *version;
  // Its architecture; `source` for a source package.
  const char *architecture;
  // The part of the snapshot that has it: the suite; of several the first.
  const char *part;
  // The component that has it there.
  const char *component;
  // Its stanza to the last newline, or NULL where the walk was begun without stanzas.
  const char *stanza;
  // The length of the stanza in bytes: it may have a NUL inside, and need not be UTF-8.
  size_t stanza_length;
} reposnap_package;

// What `reposnap_mirror_add` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_mirror_add_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The components; all of the repository's where there are none. An array that ends with NULL.
  const char *const *components;
  // The architectures; this machine's own where there are none. An array that ends with NULL.
  const char *const *architectures;
  // Of the keyring, the fingerprints that count; `!` at the end means just that subkey. An array that ends with
  // NULL.
  const char *const *signers;
  // How many of the keys must have signed; 1 by default. Where the number is.
  const uint64_t *threshold;
  // When to fetch packages; `all`, with each update, by default. One of `all`, `on-demand`, `none`.
  const char *packages;
  // Keep only the packages that pass a query.
  const char *filter;
  // Mirror source packages too.
  bool sources;
  // Mirror the translations of these languages too. An array that ends with NULL.
  const char *const *translations;
  // Mirror the Contents indexes too.
  bool contents;
  // Relax rules of verification, by their names. An array that ends with NULL.
  const char *const *relax;
  // The greatest age, in days, of a Release without Valid-Until. Where the number is.
  const uint64_t *max_age;
  // Give a mirror of this name these settings, where it has others.
  bool replace;
  // Say what would change, and change nothing.
  bool dry_run;
} reposnap_mirror_add_options;

// What `reposnap_mirror_add_system` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_mirror_add_system_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The root folder of the machine; `/` by default.
  const char *root;
  // Give a mirror of this name these settings, where it has others.
  bool replace;
  // Say what would change, and change nothing.
  bool dry_run;
} reposnap_mirror_add_system_options;

// What `reposnap_mirror_add_folder` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_mirror_add_folder_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The component to put the packages in; `main` by default.
  const char *component;
  // Give a mirror of this name these settings, where it has others.
  bool replace;
  // Say what would change, and change nothing.
  bool dry_run;
} reposnap_mirror_add_folder_options;

// What `reposnap_mirror_update` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_mirror_update_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Say whether there is something new, and write nothing: of an APT repository, only the Release files are asked
  // for.
  bool dry_run;
} reposnap_mirror_update_options;

// What `reposnap_snapshot_show` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_snapshot_show_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // List its packages too.
  bool packages;
} reposnap_snapshot_show_options;

// What `reposnap_snapshot_merge` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_snapshot_merge_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Which versions to keep; `precedence` by default. One of `precedence`, `newest`, `all`.
  const char *rule;
  // A name for the result.
  const char *name;
  // Tell what would come out, and write nothing.
  bool dry_run;
} reposnap_snapshot_merge_options;

// What `reposnap_snapshot_filter` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_snapshot_filter_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // A name for the result.
  const char *name;
  // Tell what would come out, and write nothing.
  bool dry_run;
} reposnap_snapshot_filter_options;

// What `reposnap_snapshot_pull` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_snapshot_pull_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Take along what they need, and what has to move with them so that all that could be installed still can.
  bool with_deps;
  // A name for the result.
  const char *name;
  // Tell what would come out, and write nothing.
  bool dry_run;
} reposnap_snapshot_pull_options;

// What `reposnap_env_create` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_env_create_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Tell what the entry would be, and write nothing.
  bool dry_run;
  // Why.
  const char *message;
  // The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
  const char *key;
  // The file with the password of the key file.
  const char *password_file;
} reposnap_env_create_options;

// What `reposnap_env_log` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_env_log_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // How many entries; 50 by default. Where the number is.
  const uint64_t *limit;
  // Judge each of them again: signatures, evidence, ages, checks and the chain between them.
  bool verify;
} reposnap_env_log_options;

// What `reposnap_env_promote` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_env_promote_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Take over only the packages that pass one of these queries. An array that ends with NULL.
  const char *const *packages;
  // Take along what these need, and what has to move with them so that all that could be installed still can.
  bool with_deps;
  // Begin the environment where there is none.
  bool create;
  // Tell what would change, and change nothing.
  bool dry_run;
  // Why.
  const char *message;
  // What speaks for it: `tests=FILE`, `tests:NAME=FILE` (reports in JUnit's XML), `approval=FILE` or
  // `file:NAME=FILE`. An array that ends with NULL.
  const char *const *evidence;
  // Do it although something is missing, for this reason, where the policy allows that.
  const char *override_reason;
  // The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
  const char *key;
  // The file with the password of the key file.
  const char *password_file;
} reposnap_env_promote_options;

// What `reposnap_env_rollback` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_env_rollback_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Where to; by default the state before. Done again and again, that goes back further and further.
  const char *to;
  // Tell what the entry would be, and write nothing.
  bool dry_run;
  // Why.
  const char *message;
  // What speaks for it, where the policy says that rollbacks are judged too; as for `env promote`. An array that
  // ends with NULL.
  const char *const *evidence;
  // Do it although something is missing, for this reason, where the policy allows that.
  const char *override_reason;
  // The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
  const char *key;
  // The file with the password of the key file.
  const char *password_file;
} reposnap_env_rollback_options;

// What `reposnap_env_policy_set` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_env_policy_set_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The file with the policy; it may have those of other environments too.
  const char *file;
  // The policy itself, instead of a file.
  const char *text;
  // Tell what the entry would be, and write nothing.
  bool dry_run;
  // Why.
  const char *message;
  // The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
  const char *key;
  // The file with the password of the key file.
  const char *password_file;
} reposnap_env_policy_set_options;

// What `reposnap_env_policy_remove` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_env_policy_remove_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Tell what the entry would be, and write nothing.
  bool dry_run;
  // Why.
  const char *message;
  // The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
  const char *key;
  // The file with the password of the key file.
  const char *password_file;
} reposnap_env_policy_remove_options;

// What `reposnap_env_approve` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_env_approve_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The key that signs: a file, or `gpg:FINGERPRINT` for a key of gpg-agent. Without one the statement is told, to
  // be signed elsewhere with `gpg --clearsign`.
  const char *key;
  // The file with the password of the key file.
  const char *password_file;
  // As what you speak, such as `qa`.
  const char *role;
  // What there is to say, in one line.
  const char *comment;
  // Sign, and keep nothing in the store.
  bool dry_run;
} reposnap_env_approve_options;

// A name with a value.
typedef struct reposnap_pair {
  // The name; NULL in the pair that ends an array of them.
  const char *name;
  // The value.
  const char *value;
} reposnap_pair;

// What `reposnap_publish` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_publish_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The snapshots; each package stays in its component. An array that ends with NULL.
  const char *const *revs;
  // Snapshots by component: all packages of one go into that component. An array that ends with a pair whose name is
  // NULL.
  const struct reposnap_pair *components;
  // The file with the password of the key file.
  const char *password_file;
  // The Codename; none by default.
  const char *codename;
  // The Origin.
  const char *origin;
  // The Label.
  const char *label;
  // The Description.
  const char *description;
  // The Version of the suite.
  const char *suite_version;
  // For how many days the Release is valid. Where the number is.
  const uint64_t *valid_for;
  // Have apt install from it only when asked to.
  bool not_automatic;
  // With `not_automatic`, have apt upgrade what was installed from it.
  bool but_automatic_upgrades;
  // Name the key in the Release, for apt to hold on to.
  bool sign_field;
  // Architectures to name beside those that the snapshots have. An array that ends with NULL.
  const char *const *architectures;
  // The compressions of indexes: `gz`, `xz`, `zst`. An array that ends with NULL.
  const char *const *compress;
  // Publish though packages are missing in the store.
  bool allow_missing;
  // Sign again though nothing changed.
  bool resign;
  // A program that tells a cache what changed: run where something was published, with the paths on its standard
  // input, one on each line.
  const char *invalidate;
  // Say what would be done, and do nothing: only the outcome is looked at, not what becomes of packages.
  bool dry_run;
} reposnap_publish_options;

// What `reposnap_publish_verbatim` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_publish_verbatim_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Publish though packages are missing in the store.
  bool allow_missing;
  // A program that tells a cache what changed: run where something was published, with the paths on its standard
  // input, one on each line.
  const char *invalidate;
  // Say what would be done, and do nothing: only the outcome is looked at, not what becomes of packages.
  bool dry_run;
} reposnap_publish_verbatim_options;

// What `reposnap_publish_prune` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_publish_prune_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Say what would be removed, and remove nothing.
  bool dry_run;
} reposnap_publish_prune_options;

// What `reposnap_search` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_search_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Give their stanzas too.
  bool stanzas;
} reposnap_search_options;

// What `reposnap_fetch` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_fetch_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Which packages; all by default.
  const char *query;
  // Say how much would be fetched, and fetch nothing.
  bool dry_run;
} reposnap_fetch_options;

// What `reposnap_resolve` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_resolve_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // How to choose; `apt-classic` by default. One of `apt-classic`, `apt-3`, `closure`.
  const char *solver;
  // Do without what is only recommended.
  bool no_recommends;
  // Further snapshots whose packages may be taken, as by further lines of sources.list. An array that ends with
  // NULL.
  const char *const *also;
  // The machine's architecture; the snapshot's, or this machine's, by default.
  const char *architecture;
  // Architectures that the machine takes packages of besides. An array that ends with NULL.
  const char *const *foreign;
  // What is installed already: a status file of dpkg. Nothing by default.
  const char *status;
  // Files of preferences (apt_preferences(5)), the first one first. An array that ends with NULL.
  const char *const *pins;
  // The release whose packages are preferred (`APT::Default-Release`).
  const char *default_release;
} reposnap_resolve_options;

// What `reposnap_why` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_why_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // How to choose; `apt-classic` by default. One of `apt-classic`, `apt-3`, `closure`.
  const char *solver;
  // Do without what is only recommended.
  bool no_recommends;
  // Further snapshots whose packages may be taken, as by further lines of sources.list. An array that ends with
  // NULL.
  const char *const *also;
  // The machine's architecture; the snapshot's, or this machine's, by default.
  const char *architecture;
  // Architectures that the machine takes packages of besides. An array that ends with NULL.
  const char *const *foreign;
  // What is installed already: a status file of dpkg. Nothing by default.
  const char *status;
  // Files of preferences (apt_preferences(5)), the first one first. An array that ends with NULL.
  const char *const *pins;
  // The release whose packages are preferred (`APT::Default-Release`).
  const char *default_release;
} reposnap_why_options;

// What `reposnap_upgrade` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_upgrade_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Install what is new and needed, and remove what stands in the way (`apt-get dist-upgrade`); by default neither
  // (`apt-get upgrade`).
  bool full;
  // Do without what is only recommended.
  bool no_recommends;
  // Further snapshots whose packages may be taken, as by further lines of sources.list. An array that ends with
  // NULL.
  const char *const *also;
  // The machine's architecture; the snapshot's, or this machine's, by default.
  const char *architecture;
  // Architectures that the machine takes packages of besides. An array that ends with NULL.
  const char *const *foreign;
  // What is installed already: a status file of dpkg. Nothing by default.
  const char *status;
  // Files of preferences (apt_preferences(5)), the first one first. An array that ends with NULL.
  const char *const *pins;
  // The release whose packages are preferred (`APT::Default-Release`).
  const char *default_release;
} reposnap_upgrade_options;

// What `reposnap_build_deps` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_build_deps_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // How to choose; `apt-classic` by default. One of `apt-classic`, `apt-3`, `closure`.
  const char *solver;
  // The build profiles that are on, such as `nocheck`. An array that ends with NULL.
  const char *const *profiles;
  // Build the packages of an architecture alone.
  bool arch_only;
  // Build the packages for all architectures alone.
  bool indep_only;
  // Further snapshots whose packages may be taken, as by further lines of sources.list. An array that ends with
  // NULL.
  const char *const *also;
  // The machine's architecture; the snapshot's, or this machine's, by default.
  const char *architecture;
  // Architectures that the machine takes packages of besides. An array that ends with NULL.
  const char *const *foreign;
  // What is installed already: a status file of dpkg. Nothing by default.
  const char *status;
  // Files of preferences (apt_preferences(5)), the first one first. An array that ends with NULL.
  const char *const *pins;
  // The release whose packages are preferred (`APT::Default-Release`).
  const char *default_release;
} reposnap_build_deps_options;

// What `reposnap_graph` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_graph_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Who depends on them, instead of what they depend on.
  bool reverse;
  // The shortest chains to this package, instead of all around; with `reverse`, from it.
  const char *to;
  // How many relations away at most; no limit by default. Where the number is.
  const uint64_t *depth;
  // Which relations, by the names of their fields; `pre-depends` and `depends` by default. An array that ends with
  // NULL.
  const char *const *kinds;
  // How it is given; `json` by default. One of `json`, `counts`, `dot`, `mermaid`, `svg`.
  const char *format;
  // Further snapshots whose packages may be taken, as by further lines of sources.list. An array that ends with
  // NULL.
  const char *const *also;
  // The machine's architecture; the snapshot's, or this machine's, by default.
  const char *architecture;
  // Architectures that the machine takes packages of besides. An array that ends with NULL.
  const char *const *foreign;
  // What is installed already: a status file of dpkg. Nothing by default.
  const char *status;
  // Files of preferences (apt_preferences(5)), the first one first. An array that ends with NULL.
  const char *const *pins;
  // The release whose packages are preferred (`APT::Default-Release`).
  const char *default_release;
} reposnap_graph_options;

// What `reposnap_check` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_check_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // A snapshot to compare with, such as the environment before a promotion: only what could be installed from it, or
  // was not there, is told.
  const char *against;
  // Look at all versions, not only at the newest of each package.
  bool all_versions;
  // Further snapshots whose packages may be taken, as by further lines of sources.list. An array that ends with
  // NULL.
  const char *const *also;
  // The machine's architecture; the snapshot's, or this machine's, by default.
  const char *architecture;
  // Architectures that the machine takes packages of besides. An array that ends with NULL.
  const char *const *foreign;
} reposnap_check_options;

// What `reposnap_image_inspect` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_image_inspect_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Which image of an index, such as `linux/arm64`; this machine's by default.
  const char *platform;
  // Compare every file with what its package says of it; all of the image is hashed then.
  bool files;
  // Keyrings of those who sign the rpms. An array that ends with NULL.
  const char *const *rpm_keys;
  // Talk to the registry without TLS where it has none, though others may listen.
  bool plain_http;
  // Read all layers, also those that were read before.
  bool no_cache;
} reposnap_image_inspect_options;

// What `reposnap_image_match` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_image_match_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Which image of an index, such as `linux/arm64`; this machine's by default.
  const char *platform;
  // Compare every file with what its package says of it; all of the image is hashed then.
  bool files;
  // Keyrings of those who sign the rpms. An array that ends with NULL.
  const char *const *rpm_keys;
  // Talk to the registry without TLS where it has none, though others may listen.
  bool plain_http;
  // Read all layers, also those that were read before.
  bool no_cache;
} reposnap_image_match_options;

// What `reposnap_image_date` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_image_date_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Which image of an index, such as `linux/arm64`; this machine's by default.
  const char *platform;
  // Compare every file with what its package says of it; all of the image is hashed then.
  bool files;
  // Keyrings of those who sign the rpms. An array that ends with NULL.
  const char *const *rpm_keys;
  // Talk to the registry without TLS where it has none, though others may listen.
  bool plain_http;
  // Read all layers, also those that were read before.
  bool no_cache;
} reposnap_image_date_options;

// What `reposnap_image_audit` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_image_audit_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Security advisories, by path or URL: the Debian security tracker's JSON, OSV, or updateinfo files. An array that
  // ends with NULL.
  const char *const *advisories;
  // OpenVEX documents that state which of them don't concern the image, by path or URL. An array that ends with
  // NULL.
  const char *const *vex;
  // The release that updateinfo files are of, such as `fedora:41`.
  const char *release;
  // The mirrors of one's own packages: that no advisories are about those is no doubt. An array that ends with NULL.
  const char *const *own_mirrors;
  // The moment that ages are counted to; now by default. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
  const char *at;
  // Which image of an index, such as `linux/arm64`; this machine's by default.
  const char *platform;
  // Compare every file with what its package says of it; all of the image is hashed then.
  bool files;
  // Keyrings of those who sign the rpms. An array that ends with NULL.
  const char *const *rpm_keys;
  // Talk to the registry without TLS where it has none, though others may listen.
  bool plain_http;
  // Read all layers, also those that were read before.
  bool no_cache;
} reposnap_image_audit_options;

// What `reposnap_image_attest` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_image_attest_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The environment that the image is held against; its verdict goes into the attestation.
  const char *rev;
  // Who built the image, as a URI: SLSA provenance is attested as well.
  const char *builder;
  // For SLSA provenance, what the build was given. An array that ends with a pair whose name is NULL.
  const struct reposnap_pair *build_parameters;
  // Where others find the store, as a URL, for the snapshots in SLSA provenance.
  const char *store_url;
  // Attach what was attested to the image.
  bool attach;
  // A file with the OpenPGP key's password.
  const char *password_file;
  // When it is attested; now by default. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
  const char *at;
  // Which image of an index, such as `linux/arm64`; this machine's by default.
  const char *platform;
  // Compare every file with what its package says of it; all of the image is hashed then.
  bool files;
  // Keyrings of those who sign the rpms. An array that ends with NULL.
  const char *const *rpm_keys;
  // Talk to the registry without TLS where it has none, though others may listen.
  bool plain_http;
  // Read all layers, also those that were read before.
  bool no_cache;
} reposnap_image_attest_options;

// What `reposnap_image_verify` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_image_verify_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Attestations, beside those that are attached to the image: files, or the JSON of a bundle, an envelope or
  // several, line by line, which a `{` begins. An array that ends with NULL.
  const char *const *attestations;
  // The moment that ages are counted to; now by default. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
  const char *at;
  // Which image of an index, such as `linux/arm64`; this machine's by default.
  const char *platform;
  // Compare every file with what its package says of it; all of the image is hashed then.
  bool files;
  // Keyrings of those who sign the rpms. An array that ends with NULL.
  const char *const *rpm_keys;
  // Talk to the registry without TLS where it has none, though others may listen.
  bool plain_http;
  // Read all layers, also those that were read before.
  bool no_cache;
} reposnap_image_verify_options;

// What `reposnap_image_signatures` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_image_signatures_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The name that must have been signed: a repository, or one with a tag. Any by default, so that whoever signed one
  // image can pass it off as another.
  const char *expected;
  // Files of simple signing. An array that ends with NULL.
  const char *const *signatures;
  // The moment at which it is judged; now by default. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
  const char *at;
  // Which image of an index, such as `linux/arm64`; this machine's by default.
  const char *platform;
  // Compare every file with what its package says of it; all of the image is hashed then.
  bool files;
  // Keyrings of those who sign the rpms. An array that ends with NULL.
  const char *const *rpm_keys;
  // Talk to the registry without TLS where it has none, though others may listen.
  bool plain_http;
  // Read all layers, also those that were read before.
  bool no_cache;
} reposnap_image_signatures_options;

// What `reposnap_fleet_add` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_fleet_add_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The name; the image's reference by default.
  const char *name;
  // Tell what would be recorded, and record nothing.
  bool dry_run;
  // Which image of an index, such as `linux/arm64`; this machine's by default.
  const char *platform;
  // Compare every file with what its package says of it; all of the image is hashed then.
  bool files;
  // Keyrings of those who sign the rpms. An array that ends with NULL.
  const char *const *rpm_keys;
  // Talk to the registry without TLS where it has none, though others may listen.
  bool plain_http;
  // Read all layers, also those that were read before.
  bool no_cache;
} reposnap_fleet_add_options;

// What `reposnap_fleet_affected` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_fleet_affected_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // What the name is the name of: `binary`, `source`, or `any`, which is the default. One of `any`, `binary`,
  // `source`.
  const char *by;
  // Whose package it is: `deb`, which is the default, or `rpm`. One of `deb`, `rpm`.
  const char *family;
  // Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are.
  const char *system;
} reposnap_fleet_affected_options;

// What `reposnap_fleet_stale` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_fleet_stale_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // A snapshot before it: only what is newer than there counts.
  const char *since;
  // Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are.
  const char *system;
} reposnap_fleet_stale_options;

// What `reposnap_fleet_plan` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_fleet_plan_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The snapshot, such as an environment.
  const char *rev;
  // A snapshot before it: only what is newer than there counts. For an environment's last promotion: `stable~1`.
  const char *since;
  // Instead of a snapshot: the binary or source package that is mended.
  const char *name;
  // And the version that mends it.
  const char *version;
  // What the name is the name of: `binary`, `source`, or `any`, which is the default. One of `any`, `binary`,
  // `source`.
  const char *by;
  // Whose package it is: `deb`, which is the default, or `rpm`. One of `deb`, `rpm`.
  const char *family;
  // Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are.
  const char *system;
} reposnap_fleet_plan_options;

// What `reposnap_lock_create` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_lock_create_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // How to choose; `apt-classic` by default. One of `apt-classic`, `apt-3`, `closure`.
  const char *solver;
  // Do without what is only recommended.
  bool no_recommends;
  // The machine's architecture; the snapshot's, or this machine's, by default.
  const char *architecture;
  // Architectures that the machine takes packages of besides. An array that ends with NULL.
  const char *const *foreign;
  // What is installed already: a status file of dpkg. Nothing by default.
  const char *status;
  // Files of preferences (apt_preferences(5)), the first one first. An array that ends with NULL.
  const char *const *pins;
  // The release whose packages are preferred (`APT::Default-Release`).
  const char *default_release;
} reposnap_lock_create_options;

// What `reposnap_lock_update` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_lock_update_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Source or binary packages; everything by default. An array that ends with NULL.
  const char *const *only;
  // The status file of the system that the packages go on top of, where the lock has such a base.
  const char *status;
} reposnap_lock_update_options;

// What `reposnap_lock_export` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_lock_export_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The URL that the files lie below; needed for `uris` and `curl`.
  const char *base;
  // They lie where `publish` puts them, not where upstream has them.
  bool published;
  // Pins: refuse every package that is not locked.
  bool exclusive;
  // Bills of materials: what they are about.
  const char *name;
  // The vendor in the packages' purls; `debian` by default.
  const char *vendor;
  // The release in the packages' purls, such as `bookworm`.
  const char *distro;
  // When the bill was made; needed for `spdx`. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
  const char *created;
} reposnap_lock_export_options;

// What `reposnap_lock_bill` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_lock_bill_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The URL that the files lie below.
  const char *base;
  // They lie where `publish` puts them, not where upstream has them.
  bool published;
  // What it is about.
  const char *name;
  // The vendor in the packages' purls; `debian` by default.
  const char *vendor;
  // The release in the packages' purls, such as `bookworm`.
  const char *distro;
  // When it was made; now by default. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
  const char *created;
} reposnap_lock_bill_options;

// What `reposnap_system_compare` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_system_compare_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The root folder of the machine; `/` by default.
  const char *root;
} reposnap_system_compare_options;

// What `reposnap_store_gc` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_store_gc_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Keep the snapshots of so many of the newest entries of each environment and mirror. Where the number is.
  const uint64_t *keep_last;
  // Keep the newest snapshot of each of so many days that have one. Where the number is.
  const uint64_t *keep_daily;
  // Keep the newest snapshot of each of so many weeks that have one. Where the number is.
  const uint64_t *keep_weekly;
  // Keep the newest snapshot of each of so many months that have one. Where the number is.
  const uint64_t *keep_monthly;
  // Keep what was in force at any time of this duration before the newest entry, such as `30d`.
  const char *keep_within;
  // Snapshots to keep besides. An array that ends with NULL.
  const char *const *keep;
  // Lock files whose snapshots are kept. An array that ends with NULL.
  const char *const *locks;
  // How long a plan waits before it is swept, `24h` by default: longer than twice the longest update, merge or
  // promotion. With `0s`, what is planned is swept at once.
  const char *grace;
  // Tell what would be planned, and write nothing.
  bool dry_run;
} reposnap_store_gc_options;

// What `reposnap_store_check` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_store_check_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Read every byte of packs and packages too, and verify every stanza.
  bool data;
  // Another store, a directory or a URL, to put back from what is missing or altered.
  const char *repair_from;
  // Put back missing and altered packages from where their snapshots say that they came from.
  bool repair_upstream;
  // Tell what would be put back, and write nothing; nothing is fetched from upstream.
  bool dry_run;
} reposnap_store_check_options;

// What `reposnap_store_stats` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_store_stats_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Count what nothing needs, too.
  bool garbage;
} reposnap_store_stats_options;

// What `reposnap_store_copy` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_store_copy_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The environments; all that the store has where none is named. An array that ends with NULL.
  const char *const *environments;
  // Tell what would be copied, and write nothing.
  bool dry_run;
} reposnap_store_copy_options;

// What `reposnap_store_migrate` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_store_migrate_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // Tell what would be done, and write nothing.
  bool dry_run;
} reposnap_store_migrate_options;

// What `reposnap_verify_release` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_verify_release_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The signature file, where it stands apart.
  const char *signature;
  // The time to verify at, instead of now. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
  const char *at;
  // The fingerprints that count; all of the keyring's by default. An array that ends with NULL.
  const char *const *signers;
  // How many of the keys must have signed; 1 by default. Where the number is.
  const uint64_t *threshold;
  // Relax rules of verification, by their names. An array that ends with NULL.
  const char *const *relax;
} reposnap_verify_release_options;

// What `reposnap_verify_message` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_verify_message_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The armored signature, where it stands apart.
  const char *signature;
  // The time to verify at, instead of now. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
  const char *at;
  // The fingerprints that count; all of the keyring's by default. An array that ends with NULL.
  const char *const *signers;
  // How many of the keys must have signed; 1 by default. Where the number is.
  const uint64_t *threshold;
  // Relax rules of verification, by their names. An array that ends with NULL.
  const char *const *relax;
} reposnap_verify_message_options;

// What `reposnap_keyring_show` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_keyring_show_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The time to judge them at, instead of now. A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.
  const char *at;
} reposnap_keyring_show_options;

// What `reposnap_key_sign` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_key_sign_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // The file with the password of the key file.
  const char *password_file;
  // Make a signature that stands apart.
  bool detached;
} reposnap_key_sign_options;

// What `reposnap_version_compare` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_version_compare_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // A relation to test: `lt le eq ne ge gt`, or `<< <= = != >= >>`.
  const char *operator_;
} reposnap_version_compare_options;

// What `reposnap_deb_show` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.
typedef struct reposnap_deb_show_options {
  // Set by `REPOSNAP_INIT`.
  size_t size;
  // List the members of its data part too.
  bool contents;
} reposnap_deb_show_options;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The word of a result, such as `not-found`, the same in every language; `ok` for `REPOSNAP_OK`, and NULL for a number
// that this version does not know. Never free it.
const char *reposnap_result_word(int result);

// The kind of a failure; `REPOSNAP_OK` where `error` is NULL or no error.
enum reposnap_result reposnap_error_kind(const struct reposnap_error *error);

// The word of the kind, such as `not-found`. As all texts of an error, it is the error's and lives as long; NULL where
// `error` is NULL or no error.
const char *reposnap_error_kind_word(const struct reposnap_error *error);

// The whole failure in one line, for people: place, sentence and advice.
const char *reposnap_error_text(const struct reposnap_error *error);

// The sentence alone. It may change between versions; programs look at the kind and the rule.
const char *reposnap_error_message(const struct reposnap_error *error);

// The file, URL, object or REV at fault, or NULL.
const char *reposnap_error_path(const struct reposnap_error *error);

// The line at fault, from 1; 0 where there is none.
uint64_t reposnap_error_line(const struct reposnap_error *error);

// The field or the argument at fault, or NULL.
const char *reposnap_error_field(const struct reposnap_error *error);

// The rule that was broken, a stable word such as `future-signature`, or NULL.
const char *reposnap_error_rule(const struct reposnap_error *error);

// What had to be, or NULL.
const char *reposnap_error_expected(const struct reposnap_error *error);

// What was found, or NULL.
const char *reposnap_error_found(const struct reposnap_error *error);

// What to do about it, or NULL.
const char *reposnap_error_help(const struct reposnap_error *error);

// Frees an error and its texts. `REPOSNAP_USAGE` for what is no error or was freed; NULL is nothing to do.
enum reposnap_result reposnap_error_free(struct reposnap_error *error);

// A token that nobody has cancelled; NULL only where the library fails.
struct reposnap_cancel *reposnap_cancel_new(void);

// Cancels all work that holds the token, now and later: it fails with `REPOSNAP_CANCELLED`. For any thread, and for
// progress callbacks, but not for signal handlers. `REPOSNAP_USAGE` for what is no token.
enum reposnap_result reposnap_cancel_now(struct reposnap_cancel *cancel);

// Whether the token was cancelled; false for what is no token.
bool reposnap_cancel_is_cancelled(const struct reposnap_cancel *cancel);

// Frees a token; calls that hold it go on and can't be cancelled any more. `REPOSNAP_USAGE` for what is no token or was
// freed; NULL is nothing to do.
enum reposnap_result reposnap_cancel_free(struct reposnap_cancel *cancel);

// Opens the store in a directory.
enum reposnap_result reposnap_store_open(const char *directory,
                                         struct reposnap_store **store,
                                         struct reposnap_error **error);

// Opens the store in a directory to read it: what would write fails with `REPOSNAP_READ_ONLY`.
enum reposnap_result reposnap_store_open_read_only(const char *directory,
                                                   struct reposnap_store **store,
                                                   struct reposnap_error **error);

// Makes a store in a directory, which is made too; `REPOSNAP_ALREADY_EXISTS` where there is a store.
enum reposnap_result reposnap_store_create(const char *directory,
                                           struct reposnap_store **store,
                                           struct reposnap_error **error);

// Opens the store in a directory, or makes it where there is none.
enum reposnap_result reposnap_store_open_or_create(const char *directory,
                                                   struct reposnap_store **store,
                                                   struct reposnap_error **error);

// Names a store that each operation opens for itself; operations that begin a store, such as `mirror add`, make it where
// there is none, and others fail with `REPOSNAP_NOT_FOUND`.
enum reposnap_result reposnap_store_at(const char *directory,
                                       struct reposnap_store **store,
                                       struct reposnap_error **error);

// Makes a store in memory, which ends with its handle; NULL only where the library fails.
struct reposnap_store *reposnap_store_memory(void);

// Says who acts, for the histories that this handle writes to; the user's name otherwise.
enum reposnap_result reposnap_store_set_actor(struct reposnap_store *store,
                                              const char *actor,
                                              struct reposnap_error **error);

// Closes a store and frees it. Calls and walks that work with it go on. `REPOSNAP_USAGE` for what is no store or was
// freed; NULL is nothing to do.
enum reposnap_result reposnap_store_free(struct reposnap_store *store);

// Reads a document from JSON text, such as one that was kept in a file.
enum reposnap_result reposnap_document_parse(const char *json,
                                             struct reposnap_document **document,
                                             struct reposnap_error **error);

// What the value at a pointer is. A pointer is as RFC 6901 says: `""` is the whole, `/differences/0/name` the name of the
// first difference; in a name, `~1` stands for `/` and `~0` for `~`.
enum reposnap_type reposnap_document_type(const struct reposnap_document *document,
                                          const char *pointer);

// The string at a pointer, or NULL where there is none. It is the document's and lives as long. `length`, where it is not
// NULL, gets its length in bytes: the text may have a NUL inside.
const char *reposnap_document_string(const struct reposnap_document *document,
                                     const char *pointer,
                                     size_t *length);

// The whole number at a pointer: false where there is none, and `value` is left as it is.
bool reposnap_document_integer(const struct reposnap_document *document, const char *pointer, int64_t *value);

// The boolean at a pointer: false where there is none, and `value` is left as it is.
bool reposnap_document_boolean(const struct reposnap_document *document, const char *pointer, bool *value);

// How many values the array or the object at a pointer has; 0 for anything else.
size_t reposnap_document_count(const struct reposnap_document *document, const char *pointer);

// A name of the object at a pointer, in order of their bytes from 0; NULL behind the last, and for anything else. It is
// the document's and lives as long. `length` is as for `reposnap_document_string`.
const char *reposnap_document_key(const struct reposnap_document *document,
                                  const char *pointer,
                                  size_t index,
                                  size_t *length);

// The value at a pointer as JSON text in one line, or NULL where there is none; the whole for `""`. It is the document's
// and lives as long. `length`, where it is not NULL, gets its length in bytes.
const char *reposnap_document_json(const struct reposnap_document *document,
                                   const char *pointer,
                                   size_t *length);

// Frees a document and its texts. `REPOSNAP_USAGE` for what is no document or was freed; NULL is nothing to do.
enum reposnap_result reposnap_document_free(struct reposnap_document *document);

// Runs an operation by its name, such as `mirror add`; `reposnap_operations` lists them.
//
// `store` may be NULL for operations that need none, and `watch` and `document` always. `request` is a JSON object of the
// parameters; NULL is one without any. Each operation also has a function of its own, with typed arguments.
enum reposnap_result reposnap_call(const struct reposnap_store *store,
                                   const char *operation,
                                   const char *request,
                                   const struct reposnap_watch *watch,
                                   struct reposnap_document **document,
                                   struct reposnap_error **error);

// Lists the operations: an array of `Operation`, with the names, types and meanings of their parameters.
enum reposnap_result reposnap_operations(struct reposnap_document **document, struct reposnap_error **error);

// Begins a walk through the packages of the snapshot that `rev` names, each once, list by list in order of their names.
// `query` keeps those that pass it; NULL keeps all. Their stanzas are read only where `stanzas` asks for them.
enum reposnap_result reposnap_packages_open(const struct reposnap_store *store,
                                            const char *rev,
                                            const char *query,
                                            bool stanzas,
                                            struct reposnap_packages **packages,
                                            struct reposnap_error **error);

// Goes one package on: `package` gets it, or NULL behind the last and where the step fails.
enum reposnap_result reposnap_packages_next(struct reposnap_packages *packages,
                                            const struct reposnap_package **package,
                                            struct reposnap_error **error);

// Ends a walk and frees it with its package. `REPOSNAP_USAGE` for what is no walk or was freed; NULL is nothing to do.
enum reposnap_result reposnap_packages_free(struct reposnap_packages *packages);

// Compares two versions of packages as dpkg does: below 0 where `a` is earlier, 0 where they are equal, above 0 where `a`
// is later. Never fails: the order is total on any bytes, and NULL counts as the empty version. Fit for `qsort`.
int reposnap_compare_versions(const char *a,
                              const char *b);

// Writes the sort key of a version: keys compare with `memcmp`, a key that another begins with being the smaller, as their
// versions do. Gives how many bytes the key has; where that is more than `capacity`, `key` is left as it is. `key` may be
// NULL with a capacity of 0.
size_t reposnap_version_sort_key(const char *version,
                                 uint8_t *key,
                                 size_t capacity);

// The version of the library that the program runs with, such as `0.1.0`; `REPOSNAP_VERSION` is that of the header. Never
// free it.
const char *reposnap_version(void);

// Whether the library that the program runs with does what a header of this version says:
// `reposnap_check_version(REPOSNAP_VERSION_MAJOR, REPOSNAP_VERSION_MINOR, REPOSNAP_VERSION_PATCH)`.
bool reposnap_check_version(uint32_t major, uint32_t minor, uint32_t patch);

// How many handles there are that were not freed yet: 0 at the end of a program that frees all of them.
size_t reposnap_live_handles(void);

// Adds a mirror of an APT repository. With the same settings again, nothing happens.
//
// `name`: The mirror's name.
//
// `url`: The repository's base URL: http, https or file.
//
// `suites`: The suites; one that ends with `/` is a flat repository. An array that ends with NULL.
//
// `signed_by`: The keys that sign the repository: keyring files, or armored blocks. An array that ends with NULL.
//
// `options`, `watch` and `document` may be NULL. Gives: mirror add.
enum reposnap_result reposnap_mirror_add(const struct reposnap_store *store,
                                         const char *name,
                                         const char *url,
                                         const char *const *suites,
                                         const char *const *signed_by,
                                         const struct reposnap_mirror_add_options *options,
                                         const struct reposnap_watch *watch,
                                         struct reposnap_document **document,
                                         struct reposnap_error **error);

// Adds a mirror of this machine's own APT sources, from the lists that `apt-get update` left.
//
// `name`: The mirror's name.
//
// `options`, `watch` and `document` may be NULL. Gives: mirror add-system.
enum reposnap_result reposnap_mirror_add_system(const struct reposnap_store *store,
                                                const char *name,
                                                const struct reposnap_mirror_add_system_options *options,
                                                const struct reposnap_watch *watch,
                                                struct reposnap_document **document,
                                                struct reposnap_error **error);

// Adds a mirror of a folder of packages.
//
// `name`: The mirror's name.
//
// `directory`: The folder.
//
// `options`, `watch` and `document` may be NULL. Gives: mirror add-folder.
enum reposnap_result reposnap_mirror_add_folder(const struct reposnap_store *store,
                                                const char *name,
                                                const char *directory,
                                                const struct reposnap_mirror_add_folder_options *options,
                                                const struct reposnap_watch *watch,
                                                struct reposnap_document **document,
                                                struct reposnap_error **error);

// Updates a mirror; what it made is a new snapshot.
//
// `name`: The mirror's name.
//
// `options`, `watch` and `document` may be NULL. Gives: mirror update.
enum reposnap_result reposnap_mirror_update(const struct reposnap_store *store,
                                            const char *name,
                                            const struct reposnap_mirror_update_options *options,
                                            const struct reposnap_watch *watch,
                                            struct reposnap_document **document,
                                            struct reposnap_error **error);

// Lists the mirrors.
//
// `watch` and `document` may be NULL. Gives: array of mirror show.
enum reposnap_result reposnap_mirror_list(const struct reposnap_store *store,
                                          const struct reposnap_watch *watch,
                                          struct reposnap_document **document,
                                          struct reposnap_error **error);

// Shows a mirror.
//
// `name`: The mirror's name.
//
// `watch` and `document` may be NULL. Gives: mirror show.
enum reposnap_result reposnap_mirror_show(const struct reposnap_store *store,
                                          const char *name,
                                          const struct reposnap_watch *watch,
                                          struct reposnap_document **document,
                                          struct reposnap_error **error);

// Lists the snapshots of the store, and what leads to each.
//
// `watch` and `document` may be NULL. Gives: array of Listed.
enum reposnap_result reposnap_snapshot_list(const struct reposnap_store *store,
                                            const struct reposnap_watch *watch,
                                            struct reposnap_document **document,
                                            struct reposnap_error **error);

// Shows what a snapshot is.
//
// `rev`: The snapshot.
//
// `options`, `watch` and `document` may be NULL. Gives: snapshot show.
enum reposnap_result reposnap_snapshot_show(const struct reposnap_store *store,
                                            const char *rev,
                                            const struct reposnap_snapshot_show_options *options,
                                            const struct reposnap_watch *watch,
                                            struct reposnap_document **document,
                                            struct reposnap_error **error);

// Finds the snapshot that a REV names.
//
// `rev`: An environment, a mirror or a named snapshot, `~2` or `@TIME` behind it for an earlier state; or the first
// digits of a digest.
//
// `watch` and `document` may be NULL. Gives: snapshot resolve.
enum reposnap_result reposnap_snapshot_resolve(const struct reposnap_store *store,
                                               const char *rev,
                                               const struct reposnap_watch *watch,
                                               struct reposnap_document **document,
                                               struct reposnap_error **error);

// Tells what differs between two snapshots.
//
// `before`: The first snapshot.
//
// `after`: The second snapshot.
//
// `watch` and `document` may be NULL. Gives: snapshot diff.
enum reposnap_result reposnap_snapshot_diff(const struct reposnap_store *store,
                                            const char *before,
                                            const char *after,
                                            const struct reposnap_watch *watch,
                                            struct reposnap_document **document,
                                            struct reposnap_error **error);

// Merges snapshots into a new one.
//
// `revs`: The snapshots; by the rule `precedence`, the first that has a package wins. An array that ends with NULL.
//
// `options`, `watch` and `document` may be NULL. Gives: snapshot merge.
enum reposnap_result reposnap_snapshot_merge(const struct reposnap_store *store,
                                             const char *const *revs,
                                             const struct reposnap_snapshot_merge_options *options,
                                             const struct reposnap_watch *watch,
                                             struct reposnap_document **document,
                                             struct reposnap_error **error);

// Keeps the packages of a snapshot that pass a query, as a new one.
//
// `rev`: The snapshot.
//
// `query`: The query.
//
// `options`, `watch` and `document` may be NULL. Gives: snapshot filter.
enum reposnap_result reposnap_snapshot_filter(const struct reposnap_store *store,
                                              const char *rev,
                                              const char *query,
                                              const struct reposnap_snapshot_filter_options *options,
                                              const struct reposnap_watch *watch,
                                              struct reposnap_document **document,
                                              struct reposnap_error **error);

// Replaces named packages of a snapshot by those of another, and nothing else; the result is a new one.
//
// `into`: The snapshot to alter; it stays as it is.
//
// `from`: The snapshot that has the packages.
//
// `queries`: Which packages, as queries. An array that ends with NULL.
//
// `options`, `watch` and `document` may be NULL. Gives: snapshot pull.
enum reposnap_result reposnap_snapshot_pull(const struct reposnap_store *store,
                                            const char *into,
                                            const char *from,
                                            const char *const *queries,
                                            const struct reposnap_snapshot_pull_options *options,
                                            const struct reposnap_watch *watch,
                                            struct reposnap_document **document,
                                            struct reposnap_error **error);

// Creates an environment.
//
// `name`: Its name.
//
// `rev`: The snapshot that it begins with.
//
// `options`, `watch` and `document` may be NULL. Gives: env create.
enum reposnap_result reposnap_env_create(const struct reposnap_store *store,
                                         const char *name,
                                         const char *rev,
                                         const struct reposnap_env_create_options *options,
                                         const struct reposnap_watch *watch,
                                         struct reposnap_document **document,
                                         struct reposnap_error **error);

// Lists the environments, each with its newest entry.
//
// `watch` and `document` may be NULL. Gives: array of env create.
enum reposnap_result reposnap_env_list(const struct reposnap_store *store,
                                       const struct reposnap_watch *watch,
                                       struct reposnap_document **document,
                                       struct reposnap_error **error);

// Shows the newest entry of an environment.
//
// `name`: The environment.
//
// `watch` and `document` may be NULL. Gives: env create.
enum reposnap_result reposnap_env_show(const struct reposnap_store *store,
                                       const char *name,
                                       const struct reposnap_watch *watch,
                                       struct reposnap_document **document,
                                       struct reposnap_error **error);

// Shows the history of an environment, newest first.
//
// `name`: The environment.
//
// `options`, `watch` and `document` may be NULL. Gives: array of env create.
enum reposnap_result reposnap_env_log(const struct reposnap_store *store,
                                      const char *name,
                                      const struct reposnap_env_log_options *options,
                                      const struct reposnap_watch *watch,
                                      struct reposnap_document **document,
                                      struct reposnap_error **error);

// Moves an environment to a snapshot, or takes over some of its packages.
//
// `name`: The environment.
//
// `rev`: The snapshot.
//
// `options`, `watch` and `document` may be NULL. Gives: env promote.
enum reposnap_result reposnap_env_promote(const struct reposnap_store *store,
                                          const char *name,
                                          const char *rev,
                                          const struct reposnap_env_promote_options *options,
                                          const struct reposnap_watch *watch,
                                          struct reposnap_document **document,
                                          struct reposnap_error **error);

// Moves an environment back.
//
// `name`: The environment.
//
// `options`, `watch` and `document` may be NULL. Gives: env rollback.
enum reposnap_result reposnap_env_rollback(const struct reposnap_store *store,
                                           const char *name,
                                           const struct reposnap_env_rollback_options *options,
                                           const struct reposnap_watch *watch,
                                           struct reposnap_document **document,
                                           struct reposnap_error **error);

// Sets the policy of an environment: what has to be there before it moves. It is in force from that entry of its log
// on.
//
// `name`: The environment.
//
// `options`, `watch` and `document` may be NULL. Gives: env create.
enum reposnap_result reposnap_env_policy_set(const struct reposnap_store *store,
                                             const char *name,
                                             const struct reposnap_env_policy_set_options *options,
                                             const struct reposnap_watch *watch,
                                             struct reposnap_document **document,
                                             struct reposnap_error **error);

// Takes the policy of an environment away.
//
// `name`: The environment.
//
// `options`, `watch` and `document` may be NULL. Gives: env create.
enum reposnap_result reposnap_env_policy_remove(const struct reposnap_store *store,
                                                const char *name,
                                                const struct reposnap_env_policy_remove_options *options,
                                                const struct reposnap_watch *watch,
                                                struct reposnap_document **document,
                                                struct reposnap_error **error);

// Shows the policy that is in force.
//
// `name`: The environment.
//
// `watch` and `document` may be NULL. Gives: env policy show.
enum reposnap_result reposnap_env_policy_show(const struct reposnap_store *store,
                                              const char *name,
                                              const struct reposnap_watch *watch,
                                              struct reposnap_document **document,
                                              struct reposnap_error **error);

// Approves a snapshot for an environment: signs a statement that names both, and keeps it where promotions find it.
//
// `name`: The environment.
//
// `rev`: The snapshot that may go there; of packages that are taken over, the result, which a dry run of the promotion
// tells.
//
// `options`, `watch` and `document` may be NULL. Gives: env approve.
enum reposnap_result reposnap_env_approve(const struct reposnap_store *store,
                                          const char *name,
                                          const char *rev,
                                          const struct reposnap_env_approve_options *options,
                                          const struct reposnap_watch *watch,
                                          struct reposnap_document **document,
                                          struct reposnap_error **error);

// Publishes snapshots as a signed tree that apt reads, in a directory that any web server can serve, or in a bucket.
//
// `to`: The directory that a web server serves, or the URL of a bucket, such as `s3://BUCKET/PREFIX`.
//
// `suite`: The suite, such as `stable`.
//
// `key`: The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
//
// `options`, `watch` and `document` may be NULL. Gives: Publication.
enum reposnap_result reposnap_publish(const struct reposnap_store *store,
                                      const char *to,
                                      const char *suite,
                                      const char *key,
                                      const struct reposnap_publish_options *options,
                                      const struct reposnap_watch *watch,
                                      struct reposnap_document **document,
                                      struct reposnap_error **error);

// Publishes an upstream's own indexes and signature, byte for byte.
//
// `rev`: The snapshot of a mirror.
//
// `to`: The directory that a web server serves, or the URL of a bucket, such as `s3://BUCKET/PREFIX`.
//
// `options`, `watch` and `document` may be NULL. Gives: array of Publication.
enum reposnap_result reposnap_publish_verbatim(const struct reposnap_store *store,
                                               const char *rev,
                                               const char *to,
                                               const struct reposnap_publish_verbatim_options *options,
                                               const struct reposnap_watch *watch,
                                               struct reposnap_document **document,
                                               struct reposnap_error **error);

// Removes the packages of a published directory or bucket that neither the last nor the last but one publication of
// any suite names.
//
// `directory`: The published directory, or the URL of the bucket.
//
// `options`, `watch` and `document` may be NULL. Gives: prune.
enum reposnap_result reposnap_publish_prune(const char *directory,
                                            const struct reposnap_publish_prune_options *options,
                                            const struct reposnap_watch *watch,
                                            struct reposnap_document **document,
                                            struct reposnap_error **error);

// Finds the packages of a snapshot that pass a query.
//
// `rev`: The snapshot.
//
// `query`: The query.
//
// `options`, `watch` and `document` may be NULL. Gives: array of Found.
enum reposnap_result reposnap_search(const struct reposnap_store *store,
                                     const char *rev,
                                     const char *query,
                                     const struct reposnap_search_options *options,
                                     const struct reposnap_watch *watch,
                                     struct reposnap_document **document,
                                     struct reposnap_error **error);

// Fetches packages that a mirror left where they are.
//
// `rev`: The snapshot.
//
// `options`, `watch` and `document` may be NULL. Gives: fetch.
enum reposnap_result reposnap_fetch(const struct reposnap_store *store,
                                    const char *rev,
                                    const struct reposnap_fetch_options *options,
                                    const struct reposnap_watch *watch,
                                    struct reposnap_document **document,
                                    struct reposnap_error **error);

// Finds the versions that packages bring along, as apt would choose.
//
// `rev`: The snapshot.
//
// `names`: The packages: `name`, `name:architecture`, `name=version` or `name/suite`. An array that ends with NULL.
//
// `options`, `watch` and `document` may be NULL. Gives: resolve.
enum reposnap_result reposnap_resolve(const struct reposnap_store *store,
                                      const char *rev,
                                      const char *const *names,
                                      const struct reposnap_resolve_options *options,
                                      const struct reposnap_watch *watch,
                                      struct reposnap_document **document,
                                      struct reposnap_error **error);

// Tells why a package comes along with others: the relations that lead to it.
//
// `rev`: The snapshot.
//
// `name`: The package to explain.
//
// `names`: The packages that are asked for, as for `resolve`. An array that ends with NULL.
//
// `options`, `watch` and `document` may be NULL. Gives: why.
enum reposnap_result reposnap_why(const struct reposnap_store *store,
                                  const char *rev,
                                  const char *name,
                                  const char *const *names,
                                  const struct reposnap_why_options *options,
                                  const struct reposnap_watch *watch,
                                  struct reposnap_document **document,
                                  struct reposnap_error **error);

// Finds what an upgrade of what is installed comes to, as apt would do it, and what is held back.
//
// `rev`: The snapshot.
//
// `options`, `watch` and `document` may be NULL. Gives: upgrade.
enum reposnap_result reposnap_upgrade(const struct reposnap_store *store,
                                      const char *rev,
                                      const struct reposnap_upgrade_options *options,
                                      const struct reposnap_watch *watch,
                                      struct reposnap_document **document,
                                      struct reposnap_error **error);

// Finds the versions that building source packages needs, as `apt-get build-dep` would choose.
//
// `rev`: The snapshot; it must have the sources.
//
// `names`: The source packages: `name` or `name=version`. An array that ends with NULL.
//
// `options`, `watch` and `document` may be NULL. Gives: resolve.
enum reposnap_result reposnap_build_deps(const struct reposnap_store *store,
                                         const char *rev,
                                         const char *const *names,
                                         const struct reposnap_build_deps_options *options,
                                         const struct reposnap_watch *watch,
                                         struct reposnap_document **document,
                                         struct reposnap_error **error);

// Tells what packages depend on, or what depends on them: as a document, a count or a picture.
//
// `rev`: The snapshot.
//
// `names`: The packages, or names that packages provide: `name` or `name:architecture`. An array that ends with NULL.
//
// `options`, `watch` and `document` may be NULL. Gives: graph.
enum reposnap_result reposnap_graph(const struct reposnap_store *store,
                                    const char *rev,
                                    const char *const *names,
                                    const struct reposnap_graph_options *options,
                                    const struct reposnap_watch *watch,
                                    struct reposnap_document **document,
                                    struct reposnap_error **error);

// Finds the packages of a snapshot that nobody can install, and why; beside another, what the change breaks and
// repairs.
//
// `rev`: The snapshot.
//
// `options`, `watch` and `document` may be NULL. Gives: check.
enum reposnap_result reposnap_check(const struct reposnap_store *store,
                                    const char *rev,
                                    const struct reposnap_check_options *options,
                                    const struct reposnap_watch *watch,
                                    struct reposnap_document **document,
                                    struct reposnap_error **error);

// Looks into an image, a root folder or a machine: its packages and the layers that brought them. Nothing is unpacked.
//
// `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
// folder, or `host:` for this machine.
//
// `options`, `watch` and `document` may be NULL. Gives: Inventory.
enum reposnap_result reposnap_image_inspect(const char *reference,
                                            const struct reposnap_image_inspect_options *options,
                                            const struct reposnap_watch *watch,
                                            struct reposnap_document **document,
                                            struct reposnap_error **error);

// Tells of every package of an image which snapshots have had exactly it, and which are from nowhere.
//
// `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
// folder, or `host:` for this machine.
//
// `options`, `watch` and `document` may be NULL. Gives: image match.
enum reposnap_result reposnap_image_match(const struct reposnap_store *store,
                                          const char *reference,
                                          const struct reposnap_image_match_options *options,
                                          const struct reposnap_watch *watch,
                                          struct reposnap_document **document,
                                          struct reposnap_error **error);

// Tells from which snapshots an image and each of its layers can be, by their packages.
//
// `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
// folder, or `host:` for this machine.
//
// `options`, `watch` and `document` may be NULL. Gives: image date.
enum reposnap_result reposnap_image_date(const struct reposnap_store *store,
                                         const char *reference,
                                         const struct reposnap_image_date_options *options,
                                         const struct reposnap_watch *watch,
                                         struct reposnap_document **document,
                                         struct reposnap_error **error);

// Holds an image against an environment: what is outdated and since when, what is from nowhere, and who holds it back.
//
// `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
// folder, or `host:` for this machine.
//
// `rev`: The environment, or any other name of a snapshot.
//
// `options`, `watch` and `document` may be NULL. Gives: Report.
enum reposnap_result reposnap_image_audit(const struct reposnap_store *store,
                                          const char *reference,
                                          const char *rev,
                                          const struct reposnap_image_audit_options *options,
                                          const struct reposnap_watch *watch,
                                          struct reposnap_document **document,
                                          struct reposnap_error **error);

// Attests what is in an image and from which snapshots, signed; attached to the image where that is asked for.
//
// `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
// folder, or `host:` for this machine.
//
// `key`: The key: a file with a private key in PEM (Ed25519 or P-256), one with an OpenPGP key, or `gpg:FINGERPRINT`
// for one that gpg-agent has.
//
// `options`, `watch` and `document` may be NULL. Gives: image attest.
enum reposnap_result reposnap_image_attest(const struct reposnap_store *store,
                                           const char *reference,
                                           const char *key,
                                           const struct reposnap_image_attest_options *options,
                                           const struct reposnap_watch *watch,
                                           struct reposnap_document **document,
                                           struct reposnap_error **error);

// Tells whether a policy accepts an image, by what trusted keys attested of it.
//
// `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
// folder, or `host:` for this machine.
//
// `policy`: The policy's file.
//
// `options`, `watch` and `document` may be NULL. Gives: image verify.
enum reposnap_result reposnap_image_verify(const struct reposnap_store *store,
                                           const char *reference,
                                           const char *policy,
                                           const struct reposnap_image_verify_options *options,
                                           const struct reposnap_watch *watch,
                                           struct reposnap_document **document,
                                           struct reposnap_error **error);

// Verifies what others signed of an image, such as of a base: cosign with a key beside it in its registry, and files
// of simple signing (containers-signature(5)).
//
// `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
// folder, or `host:` for this machine.
//
// `keys`: Files with the public keys (PEM) and OpenPGP certificates that are trusted. An array that ends with NULL.
//
// `options`, `watch` and `document` may be NULL. Gives: image signatures.
enum reposnap_result reposnap_image_signatures(const char *reference,
                                               const char *const *keys,
                                               const struct reposnap_image_signatures_options *options,
                                               const struct reposnap_watch *watch,
                                               struct reposnap_document **document,
                                               struct reposnap_error **error);

// Writes reports of audits for people, for what shows the results of checks, or as bills of materials.
//
// `reports`: The reports, JSON as `image audit` gives it: an array, or one.
//
// `format`: As what. One of `text`, `json`, `sarif`, `junit`, `cyclonedx`, `spdx`, `html`.
//
// `watch` and `document` may be NULL. Gives: text.
enum reposnap_result reposnap_image_report(const char *reports,
                                           const char *format,
                                           const struct reposnap_watch *watch,
                                           struct reposnap_document **document,
                                           struct reposnap_error **error);

// Records an image in the store, under a name. What is recorded stays.
//
// `reference`: The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root
// folder, or `host:` for this machine.
//
// `options`, `watch` and `document` may be NULL. Gives: fleet add.
enum reposnap_result reposnap_fleet_add(const struct reposnap_store *store,
                                        const char *reference,
                                        const struct reposnap_fleet_add_options *options,
                                        const struct reposnap_watch *watch,
                                        struct reposnap_document **document,
                                        struct reposnap_error **error);

// Lists the names of the recorded images, and the images that they are now.
//
// `watch` and `document` may be NULL. Gives: array of FleetImage.
enum reposnap_result reposnap_fleet_list(const struct reposnap_store *store,
                                         const struct reposnap_watch *watch,
                                         struct reposnap_document **document,
                                         struct reposnap_error **error);

// Finds the images that have a package in an older version than one that mends it.
//
// `name`: The binary or source package.
//
// `version`: The version that mends it; for a source package, the source's.
//
// `options`, `watch` and `document` may be NULL. Gives: array of StaleImage.
enum reposnap_result reposnap_fleet_affected(const struct reposnap_store *store,
                                             const char *name,
                                             const char *version,
                                             const struct reposnap_fleet_affected_options *options,
                                             const struct reposnap_watch *watch,
                                             struct reposnap_document **document,
                                             struct reposnap_error **error);

// Finds the images that have a package in an older version than a snapshot.
//
// `rev`: The snapshot, such as an environment.
//
// `options`, `watch` and `document` may be NULL. Gives: array of StaleImage.
enum reposnap_result reposnap_fleet_stale(const struct reposnap_store *store,
                                          const char *rev,
                                          const struct reposnap_fleet_stale_options *options,
                                          const struct reposnap_watch *watch,
                                          struct reposnap_document **document,
                                          struct reposnap_error **error);

// Tells what to rebuild, bases first: of a snapshot, of what is new in it, or of a version that mends something.
//
// `options`, `watch` and `document` may be NULL. Gives: fleet plan.
enum reposnap_result reposnap_fleet_plan(const struct reposnap_store *store,
                                         const struct reposnap_fleet_plan_options *options,
                                         const struct reposnap_watch *watch,
                                         struct reposnap_document **document,
                                         struct reposnap_error **error);

// Locks exactly what packages bring along: every version, its file's digest, and what brought it.
//
// `rev`: The snapshot.
//
// `names`: The packages: `name`, `name:architecture`, `name=version` or `name/suite`. An array that ends with NULL.
//
// `options`, `watch` and `document` may be NULL. Gives: lock.
enum reposnap_result reposnap_lock_create(const struct reposnap_store *store,
                                          const char *rev,
                                          const char *const *names,
                                          const struct reposnap_lock_create_options *options,
                                          const struct reposnap_watch *watch,
                                          struct reposnap_document **document,
                                          struct reposnap_error **error);

// Reads a lock.
//
// `lock`: The lock's text.
//
// `watch` and `document` may be NULL. Gives: lock.
enum reposnap_result reposnap_lock_show(const char *lock,
                                        const struct reposnap_watch *watch,
                                        struct reposnap_document **document,
                                        struct reposnap_error **error);

// Tells what differs between two locks.
//
// `before`: The first lock's text.
//
// `after`: The second lock's text.
//
// `watch` and `document` may be NULL. Gives: lock diff.
enum reposnap_result reposnap_lock_diff(const char *before,
                                        const char *after,
                                        const struct reposnap_watch *watch,
                                        struct reposnap_document **document,
                                        struct reposnap_error **error);

// Moves a lock to a newer snapshot: all of it, or what the fix of some packages needs and nothing else.
//
// `lock`: The lock's text.
//
// `rev`: The newer snapshot.
//
// `options`, `watch` and `document` may be NULL. Gives: lock update.
enum reposnap_result reposnap_lock_update(const struct reposnap_store *store,
                                          const char *lock,
                                          const char *rev,
                                          const struct reposnap_lock_update_options *options,
                                          const struct reposnap_watch *watch,
                                          struct reposnap_document **document,
                                          struct reposnap_error **error);

// Tells whether the snapshots still have what a lock says.
//
// `lock`: The lock's text.
//
// `watch` and `document` may be NULL. Gives: lock verify.
enum reposnap_result reposnap_lock_verify(const struct reposnap_store *store,
                                          const char *lock,
                                          const struct reposnap_watch *watch,
                                          struct reposnap_document **document,
                                          struct reposnap_error **error);

// Writes a lock in the words of others: apt's pins and arguments, lists of files, bills of materials.
//
// `lock`: The lock's text.
//
// `format`: In which words. One of `apt-pins`, `apt-install`, `uris`, `curl`, `sha256sums`, `cyclonedx`, `spdx`.
//
// `options`, `watch` and `document` may be NULL. Gives: text.
enum reposnap_result reposnap_lock_export(const char *lock,
                                          const char *format,
                                          const struct reposnap_lock_export_options *options,
                                          const struct reposnap_watch *watch,
                                          struct reposnap_document **document,
                                          struct reposnap_error **error);

// Writes a bill of materials of a lock, with all that its packages say of each other in their snapshots.
//
// `lock`: The lock's text.
//
// `format`: `cyclonedx` or `spdx`. One of `apt-pins`, `apt-install`, `uris`, `curl`, `sha256sums`, `cyclonedx`,
// `spdx`.
//
// `options`, `watch` and `document` may be NULL. Gives: text.
enum reposnap_result reposnap_lock_bill(const struct reposnap_store *store,
                                        const char *lock,
                                        const char *format,
                                        const struct reposnap_lock_bill_options *options,
                                        const struct reposnap_watch *watch,
                                        struct reposnap_document **document,
                                        struct reposnap_error **error);

// Tells how the packages that are installed on a machine stand to a snapshot.
//
// `rev`: The snapshot.
//
// `options`, `watch` and `document` may be NULL. Gives: system compare.
enum reposnap_result reposnap_system_compare(const struct reposnap_store *store,
                                             const char *rev,
                                             const struct reposnap_system_compare_options *options,
                                             const struct reposnap_watch *watch,
                                             struct reposnap_document **document,
                                             struct reposnap_error **error);

// Collects garbage in two phases: plans what nothing needs, and sweeps what was planned a grace period ago and still
// is not needed. Rules of retention say which entries of environments and mirrors keep their snapshots; without any,
// all do. The newest entry always does, and so does what has a name, what lock files need, and the newest snapshot
// that has a package of a recorded image.
//
// `options`, `watch` and `document` may be NULL. Gives: store gc.
enum reposnap_result reposnap_store_gc(const struct reposnap_store *store,
                                       const struct reposnap_store_gc_options *options,
                                       const struct reposnap_watch *watch,
                                       struct reposnap_document **document,
                                       struct reposnap_error **error);

// Checks the store: every log unbroken, every snapshot readable, every object that one needs there. What is wrong can
// be put right on the way.
//
// `options`, `watch` and `document` may be NULL. Gives: store check.
enum reposnap_result reposnap_store_check(const struct reposnap_store *store,
                                          const struct reposnap_store_check_options *options,
                                          const struct reposnap_watch *watch,
                                          struct reposnap_document **document,
                                          struct reposnap_error **error);

// Counts what the store has.
//
// `options`, `watch` and `document` may be NULL. Gives: store stats.
enum reposnap_result reposnap_store_stats(const struct reposnap_store *store,
                                          const struct reposnap_store_stats_options *options,
                                          const struct reposnap_watch *watch,
                                          struct reposnap_document **document,
                                          struct reposnap_error **error);

// Copies the store into another one, or some environments with all that they need: what is missing there, each object
// verified, and entries of logs last. Done again, it goes on. Nothing in the other store is ever replaced.
//
// `to`: The other store, a directory or a URL, which is made where there is none.
//
// `options`, `watch` and `document` may be NULL. Gives: store copy.
enum reposnap_result reposnap_store_copy(const struct reposnap_store *store,
                                         const char *to,
                                         const struct reposnap_store_copy_options *options,
                                         const struct reposnap_watch *watch,
                                         struct reposnap_document **document,
                                         struct reposnap_error **error);

// Tells the format of the store, and brings it to the newest that this version knows.
//
// `options`, `watch` and `document` may be NULL. Gives: store migrate.
enum reposnap_result reposnap_store_migrate(const struct reposnap_store *store,
                                            const struct reposnap_store_migrate_options *options,
                                            const struct reposnap_watch *watch,
                                            struct reposnap_document **document,
                                            struct reposnap_error **error);

// Verifies an InRelease file, or a Release file with its Release.gpg: its signatures, its dates and its form.
//
// `file`: The file.
//
// `keyring`: The keys: keyring files, or armored blocks. An array that ends with NULL.
//
// `options`, `watch` and `document` may be NULL. Gives: verify release.
enum reposnap_result reposnap_verify_release(const char *file,
                                             const char *const *keyring,
                                             const struct reposnap_verify_release_options *options,
                                             const struct reposnap_watch *watch,
                                             struct reposnap_document **document,
                                             struct reposnap_error **error);

// Verifies a signed text: a cleartext message, or any text with a signature that stands apart.
//
// `message`: The text.
//
// `keyring`: The keys: keyring files, or armored blocks. An array that ends with NULL.
//
// `options`, `watch` and `document` may be NULL. Gives: verify message.
enum reposnap_result reposnap_verify_message(const char *message,
                                             const char *const *keyring,
                                             const struct reposnap_verify_message_options *options,
                                             const struct reposnap_watch *watch,
                                             struct reposnap_document **document,
                                             struct reposnap_error **error);

// Shows the certificates of a keyring.
//
// `keyring`: The keys: keyring files, or armored blocks. An array that ends with NULL.
//
// `options`, `watch` and `document` may be NULL. Gives: array of Certificate.
enum reposnap_result reposnap_keyring_show(const char *const *keyring,
                                           const struct reposnap_keyring_show_options *options,
                                           const struct reposnap_watch *watch,
                                           struct reposnap_document **document,
                                           struct reposnap_error **error);

// Generates an Ed25519 signing key into a new file that its owner alone may read.
//
// `user_id`: Whose key, such as `Example archive <archive@example.org>`.
//
// `output`: The file to write; it must not exist.
//
// `watch` and `document` may be NULL. Gives: key generate.
enum reposnap_result reposnap_key_generate(const char *user_id,
                                           const char *output,
                                           const struct reposnap_watch *watch,
                                           struct reposnap_document **document,
                                           struct reposnap_error **error);

// Signs a text, as a cleartext message or apart from it.
//
// `text`: The text.
//
// `key`: The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
//
// `options`, `watch` and `document` may be NULL. Gives: key sign.
enum reposnap_result reposnap_key_sign(const char *text,
                                       const char *key,
                                       const struct reposnap_key_sign_options *options,
                                       const struct reposnap_watch *watch,
                                       struct reposnap_document **document,
                                       struct reposnap_error **error);

// Compares two versions as dpkg does.
//
// `a`: The first version.
//
// `b`: The second version.
//
// `options`, `watch` and `document` may be NULL. Gives: version compare.
enum reposnap_result reposnap_version_compare(const char *a,
                                              const char *b,
                                              const struct reposnap_version_compare_options *options,
                                              const struct reposnap_watch *watch,
                                              struct reposnap_document **document,
                                              struct reposnap_error **error);

// Reads stanzas, as control files and indexes have them (deb822(5)).
//
// `text`: The text.
//
// `watch` and `document` may be NULL. Gives: array of array of Field.
enum reposnap_result reposnap_stanza_parse(const char *text,
                                           const struct reposnap_watch *watch,
                                           struct reposnap_document **document,
                                           struct reposnap_error **error);

// Reads the value of a relation field such as Depends or Provides (Debian policy, chapter 7).
//
// `value`: The value.
//
// `watch` and `document` may be NULL. Gives: array of array of Relation.
enum reposnap_result reposnap_relation_parse(const char *value,
                                             const struct reposnap_watch *watch,
                                             struct reposnap_document **document,
                                             struct reposnap_error **error);

// Reads an apt source file (sources.list(5)), in either format.
//
// `file`: The file's name: one that ends in `.sources` has stanzas, another has lines.
//
// `text`: Its text.
//
// `architecture`: What `$(ARCH)` stands for: the machine's architecture.
//
// `watch` and `document` may be NULL. Gives: array of SourceEntry.
enum reposnap_result reposnap_sources_parse(const char *file,
                                            const char *text,
                                            const char *architecture,
                                            const struct reposnap_watch *watch,
                                            struct reposnap_document **document,
                                            struct reposnap_error **error);

// Reads a query and tells it in its plainest form.
//
// `query`: The query.
//
// `watch` and `document` may be NULL. Gives: query parse.
enum reposnap_result reposnap_query_parse(const char *query,
                                          const struct reposnap_watch *watch,
                                          struct reposnap_document **document,
                                          struct reposnap_error **error);

// Reads a binary package (deb(5)): its control file, and what else its control part has.
//
// `file`: The package file.
//
// `options`, `watch` and `document` may be NULL. Gives: deb show.
enum reposnap_result reposnap_deb_show(const char *file,
                                       const struct reposnap_deb_show_options *options,
                                       const struct reposnap_watch *watch,
                                       struct reposnap_document **document,
                                       struct reposnap_error **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* REPOSNAP_H */

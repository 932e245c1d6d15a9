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

/* What the tests share: a check that tells where it failed, and a store with two snapshots. */
#ifndef CHECK_H
#define CHECK_H

#include <reposnap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                  \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);       \
      exit(1);                                                                            \
    }                                                                                     \
  } while (0)

/* Checks that a call fails with a kind, and, unless it is NULL, with a field. Frees the error. */
#define FAILS(kind, at, call)                                                             \
  do {                                                                                    \
    reposnap_error *error = NULL;                                                         \
    reposnap_result result = (call);                                                      \
    const char *field = reposnap_error_field(error), *expected = (at);                    \
    if (result != (kind) || error == NULL || reposnap_error_kind(error) != (kind) ||      \
        (expected != NULL && (field == NULL || strcmp(field, expected) != 0))) {          \
      fprintf(stderr, "%s:%d: %s gives %d: %s\n", __FILE__, __LINE__, #call, (int)result, \
              error == NULL ? "no error" : reposnap_error_text(error));                   \
      exit(1);                                                                            \
    }                                                                                     \
    CHECK(reposnap_error_free(error) == REPOSNAP_OK);                                     \
  } while (0)

/* Checks that a call succeeds. */
#define WORKS(call)                                                                       \
  do {                                                                                    \
    reposnap_error *error = NULL;                                                         \
    reposnap_result result = (call);                                                      \
    if (result != REPOSNAP_OK || error != NULL) {                                         \
      fprintf(stderr, "%s:%d: %s gives %d: %s\n", __FILE__, __LINE__, #call, (int)result, \
              error == NULL ? "no error" : reposnap_error_text(error));                   \
      exit(1);                                                                            \
    }                                                                                     \
  } while (0)

/* A store in memory whose mirror `inhouse` has the packages of a folder. */
static inline reposnap_store *store_of(const char *packages) {
  reposnap_store *store = reposnap_store_memory();
  CHECK(store != NULL);
  WORKS(reposnap_mirror_add_folder(store, "inhouse", packages, NULL, NULL, NULL, &error));
  WORKS(reposnap_mirror_update(store, "inhouse", NULL, NULL, NULL, &error));
  return store;
}

#endif

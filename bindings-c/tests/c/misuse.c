/* Bad input is always an error, never a crash: NULL, freed and foreign handles, bad text, bad structs, panics. */
#include "check.h"

static void null_arguments(reposnap_store *store) {
  reposnap_document *document = (reposnap_document *)(void *)store;
  FAILS(REPOSNAP_USAGE, "name", reposnap_mirror_show(store, NULL, NULL, &document, &error));
  CHECK(document == NULL);
  FAILS(REPOSNAP_USAGE, "store", reposnap_mirror_show(NULL, "a", NULL, &document, &error));
  FAILS(REPOSNAP_USAGE, "operation", reposnap_call(store, NULL, NULL, NULL, NULL, &error));
  FAILS(REPOSNAP_USAGE, "revs", reposnap_snapshot_merge(store, NULL, NULL, NULL, NULL, &error));
  FAILS(REPOSNAP_USAGE, "directory", reposnap_store_open(NULL, NULL, &error));
  FAILS(REPOSNAP_USAGE, "json", reposnap_document_parse(NULL, NULL, &error));
  FAILS(REPOSNAP_USAGE, "actor", reposnap_store_set_actor(store, NULL, &error));
  FAILS(REPOSNAP_USAGE, "rev", reposnap_packages_open(store, NULL, NULL, false, NULL, &error));
  FAILS(REPOSNAP_USAGE, "packages", reposnap_packages_next(NULL, NULL, &error));
  /* Nobody has to look at what was given, nor at why it failed. */
  CHECK(reposnap_mirror_list(store, NULL, NULL, NULL) == REPOSNAP_OK);
  CHECK(reposnap_mirror_show(store, NULL, NULL, NULL, NULL) == REPOSNAP_USAGE);
  CHECK(reposnap_document_parse("[1]", NULL, NULL) == REPOSNAP_OK);
  CHECK(reposnap_document_string(NULL, "", NULL) == NULL && reposnap_document_count(NULL, "") == 0);
  CHECK(reposnap_document_json(NULL, NULL, NULL) == NULL && reposnap_document_key(NULL, NULL, 0, NULL) == NULL);
  CHECK(!reposnap_document_integer(NULL, "", NULL) && !reposnap_document_boolean(NULL, "", NULL));
  CHECK(reposnap_document_type(NULL, "") == REPOSNAP_TYPE_NONE);
  CHECK(reposnap_error_message(NULL) == NULL && reposnap_error_kind(NULL) == REPOSNAP_OK && reposnap_error_line(NULL) == 0);
  CHECK(reposnap_store_free(NULL) == REPOSNAP_OK && reposnap_document_free(NULL) == REPOSNAP_OK);
  CHECK(reposnap_error_free(NULL) == REPOSNAP_OK && reposnap_packages_free(NULL) == REPOSNAP_OK);
  CHECK(reposnap_cancel_free(NULL) == REPOSNAP_OK && reposnap_cancel_now(NULL) == REPOSNAP_USAGE);
  CHECK(!reposnap_cancel_is_cancelled(NULL) && reposnap_compare_versions(NULL, NULL) == 0);
}

static void freed_and_foreign_handles(reposnap_store *store) {
  int number = 0;
  reposnap_document *document = NULL;
  reposnap_packages *packages = NULL;
  reposnap_store *other = reposnap_store_memory();
  CHECK(reposnap_store_free(other) == REPOSNAP_OK);
  FAILS(REPOSNAP_USAGE, "store", reposnap_mirror_list(other, NULL, NULL, &error));
  CHECK(reposnap_store_free(other) == REPOSNAP_USAGE);
  FAILS(REPOSNAP_USAGE, "store", reposnap_mirror_list((reposnap_store *)(void *)&number, NULL, NULL, &error));
  WORKS(reposnap_mirror_list(store, NULL, &document, &error));
  FAILS(REPOSNAP_USAGE, "store", reposnap_mirror_list((reposnap_store *)(void *)document, NULL, NULL, &error));
  CHECK(reposnap_store_free((reposnap_store *)(void *)document) == REPOSNAP_USAGE);
  CHECK(reposnap_document_count(document, "") == 1);
  CHECK(reposnap_document_free(document) == REPOSNAP_OK);
  CHECK(reposnap_document_count(document, "") == 0 && reposnap_document_free(document) == REPOSNAP_USAGE);
  WORKS(reposnap_packages_open(store, "inhouse", NULL, false, &packages, &error));
  CHECK(reposnap_packages_free(packages) == REPOSNAP_OK);
  FAILS(REPOSNAP_USAGE, "packages", reposnap_packages_next(packages, NULL, &error));
}

static void bad_text(reposnap_store *store) {
  size_t huge = ((size_t)256 << 20) + 1;
  char *text = (char *)malloc(huge + 1);
  CHECK(text != NULL);
  FAILS(REPOSNAP_USAGE, "name", reposnap_mirror_show(store, "caf\xe9", NULL, NULL, &error));
  FAILS(REPOSNAP_USAGE, "operation", reposnap_call(store, "\xff", NULL, NULL, NULL, &error));
  FAILS(REPOSNAP_USAGE, NULL, reposnap_call(store, "mirror eat", NULL, NULL, NULL, &error));
  FAILS(REPOSNAP_USAGE, "request", reposnap_call(store, "mirror list", "{", NULL, NULL, &error));
  FAILS(REPOSNAP_USAGE, NULL, reposnap_call(store, "mirror show", "{\"name\": 1}", NULL, NULL, &error));
  FAILS(REPOSNAP_USAGE, NULL, reposnap_call(store, "mirror show", "[]", NULL, NULL, &error));
  FAILS(REPOSNAP_MALFORMED, "json", reposnap_document_parse("{\"a\":\n 1,}", NULL, &error));
  memset(text, 'a', huge);
  text[huge] = 0;
  FAILS(REPOSNAP_LIMIT, "name", reposnap_mirror_show(store, text, NULL, NULL, &error));
  text[1 << 20] = 0;
  FAILS(REPOSNAP_USAGE, NULL, reposnap_mirror_show(store, text, NULL, NULL, &error));
  memset(text, '[', 1 << 20);
  FAILS(REPOSNAP_MALFORMED, "json", reposnap_document_parse(text, NULL, &error));
  free(text);
}

static void bad_structs(reposnap_store *store, const char *packages) {
  struct {
    reposnap_mirror_add_folder_options options;
    size_t later;
  } grown;
  reposnap_mirror_add_folder_options options;
  reposnap_watch watch;
  reposnap_error *error = NULL;
  memset(&options, 0, sizeof options);
  FAILS(REPOSNAP_USAGE, "options", reposnap_mirror_add_folder(store, "b", packages, &options, NULL, NULL, &error));
  memset(&options, 0xa5, sizeof options);
  FAILS(REPOSNAP_USAGE, "options", reposnap_mirror_add_folder(store, "b", packages, &options, NULL, NULL, &error));
  memset(&watch, 0, sizeof watch);
  FAILS(REPOSNAP_USAGE, "watch", reposnap_mirror_list(store, &watch, NULL, &error));
  REPOSNAP_INIT(&watch);
  watch.cancel = (reposnap_cancel *)(void *)store;
  FAILS(REPOSNAP_USAGE, "cancel", reposnap_mirror_list(store, &watch, NULL, &error));
  /* A program of a later version: what it does not use does no harm. */
  memset(&grown, 0, sizeof grown);
  grown.options.size = sizeof grown;
  grown.options.dry_run = true;
  CHECK(reposnap_mirror_add_folder(store, "b", packages, &grown.options, NULL, NULL, &error) == REPOSNAP_OK);
  grown.later = 1;
  FAILS(REPOSNAP_UNSUPPORTED, "options", reposnap_mirror_add_folder(store, "b", packages, &grown.options, NULL, NULL, &error));
  /* A program of an earlier version, which knew only the first field. */
  REPOSNAP_INIT(&options);
  options.component = "contrib";
  options.dry_run = true;
  options.size = offsetof(reposnap_mirror_add_folder_options, replace);
  CHECK(reposnap_mirror_add_folder(store, "old", packages, &options, NULL, NULL, &error) == REPOSNAP_OK);
  WORKS(reposnap_mirror_show(store, "old", NULL, NULL, &error));
}

static void all_fields_of_an_error(void) {
  reposnap_error *error = NULL;
  const char *const nobody[] = {"/nonexistent/keyring.gpg", NULL};
  CHECK(reposnap_keyring_show(nobody, NULL, NULL, NULL, &error) == REPOSNAP_NOT_FOUND);
  CHECK(strcmp(reposnap_error_kind_word(error), "not-found") == 0 && strcmp(reposnap_result_word(REPOSNAP_NOT_FOUND), "not-found") == 0);
  CHECK(strcmp(reposnap_error_path(error), nobody[0]) == 0 && strstr(reposnap_error_text(error), nobody[0]) != NULL);
  CHECK(reposnap_error_message(error)[0] != 0 && reposnap_error_rule(error) == NULL);
  CHECK(reposnap_error_free(error) == REPOSNAP_OK && reposnap_error_message(error) == NULL);
  CHECK(reposnap_stanza_parse("Package: a\nno colon\n", NULL, NULL, &error) == REPOSNAP_MALFORMED);
  CHECK(reposnap_error_line(error) == 2 && reposnap_error_path(error) == NULL);
  CHECK(reposnap_error_free(error) == REPOSNAP_OK);
  CHECK(reposnap_document_parse("\x01", NULL, &error) == REPOSNAP_MALFORMED && reposnap_error_expected(error) == NULL);
  CHECK(reposnap_error_found(error) == NULL && reposnap_error_help(error) == NULL && reposnap_error_free(error) == REPOSNAP_OK);
  CHECK(reposnap_result_word(99) == NULL && strcmp(reposnap_result_word(0), "ok") == 0);
}

static void panics_in_the_core(void) {
  /* Only builds with debug assertions have this operation. */
  FAILS(REPOSNAP_INTERNAL, NULL, reposnap_call(NULL, "inject panic", NULL, NULL, NULL, &error));
}

int main(int argc, char **argv) {
  reposnap_store *store;
  CHECK(argc == 2);
  store = store_of(argv[1]);
  null_arguments(store);
  freed_and_foreign_handles(store);
  bad_text(store);
  bad_structs(store, argv[1]);
  all_fields_of_an_error();
  panics_in_the_core();
  CHECK(reposnap_store_free(store) == REPOSNAP_OK);
  CHECK(reposnap_live_handles() == 0);
  return 0;
}

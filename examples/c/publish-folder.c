/* Publishes a folder of packages as a signed tree that apt reads: publish-folder PACKAGES STORE KEY PUBLIC.
 * The key is made where there is none. */
#include <reposnap.h>
#include <stdio.h>
#include <string.h>

/* Tells of a failure and frees it. */
static int told(reposnap_error *error) {
  fprintf(stderr, "publish-folder: %s\n", reposnap_error_text(error));
  reposnap_error_free(error);
  return 1;
}

static void progress(void *user, const reposnap_event *event) {
  if (event->event_type == REPOSNAP_EVENT_START) fprintf((FILE *)user, "%s ...\n", event->text);
}

static int publish(reposnap_store *store, const char *packages, const char *key, const char *public_folder) {
  const char *const revs[] = {"inhouse", NULL};
  reposnap_publish_options options;
  reposnap_watch watch;
  reposnap_document *publication = NULL;
  reposnap_error *error = NULL;
  int64_t count = 0;

  REPOSNAP_INIT(&watch);
  watch.progress = progress;
  watch.user = stderr;
  REPOSNAP_INIT(&options);
  options.revs = revs;
  options.origin = "Example";
  if (reposnap_mirror_add_folder(store, "inhouse", packages, NULL, NULL, NULL, &error) != REPOSNAP_OK) return told(error);
  if (reposnap_mirror_update(store, "inhouse", NULL, &watch, NULL, &error) != REPOSNAP_OK) return told(error);
  if (reposnap_key_generate("Example archive <archive@example.org>", key, NULL, NULL, &error) != REPOSNAP_OK) {
    if (reposnap_error_kind(error) != REPOSNAP_ALREADY_EXISTS) return told(error);
    reposnap_error_free(error);
  }
  if (reposnap_publish(store, public_folder, "stable", key, &options, &watch, &publication, &error) != REPOSNAP_OK)
    return told(error);
  reposnap_document_integer(publication, "/packages", &count);
  printf("%ld packages in %s: %s\n", (long)count, public_folder, reposnap_document_string(publication, "/outcome", NULL));
  reposnap_document_free(publication);
  return 0;
}

int main(int argc, char **argv) {
  reposnap_store *store = NULL;
  reposnap_error *error = NULL;
  int result;
  if (argc != 5) {
    fprintf(stderr, "usage: publish-folder PACKAGES STORE KEY PUBLIC\n");
    return 2;
  }
  if (reposnap_store_open_or_create(argv[2], &store, &error) != REPOSNAP_OK) return told(error);
  result = publish(store, argv[1], argv[3], argv[4]);
  reposnap_store_free(store);
  return result;
}

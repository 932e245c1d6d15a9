/* What works: documents, walks, versions, progress, cancellation, threads, forks. */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

struct told {
  int starts, finishes, inside;
  uint64_t advanced;
  reposnap_cancel *cancel;
};

static void progress(void *user, const reposnap_event *event) {
  struct told *told = (struct told *)user;
  CHECK(told->inside++ == 0 && event->text != NULL);
  if (event->event_type == REPOSNAP_EVENT_START) {
    told->starts++;
    CHECK(event->unit != REPOSNAP_UNIT_NONE);
  } else if (event->event_type == REPOSNAP_EVENT_ADVANCE) {
    told->advanced += event->amount;
  } else if (event->event_type == REPOSNAP_EVENT_FINISH) {
    told->finishes++;
  }
  if (told->cancel != NULL) {
    CHECK(reposnap_cancel_now(told->cancel) == REPOSNAP_OK);
  }
  told->inside--;
}

static void progress_and_cancellation(const char *packages) {
  struct told told;
  reposnap_watch watch;
  reposnap_store *store = reposnap_store_memory();
  memset(&told, 0, sizeof told);
  REPOSNAP_INIT(&watch);
  watch.progress = progress;
  watch.user = &told;
  watch.cancel = told.cancel = reposnap_cancel_new();
  WORKS(reposnap_mirror_add_folder(store, "inhouse", packages, NULL, NULL, NULL, &error));
  FAILS(REPOSNAP_CANCELLED, NULL, reposnap_mirror_update(store, "inhouse", NULL, &watch, NULL, &error));
  CHECK(reposnap_cancel_is_cancelled(told.cancel) && told.starts == 1);
  FAILS(REPOSNAP_CANCELLED, NULL, reposnap_mirror_list(store, &watch, NULL, &error));
  CHECK(reposnap_cancel_free(told.cancel) == REPOSNAP_OK);
  watch.cancel = told.cancel = NULL;
  told.starts = 0;
  WORKS(reposnap_mirror_update(store, "inhouse", NULL, &watch, NULL, &error));
  CHECK(told.starts >= 1 && told.starts == told.finishes && told.advanced > 0);
  CHECK(reposnap_store_free(store) == REPOSNAP_OK);
}

static void documents(void) {
  const char *json = "{\"a/b\":[1,-2,1.5,true,null,\"x\\u0000y\"],\"z\":{}}";
  reposnap_document *document = NULL;
  size_t length = 0;
  int64_t number = 7;
  bool flag = false;
  const char *text;
  WORKS(reposnap_document_parse(json, &document, &error));
  CHECK(strcmp(reposnap_document_json(document, "", &length), json) == 0 && length == strlen(json));
  CHECK(reposnap_document_count(document, "") == 2 && reposnap_document_count(document, "/a~1b") == 6);
  CHECK(strcmp(reposnap_document_key(document, "", 0, &length), "a/b") == 0 && length == 3);
  CHECK(reposnap_document_key(document, "", 2, NULL) == NULL && reposnap_document_key(document, "/a~1b", 0, NULL) == NULL);
  CHECK(reposnap_document_integer(document, "/a~1b/1", &number) && number == -2);
  CHECK(!reposnap_document_integer(document, "/a~1b/2", &number) && number == -2);
  CHECK(reposnap_document_boolean(document, "/a~1b/3", &flag) && flag);
  text = reposnap_document_string(document, "/a~1b/5", &length);
  CHECK(length == 3 && memcmp(text, "x\0y", 4) == 0 && text == reposnap_document_string(document, "/a~1b/5", NULL));
  CHECK(reposnap_document_string(document, "/a~1b/0", NULL) == NULL);
  CHECK(reposnap_document_type(document, "") == REPOSNAP_TYPE_OBJECT && reposnap_document_type(document, "/a~1b") == REPOSNAP_TYPE_ARRAY);
  CHECK(reposnap_document_type(document, "/a~1b/4") == REPOSNAP_TYPE_NULL && reposnap_document_type(document, "/x") == REPOSNAP_TYPE_NONE);
  CHECK(reposnap_document_free(document) == REPOSNAP_OK);
  WORKS(reposnap_operations(&document, &error));
  CHECK(strcmp(reposnap_document_string(document, "/0/name", NULL), "mirror add") == 0);
  CHECK(reposnap_document_free(document) == REPOSNAP_OK);
}

static void walks(reposnap_store *store) {
  reposnap_packages *packages = NULL;
  const reposnap_package *package = NULL;
  char names[64] = "";
  WORKS(reposnap_packages_open(store, "inhouse", NULL, true, &packages, &error));
  for (;;) {
    WORKS(reposnap_packages_next(packages, &package, &error));
    if (package == NULL) break;
    strcat(strcat(strcat(strcat(names, package->name), " "), package->version), ",");
    CHECK(strlen(package->stanza) == package->stanza_length && strstr(package->stanza, package->name) != NULL);
    CHECK(strcmp(package->architecture, "all") == 0 && strcmp(package->component, "main") == 0 && package->part != NULL);
  }
  CHECK(strcmp(names, "hello 1.0,hello 2.0,world 1.0-1,") == 0);
  WORKS(reposnap_packages_next(packages, &package, &error));
  CHECK(package == NULL && reposnap_packages_free(packages) == REPOSNAP_OK);
  WORKS(reposnap_packages_open(store, "inhouse", "hello (= 2.0)", false, &packages, &error));
  WORKS(reposnap_packages_next(packages, &package, &error));
  CHECK(package != NULL && strcmp(package->version, "2.0") == 0 && package->stanza == NULL);
  CHECK(reposnap_packages_free(packages) == REPOSNAP_OK);
  FAILS(REPOSNAP_NOT_FOUND, NULL, reposnap_packages_open(store, "nothing", NULL, false, &packages, &error));
  CHECK(packages == NULL);
  FAILS(REPOSNAP_USAGE, NULL, reposnap_packages_open(store, "inhouse", "((", false, &packages, &error));
}

static void versions(void) {
  unsigned char a[64], b[64];
  size_t length = reposnap_version_sort_key("1.0~rc1", a, sizeof a);
  size_t other = reposnap_version_sort_key("1.0", b, sizeof b);
  CHECK(reposnap_compare_versions("1.0~rc1", "1.0") < 0 && reposnap_compare_versions("1.10", "1.9") > 0);
  CHECK(reposnap_compare_versions("1.0", "0:1.0-0") == 0);
  CHECK(length <= sizeof a && other <= sizeof b && memcmp(a, b, length < other ? length : other) < 0);
  CHECK(reposnap_version_sort_key("1.0~rc1", NULL, 0) == length);
  CHECK(strcmp(reposnap_version(), REPOSNAP_VERSION) == 0);
  CHECK(reposnap_check_version(REPOSNAP_VERSION_MAJOR, REPOSNAP_VERSION_MINOR, REPOSNAP_VERSION_PATCH));
  CHECK(!reposnap_check_version(REPOSNAP_VERSION_MAJOR, REPOSNAP_VERSION_MINOR, REPOSNAP_VERSION_PATCH + 1));
  CHECK(!reposnap_check_version(REPOSNAP_VERSION_MAJOR + 1, 0, 0));
}

static void environments(reposnap_store *store) {
  reposnap_env_promote_options options;
  reposnap_document *document = NULL;
  uint64_t limit = 1;
  reposnap_env_log_options log;
  bool flag = true;
  const char *const queries[] = {"hello", NULL};
  WORKS(reposnap_store_set_actor(store, "ana", &error));
  REPOSNAP_INIT(&options);
  options.create = options.dry_run = true;
  WORKS(reposnap_env_promote(store, "nightly", "inhouse", &options, NULL, &document, &error));
  CHECK(reposnap_document_boolean(document, "/moved", &flag) && !flag && reposnap_document_free(document) == REPOSNAP_OK);
  FAILS(REPOSNAP_NOT_FOUND, NULL, reposnap_env_show(store, "nightly", NULL, &document, &error));
  CHECK(document == NULL);
  options.dry_run = false;
  options.message = "the first";
  WORKS(reposnap_env_promote(store, "nightly", "inhouse", &options, NULL, &document, &error));
  CHECK(reposnap_document_boolean(document, "/moved", &flag) && flag && reposnap_document_free(document) == REPOSNAP_OK);
  options.packages = queries;
  WORKS(reposnap_env_promote(store, "nightly", "inhouse", &options, NULL, NULL, &error));
  REPOSNAP_INIT(&log);
  log.limit = &limit;
  WORKS(reposnap_env_log(store, "nightly", &log, NULL, &document, &error));
  CHECK(reposnap_document_count(document, "") == 1 && strcmp(reposnap_document_string(document, "/0/actor", NULL), "ana") == 0);
  CHECK(reposnap_document_free(document) == REPOSNAP_OK);
}

static void *searches(void *user) {
  int i;
  for (i = 0; i < 20; i++) {
    reposnap_document *document = NULL;
    WORKS(reposnap_search((reposnap_store *)user, "inhouse", "world", NULL, NULL, &document, &error));
    CHECK(reposnap_document_count(document, "") == 1 && reposnap_document_free(document) == REPOSNAP_OK);
  }
  return NULL;
}

static void threads_and_forks(reposnap_store *store) {
  pthread_t threads[4];
  int i, status = 0;
  for (i = 0; i < 4; i++) CHECK(pthread_create(&threads[i], NULL, searches, store) == 0);
  for (i = 0; i < 4; i++) CHECK(pthread_join(threads[i], NULL) == 0);
  for (i = 0; i < 20; i++) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      searches(store);
      _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
}

int main(int argc, char **argv) {
  reposnap_store *store;
  CHECK(argc == 2);
  store = store_of(argv[1]);
  progress_and_cancellation(argv[1]);
  documents();
  walks(store);
  versions();
  environments(store);
  threads_and_forks(store);
  CHECK(reposnap_store_free(store) == REPOSNAP_OK && reposnap_live_handles() == 0);
  return 0;
}

/* Ten thousand repeats, good and bad, and no growth: of handles, and of memory beyond what an allocator keeps. */
#include <sys/resource.h>

#include "check.h"

static long peak(void) {
  struct rusage usage;
  CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
  return usage.ru_maxrss;
}

static void once(reposnap_store *store) {
  reposnap_document *document = NULL;
  reposnap_packages *packages = NULL;
  const reposnap_package *package = NULL;
  reposnap_cancel *cancel = reposnap_cancel_new();
  reposnap_watch watch;
  WORKS(reposnap_search(store, "inhouse", "hello", NULL, NULL, &document, &error));
  CHECK(reposnap_document_json(document, "", NULL) != NULL && reposnap_document_free(document) == REPOSNAP_OK);
  WORKS(reposnap_packages_open(store, "inhouse", NULL, true, &packages, &error));
  WORKS(reposnap_packages_next(packages, &package, &error));
  CHECK(package != NULL && reposnap_packages_free(packages) == REPOSNAP_OK);
  FAILS(REPOSNAP_NOT_FOUND, NULL, reposnap_env_show(store, "nothing", NULL, NULL, &error));
  FAILS(REPOSNAP_USAGE, NULL, reposnap_call(store, "mirror eat", "{}", NULL, NULL, &error));
  REPOSNAP_INIT(&watch);
  watch.cancel = cancel;
  CHECK(reposnap_cancel_now(cancel) == REPOSNAP_OK);
  FAILS(REPOSNAP_CANCELLED, NULL, reposnap_mirror_list(store, &watch, NULL, &error));
  CHECK(reposnap_cancel_free(cancel) == REPOSNAP_OK);
}

int main(int argc, char **argv) {
  reposnap_store *store;
  long before;
  int i, repeats;
  CHECK(argc == 3);
  repeats = atoi(argv[2]);
  store = store_of(argv[1]);
  for (i = 0; i < repeats / 10; i++) once(store);
  before = peak();
  for (i = 0; i < repeats; i++) once(store);
  printf("%d repeats: %ld KiB, then %ld KiB\n", repeats, before, peak());
  /* A few repeats, as under valgrind, say nothing about memory. */
  CHECK(repeats < 1000 || peak() - before < 4096);
  CHECK(reposnap_live_handles() == 1);
  CHECK(reposnap_store_free(store) == REPOSNAP_OK && reposnap_live_handles() == 0);
  return 0;
}

/* What calls from C cost: native STORE. Makes the store of this machine's lists where there is none. */
#include <reposnap.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void good(reposnap_result result, reposnap_error *error) {
  if (result != REPOSNAP_OK) {
    fprintf(stderr, "%s\n", reposnap_error_text(error));
    exit(1);
  }
}

static int order(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  reposnap_store *store = NULL;
  reposnap_error *error = NULL;
  reposnap_packages *packages = NULL;
  const reposnap_package *package = NULL;
  double times[101], start;
  long count = 0, i, later = 0;
  if (argc != 2) return 2;
  good(reposnap_store_open_or_create(argv[1], &store, &error), error);
  good(reposnap_mirror_add_system(store, "system", NULL, NULL, NULL, &error), error);
  good(reposnap_mirror_update(store, "system", NULL, NULL, NULL, &error), error);
  reposnap_store_free(store);
  for (i = 0; i < 101; i++) {
    reposnap_document *found = NULL;
    start = now();
    good(reposnap_store_open(argv[1], &store, &error), error);
    good(reposnap_search(store, "system", "bash", NULL, NULL, &found, &error), error);
    times[i] = now() - start;
    if (reposnap_document_count(found, "") == 0) return 1;
    reposnap_document_free(found);
    reposnap_store_free(store);
  }
  qsort(times, 101, sizeof *times, order);
  printf("| C: open a store and find one package | median of 101 | %.2f ms |\n", times[50]);
  good(reposnap_store_open(argv[1], &store, &error), error);
  start = now();
  good(reposnap_packages_open(store, "system", NULL, false, &packages, &error), error);
  for (;;) {
    good(reposnap_packages_next(packages, &package, &error), error);
    if (package == NULL) break;
    count++;
  }
  printf("| C: walk through all packages | %ld packages | %.1f ms |\n", count, now() - start);
  start = now();
  for (i = 0; i < 1000000; i++) later += reposnap_compare_versions("2:1.18.3~beta+dfsg1-5", i % 2 ? "2:1.18.3-4" : "1.0") > 0;
  printf("| C: compare two versions | %ld later | %.0f ns |\n", later, now() - start);
  reposnap_packages_free(packages);
  reposnap_store_free(store);
  return 0;
}

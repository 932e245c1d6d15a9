/* What calls from C cost: native STORE. Makes the store of this machine's lists where there is none. */
#include <reposnap.h>
#include <stdbool.h>
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

/* Milliseconds of the best of five walks through all packages; the same number of them each time. */
static double walk(reposnap_store *store, bool stanzas, long *count) {
  reposnap_error *error = NULL;
  double best = 1e9;
  int run;
  for (run = 0; run < 5; run++) {
    reposnap_packages *packages = NULL;
    const reposnap_package *package = NULL;
    double start = now(), taken;
    long seen = 0;
    good(reposnap_packages_open(store, "system", NULL, stanzas, &packages, &error), error);
    for (;;) {
      good(reposnap_packages_next(packages, &package, &error), error);
      if (package == NULL) break;
      if (stanzas && package->stanza_length == 0) exit(1);
      seen++;
    }
    taken = now() - start;
    reposnap_packages_free(packages);
    if (taken < best) best = taken;
    if (run > 0 && seen != *count) exit(1);
    *count = seen;
  }
  return best;
}

int main(int argc, char **argv) {
  reposnap_store *store = NULL;
  reposnap_error *error = NULL;
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
  printf("| C: open a store and find one package (median of 101) | %.2f ms | 5 ms |\n", times[50]);
  good(reposnap_store_open(argv[1], &store, &error), error);
  start = walk(store, false, &count);
  printf("| C: walk through %ld packages | %.0f ms | |\n", count, start);
  printf("| C: the same with their stanzas | %.0f ms | |\n", walk(store, true, &count));
  start = now();
  for (i = 0; i < 1000000; i++) later += reposnap_compare_versions("2:1.18.3~beta+dfsg1-5", i % 2 ? "2:1.18.3-4" : "1.0") > 0;
  printf("| C: compare two versions | %.0f ns | |\n", now() - start);
  reposnap_store_free(store);
  return later > 0 ? 0 : 1;
}

/* Sorts versions of packages as dpkg orders them: sort-versions VERSION... */
#include <reposnap.h>
#include <stdio.h>
#include <stdlib.h>

static int order(const void *a, const void *b) {
  return reposnap_compare_versions(*(const char *const *)a, *(const char *const *)b);
}

int main(int argc, char **argv) {
  int i;
  if (argc < 2) {
    fprintf(stderr, "usage: sort-versions VERSION...\n");
    return 2;
  }
  qsort(argv + 1, (size_t)argc - 1, sizeof *argv, order);
  for (i = 1; i < argc; i++) puts(argv[i]);
  return 0;
}

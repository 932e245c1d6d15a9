/* Times libdpkg over pairs of versions: reads "A B" lines, writes one of < = > per line, and the nanoseconds of a
 * parse of both and a comparison, and of the comparison alone, to standard error. */
#define LIBDPKG_VOLATILE_API
#include <dpkg/dpkg.h>
#include <dpkg/dpkg-db.h>
#include <dpkg/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv) {
  size_t room = 1 << 16, count = 0;
  char **first = malloc(room * sizeof *first), **second = malloc(room * sizeof *second);
  char *line = NULL;
  size_t length = 0;
  FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
  if (!file || !first || !second) return 2;
  while (getline(&line, &length, file) > 0) {
    if (count == room) {
      room *= 2;
      first = realloc(first, room * sizeof *first);
      second = realloc(second, room * sizeof *second);
      if (!first || !second) return 2;
    }
    char *space = strchr(line, ' ');
    if (!space) return 2;
    *space = '\0';
    space[1 + strcspn(space + 1, "\n")] = '\0';
    first[count] = strdup(line);
    second[count++] = strdup(space + 1);
  }
  char *answers = malloc(count + 1);
  struct dpkg_version *a = calloc(count, sizeof *a), *b = calloc(count, sizeof *b);
  if (!answers || !a || !b) return 2;

  /* What parsing allocates belongs to libdpkg's pool, as in dpkg itself. */
  double begin = now();
  for (size_t i = 0; i < count; i++) {
    if (parseversion(&a[i], first[i], NULL) || parseversion(&b[i], second[i], NULL)) return 3;
    int order = dpkg_version_compare(&a[i], &b[i]);
    answers[i] = order < 0 ? '<' : order > 0 ? '>' : '=';
  }
  double both = now() - begin;
  long sum = 0;
  begin = now();
  for (size_t i = 0; i < count; i++) sum += dpkg_version_compare(&a[i], &b[i]) < 0;
  double alone = now() - begin;
  answers[count] = '\0';
  fputs(answers, stdout);
  fprintf(stderr, "%f %f %ld\n", both / count, alone / count, sum);
  return 0;
}

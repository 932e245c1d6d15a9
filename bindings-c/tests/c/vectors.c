/* Runs the vectors that all languages share: vectors OPERATIONS.json VERSIONS.json PACKAGES DIRECTORY. */
#include <sys/stat.h>

#include "check.h"

static char names[64][64], *values[64];
static int variables;

static char *read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  char *text;
  long size;
  CHECK(file != NULL && fseek(file, 0, SEEK_END) == 0);
  size = ftell(file);
  rewind(file);
  text = (char *)malloc((size_t)size + 1);
  CHECK(text != NULL && fread(text, 1, (size_t)size, file) == (size_t)size);
  text[size] = 0;
  fclose(file);
  return text;
}

static char *copy(const char *text, size_t length) {
  char *made = (char *)malloc(length + 1);
  CHECK(made != NULL);
  memcpy(made, text, length);
  made[length] = 0;
  return made;
}

/* Keeps the JSON text of a value; of a string without its quotes, as it stands inside of others. */
static void keep(const char *name, const char *json) {
  size_t length = strlen(json);
  CHECK(variables < 64 && strlen(name) < 64);
  strcpy(names[variables], name);
  values[variables++] = json[0] == '"' ? copy(json + 1, length - 2) : copy(json, length);
}

/* Puts values in place of `${name}`. */
static char *substitute(const char *text) {
  char *made = copy(text, strlen(text)), mark[72], *at, *longer;
  int i;
  for (i = variables - 1; i >= 0; i--) {
    sprintf(mark, "${%s}", names[i]);
    while ((at = strstr(made, mark)) != NULL) {
      longer = (char *)malloc(strlen(made) + strlen(values[i]) + 1);
      CHECK(longer != NULL);
      sprintf(longer, "%.*s%s%s", (int)(at - made), made, values[i], at + strlen(mark));
      free(made);
      made = longer;
    }
  }
  return made;
}

/* The pointer to a field of the value at a pointer, with `~` and `/` written as RFC 6901 asks. */
static char *below(const char *pointer, const char *field) {
  char *made = (char *)malloc(strlen(pointer) + 2 * strlen(field) + 2), *end;
  CHECK(made != NULL);
  end = made + sprintf(made, "%s/", pointer);
  for (; *field != 0; field++) {
    if (*field == '~' || *field == '/') {
      *end++ = '~';
      *end++ = *field == '~' ? '0' : '1';
    } else {
      *end++ = *field;
    }
  }
  *end = 0;
  return made;
}

static const char *string(const reposnap_document *document, const char *pointer, const char *field) {
  char *place = below(pointer, field);
  const char *found = reposnap_document_string(document, place, NULL);
  free(place);
  return found;
}

/* Whether a document has what is expected: fields of objects by name, arrays element by element. */
static bool fits(const reposnap_document *found, const reposnap_document *expected, const char *pointer) {
  reposnap_type type = reposnap_document_type(expected, pointer);
  size_t i, count = reposnap_document_count(expected, pointer);
  bool good = type == reposnap_document_type(found, pointer);
  if (!good || (type != REPOSNAP_TYPE_OBJECT && type != REPOSNAP_TYPE_ARRAY))
    return good && strcmp(reposnap_document_json(found, pointer, NULL), reposnap_document_json(expected, pointer, NULL)) == 0;
  good = type == REPOSNAP_TYPE_OBJECT || count == reposnap_document_count(found, pointer);
  for (i = 0; good && i < count; i++) {
    char number[24], *place;
    sprintf(number, "%lu", (unsigned long)i);
    place = below(pointer, type == REPOSNAP_TYPE_OBJECT ? reposnap_document_key(expected, pointer, i, NULL) : number);
    good = fits(found, expected, place);
    free(place);
  }
  return good;
}

/* Whether an error has each field that is expected of it. */
static bool fails_so(const reposnap_document *vectors, const char *at, reposnap_result result, const reposnap_error *error) {
  size_t i;
  if (error == NULL || reposnap_error_kind(error) != result) return false;
  for (i = 0; i < reposnap_document_count(vectors, at); i++) {
    const char *field = reposnap_document_key(vectors, at, i, NULL), *expected = string(vectors, at, field), *found = NULL;
    char line[24], *place = below(at, field), *text = NULL;
    bool good;
    if (strcmp(field, "kind") == 0) found = reposnap_error_kind_word(error);
    if (strcmp(field, "message") == 0) found = reposnap_error_message(error);
    if (strcmp(field, "path") == 0) found = reposnap_error_path(error);
    if (strcmp(field, "field") == 0) found = reposnap_error_field(error);
    if (strcmp(field, "rule") == 0) found = reposnap_error_rule(error);
    if (strcmp(field, "expected") == 0) found = reposnap_error_expected(error);
    if (strcmp(field, "found") == 0) found = reposnap_error_found(error);
    if (strcmp(field, "help") == 0) found = reposnap_error_help(error);
    if (strcmp(field, "line") == 0) {
      sprintf(line, "%lu", (unsigned long)reposnap_error_line(error));
      found = line;
      expected = reposnap_document_json(vectors, place, NULL);
    }
    text = expected == NULL ? NULL : substitute(expected);
    good = text != NULL && found != NULL && strcmp(text, found) == 0;
    free(place), free(text);
    if (!good) return false;
  }
  return true;
}

/* Runs one step: the value at a pointer, with its operation, request, and result or error. */
static void step(reposnap_store *store, const reposnap_document *vectors, const char *pointer, const char *name) {
  char *request = below(pointer, "request"), *result = below(pointer, "result"), *error_at = below(pointer, "error");
  char *save = below(pointer, "save"), *text = NULL;
  const char *json = reposnap_document_json(vectors, request, NULL), *operation = string(vectors, pointer, "operation");
  reposnap_document *document = NULL, *expected = NULL;
  reposnap_error *error = NULL;
  reposnap_result done;
  size_t i;
  text = json == NULL ? NULL : substitute(json);
  done = reposnap_call(store, operation, text, NULL, &document, &error);
  free(text);
  if (reposnap_document_type(vectors, error_at) != REPOSNAP_TYPE_NONE) {
    if (!fails_so(vectors, error_at, done, error)) {
      fprintf(stderr, "%s: %s: expected %s, found %s\n", name, operation, reposnap_document_json(vectors, error_at, NULL),
              error == NULL ? "no error" : reposnap_error_text(error));
      exit(1);
    }
  } else if (done != REPOSNAP_OK) {
    fprintf(stderr, "%s: %s: %s\n", name, operation, reposnap_error_text(error));
    exit(1);
  } else if ((json = reposnap_document_json(vectors, result, NULL)) != NULL) {
    text = substitute(json);
    WORKS(reposnap_document_parse(text, &expected, &error));
    if (!fits(document, expected, "")) {
      fprintf(stderr, "%s: %s: expected %s, found %s\n", name, operation, text, reposnap_document_json(document, "", NULL));
      exit(1);
    }
    free(text);
  }
  for (i = 0; i < reposnap_document_count(vectors, save); i++) {
    const char *variable = reposnap_document_key(vectors, save, i, NULL);
    const char *value = reposnap_document_json(document, string(vectors, save, variable), NULL);
    CHECK(value != NULL);
    keep(variable, value);
  }
  CHECK(reposnap_error_free(error) == REPOSNAP_OK && reposnap_document_free(document) == REPOSNAP_OK);
  CHECK(reposnap_document_free(expected) == REPOSNAP_OK);
  free(request), free(result), free(error_at), free(save);
}

/* A new folder with a store that is not there yet. */
static void begin(const char *folder, reposnap_store **store) {
  static int number = 0;
  char place[4096];
  sprintf(place, "%s/%d", folder, number++);
  CHECK(mkdir(place, 0700) == 0);
  keep("dir", place);
  strcat(place, "/store");
  WORKS(reposnap_store_at(place, store, &error));
}

/* Forgets all but where the packages are. */
static void end(reposnap_store *store) {
  while (variables > 1) free(values[--variables]);
  CHECK(reposnap_store_free(store) == REPOSNAP_OK);
}

static int operations(const char *path, const char *list, bool scenarios, const char *folder) {
  reposnap_document *vectors = NULL;
  reposnap_store *store = NULL;
  char *text = read_file(path);
  size_t i, j, count;
  int steps = 0;
  WORKS(reposnap_document_parse(text, &vectors, &error));
  count = reposnap_document_count(vectors, list);
  for (i = 0; i < count; i++) {
    char one[64], place[96];
    sprintf(one, "%s/%lu", list, (unsigned long)i);
    sprintf(place, "%s/steps", one);
    begin(folder, &store);
    if (!scenarios) step(NULL, vectors, one, string(vectors, one, "name")), steps++;
    for (j = 0; scenarios && j < reposnap_document_count(vectors, place); j++) {
      char at[128];
      sprintf(at, "%s/%lu", place, (unsigned long)j);
      step(store, vectors, at, string(vectors, one, "name")), steps++;
    }
    end(store);
  }
  CHECK(reposnap_document_free(vectors) == REPOSNAP_OK);
  free(text);
  return steps;
}

static int versions(const char *path) {
  reposnap_document *vectors = NULL;
  char *text = read_file(path), place[64];
  size_t i, count;
  WORKS(reposnap_document_parse(text, &vectors, &error));
  count = reposnap_document_count(vectors, "");
  for (i = 0; i < count; i++) {
    const char *a, *relation, *b;
    int order;
    sprintf(place, "/%lu/0", (unsigned long)i);
    a = reposnap_document_string(vectors, place, NULL);
    sprintf(place, "/%lu/1", (unsigned long)i);
    relation = reposnap_document_string(vectors, place, NULL);
    sprintf(place, "/%lu/2", (unsigned long)i);
    b = reposnap_document_string(vectors, place, NULL);
    order = reposnap_compare_versions(a, b);
    if (relation[0] != (order < 0 ? '<' : order > 0 ? '>' : '=')) {
      fprintf(stderr, "%s %s %s: found %d\n", a, relation, b, order);
      exit(1);
    }
  }
  CHECK(reposnap_document_free(vectors) == REPOSNAP_OK);
  free(text);
  return (int)count;
}

int main(int argc, char **argv) {
  int cases, steps, pairs;
  CHECK(argc == 5);
  keep("packages", argv[3]);
  cases = operations(argv[1], "/cases", false, argv[4]);
  steps = operations(argv[1], "/scenarios", true, argv[4]);
  pairs = versions(argv[2]);
  printf("%d cases, %d steps of scenarios, %d pairs of versions\n", cases, steps, pairs);
  CHECK(cases > 0 && steps > 0 && pairs > 0);
  free(values[0]);
  CHECK(reposnap_live_handles() == 0);
  return 0;
}

/* Reads lines "A<TAB>B" and answers each with three letters: how libdpkg takes A, how it takes B (o: well, w: with a
 * warning, e: not at all), and how it orders them (<, =, >; ? if it can't). */
#define LIBDPKG_VOLATILE_API 1
#include <dpkg/dpkg.h>
#include <dpkg/dpkg-db.h>
#include <dpkg/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char take(struct dpkg_version *version, const char *text)
{
	struct dpkg_error error = DPKG_ERROR_INIT;
	char answer = 'o';
	if (parseversion(version, text, &error) != 0)
		answer = error.type == DPKG_MSG_WARN ? 'w' : 'e';
	dpkg_error_destroy(&error);
	return answer;
}

int main(void)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	push_error_context();
	while ((length = getline(&line, &room, stdin)) > 0) {
		struct dpkg_version a = DPKG_VERSION_INIT, b = DPKG_VERSION_INIT;
		char answer[4] = "???\n";
		char *tab;
		if (line[length - 1] == '\n')
			line[length - 1] = '\0';
		tab = strchr(line, '\t');
		if (!tab)
			return 2;
		*tab = '\0';
		answer[0] = take(&a, line);
		answer[1] = take(&b, tab + 1);
		if (answer[0] != 'e' && answer[1] != 'e') {
			int order = dpkg_version_compare(&a, &b);
			answer[2] = order < 0 ? '<' : order > 0 ? '>' : '=';
		}
		fwrite(answer, 1, 4, stdout);
	}
	pop_error_context(ehflag_normaltidy);
	return fflush(stdout) != 0;
}

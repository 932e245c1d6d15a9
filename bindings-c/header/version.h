/* The version of this header; reposnap_version() is that of the library. */
#define REPOSNAP_VERSION "@VERSION@"
#define REPOSNAP_VERSION_MAJOR @MAJOR@
#define REPOSNAP_VERSION_MINOR @MINOR@
#define REPOSNAP_VERSION_PATCH @PATCH@

/* Sets a struct of options or a reposnap_watch to "nothing given". */
#define REPOSNAP_INIT(place) (memset((place), 0, sizeof *(place)), (void)((place)->size = sizeof *(place)))

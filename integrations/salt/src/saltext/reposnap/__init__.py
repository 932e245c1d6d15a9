"""Salt modules for reposnap. Salt's loader finds them by the entry point `salt.loader`."""

//! A set of packages and what can be done with it.

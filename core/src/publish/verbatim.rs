//! An upstream's own tree.

//! Immutable objects, packs, and references that only ever grow.

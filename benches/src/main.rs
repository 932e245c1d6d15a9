//! Races against the peers.
fn main() {}

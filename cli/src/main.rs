//! The command reposnap.
fn main() {}

//! Snapshots into trees that apt reads.

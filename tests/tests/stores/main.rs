//! Stores of every kind: the same promises, the same answers to faults, and the command over a bucket.

mod backends;
mod command;
mod conformance;
mod faults;
mod refused;

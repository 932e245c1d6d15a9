//! Stores of every kind: the same promises, the same answers to faults, and the command over a bucket.

mod backends;
mod cache;
mod command;
mod conformance;
mod elsewhere;
mod faults;
mod refused;
mod writers;

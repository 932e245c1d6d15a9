//! Publications in buckets: what apt reads of them, what they cost, and what is left when something fails.

mod apt;
mod bench;
mod command;
mod cost;
mod faults;
mod kill;
mod prune;
mod verbatim;
mod writers;

//! Shared pieces of the end-to-end tests: real programs, small upstreams, and servers that misbehave on purpose.
//!
//! Everything here panics with a full account (the command, its status, what it printed) when an outside program is
//! missing or fails, because a test that can't run its oracle must fail. `scripts/setup` installs the programs.

pub mod apt;
pub mod authority;
pub mod azurite;
pub mod ceph;
pub mod cli;
pub mod deb;
pub mod flaky;
pub mod garage;
pub mod gnupg;
pub mod moto;
pub mod network;
pub mod nginx;
pub mod process;
pub mod s3;
pub mod serve;
mod server;
pub mod upstream;
pub mod world;

//! What docs/DEPLOY.md says of running `serve`: its units, its image, and what it costs.

mod costs;
mod image;
mod units;

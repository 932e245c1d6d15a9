//! Provisional.
use serde::{Deserialize, Serialize};
/// What was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Its date.
    pub date: jiff::Timestamp,
}

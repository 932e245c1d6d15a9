//! The store as a whole: what of it is needed, what is garbage, whether all is there, and copies of it.
//!
//! It stands above all other floors, for it has to know what each of them keeps in a store: an object that nobody here
//! knows to be needed would be taken for garbage. What it does not know, it leaves alone.
//!
//! | module | subject |
//! |---|---|
//! | [`kinds`] | what sort of object a path is of |
//! | [`logs`] | all logs, and what they name |
//! | [`retention`] | which entries of logs still need their snapshots |
//! | [`mark`] | every object that is needed |
//! | [`gc`] | plans, and sweeps |
//! | [`check`](mod@check), [`repair`](mod@repair) | whether all is there and unaltered; putting it back |
//! | [`copy`](mod@copy) | into another store |
//! | [`stats`](mod@stats) | counts and bytes |

pub mod check;
pub mod copy;
pub mod gc;
pub mod kinds;
pub mod logs;
pub mod mark;
pub mod repair;
pub mod retention;
pub mod stats;

pub use check::check;

pub use copy::copy;
pub use gc::collect;
pub use repair::repair;
pub use stats::stats;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod year;

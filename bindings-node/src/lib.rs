//! The native half of the npm package `reposnap`: what Node loads.
//!
//! It carries no logic. A call comes in as the name of an operation and a request in JSON, and its outcome goes out as
//! JSON too: `{"ok": DOCUMENT}` or `{"error": ERROR}`, as `docs/JSON.md` tells them. The JavaScript half (`lib/`) makes
//! promises, errors and classes of that. Only what is asked thousands of times has functions of its own: versions,
//! queries, stanzas, and the walk through the packages of a snapshot.
//!
//! No function here throws for what a caller does wrong, and none lets a panic through: Node would abort.

pub mod monitor;
mod outcome;
pub mod session;
pub mod stanza;
pub mod text;
pub mod values;
pub mod walk;
mod work;

use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;
use reposnap_api::{self as api, Session};

/// Runs an operation that needs no store; the outcome.
#[napi]
pub fn call<'env>(
    env: &'env Env,
    operation: String,
    request: String,
    monitor: &monitor::Monitor,
) -> napi::Result<Object<'env>> {
    let session = Session::new().monitor(monitor.monitor());
    work::promise(env, async move || outcome::call(&session, &operation, &request).await)
}

/// The table of operations, in JSON.
#[napi]
pub fn operations() -> String {
    outcome::guard(|| outcome::json(api::OPERATIONS))
}

/// For the tests: a function that panics.
#[cfg(debug_assertions)]
#[napi]
pub fn panic_for_tests() -> String {
    outcome::guard(|| panic!("asked for by a test"))
}

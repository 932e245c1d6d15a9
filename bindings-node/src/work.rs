//! Work off the event loop, and the promises of it.
//!
//! Promises are resolved with outcomes and never rejected: of an error that a future of napi's rejects with, JavaScript
//! sees the message alone, without `code` and fields. The runtime is our own, made at the first work and kept to the end
//! of the process: that of napi ends with the environment that loaded the addon, and worker threads come and go.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use napi::Env;
use napi::bindgen_prelude::{Object, ToNapiValue};
use reposnap::{Error, Kind, Result};
use tokio::runtime::{Builder, Runtime};

use crate::outcome;

/// Makes a value for JavaScript, on its thread.
type Resolver<T> = Box<dyn FnOnce(Env) -> napi::Result<T> + Send>;

/// Starts `work`; a promise of its outcome.
pub(crate) fn promise<'env>(
    env: &'env Env,
    work: impl AsyncFnOnce() -> Result<String> + Send + 'static,
) -> napi::Result<Object<'env>> {
    promise_of(env, async move || work().await.map(|document| format!("{{\"ok\":{document}}}")), Ok, |failed| failed)
}

/// Starts `work`; a promise of what `value` makes of its result, or `failure` of the outcome of its failure.
pub(crate) fn promise_of<'env, D, T>(
    env: &'env Env,
    work: impl AsyncFnOnce() -> Result<D> + Send + 'static,
    value: impl FnOnce(D) -> napi::Result<T> + Send + 'static,
    failure: impl FnOnce(String) -> T + Send + 'static,
) -> napi::Result<Object<'env>>
where
    D: Send + 'static,
    T: ToNapiValue + 'static,
{
    let (deferred, promise) = env.create_deferred::<T, Resolver<T>>()?;
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            deferred.resolve(Box::new(move |_| Ok(failure(outcome::of(Err(error))))));
            return Ok(promise);
        }
    };
    // A thread for each: an operation reads files and computes between its awaits, which would hold up the others.
    runtime.spawn_blocking(move || {
        let result = catch_unwind(AssertUnwindSafe(|| runtime.block_on(work())));
        let result = result.unwrap_or_else(|panic| Err(outcome::panicked(&*panic)));
        deferred.resolve(match result {
            Ok(done) => Box::new(move |_| value(done)),
            Err(error) => Box::new(move |_| Ok(failure(outcome::of(Err(error))))),
        });
    });
    Ok(promise)
}

fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<std::result::Result<Runtime, String>> = OnceLock::new();
    let made = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread().enable_all().thread_name("reposnap").build().map_err(|error| error.to_string())
    });
    made.as_ref().map_err(|error| Error::new(Kind::Io, format!("no threads for the work: {error}")))
}

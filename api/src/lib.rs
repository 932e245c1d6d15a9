//! The work of the library as operations: a request in, a document out.
//!
//! This is what the command line and every other language are made from. Each operation is a function of a [`Session`] and
//! a request, such as [`mirror::add`] with [`mirror::Add`], and gives a document that serializes to what `docs/JSON.md`
//! says. A face in another language need not know them one by one: [`OPERATIONS`] lists them with their parameters, and
//! [`call`] runs one by its name, from JSON to JSON.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> reposnap::Result<()> {
//! use reposnap_api::{Session, call};
//! let request = serde_json::json!({ "a": "1.0~rc1-1", "b": "1.0-1" });
//! let compared = call(&Session::new(), "version compare", request).await?;
//! assert_eq!(compared["order"], "<");
//! # Ok(())
//! # }
//! ```

pub mod blocking;
pub mod builds;
pub mod care;
pub mod check;
mod choice;
pub mod environment;
pub mod fleet;
pub mod formats;
pub mod gate;
pub mod graph;
pub mod image;
pub mod keys;
pub mod lock;
pub mod machine;
pub mod mirror;
pub mod operation;
pub mod packages;
pub mod publish;
pub mod resolve;
mod session;
pub mod snapshot;
mod taken;
pub mod upgrade;
pub mod verify;

use std::future::Future;

use serde::Serialize;
use serde_json::Value;

pub use choice::Solver;
pub use image::{attest, audit, report as image_report, signatures};
pub use operation::{Needs, Operation, Parameter, Request};
pub use session::Session;

use reposnap::error::{Error, Kind, Result};

/// Lists the operations: the table of all, and the function that runs one by its name.
macro_rules! operations {
    ($( $module:ident :: $Request:ident => $run:ident ),* $(,)?) => {
        /// All operations, in the order in which documentation lists them.
        pub static OPERATIONS: &[Operation] = &[ $( <$module::$Request as Request>::OPERATION ),* ];

        async fn dispatch(session: &Session, operation: &str, request: Value) -> Result<Value> {
            $(
                if operation == <$module::$Request as Request>::OPERATION.name {
                    // On the heap: an update's future is large, and the sum of all would be larger.
                    return Box::pin(run(request, |request| $module::$run(session, request))).await;
                }
            )*
            Err(Error::new(Kind::Usage, format!("there is no operation {operation:?}")))
        }
    };
}

operations! {
    mirror::Add => add,
    mirror::AddSystem => add_system,
    mirror::AddFolder => add_folder,
    mirror::Update => update,
    mirror::List => list,
    mirror::Show => show,
    snapshot::List => list,
    snapshot::Show => show,
    snapshot::Resolve => resolve,
    snapshot::Diff => diff,
    snapshot::Merge => merge,
    snapshot::Filter => filter,
    snapshot::Pull => pull,
    environment::Create => create,
    environment::List => list,
    environment::Show => show,
    environment::Log => log,
    environment::Promote => promote,
    environment::Rollback => rollback,
    gate::SetPolicy => set_policy,
    gate::RemovePolicy => remove_policy,
    gate::ShowPolicy => show_policy,
    gate::Approve => approve,
    publish::Publish => publish,
    publish::Verbatim => verbatim,
    publish::Prune => prune,
    packages::Search => search,
    packages::Fetch => fetch,
    resolve::Resolve => resolve,
    resolve::Why => why,
    upgrade::Upgrade => upgrade,
    builds::BuildDeps => build_deps,
    graph::Graph => graph,
    check::Check => check,
    image::Inspect => inspect,
    audit::Match => match_,
    audit::Date => date,
    audit::Audit => audit,
    attest::Attest => attest,
    attest::Verify => verify,
    signatures::Signatures => signatures,
    image_report::Write => write,
    fleet::Add => add,
    fleet::List => list,
    fleet::Affected => affected,
    fleet::Stale => stale,
    fleet::Rebuild => plan,
    lock::Create => create,
    lock::Show => show,
    lock::Diff => diff,
    lock::Update => update,
    lock::Verify => verify,
    lock::Export => export,
    lock::Bill => bill,
    machine::Compare => compare,
    care::Gc => collect,
    care::Check => check,
    care::Stats => stats,
    care::Copy => copy,
    care::Migrate => migrate,
    verify::Release => release,
    verify::Message => message,
    verify::ShowKeyring => show_keyring,
    keys::Generate => generate,
    keys::Sign => sign,
    formats::Compare => compare,
    formats::ParseStanzas => parse_stanzas,
    formats::ParseRelations => parse_relations,
    formats::ParseSources => parse_sources,
    formats::ParseQuery => parse_query,
    formats::ShowDeb => show_deb,
}

/// Runs an operation by its name. `request` is an object of its parameters; one that is null counts as not given. Ends
/// early, with [`Kind::Cancelled`], when the session's monitor is cancelled.
///
/// # Errors
/// [`Kind::Usage`] for an operation that there is not, and for parameters that it does not take; else those of the operation.
pub async fn call(session: &Session, operation: &str, request: Value) -> Result<Value> {
    let cancel = session.progress().cancel();
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(Error::new(Kind::Cancelled, "the work was cancelled")),
        done = dispatch(session, operation, request) => done,
    }
}

async fn run<R: Request, D: Serialize, F: Future<Output = Result<D>>>(
    request: Value,
    work: impl FnOnce(R) -> F,
) -> Result<Value> {
    let name = R::OPERATION.name;
    let request = serde_json::from_value(without_nulls(request))
        .map_err(|error| Error::new(Kind::Usage, format!("{name}: {error}")))?;
    let document = work(request).await?;
    serde_json::to_value(&document)
        .map_err(|error| Error::new(Kind::Internal, "the result can't be written as JSON").source(error))
}

/// What a language without optional arguments sends for those that were not given.
fn without_nulls(request: Value) -> Value {
    match request {
        Value::Null => Value::Object(serde_json::Map::new()),
        Value::Object(fields) => fields.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_operation_says_what_it_takes() {
        for operation in OPERATIONS {
            let request = serde_json::json!({ "no such parameter": 1 });
            let error = call(&Session::new(), operation.name, request).await.unwrap_err();
            assert_eq!(error.kind(), Kind::Usage, "{}: {error}", operation.name);
            assert!(error.message().starts_with(operation.name), "{error}");
            for parameter in operation.parameters {
                assert!(error.message().contains(&format!("`{}`", parameter.name)), "{error}");
            }
            let required = operation.parameters.iter().take_while(|parameter| parameter.required).count();
            assert!(operation.parameters[required..].iter().all(|parameter| !parameter.required));
        }
        let mut names: Vec<&str> = OPERATIONS.iter().map(|operation| operation.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), OPERATIONS.len());
    }

    #[tokio::test]
    async fn unknown_operations_and_sessions_without_a_store_are_told() {
        let error = call(&Session::new(), "mirror eat", Value::Null).await.unwrap_err();
        assert_eq!((error.kind(), error.message()), (Kind::Usage, "there is no operation \"mirror eat\""));
        for operation in OPERATIONS.iter().filter(|operation| operation.parameters.is_empty()) {
            let error = call(&Session::new(), operation.name, Value::Null).await.unwrap_err();
            assert_eq!((operation.needs, error.kind()), (Needs::Store, Kind::Usage), "{error}");
        }
    }

    #[tokio::test]
    async fn cancelled_work_ends() {
        let cancel = reposnap::progress::Cancel::new();
        let monitor = reposnap::progress::Monitor::cancelled_by(cancel.clone());
        cancel.cancel();
        let session = Session::new().monitor(monitor);
        let request = serde_json::json!({ "a": "1", "b": "2" });
        assert_eq!(call(&session, "version compare", request).await.unwrap_err().kind(), Kind::Cancelled);
    }
}

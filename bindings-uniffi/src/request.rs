//! Requests from arguments, and records from documents.

use reposnap::{Error, Kind};
use reposnap_api::{OPERATIONS, Session, blocking};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::documents::Operation;
use crate::failure::ReposnapError;

/// A request that is filled from arguments. What is null is not given.
#[derive(Default)]
pub(crate) struct Request(Map<String, Value>);

impl Request {
    pub(crate) fn set(&mut self, name: &str, value: impl Serialize) {
        // Strings, numbers and lists of them: there is nothing that JSON can't write.
        self.0.insert(name.to_owned(), serde_json::to_value(value).unwrap_or_default());
    }

    pub(crate) fn value(self) -> Value {
        Value::Object(self.0)
    }
}

/// Runs an operation that needs no store.
pub(crate) fn run<D: DeserializeOwned>(operation: &str, request: Request) -> Result<D, ReposnapError> {
    read(blocking::call(&Session::new(), operation, request.value())?)
}

/// Reads a document into its record.
pub(crate) fn read<D: DeserializeOwned>(document: Value) -> Result<D, ReposnapError> {
    serde_json::from_value(document)
        .map_err(|error| Error::new(Kind::Internal, format!("the document is not as it is told: {error}")).into())
}

/// The request that JSON text is.
pub(crate) fn parse(request: &str) -> Result<Value, ReposnapError> {
    serde_json::from_str(request)
        .map_err(|error| Error::new(Kind::Usage, format!("it is not JSON: {error}")).field("request").into())
}

/// Any value, as its JSON text.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Value::deserialize(deserializer).map(|value| Some(value.to_string()))
}

/// Runs an operation that needs no store by its name: `request` is a JSON object of its parameters, and JSON is given.
#[uniffi::export]
pub fn call(operation: String, request: String) -> Result<String, ReposnapError> {
    Ok(blocking::call(&Session::new(), &operation, parse(&request)?)?.to_string())
}

/// Lists the operations.
#[uniffi::export]
pub fn operations() -> Result<Vec<Operation>, ReposnapError> {
    read(serde_json::to_value(OPERATIONS).unwrap_or_default())
}

/// The version of the library.
#[uniffi::export]
pub fn library_version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

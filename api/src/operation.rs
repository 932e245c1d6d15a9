//! What an operation is called, what it takes and what it gives: the table that every face is made from and checked against.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::ser::{Serialize, SerializeStruct as _, Serializer};

/// One operation, as a face or a page of documentation shows it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Operation {
    /// Its name: words with blanks between, such as `mirror add`.
    pub name: &'static str,
    /// What it does, in sentences; lines that the source breaks are joined with blanks.
    pub summary: &'static str,
    /// Its parameters, the required ones first, in the order in which a face takes them.
    pub parameters: &'static [Parameter],
    /// The type of what it gives, in the words of `docs/JSON.md`.
    pub result: &'static str,
    /// What it needs of the session.
    pub needs: Needs,
}

/// One parameter of an operation.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name, words with `_` between.
    pub name: &'static str,
    /// What it means.
    pub summary: &'static str,
    /// Its type, in the words of `docs/JSON.md`.
    pub kind: &'static str,
    /// Whether it must be given.
    pub required: bool,
}

impl Serialize for Operation {
    /// The document `Operation` of `docs/JSON.md`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Operation", 5)?;
        fields.serialize_field("name", self.name)?;
        fields.serialize_field("summary", self.summary.trim())?;
        fields.serialize_field("needs_store", &(self.needs == Needs::Store))?;
        fields.serialize_field("parameters", self.parameters)?;
        fields.serialize_field("result", self.result)?;
        fields.end()
    }
}

impl Serialize for Parameter {
    /// The document `Parameter` of `docs/JSON.md`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Parameter", 4)?;
        fields.serialize_field("name", self.name)?;
        fields.serialize_field("summary", self.summary.trim())?;
        fields.serialize_field("type", self.kind)?;
        fields.serialize_field("required", &self.required)?;
        fields.end()
    }
}

/// What an operation needs of its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it works on what it is given.
    Nothing,
    /// The store.
    Store,
}

/// What a caller asks of an operation: the parameters by name.
pub trait Request: DeserializeOwned {
    /// The operation.
    const OPERATION: Operation;
}

/// A type that a parameter can have.
pub trait ParameterType {
    /// Its name, in the words of `docs/JSON.md`.
    const KIND: &'static str;
}

impl ParameterType for String {
    const KIND: &'static str = "string";
}

impl ParameterType for PathBuf {
    const KIND: &'static str = "string";
}

impl ParameterType for bool {
    const KIND: &'static str = "boolean";
}

impl ParameterType for u64 {
    const KIND: &'static str = "integer";
}

impl ParameterType for usize {
    const KIND: &'static str = "integer";
}

impl ParameterType for jiff::Timestamp {
    const KIND: &'static str = "time";
}

impl ParameterType for Vec<String> {
    const KIND: &'static str = "array of string";
}

impl ParameterType for BTreeMap<String, String> {
    const KIND: &'static str = "map of string";
}

impl ParameterType for serde_json::Value {
    const KIND: &'static str = "any";
}

impl<T: ParameterType> ParameterType for Option<T> {
    const KIND: &'static str = T::KIND;
}

/// Declares a request: the struct, how it is read, and its row in the table of operations, from one text.
macro_rules! request {
    (
        $(#[doc = $summary:literal])+
        $name:literal($needs:ident) -> $result:literal;
        pub struct $Request:ident {
            required { $( $(#[doc = $required_doc:literal])+ $required:ident: $Required:ty, )* }
            optional { $( $(#[doc = $optional_doc:literal])+ $optional:ident: $Optional:ty, )* }
        }
    ) => {
        $(#[doc = $summary])+
        #[derive(Clone, Debug, Default, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $Request {
            $( $(#[doc = $required_doc])+ pub $required: $Required, )*
            $( $(#[doc = $optional_doc])+ #[serde(default)] pub $optional: $Optional, )*
        }

        impl $crate::operation::Request for $Request {
            const OPERATION: $crate::operation::Operation = $crate::operation::Operation {
                name: $name,
                summary: concat!($($summary),+),
                parameters: &[
                    $( $crate::operation::Parameter {
                        name: stringify!($required),
                        summary: concat!($($required_doc),+),
                        kind: <$Required as $crate::operation::ParameterType>::KIND,
                        required: true,
                    }, )*
                    $( $crate::operation::Parameter {
                        name: stringify!($optional),
                        summary: concat!($($optional_doc),+),
                        kind: <$Optional as $crate::operation::ParameterType>::KIND,
                        required: false,
                    }, )*
                ],
                result: $result,
                needs: $crate::operation::Needs::$needs,
            };
        }
    };
}
pub(crate) use request;

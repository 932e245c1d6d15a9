//! `call` and `operations`: the library's operations as they are.

use reposnap::{Error, Kind, Result};
use reposnap_api::{self as api, OPERATIONS, Operation};

use crate::context::Context;
use crate::output::table;
use crate::{Outcome, output};

/// Runs `operations`.
pub fn operations(context: &Context) -> Result<Outcome> {
    context.print(&OPERATIONS, |operations| table(&operations.iter().map(row).collect::<Vec<_>>()))?;
    Ok(Outcome::Done)
}

/// Runs `call`; what it gives is JSON in any case.
pub async fn call(context: &Context, operation: &str, request: &str) -> Result<Outcome> {
    let request = serde_json::from_str(request).map_err(|error| {
        Error::new(Kind::Usage, format!("the request is not JSON: {error}")).help("give an object of parameters")
    })?;
    output::json(&api::call(context.session(), operation, request).await?)?;
    Ok(Outcome::Done)
}

fn row(operation: &Operation) -> Vec<String> {
    let parameter = |parameter: &api::Parameter| match parameter.required {
        true => parameter.name.to_owned(),
        false => format!("[{}]", parameter.name),
    };
    let parameters: Vec<String> = operation.parameters.iter().map(parameter).collect();
    vec![operation.name.to_owned(), parameters.join(" ")]
}

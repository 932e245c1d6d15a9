//! `version`: compare as dpkg does.

use std::cmp::Ordering;

use reposnap::deb::version::Version;
use reposnap::{Error, Kind, Result};
use serde::Serialize;

use crate::Outcome;
use crate::args;
use crate::context::Context;

#[derive(Serialize)]
struct Compared {
    a: String,
    b: String,
    order: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    holds: Option<bool>,
}

/// Runs a command of `version`.
pub fn run(context: &Context, command: args::Version) -> Result<Outcome> {
    let args::Version::Compare { a, mut rest } = command;
    let b = rest.pop().unwrap_or_default();
    let order = parse(&a)?.cmp(&parse(&b)?);
    let operator = rest.pop();
    let holds = operator.as_deref().map(|operator| holds(order, operator)).transpose()?;
    let word = match order {
        Ordering::Less => "<",
        Ordering::Equal => "=",
        Ordering::Greater => ">",
    };
    let compared = Compared { a, b, order: word, operator, holds };
    context.print(&compared, |compared| match compared.holds {
        Some(_) => String::new(),
        None => compared.order.to_owned(),
    })?;
    Ok(if holds == Some(false) { Outcome::Findings } else { Outcome::Done })
}

fn parse(text: &str) -> Result<Version> {
    Version::parse(text.as_bytes())
}

/// The operators of `dpkg --compare-versions` and of relation fields.
fn holds(order: Ordering, operator: &str) -> Result<bool> {
    match operator {
        "lt" | "<<" => Ok(order.is_lt()),
        "le" | "<=" => Ok(order.is_le()),
        "eq" | "=" => Ok(order.is_eq()),
        "ne" | "!=" => Ok(order.is_ne()),
        "ge" | ">=" => Ok(order.is_ge()),
        "gt" | ">>" => Ok(order.is_gt()),
        _ => Err(Error::new(Kind::Usage, format!("{operator:?} is not an operator"))
            .help("lt, le, eq, ne, ge or gt, or <<, <=, =, >= or >>")),
    }
}

//! A call of each operation, out of the vectors that every language runs.

use std::collections::BTreeMap;

use reposnap_api::Operation;
use serde_json::Value;

use super::WIDTH;
use super::methods::argument;
use crate::names::snake;

/// Requests by operation, those that succeed, in the order of the file.
pub(super) struct Examples(BTreeMap<String, Vec<Value>>);

impl Examples {
    /// Reads the vectors.
    ///
    /// # Panics
    /// Where they are not what they have to be.
    pub(super) fn read() -> Self {
        let path = crate::root().join("tests/vectors/operations.json");
        let text = std::fs::read_to_string(path).expect("tests/vectors/operations.json");
        let vectors: Value = serde_json::from_str(&text).expect("the vectors are JSON");
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let mut steps = list(&vectors["cases"]);
        list(&vectors["scenarios"]).iter().for_each(|scenario| steps.extend(list(&scenario["steps"])));
        let mut requests: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for step in steps.into_iter().filter(|step| step["error"].is_null()) {
            let name = step["operation"].as_str().expect("a step has an operation").to_owned();
            requests.entry(name).or_default().push(step["request"].clone());
        }
        Self(requests)
    }

    /// A call such as `store.env_show("stable")`, where one fits into a line.
    pub(super) fn call(&self, operation: &Operation, owner: &str, indent: &str) -> Option<String> {
        let requests = self.0.get(operation.name)?;
        let call = |request: &Value| {
            let mut arguments = Vec::new();
            for parameter in operation.parameters {
                let Some(value) = request.get(parameter.name) else { continue };
                let value = literal(value)?;
                match parameter.required {
                    true => arguments.push(value),
                    false => arguments.push(format!("{}={value}", argument(parameter.name))),
                }
            }
            let call = format!("{indent}{owner}{}({})", snake(operation.name), arguments.join(", "));
            (call.chars().count() <= WIDTH).then_some(call)
        };
        requests.iter().find_map(call)
    }
}

/// A value as Python has it; none where it stands for something that a reader could not know.
fn literal(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => return string(text),
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Option<Vec<_>>>()?.join(", ")),
        Value::Object(fields) => {
            let pair = |(name, value): (&String, &Value)| Some(format!("{}: {}", string(name)?, literal(value)?));
            format!("{{{}}}", fields.iter().map(pair).collect::<Option<Vec<_>>>()?.join(", "))
        }
    })
}

fn string(text: &str) -> Option<String> {
    let plain = text.replace("${packages}/../", "").replace("${packages}", "packages").replace("${dir}/", "");
    if let Some(variable) = plain.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
        return (!variable.contains('$') && variable != "dir").then(|| variable.to_owned());
    }
    // Backslashes within a docstring would have to be told twice over.
    (!plain.contains(['$', '\n', '\\', '"'])).then(|| format!("\"{plain}\""))
}

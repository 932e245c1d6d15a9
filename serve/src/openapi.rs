//! The description of the API, made from the table of operations.

use reposnap_api::{OPERATIONS, Parameter};
use serde_json::{Map, Value, json};

use crate::access::{SERVED, path_word};
use crate::http::Response;

/// The document.
pub fn document() -> Response {
    let text = format!("{}\n", describe());
    let digest = reposnap::Digest::of(text.as_bytes());
    Response::text(200, "application/json", text).version(digest, None).field("Cache-Control", "no-cache")
}

fn describe() -> Value {
    let mut paths = Map::new();
    for served in SERVED {
        let Some(operation) = OPERATIONS.iter().find(|operation| operation.name == served.operation) else { continue };
        let taken = || operation.parameters.iter().filter(|parameter| served.parameters.contains(&parameter.name));
        let properties: Map<String, Value> =
            taken().map(|parameter| (parameter.name.to_owned(), schema(parameter))).collect();
        let required: Vec<&str> =
            taken().filter(|parameter| parameter.required).map(|parameter| parameter.name).collect();
        let role = match served.rehearses {
            true => format!("{}; `read` for a dry run", served.role.as_str()),
            false => served.role.as_str().to_owned(),
        };
        let mut request = json!({ "type": "object", "properties": properties, "additionalProperties": false });
        if !required.is_empty() {
            request["required"] = required.clone().into();
        }
        let error = json!({ "$ref": "#/components/responses/Error" });
        paths.insert(
            format!("/api/v1/{}", path_word(operation.name)),
            json!({ "post": {
                "operationId": path_word(operation.name),
                "summary": operation.summary.trim(),
                "description": format!("Role: {role}."),
                "requestBody": {
                    "required": !required.is_empty(),
                    "content": { "application/json": { "schema": request } },
                },
                "responses": {
                    "200": {
                        "description": format!("{}, as docs/JSON.md tells it", operation.result),
                        "content": { "application/json": { "schema": {} } },
                    },
                    "default": error,
                },
                "x-role": served.role.as_str(),
            } }),
        );
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "reposnap", "version": env!("CARGO_PKG_VERSION") },
        "security": [{}, { "bearer": [] }, { "basic": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer" },
                "basic": { "type": "http", "scheme": "basic", "description": "The password is the token." },
            },
            "responses": { "Error": {
                "description": "A failure",
                "content": { "application/json": { "schema": {
                    "type": "object",
                    "required": ["error"],
                    "properties": { "error": {
                        "type": "object",
                        "required": ["kind", "message"],
                        "properties": {
                            "kind": { "type": "string" }, "message": { "type": "string" },
                            "path": { "type": "string" }, "field": { "type": "string" },
                            "rule": { "type": "string" }, "help": { "type": "string" },
                        },
                    } },
                } } },
            } },
        },
    })
}

/// The schema of a parameter, from the words of its type.
fn schema(parameter: &Parameter) -> Value {
    let mut schema = of_kind(parameter.kind);
    schema["description"] = parameter.summary.trim().into();
    schema
}

fn of_kind(kind: &str) -> Value {
    if let Some(inner) = kind.strip_prefix("array of ") {
        return json!({ "type": "array", "items": of_kind(inner) });
    }
    if let Some(inner) = kind.strip_prefix("map of ") {
        return json!({ "type": "object", "additionalProperties": of_kind(inner) });
    }
    if let Some(words) = kind.strip_prefix("word: ") {
        let words: Vec<&str> = words.split(", ").map(|word| word.trim_matches('`')).collect();
        return json!({ "type": "string", "enum": words });
    }
    match kind {
        "boolean" => json!({ "type": "boolean" }),
        "integer" => json!({ "type": "integer", "minimum": 0 }),
        "time" => json!({ "type": "string", "format": "date-time" }),
        "string" | "digest" => json!({ "type": "string" }),
        _ => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_served_operation_is_described() {
        let document = describe();
        for served in SERVED {
            let operation = &document["paths"][format!("/api/v1/{}", path_word(served.operation))]["post"];
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            for parameter in served.parameters {
                assert!(schema["properties"][parameter].is_object(), "{} {parameter}", served.operation);
            }
        }
        assert_eq!(of_kind("array of string")["items"]["type"], "string");
    }
}

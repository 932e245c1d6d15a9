//! The tables of `docs/JSON.md` as a schema: what they say is what the command prints, no field more or less.

use reposnap_faces::documents::Documents;
use reposnap_faces::kind::Kind;
use serde_json::Value;

/// The tables by heading: `mirror add`, `Difference`, `Config apt`.
pub struct Schema(Documents);

impl Schema {
    /// Reads the page.
    pub fn read() -> Self {
        Self(Documents::read())
    }

    /// Panics unless `value` is what the table `name` says.
    pub fn check(&self, name: &str, value: &Value) {
        let result = self.object(name, value, name);
        assert!(result.is_ok(), "docs/JSON.md says otherwise: {}\n{value:#}", result.err().unwrap_or_default());
    }

    /// Panics unless `value` is an array of what the table `name` says, and not empty.
    pub fn check_array(&self, name: &str, value: &Value) {
        let values = value.as_array().unwrap_or_else(|| panic!("not an array: {value:#}"));
        assert!(!values.is_empty(), "nothing to check");
        values.iter().for_each(|value| self.check(name, value));
    }

    fn object(&self, name: &str, value: &Value, at: &str) -> Result<(), String> {
        let fields = self.0.fields(name).ok_or_else(|| format!("{at}: no table {name}"))?;
        let object = value.as_object().ok_or_else(|| format!("{at}: not an object"))?;
        if let Some(other) = object.keys().find(|key| fields.iter().all(|field| field.name != **key)) {
            return Err(format!("{at}.{other} is not told"));
        }
        for field in fields {
            let at = format!("{at}.{}", field.name);
            match object.get(&field.name) {
                Some(value) => self.value(&field.kind, value, &at)?,
                None if field.optional => {}
                None => return Err(format!("{at} is missing")),
            }
        }
        Ok(())
    }

    fn value(&self, kind: &Kind, value: &Value, at: &str) -> Result<(), String> {
        let is_digest = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_time = |text: &str| text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok();
        let right = match kind {
            Kind::Nullable(_) if value.is_null() => true,
            Kind::Nullable(inner) => return self.value(inner, value, at),
            Kind::Array(inner) => match value.as_array() {
                Some(values) => {
                    return values.iter().try_for_each(|value| self.value(inner, value, &format!("{at}[]")));
                }
                None => false,
            },
            Kind::Map(inner) => match value.as_object() {
                Some(values) => {
                    return values.values().try_for_each(|value| self.value(inner, value, &format!("{at}.*")));
                }
                None => false,
            },
            Kind::Word(words) => value.as_str().is_some_and(|word| words.iter().any(|known| known == word)),
            Kind::Tagged { name, tag } => match value[tag].as_str() {
                Some(tag) => return self.object(&format!("{name} {tag}"), value, at),
                None => false,
            },
            Kind::Document(name) => return self.object(name, value, at),
            Kind::String => value.is_string(),
            Kind::Boolean => value.is_boolean(),
            Kind::Integer => value.is_u64(),
            Kind::Any => true,
            Kind::Digest => value.as_str().is_some_and(is_digest),
            Kind::Time => value.as_str().is_some_and(is_time),
        };
        if right { Ok(()) } else { Err(format!("{at}: {value} is no {kind:?}")) }
    }
}

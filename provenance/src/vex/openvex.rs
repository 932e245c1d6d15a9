//! The documents: JSON, one or several behind each other.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use reposnap::{Error, Kind, Result};
use serde::{Deserialize, Deserializer};

use super::product::{Component, Purl};
use super::{Statement, Statements, Status, Subject};

/// The most bytes of a word (a name, an author, an identifier) and of a text.
const MAX_WORD: usize = 4096;

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "@context")]
    context: Context,
    #[serde(rename = "@id", default)]
    id: String,
    author: String,
    #[serde(deserialize_with = "time")]
    timestamp: Timestamp,
    #[serde(default)]
    statements: Vec<Stated>,
}

/// One place, or several with it among them (JSON-LD).
#[derive(Deserialize)]
#[serde(untagged)]
enum Context {
    One(String),
    Several(Vec<serde_json::Value>),
}

impl Context {
    fn is_openvex(&self) -> bool {
        let fits = |text: &str| text.starts_with("https://openvex.dev/ns");
        match self {
            Context::One(text) => fits(text),
            Context::Several(all) => all.iter().filter_map(serde_json::Value::as_str).any(fits),
        }
    }
}

#[derive(Deserialize)]
struct Stated {
    vulnerability: Vulnerability,
    #[serde(default, deserialize_with = "maybe_time")]
    timestamp: Option<Timestamp>,
    #[serde(default)]
    products: Vec<Product>,
    status: Status,
    #[serde(default)]
    justification: Option<String>,
    #[serde(default)]
    impact_statement: Option<String>,
    #[serde(default)]
    action_statement: Option<String>,
    #[serde(default)]
    status_notes: Option<String>,
    /// Of version 0.0.1, where products are words.
    #[serde(default)]
    subcomponents: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Vulnerability {
    /// Of version 0.0.1.
    Word(String),
    Named {
        #[serde(rename = "@id", default)]
        id: Option<String>,
        #[serde(default)]
        name: Option<String>,
        #[serde(default)]
        aliases: Vec<String>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Product {
    /// Of version 0.0.1.
    Word(String),
    Named {
        #[serde(flatten)]
        part: Named,
        #[serde(default)]
        subcomponents: Vec<Part>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Part {
    Word(String),
    Named(Named),
}

#[derive(Deserialize)]
struct Named {
    #[serde(rename = "@id", default)]
    id: Option<String>,
    #[serde(default)]
    identifiers: BTreeMap<String, String>,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
}

/// A time as the specification wants it (RFC 3339), or without an offset, as some tools write it: UTC is meant.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    parsed(&String::deserialize(deserializer)?)
}

fn maybe_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    Option::<String>::deserialize(deserializer)?.map(|text| parsed(&text)).transpose()
}

fn parsed<E: serde::de::Error>(text: &str) -> Result<Timestamp, E> {
    let civil = || text.parse::<DateTime>().and_then(|time| Offset::UTC.to_timestamp(time));
    text.parse().or_else(|_| civil()).map_err(|_| E::custom("a time is none, such as 2024-05-01T00:00:00Z"))
}

/// The reasons that the specification knows ("Status Justifications").
const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

/// Takes all documents of a file, or nothing of it.
pub(super) fn read(statements: &mut Statements, bytes: &[u8]) -> Result<()> {
    let wrong = |error: serde_json::Error| {
        let at = error.line() as u64;
        Error::new(Kind::Malformed, format!("this is no OpenVEX document: {error}")).line(at)
    };
    let documents = serde_json::Deserializer::from_slice(bytes).into_iter::<Document>();
    let documents: Vec<Document> = documents.collect::<Result<_, _>>().map_err(wrong)?;
    if documents.is_empty() {
        return Err(Error::new(Kind::Malformed, "the file has no OpenVEX document"));
    }
    for document in &documents {
        if !document.context.is_openvex() {
            return Err(Error::new(Kind::Malformed, "this is no OpenVEX document").field("@context"));
        }
        if document.author.trim().is_empty() || document.author.len() > MAX_WORD {
            return Err(Error::new(Kind::Malformed, "the document has no author, or one too long").field("author"));
        }
        for (number, stated) in document.statements.iter().enumerate() {
            let at = |error: Error| error.field(format!("statements[{number}]"));
            stated.check().map_err(at)?;
        }
    }
    for document in &documents {
        for stated in &document.statements {
            stated.take(statements, document)?;
        }
    }
    Ok(())
}

impl Stated {
    fn check(&self) -> Result<()> {
        let wrong = |what: String| Err(Error::new(Kind::Malformed, what));
        if self.names().iter().all(String::is_empty) {
            return wrong("the statement names no vulnerability".into());
        }
        if self.subjects().iter().any(|it| !it.product.is_named() || it.part.as_ref().is_some_and(|it| !it.is_named()))
        {
            return wrong("a product has no identifier that says what it is".into());
        }
        let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        if let Some(justification) = &self.justification
            && !justification.is_empty()
            && !JUSTIFICATIONS.contains(&justification.as_str())
        {
            let shown: String = justification.chars().take(80).collect();
            return wrong(format!("{shown:?} is no justification"));
        }
        if self.status == Status::NotAffected && !said(&self.justification) && !said(&self.impact_statement) {
            return wrong("not_affected needs a justification or an impact statement".into());
        }
        Ok(())
    }

    fn names(&self) -> Vec<String> {
        let mut names = match &self.vulnerability {
            Vulnerability::Word(word) => vec![word.clone()],
            Vulnerability::Named { id, name, aliases } => {
                // A place in the web ends in what it is about: https://nvd.nist.gov/vuln/detail/CVE-2019-17571.
                let of_id = id.as_deref().and_then(|id| id.rsplit('/').next()).filter(|_| name.is_none());
                let of_id = of_id.map(str::to_owned);
                name.iter().cloned().chain(of_id).chain(aliases.iter().cloned()).collect()
            }
        };
        names.retain(|name| !name.is_empty() && name.len() <= MAX_WORD);
        names.dedup();
        names
    }

    fn subjects(&self) -> Vec<Subject> {
        let mut subjects = Vec::new();
        for product in &self.products {
            let (product, parts) = match product {
                Product::Word(word) => (component(&[word], None), &self.subcomponents),
                Product::Named { part, subcomponents } => (part.component(), subcomponents),
            };
            if parts.is_empty() {
                subjects.push(Subject { product, part: None });
                continue;
            }
            for part in parts {
                let part = match part {
                    Part::Word(word) => component(&[word], None),
                    Part::Named(named) => named.component(),
                };
                subjects.push(Subject { product: product.clone(), part: Some(part) });
            }
        }
        subjects
    }

    fn take(&self, statements: &mut Statements, document: &Document) -> Result<()> {
        let words = [&self.impact_statement, &self.action_statement, &self.status_notes];
        let words: Vec<&str> =
            words.into_iter().flatten().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
        let words: String = words.join("; ").chars().take(MAX_WORD).collect();
        let statement = Statement {
            status: self.status,
            justification: self.justification.clone().filter(|text| !text.is_empty()),
            words: (!words.is_empty()).then_some(words),
            author: document.author.trim().to_owned(),
            time: self.timestamp.unwrap_or(document.timestamp),
            document: document.id.chars().take(MAX_WORD).collect(),
        };
        statements.add(statement, &self.names(), &self.subjects())
    }
}

impl Named {
    fn component(&self) -> Component {
        let ids: Vec<&String> = self.id.iter().chain(self.identifiers.get("purl")).collect();
        component(&ids, self.hashes.get("sha-256").or_else(|| self.hashes.get("sha256")))
    }
}

fn component(ids: &[&String], sha256: Option<&String>) -> Component {
    let mut component = Component { sha256: sha256.map(|digits| digits.to_ascii_lowercase()), ..Component::default() };
    for id in ids {
        match Purl::parse(id) {
            Some(purl) => component.purls.push(purl),
            None if !id.is_empty() && id.len() <= MAX_WORD => component.names.push((*id).clone()),
            None => {}
        }
    }
    component
}

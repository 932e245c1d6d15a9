//! The types of parameters and fields, in the words of `docs/JSON.md`.

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    String,
    /// True or false.
    Boolean,
    /// A number from 0.
    Integer,
    /// 64 hexadecimal digits.
    Digest,
    /// RFC 3339 in UTC.
    Time,
    /// Any value.
    Any,
    /// One of some words.
    Word(Vec<String>),
    /// Several of the same.
    Array(Box<Kind>),
    /// Several of the same by name.
    Map(Box<Kind>),
    /// A value or null.
    Nullable(Box<Kind>),
    /// A document, by the heading of its table.
    Document(String),
    /// One of the documents `name ...`, told by the word in its field `tag`.
    Tagged {
        /// What their headings begin with.
        name: String,
        /// The field.
        tag: String,
    },
}

impl Kind {
    /// Reads a type as it is written, such as `array of Part`.
    pub fn parse(text: &str) -> Self {
        if let Some(inner) = text.strip_suffix(" or null") {
            return Self::Nullable(Box::new(Self::parse(inner)));
        }
        if let Some(inner) = text.strip_prefix("array of ") {
            return Self::Array(Box::new(Self::parse(inner)));
        }
        if let Some(inner) = text.strip_prefix("map of ") {
            return Self::Map(Box::new(Self::parse(inner)));
        }
        if let Some(words) = text.strip_prefix("word: ") {
            return Self::Word(words.split(", ").map(str::to_owned).collect());
        }
        if let Some((name, tag)) = text.split_once(" by ") {
            return Self::Tagged { name: name.to_owned(), tag: tag.to_owned() };
        }
        match text {
            "string" => Self::String,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "digest" => Self::Digest,
            "time" => Self::Time,
            "any" => Self::Any,
            document => Self::Document(document.to_owned()),
        }
    }
}

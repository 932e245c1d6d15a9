//! The documents of the protocol, as text.

use std::fmt::Write as _;

/// An error.
pub(super) fn error(code: &str, message: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>")
}

/// A text inside an element.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The texts of all elements `name`, unescaped.
pub(super) fn elements(text: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let inner = text.split(&open).skip(1).filter_map(|rest| rest.split_once(&close)).map(|(inner, _)| inner);
    let plain = |text: &str| {
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&amp;", "&")
    };
    inner.map(plain).collect()
}

/// A document of one element with further ones.
pub(super) fn document(name: &str, elements: &[(&str, &str)]) -> String {
    let mut text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><{name}>");
    for (element, value) in elements {
        let _ = write!(text, "<{element}>{}</{element}>", escape(value));
    }
    text + &format!("</{name}>")
}

/// One page of a listing.
pub(super) fn listing(objects: &[(String, usize, String, String)], folders: &[String], next: Option<&str>) -> String {
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult>".to_owned();
    let _ = write!(text, "<IsTruncated>{}</IsTruncated>", next.is_some());
    for (key, size, modified, etag) in objects {
        let _ = write!(
            text,
            "<Contents><Key>{}</Key><LastModified>{modified}</LastModified><ETag>{}</ETag><Size>{size}</Size></Contents>",
            escape(key),
            escape(etag)
        );
    }
    for folder in folders {
        let _ = write!(text, "<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>", escape(folder));
    }
    if let Some(next) = next {
        let _ = write!(text, "<NextContinuationToken>{}</NextContinuationToken>", escape(next));
    }
    text + "</ListBucketResult>"
}

//! What the servers of buckets answer, in one sentence: their XML is for programs.

use std::error::Error as _;

use object_store::client::{HttpError, HttpErrorKind};

use crate::error::{Error, Kind};

/// The longest text of a server's that is told, in characters.
const LONGEST_TELLING: usize = 300;
/// How `object_store` begins to tell of a request that failed.
const REQUEST: &str = "Error performing ";
/// What servers call a bucket that is not there.
const NO_BUCKET: [&str; 3] = ["NoSuchBucket", "ContainerNotFound", "The specified bucket does not exist"];

/// The error for a request that failed; nothing where no request was made.
pub(super) fn failure(path: &str, error: &object_store::Error) -> Option<Error> {
    let text = error.to_string();
    let request = &text[text.find(REQUEST)? + REQUEST.len()..];
    let method = request.split(' ').next().unwrap_or_default();
    if let Some(broken) = transport(error) {
        return Some(
            Error::new(Kind::Network, format!("the server of the store was asked in vain: {broken}"))
                .path(path)
                .help("do it again; what was written is found again"),
        );
    }
    let Some((_, answer)) = request.split_once("status code: ") else {
        let told = request.rsplit_once(" - ").map_or(request, |(_, told)| told);
        return Some(Error::new(Kind::Network, format!("the store's server failed: {}", short(told))).path(path));
    };
    let status = answer.split_once(": ").map_or(answer, |(status, _)| status);
    let told = match (element(answer, "Code"), element(answer, "Message")) {
        (Some(code), Some(message)) => format!("{status} ({code}: {message})"),
        (Some(code), None) => format!("{status} ({code})"),
        _ => status.to_owned(),
    };
    let told = short(&told);
    let is_write = !matches!(method, "GET" | "HEAD");
    Some(match status.split(' ').next().unwrap_or_default() {
        _ if is_no_bucket(&text) => {
            Error::new(Kind::Network, format!("the store's server knows no such bucket: {told}"))
                .path(path)
                .help("make the bucket first, and look at its name, its region and AWS_ENDPOINT_URL")
        }
        "401" | "403" => {
            let kind = if is_write { Kind::ReadOnly } else { Kind::Network };
            Error::new(kind, format!("the store's server refuses a {method}: {told}")).path(path).help(
                "look at the credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, GOOGLE_APPLICATION_CREDENTIALS, \
                 or AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY; and at what they permit",
            )
        }
        "301" | "307" | "308" => Error::new(Kind::Network, format!("the bucket is elsewhere: {told}"))
            .path(path)
            .help("name its region with AWS_REGION"),
        _ => Error::new(Kind::Network, format!("the store's server answered a {method} with {told}")).path(path),
    })
}

/// Whether the bucket is missing, and not an object in it.
pub(super) fn is_no_bucket(text: &str) -> bool {
    NO_BUCKET.iter().any(|word| text.contains(word))
}

/// Whether the server says that it has nothing of the kind that was asked for.
pub(super) fn is_not_implemented(error: &object_store::Error) -> bool {
    error.to_string().contains("status code: 501")
}

/// What happened to the connection, where no answer came.
fn transport(error: &object_store::Error) -> Option<String> {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(http) = inner.downcast_ref::<HttpError>() {
            let what = match http.kind() {
                HttpErrorKind::Connect => "there is no connection",
                HttpErrorKind::Timeout => "no answer came in time",
                _ => "the connection broke",
            };
            let mut deepest: &dyn std::error::Error = http;
            while let Some(deeper) = deepest.source() {
                deepest = deeper;
            }
            return Some(format!("{what} ({})", short(&deepest.to_string())));
        }
        cause = inner.source();
    }
    None
}

/// The text of an element of XML, without a parser: it is for eyes alone.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once("</").map(|(inner, _)| inner.trim()).filter(|inner| !inner.is_empty())
}

fn short(text: &str) -> String {
    let plain = text.trim().chars().map(|character| if character.is_control() { ' ' } else { character });
    plain.take(LONGEST_TELLING).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(text: &str) -> Option<Error> {
        failure("a", &object_store::Error::Generic { store: "S3", source: text.to_owned().into() })
    }

    #[test]
    fn answers_are_told_in_a_sentence() {
        let said = |text: &str| {
            let error = failed(text).unwrap();
            format!("{} {error}", error.kind())
        };
        let denied = "Error performing PUT http://s/b/a in 2ms - Server returned non-2xx status code: 403 Forbidden: \
                      <?xml?><Error><Code>AccessDenied</Code><Message>not\nyou</Message></Error>";
        let told = said(denied);
        assert!(told.starts_with("read-only ") && told.contains("403 Forbidden (AccessDenied: not you)"), "{told}");
        assert!(said(&denied.replace("PUT", "GET")).starts_with("network "));
        assert!(
            said("Error performing GET x in 1s - Server returned non-2xx status code: 503 Busy: ").contains("503 Busy")
        );
        assert!(said(&denied.replace("AccessDenied", "NoSuchBucket")).contains("no such bucket"));
        assert!(said("Error performing GET x in 1s - Received redirect without LOCATION").contains("redirect"));
        assert!(said(&format!("{denied}<Code>{}", "x".repeat(9000))).len() < 1000);
        assert!(failed("no request").is_none());
    }
}

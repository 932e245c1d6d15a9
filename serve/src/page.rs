//! The page for people: one document, without anything from elsewhere.

use std::sync::OnceLock;

use base64::Engine as _;

use crate::http::Response;

const PAGE: &str = include_str!("page.html");

/// The page, under a policy that lets nothing run but what stands in it.
pub fn answer() -> Response {
    Response::text(200, "text/html; charset=utf-8", PAGE)
        .version(reposnap::Digest::of(PAGE.as_bytes()), None)
        .field("Content-Security-Policy", policy())
        .field("Referrer-Policy", "no-referrer")
        .field("Cross-Origin-Opener-Policy", "same-origin")
        .field("Cache-Control", "public, no-cache")
}

fn policy() -> &'static str {
    static POLICY: OnceLock<String> = OnceLock::new();
    POLICY.get_or_init(|| {
        format!(
            "default-src 'none'; script-src '{}'; style-src '{}'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'",
            hash(element("script")),
            hash(element("style"))
        )
    })
}

/// What stands in the only element `name`.
fn element(name: &str) -> &'static str {
    let inside = PAGE.split_once(&format!("<{name}>")).map(|(_, rest)| rest);
    inside.and_then(|rest| rest.split_once(&format!("</{name}>"))).map_or("", |(inside, _)| inside)
}

fn hash(text: &str) -> String {
    format!(
        "sha256-{}",
        base64::engine::general_purpose::STANDARD.encode(reposnap::Digest::of(text.as_bytes()).as_bytes())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_comes_from_elsewhere_and_nothing_is_put_in_as_markup() {
        assert!(!element("script").is_empty() && !element("style").is_empty());
        for word in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "src=",
            "http://",
            "https://",
            "style=",
            "onclick=",
        ] {
            assert!(!PAGE.contains(word), "{word}");
        }
        assert_eq!((PAGE.matches("<script").count(), PAGE.matches("<style").count()), (1, 1));
        assert!(policy().contains("script-src 'sha256-"));
    }
}

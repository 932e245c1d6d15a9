//! `WWW-Authenticate`: what a registry wants of who asks (RFC 9110, 11.6.1).

/// The longest header that is looked at, in bytes.
const LONGEST_HEADER: usize = 8 << 10;
/// The most challenges and parameters of one header.
const MOST_PARTS: usize = 64;

/// One thing that would let us in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// A name and password (RFC 7617).
    Basic,
    /// A token (RFC 6750, and the distribution project's token specification).
    Bearer(Bearer),
}

/// Where tokens are to be had, and what for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bearer {
    /// The URL of the token endpoint.
    pub(super) realm: String,
    /// Whose tokens they are.
    pub(super) service: Option<String>,
    /// What the token has to allow: `repository:NAME:pull`.
    pub(super) scope: Option<String>,
}

/// The best of what `headers` offer that can be met: a token before a password. None where there is none.
pub(super) fn best<'a>(headers: impl Iterator<Item = &'a str>) -> Option<Challenge> {
    let mut basic = None;
    for header in headers.take(MOST_PARTS) {
        for (scheme, parameters) in challenges(header) {
            if scheme.eq_ignore_ascii_case("basic") {
                basic = Some(Challenge::Basic);
            } else if scheme.eq_ignore_ascii_case("bearer")
                && let Some(bearer) = bearer(parameters)
            {
                return Some(Challenge::Bearer(bearer));
            }
        }
    }
    basic
}

type Parameters = Vec<(String, String)>;

fn bearer(parameters: Parameters) -> Option<Bearer> {
    let mut bearer = Bearer::default();
    for (name, value) in parameters {
        match name.as_str() {
            "realm" => bearer.realm = value,
            "service" => bearer.service = Some(value),
            "scope" => bearer.scope = Some(value),
            _ => {}
        }
    }
    (!bearer.realm.is_empty()).then_some(bearer)
}

/// All challenges of a header, as far as it can be understood. Names of parameters are in lower case.
fn challenges(header: &str) -> Vec<(String, Parameters)> {
    let mut found: Vec<(String, Parameters)> = Vec::new();
    if header.len() > LONGEST_HEADER {
        return found;
    }
    let mut rest = header;
    for _ in 0..MOST_PARTS {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let Some((word, after)) = token(rest) else { break };
        // A word and `=` is a parameter of the scheme before it; a word alone is a scheme.
        if let Some(value) = after.trim_start().strip_prefix('=').filter(|value| !value.starts_with('=')) {
            let Some((_, parameters)) = found.last_mut() else { break };
            let Some((value, after)) = value_of(value.trim_start()) else { break };
            parameters.push((word.to_ascii_lowercase(), value));
            rest = after;
            continue;
        }
        found.push((word.to_owned(), Vec::new()));
        // Credentials in one piece (token68), as Negotiate has them, tell us nothing.
        rest = after.trim_start();
        let end = rest.find(',').unwrap_or(rest.len());
        let piece = rest[..end].trim_end();
        if !piece.is_empty() && is_token68(piece) && !piece.trim_end_matches('=').is_empty() {
            rest = &rest[end..];
        }
    }
    found
}

/// `token68` of RFC 9110, 11.2, which no parameter looks like: what follows its `=` is nothing, or more of them.
fn is_token68(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    body.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/'))
}

fn token(text: &str) -> Option<(&str, &str)> {
    let tchar = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let end = text.find(|c| !tchar(c)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// A token or a quoted string, and what follows it.
fn value_of(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        // Realms without quotes are seen, and a URL is not a token; so all up to a comma or blank counts.
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        return (end > 0).then(|| (text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in quoted.char_indices() {
        match c {
            _ if escaped => {
                value.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return Some((value, &quoted[at + 1..])),
            _ => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[&str]) -> Option<Challenge> {
        best(headers.iter().copied())
    }

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Option<Challenge> {
        Some(Challenge::Bearer(Bearer {
            realm: realm.to_owned(),
            service: service.map(str::to_owned),
            scope: scope.map(str::to_owned),
        }))
    }

    #[test]
    fn challenges_as_registries_write_them() {
        let hub = r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/alpine:pull,push""#;
        assert_eq!(
            of(&[hub]),
            bearer(
                "https://auth.docker.io/token",
                Some("registry.docker.io"),
                Some("repository:library/alpine:pull,push")
            )
        );
        assert_eq!(of(&[r#"Basic realm="basic-realm""#]), Some(Challenge::Basic));
        assert_eq!(of(&["Basic"]), Some(Challenge::Basic));
        assert_eq!(of(&[r#"bEARER Realm = "https://a/" , error="invalid_token""#]), bearer("https://a/", None, None));
    }

    #[test]
    fn several_challenges_in_one_header_or_many() {
        let both = r#"Basic realm="a, b=\"c\"", charset="UTF-8", Bearer realm="https://t/",service=s"#;
        assert_eq!(of(&[both]), bearer("https://t/", Some("s"), None));
        assert_eq!(
            of(&["Negotiate", "Basic realm=x", r#"Bearer realm="https://t/""#]),
            bearer("https://t/", None, None)
        );
        assert_eq!(of(&[r#"Negotiate YIIJvwYGKwYBBQUCoIIJszCCCa+=, Basic realm="x""#]), Some(Challenge::Basic));
        assert_eq!(
            of(&[r#"Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple""#]),
            Some(Challenge::Basic)
        );
    }

    #[test]
    fn nonsense_offers_nothing() {
        for header in [
            "",
            ",,,",
            "=",
            "\"",
            "Negotiate",
            "Bearer",
            "Bearer realm=",
            "Bearer realm=\"https://x",
            "Bearer service=x",
        ] {
            assert_eq!(of(&[header]), None, "{header}");
        }
        assert_eq!(of(&[&format!("Bearer realm=\"{}\"", "x".repeat(10_000))]), None);
        assert_eq!(of(&[&"a ,".repeat(1000)]), None);
    }
}

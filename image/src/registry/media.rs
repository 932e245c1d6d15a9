//! What manifests are called, and whether one is what it is called (OCI image specification, `media-types.md`).

use reposnap::{Error, Kind, Result};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::manifest::{DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST};

/// All that are taken, as `Accept` has them.
pub(super) const ACCEPTED: &str = "application/vnd.oci.image.manifest.v1+json, \
    application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.v2+json, \
    application/vnd.docker.distribution.manifest.list.v2+json";

/// Whether it is a manifest or an index.
pub(crate) fn is_manifest(media_type: &str) -> bool {
    matches!(media_type, OCI_MANIFEST | DOCKER_MANIFEST) || is_index(media_type)
}

/// Whether it is an index.
pub(crate) fn is_index(media_type: &str) -> bool {
    matches!(media_type, OCI_INDEX | DOCKER_LIST)
}

/// What tells one from the other.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shape {
    schema_version: Option<u64>,
    media_type: Option<String>,
    config: Option<IgnoredAny>,
    layers: Option<IgnoredAny>,
    manifests: Option<IgnoredAny>,
    fs_layers: Option<IgnoredAny>,
}

/// What `bytes` are, where somebody said that they are `said` (none: nobody did).
///
/// The name outside, the name inside and the content have to agree: a document that is two things to two readers is how
/// one image is shown and another one run (CVE-2021-41190).
pub(crate) fn judge(said: Option<&str>, bytes: &[u8]) -> Result<&'static str> {
    let lie = |what: String| Err(Error::new(Kind::Verification, what).rule("media-type"));
    let said = said.filter(|said| !is_generic(said));
    if let Some(said) = said.filter(|said| said.starts_with("application/vnd.docker.distribution.manifest.v1")) {
        return Err(schema_one(said));
    }
    let shape: Shape = serde_json::from_slice(bytes).map_err(|error| {
        Error::new(Kind::Malformed, format!("the manifest is not JSON of a manifest: {error}")).rule("manifest")
    })?;
    if shape.fs_layers.is_some() || shape.schema_version == Some(1) {
        return Err(schema_one("schemaVersion 1"));
    }
    if shape.schema_version != Some(2) {
        return Err(Error::new(Kind::Malformed, "the manifest's schemaVersion is not 2").rule("manifest"));
    }
    let found = match (said, shape.media_type.as_deref()) {
        (Some(said), Some(inside)) if said != inside => {
            return lie(format!("the manifest is called {said:?} outside and {inside:?} inside"));
        }
        (Some(name), _) | (None, Some(name)) => known(name)?,
        (None, None) if shape.manifests.is_some() => OCI_INDEX,
        (None, None) => OCI_MANIFEST,
    };
    let one = shape.config.is_some() || shape.layers.is_some();
    if one == shape.manifests.is_some() {
        return lie("the manifest is neither that of one image nor an index of several, or both".to_owned());
    }
    if one == is_index(found) {
        return lie(format!("the manifest is called {found:?} and is something else"));
    }
    Ok(found)
}

/// Names that say nothing, as web servers and some registries use them.
fn is_generic(said: &str) -> bool {
    matches!(said, "application/json" | "application/octet-stream" | "binary/octet-stream" | "text/plain")
}

fn known(name: &str) -> Result<&'static str> {
    let all = [OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST];
    all.into_iter().find(|known| *known == name).ok_or_else(|| {
        let shown: String = name.chars().take(100).collect();
        Error::new(Kind::Verification, format!("what was to be a manifest is {shown:?}")).rule("media-type")
    })
}

fn schema_one(what: &str) -> Error {
    Error::new(Kind::Unsupported, format!("the manifest is of Docker's first schema ({what})"))
        .help("nothing in it names its layers safely; push the image again with a tool of this decade")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_content_have_to_agree() {
        let manifest = r#"{"schemaVersion":2,"config":{},"layers":[]}"#;
        let index = r#"{"schemaVersion":2,"manifests":[]}"#;
        let of = |said, text: &str| judge(said, text.as_bytes()).map_err(|error| error.kind());
        assert_eq!(of(None, manifest), Ok(OCI_MANIFEST));
        assert_eq!(of(Some("application/json"), index), Ok(OCI_INDEX));
        assert_eq!(of(Some(DOCKER_MANIFEST), manifest), Ok(DOCKER_MANIFEST));
        let named = r#"{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.list.v2+json","manifests":[]}"#;
        assert_eq!(of(None, named), Ok(DOCKER_LIST));
        for (said, text) in [
            (Some(OCI_INDEX), manifest),
            (Some(OCI_MANIFEST), index),
            (Some(OCI_INDEX), named),
            (Some("text/html"), manifest),
            (None, r#"{"schemaVersion":2,"config":{},"layers":[],"manifests":[]}"#),
            (None, r#"{"schemaVersion":2}"#),
            (None, r#"{"schemaVersion":2,"mediaType":"x","config":{},"layers":[]}"#),
        ] {
            assert_eq!(of(said, text), Err(Kind::Verification), "{said:?} {text}");
        }
        assert_eq!(of(Some("application/vnd.docker.distribution.manifest.v1+prettyjws"), "x"), Err(Kind::Unsupported));
        assert_eq!(of(None, r#"{"schemaVersion":1,"fsLayers":[]}"#), Err(Kind::Unsupported));
        for text in [
            "",
            "[]",
            "{}",
            r#"{"schemaVersion":3,"manifests":[]}"#,
            &"[".repeat(100_000),
            r#"{"schemaVersion":2,"schemaVersion":2,"manifests":[]}"#,
        ] {
            assert_eq!(of(None, text), Err(Kind::Malformed), "{}", &text[..text.len().min(40)]);
        }
    }
}

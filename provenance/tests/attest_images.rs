//! Signatures of base images: cosign's, made with openssl as its specification says, and simple signing by gpg and skopeo.

mod attest_support;

use std::num::NonZeroUsize;

use attest_support::{Folder, attempt, openssl, run};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reposnap::{Digest, Kind};
use reposnap_provenance::attest::claim::Expect;
use reposnap_provenance::attest::{cosign, simple};
use reposnap_provenance::signing::Trust;
use serde_json::json;

const MANIFEST: &str = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[]}"#;

fn image() -> Digest {
    Digest::of(MANIFEST.as_bytes())
}

fn claim(kind: &str, reference: &str) -> String {
    json!({
        "critical": {
            "identity": {"docker-reference": reference},
            "image": {"docker-manifest-digest": format!("sha256:{}", image())},
            "type": kind,
        },
        "optional": {"creator": "us", "timestamp": 1_700_000_000},
    })
    .to_string()
}

#[test]
fn signatures_as_cosign_makes_them() {
    for (make, sign) in [
        ("-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "dgst -sha256 -sign key payload"),
        ("-algorithm EC -pkeyopt ec_paramgen_curve:P-384", "dgst -sha384 -sign key payload"),
        ("-algorithm RSA -pkeyopt rsa_keygen_bits:4096", "dgst -sha256 -sign key payload"),
        ("-algorithm ed25519", "pkeyutl -sign -inkey key -rawin -in payload"),
    ] {
        let folder = Folder::new();
        openssl(&folder, &format!("genpkey {make} -out key"));
        let trust = Trust::new().file(&openssl(&folder, "pkey -in key -pubout")).unwrap();
        let payload = claim(cosign::CLAIM, "r.example.org/debian");
        folder.write("payload", &payload);
        let signature = STANDARD.encode(openssl(&folder, sign));
        let verify = |payload: &str, signature: &str, image: &Digest, expect| {
            cosign::verify(payload.as_bytes(), signature, &trust, image, expect, Timestamp::now())
        };
        let good = verify(&payload, &signature, &image(), Expect::Repository("r.example.org/debian:12")).unwrap();
        assert_eq!((good.digest(), good.reference()), (&image(), "r.example.org/debian"));
        assert_eq!(good.optional()["creator"], "us");
        assert_eq!(good.signers().len(), 1);

        let rule = |result: reposnap::Result<_>| result.map(|_| ()).unwrap_err().broken_rule();
        let other = Digest::of(b"other");
        assert_eq!(rule(verify(&payload, &signature, &other, Expect::Any)), Some("subject"));
        let elsewhere = Expect::Repository("r.example.org/other");
        assert_eq!(rule(verify(&payload, &signature, &image(), elsewhere)), Some("reference"));
        let altered = payload.replace("\"us\"", "\"me\"");
        assert_eq!(rule(verify(&altered, &signature, &image(), Expect::Any)), Some("signature"));
        let wrong = verify(&payload, "%", &image(), Expect::Any).unwrap_err();
        assert_eq!(wrong.kind(), Kind::Malformed);

        // A claim of another kind is none, though the key signed it.
        let payload = claim(simple::CLAIM, "r.example.org/debian");
        folder.write("payload", &payload);
        let signature = STANDARD.encode(openssl(&folder, sign));
        assert_eq!(rule(verify(&payload, &signature, &image(), Expect::Any)), Some("type"));
    }
}

#[test]
fn attestations_as_cosign_makes_them() {
    let folder = Folder::new();
    openssl(&folder, "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key");
    let trust = Trust::new().file(&openssl(&folder, "pkey -in key -pubout")).unwrap();
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://cosign.sigstore.dev/attestation/v1",
        "subject": [{"name": "r.example.org/debian", "digest": {"sha256": image().to_string()}}],
        "predicate": {"Data": "hello", "Timestamp": "2026-01-01T00:00:00Z"},
    })
    .to_string();
    let kind = "application/vnd.in-toto+json";
    folder.write("pae", format!("DSSEv1 {} {kind} {} {statement}", kind.len(), statement.len()));
    let sig = STANDARD.encode(openssl(&folder, "dgst -sha256 -sign key pae"));
    let envelope = json!({
        "payloadType": kind, "payload": STANDARD.encode(&statement), "signatures": [{"keyid": "", "sig": sig}],
    });
    let one = NonZeroUsize::MIN;
    let bytes = envelope.to_string().into_bytes();
    let attested = cosign::verify_attestation(&bytes, &trust, one, &image(), Timestamp::now()).unwrap();
    assert_eq!(attested.head().unwrap().predicate_type, "https://cosign.sigstore.dev/attestation/v1");
    assert_eq!(attested.payload(), statement.as_bytes());
    let error = cosign::verify_attestation(&bytes, &trust, one, &Digest::of(b""), Timestamp::now()).unwrap_err();
    assert_eq!(error.broken_rule(), Some("subject"));
}

/// A home for gpg with a key in it.
struct Gpg {
    folder: Folder,
    fingerprint: String,
}

impl Gpg {
    fn new(algorithm: &str) -> Self {
        let folder = Folder::new();
        let mut gpg = Self { folder, fingerprint: String::new() };
        gpg.run(&["--quick-gen-key", "Base <base@example.org>", algorithm, "sign", "never"]);
        let listed = String::from_utf8(gpg.run(&["--list-keys", "--with-colons"])).unwrap();
        let line = listed.lines().find(|line| line.starts_with("fpr:")).unwrap();
        gpg.fingerprint = line.split(':').nth(9).unwrap().to_owned();
        gpg
    }

    fn run(&self, arguments: &[&str]) -> Vec<u8> {
        let always = ["--batch", "--quiet", "--yes", "--pinentry-mode", "loopback", "--passphrase", ""];
        run("gpg", &[&always, arguments].concat(), &[("GNUPGHOME", self.folder.path())])
    }

    fn trust(&self) -> Trust {
        Trust::new().file(&self.run(&["--export", &self.fingerprint])).unwrap()
    }
}

impl Drop for Gpg {
    fn drop(&mut self) {
        // Its agent would outlive the folder.
        let _ = attempt("gpgconf", &["--kill", "gpg-agent"], &[("GNUPGHOME", self.folder.path())]);
    }
}

#[test]
fn signatures_of_skopeo() {
    let reference = "r.example.org/debian:stable";
    for algorithm in ["ed25519", "rsa2048"] {
        let gpg = Gpg::new(algorithm);
        let manifest = gpg.folder.write("manifest", MANIFEST);
        let (file, home) = (gpg.folder.at("signature"), [("GNUPGHOME", gpg.folder.path())]);
        run("skopeo", &["standalone-sign", "--output", &file, &manifest, reference, &gpg.fingerprint], &home);
        let signature = gpg.folder.read("signature");
        let skopeo = |file: &str| {
            attempt("skopeo", &["standalone-verify", &manifest, reference, &gpg.fingerprint, file], &home)
                .status
                .success()
        };
        assert!(skopeo(&file));
        let verify = |signature: &[u8], image: &Digest, expect| {
            simple::verify(signature, &gpg.trust(), image, expect, Timestamp::now())
        };
        let good = verify(&signature, &image(), Expect::Exact(reference)).unwrap();
        assert_eq!((good.reference(), good.signers()[0].key.as_str()), (reference, gpg.fingerprint.as_str()));
        let rule = |result: reposnap::Result<_>| result.map(|_| ()).unwrap_err().broken_rule();
        let testing = Expect::Exact("r.example.org/debian:testing");
        assert_eq!(rule(verify(&signature, &image(), testing)), Some("reference"));
        assert_eq!(rule(verify(&signature, &Digest::of(b""), Expect::Any)), Some("subject"));
        let stranger = Gpg::new("ed25519");
        let refused = simple::verify(&signature, &stranger.trust(), &image(), Expect::Any, Timestamp::now());
        assert_eq!(rule(refused), Some("unknown-key"));
        for at in (0..signature.len()).step_by(5) {
            let mut altered = signature.clone();
            altered[at] ^= 0x10;
            // The date and the key ID beside a signature are not signed; nothing else may change.
            if let Ok(same) = verify(&altered, &image(), Expect::Exact(reference)) {
                assert_eq!(same, good, "byte {at}");
            }
        }
        for end in 0..signature.len() {
            assert!(verify(&signature[..end], &image(), Expect::Any).is_err());
        }
        let middle = gpg.folder.write("altered", {
            let mut altered = signature.clone();
            altered[signature.len() / 2] ^= 1;
            altered
        });
        assert!(!skopeo(&middle));
        assert!(verify(&gpg.folder.read("altered"), &image(), Expect::Any).is_err());
    }
}

#[test]
fn claims_signed_by_gpg_in_every_form() {
    let gpg = Gpg::new("ed25519");
    let reference = "r.example.org/debian:stable";
    let payload = claim(simple::CLAIM, reference);
    let file = gpg.folder.write("claim", &payload);
    let out = gpg.folder.at("signature");
    let trust = gpg.trust();
    let verify = |expect| simple::verify(&gpg.folder.read("signature"), &trust, &image(), expect, Timestamp::now());
    for options in [
        &["--compress-algo", "none"][..],
        &["--compress-algo", "zip"],
        &["--compress-algo", "zlib"],
        &["--compress-algo", "zlib", "-z", "9", "--digest-algo", "SHA512"],
        &["--armor"],
        &["--textmode"],
    ] {
        gpg.run(&[options, &["--output", &out, "--sign", &file]].concat());
        let good = verify(Expect::Exact(reference)).unwrap_or_else(|error| panic!("{options:?}: {error}"));
        assert_eq!(good.optional()["creator"], "us");
    }
    // Of a length that was not known when it was begun.
    let long = claim(simple::CLAIM, reference).replace("\"us\"", &format!("\"{}\"", "us".repeat(16_000)));
    let piped = gpg.folder.write("long", &long);
    let gpg_program = format!("gpg --batch --quiet --yes --compress-algo none --output {out} --sign < {piped}");
    run("sh", &["-c", &gpg_program], &[("GNUPGHOME", gpg.folder.path())]);
    assert!(verify(Expect::Any).is_ok());

    for (options, rule) in [
        (&["--compress-algo", "bzip2", "--sign"][..], "framing-packet"),
        (&["--clear-sign"], "framing-armor"),
        (&["--detach-sign"], "framing-packet"),
        (&["--store"], "framing-packet"),
    ] {
        gpg.run(&[&["--output", &out], options, &[&file]].concat());
        assert_eq!(verify(Expect::Any).unwrap_err().broken_rule(), Some(rule), "{options:?}");
    }
    let keys = Folder::new();
    openssl(&keys, "genpkey -algorithm ed25519 -out key");
    let no_certificate = Trust::new().file(&openssl(&keys, "pkey -in key -pubout")).unwrap();
    let error = simple::verify(b"", &no_certificate, &image(), Expect::Any, Timestamp::now()).unwrap_err();
    assert_eq!(error.kind(), Kind::Usage);
}

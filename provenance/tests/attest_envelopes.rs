//! Envelopes, statements and bundles against openssl, securesystemslib, in-toto-attestation and @sigstore/verify, both ways.

mod attest_support;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use attest_support::{Folder, attempt, node, openssl, openssl_attempt, python};
use jiff::Timestamp;
use reposnap::openpgp::{self, Signer as _};
use reposnap::{Digest, Kind};
use reposnap_provenance::attest::bundle::Bundle;
use reposnap_provenance::attest::dsse::{self, Envelope};
use reposnap_provenance::attest::packages::{IMAGE_PACKAGES, ImagePackages};
use reposnap_provenance::attest::slsa::{Dependency, Metadata, Provenance, SLSA_PROVENANCE};
use reposnap_provenance::attest::{cosign, media};
use reposnap_provenance::report::{Dated, Match, Moment, Origin, Report, Reported, Span, Verdict};
use reposnap_provenance::signing::{Algorithm, OpenPgpSigner, PrivateKey, Trust};
use serde_json::{Value, json};

const ONE: NonZeroUsize = NonZeroUsize::MIN;

fn now() -> Timestamp {
    "2026-11-26T06:00:00Z".parse().unwrap()
}

fn image() -> Digest {
    Digest::of(b"manifest")
}

/// A report of two packages, and the inventory that it is of.
fn packages() -> ImagePackages {
    let digest = |text: &str| Digest::of(text.as_bytes());
    let inventory = json!({
        "reference": "docker://r.example.org/app:1", "digest": image().to_string(), "databases": [], "packages": [],
        "layers": [
            {"digest": digest("l0").to_string(), "diff_id": digest("d0").to_string(), "size": 9, "packages": 1},
            {"digest": digest("l1").to_string(), "diff_id": digest("d1").to_string(), "size": 8, "packages": 1},
        ],
    });
    let inventory = serde_json::from_value(inventory).unwrap();
    let package = |name: &str, layer, matched| Reported {
        family: reposnap_image::package::Family::Deb,
        name: name.into(),
        version: "1:2-3".into(),
        architecture: "amd64".into(),
        source: reposnap_image::package::Source { name: format!("{name}-\"source\"é"), version: "1:2-3".into() },
        layer: Some(layer),
        origin: Some(Origin {
            matched,
            mirror: Some("debian".into()),
            suite: Some("stable".into()),
            component: Some("main".into()),
            snapshots: (matched == Match::Known).then(|| Span { first: digest("s1"), last: digest("s2") }),
            sha256: Some(digest(name)),
        }),
        candidate: None,
        built_using: Vec::new(),
        outdated_since: None,
        held_by: None,
    };
    let report = Report {
        reference: "docker://r.example.org/app:1".into(),
        digest: Some(image()),
        os: Some(reposnap_image::inventory::Os {
            id: "debian".into(),
            version: Some("12".into()),
            ..Default::default()
        }),
        environment: Some("stable".into()),
        now: now(),
        dated: Some(Dated {
            first: Moment { snapshot: digest("s1"), time: now() },
            last: Moment { snapshot: digest("s2"), time: now() },
            covered: 1,
            packages: 2,
        }),
        base: None,
        verdict: Verdict::Findings,
        doubts: Vec::new(),
        packages: vec![package("libc6", 0, Match::Known), package("app", 1, Match::FromNowhere)],
        findings: Vec::new(),
        rebuild: Vec::new(),
    };
    ImagePackages::of(&report, &inventory, &[]).unwrap()
}

fn signed(keys: &[&PrivateKey]) -> Envelope {
    let mut envelope = packages().into_statement().to_envelope().unwrap();
    keys.iter().for_each(|key| envelope.sign(*key).unwrap());
    envelope
}

fn payload(envelope: &Envelope) -> Vec<u8> {
    use base64::Engine as _;
    let json: Value = serde_json::from_slice(&envelope.to_json()).unwrap();
    base64::engine::general_purpose::STANDARD.decode(json["payload"].as_str().unwrap()).unwrap()
}

fn keys() -> (PrivateKey, PrivateKey) {
    (PrivateKey::generate(Algorithm::Ed25519).unwrap(), PrivateKey::generate(Algorithm::EcdsaP256).unwrap())
}

#[test]
fn the_predicate_has_its_fields() {
    let envelope = packages().into_statement().to_envelope().unwrap();
    assert_eq!(envelope.to_json(), packages().into_statement().to_envelope().unwrap().to_json(), "the same again");
    let said: Value = serde_json::from_slice(&payload(&envelope)).unwrap();
    let hex = |text: &str| json!({"sha256": Digest::of(text.as_bytes()).to_string()});
    assert_eq!(said["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(said["predicateType"], "https://reposnap.dev/image-packages/v0.1");
    assert_eq!(said["subject"], json!([{"name": "docker://r.example.org/app:1", "digest": hex("manifest")}]));
    let predicate = &said["predicate"];
    assert_eq!(predicate["image"], json!({"reference": "docker://r.example.org/app:1", "digest": hex("manifest")}));
    assert_eq!(predicate["os"], json!({"id": "debian", "version": "12"}));
    assert_eq!(predicate["layers"][1], json!({"digest": hex("l1"), "diffId": hex("d1"), "packages": 1}));
    assert_eq!(
        predicate["packages"][0],
        json!({
            "family": "deb", "name": "libc6", "version": "1:2-3", "architecture": "amd64",
            "source": {"name": "libc6-\"source\"é", "version": "1:2-3"}, "layer": 0, "digest": hex("libc6"), "match": "known",
            "mirror": "debian", "suite": "stable", "component": "main",
            "snapshots": {"first": hex("s1"), "last": hex("s2")},
        })
    );
    assert_eq!(predicate["packages"][1]["match"], "from-nowhere");
    assert_eq!(
        predicate["coverage"],
        json!({"packages": 2, "known": 1, "superseded": 0, "modified": 0, "fromNowhere": 1, "unmatched": 0})
    );
    assert_eq!(predicate["snapshots"].as_array().unwrap().len(), 2);
    assert_eq!(predicate["dated"]["last"], json!({"digest": hex("s2"), "time": "2026-11-26T06:00:00Z"}));
    assert_eq!((&predicate["madeAt"], &predicate["verdict"]), (&json!("2026-11-26T06:00:00Z"), &json!("findings")));
    assert_eq!(predicate["tool"]["name"], "reposnap");
}

#[test]
fn nothing_is_attested_of_nothing() {
    let inventory = serde_json::from_value(json!({
        "reference": "dir:/", "layers": [], "databases": [], "packages": [],
    }));
    let mut inventory: reposnap_image::Inventory = inventory.unwrap();
    let error = |inventory: &_| ImagePackages::of(&Report::of(inventory, now()), inventory, &[]).unwrap_err();
    assert_eq!(error(&inventory).kind(), Kind::Usage);
    inventory.digest = Some(image());
    assert_eq!(error(&inventory).broken_rule(), Some("coverage"));
}

#[test]
fn openssl_verifies_what_is_signed() {
    let (ed25519, p256) = keys();
    let envelope = signed(&[&ed25519, &p256]);
    let folder = Folder::new();
    folder.write("pae", envelope.pae());
    folder.write("altered", [envelope.pae(), b" ".to_vec()].concat());
    for (at, key, verify) in [
        (0, &ed25519, "pkeyutl -verify -pubin -inkey public -rawin -sigfile signature -in"),
        (1, &p256, "dgst -sha256 -verify public -signature signature"),
    ] {
        folder.write("public", key.public().to_pem());
        folder.write("signature", &envelope.signatures()[at].sig);
        openssl(&folder, &format!("{verify} pae"));
        assert!(!openssl_attempt(&folder, &format!("{verify} altered")).status.success());
    }
}

#[test]
fn securesystemslib_takes_what_is_signed_as_it_stands() {
    let (ed25519, p256) = keys();
    let folder = Folder::new();
    let envelope = signed(&[&ed25519, &p256]);
    let file = folder.write("envelope", envelope.to_json());
    let (a, b) = (folder.write("a", ed25519.public().to_pem()), folder.write("b", p256.public().to_pem()));
    let output = python(&["verify", &file, "2", &a, &b]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stdout, payload(&envelope));
    // So does the envelope of a bundle.
    let bundle: Value = serde_json::from_slice(&Bundle::of(&envelope, p256.public()).unwrap().to_json()).unwrap();
    let file = folder.write("bundled", bundle["dsseEnvelope"].to_string());
    let output = python(&["verify", &file, "1", &b]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!python(&["verify", &file, "1", &a]).status.success());

    let mut altered: Value = serde_json::from_slice(&envelope.to_json()).unwrap();
    altered["payloadType"] = json!("application/vnd.in-toto+jsoN");
    let altered = folder.write("altered", altered.to_string());
    assert!(!python(&["verify", &altered, "1", &a, &b]).status.success());
}

#[test]
fn what_securesystemslib_signs_is_verified() {
    let folder = Folder::new();
    openssl(&folder, "genpkey -algorithm ed25519 -out a");
    openssl(&folder, "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out b");
    openssl(&folder, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out c");
    openssl(&folder, "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out d");
    let mut trust = Trust::new();
    for key in ["a", "b", "c", "d"] {
        trust = trust.file(&openssl(&folder, &format!("pkey -in {key} -pubout"))).unwrap();
    }
    folder.write("payload", r#"{"hello": "wörld"}"#);
    let files = ["payload", "a", "b", "c", "d"].map(|name| folder.at(name));
    let output = python(&["sign", &files[0], media::IN_TOTO, &files[1], &files[2], &files[3], &files[4]]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let envelope = Envelope::parse(&output.stdout).unwrap();
    let attested = envelope.verify(&trust, NonZeroUsize::new(4).unwrap(), now()).unwrap();
    assert_eq!(attested.payload(), folder.read("payload"));
    let algorithms: Vec<_> = attested.signers().iter().map(|signer| signer.algorithm.as_str()).collect();
    assert_eq!(algorithms, ["ecdsa-p256", "ecdsa-p384", "ed25519", "rsa"]);
    assert!(envelope.verify(&trust, NonZeroUsize::new(5).unwrap(), now()).is_err());

    // Each byte of the whole that is altered, and the signature is none, or the JSON is not, or nothing has changed.
    let text = String::from_utf8(output.stdout).unwrap();
    for at in (0..text.len()).step_by(7) {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        if let Ok(altered) = Envelope::parse(&bytes)
            && let Ok(attested) = altered.verify(&trust, NonZeroUsize::new(4).unwrap(), now())
        {
            assert_eq!(attested.payload(), folder.read("payload"), "byte {at}");
            assert_eq!(altered.pae(), envelope.pae());
        }
    }
}

#[test]
fn in_toto_reads_the_statements() {
    let folder = Folder::new();
    let ours = payload(&packages().into_statement().to_envelope().unwrap());
    let output = python(&["statement", &folder.write("packages", &ours)]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (theirs, ours): (Value, Value) =
        (serde_json::from_slice(&output.stdout).unwrap(), serde_json::from_slice(&ours).unwrap());
    assert_eq!(theirs["predicate"]["packages"][0]["name"], ours["predicate"]["packages"][0]["name"]);
    assert_eq!(theirs["subject"], ours["subject"]);

    let base = Dependency::base("docker://r.example.org/debian:12", &Digest::of(b"base"));
    let snapshots = ["s2", "s1", "s2"].map(|name| Dependency::snapshot("", &Digest::of(name.as_bytes())));
    let parameters = BTreeMap::from([("environment".to_owned(), json!("stable"))]);
    let metadata = Metadata { invocation_id: Some("7".into()), started_on: Some(now()), finished_on: Some(now()) };
    let dependencies = snapshots.into_iter().chain([base]).collect();
    let provenance = Provenance::new("https://ci.example.org/builder", dependencies, parameters).metadata(metadata);
    assert_eq!(provenance.build_definition.resolved_dependencies.len(), 3, "each once");
    let statement = provenance.into_statement("docker://r.example.org/app:1", &image());
    let ours = payload(&statement.to_envelope().unwrap());
    let output = python(&["statement", &folder.write("slsa", &ours), "slsa"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (key, _) = keys();
    let mut envelope = statement.to_envelope().unwrap();
    envelope.sign(&key).unwrap();
    let trust = Trust::new().key(key.public().clone()).unwrap();
    let attested = envelope.verify(&trust, ONE, now()).unwrap();
    assert_eq!(attested.statement::<Provenance>(SLSA_PROVENANCE).unwrap(), statement);
    assert_eq!(attested.statement::<ImagePackages>(IMAGE_PACKAGES).unwrap_err().broken_rule(), Some("predicate"));
}

#[test]
fn sigstore_takes_bundles_as_they_stand() {
    let (ed25519, p256) = keys();
    let envelope = signed(&[&ed25519, &p256]);
    for key in [&ed25519, &p256] {
        let folder = Folder::new();
        let bundle = Bundle::of(&envelope, key.public()).unwrap();
        let file = folder.write("bundle", bundle.to_json());
        let public = folder.write("public", key.public().to_pem());
        let output = node("verify.js", &[&file, &public, bundle.hint()]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout, payload(&envelope));
        assert_eq!(Bundle::parse(&bundle.to_json()).unwrap(), bundle);

        let other = folder.write("other", keys().0.public().to_pem());
        assert!(!node("verify.js", &[&file, &other, bundle.hint()]).status.success());
        let mut altered: Value = serde_json::from_slice(&bundle.to_json()).unwrap();
        altered["dsseEnvelope"]["payload"] = json!("e30=");
        let altered = folder.write("altered", altered.to_string());
        assert!(!node("verify.js", &[&altered, &public, bundle.hint()]).status.success());
        let trust = Trust::new().key(key.public().clone()).unwrap();
        let refused = dsse::read(&folder.read("altered")).unwrap()[0].verify(&trust, ONE, now());
        assert_eq!(refused.unwrap_err().broken_rule(), Some("signature"));
    }
    let stranger = Bundle::of(&envelope, keys().0.public()).unwrap_err();
    assert_eq!(stranger.kind(), Kind::NotFound);
}

#[test]
fn what_sigstore_bundles_is_verified() {
    for make in ["-algorithm ed25519", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"] {
        let folder = Folder::new();
        openssl(&folder, &format!("genpkey {make} -out key"));
        let trust = Trust::new().file(&openssl(&folder, "pkey -in key -pubout")).unwrap();
        folder.write("payload", payload(&signed(&[])));
        let output = node("sign.js", &[&folder.at("payload"), media::IN_TOTO, &folder.at("key"), "a hint"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(Bundle::parse(&output.stdout).unwrap().hint(), "a hint");
        let attested = cosign::verify_attestation(&output.stdout, &trust, ONE, &image(), now()).unwrap();
        let statement = attested.statement::<ImagePackages>(IMAGE_PACKAGES).unwrap();
        assert_eq!(statement.predicate, packages());
        let error = cosign::verify_attestation(&output.stdout, &trust, ONE, &Digest::of(b""), now()).unwrap_err();
        assert_eq!(error.broken_rule(), Some("subject"));
    }
}

#[test]
fn gpg_verifies_what_openpgp_signs() {
    let key = openpgp::generate("CI <ci@example.org>", now(), None).unwrap();
    let (ed25519, _) = keys();
    let mut envelope = packages().into_statement().to_envelope().unwrap();
    envelope.sign(&OpenPgpSigner::new(&key)).unwrap();
    let folder = Folder::new();
    folder.write("pae", envelope.pae());
    folder.write("altered", [envelope.pae(), b" ".to_vec()].concat());
    folder.write("signature", &envelope.signatures()[0].sig);
    folder.write("certificate", key.certificate().unwrap());
    let home = [("GNUPGHOME", folder.path())];
    let gpg =
        |arguments: &[&str]| attempt("gpg", &[&["--batch", "--quiet"], arguments].concat(), &home).status.success();
    assert!(gpg(&["--import", &folder.at("certificate")]));
    assert!(gpg(&["--verify", &folder.at("signature"), &folder.at("pae")]));
    assert!(!gpg(&["--verify", &folder.at("signature"), &folder.at("altered")]));

    let error = Bundle::of(&envelope, ed25519.public()).unwrap_err();
    assert_eq!(error.kind(), Kind::Unsupported, "{error}");
    envelope.sign(&ed25519).unwrap();
    let trust = Trust::new().file(&folder.read("certificate")).unwrap();
    let attested = envelope.verify(&trust, ONE, Timestamp::now()).unwrap();
    assert_eq!(attested.signers()[0].key, key.fingerprint());
    assert_eq!(attested.signers()[0].user_id.as_deref(), Some("CI <ci@example.org>"));
    let two = NonZeroUsize::new(2).unwrap();
    assert!(envelope.verify(&trust, two, Timestamp::now()).is_err());
    let both = trust.clone().key(ed25519.public().clone()).unwrap();
    assert_eq!(envelope.verify(&both, two, Timestamp::now()).unwrap().signers().len(), 2);
    let other = openpgp::generate("Other <other@example.org>", now(), None).unwrap();
    let other = Trust::new().file(&other.certificate().unwrap()).unwrap();
    assert!(envelope.verify(&other, ONE, Timestamp::now()).is_err());
    let only = both.only(&key.fingerprint()).unwrap();
    assert!(envelope.verify(&only, ONE, Timestamp::now()).is_ok());
    assert!(envelope.verify(&only, two, Timestamp::now()).is_err());
}

#[test]
fn what_is_no_bundle() {
    let (key, _) = keys();
    let good: Value = serde_json::from_slice(&Bundle::of(&signed(&[&key]), key.public()).unwrap().to_json()).unwrap();
    let kind = |change: &dyn Fn(&mut Value)| {
        let mut other = good.clone();
        change(&mut other);
        let bytes = other.to_string().into_bytes();
        let error = dsse::read(&bytes).unwrap_err();
        assert_eq!(error.kind(), Bundle::parse(&bytes).unwrap_err().kind());
        error.kind()
    };
    assert_eq!(kind(&|b| b["mediaType"] = json!("application/vnd.dev.sigstore.bundle.v1+json")), Kind::Unsupported);
    assert_eq!(kind(&|b| b["verificationMaterial"] = json!({"certificate": {"rawBytes": "AA=="}})), Kind::Unsupported);
    assert_eq!(kind(&|b| b["verificationMaterial"] = json!({})), Kind::Malformed);
    assert_eq!(kind(&|b| b["messageSignature"] = json!({})), Kind::Malformed);
    assert_eq!(
        kind(&|b| {
            b["messageSignature"] = json!({});
            b.as_object_mut().unwrap().remove("dsseEnvelope");
        }),
        Kind::Unsupported
    );
    assert_eq!(kind(&|b| drop(b.as_object_mut().unwrap().remove("dsseEnvelope"))), Kind::Malformed);
    let twice = json!([{"sig": "AA=="}, {"sig": "AA=="}]);
    assert_eq!(kind(&|b| b["dsseEnvelope"]["signatures"] = twice.clone()), Kind::Malformed);
    assert_eq!(kind(&|b| b["dsseEnvelope"]["signatures"] = json!([])), Kind::Malformed);

    let lines = [good.to_string(), String::from_utf8(signed(&[&key]).to_json()).unwrap()].join("\n");
    assert_eq!(dsse::read(lines.as_bytes()).unwrap().len(), 2);
    let cut = format!("{lines}\n{{\"payload\"");
    assert_eq!(dsse::read(cut.as_bytes()).unwrap_err().at_line(), Some(3));
    assert_eq!(dsse::read(format!("{lines}\n").repeat(9).as_bytes()).unwrap_err().kind(), Kind::Limit);
    let text = good.to_string();
    for end in (0..text.len()).step_by(11) {
        assert!(dsse::read(&text.as_bytes()[..end]).is_err());
    }
}

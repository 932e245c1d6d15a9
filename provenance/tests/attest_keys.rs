//! Keys against openssl, both ways.

mod attest_support;

use attest_support::{Folder, openssl, openssl_attempt, python};
use reposnap::{Digest, Kind};
use reposnap_provenance::signing::{Algorithm, PrivateKey, PublicKey, Signer as _, Trust};

/// How openssl makes keys that sign here.
const OURS: [(&str, Algorithm); 5] = [
    ("genpkey -algorithm ed25519", Algorithm::Ed25519),
    ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256", Algorithm::EcdsaP256),
    ("ecparam -name prime256v1 -genkey", Algorithm::EcdsaP256),
    ("ecparam -name prime256v1 -genkey -noout", Algorithm::EcdsaP256),
    ("ecparam -name P-256 -genkey -noout -param_enc named_curve", Algorithm::EcdsaP256),
];

/// Verifies by openssl.
fn they_verify(folder: &Folder, algorithm: Algorithm, message: &str) -> bool {
    let line = match algorithm {
        Algorithm::Ed25519 => format!("pkeyutl -verify -pubin -inkey public -rawin -in {message} -sigfile signature"),
        _ => format!("dgst -sha256 -verify public -signature signature {message}"),
    };
    openssl_attempt(folder, &line).status.success()
}

#[test]
fn keys_of_openssl_sign_here() {
    for (make, algorithm) in OURS {
        let folder = Folder::new();
        openssl(&folder, &format!("{make} -out key"));
        openssl(&folder, "pkey -in key -pubout -out public");
        openssl(&folder, "pkey -in key -out normal");
        openssl(&folder, "pkey -pubin -in public -outform DER -out public.der");
        let key = PrivateKey::open(folder.at("key")).unwrap_or_else(|error| panic!("{make}: {error}"));
        let public = PublicKey::open(folder.at("public")).unwrap();
        assert_eq!((key.public(), public.algorithm()), (&public, algorithm), "{make}");
        assert_eq!(key.to_pem(), folder.text("normal"), "{make}: openssl writes the same");
        assert_eq!(public.to_pem(), folder.text("public"));
        assert_eq!(public.id(), Digest::of(&folder.read("public.der")));

        folder.write("message", "text");
        folder.write("other", "texT");
        folder.write("signature", key.sign(b"text").unwrap());
        assert!(they_verify(&folder, algorithm, "message"), "{make}");
        assert!(!they_verify(&folder, algorithm, "other"), "{make}");
    }
}

#[test]
fn keys_made_here_are_openssls() {
    for algorithm in [Algorithm::Ed25519, Algorithm::EcdsaP256] {
        let folder = Folder::new();
        let key = PrivateKey::generate(algorithm).unwrap();
        key.save(folder.at("key")).unwrap();
        openssl(&folder, "pkey -in key -check -noout");
        openssl(&folder, "pkey -in key -out normal");
        openssl(&folder, "pkey -in key -pubout -out public");
        assert_eq!(folder.text("normal"), folder.text("key"));
        assert_eq!(folder.text("public"), key.public().to_pem());
        assert_eq!(PrivateKey::open(folder.at("key")).unwrap().public(), key.public());

        let error = key.save(folder.at("key")).unwrap_err();
        assert_eq!(error.kind(), Kind::AlreadyExists, "{error}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.at("key")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_ne!(PrivateKey::generate(algorithm).unwrap().public(), key.public());
        assert!(!format!("{key:?}").contains("PRIVATE"));
    }
    for other in [Algorithm::EcdsaP384, Algorithm::Rsa] {
        assert_eq!(PrivateKey::generate(other).unwrap_err().kind(), Kind::Unsupported);
    }
}

#[test]
fn what_openssl_signs_is_verified() {
    let pss = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest";
    for (make, sign, algorithm) in [
        ("-algorithm ed25519", "pkeyutl -sign -inkey key -rawin -in message".to_owned(), Algorithm::Ed25519),
        (
            "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
            "dgst -sha256 -sign key message".into(),
            Algorithm::EcdsaP256,
        ),
        (
            "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
            "dgst -sha384 -sign key message".into(),
            Algorithm::EcdsaP384,
        ),
        (
            "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
            "dgst -sha256 -sign key message".into(),
            Algorithm::EcdsaP384,
        ),
        ("-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "dgst -sha256 -sign key message".into(), Algorithm::Rsa),
        (
            "-algorithm RSA -pkeyopt rsa_keygen_bits:3072",
            format!("dgst -sha256 {pss} -sign key message"),
            Algorithm::Rsa,
        ),
    ] {
        let folder = Folder::new();
        openssl(&folder, &format!("genpkey {make} -out key"));
        openssl(&folder, "pkey -in key -pubout -out public");
        folder.write("message", "text");
        let mut signature = openssl(&folder, &sign);
        let public = PublicKey::open(folder.at("public")).unwrap();
        assert_eq!(public.algorithm(), algorithm);
        assert_eq!(public.to_pem(), folder.text("public"));
        assert!(public.verifies(b"text", &signature), "{make}");
        assert!(!public.verifies(b"texT", &signature), "{make}");
        let other = PrivateKey::generate(Algorithm::EcdsaP256).unwrap();
        assert!(!other.public().verifies(b"text", &signature), "{make}");
        for at in 0..signature.len() {
            signature[at] ^= 1;
            assert!(!public.verifies(b"text", &signature), "{make}: byte {at}");
            signature[at] ^= 1;
        }
        assert!(!public.verifies(b"text", &[]));
        assert!(!public.verifies(b"text", &signature[..signature.len() - 1]));
    }
}

#[test]
fn names_are_those_of_securesystemslib() {
    for make in [
        "-algorithm ed25519",
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
        "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
    ] {
        let folder = Folder::new();
        openssl(&folder, &format!("genpkey {make} -out key"));
        openssl(&folder, "pkey -in key -pubout -out public");
        let output = python(&["keyid", &folder.at("public")]);
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            PublicKey::open(folder.at("public")).unwrap().envelope_id(),
            "{make}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn keys_that_are_refused() {
    let p256 = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256";
    let private = |lines: &[&str]| {
        let folder = Folder::new();
        lines.iter().for_each(|line| drop(openssl(&folder, line)));
        let error = PrivateKey::open(folder.at("out")).map(|_| lines.to_vec()).unwrap_err();
        assert!(error.at_path().is_some() && error.advice().is_some(), "{lines:?}: {error}");
        error.kind()
    };
    let encrypted = ["genpkey -algorithm ed25519 -aes256 -pass pass:secret -out out"];
    assert_eq!(private(&encrypted), Kind::Usage);
    let legacy = ["ecparam -name prime256v1 -genkey -noout -out k", "ec -in k -aes256 -passout pass:secret -out out"];
    assert_eq!(private(&legacy), Kind::Usage);
    assert_eq!(private(&["genpkey -algorithm ed448 -out out"]), Kind::Unsupported);
    assert_eq!(private(&["genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out out"]), Kind::Unsupported);
    assert_eq!(private(&["genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out out"]), Kind::Unsupported);
    assert_eq!(private(&["genrsa -traditional -out out 2048"]), Kind::Unsupported);
    let alone = [&format!("{p256} -out k"), "ec -in k -no_public -out out"];
    assert_eq!(private(&alone), Kind::Unsupported);
    let compressed = [&format!("{p256} -out k"), "ec -in k -conv_form compressed -out out"];
    assert_eq!(private(&compressed), Kind::Unsupported);
    let explicit = [&format!("{p256} -out k"), "ec -in k -param_enc explicit -out out"];
    assert!(matches!(private(&explicit), Kind::Unsupported));

    let public = |lines: &[&str]| {
        let folder = Folder::new();
        lines.iter().for_each(|line| drop(openssl(&folder, line)));
        let error = PublicKey::open(folder.at("out")).unwrap_err();
        assert!(error.at_path().is_some(), "{lines:?}: {error}");
        error.kind()
    };
    let small = ["genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out k", "pkey -in k -pubout -out out"];
    assert_eq!(public(&small), Kind::Unsupported);
    let pkcs1 = ["genrsa -out k 2048", "rsa -in k -RSAPublicKey_out -out out"];
    assert_eq!(public(&pkcs1), Kind::Unsupported);
    let other = ["genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out k", "pkey -in k -pubout -out out"];
    assert_eq!(public(&other), Kind::Unsupported);
    let compressed = [&format!("{p256} -out k"), "ec -in k -conv_form compressed -pubout -out out"];
    assert_eq!(public(&compressed), Kind::Unsupported);
    assert_eq!(public(&["genpkey -algorithm ed25519 -out out"]), Kind::Usage);
    let missing = PublicKey::open("/nonexistent/key").unwrap_err();
    assert_eq!(missing.kind(), Kind::NotFound);
}

#[test]
fn damaged_keys_are_errors_and_no_panic() {
    for algorithm in [Algorithm::Ed25519, Algorithm::EcdsaP256] {
        let key = PrivateKey::generate(algorithm).unwrap();
        let blocks = reposnap_provenance::signing::pem::read(&key.to_pem()).unwrap();
        for (bytes, private) in [(blocks[0].bytes.clone(), true), (key.public().to_der().to_vec(), false)] {
            for end in 0..bytes.len() {
                assert!(PrivateKey::from_der(&bytes[..end]).is_err() && PublicKey::from_der(&bytes[..end]).is_err());
            }
            assert!(PublicKey::from_der(&[&bytes[..], &[0]].concat()).is_err());
            for at in 0..bytes.len() {
                for flip in [1_u8, 0x7f, 0x80, 0xff] {
                    let mut other = bytes.clone();
                    other[at] ^= flip;
                    if private {
                        // What is read is a key that signs.
                        if let Ok(key) = PrivateKey::from_der(&other) {
                            assert!(key.public().verifies(b"x", &key.sign(b"x").unwrap()));
                        }
                    } else if let Ok(public) = PublicKey::from_der(&other) {
                        assert!(!public.verifies(b"x", &key.sign(b"x").unwrap()), "byte {at}");
                    }
                }
            }
        }
        let text = key.public().to_pem();
        for end in 0..text.len() - 1 {
            assert!(PublicKey::from_pem(&text[..end]).is_err());
        }
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = b'!';
            assert!(PublicKey::from_pem(std::str::from_utf8(&bytes).unwrap()).is_err(), "character {at}");
        }
    }
}

#[test]
fn trust_reads_files_of_keys() {
    let (a, b) =
        (PrivateKey::generate(Algorithm::Ed25519).unwrap(), PrivateKey::generate(Algorithm::EcdsaP256).unwrap());
    let both = format!("{}\n{}{}", a.public().to_pem(), b.public().to_pem(), a.public().to_pem());
    let trust = Trust::new().file(both.as_bytes()).unwrap();
    assert_eq!(trust.keys(), [a.public().clone(), b.public().clone()]);
    let now = jiff::Timestamp::now();
    let (by_a, by_b) = (a.sign(b"x").unwrap(), b.sign(b"x").unwrap());
    assert_eq!(trust.signer_of(b"x", &by_b, "", now).unwrap().key, b.public().id().to_string());
    let only = trust.clone().only(&a.public().id().to_string()).unwrap();
    assert!(only.signer_of(b"x", &by_a, "", now).is_ok());
    assert_eq!(only.signer_of(b"x", &by_b, "", now).unwrap_err().broken_rule(), Some("signature"));
    assert_eq!(trust.clone().only("12ab").unwrap_err().kind(), Kind::Usage);
    for wrong in [&b""[..], b"hello", b"-----BEGIN X-----\nAAAA\n-----END X-----\n", a.to_pem().as_bytes()] {
        assert!(Trust::new().file(wrong).is_err());
    }
    let many = (0..33).try_fold(Trust::new(), |trust, _| {
        trust.key(PrivateKey::generate(Algorithm::Ed25519).unwrap().public().clone())
    });
    assert_eq!(many.unwrap_err().kind(), Kind::Limit);
}

//! What databases prove, against rpm's own verification, and after forgeries.

mod rpm_support;

use std::path::Path;

use jiff::Timestamp;
use reposnap::openpgp::Keyring;
use reposnap_image::package::Proof;
use reposnap_image::rpm::{self, Files, Header, Trust, proof, tag};
use rpm_support::*;

fn fingerprint(key: &[u8]) -> String {
    Keyring::from_bytes(key).unwrap().certificates(Timestamp::now())[0].fingerprint.clone()
}

fn broken(proof: &Proof) -> &str {
    match proof {
        Proof::Broken { why } => why,
        other => panic!("not broken: {other:?}"),
    }
}

#[test]
fn proofs_are_what_rpm_says_of_the_packages() {
    let world = world();
    let keyring = world.keyring();
    let main = std::fs::read(world.copy("proofs")).unwrap();
    let read = rpm::read(&Files::new("db", &main), Some(&Trust::new(Some(&keyring), Timestamp::now()))).unwrap();
    assert_eq!(read.packages.len(), PACKAGES.len());

    let keys = world.dir.join("proof-keys");
    let _ = std::fs::remove_dir_all(&keys);
    for name in ["rsa.asc", "ed25519.asc"] {
        run(world.rpm(&keys).arg("--import").arg(world.dir.join(name)));
    }
    for package in &read.packages {
        let told = world.rpm(&keys).arg("-Kv").arg(world.package(&package.name)).output().unwrap();
        let told = String::from_utf8(told.stdout).unwrap();
        let header = told.lines().find(|line| line.contains("Header V4"));
        let proof = package.proof.as_ref().unwrap();
        match package.name.as_str() {
            "demo-caret" => {
                assert_eq!((proof, header), (&Proof::Unsigned, None));
                assert!(told.contains("Header SHA256 digest: OK"), "{told}");
            }
            // This rpm still takes it.
            "demo-weak" => {
                assert!(header.unwrap().contains("RSA/SHA1"), "{told}");
                assert!(broken(proof).ends_with("[weak-digest]"), "{proof:?}");
            }
            name => {
                let (key, algorithm) = match name {
                    "demo-epoch" => (&world.ed25519, "EdDSA/SHA512"),
                    _ => (&world.rsa, "RSA/SHA256"),
                };
                let signer = fingerprint(key);
                let id = signer[signer.len() - 8..].to_lowercase();
                assert_eq!(header.unwrap().trim(), format!("Header V4 {algorithm} Signature, key ID {id}: OK"));
                assert_eq!(proof, &Proof::Signed { signer });
            }
        }
    }
}

#[test]
fn a_signer_that_was_not_given_is_unknown() {
    let world = world();
    let blob = world.blob("demo-epoch");
    let header = Header::parse(&blob).unwrap();
    let key = fingerprint(&world.ed25519);
    let rsa = Keyring::from_bytes(&world.rsa).unwrap();
    for keyring in [None, Some(&rsa)] {
        let proof = proof::prove(&header, &Trust::new(keyring, Timestamp::now()));
        assert_eq!(proof, Proof::UnknownSigner { key: key.clone() });
    }
    // A signature from the future, as far as whoever asks can tell.
    let both = world.keyring();
    let proof = proof::prove(&header, &Trust::new(Some(&both), Timestamp::UNIX_EPOCH));
    assert!(broken(&proof).contains("[future-"), "{proof:?}");
}

/// A header in parts, to be forged.
struct Parts {
    index: Vec<[u8; 16]>,
    data: Vec<u8>,
}

impl Parts {
    fn of(blob: &[u8]) -> Self {
        let entries = u32::from_be_bytes(blob[..4].try_into().unwrap()) as usize;
        let (index, data) = blob[8..].split_at(entries * 16);
        Self { index: index.chunks(16).map(|entry| entry.try_into().unwrap()).collect(), data: data.to_vec() }
    }

    fn bytes(&self) -> Vec<u8> {
        let count = |length: usize| u32::try_from(length).unwrap().to_be_bytes();
        [&count(self.index.len())[..], &count(self.data.len()), &self.index.concat(), &self.data].concat()
    }

    /// The value of a tag, to be overwritten.
    fn value(&mut self, tag: u32, length: usize) -> &mut [u8] {
        let entry = self.index.iter().find(|entry| entry[..4] == tag.to_be_bytes()).unwrap();
        let at = u32::from_be_bytes(entry[8..12].try_into().unwrap()) as usize;
        &mut self.data[at..at + length]
    }

    /// Adds an entry outside of the region.
    fn add(&mut self, tag: u32, kind: u32, count: u32, value: &[u8]) {
        while !self.data.len().is_multiple_of(4) {
            self.data.push(0);
        }
        let at = u32::try_from(self.data.len()).unwrap();
        self.index.push([tag, kind, at, count].map(u32::to_be_bytes).concat().try_into().unwrap());
        self.data.extend_from_slice(value);
    }

    fn remove(&mut self, tag: u32) {
        self.index.retain(|entry| entry[..4] != tag.to_be_bytes());
    }

    /// The region's digests made right again, as a forger would.
    fn digest_again(&mut self, world: &World) {
        let blob = self.bytes();
        let signed = Header::parse(&blob).unwrap().region().unwrap().signed_bytes();
        let file = world.dir.join("signed-bytes");
        std::fs::write(&file, signed).unwrap();
        for (program, tag, digits) in [("sha256sum", tag::SHA256_HEADER, 64), ("sha1sum", tag::SHA1_HEADER, 40)] {
            let sum = run(std::process::Command::new(program).arg(&file));
            self.value(tag, digits).copy_from_slice(&sum[..digits]);
        }
    }
}

#[test]
fn forged_headers() {
    let world = world();
    let keyring = world.keyring();
    let trust = Trust::new(Some(&keyring), Timestamp::now());
    let prove = |blob: &[u8]| proof::prove(&Header::parse(blob).unwrap(), &trust);
    let original = world.blob("demo");
    let mut same = Parts::of(&original);
    assert_eq!(same.bytes(), original);
    same.digest_again(world);
    assert_eq!(same.bytes(), original, "the digests are what rpm computed");
    assert!(matches!(prove(&original), Proof::Signed { .. }));

    let mut changed = Parts::of(&original);
    changed.value(tag::NAME, 4).copy_from_slice(b"evil");
    assert!(broken(&prove(&changed.bytes())).contains("SHA256HEADER"));
    changed.digest_again(world);
    assert!(broken(&prove(&changed.bytes())).contains("[bad-signature]"));
    // Without the signature, it is a package that nobody signed.
    changed.remove(tag::RSA_HEADER);
    assert_eq!(prove(&changed.bytes()), Proof::Unsigned);
    changed.remove(tag::SHA256_HEADER);
    assert_eq!(prove(&changed.bytes()), Proof::Unsigned, "SHA-1 alone");
    changed.remove(tag::SHA1_HEADER);
    assert!(broken(&prove(&changed.bytes())).contains("neither a digest nor a signature"));

    // One digest that holds does not make up for one that does not.
    let mut changed = Parts::of(&original);
    changed.value(tag::SHA1_HEADER, 1)[0] ^= 1;
    assert!(broken(&prove(&changed.bytes())).contains("SHA1HEADER"));

    // A name beside the signed one: rpm shows it, so nothing is proven of what is shown.
    let mut changed = Parts::of(&original);
    changed.add(tag::NAME, 6, 1, b"evil\0");
    let blob = changed.bytes();
    assert!(broken(&prove(&blob)).contains("NAME outside"));
    let dir = world.dir.join("forged");
    let file = bdb(&dir, "", false, &[(1, blob)]);
    let bytes = std::fs::read(&file).unwrap();
    let lines = our_lines(&Files::new("Packages", &bytes));
    assert!(lines[0].starts_with("evil 1.0~rc1-1 "));
    assert_eq!(lines, rpm_lines(&mut rpm_with("bdb_ro", Path::new(&dir))));

    // A package that calls itself a key is still one.
    let mut changed = Parts::of(&original);
    changed.add(tag::NAME, 6, 1, b"gpg-pubkey\0");
    let bytes = std::fs::read(bdb(&dir, "", false, &[(1, changed.bytes())])).unwrap();
    let read = rpm::read(&Files::new("Packages", &bytes), None).unwrap();
    assert_eq!((read.packages.len(), read.keys.len()), (1, 0));

    // An epoch where the signed header has none.
    let mut changed = Parts::of(&original);
    changed.add(tag::EPOCH, 4, 1, &9u32.to_be_bytes());
    assert!(broken(&prove(&changed.bytes())).contains("EPOCH outside"));
    // What rpm adds at installation has no say.
    let mut changed = Parts::of(&original);
    changed.value(tag::INSTALL_TIME, 4).copy_from_slice(&[0, 0, 0, 1]);
    assert!(matches!(prove(&changed.bytes()), Proof::Signed { .. }));
}

#[test]
fn signatures_as_rpm_6_keeps_them() {
    use base64::Engine as _;
    let world = world();
    let keyring = world.keyring();
    let trust = Trust::new(Some(&keyring), Timestamp::now());
    let prove = |parts: &Parts| proof::prove(&Header::parse(&parts.bytes()).unwrap(), &trust);
    let blob = world.blob("demo");
    let signature = Header::parse(&blob).unwrap().binary(tag::RSA_HEADER).unwrap().to_vec();
    let text = [base64::engine::general_purpose::STANDARD.encode(&signature).as_bytes(), b"\0"].concat();
    let signed = Proof::Signed { signer: fingerprint(&world.rsa) };

    let mut parts = Parts::of(&blob);
    parts.add(tag::OPENPGP, 8, 1, &text);
    assert_eq!(prove(&parts), signed, "both tags");
    parts.remove(tag::RSA_HEADER);
    assert_eq!(prove(&parts), signed, "the new tag alone");

    let mut wrong = Parts::of(&blob);
    wrong.remove(tag::RSA_HEADER);
    wrong.add(tag::OPENPGP, 8, 1, b"no base64!\0");
    assert!(broken(&prove(&wrong)).contains("base64"));
    // Many of them: a limit, not minutes of work.
    let mut many = Parts::of(&blob);
    many.remove(tag::RSA_HEADER);
    many.add(tag::OPENPGP, 8, 3, &[&text[..], &text, &text].concat());
    assert_eq!(prove(&many), signed, "the same one again");
    let other = world.blob("demo-many");
    let other = Header::parse(&other).unwrap().binary(tag::RSA_HEADER).unwrap().to_vec();
    let others: Vec<u8> = (0..40u8)
        .flat_map(|n| {
            let mut packet = other.clone();
            *packet.last_mut().unwrap() ^= n;
            [base64::engine::general_purpose::STANDARD.encode(&packet).as_bytes(), b"\0"].concat()
        })
        .collect();
    let mut many = Parts::of(&blob);
    many.remove(tag::RSA_HEADER);
    many.add(tag::OPENPGP, 8, 40, &others);
    assert!(broken(&prove(&many)).contains("[signature-count]"));
}

//! What this library signs, gpgv accepts and gives back byte for byte; and it
//! signs through a real gpg-agent.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reposnap::Kind;
use reposnap::openpgp::{self, GpgAgent, KeyFile, Keyring, Policy, Signer};

/// A text with all that dash-escaping is for.
const TEXT: &[u8] =
    b"Origin: Test\nSuite: stable\n- dash\n--\n-\nFrom here\n\n-----BEGIN PGP SIGNATURE-----\n caf\xc3\xa9 \xff\n";

fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{:?} can't be run: {error}", command.get_program()))
}

/// GnuPG's home below a short path, for its sockets.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("g").tempdir_in("/tmp").expect("a directory");
        std::fs::write(dir.path().join("gpg.conf"), "").expect("gpg.conf");
        Self(dir)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn gpg(&self, arguments: &[&str]) -> Output {
        let output = run(Command::new("gpg").arg("--homedir").arg(self.path()).arg("--batch").args(arguments));
        assert!(output.status.success(), "gpg {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn new_key(&self, user: &str, algorithm: &str, usage: &str, passphrase: &str) -> String {
        self.gpg(&[
            "--pinentry-mode",
            "loopback",
            "--passphrase",
            passphrase,
            "--quick-gen-key",
            user,
            algorithm,
            usage,
        ]);
        self.fingerprints(user).remove(0)
    }

    fn fingerprints(&self, user: &str) -> Vec<String> {
        let listed = String::from_utf8(self.gpg(&["--with-colons", "--list-keys", user]).stdout).expect("UTF-8");
        listed
            .lines()
            .filter(|l| l.starts_with("fpr:"))
            .map(|l| l.split(':').nth(9).expect("field 10").into())
            .collect()
    }

    fn kill_agent(&self) {
        run(Command::new("gpgconf").arg("--homedir").arg(self.path()).args(["--kill", "all"]));
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.kill_agent();
    }
}

/// Runs gpgv and gives back the text that it takes as signed.
fn gpgv(dir: &Path, certificate: &[u8], message: &[u8]) -> Vec<u8> {
    let (keyring, file, out) = (dir.join("ring.asc"), dir.join("message"), dir.join("text"));
    std::fs::write(&keyring, certificate).expect("keyring");
    std::fs::write(&file, message).expect("message");
    let _ = std::fs::remove_file(&out);
    let binary = dearmor(dir, &keyring);
    let output = run(Command::new("gpgv").arg("--keyring").arg(&binary).arg("--output").arg(&out).arg(&file));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(out).expect("gpgv's text")
}

fn dearmor(dir: &Path, armored: &Path) -> PathBuf {
    let binary = dir.join("ring.gpg");
    let _ = std::fs::remove_file(&binary);
    let output = run(Command::new("gpg")
        .args(["--batch", "--homedir"])
        .arg(dir)
        .arg("--output")
        .arg(&binary)
        .arg("--dearmor")
        .arg(armored));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    binary
}

/// Both kinds of signature are accepted by us and by gpgv.
fn accepted_everywhere(signer: &dyn Signer, dir: &Path) {
    let certificate = signer.certificate().expect("certificate");
    let keyring = Keyring::from_bytes(&certificate).expect("own certificate");
    let message = signer.clearsign(TEXT).expect("a message");
    let ours = openpgp::verify_inline(&message, &keyring, &Policy::default(), Timestamp::now()).expect("good");
    assert_eq!(ours.value(), TEXT);
    assert_eq!(gpgv(dir, &certificate, &message), TEXT);

    let signature = signer.detach_sign(TEXT).expect("a signature");
    openpgp::verify_detached(TEXT, &signature, &keyring, &Policy::default(), Timestamp::now()).expect("good");
    let (apart, text) = (dir.join("signature"), dir.join("signed"));
    std::fs::write(&apart, &signature).expect("signature");
    std::fs::write(&text, TEXT).expect("text");
    let output = run(Command::new("gpgv").arg("--keyring").arg(dir.join("ring.gpg")).arg(&apart).arg(&text));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_generated_key() {
    let dir = tempfile::tempdir().expect("a directory");
    let key = openpgp::generate("Archive <archive@example.org>", Timestamp::now(), None).expect("a key");
    accepted_everywhere(&key, dir.path());

    let again = KeyFile::from_bytes(&key.to_armored_secret().expect("secret"), None).expect("own file");
    assert_eq!(again.fingerprint(), key.fingerprint());
    accepted_everywhere(&again, dir.path());
    assert!(!format!("{key:?}").contains("PRIVATE"));
}

#[test]
fn a_key_that_is_no_longer_valid() {
    let hour = Duration::from_secs(3600);
    let created = Timestamp::now() - SignedDuration::from_hours(2);
    let key = openpgp::generate("Short", created, Some(hour)).expect("a key");
    assert_eq!(key.clearsign(TEXT).expect_err("expired").broken_rule(), Some("expired-key"));
    let key = key.at(created + SignedDuration::from_mins(30));
    let message = key.clearsign(TEXT).expect("it was valid then");
    let keyring = Keyring::from_bytes(&key.certificate().expect("certificate")).expect("keyring");
    let error = openpgp::verify_inline(&message, &keyring, &Policy::default(), Timestamp::now()).expect_err("now");
    assert_eq!(error.broken_rule(), Some("expired-key"));
    let then = Policy::default().as_of(created + SignedDuration::from_mins(40));
    openpgp::verify_inline(&message, &keyring, &then, Timestamp::now()).expect("as of then");
}

#[test]
fn gpg_reads_a_generated_key() {
    let home = Home::new();
    let key = openpgp::generate("Archive <archive@example.org>", Timestamp::now(), Some(Duration::from_secs(86400)))
        .expect("a key");
    let file = home.path().join("key.asc");
    std::fs::write(&file, key.to_armored_secret().expect("secret")).expect("file");
    home.gpg(&["--import", file.to_str().expect("UTF-8")]);
    accepted_everywhere(&GpgAgent::new(&key.fingerprint()).expect("fingerprint").homedir(home.path()), home.path());
}

#[test]
fn keys_of_gpg_in_files() {
    let home = Home::new();
    for (user, algorithm) in [("ed", "ed25519"), ("rsa", "rsa2048"), ("p256", "nistp256")] {
        let fingerprint = home.new_key(user, algorithm, "sign", "");
        let binary = home.gpg(&["--export-secret-keys", &fingerprint]).stdout;
        let key = KeyFile::from_bytes(&binary, None).expect(algorithm);
        assert_eq!(key.fingerprint(), fingerprint);
        accepted_everywhere(&key, home.path());
        let armored = home.gpg(&["--armor", "--export-secret-keys", &fingerprint]).stdout;
        accepted_everywhere(&KeyFile::from_bytes(&armored, None).expect("armored"), home.path());
    }
}

#[test]
fn a_key_with_a_password() {
    let home = Home::new();
    let fingerprint = home.new_key("locked", "ed25519", "sign", "secret");
    let loopback = ["--pinentry-mode", "loopback", "--passphrase", "secret", "--armor"];
    let file = home.gpg(&[&loopback[..], &["--export-secret-keys", &fingerprint]].concat()).stdout;
    for password in [None, Some("wrong"), Some("")] {
        assert_eq!(KeyFile::from_bytes(&file, password).expect_err("locked").kind(), Kind::Usage);
    }
    let path = home.path().join("key.asc");
    std::fs::write(&path, &file).expect("file");
    accepted_everywhere(&KeyFile::open(&path, Some("secret")).expect("unlocked"), home.path());
}

#[test]
fn a_signing_subkey_is_preferred() {
    let home = Home::new();
    let primary = home.new_key("owner", "ed25519", "cert", "");
    home.gpg(&["--pinentry-mode", "loopback", "--passphrase", "", "--quick-add-key", &primary, "ed25519", "sign", "0"]);
    let subkey = home.fingerprints("owner").remove(1);
    let file = home.gpg(&["--export-secret-keys", &primary]).stdout;
    let key = KeyFile::from_bytes(&file, None).expect("a key");
    accepted_everywhere(&key, home.path());

    // The primary key kept offline: only a stub of it is in the file.
    let file = home.gpg(&["--export-secret-subkeys", &primary]).stdout;
    accepted_everywhere(&KeyFile::from_bytes(&file, None).expect("subkeys"), home.path());

    for fingerprint in [primary.clone(), subkey.clone(), format!("{subkey}!")] {
        let agent = GpgAgent::new(&fingerprint).expect("fingerprint").homedir(home.path());
        accepted_everywhere(&agent, home.path());
        let message = agent.clearsign(TEXT).expect("a message");
        let keyring = Keyring::from_bytes(&agent.certificate().expect("certificate")).expect("keyring");
        let verified = openpgp::verify_inline(&message, &keyring, &Policy::default(), Timestamp::now()).expect("good");
        assert_eq!((&verified.signers()[0].primary, &verified.signers()[0].key), (&primary, &subkey));
        assert_eq!(verified.signers()[0].user_id.as_deref(), Some("owner"));
    }
}

#[test]
fn gpg_agent_that_can_not() {
    let home = Home::new();
    let fingerprint = home.new_key("here", "ed25519", "sign", "");
    let agent = || GpgAgent::new(&fingerprint).expect("fingerprint").homedir(home.path());
    let strange = GpgAgent::new(&"A".repeat(40)).expect("fingerprint").homedir(home.path());
    assert_eq!(strange.clearsign(TEXT).expect_err("no such key").kind(), Kind::NotFound);
    assert_eq!(strange.certificate().expect_err("no such key").kind(), Kind::NotFound);
    assert_eq!(agent().program("/nonexistent/gpg").clearsign(TEXT).expect_err("no gpg").kind(), Kind::NotFound);
    assert_eq!(GpgAgent::new("1234ABCD").expect_err("a short ID").kind(), Kind::Usage);

    let locked = home.new_key("locked", "ed25519", "sign", "secret");
    std::fs::write(home.path().join("gpg-agent.conf"), "pinentry-program /bin/false\n").expect("configuration");
    home.kill_agent();
    let error = GpgAgent::new(&locked).expect("fingerprint").homedir(home.path()).clearsign(TEXT).expect_err("locked");
    assert_eq!(error.kind(), Kind::Usage, "{error}");
    assert!(error.to_string().contains("locked"), "{error}");

    home.kill_agent();
    std::fs::write(home.path().join("gpg.conf"), "agent-program /nonexistent/agent\n").expect("configuration");
    let error = agent().clearsign(TEXT).expect_err("no agent");
    assert!(error.to_string().contains("gpg-agent can't be reached"), "{error}");
}

#[test]
fn gpg_of_an_expired_key() {
    let home = Home::new();
    let created = Timestamp::now() - SignedDuration::from_hours(2);
    let key = openpgp::generate("Short", created, Some(Duration::from_secs(3600))).expect("a key");
    let file = home.path().join("key.asc");
    std::fs::write(&file, key.to_armored_secret().expect("secret")).expect("file");
    home.gpg(&["--import", file.to_str().expect("UTF-8")]);
    let agent = GpgAgent::new(&key.fingerprint()).expect("fingerprint").homedir(home.path());
    let error = agent.clearsign(TEXT).expect_err("expired");
    assert_eq!(error.kind(), Kind::Verification, "{error}");
}

#[test]
fn text_that_would_not_come_back() {
    let key = openpgp::generate("Archive", Timestamp::now(), None).expect("a key");
    for (text, line) in [(&b""[..], 1), (b"a", 1), (b"a\nb \nc\n", 2), (b"a\n\t\n", 2), (b"a\r\n", 1), (b"a\n\0\n", 2)]
    {
        let error = key.clearsign(text).expect_err("refused");
        assert_eq!((error.kind(), error.at_line()), (Kind::Usage, Some(line)), "{error}");
        key.detach_sign(text).expect("a signature apart covers anything");
    }
    key.clearsign(b"\n").expect("an empty line is a text");
}

#[test]
fn what_is_no_key_file() {
    let key = openpgp::generate("Archive", Timestamp::now(), None).expect("a key");
    let secret = key.to_armored_secret().expect("secret");
    let two = [&secret[..], &secret[..]].concat();
    let cut = &secret[..secret.len() / 2];
    for wrong in [&b""[..], b"hello", &key.certificate().expect("certificate"), &two, cut] {
        let error = KeyFile::from_bytes(wrong, None).expect_err("no key");
        assert_eq!(error.kind(), Kind::Malformed, "{error}");
    }
    for wrong in ["", "  ", "a\nb", &"x".repeat(4000)] {
        assert_eq!(openpgp::generate(wrong, Timestamp::now(), None).expect_err("no user ID").kind(), Kind::Usage);
    }
}

#[test]
fn a_large_text_goes_through_gpg() {
    let home = Home::new();
    let fingerprint = home.new_key("large", "ed25519", "sign", "");
    let line = [b"0123456789abcdef".repeat(8), b"\n".to_vec()].concat();
    let text = line.repeat(8 << 10);
    let agent = GpgAgent::new(&fingerprint).expect("fingerprint").homedir(home.path());
    agent.clearsign(&text).expect("a message of a megabyte");
    // A gpg that ends before it has read all must not hang or kill us.
    let strange = GpgAgent::new(&"A".repeat(40)).expect("fingerprint").homedir(home.path());
    assert_eq!(strange.clearsign(&text).expect_err("no such key").kind(), Kind::NotFound);
}

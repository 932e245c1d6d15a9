//! A private GnuPG home: keys made, signatures and exports by the real `gpg`, verdicts by the real `gpgv`.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::process::{Finished, capture, succeed, succeed_with_input};

/// A temporary GnuPG home. Its agent ends with it.
pub struct GnuPg {
    home: TempDir,
}

/// How to sign, apart from the text.
#[derive(Debug, Clone, Default)]
pub struct Signing<'a> {
    /// Fingerprints of the signers, in order.
    pub keys: &'a [&'a str],
    /// The digest algorithm; `SHA256` when `None`.
    pub digest: Option<&'a str>,
    /// The time that gpg shall believe in, such as `20240102T030405`.
    pub at: Option<&'a str>,
}

impl GnuPg {
    /// An empty home with a short path: the agent's socket must fit in 108 bytes.
    pub fn new() -> Self {
        let home = tempfile::Builder::new().prefix("gpg").tempdir().expect("a temporary directory");
        restrict(home.path());
        Self { home }
    }

    /// The home directory.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// `gpg` in this home, without questions.
    pub fn gpg(&self) -> Command {
        let mut command = Command::new("gpg");
        command.arg("--homedir").arg(self.home()).args([
            "--batch",
            "--yes",
            "--no-tty",
            "--quiet",
            "--pinentry-mode",
            "loopback",
            "--passphrase",
            "",
        ]);
        command
    }

    /// Makes an unprotected Ed25519 signing key that never expires; gives its fingerprint.
    pub fn generate(&self, user_id: &str) -> String {
        self.generate_as(user_id, "ed25519", "never", None)
    }

    /// Makes an unprotected signing key. `algorithm`, `expiry` as in `gpg --quick-generate-key`; `at` is the time that
    /// gpg shall believe in.
    pub fn generate_as(&self, user_id: &str, algorithm: &str, expiry: &str, at: Option<&str>) -> String {
        let mut command = self.gpg();
        if let Some(time) = at {
            command.args(["--faked-system-time", time]);
        }
        command.args(["--status-fd", "1", "--quick-generate-key", user_id, algorithm, "sign", expiry]);
        let status = succeed(&mut command).text();
        let created = status.lines().find_map(|line| line.strip_prefix("[GNUPG:] KEY_CREATED "));
        let fingerprint = created.and_then(|rest| rest.split(' ').nth(1));
        fingerprint.unwrap_or_else(|| panic!("gpg named no new key:\n{status}")).to_owned()
    }

    /// Makes keys from a parameter file, as `gpg --generate-key` reads it; for what the quick form can't say.
    pub fn generate_from(&self, parameters: &str) -> String {
        let status = succeed_with_input(self.gpg().args(["--status-fd", "1", "--generate-key"]), parameters.as_bytes());
        let text = status.text();
        let created = text.lines().find_map(|line| line.strip_prefix("[GNUPG:] KEY_CREATED "));
        created.and_then(|rest| rest.split(' ').nth(1)).expect("gpg names the new key").to_owned()
    }

    /// Takes in keys, public or secret.
    pub fn import(&self, keys: &[u8]) {
        succeed_with_input(self.gpg().arg("--import"), keys);
    }

    /// The public key in binary form.
    pub fn export(&self, fingerprint: &str) -> Vec<u8> {
        succeed(self.gpg().args(["--export", fingerprint])).stdout
    }

    /// The public key in ASCII armor.
    pub fn export_armored(&self, fingerprint: &str) -> Vec<u8> {
        succeed(self.gpg().args(["--armor", "--export", fingerprint])).stdout
    }

    /// The secret key in ASCII armor.
    pub fn export_secret(&self, fingerprint: &str) -> Vec<u8> {
        succeed(self.gpg().args(["--armor", "--export-secret-keys", fingerprint])).stdout
    }

    /// Writes the public key to `file` in binary form, as `Signed-By` wants it.
    pub fn write_keyring(&self, fingerprint: &str, file: &Path) -> PathBuf {
        std::fs::write(file, self.export(fingerprint)).expect("writing a keyring");
        file.to_owned()
    }

    /// A cleartext message by one key.
    pub fn clearsign(&self, fingerprint: &str, text: &[u8]) -> Vec<u8> {
        self.clearsign_as(&Signing { keys: &[fingerprint], ..Signing::default() }, text)
    }

    /// A cleartext message, as told.
    pub fn clearsign_as(&self, signing: &Signing<'_>, text: &[u8]) -> Vec<u8> {
        succeed_with_input(self.signing_command(signing).arg("--clearsign"), text).stdout
    }

    /// An armored detached signature by one key.
    pub fn detach_sign(&self, fingerprint: &str, text: &[u8]) -> Vec<u8> {
        self.detach_sign_as(&Signing { keys: &[fingerprint], ..Signing::default() }, text)
    }

    /// An armored detached signature, as told.
    pub fn detach_sign_as(&self, signing: &Signing<'_>, text: &[u8]) -> Vec<u8> {
        succeed_with_input(self.signing_command(signing).args(["--armor", "--detach-sign"]), text).stdout
    }

    fn signing_command(&self, signing: &Signing<'_>) -> Command {
        let mut command = self.gpg();
        if let Some(time) = signing.at {
            command.args(["--faked-system-time", time]);
        }
        // SHA-1 is refused without the last option; hostile cases need it.
        command.args(["--digest-algo", signing.digest.unwrap_or("SHA256"), "--allow-weak-digest-algos"]);
        for key in signing.keys {
            command.args(["--local-user", &format!("{key}!")]);
        }
        command
    }
}

impl Default for GnuPg {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for GnuPg {
    fn drop(&mut self) {
        // The agent started itself in the background; nothing is lost when it is gone already.
        drop(Command::new("gpgconf").arg("--homedir").arg(self.home()).args(["--kill", "all"]).output());
    }
}

/// What `gpgv` says of a signed file (InRelease, or `[Release.gpg, Release]`) under one binary keyring.
pub fn gpgv(keyring: &Path, files: &[&Path]) -> Finished {
    capture(Command::new("gpgv").arg("--keyring").arg(keyring).args(files))
}

/// Only the owner may enter: gpg warns otherwise.
fn restrict(directory: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o700)).expect("setting a mode");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gpgv_agrees_with_what_gpg_signed() {
        let gpg = GnuPg::new();
        let key = gpg.generate("Test <test@example.invalid>");
        let directory = tempfile::tempdir().expect("a temporary directory");
        let keyring = gpg.write_keyring(&key, &directory.path().join("keyring.gpg"));
        let (inline, text, detached) =
            (directory.path().join("inline"), directory.path().join("text"), directory.path().join("text.gpg"));
        std::fs::write(&inline, gpg.clearsign(&key, b"Suite: stable\n")).expect("writing");
        std::fs::write(&text, b"Suite: stable\n").expect("writing");
        std::fs::write(&detached, gpg.detach_sign(&key, b"Suite: stable\n")).expect("writing");
        assert_eq!(gpgv(&keyring, &[&inline]).code(), 0);
        assert_eq!(gpgv(&keyring, &[&detached, &text]).code(), 0);
        std::fs::write(&text, b"Suite: other\n").expect("writing");
        assert_eq!(gpgv(&keyring, &[&detached, &text]).code(), 1);
    }

    #[test]
    fn a_secret_key_moves_to_another_home() {
        let (first, second) = (GnuPg::new(), GnuPg::new());
        let key = first.generate("Test <test@example.invalid>");
        second.import(&first.export_secret(&key));
        assert!(second.clearsign(&key, b"text\n").starts_with(b"-----BEGIN PGP SIGNED MESSAGE-----"));
    }

    #[test]
    fn time_and_digest_are_as_told() {
        let gpg = GnuPg::new();
        let key = gpg.generate_as("Old <old@example.invalid>", "rsa2048", "1y", Some("20200101T000000"));
        let signing = Signing { keys: &[&key], digest: Some("SHA512"), at: Some("20200601T000000") };
        let message = String::from_utf8(gpg.clearsign_as(&signing, b"text\n")).expect("armor is ASCII");
        assert!(message.contains("Hash: SHA512"), "{message}");
    }
}

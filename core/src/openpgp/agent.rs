//! Signing through the user's gpg-agent, which keeps the key to itself.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use jiff::Timestamp;

use super::keyring::Keyring;
use super::policy::{Policy, SignerId};
use super::sign::{Signer, check_clearsigned, check_signable};
use super::{armor, verify};
use crate::error::{Error, Kind, Result};

/// A key that gpg-agent holds (or a card behind it), used by running `gpg`.
///
/// Every signature is verified with the key's certificate before it is
/// handed out. The agent may ask for a passphrase, as it is set up to.
///
/// ```no_run
/// use reposnap::openpgp::{GpgAgent, Signer as _};
/// let agent = GpgAgent::new("417E2CBBC7FACEEEB2167A92059392D39A1B3825")?;
/// let in_release = agent.clearsign(b"Suite: stable\n")?;
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct GpgAgent {
    key: SignerId,
    homedir: Option<PathBuf>,
    program: PathBuf,
}

impl GpgAgent {
    /// The key with this full fingerprint. Of a primary key's subkeys gpg
    /// chooses the newest that may sign, unless a `!` at the end asks for this
    /// very key.
    ///
    /// # Errors
    /// `Kind::Usage` for what is not a fingerprint. Whether the key is there
    /// is found when it signs.
    pub fn new(fingerprint: &str) -> Result<Self> {
        Ok(Self { key: fingerprint.parse()?, homedir: None, program: PathBuf::from("gpg") })
    }

    /// GnuPG's home directory, instead of `$GNUPGHOME` or `~/.gnupg`.
    #[must_use]
    pub fn homedir(mut self, path: impl Into<PathBuf>) -> Self {
        self.homedir = Some(path.into());
        self
    }

    /// The program to run, instead of `gpg` from the search path.
    #[must_use]
    pub fn program(mut self, path: impl Into<PathBuf>) -> Self {
        self.program = path.into();
        self
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> Result<Output> {
        let mut command = Command::new(&self.program);
        if let Some(homedir) = &self.homedir {
            command.arg("--homedir").arg(homedir);
        }
        command.args(["--batch", "--no-tty", "--status-fd", "2", "--no-auto-check-trustdb"]).args(arguments);
        // The messages are told apart by their English words.
        command.env("LC_ALL", "C").env("LANGUAGE", "C");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|error| Error::io(self.program.display(), error).help("install GnuPG, or name its program"))?;
        let stdin = child.stdin.take();
        std::thread::scope(|scope| {
            // gpg writes while it reads: feeding and draining have to go on together.
            scope.spawn(move || {
                // A gpg that stops reading says why on its own.
                let _ = stdin.map(|mut pipe| pipe.write_all(input));
            });
            child.wait_with_output()
        })
        .map_err(|error| Error::io(self.program.display(), error))
    }

    fn sign(&self, arguments: &[&str], text: &[u8]) -> Result<Vec<u8>> {
        let key = self.key.to_string();
        let fixed = ["--digest-algo", "SHA512", "--local-user", &key];
        let output = self.run(&[&fixed, arguments].concat(), text)?;
        if !output.status.success() || output.stdout.is_empty() {
            return Err(self.failure(&output));
        }
        Ok(output.stdout)
    }

    fn export(&self) -> Result<Vec<u8>> {
        // The exact form would leave out what binds a subkey.
        let output = self.run(&["--export-options", "export-minimal", "--export", self.key.fingerprint()], b"")?;
        if !output.status.success() {
            return Err(self.failure(&output));
        }
        if output.stdout.is_empty() {
            return Err(self.no_such_key());
        }
        Ok(output.stdout)
    }

    fn no_such_key(&self) -> Error {
        let home = match &self.homedir {
            Some(path) => format!(" in {}", path.display()),
            None => String::new(),
        };
        Error::new(Kind::NotFound, format!("gpg has no secret key {}{home}", self.key))
            .help("`gpg --list-secret-keys` shows those that it has")
    }

    /// What gpg's status lines and messages say of a failure.
    fn failure(&self, output: &Output) -> Error {
        let told = String::from_utf8_lossy(&output.stderr);
        let says = |words: &[&str]| words.iter().any(|word| told.contains(word));
        let reason = told.lines().rfind(|line| line.starts_with("gpg: ")).unwrap_or("gpg failed without a word");
        if says(&["No agent running", "can't connect to the agent", "No gpg-agent"]) {
            return Error::new(Kind::Io, format!("gpg-agent can't be reached ({reason})"))
                .help("start it with `gpgconf --launch gpg-agent`");
        }
        if says(&["[GNUPG:] PINENTRY_LAUNCHED", "No pinentry", "Bad passphrase", "Operation cancelled", "Timeout"]) {
            return Error::new(
                Kind::Usage,
                format!("the key {} is locked: its passphrase was not given ({reason})", self.key),
            )
            .help("sign something with gpg by hand first, so that gpg-agent remembers the passphrase");
        }
        if says(&["Unusable secret key", "KEYEXPIRED", "KEYREVOKED"]) {
            return Error::new(
                Kind::Verification,
                format!("the key {} can't sign: it has expired, is revoked or not meant for it", self.key),
            );
        }
        if says(&["No secret key", "INV_SGNR"]) {
            return self.no_such_key();
        }
        Error::new(Kind::Io, format!("gpg could not sign ({reason})"))
    }
}

impl Signer for GpgAgent {
    fn fingerprint(&self) -> String {
        self.key.fingerprint().to_string()
    }

    fn clearsign(&self, text: &[u8]) -> Result<Vec<u8>> {
        check_signable(text)?;
        let message = self.sign(&["--clearsign"], text)?;
        let public = Keyring::from_bytes(&self.export()?)?;
        check_clearsigned(text, &message, &public, Timestamp::now())?;
        Ok(message)
    }

    fn detach_sign(&self, text: &[u8]) -> Result<Vec<u8>> {
        let signature = self.sign(&["--armor", "--detach-sign"], text)?;
        let public = Keyring::from_bytes(&self.export()?)?;
        verify::verify_detached(text, &signature, &public, &Policy::default(), Timestamp::now())?;
        Ok(signature)
    }

    fn certificate(&self) -> Result<Vec<u8>> {
        Ok(armor::write("PUBLIC KEY BLOCK", &self.export()?))
    }
}

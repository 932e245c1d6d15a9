//! Policies from control data. Unknown fields are errors: a rule that was misspelt must not be a rule that is not there.

use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;

use super::policy::{Check, MOST_LISTED, Origin, Policy};
use super::span::Span;
use crate::deb::stanza::{Stanza, Stanzas};
use crate::error::{Error, Kind, Result};
use crate::openpgp::{Keyring, SignerId};
use crate::store::refs::check_name;

/// Gives the bytes of a file that a policy names.
type Files<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>>;

/// The policies of a file, in order.
pub(super) fn policies(text: &[u8], files: Files<'_>) -> Result<Vec<Policy>> {
    let (text, lines) = without_comments(text);
    let original = |line: u64| usize::try_from(line - 1).ok().and_then(|at| lines.get(at)).copied().unwrap_or(line);
    let mut policies: Vec<Policy> = Vec::new();
    for stanza in Stanzas::new(&text) {
        // The line of an error can only be set once, and the one it has is of the text without comments.
        let stanza = stanza.map_err(|error| match error.at_line() {
            Some(line) => {
                let moved = Error::new(error.kind(), error.message()).line(original(line));
                error.at_field().map(str::to_owned).into_iter().fold(moved, Error::field)
            }
            None => error,
        })?;
        let policy = policy(&stanza, &original, files)?;
        if policies.iter().any(|known| known.environment == policy.environment) {
            return Err(Error::new(Kind::Malformed, format!("there are two policies for {:?}", policy.environment))
                .line(original(stanza.line())));
        }
        policies.push(policy);
    }
    Ok(policies)
}

/// The bytes of a file that is at most `limit` large.
pub(super) fn file(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let io = |error| Error::io(path.display(), error);
    let mut bytes = Vec::new();
    std::fs::File::open(path).map_err(io)?.take(limit + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > limit {
        return Err(Error::new(Kind::Limit, "the file is too large")
            .path(path.display().to_string())
            .mismatch(format!("at most {limit} bytes"), "more"));
    }
    Ok(bytes)
}

/// The text without lines that begin with `#`, and the number that each line of it had.
fn without_comments(text: &[u8]) -> (Vec<u8>, Vec<u64>) {
    let (mut kept, mut lines) = (Vec::with_capacity(text.len()), Vec::new());
    for (number, line) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
        if line.first() != Some(&b'#') {
            kept.extend_from_slice(line);
            lines.push(number);
        }
    }
    (kept, lines)
}

fn policy(stanza: &Stanza<'_>, original: &dyn Fn(u64) -> u64, files: Files<'_>) -> Result<Policy> {
    let mut draft = Draft::default();
    let raw = stanza.raw();
    let mut seen: Vec<String> = Vec::new();
    for field in stanza.fields() {
        // A field's name is a part of the stanza, so its place in memory tells its place in the text.
        let offset = (field.name.as_ptr() as usize).saturating_sub(raw.as_ptr() as usize).min(raw.len());
        let line = original(stanza.line() + memchr::memchr_iter(b'\n', &raw[..offset]).count() as u64);
        let name = String::from_utf8_lossy(field.name).into_owned();
        let place = |error: Error| {
            let error = match error.kind() {
                Kind::Usage => as_malformed(&error),
                _ => error,
            };
            error.field(&name).line(line)
        };
        if seen.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
            return Err(place(Error::new(Kind::Malformed, "the policy has this field twice")));
        }
        let value = std::str::from_utf8(field.value)
            .map_err(|_| place(Error::new(Kind::Malformed, "the value is not UTF-8")))?;
        draft.set(&name, value, files).map_err(place)?;
        seen.push(name);
    }
    draft.finish().map_err(|error| as_malformed(&error).line(original(stanza.line())))
}

/// A fault of a file's text is one of its bytes, not of an argument.
fn as_malformed(error: &Error) -> Error {
    let kind = if error.kind() == Kind::Usage { Kind::Malformed } else { error.kind() };
    let copy = Error::new(kind, error.message()).rule("policy");
    let copy = error.at_path().into_iter().fold(copy, Error::path);
    let copy = error.at_field().into_iter().fold(copy, Error::field);
    error.advice().into_iter().fold(copy, Error::help)
}

/// A policy whose keys were not looked for yet.
#[derive(Default)]
struct Draft {
    environment: Option<String>,
    from: Vec<Origin>,
    minimum_age: Option<Span>,
    check: Option<Check>,
    architectures: Vec<String>,
    tests: Vec<String>,
    tests_bound: bool,
    approvals: Option<usize>,
    signed_by: Vec<SignerId>,
    maximum_age: Option<Span>,
    frozen: bool,
    signed_entries: bool,
    promoters: Vec<SignerId>,
    owners: Vec<SignerId>,
    overrides: bool,
    gated_rollback: bool,
    /// Files and blocks of certificates.
    certificates: Vec<Vec<u8>>,
}

impl Draft {
    fn set(&mut self, name: &str, value: &str, files: Files<'_>) -> Result<()> {
        match name.to_ascii_lowercase().as_str() {
            "environment" => {
                check_name(value)?;
                self.environment = Some(value.to_owned());
            }
            "from" => self.from = words(value)?.into_iter().map(Origin::parse).collect::<Result<_>>()?,
            "minimum-age" => self.minimum_age = Some(value.parse()?),
            "check" => {
                self.check =
                    Some(word(value, &[("clean", Check::Clean), ("none-uninstallable", Check::NoneUninstallable)])?);
            }
            "architectures" => {
                self.architectures = words(value)?.into_iter().map(architecture).collect::<Result<_>>()?;
            }
            "tests" => self.tests = tests(value)?,
            "tests-bound" => self.tests_bound = yes_or_no(value)?,
            "approvals" => {
                let number = value.parse().ok().filter(|number| (1..=MOST_LISTED).contains(number));
                self.approvals =
                    Some(number.ok_or_else(|| usage(format!("{value:?} is no number from 1 to {MOST_LISTED}")))?);
            }
            "signed-by" => self.signed_by = self.keys(value, files)?,
            "maximum-age" => self.maximum_age = Some(value.parse()?),
            "freeze" => self.frozen = yes_or_no(value)?,
            "signed-entries" => self.signed_entries = yes_or_no(value)?,
            "promoters" => self.promoters = self.keys(value, files)?,
            "owners" => self.owners = self.keys(value, files)?,
            "overrides" => self.overrides = yes_or_no(value)?,
            "rollback" => self.gated_rollback = word(value, &[("free", false), ("gated", true)])?,
            "keyring" => self.keyring(value, files)?,
            _ => {
                return Err(Error::new(Kind::Malformed, "a policy has no such field").rule("policy").help(
                    "the fields are Environment, From, Minimum-Age, Check, Architectures, Tests, Tests-Bound, Approvals, \
                     Signed-By, Maximum-Age, Freeze, Signed-Entries, Promoters, Owners, Overrides, Rollback and Keyring",
                ));
            }
        }
        Ok(())
    }

    /// Fingerprints, and files whose certificates are all meant.
    fn keys(&mut self, value: &str, files: Files<'_>) -> Result<Vec<SignerId>> {
        let mut keys: Vec<SignerId> = Vec::new();
        let mut add = |key: SignerId| {
            if !keys.contains(&key) {
                keys.push(key);
            }
        };
        for word in words(value)? {
            if let Ok(key) = word.parse() {
                add(key);
                continue;
            }
            let bytes = files(word)?;
            let keyring = Keyring::from_bytes(&bytes).map_err(|error| error.path(word))?;
            for certificate in keyring.certificates(Timestamp::UNIX_EPOCH) {
                add(certificate.fingerprint.parse()?);
            }
            self.certificates.push(bytes);
        }
        if keys.len() > MOST_LISTED {
            return Err(Error::new(Kind::Limit, format!("there are more than {MOST_LISTED} keys")));
        }
        Ok(keys)
    }

    fn keyring(&mut self, value: &str, files: Files<'_>) -> Result<()> {
        if value.starts_with("-----BEGIN") {
            let line = |line: &str| match line.trim() {
                "." => "\n".to_owned(),
                line => format!("{line}\n"),
            };
            self.certificates.push(value.lines().map(line).collect::<String>().into_bytes());
            return Ok(());
        }
        for word in words(value)? {
            self.certificates.push(files(word)?);
        }
        Ok(())
    }

    fn finish(self) -> Result<Policy> {
        let environment = self.environment.ok_or_else(|| usage("a policy needs the field Environment".to_owned()))?;
        let needs = |what: &str| Err(usage(what.to_owned()));
        if self.minimum_age.is_some() && self.from.is_empty() {
            return needs("Minimum-Age needs From: an age is the time that a snapshot was in another environment");
        }
        if !self.architectures.is_empty() && self.check.is_none() {
            return needs("Architectures says what Check looks at, and there is no Check");
        }
        if self.tests_bound && self.tests.is_empty() {
            return needs("Tests-Bound needs Tests");
        }
        if self.signed_by.is_empty() && (self.approvals.is_some() || self.maximum_age.is_some()) {
            return needs("Approvals and Maximum-Age need Signed-By: the keys of those who may approve");
        }
        if self.signed_entries && self.promoters.is_empty() {
            return needs("Signed-Entries needs Promoters: the keys that entries may be signed with");
        }
        let named = !self.promoters.is_empty() || !self.owners.is_empty();
        if named && !self.signed_entries {
            return needs("Promoters and Owners need Signed-Entries: yes, or nothing is asked of them");
        }
        let keyring = match self.certificates.is_empty() {
            true => None,
            false => Some(Keyring::from_parts(self.certificates.iter().map(Vec::as_slice))?),
        };
        let known = keyring.as_ref().map(|keyring| keyring.certificates(Timestamp::UNIX_EPOCH)).unwrap_or_default();
        let owner_of = |key: &SignerId| {
            let is_key = |fingerprint: &str| fingerprint == key.fingerprint();
            known.iter().position(|certificate| {
                is_key(&certificate.fingerprint) || certificate.subkeys.iter().any(|subkey| is_key(&subkey.fingerprint))
            })
        };
        for key in self.signed_by.iter().chain(&self.promoters).chain(&self.owners) {
            if owner_of(key).is_none() {
                return Err(usage(format!("there is no certificate of the key {key}"))
                    .help("name a file that has it in Keyring, as `gpg --export` writes it"));
            }
        }
        let approvals = if self.signed_by.is_empty() { 0 } else { self.approvals.unwrap_or(1) };
        let approvers: std::collections::BTreeSet<_> = self.signed_by.iter().filter_map(owner_of).collect();
        if approvals > approvers.len() {
            return needs(&format!("{approvals} approvals can't come of {} keys", approvers.len()));
        }
        let mut policy = Policy {
            environment,
            from: self.from,
            minimum_age: self.minimum_age,
            check: self.check,
            architectures: self.architectures,
            tests: self.tests,
            tests_bound: self.tests_bound,
            approvals,
            signed_by: self.signed_by,
            maximum_age: self.maximum_age,
            frozen: self.frozen,
            signed_entries: self.signed_entries,
            promoters: self.promoters,
            owners: self.owners,
            overrides: self.overrides,
            gated_rollback: self.gated_rollback,
            keyring,
            text: String::new(),
        };
        policy.compose()?;
        Ok(policy)
    }
}

fn usage(why: String) -> Error {
    Error::new(Kind::Usage, why)
}

/// The words of a list, at least one.
fn words(value: &str) -> Result<Vec<&str>> {
    let words: Vec<&str> = value.split([' ', '\t', '\n', '\r', ',']).filter(|word| !word.is_empty()).collect();
    match words.len() {
        0 => Err(usage("the value is empty".to_owned())),
        count if count > MOST_LISTED => {
            Err(Error::new(Kind::Limit, format!("there are more than {MOST_LISTED} words")))
        }
        _ => Ok(words),
    }
}

fn word<T: Copy>(value: &str, known: &[(&str, T)]) -> Result<T> {
    known.iter().find(|(name, _)| *name == value).map(|(_, meaning)| *meaning).ok_or_else(|| {
        let known: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        usage(format!("{value:?} is not one of {}", known.join(", ")))
    })
}

fn yes_or_no(value: &str) -> Result<bool> {
    word(value, &[("yes", true), ("no", false)])
}

fn architecture(word: &str) -> Result<String> {
    let plain = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    match plain && word.len() <= 64 {
        true => Ok(word.to_owned()),
        false => Err(usage(format!("{word:?} is no architecture"))),
    }
}

/// `junit` and the names of suites; where none is named, one report, which is called `tests`.
fn tests(value: &str) -> Result<Vec<String>> {
    let words = words(value)?;
    let Some(("junit", names)) = words.split_first().map(|(first, rest)| (*first, rest)) else {
        return Err(usage(format!("{:?} is no format of test reports", words[0]))
            .help("write `Tests: junit`, or `Tests: junit NAME ...` for several reports"));
    };
    let mut tests: Vec<String> = Vec::new();
    for name in names {
        check_name(name)?;
        if tests.iter().any(|known| known == name) {
            return Err(usage(format!("{name:?} is there twice")));
        }
        tests.push((*name).to_owned());
    }
    if tests.is_empty() {
        tests.push("tests".to_owned());
    }
    Ok(tests)
}

#[cfg(test)]
mod tests_of_reading {
    use super::*;
    use crate::openpgp::{Signer as _, generate};

    fn certificate(name: &str) -> (String, Vec<u8>) {
        let key = generate(name, Timestamp::now(), None).expect("a key");
        (key.fingerprint(), key.certificate().expect("its certificate"))
    }

    #[test]
    fn a_policy_has_its_certificates_in_it() {
        let ((qa, qa_file), (boss, boss_file)) = (certificate("QA <qa@example.org>"), certificate("Boss"));
        let files = |name: &str| match name {
            "keys/qa.asc" => Ok(qa_file.clone()),
            "boss.asc" => Ok(boss_file.clone()),
            _ => Err(Error::new(Kind::NotFound, "no such file").path(name)),
        };
        let text = "environment: stable\nTests: junit unit\n # no comment\n";
        assert!(policies(text.as_bytes(), &files).is_err());
        let text = format!(
            "# all there is\nenvironment: stable\nFrom: testing, mirror/debian\nMinimum-Age: 1d48h\n# more\nCheck: clean\n\
             Tests: junit unit\n integration\nApprovals: 1\nSigned-By: keys/qa.asc\nMaximum-Age: 2w\nFreeze: no\n\
             Signed-Entries: yes\nPromoters: {boss}\n {qa}\nKeyring: boss.asc\nRollback: gated\n"
        );
        // Hours behind days are fine, but 48 of them are written as days.
        let read = policies(text.as_bytes(), &files).expect("a policy");
        let kept = read[0].text();
        let expected = format!(
            "Environment: stable\nFrom: testing mirror/debian\nMinimum-Age: 3d\nCheck: clean\nTests: junit unit integration\n\
             Approvals: 1\nSigned-By: {qa}\nMaximum-Age: 14d\nSigned-Entries: yes\nPromoters: {boss} {qa}\nRollback: gated\n\
             Keyring:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n "
        );
        assert!(kept.starts_with(&expected), "{kept}");
        let again = Policy::parse(kept.as_bytes()).expect("self-contained");
        assert_eq!((again.text(), again.digest()), (kept, read[0].digest()));
        assert_eq!(again.keyring().expect("keys").certificates(Timestamp::now()).len(), 2);
    }

    #[test]
    fn faults_have_a_place() {
        let (key, file) = certificate("QA");
        let files = |_: &str| Ok(file.clone());
        for (text, line, words) in [
            ("From: testing\n", 1, "a policy needs the field Environment"),
            ("Environment: a b\n", 1, "can't be a name"),
            ("Environment: a\n#\n\n#\nEnvironment: a\n", 5, "there are two policies for \"a\""),
            ("Environment: a\n# x\nMinimum-Age: 3d\nFoo: 1\n", 4, "no such field"),
            ("Environment: a\nFrom: b\nMinimum-Age: soon\n", 3, "no length of time"),
            ("\nEnvironment: a\nMinimum-Age: 3d\n", 2, "Minimum-Age needs From"),
            ("Environment: a\nenvironment: b\n", 2, "twice"),
            ("Environment: a\nCheck: maybe\n", 2, "not one of clean, none-uninstallable"),
            ("Environment: a\nFreeze: true\n", 2, "not one of yes, no"),
            ("Environment: a\nTests: tap x\n", 2, "no format of test reports"),
            ("Environment: a\nTests: junit x x\n", 2, "there twice"),
            ("Environment: a\nTests-Bound: yes\n", 1, "Tests-Bound needs Tests"),
            ("Environment: a\nApprovals: 0\n", 2, "no number from 1"),
            ("Environment: a\nApprovals: 1\n", 1, "need Signed-By"),
            ("Environment: a\nSigned-By: qa.asc\nApprovals: 2\n", 1, "2 approvals can't come of 1 keys"),
            ("Environment: a\nSigned-Entries: yes\n", 1, "needs Promoters"),
            ("Environment: a\nPromoters: qa.asc\n", 1, "need Signed-Entries"),
            ("Environment: a\nFrom: branch/x\n", 2, "no environment or mirror"),
            ("Environment: a\nFrom:\n", 2, "empty"),
            ("Environment: a\nArchitectures: AMD64\n", 2, "no architecture"),
            ("Environment: a\n# c\nnonsense\n", 3, "has no colon"),
        ] {
            let error = policies(text.as_bytes(), &files).expect_err(text);
            assert_eq!((error.kind(), error.at_line()), (Kind::Malformed, Some(line)), "{text}: {error}");
            assert!(error.message().contains(words), "{text}: {error}");
        }
        let unknown = format!("Environment: a\nSigned-By: {key}\n");
        let error = policies(unknown.as_bytes(), &files).expect_err("no certificate");
        assert!(error.message().contains("there is no certificate of the key"), "{error}");
        let error = Policy::parse(b"Environment: a\nSigned-By: qa.asc\n").expect_err("a file");
        assert!(error.message().contains("is a file"), "{error}");
        assert!(Policy::parse(b"").is_err() && Policy::parse(b"Environment: a\n\nEnvironment: b\n").is_err());
    }
}

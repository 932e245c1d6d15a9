//! One suite: its Release, verified and accepted, and its indexes, fetched and checked.

use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use jiff::Timestamp;

use crate::deb::compress::{Compression, decompress, decompress_sized};
use crate::deb::release::{FileHash, Release};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::openpgp::{Keyring, Policy, Verified, verify_detached, verify_inline};
use crate::snapshot::manifest::{self, File, List, Part};
use crate::source::acceptance::{Accepted, ReleasePolicy, accept};
use crate::source::apt::plan::{Form, Index, IndexKind, Suite, plan, sha256_of};
use crate::source::assemble::{Assembler, ListPlan};
use crate::source::fetch::{Body, Expected, Fetched, Fetcher, Validators, redacted};
use crate::source::mirror::{AptConfig, SuiteState};
use crate::worker::blocking;

/// The largest InRelease or Release.
const MAX_RELEASE: u64 = 16 << 20;

/// The largest Release.gpg.
const MAX_SIGNATURE: u64 = 64 << 10;

/// The largest index once decompressed. The largest of Debian's has a twentieth of that.
const MAX_INDEX: u64 = 4 << 30;

/// The same where the Release tells the size of the compressed form alone.
const MAX_UNTOLD: u64 = 1 << 30;

/// The largest file that is kept uncompressed, where it shares more with its later states; a larger one, such as the
/// Contents of a whole distribution, is kept in the form that it came in.
const LARGEST_PLAIN: u64 = 64 << 20;

/// How many indexes are fetched at once; each waits in its compressed form.
const AHEAD: usize = 4;

/// What a suite is judged by.
pub(crate) struct Rules<'a> {
    pub(crate) config: &'a AptConfig,
    pub(crate) keyring: &'a Keyring,
    pub(crate) policy: Policy,
    pub(crate) release: ReleasePolicy,
    pub(crate) now: Timestamp,
}

/// A suite's Release as it came.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    /// `InRelease`, or `Release` and `Release.gpg`.
    pub(crate) files: Vec<(&'static str, Bytes)>,
    pub(crate) validators: Validators,
    pub(crate) release: Verified<Release>,
    pub(crate) accepted: Accepted,
}

/// What a look at a suite's Release came to.
pub(crate) enum Seen {
    /// The server has still the version that was seen last.
    NotModified,
    /// This one, which may be accepted.
    Body(Box<Signed>),
}

/// Looks at the suite's Release; `before` is what was accepted last.
pub(crate) async fn look(
    fetcher: &Fetcher,
    suite: &Suite,
    rules: &Rules<'_>,
    before: Option<&SuiteState>,
) -> Result<Seen> {
    let validators =
        before.map(|state| Validators { etag: state.etag.clone(), last_modified: state.last_modified.clone() });
    let url = suite.url("InRelease")?;
    let (files, text, validators) = match fetcher.get(&url, MAX_RELEASE, validators.as_ref()).await? {
        Fetched::NotModified => return Ok(Seen::NotModified),
        Fetched::Body(Body { bytes, validators, .. }) => {
            let text = verify_inline(&bytes, rules.keyring, &rules.policy, rules.now)
                .map_err(|error| error.path(redacted(&url)))?;
            (vec![("InRelease", bytes)], text, validators)
        }
        // Only a suite that has no InRelease at all is read by its older form.
        Fetched::NotFound => detached(fetcher, suite, rules).await?,
    };
    let accepted_before = before.map(|state| &state.accepted);
    let asked = rules.release.clone().suite(&suite.name);
    let (release, accepted) =
        accept(text, &asked, accepted_before, rules.now).map_err(|error| error.path(redacted(&url)))?;
    Ok(Seen::Body(Box::new(Signed { files, validators, release, accepted })))
}

type Detached = (Vec<(&'static str, Bytes)>, Verified<Vec<u8>>, Validators);

async fn detached(fetcher: &Fetcher, suite: &Suite, rules: &Rules<'_>) -> Result<Detached> {
    let (release_url, signature_url) = (suite.url("Release")?, suite.url("Release.gpg")?);
    let Fetched::Body(release) = fetcher.get(&release_url, MAX_RELEASE, None).await? else {
        return Err(Error::new(
            Kind::NotFound,
            format!("there is no suite {}: neither InRelease nor Release", suite.name),
        )
        .path(redacted(&suite.folder))
        .help("check the URL and the suite's name"));
    };
    let Fetched::Body(signature) = fetcher.get(&signature_url, MAX_SIGNATURE, None).await? else {
        return Err(Error::new(Kind::Verification, "the suite is not signed: it has Release but no Release.gpg")
            .rule("unsigned")
            .path(redacted(&suite.folder)));
    };
    let text = verify_detached(&release.bytes, &signature.bytes, rules.keyring, &rules.policy, rules.now)
        .map_err(|error| error.path(redacted(&signature_url)))?;
    let files = vec![("Release", release.bytes), ("Release.gpg", signature.bytes)];
    Ok((files, text, Validators::default()))
}

/// Fetches the suite's indexes into a part of the snapshot.
pub(crate) async fn assemble(
    fetcher: &Fetcher,
    suite: &Suite,
    rules: &Rules<'_>,
    signed: &Signed,
    assembler: &mut Assembler,
) -> Result<()> {
    let release = signed.release.value();
    assembler.begin(Part {
        name: suite.name.clone(),
        uri: Some(redacted(&suite.base)),
        suite: Some(suite.name.clone()),
        release: Some(record(signed)?),
        ..Part::default()
    });
    for (name, bytes) in &signed.files {
        assembler.add_release_file(name, bytes.clone()).await?;
    }
    let by_hash = release.acquire_by_hash();
    let steps: Vec<Step> =
        plan(suite, release, rules.config)?.into_iter().map(|index| step(index, assembler)).collect();
    let mut fetched = stream::iter(&steps)
        .map(|step| async move {
            match step {
                Step::Fetch(index) => fetch(fetcher, suite, by_hash, index).await.map(Some),
                Step::Keep { .. } => Ok(None),
            }
        })
        .buffered(AHEAD);
    for step in &steps {
        let fetched = fetched.next().await.transpose()?.flatten();
        match (step, fetched) {
            (Step::Keep { list, file }, _) => {
                if let Some(list) = list {
                    assembler.keep(list.clone()).await?;
                }
                if let Some(file) = file {
                    assembler.keep_file(file.clone())?;
                }
            }
            (Step::Fetch(index), Some((form, bytes))) => add(index, form, bytes, assembler).await?,
            (Step::Fetch(_), None) => return Err(Error::new(Kind::Internal, "an index was not fetched")),
        }
    }
    Ok(())
}

/// How to come by an index.
enum Step {
    /// The snapshot before has it, and with a list whose Release tells only of a compressed form, that form too.
    Keep { list: Option<List>, file: Option<File> },
    /// It is to be fetched.
    Fetch(Index),
}

fn step(index: Index, assembler: &Assembler) -> Step {
    let plain = sha256_of(index.plain.as_ref());
    // A form that is kept as it came, because the Release tells nothing of the index uncompressed, or it is too large.
    let kept_form = || {
        let same = |form: &Form| assembler.unchanged_file(&form.path, form.hash.sha256?);
        index.forms.iter().find_map(same)
    };
    let known = match &index.kind {
        IndexKind::List { .. } => match plain {
            Some(sha256) => assembler.unchanged(&list_plan(&index, sha256)).map(|list| (Some(list), None)),
            None => {
                assembler.base_list(&index.path).cloned().zip(kept_form()).map(|(list, file)| (Some(list), Some(file)))
            }
        },
        IndexKind::File => plain
            .and_then(|sha256| assembler.unchanged_file(&index.path, sha256))
            .or_else(kept_form)
            .map(|file| (None, Some(file))),
    };
    match known {
        Some((list, file)) => Step::Keep { list, file },
        None => Step::Fetch(index),
    }
}

fn list_plan(index: &Index, sha256: Digest) -> ListPlan {
    let (component, architecture) = match &index.kind {
        IndexKind::List { component, architecture } => (component.clone(), architecture.clone()),
        IndexKind::File => Default::default(),
    };
    ListPlan { component, architecture, path: index.path.clone(), sha256 }
}

/// Adds an index that came in `form`.
async fn add(index: &Index, form: &Form, bytes: Bytes, assembler: &mut Assembler) -> Result<()> {
    let plain = index.plain.as_ref();
    match &index.kind {
        IndexKind::List { .. } => {
            // A Release that names an index in a compressed form alone can be served again with that very form alone.
            if plain.is_none() {
                assembler.add_file(&form.path, bytes.clone()).await?;
            }
            let text = decode(form, plain, bytes).await?;
            let plan = list_plan(index, Digest::of(&text));
            match assembler.unchanged(&plan) {
                Some(same) => assembler.keep(same).await,
                None => assembler.add_list(&plan, text).await,
            }
        }
        IndexKind::File if plain.is_some_and(|plain| plain.size <= LARGEST_PLAIN) => {
            let text = decode(form, plain, bytes).await?;
            assembler.add_file(&index.path, text).await
        }
        IndexKind::File => assembler.add_file(&form.path, bytes).await,
    }
}

/// Fetches the first form of an index that the upstream has.
async fn fetch<'a>(fetcher: &Fetcher, suite: &Suite, by_hash: bool, index: &'a Index) -> Result<(&'a Form, Bytes)> {
    let mut missing = None;
    for form in &index.forms {
        if form.compression == Compression::None && form.hash.size == 0 {
            check(&form.path, &[], &form.hash)?;
            return Ok((form, Bytes::new()));
        }
        let FileHash { size, sha256, sha512 } = form.hash;
        match fetcher.get_verified(&suite.places(form, by_hash)?, &Expected { size, sha256, sha512 }).await {
            Ok(bytes) => return Ok((form, bytes)),
            Err(error) if error.kind() == Kind::NotFound => missing = missing.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    // Either the Release is older than its indexes by now, or it promises what is not there.
    Err(missing
        .unwrap_or_else(|| Error::new(Kind::Internal, "an index has no form").path(&index.path))
        .rule("index-missing")
        .help("the mirror may be in the middle of an update; try again later"))
}

/// Decompresses an index and checks it against what the Release says of it uncompressed.
async fn decode(form: &Form, plain: Option<&FileHash>, bytes: Bytes) -> Result<Bytes> {
    let (path, compression, plain) = (form.path.clone(), form.compression, plain.copied());
    if compression == Compression::None {
        return Ok(bytes);
    }
    blocking(move || {
        let text = match plain {
            Some(plain) => decompress_sized(compression, &bytes, plain.size, MAX_INDEX),
            None => decompress(compression, &bytes, MAX_UNTOLD),
        };
        let text = text.map_err(|error| error.path(path.clone()))?;
        drop(bytes);
        if let Some(plain) = plain {
            check(&path, &text, &plain)?;
        }
        Ok(text.into())
    })
    .await
}

/// Checks an uncompressed index against the Release.
pub(crate) fn check(path: &str, text: &[u8], expected: &FileHash) -> Result<()> {
    if text.len() as u64 != expected.size {
        return Err(Error::new(Kind::Verification, "the index has another size than the Release says")
            .rule("size-mismatch")
            .path(path)
            .mismatch(expected.size.to_string(), text.len().to_string()));
    }
    if let Some(sha256) = expected.sha256 {
        let found = Digest::of(text);
        if found != sha256 {
            return Err(Error::new(Kind::Verification, "the index has another SHA-256 than the Release says")
                .rule("hash-mismatch")
                .path(path)
                .mismatch(sha256.to_string(), found.to_string()));
        }
    } else if let Some(sha512) = expected.sha512 {
        use sha2::Digest as _;
        if sha2::Sha512::digest(text)[..] != sha512[..] {
            return Err(Error::new(Kind::Verification, "the index has another SHA-512 than the Release says")
                .rule("hash-mismatch")
                .path(path));
        }
    }
    Ok(())
}

/// What a manifest keeps of a Release beside its bytes.
pub(crate) fn record(signed: &Signed) -> Result<manifest::Release> {
    let release = signed.release.value();
    let own = |value: Option<&str>| value.map(str::to_owned);
    Ok(manifest::Release {
        files: Vec::new(),
        date: release.date().map(|date| date.to_string()),
        valid_until: release.valid_until().map(|time| time.to_string()),
        suite: own(release.suite()),
        codename: own(release.codename()),
        version: own(release.version()),
        origin: own(release.origin()),
        label: own(release.label()),
        signers: signed.release.signers().iter().map(|signer| signer.primary.clone()).collect(),
    })
}

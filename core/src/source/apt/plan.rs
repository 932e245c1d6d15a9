//! Which indexes of a suite to mirror, and where each one is.

use url::Url;

use crate::deb::compress::Compression;
use crate::deb::release::{FileHash, Release};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::source::fetch;
use crate::source::mirror::{AptConfig, Extras};

/// An index to mirror.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Index {
    /// Its path below the suite, uncompressed.
    pub(crate) path: String,
    /// What it is.
    pub(crate) kind: IndexKind,
    /// What the uncompressed index must be; not every Release tells.
    pub(crate) plain: Option<FileHash>,
    /// Its forms in the order in which to ask for them.
    pub(crate) forms: Vec<Form>,
}

/// What an index is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IndexKind {
    /// Packages or Sources.
    List {
        /// The component; empty in a flat repository.
        component: String,
        /// The architecture; `source` for Sources.
        architecture: String,
    },
    /// A file to keep as it is.
    File,
}

/// One compression of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// Its path below the suite.
    pub(crate) path: String,
    /// How it is compressed.
    pub(crate) compression: Compression,
    /// What it must be.
    pub(crate) hash: FileHash,
}

/// A suite of a repository.
#[derive(Clone, Debug)]
pub(crate) struct Suite {
    /// As it was asked for.
    pub(crate) name: String,
    /// The repository: packages are below it.
    pub(crate) base: Url,
    /// The suite's own folder: its Release and its indexes are below it.
    pub(crate) folder: Url,
}

impl Suite {
    /// The suite `name` of the repository at `uri`. A name that ends with `/` is a folder of its own (sources.list(5)).
    pub(crate) fn new(uri: &str, name: &str) -> Result<Self> {
        let base = fetch::parse_url(uri)?;
        let folder = match name.strip_suffix('/') {
            Some(path) => match path.trim_start_matches("./").trim_matches('/') {
                "" | "." => base.clone(),
                path => fetch::join(&base, path)?,
            },
            None => fetch::join(&base, &format!("dists/{name}"))?,
        };
        Ok(Self { name: name.to_owned(), base, folder })
    }

    /// Whether the suite is a flat repository.
    pub(crate) fn is_flat(&self) -> bool {
        self.name.ends_with('/')
    }

    /// Where a file of the suite is.
    pub(crate) fn url(&self, path: &str) -> Result<Url> {
        fetch::join(&self.folder, path)
    }

    /// Where a form of an index is: by its digest where the suite has that, and by its name.
    pub(crate) fn places(&self, form: &Form, by_hash: bool) -> Result<Vec<Url>> {
        let mut places = Vec::new();
        if by_hash && let Some(sha256) = form.hash.sha256 {
            let folder = form.path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
            places.push(self.url(&format!("{folder}by-hash/SHA256/{sha256}"))?);
        }
        places.push(self.url(&form.path)?);
        Ok(places)
    }
}

/// The indexes of a suite that `config` asks for.
///
/// # Errors
/// [`Kind::NotFound`] for a component or an architecture that the suite has not.
pub(crate) fn plan(suite: &Suite, release: &Release, config: &AptConfig) -> Result<Vec<Index>> {
    let mut indexes = Vec::new();
    if suite.is_flat() {
        indexes.push(list(release, "Packages", "", flat_architecture(config))?);
        if config.extras.sources {
            indexes.push(list(release, "Sources", "", "source")?);
        }
        return Ok(indexes);
    }
    for component in components(release, config)? {
        let folder = component_folder(release, &component);
        let mut architectures = config.architectures.clone();
        if release.has_index_for_all() && !architectures.iter().any(|architecture| architecture == "all") {
            architectures.push("all".to_owned());
        }
        for architecture in &architectures {
            let path = format!("{folder}/binary-{architecture}/Packages");
            match list(release, &path, &component, architecture) {
                Ok(index) => indexes.push(index),
                // Most suites have the packages for `all` in each of the other indexes.
                Err(error) if error.kind() == Kind::NotFound && architecture == "all" => {}
                Err(error) => return Err(error),
            }
        }
        extras(release, &component, &folder, &architectures, &config.extras, &mut indexes)?;
    }
    let is_source =
        |index: &Index| matches!(&index.kind, IndexKind::List { architecture, .. } if architecture == "source");
    if config.extras.sources && !indexes.iter().any(is_source) {
        return Err(Error::new(Kind::NotFound, "the suite has no index of sources for these components"));
    }
    if !indexes.iter().any(|index| matches!(index.kind, IndexKind::List { .. })) {
        let help = match config.components.is_empty() && release.components().is_empty() {
            true => "the Release names no components; say which".to_owned(),
            false => format!("its architectures are {}", release.architectures().join(", ")),
        };
        return Err(Error::new(Kind::NotFound, "the suite has no index of packages for what was asked").help(help));
    }
    Ok(indexes)
}

fn extras(
    release: &Release,
    component: &str,
    folder: &str,
    architectures: &[String],
    extras: &Extras,
    indexes: &mut Vec<Index>,
) -> Result<()> {
    if extras.sources {
        // Not every component has sources of its own; `plan` sees to it that one has.
        match list(release, &format!("{folder}/source/Sources"), component, "source") {
            Ok(index) => indexes.push(index),
            Err(error) if error.kind() == Kind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    let translations = extras.translations.iter().map(|language| format!("{folder}/i18n/Translation-{language}"));
    let contents = architectures
        .iter()
        .map(String::as_str)
        .chain(extras.sources.then_some("source"))
        .map(|architecture| format!("{folder}/Contents-{architecture}"));
    let wanted = translations.chain(contents.filter(|_| extras.contents));
    for path in wanted {
        // Not every component has every translation, nor Contents for every architecture.
        if let Some((plain, forms)) = find(release, &path)? {
            indexes.push(Index { path, kind: IndexKind::File, plain, forms });
        }
    }
    Ok(())
}

fn components(release: &Release, config: &AptConfig) -> Result<Vec<String>> {
    if config.components.is_empty() {
        return Ok(release.components().to_vec());
    }
    for component in &config.components {
        if !release.has_component(component) {
            return Err(Error::new(Kind::NotFound, format!("the suite has no component {component}"))
                .field("Components")
                .help(format!("it has {}", release.components().join(", "))));
        }
    }
    Ok(config.components.clone())
}

/// A component `updates/main` has its indexes below `main` where the suite is `stable/updates` (apt, debmetaindex).
fn component_folder(release: &Release, component: &str) -> String {
    let last = component.rsplit('/').next().unwrap_or(component);
    let has = |folder: &str| release.files().keys().any(|path| path.starts_with(&format!("{folder}/")));
    if has(component) || !has(last) { component.to_owned() } else { last.to_owned() }
}

fn flat_architecture(config: &AptConfig) -> &str {
    config.architectures.first().map_or("all", String::as_str)
}

fn list(release: &Release, path: &str, component: &str, architecture: &str) -> Result<Index> {
    let (plain, forms) = find(release, path)?.ok_or_else(|| {
        Error::new(Kind::NotFound, format!("the Release has no index {path}"))
            .help(format!("its architectures are {}", release.architectures().join(", ")))
    })?;
    let kind = IndexKind::List { component: component.to_owned(), architecture: architecture.to_owned() };
    Ok(Index { path: path.to_owned(), kind, plain, forms })
}

type Found = (Option<FileHash>, Vec<Form>);

/// What the Release says of an index: of it uncompressed, and of its forms that we can read, the smallest first, but
/// uncompressed last: a Release names that form even where the server does not have it (Debian's own).
fn find(release: &Release, path: &str) -> Result<Option<Found>> {
    const FORMS: [Compression; 4] = [Compression::Zstd, Compression::Xz, Compression::Gzip, Compression::None];
    let mut forms = Vec::new();
    for compression in FORMS {
        let path = match compression {
            Compression::None => path.to_owned(),
            _ => format!("{path}{}", compression.extension()),
        };
        if let Some(hash) = release.file(&path)? {
            forms.push(Form { path, compression, hash: *hash });
        }
    }
    let plain = release.file(path)?.copied();
    forms.sort_by_key(|form| (form.compression == Compression::None, form.hash.size));
    Ok((!forms.is_empty()).then_some((plain, forms)))
}

/// The digest that names an index in a manifest. A Release with SHA-512 alone names it otherwise.
pub(crate) fn sha256_of(hash: Option<&FileHash>) -> Option<Digest> {
    hash.and_then(|hash| hash.sha256)
}

//! `quickstart`: the whole way, from this machine's own APT sources to a signed environment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use reposnap::publish::Publication;
use reposnap::snapshot::Snapshot;
use reposnap::source::system;
use reposnap::store::is_url;
use reposnap::{Digest, Error, Kind, Result};
use reposnap_api::{environment, image, keys, mirror, publish};
use reposnap_provenance::report::{Finding, Match, Report, Rule};
use serde::Serialize;

use crate::Outcome;
use crate::args;
use crate::context::Context;

const MIRROR: &str = "system";
const ENVIRONMENTS: [&str; 3] = ["nightly", "testing", "stable"];
const USER_ID: &str = "reposnap quickstart";

/// Packages for machines without lists.
const BUNDLED: [(&str, &[u8]); 3] = [
    ("hello-reposnap_1.0-1_all.deb", include_bytes!("../../bundled/hello-reposnap_1.0-1_all.deb")),
    ("hello-reposnap-data_1.0-1_all.deb", include_bytes!("../../bundled/hello-reposnap-data_1.0-1_all.deb")),
    ("hello-reposnap-tools_1.1-2_all.deb", include_bytes!("../../bundled/hello-reposnap-tools_1.1-2_all.deb")),
];

/// How far `quickstart` lists packages by name in text.
const LISTED: usize = 10;

#[derive(Serialize)]
struct Done {
    store: PathBuf,
    mirror: &'static str,
    /// Whether the packages are the bundled ones, for want of lists.
    bundled: bool,
    snapshot: Digest,
    packages: u64,
    sources: Vec<Source>,
    environments: BTreeMap<&'static str, Digest>,
    publication: Publication,
    directory: PathBuf,
    key: PathBuf,
    /// The two lines that make apt use the publication.
    apt: [String; 2],
    /// What is installed on this machine, held against stable.
    machine: Report,
}

#[derive(Serialize)]
struct Source {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    packages: u64,
}

/// Runs `quickstart`.
pub async fn run(context: &Context, arguments: args::Quickstart) -> Result<Outcome> {
    if let Some(to) = arguments.to.as_deref().filter(|to| is_url(to)) {
        return Err(Error::new(
            Kind::Usage,
            "quickstart publishes into a directory, from which this machine can install",
        )
        .path(to.display().to_string())
        .help("name a directory, and publish into the bucket with `publish` afterwards"));
    }
    let beside = is_url(context.directory()).then(|| arguments.to.clone().ok_or_else(nowhere)).transpose()?;
    let bundled = !system::has_lists(Path::new("/"));
    fill_mirror(context, bundled, beside.as_deref()).await?;
    let environments = move_environments(context).await?;
    let (_, snapshot) = context.session().snapshot(&format!("mirror/{MIRROR}")).await?;

    let key = signing_key(context).await?;
    let directory = arguments.to.unwrap_or_else(|| context.directory().join("public"));
    let request = publish::Publish {
        to: directory.clone(),
        suite: "stable".to_owned(),
        key: key.display().to_string(),
        revs: vec!["env/stable".to_owned()],
        origin: Some("reposnap quickstart".to_owned()),
        // The lists say what is there; packages are fetched when they are asked for.
        allow_missing: true,
        ..Default::default()
    };
    let publication = publish::publish(context.session(), request).await?;
    let directory = std::fs::canonicalize(&directory).map_err(|error| Error::io(directory.display(), error))?;

    let request = image::audit::Audit {
        reference: "host:".to_owned(),
        rev: "env/stable".to_owned(),
        // Nothing is kept of a machine: it has no layers.
        no_cache: true,
        ..Default::default()
    };
    let machine = image::audit::audit(context.session(), request).await?;
    let done = Done {
        store: context.directory().to_owned(),
        mirror: MIRROR,
        bundled,
        snapshot: snapshot.id(),
        packages: snapshot.entries(),
        sources: sources(&snapshot),
        environments,
        apt: apt_lines(&directory, &publication, &snapshot),
        publication,
        directory,
        key,
        machine,
    };
    context.print(&done, describe)?;
    Ok(Outcome::Done)
}

fn nowhere() -> Error {
    Error::new(Kind::Usage, "the store is in a bucket, and a publication needs a directory")
        .help("name one with --to DIR")
}

/// Makes the mirror. `beside` is where the bundled packages are put, where the store has no directory.
async fn fill_mirror(context: &Context, bundled: bool, beside: Option<&Path>) -> Result<()> {
    let (session, name) = (context.session(), MIRROR.to_owned());
    if bundled {
        // First the store: it is made in an empty directory.
        session.store_or_new().await?;
        let directory = beside.unwrap_or(context.directory()).join("bundled");
        std::fs::create_dir_all(&directory).map_err(|error| Error::io(directory.display(), error))?;
        for (name, bytes) in BUNDLED {
            let file = directory.join(name);
            std::fs::write(&file, bytes).map_err(|error| Error::io(file.display(), error))?;
        }
        let request = mirror::AddFolder { name, directory, replace: true, ..Default::default() };
        mirror::add_folder(session, request).await?;
    } else {
        let request = mirror::AddSystem { name, replace: true, ..Default::default() };
        mirror::add_system(session, request).await?;
    }
    mirror::update(session, mirror::Update { name: MIRROR.to_owned(), dry_run: false }).await.map(drop)
}

/// Promotes from each one to the next.
async fn move_environments(context: &Context) -> Result<BTreeMap<&'static str, Digest>> {
    let mut rev = format!("mirror/{MIRROR}");
    let mut environments = BTreeMap::new();
    for name in ENVIRONMENTS {
        let request = environment::Promote {
            name: name.to_owned(),
            rev,
            create: true,
            message: "quickstart".to_owned(),
            ..Default::default()
        };
        environments.insert(name, environment::promote(context.session(), request).await?.after);
        rev = format!("env/{name}");
    }
    Ok(environments)
}

/// The key of this user's quickstarts, outside of the store: a store may be shared, a key may not.
async fn signing_key(context: &Context) -> Result<PathBuf> {
    let home = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let data =
        home("XDG_DATA_HOME").or_else(|| home("HOME").map(|home| home.join(".local/share"))).ok_or_else(|| {
            Error::new(Kind::NotFound, "there is no home directory to keep the signing key in").help("set HOME")
        })?;
    let folder = data.join("reposnap");
    let path = folder.join("quickstart.key");
    if !path.exists() {
        std::fs::create_dir_all(&folder).map_err(|error| Error::io(folder.display(), error))?;
        let request = keys::Generate { user_id: USER_ID.to_owned(), output: path.clone() };
        keys::generate(context.session(), request).await?;
    }
    Ok(path)
}

fn sources(snapshot: &Snapshot) -> Vec<Source> {
    let source = |part: &reposnap::snapshot::manifest::Part| Source {
        name: part.name.clone(),
        uri: part.uri.clone(),
        packages: part.lists.iter().map(|list| list.entries).sum(),
    };
    snapshot.manifest().parts.iter().map(source).collect()
}

fn apt_lines(directory: &Path, publication: &Publication, snapshot: &Snapshot) -> [String; 2] {
    const KEYRING: &str = "/etc/apt/keyrings/reposnap.asc";
    // From the root, as the directory is: the line is for any shell.
    let certificate = publication.certificate.as_deref().and_then(Path::file_name).unwrap_or_default();
    let certificate = directory.join(certificate);
    let mut components: Vec<&str> = snapshot
        .manifest()
        .lists()
        .map(|(_, list)| if list.component.is_empty() { "main" } else { &*list.component })
        .collect();
    components.sort_unstable();
    components.dedup();
    [
        format!("sudo install -D -m 644 {} {KEYRING}", certificate.display()),
        format!(
            "echo 'deb [signed-by={KEYRING}] file:{} {} {}' | sudo tee /etc/apt/sources.list.d/reposnap.list",
            directory.display(),
            publication.suite,
            components.join(" ")
        ),
    ]
}

fn describe(done: &Done) -> String {
    let mut text = String::new();
    if done.bundled {
        text.push_str(
            "This machine has no APT lists, so this shows the bundled example packages. On Debian or Ubuntu,\n\
             run `apt-get update` as root and then quickstart again to see the machine's own.\n\n",
        );
    }
    text.push_str(&format!("snapshot {}\n  {} packages, mirror {}\n", done.snapshot, done.packages, done.mirror));
    for source in &done.sources {
        let uri = source.uri.as_deref().unwrap_or_default();
        text.push_str(&format!("  {} {uri}: {} packages\n", source.name, source.packages));
    }
    let names: Vec<&str> = ENVIRONMENTS.to_vec();
    text.push_str(&format!("\nenvironments {} are at it\n", names.join(", ")));
    text.push_str(&format!("\nstable is published in {}\n", done.directory.display()));
    if done.publication.missing > 0 {
        text.push_str(&format!(
            "  its {} packages stay where they are until you ask for them:\n  \
             reposnap --store {store} fetch stable 'hello'\n  \
             reposnap --store {store} publish stable --to {} --suite stable --key {} --allow-missing\n",
            done.publication.missing,
            done.directory.display(),
            done.key.display(),
            store = done.store.display(),
        ));
    }
    text.push_str(&format!("\nhave apt use it:\n  {}\n  {}\n", done.apt[0], done.apt[1]));
    text.push_str(&describe_machine(done));
    text
}

/// The audit of this machine in a few lines, and how to have the whole of it.
fn describe_machine(done: &Done) -> String {
    let report = &done.machine;
    if report.packages.is_empty() {
        return String::new();
    }
    let mut text = "\nthe packages installed here, held against stable:\n".to_owned();
    let matched = |matched| {
        report.packages.iter().filter(|package| package.origin.as_ref().is_some_and(|it| it.matched == matched)).count()
    };
    let found = |rules: &[Rule]| -> Vec<&Finding> {
        report.findings.iter().filter(|finding| rules.contains(&finding.rule)).collect()
    };
    let outdated = found(&[Rule::Outdated, Rule::SecurityUpdate]);
    for (count, what) in [
        (matched(Match::Known) + matched(Match::Superseded), "are exactly what a snapshot has"),
        (matched(Match::Modified), "have a version that a snapshot has, and other content"),
        (matched(Match::FromNowhere), "are in no snapshot"),
        (outdated.len(), "are older than in stable"),
        (found(&[Rule::SecurityUpdate]).len(), "of these wait for a security update"),
        (found(&[Rule::Ahead]).len(), "are newer than in stable"),
    ] {
        if count > 0 {
            text.push_str(&format!("  {count} {what}\n"));
        }
    }
    for package in outdated.iter().take(LISTED).filter_map(|finding| report.packages.get(finding.package?)) {
        let candidate = package.candidate.as_deref().unwrap_or_default();
        text.push_str(&format!("    {} {} -> {candidate}\n", package.name, package.version));
    }
    if outdated.len() > LISTED {
        text.push_str(&format!("    and {} more\n", outdated.len() - LISTED));
    }
    text.push_str(&format!("  all of it: reposnap --store {} image audit host: stable\n", done.store.display()));
    text
}

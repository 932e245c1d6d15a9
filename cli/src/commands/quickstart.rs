//! `quickstart`: the whole way, from this machine's own APT sources to a signed environment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use reposnap::publish::Publication;
use reposnap::snapshot::Snapshot;
use reposnap::source::system::{self, Relation, Standing};
use reposnap::{Digest, Error, Kind, Result};
use reposnap_api::{environment, keys, machine, mirror, publish};
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
    installed: BTreeMap<Standing, usize>,
    outdated: Vec<Relation>,
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
    let bundled = !system::has_lists(Path::new("/"));
    fill_mirror(context, bundled).await?;
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

    let request = machine::Compare { rev: "env/stable".to_owned(), root: None };
    let (installed, relations) = match machine::compare(context.session(), request).await {
        Ok(compared) => (compared.summary, compared.packages),
        Err(error) if error.kind() == Kind::NotFound => (BTreeMap::new(), Vec::new()),
        Err(error) => return Err(error),
    };
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
        installed,
        outdated: relations.into_iter().filter(|relation| relation.standing == Standing::Outdated).collect(),
    };
    context.print(&done, describe)?;
    Ok(Outcome::Done)
}

async fn fill_mirror(context: &Context, bundled: bool) -> Result<()> {
    let (session, name) = (context.session(), MIRROR.to_owned());
    if bundled {
        // First the store: it is made in an empty directory.
        session.store_or_new().await?;
        let directory = context.directory().join("bundled");
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
    if !done.installed.is_empty() {
        text.push_str("\nthe packages installed here, beside the snapshot:\n");
        for (standing, what) in [
            (Standing::Current, "have its newest version"),
            (Standing::Outdated, "are older than it"),
            (Standing::Newer, "are newer than it"),
            (Standing::Unknown, "are not in it"),
        ] {
            if let Some(count) = done.installed.get(&standing) {
                text.push_str(&format!("  {count} {what}\n"));
            }
        }
    }
    for relation in done.outdated.iter().take(LISTED) {
        let package = &relation.installed;
        let available = relation.available.as_deref().unwrap_or_default();
        text.push_str(&format!("    {} {} -> {available}\n", package.name, package.version));
    }
    if done.outdated.len() > LISTED {
        text.push_str(&format!("    and {} more\n", done.outdated.len() - LISTED));
    }
    text
}

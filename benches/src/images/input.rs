//! What the race is run on: an image by the ordinary tools, its root folder, a database of rpm, and advisories. All but the
//! database are made here, and kept for the next run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reposnap_tests::process::{succeed, succeed_with_input};

use super::advisories::tracker;
use crate::race::disk_usage;

/// What the upper layer installs, with what it needs.
const UPPER: [&str; 3] = ["curl", "ca-certificates", "openssl"];
/// The database of a CentOS 8, as the Debian package `golang-github-knqyf263-go-rpmdb-dev` has it.
const RPM: &str = "/usr/share/gocode/src/github.com/knqyf263/go-rpmdb/pkg/testdata/centos8-modularitylabel/Packages";
/// What makes debsecan's data of the tracker's.
const TO_DEBSECAN: &str = include_str!("../../../provenance/tests/data/to_debsecan.py");
/// How many images the fleet has, the large and the small one.
const FLEET: usize = 100_000;
const SMALL_FLEET: usize = 2_000;

/// All that the tools read.
pub(super) struct Input {
    /// Where they may work.
    pub(super) folder: PathBuf,
    /// The OCI layout whose image `two` has two layers.
    pub(super) layout: PathBuf,
    /// The layers' digests, the base first.
    pub(super) layers: Vec<String>,
    /// The image, unpacked.
    pub(super) root: PathBuf,
    /// A folder with a `Packages` of rpm; none where the package that has it is not installed.
    pub(super) rpm: Option<PathBuf>,
    /// The tracker's JSON.
    pub(super) tracker: PathBuf,
    /// The folder of debsecan's data.
    pub(super) debsecan: PathBuf,
    /// The release, by its codename.
    pub(super) release: String,
    /// The image in words.
    pub(super) image: String,
    /// The advisories in words.
    pub(super) advisories: String,
    /// How many images the fleet has.
    pub(super) images: usize,
}

impl Input {
    pub(super) fn prepare(data: &Path, is_quick: bool) -> Self {
        let folder = data.join("images");
        fs::create_dir_all(&folder).expect("making a folder");
        let release = release();
        let layout = kept(&folder, "layout", |to| make_layout(to, &release));
        let bundle = kept(&folder, "bundle", |to| drop(succeed(unpack(&layout, "two").arg(to))));
        let root = bundle.join("rootfs");
        let layers = layers(&layout);
        let size: u64 = layers.iter().map(|layer| layer.1).sum();
        let packages = sources(&root);
        let image = format!(
            "{:.1} MB in {} layers ({}), {:.0} MB unpacked, {} packages",
            size as f64 / 1e6,
            layers.len(),
            layers.iter().map(|layer| format!("{:.1} MB", layer.1 as f64 / 1e6)).collect::<Vec<_>>().join(" and "),
            disk_usage(&root) as f64 / 1e6,
            packages.len()
        );
        let tracked = kept(&folder, "advisories", |to| make_advisories(to, &release, &packages));
        let tracker = tracked.join("tracker.json");
        let advisories = format!(
            "{:.1} MB of the tracker's JSON with {} faults",
            fs::metadata(&tracker).map_or(0.0, |data| data.len() as f64 / 1e6),
            fs::read_to_string(tracked.join("count")).expect("the number of faults")
        );
        let rpm = Path::new(RPM).exists().then(|| {
            // rpm makes a lock beside its database.
            kept(&folder, "rpm", |to| {
                fs::create_dir(to).expect("making a folder");
                fs::copy(RPM, to.join("Packages")).expect("copying a database");
            })
        });
        let images = if is_quick { SMALL_FLEET } else { FLEET };
        let layers = layers.into_iter().map(|layer| layer.0).collect();
        Self {
            layout,
            layers,
            root,
            rpm,
            tracker,
            debsecan: tracked.join("debsecan"),
            release,
            image,
            advisories,
            images,
            folder,
        }
    }

    /// The image, as `oci:DIR:TAG`.
    pub(super) fn reference(&self) -> String {
        format!("oci:{}:two", self.layout.display())
    }
}

/// `umoci unpack`, to which the folder is to be added.
pub(super) fn unpack(layout: &Path, tag: &str) -> Command {
    let mut command = Command::new("umoci");
    command.arg("unpack");
    // SAFETY: the call has no conditions and can't fail (getuid(2)).
    if unsafe { libc::getuid() } != 0 {
        command.arg("--rootless");
    }
    command.arg("--image").arg(image(layout, tag));
    command
}

fn image(layout: &Path, tag: &str) -> String {
    format!("{}:{tag}", layout.display())
}

/// What was made before under a name, or is made now: it has its name once it is whole.
fn kept(folder: &Path, name: &str, make: impl FnOnce(&Path)) -> PathBuf {
    let path = folder.join(name);
    if !path.exists() {
        eprintln!("  making {name}");
        let place = tempfile::tempdir_in(folder).expect("a place to work");
        let unfinished = place.path().join(name);
        make(&unfinished);
        fs::rename(&unfinished, &path).expect("naming what is finished");
    }
    path
}

/// This machine's release, whose packages apt knows.
fn release() -> String {
    let text = fs::read_to_string("/etc/os-release").expect("/etc/os-release");
    let line = text.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    line.expect("a Debian with a codename: the image is made of this machine's packages").trim_matches('"').to_owned()
}

/// A layout with the image `two`: a small Debian, and a few packages on top of it. dpkg runs their scripts in the root folder,
/// which only the superuser can ask for.
fn make_layout(to: &Path, release: &str) {
    let place = to.parent().expect("a folder around it");
    let base = place.join("base.tar");
    succeed(Command::new("mmdebstrap").args(["--quiet", "--variant=minbase", release]).arg(&base));
    succeed(Command::new("umoci").arg("init").arg("--layout").arg(to));
    let one = image(to, "one");
    succeed(Command::new("umoci").args(["new", "--image", &one]));
    succeed(Command::new("umoci").args(["raw", "add-layer", "--image", &one]).arg(&base));
    let bundle = place.join("upper");
    succeed(unpack(to, "one").arg(&bundle));
    let root = bundle.join("rootfs");
    let cache = place.join("cache");
    fs::create_dir_all(cache.join("archives/partial")).expect("making a folder");
    let mut download = Command::new("apt-get");
    download.args(["-y", "-q", "--no-install-recommends", "--download-only", "-o", "Debug::NoLocking=1"]);
    download.args(["-o", "APT::Sandbox::User=root"]);
    download.arg("-o").arg(format!("Dir::Cache={}", cache.display()));
    download.arg("-o").arg(format!("Dir::State::status={}", root.join("var/lib/dpkg/status").display()));
    succeed(download.arg("install").args(UPPER));
    let mut packages: Vec<PathBuf> = fs::read_dir(cache.join("archives"))
        .expect("apt's cache")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .collect();
    packages.sort();
    let mut dpkg = Command::new("dpkg");
    dpkg.env("DEBIAN_FRONTEND", "noninteractive").env("LC_ALL", "C.UTF-8");
    dpkg.arg(format!("--root={}", root.display()));
    dpkg.arg(format!("--log={}", root.join("var/log/dpkg.log").display()));
    succeed(dpkg.arg("--install").args(&packages));
    succeed(Command::new("umoci").args(["repack", "--image", &image(to, "two")]).arg(&bundle));
    succeed(Command::new("umoci").arg("gc").arg("--layout").arg(to));
}

/// The layers of the image `two`: digest and bytes.
fn layers(layout: &Path) -> Vec<(String, u64)> {
    let json = |path: &Path| -> serde_json::Value {
        let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_slice(&bytes).expect("JSON that umoci wrote")
    };
    let blob = |digest: &serde_json::Value| {
        let digest = digest.as_str().and_then(|digest| digest.strip_prefix("sha256:")).expect("a digest");
        (layout.join("blobs/sha256").join(digest), digest.to_owned())
    };
    let index = json(&layout.join("index.json"));
    let mut entries = index["manifests"].as_array().into_iter().flatten();
    let entry = entries.find(|entry| entry["annotations"]["org.opencontainers.image.ref.name"] == "two");
    let manifest = json(&blob(&entry.expect("the image `two`")["digest"]).0);
    let layers = manifest["layers"].as_array().expect("layers").iter();
    layers.map(|layer| (blob(&layer["digest"]).1, layer["size"].as_u64().expect("a size"))).collect()
}

/// Of each package under a root its source package and that one's version.
fn sources(root: &Path) -> Vec<(String, String)> {
    let mut query = Command::new("dpkg-query");
    query.arg(format!("--admindir={}", root.join("var/lib/dpkg").display()));
    let text = succeed(query.args(["-W", "-f", "${source:Package} ${source:Version}\\n"])).text();
    let pair = |line: &str| line.split_once(' ').map(|(name, version)| (name.to_owned(), version.to_owned()));
    text.lines().filter_map(pair).collect()
}

/// The tracker's JSON, and the same for debsecan.
fn make_advisories(to: &Path, release: &str, packages: &[(String, String)]) {
    fs::create_dir_all(to.join("debsecan")).expect("making a folder");
    // A source package may have binary packages of several versions; its faults are told of once.
    let mut names = BTreeSet::new();
    let sources: Vec<_> = packages.iter().filter(|(name, _)| names.insert(name)).cloned().collect();
    let (text, count) = tracker(release, &sources);
    fs::write(to.join("tracker.json"), &text).expect("writing advisories");
    fs::write(to.join("count"), count.to_string()).expect("writing a number");
    let mut command = Command::new("/usr/bin/python3");
    command.args(["-c", TO_DEBSECAN, release]).arg(to.join("debsecan").join(release));
    succeed_with_input(&mut command, text.as_bytes());
}

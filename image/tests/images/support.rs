//! Images made by the ordinary tools: mmdebstrap, dpkg-deb, umoci, skopeo.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, OnceLock};

use reposnap_image::inspect::{Options, Read, inspect};
use reposnap_image::inventory::FileChange;

/// Runs a program to its end; panics with what it printed where it fails.
pub fn run(program: &str, arguments: &[&str]) -> String {
    let output = attempt(program, arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}\n{}{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// Runs a program that may fail.
pub fn attempt(program: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).env("LC_ALL", "C.UTF-8").env("DEBIAN_FRONTEND", "noninteractive");
    command.output().unwrap_or_else(|error| panic!("{program}: {error}; scripts/setup installs what the tests need"))
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// Where things lie that take long to make: they outlive the test.
fn kept() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// The root folder of a small Debian, as a tar archive of mmdebstrap. Made from this machine's sources, once: it takes a minute.
pub fn base_archive() -> &'static Path {
    static ARCHIVE: OnceLock<PathBuf> = OnceLock::new();
    ARCHIVE.get_or_init(|| {
        let path = kept().join("base-2.tar");
        if !path.exists() {
            let unfinished = kept().join(format!("base-{}.tar", std::process::id()));
            let leave_out =
                ["doc/*", "locale/*", "man/*", "zoneinfo/*"].map(|path| format!("path-exclude=/usr/share/{path}"));
            let mut arguments = vec!["--variant=essential", "--mode=root"];
            for option in &leave_out {
                arguments.extend(["--dpkgopt", option]);
            }
            arguments.extend(["--dpkgopt", "path-exclude=/usr/lib/*/gconv/*", "bookworm", text(&unfinished)]);
            run("mmdebstrap", &arguments);
            fs::rename(&unfinished, &path).unwrap();
        }
        path
    })
}

/// An OCI layout whose image `base` is [`base_archive`], as one layer.
fn base_layout() -> &'static Path {
    static LAYOUT: OnceLock<PathBuf> = OnceLock::new();
    LAYOUT.get_or_init(|| {
        let path = kept().join("base-2.oci");
        if !path.exists() {
            let unfinished = kept().join(format!("base-{}.oci", std::process::id()));
            let layout = Layout { path: unfinished.clone() };
            run("umoci", &["init", "--layout", text(&unfinished)]);
            run("umoci", &["new", "--image", &layout.image("base")]);
            run("umoci", &["raw", "add-layer", "--image", &layout.image("base"), text(base_archive())]);
            run("umoci", &["gc", "--layout", text(&unfinished)]);
            fs::rename(&unfinished, &path).unwrap();
        }
        path
    })
}

/// An OCI layout that a test may change.
pub struct Layout {
    pub path: PathBuf,
}

impl Layout {
    /// One without images.
    pub fn empty(folder: &Path) -> Self {
        let path = folder.join("layout");
        run("umoci", &["init", "--layout", text(&path)]);
        Self { path }
    }

    /// One with the image `base`.
    pub fn with_base(folder: &Path) -> Self {
        let path = folder.join("layout");
        run("cp", &["-al", text(base_layout()), text(&path)]);
        // What is changed in place must not be shared.
        let index = fs::read(path.join("index.json")).unwrap();
        fs::remove_file(path.join("index.json")).unwrap();
        fs::write(path.join("index.json"), index).unwrap();
        Self { path }
    }

    /// `DIR:TAG`, as umoci and skopeo want it.
    pub fn image(&self, tag: &str) -> String {
        format!("{}:{tag}", text(&self.path))
    }

    /// `oci:DIR:TAG`.
    pub fn reference(&self, tag: &str) -> String {
        format!("oci:{}", self.image(tag))
    }

    /// A new image without layers.
    pub fn new_image(&self, tag: &str) {
        run("umoci", &["new", "--image", &self.image(tag)]);
    }

    /// Adds a tar archive as it is as a layer.
    pub fn add_archive(&self, tag: &str, archive: &Path) {
        run("umoci", &["raw", "add-layer", "--image", &self.image(tag), text(archive)]);
    }

    /// Adds the content of a folder as a layer, by GNU tar.
    pub fn add_folder(&self, tag: &str, folder: &Path) {
        let archive = folder.with_extension("layer.tar");
        run("tar", &["-C", text(folder), "--sort=name", "-cf", text(&archive), "."]);
        self.add_archive(tag, &archive);
    }

    /// Unpacks an image, to change it, or to ask others what is in it.
    pub fn unpack(&self, tag: &str, bundle: &Path) -> Bundle<'_> {
        run("umoci", &["unpack", "--image", &self.image(tag), text(bundle)]);
        Bundle { layout: self, path: bundle.to_owned() }
    }

    /// Where a blob is.
    pub fn blob(&self, digest: &str) -> PathBuf {
        self.path.join("blobs/sha256").join(digest.strip_prefix("sha256:").unwrap_or(digest))
    }

    /// The manifest of an image.
    pub fn manifest(&self, tag: &str) -> serde_json::Value {
        let index = json(&self.path.join("index.json"));
        let entries = index["manifests"].as_array().unwrap();
        let name = "org.opencontainers.image.ref.name";
        let entry = entries.iter().find(|entry| entry["annotations"][name] == tag).expect("the image");
        json(&self.blob(entry["digest"].as_str().unwrap()))
    }

    /// Writes a blob, and gives its descriptor.
    pub fn write_blob(&self, media_type: &str, bytes: &[u8]) -> serde_json::Value {
        let digest = reposnap::Digest::of(bytes);
        fs::write(self.blob(&digest.to_string()), bytes).unwrap();
        serde_json::json!({"mediaType": media_type, "digest": format!("sha256:{digest}"), "size": bytes.len()})
    }

    /// Makes an image of layers as they are: media type, bytes, and the digest that the configuration is to claim. Tools refuse to
    /// make what is wrong.
    pub fn write_image(&self, tag: &str, layers: &[(&str, &[u8], String)]) {
        let diff_ids: Vec<&String> = layers.iter().map(|(_, _, diff_id)| diff_id).collect();
        let config = serde_json::json!({"architecture": "amd64", "os": "linux", "config": {},
            "rootfs": {"type": "layers", "diff_ids": diff_ids}});
        let config = self.write_blob("application/vnd.oci.image.config.v1+json", config.to_string().as_bytes());
        let layers: Vec<_> = layers.iter().map(|(media_type, bytes, _)| self.write_blob(media_type, bytes)).collect();
        let manifest = serde_json::json!({"schemaVersion": 2, "config": config, "layers": layers});
        let mut entry = self.write_blob("application/vnd.oci.image.manifest.v1+json", manifest.to_string().as_bytes());
        entry["annotations"] = serde_json::json!({"org.opencontainers.image.ref.name": tag});
        let mut index = json(&self.path.join("index.json"));
        match index["manifests"].as_array_mut() {
            Some(entries) => entries.push(entry),
            None => index["manifests"] = serde_json::json!([entry]),
        }
        fs::write(self.path.join("index.json"), index.to_string()).unwrap();
    }
}

/// The media type of a layer that is compressed by gzip.
pub const GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
/// The media type of a plain layer.
pub const PLAIN: &str = "application/vnd.oci.image.layer.v1.tar";

/// `sha256:` and the digest of bytes.
pub fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", reposnap::Digest::of(bytes))
}

pub fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// An image, unpacked by umoci.
pub struct Bundle<'a> {
    layout: &'a Layout,
    pub path: PathBuf,
}

impl Bundle<'_> {
    /// The root folder.
    pub fn root(&self) -> PathBuf {
        self.path.join("rootfs")
    }

    /// dpkg on the root folder.
    pub fn dpkg(&self, arguments: &[&str]) -> String {
        let root = format!("--root={}", text(&self.root()));
        let log = format!("--log={}/var/log/dpkg.log", text(&self.root()));
        run("dpkg", &[&[root.as_str(), &log], arguments].concat())
    }

    /// Makes a layer of what was changed since.
    pub fn repack(&self, tag: &str) {
        run("umoci", &["repack", "--refresh-bundle", "--image", &self.layout.image(tag), text(&self.path)]);
    }
}

/// Builds a package with a program, a configuration file and documentation.
pub fn package(folder: &Path, name: &str, version: &str, architecture: &str, fields: &str) -> PathBuf {
    let tree = folder.join(format!("{name}-{version}-{architecture}"));
    let write = |path: &str, content: &str| {
        let path = tree.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    let program = format!("usr/lib/{architecture}/{name}");
    let documentation = format!("usr/share/doc/{name}/copyright");
    let configuration = format!("etc/{name}.conf");
    let control = format!(
        "Package: {name}\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: Test <test@example.org>\n{fields}Description: a test\n"
    );
    write("DEBIAN/control", &control);
    write(&program, &format!("{name} {version}\n"));
    if !fields.contains("Multi-Arch: same") {
        write(&configuration, "configured\n");
        write("DEBIAN/conffiles", &format!("/{configuration}\n"));
    }
    write(&documentation, "free\n");
    let sums: String = [&program, &documentation]
        .map(|path| run("sh", &["-c", "cd \"$0\" && md5sum \"$1\"", text(&tree), path]))
        .concat();
    write("DEBIAN/md5sums", &sums);
    let file = folder.join(format!("{name}_{version}_{architecture}.deb"));
    run("dpkg-deb", &["--root-owner-group", "-Znone", "-b", text(&tree), text(&file)]);
    file
}

/// Looks at an image, or fails to.
pub fn try_look(reference: &str, options: &Options) -> reposnap::Result<Read> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(inspect(&reference.parse()?, None, options))
}

/// Looks at an image.
pub fn look(reference: &str) -> Read {
    try_look(reference, &Options::default()).unwrap_or_else(|error| panic!("{reference}: {error}"))
}

/// Options that check files.
pub fn checking() -> Options {
    Options { files: true, ..Options::default() }
}

/// Options with a cache.
pub fn caching(cache: &Arc<reposnap_image::cache::MemoryCache>) -> Options {
    Options { cache: Some(Arc::clone(cache) as _), ..Options::default() }
}

/// What dpkg-query says of the packages under a root, a line each, sorted.
pub fn dpkg_query(root: &Path) -> Vec<String> {
    let admin = format!("--admindir={}", text(&root.join("var/lib/dpkg")));
    let format = "-f${Package} ${Version} ${Architecture} ${source:Package} ${source:Version} ${Status}\\n";
    sorted(&run("dpkg-query", &[&admin, "-W", format]))
}

/// The same of what was read.
pub fn packages(read: &Read) -> Vec<String> {
    let line = |package: &reposnap_image::Package| {
        let state = &package.state;
        format!(
            "{} {} {} {} {} {} {} {}",
            package.name,
            package.version,
            package.architecture,
            package.source.name,
            package.source.version,
            state.want,
            state.flag,
            state.status
        )
    };
    let mut lines: Vec<String> = read.inventory.packages.iter().map(line).collect();
    lines.sort();
    lines
}

/// What `dpkg --verify` says of the files under a root: path and `missing` or `modified`, and a `c` for configuration.
pub fn dpkg_verify(root: &Path) -> Vec<String> {
    let output = attempt("dpkg", &[&format!("--root={}", text(root)), "--verify"]);
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = |line: &str| {
        let word = if line.starts_with("missing") { "missing" } else { "modified" };
        let (flags, path) = line[9..].split_once('/').unwrap();
        let path = path.split(" (").next().unwrap();
        format!("{path} {word}{}", if flags.contains('c') { " c" } else { "" })
    };
    let mut lines: Vec<String> = lines.lines().map(line).collect();
    lines.sort();
    lines
}

/// The same of what was read.
pub fn changed_files(read: &Read) -> Vec<String> {
    let files = read.inventory.files.as_ref().expect("files were checked");
    let mut lines: Vec<String> = files
        .iter()
        .map(|file| {
            let word = if file.change == FileChange::Missing { "missing" } else { "modified" };
            format!("{} {word}{}", file.path, if file.conffile { " c" } else { "" })
        })
        .collect();
    lines.sort();
    // A folder is of several packages; dpkg tells of it for each as well.
    lines
}

fn sorted(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

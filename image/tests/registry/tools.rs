//! Programs of others, and images made by them.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reposnap::Digest;
use reposnap_image::blobs::{Blobs, Descriptor};
use reposnap_image::registry::{Credentials, Name, Registry, RegistryOptions};

/// Runs a program to its end, and gives what it says. Panics, with what it says on errors, where it fails.
pub fn run(home: &Path, program: &str, arguments: &[&str]) -> Vec<u8> {
    let (success, output, errors) = try_run(home, program, arguments);
    assert!(success, "{program} {arguments:?}: {errors}");
    output
}

pub fn try_run(home: &Path, program: &str, arguments: &[&str]) -> (bool, Vec<u8>, String) {
    let output = Command::new(program)
        .args(arguments)
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", home)
        .env_remove("REGISTRY_AUTH_FILE")
        .current_dir(home)
        .output()
        .unwrap_or_else(|error| panic!("{program}, of the Debian package of that name: {error}"));
    (output.status.success(), output.stdout, String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Debian's docker-registry on a port of its own; ends with the value.
pub struct Server {
    child: Child,
    pub port: u16,
    pub folder: tempfile::TempDir,
}

impl Server {
    /// With no more in its configuration than it needs.
    pub fn open() -> Self {
        Self::with(|_| String::new(), "")
    }

    /// With further sections of its configuration, which may lie in the folder that `more` is given, and lines of `http`.
    pub fn with(more: impl Fn(&Path) -> String, http: &str) -> Self {
        for _ in 0..5 {
            let folder = tempfile::tempdir().unwrap();
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let path = folder.path();
            let config = format!(
                "version: 0.1\nlog:\n  level: error\n  accesslog:\n    disabled: true\n\
                 storage:\n  filesystem:\n    rootdirectory: {}\n  delete:\n    enabled: true\n\
                 http:\n  addr: 127.0.0.1:{port}\n{}{}",
                path.join("data").display(),
                http.replace("DIR", &path.display().to_string()),
                more(path)
            );
            std::fs::write(path.join("config.yml"), config).unwrap();
            let child = Command::new("docker-registry")
                .arg("serve")
                .arg(path.join("config.yml"))
                .stdout(Stdio::null())
                .stderr(std::fs::File::create(path.join("log")).unwrap())
                .spawn()
                .expect("docker-registry, of the Debian package of that name");
            let mut server = Self { child, port, folder };
            if server.is_up() {
                return server;
            }
        }
        panic!("docker-registry does not start");
    }

    /// Whether it came up; somebody else may have taken the port.
    fn is_up(&mut self) -> bool {
        let end = Instant::now() + Duration::from_secs(30);
        while Instant::now() < end {
            if self.child.try_wait().unwrap().is_some() {
                eprintln!("{}", std::fs::read_to_string(self.folder.path().join("log")).unwrap());
                return false;
            }
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }

    pub fn name(&self, rest: &str) -> String {
        format!("127.0.0.1:{}/{rest}", self.port)
    }

    pub fn registry(&self, rest: &str, options: RegistryOptions) -> Registry {
        Registry::new(self.name(rest).parse::<Name>().unwrap(), options).unwrap()
    }

    /// What a client without a login has.
    pub fn anonymous(&self, rest: &str) -> Registry {
        self.registry(rest, anonymous())
    }

    pub fn copy(&self, images: &Images, tag: &str, rest: &str, more: &[&str]) {
        let (from, to) = (format!("oci:{}:{tag}", images.layout.display()), format!("docker://{}", self.name(rest)));
        let mut arguments = vec!["--insecure-policy", "copy", "--quiet", "--dest-tls-verify=false"];
        arguments.extend_from_slice(more);
        arguments.extend_from_slice(&[&from, &to]);
        run(images.home(), "skopeo", &arguments);
    }

    /// What skopeo reads as the manifest.
    pub fn raw(&self, images: &Images, rest: &str) -> Vec<u8> {
        let name = format!("docker://{}", self.name(rest));
        run(images.home(), "skopeo", &["inspect", "--raw", "--tls-verify=false", &name])
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn anonymous() -> RegistryOptions {
    let mut options = RegistryOptions::default();
    options.credentials = Credentials::Anonymous;
    options.certificates = Some(Vec::new());
    options
}

/// An OCI layout that umoci made: `one` (two layers, amd64), `two` (arm64), and `both`, the index of them.
pub struct Images {
    folder: tempfile::TempDir,
    pub layout: PathBuf,
}

impl Images {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let layout = folder.path().join("layout");
        let images = Self { folder, layout };
        images.umoci(&["init", "--layout", images.layout.to_str().unwrap()]);
        // Hard to compress, so that it comes in more than one piece.
        let mut noise = Vec::new();
        for number in 0..40_000u32 {
            noise.extend_from_slice(Digest::of(&number.to_le_bytes()).as_bytes());
        }
        for (file, content) in [("status", &b"Package: a\n"[..]), ("noise", &noise)] {
            std::fs::write(images.home().join(file), content).unwrap();
        }
        for (tag, architecture) in [("one", "amd64"), ("two", "arm64")] {
            let image = format!("{}:{tag}", images.layout.display());
            images.umoci(&["new", "--image", &image]);
            images.umoci(&["insert", "--rootless", "--image", &image, "status", "/var/lib/dpkg/status"]);
            if tag == "one" {
                images.umoci(&["insert", "--rootless", "--image", &image, "noise", "/usr/share/noise"]);
            }
            images.umoci(&["config", "--image", &image, "--architecture", architecture, "--config.label", "a=b"]);
        }
        images.add_index();
        images
    }

    pub fn home(&self) -> &Path {
        self.folder.path()
    }

    fn umoci(&self, arguments: &[&str]) {
        run(self.home(), "umoci", arguments);
    }

    fn add_index(&self) {
        let path = self.layout.join("index.json");
        let mut index: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let manifests: Vec<_> = [("one", "amd64"), ("two", "arm64")]
            .iter()
            .map(|(tag, architecture)| {
                let of = self.descriptor(tag);
                serde_json::json!({"mediaType": of.media_type, "digest": format!("sha256:{}", of.digest), "size": of.size,
                    "platform": {"os": "linux", "architecture": architecture}})
            })
            .collect();
        let kind = "application/vnd.oci.image.index.v1+json";
        let both = serde_json::json!({"schemaVersion": 2, "mediaType": kind, "manifests": manifests});
        let bytes = serde_json::to_vec(&both).unwrap();
        let digest = Digest::of(&bytes);
        std::fs::write(self.layout.join("blobs/sha256").join(digest.to_string()), &bytes).unwrap();
        index["manifests"].as_array_mut().unwrap().push(serde_json::json!({"mediaType": kind,
            "digest": format!("sha256:{digest}"), "size": bytes.len(),
            "annotations": {"org.opencontainers.image.ref.name": "both"}}));
        std::fs::write(path, serde_json::to_vec(&index).unwrap()).unwrap();
    }

    /// What `index.json` has under `tag`.
    pub fn descriptor(&self, tag: &str) -> Descriptor {
        let index: serde_json::Value =
            serde_json::from_slice(&std::fs::read(self.layout.join("index.json")).unwrap()).unwrap();
        let named = |entry: &&serde_json::Value| entry["annotations"]["org.opencontainers.image.ref.name"] == tag;
        let entry = index["manifests"].as_array().unwrap().iter().find(named).unwrap().clone();
        serde_json::from_value(entry).unwrap()
    }

    pub fn blob(&self, digest: Digest) -> Vec<u8> {
        std::fs::read(self.layout.join("blobs/sha256").join(digest.to_string())).unwrap()
    }
}

/// All of a layer, read as those who use it do.
pub async fn layer(registry: &Registry, descriptor: &Descriptor) -> reposnap::Result<Vec<u8>> {
    let mut reader = registry.open(descriptor).await?;
    let read = move || {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map(|_| bytes)
    };
    tokio::task::spawn_blocking(read).await.unwrap().map_err(reposnap_image::registry::error_of)
}

/// The config and the layers of a manifest.
pub fn parts(manifest: &[u8]) -> (Descriptor, Vec<Descriptor>) {
    let value: serde_json::Value = serde_json::from_slice(manifest).unwrap();
    let of = |value: &serde_json::Value| serde_json::from_value::<Descriptor>(value.clone()).unwrap();
    (of(&value["config"]), value["layers"].as_array().unwrap().iter().map(of).collect())
}

/// An authority, and certificates by it with their keys: `ca.crt`; `server.crt` and `server.key` for 127.0.0.1;
/// `client.cert` and `client.key`.
pub fn certificates(folder: &Path) {
    let openssl = |arguments: &[&str]| run(folder, "openssl", arguments);
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    let mut ca =
        vec!["req", "-x509", "-days", "2", "-subj", "/CN=test authority", "-keyout", "ca.key", "-out", "ca.crt"];
    ca.extend(["-addext", "keyUsage=critical,keyCertSign"]);
    ca.extend(key);
    openssl(&ca);
    for (subject, usage, name, secret) in [
        ("/CN=127.0.0.1", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n", "server.crt", "server.key"),
        ("/CN=client", "extendedKeyUsage=clientAuth\n", "client.cert", "client.key"),
    ] {
        let mut request = vec!["req", "-subj", subject, "-keyout", secret, "-out", "request"];
        request.extend(key);
        openssl(&request);
        std::fs::write(folder.join("extensions"), usage).unwrap();
        let mut sign = vec!["x509", "-req", "-in", "request", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"];
        sign.extend(["-days", "2", "-extfile", "extensions", "-out", name]);
        openssl(&sign);
    }
}

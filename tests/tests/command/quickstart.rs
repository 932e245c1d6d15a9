//! `quickstart`: on this machine, on one without lists, and on one that is no Debian.

use std::fs;
use std::path::Path;
use std::process::Command;

use reposnap_tests::apt::Apt;
use reposnap_tests::cli::program;
use reposnap_tests::process::{Finished, capture, succeed};
use serde_json::{Value, json};

use crate::schema::Schema;
use crate::world::{World, document};

/// This machine has lists: `scripts/setup` sees to it.
#[test]
fn on_this_machine() {
    let (schema, world) = (Schema::read(), World::new());
    let run = |arguments: &[&str]| {
        let finished = capture(&mut world.bare(arguments));
        assert!(finished.status.success(), "{}", finished.transcript());
        finished
    };
    let done = document(&run(&["--json", "--store", "store", "quickstart"]));
    schema.check("quickstart", &done);
    assert_eq!((&done["mirror"], &done["bundled"]), (&json!("system"), &json!(false)));
    assert!(done["packages"].as_u64().is_some_and(|count| count > 1000), "{}", done["packages"]);
    assert_eq!(done["environments"].as_object().map(serde_json::Map::len), Some(3));
    let dpkg = succeed(Command::new("dpkg-query").args(["-W", "-f", "${db:Status-Status}\n"])).text();
    let installed = dpkg.lines().filter(|state| *state == "installed").count();
    assert_eq!(done["machine"]["packages"].as_array().map(Vec::len), Some(installed));
    // The same as who asks for it.
    let audit = world.bare(&["--json", "--store", "store", "image", "audit", "host:", "stable"]);
    let audit = document(&capture(&mut { audit }));
    assert_eq!(audit["packages"], done["machine"]["packages"]);
    assert_eq!(audit["findings"].as_array().map(Vec::len), done["machine"]["findings"].as_array().map(Vec::len));

    apt_reads(&done, &world);

    // Again: nothing new, and the same store, key and environments.
    let again = document(&run(&["--json", "--store", "store", "quickstart"]));
    schema.check("quickstart", &again);
    for field in ["snapshot", "key", "environments", "directory", "apt"] {
        assert_eq!(again[field], done[field], "{field}");
    }
    assert_eq!(again["machine"]["packages"], done["machine"]["packages"]);
    let log = document(&run(&["--json", "--store", "store", "env", "log", "stable"]));
    assert_eq!(log.as_array().map(Vec::len), Some(1));
}

/// The two lines, done with a private apt instead of this machine's.
fn apt_reads(done: &Value, world: &World) {
    let line = |number: usize| done["apt"][number].as_str().expect("a line").to_owned();
    let certificate = line(0).split(' ').find(|word| word.ends_with(".asc")).expect("a certificate").to_owned();
    let certificate = world.folder().join(certificate);
    let source = line(1).split('\'').nth(1).expect("a quoted source").to_owned();
    let installed = source.split(['=', ']']).nth(1).expect("where the certificate is installed").to_owned();
    let apt = Apt::with_source(&format!("{}\n", source.replace(&installed, &certificate.display().to_string())));
    apt.update();
    let packages = done["machine"]["packages"].as_array().into_iter().flatten();
    let mut outdated = packages.filter(|one| one.get("outdated_since").is_some() && one["architecture"] != "i386");
    if let Some(package) = outdated.next() {
        let name = package["name"].as_str().expect("a name");
        assert_eq!(apt.candidate(name).as_deref(), package["candidate"].as_str(), "{name}");
    }
    assert!(apt.names().len() > 1000);
}

#[test]
fn without_lists_and_off_debian() {
    let schema = Schema::read();
    let elsewhere = Elsewhere::new();
    let off_debian = elsewhere.run(&["--store", "/store", "quickstart"]);
    assert!(off_debian.status.success(), "{}", off_debian.transcript());
    let text = off_debian.text();
    assert!(text.contains("no APT lists") && text.contains("apt-get update"), "says so, and what to do\n{text}");
    assert!(text.contains("3 packages, mirror system") && text.contains("have apt use it"), "{text}");
    assert!(!text.contains("installed here"), "{text}");

    // A Debian whose lists are empty.
    let status = "Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.21\n\n\
                  Package: hello-reposnap\nStatus: install ok installed\nArchitecture: all\nVersion: 0.9\n";
    elsewhere.write("var/lib/dpkg/status", status);
    fs::create_dir_all(elsewhere.root().join("var/lib/apt/lists")).expect("making a folder");
    let empty = elsewhere.run(&["--json", "--store", "/other", "quickstart"]);
    assert!(empty.status.success(), "{}", empty.transcript());
    let done = document(&empty);
    schema.check("quickstart", &done);
    assert_eq!((&done["bundled"], &done["packages"]), (&json!(true), &json!(3)));
    let machine = &done["machine"];
    assert_eq!((&machine["reference"], &machine["environment"]), (&json!("host:"), &json!("stable")));
    let packages = machine["packages"].as_array().expect("packages");
    assert_eq!(packages.iter().map(|one| &one["name"]).collect::<Vec<_>>(), ["dpkg", "hello-reposnap"]);
    assert!(packages.iter().all(|one| one["origin"]["matched"] == "from-nowhere"), "{packages:?}");
    assert_eq!(packages[1]["candidate"], "1.0-1");
    assert_eq!(done["publication"]["missing"], 0, "the bundled packages are in the store");

    // Once more, and apt installs from what it made.
    assert!(elsewhere.run(&["--store", "/other", "quickstart"]).status.success());
    let public = elsewhere.root().join("other/public");
    let source = format!("deb [signed-by={0}/stable.asc] file:{0} stable main\n", public.display());
    let apt = Apt::with_source(&source);
    apt.update();
    assert_eq!(apt.candidate("hello-reposnap").as_deref(), Some("1.0-1"));
    succeed(apt.command("apt-get").args(["download", "hello-reposnap"]));
}

/// A root folder with nothing but the command and its libraries.
struct Elsewhere(tempfile::TempDir);

impl Elsewhere {
    fn new() -> Self {
        let elsewhere = Self(tempfile::tempdir().expect("a temporary directory"));
        elsewhere.copy(program(), "reposnap");
        let libraries = succeed(Command::new("ldd").arg(program())).text();
        for library in libraries.split_whitespace().filter(|word| word.starts_with('/')) {
            elsewhere.copy(Path::new(library), library.trim_start_matches('/'));
        }
        elsewhere
    }

    fn root(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("making a folder");
        fs::write(path, text).expect("writing");
    }

    fn copy(&self, from: &Path, to: &str) {
        let to = self.root().join(to);
        fs::create_dir_all(to.parent().expect("a file is in a folder")).expect("making a folder");
        // By another process: a file that this one has open for writing can't be run, and whatever another test starts
        // just then has it open too.
        succeed(Command::new("cp").arg("--").arg(from).arg(to));
    }

    /// Runs the command with this as its root; whoever is not root becomes root of a user namespace.
    fn run(&self, arguments: &[&str]) -> Finished {
        let is_root = succeed(Command::new("id").arg("-u")).text().trim() == "0";
        let mut command = Command::new(if is_root { "chroot" } else { "unshare" });
        if !is_root {
            command.args(["--map-root-user", "chroot"]);
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.arg(self.root()).arg("/reposnap").args(arguments).env_clear().env("PATH", path).env("HOME", "/home");
        capture(&mut command)
    }
}

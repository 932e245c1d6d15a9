//! The recipe of an image, without an engine: what it copies and sets is done to a folder, and what it starts is started there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use reposnap_tests::cli::program;
use reposnap_tests::process::{capture, succeed};
use reposnap_tests::world::World;

/// What the recipe says.
struct Recipe {
    variables: Vec<(String, String)>,
    user: String,
    command: Vec<String>,
    folders: Vec<PathBuf>,
}

fn recipe() -> Recipe {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("examples/serve/Containerfile");
    let text = fs::read_to_string(path).expect("the recipe").replace("\\\n", " ");
    let last = text.rsplit("\nFROM ").next().expect("a stage").to_owned();
    let line = |word: &str| {
        let found = last.lines().find_map(|line| line.strip_prefix(word)?.strip_prefix(' '));
        found.unwrap_or_else(|| panic!("no {word} in\n{last}")).to_owned()
    };
    let list = |word: &str| serde_json::from_str::<Vec<String>>(&line(word)).expect("a list in JSON");
    let pairs = line("ENV").split_whitespace().filter_map(|pair| pair.split_once('=')).map(own).collect();
    let made = line("RUN").rsplit("-m 0700 ").next().expect("folders").to_owned();
    assert!(last.contains("COPY --from=build /src/target/release/reposnap /usr/bin/reposnap"), "{last}");
    Recipe {
        variables: pairs,
        user: line("USER"),
        command: [list("ENTRYPOINT"), list("CMD")].concat(),
        folders: made.split_whitespace().map(PathBuf::from).collect(),
    }
}

fn own((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// Copies `file` to the same place below `root`, through links.
fn copy(root: &Path, file: &Path) {
    let to = root.join(file.strip_prefix("/").expect("an absolute path"));
    fs::create_dir_all(to.parent().expect("a folder")).expect("making a folder");
    fs::copy(file, to).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}

#[test]
fn the_image_serves() {
    let recipe = recipe();
    assert_eq!(recipe.command[0], "/usr/bin/reposnap");
    // Libraries of the C library and of the compiler, which every image of Debian has.
    let needed = succeed(Command::new("ldd").arg(program())).text();
    let libraries: Vec<PathBuf> =
        needed.split_whitespace().filter(|word| word.starts_with('/')).map(PathBuf::from).collect();
    for library in &libraries {
        let name = library.file_name().expect("a name").to_string_lossy().into_owned();
        let known = ["libc.so", "libm.so", "libgcc_s.so", "ld-linux", "libdl.so", "libpthread.so", "librt.so"];
        assert!(known.iter().any(|known| name.starts_with(known)), "the image has no {name}");
    }
    if fs::metadata("/proc/self").map(|data| std::os::unix::fs::MetadataExt::uid(&data)).ok() != Some(0) {
        eprintln!("skipped: to start what the image starts, in a folder of its own, takes root");
        return;
    }
    let world = World::new();
    let root = world.directory.path().join("root");
    libraries.iter().for_each(|library| copy(&root, library));
    copy(&root, Path::new("/etc/ssl/certs/ca-certificates.crt"));
    fs::create_dir_all(root.join("usr/bin")).expect("making a folder");
    fs::copy(program(), root.join("usr/bin/reposnap")).expect("the program");
    let within = |path: &Path| root.join(path.strip_prefix("/").expect("an absolute path"));
    let run = |arguments: &[&str]| succeed(Command::new(arguments[0]).args(&arguments[1..]));
    for folder in &recipe.folders {
        let folder = within(folder);
        fs::create_dir_all(&folder).expect("making a folder");
        run(&["chmod", "0700", &folder.display().to_string()]);
    }
    let variable = |name: &str| {
        recipe.variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).expect("a variable")
    };
    let store = within(Path::new(&variable("REPOSNAP_STORE")));
    run(&["cp", "-r", &world.reposnap.store().display().to_string(), &store.display().to_string()]);
    fs::create_dir_all(root.join("etc/reposnap")).expect("making a folder");
    fs::copy(world.key(), root.join("etc/reposnap/key.asc")).expect("the key");
    run(&[
        "chown",
        "-R",
        &recipe.user,
        &root.join("var").display().to_string(),
        &root.join("etc/reposnap").display().to_string(),
    ]);

    // A port that is free here, where the image has one for itself.
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
    let command: Vec<String> = recipe.command.iter().map(|word| word.replace(":8480", &format!(":{port}"))).collect();
    assert_ne!(command, recipe.command, "the image listens elsewhere than it says");
    let mut server = Command::new("/usr/sbin/chroot");
    server.arg(format!("--userspec={}", recipe.user)).arg(&root).args(&command).env_clear();
    server.envs(recipe.variables.iter().map(|(name, value)| (name, value)));
    let log = world.directory.path().join("log");
    let mut server = server.stderr(fs::File::create(&log).expect("a log")).spawn().expect("chroot");
    let url = |path: &str| format!("http://127.0.0.1:{port}{path}");
    let status = |path: &str| {
        capture(Command::new("curl").args(["-s", "-o", "/dev/null", "-w", "%{http_code}", &url(path)])).text()
    };
    let began = Instant::now();
    while status("/readyz") != "200" {
        assert!(began.elapsed() < Duration::from_secs(20), "{}", fs::read_to_string(&log).unwrap_or_default());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(status("/stable/dists/stable/InRelease"), "200");
    let trees = within(Path::new(&variable("CACHE_DIRECTORY"))).join("trees/trees");
    assert!(fs::read_dir(trees).expect("trees are kept").count() > 0);
    run(&["kill", "-TERM", &server.id().to_string()]);
    assert_eq!(server.wait().expect("an end").code(), Some(0));
}

//! Real apt on one machine, `serve` on another, and a cable between them that is long, bad and cut.

use std::process::Command;
use std::time::{Duration, Instant};

use reposnap_tests::apt::Apt;
use reposnap_tests::deb::sha256;
use reposnap_tests::network::Network;
use reposnap_tests::process::{capture, succeed};
use reposnap_tests::serve::Served;
use reposnap_tests::world::{World, source};

/// How large what came of a package has to be when the connection breaks, in bytes.
const MIDDLE: u64 = 150_000;

#[test]
fn apt_on_another_machine_goes_on_where_the_connection_broke() {
    let network = match Network::new() {
        Ok(network) => network,
        Err(why) => {
            eprintln!("skipped: this takes root and network namespaces: {why}");
            return;
        }
    };
    let world = World::new();
    // The other machine sees no upstream: all packages are in the store before.
    let near = world.serve(&[]);
    let certificate = world.certificate(&near);
    for state in [0, 1] {
        for name in ["hello", "libhello", "g++-x"] {
            let path = world.package(&near, state, name);
            assert_eq!(near.get(&format!("/{}/{path}", world.states[state])).0, 200);
        }
    }
    let large = world.package(&near, 1, "libhello");
    drop(near);

    let mut command = Served::command(&world.reposnap, &format!("{}:0", network.address()));
    command.args(["--key", &world.key(), "--no-fetch"]);
    let served = Served::run(network.on_server(&command));
    println!("late packets, some lost: {}", network.worsen());
    let apt = Apt::with_source(&source(&certificate, &format!("{}/stable", served.url()), "stable"));
    apt.configure("Acquire::Retries \"3\";");
    let client = |arguments: &[&str]| {
        let mut command = apt.command("apt-get");
        command.args(arguments);
        network.on_client(&command)
    };
    // From here the server can't be reached, or it would be no other machine.
    let url = served.url().to_owned();
    assert_ne!(capture(Command::new("curl").args(["-sS", "-m", "2", &url])).code(), 0);
    succeed(&mut client(&["--error-on=any", "update"]));
    assert_eq!(apt.candidate("hello").as_deref(), Some("1.0"));

    // Updates while the environment moves, over that cable.
    for number in 0..20 {
        world.promote(1 - number % 2);
        apt.forget_lists();
        let mut update = client(&["--error-on=any", "update"]);
        let update =
            update.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().expect("apt");
        world.promote(number % 2);
        let update = update.wait_with_output().expect("apt ends");
        assert!(update.status.success(), "{number}: {}", String::from_utf8_lossy(&update.stderr));
    }
    world.promote(1);
    succeed(&mut client(&["--error-on=any", "update"]));
    assert_eq!(apt.candidate("hello").as_deref(), Some("2.0"));

    // A package comes slowly, and in the middle of it the connection breaks.
    apt.configure("Acquire::http::Dl-Limit \"200\";");
    let mut install = client(&["install", "--download-only", "--no-install-recommends", "hello"]);
    let install =
        install.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().expect("apt");
    let partial = apt.root().join("var/cache/apt/archives/partial");
    let came = || {
        let files = std::fs::read_dir(&partial).into_iter().flatten().flatten();
        files.filter_map(|file| file.metadata().ok()).map(|data| data.len()).max().unwrap_or(0)
    };
    let began = Instant::now();
    while came() < MIDDLE {
        assert!(began.elapsed() < Duration::from_secs(30), "the package does not come");
        std::thread::sleep(Duration::from_millis(10));
    }
    network.cut();
    let install = install.wait_with_output().expect("apt ends");
    assert!(install.status.success(), "{}", String::from_utf8_lossy(&install.stderr));
    let archives = apt.root().join("var/cache/apt/archives");
    let files = std::fs::read_dir(&archives).expect("apt's cache").flatten().map(|file| file.path());
    let whole = files
        .filter(|path| path.is_file())
        .any(|path| large.contains(&sha256(&std::fs::read(path).expect("a package"))));
    assert!(whole, "the large package is not there");
    // It went on in the middle: the second request asked for the rest alone.
    let log = served.log();
    let asked = || log.iter().filter(|event| event["path"].as_str().is_some_and(|path| path.ends_with(&large)));
    assert!(asked().count() >= 2, "nothing broke: {log:?}");
    assert!(asked().any(|event| event["status"] == 206), "it began anew: {log:?}");
}

//! What running `serve` takes: trees that outlast it and are made ahead, rates of clients, files that are read again, and many
//! updates at once, and a proxy in front.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reposnap_tests::apt::Apt;
use reposnap_tests::authority::Authority;
use reposnap_tests::deb::sha256;
use reposnap_tests::nginx::Nginx;
use reposnap_tests::process::succeed;
use reposnap_tests::serve::Served;
use reposnap_tests::world::{World, source};

/// How many updates a test does while environments move.
const UPDATES: usize = 1000;

fn metric(served: &Served, name: &str) -> u64 {
    let text = String::from_utf8(served.get("/metrics").2).expect("UTF-8");
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in\n{text}"))
}

fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}: not within a minute");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect()
}

#[test]
fn trees_outlast_the_server_and_damage_is_made_good() {
    let world = World::new();
    let trees = world.directory.path().join("trees");
    let place = trees.display().to_string();
    let serve = || world.serve(&["--trees", &place, "--ahead", "none"]);
    let index = "/stable/dists/stable/main/binary-amd64/Packages.gz";
    let served = serve();
    let first = served.get(index).2;
    let signed = served.get("/stable/dists/stable/Release").2;
    assert_eq!((metric(&served, "reposnap_trees_made_total"), metric(&served, "reposnap_trees_found_total")), (1, 0));
    assert!(metric(&served, "reposnap_trees_disk_bytes") > 0);
    drop(served);
    let served = serve();
    assert_eq!(served.get(index).2, first);
    assert_eq!(served.get("/stable/dists/stable/Release").2, signed);
    assert_eq!((metric(&served, "reposnap_trees_made_total"), metric(&served, "reposnap_trees_found_total")), (0, 1));
    // A package that the store lacks is found by the list that was kept.
    let package = world.package(&served, 0, "hello");
    assert_eq!(served.get(&format!("/stable/{package}")).0, 200);
    drop(served);

    for folder in ["files", "trees", "packages"] {
        for spoil in [
            (|path: &Path| {
                let mut bytes = std::fs::read(path).expect("a file");
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                std::fs::write(path, bytes).expect("writing");
            }) as fn(&Path),
            |path| std::fs::write(path, b"").expect("writing"),
            |path| std::fs::remove_file(path).expect("removing"),
        ] {
            files(&trees.join(folder)).iter().for_each(|path| spoil(path));
            let served = serve();
            assert_eq!(served.get(index).2, first, "{folder}");
            let missing = world.package(&served, 0, "libhello");
            let object = world.reposnap.store().join(&missing);
            let _ = std::fs::remove_file(object);
            assert_eq!(served.get(&format!("/stable/{missing}")).0, 200, "{folder}");
            assert_eq!(metric(&served, "reposnap_http_answers_total{class=\"5xx\"}"), 0, "{folder}");
        }
    }
    // While it runs, too: the file is open, and the next process finds it gone.
    let served = serve();
    assert_eq!(served.get(index).2, first);
    files(&trees.join("files")).iter().for_each(|path| std::fs::remove_file(path).expect("removing"));
    assert_eq!(served.get(index).2, first);
}

#[test]
fn nothing_is_kept_where_nothing_may_be() {
    let world = World::new();
    let none = world.directory.path().join("none");
    let served = world.serve(&["--trees", &none.display().to_string(), "--trees-limit", "0"]);
    assert_eq!(served.get("/stable/dists/stable/InRelease").0, 200);
    assert!(!none.exists());
}

#[cfg(unix)]
#[test]
fn trees_that_others_may_write_are_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let trees = world.directory.path().join("trees");
    std::fs::create_dir(&trees).expect("making a folder");
    std::fs::set_permissions(&trees, std::fs::Permissions::from_mode(0o777)).expect("opening it to all");
    let place = trees.display().to_string();
    let error = world.reposnap.fails(2, ["serve", "--listen", "127.0.0.1:0", "--trees", &place]);
    assert!(error.contains(&place) && error.contains("chmod go-w"), "{error}");
    let error = world.reposnap.fails(2, ["serve", "--listen", "127.0.0.1:0", "--ahead", "some"]);
    assert!(error.contains("none, current or all"), "{error}");
}

#[test]
fn trees_are_made_before_somebody_asks() {
    let world = World::new();
    let place = world.directory.path().join("trees").display().to_string();
    let served = world.serve(&["--trees", &place]);
    wait_for("both trees", || metric(&served, "reposnap_trees_made_total") == 2);
    assert!(served.log().iter().any(|event| event["event"] == "trees-made"));
    // A snapshot that comes to be later, and a promotion to it.
    let few = world.reposnap.json(["snapshot", "filter", "up", "hello"]);
    world.reposnap.ok(["env", "promote", "stable", few["snapshot"].as_str().expect("a digest")]);
    wait_for("the new one", || metric(&served, "reposnap_trees_made_total") == 3);
    assert_eq!(served.get("/stable/dists/stable/InRelease").0, 200);
    assert_eq!(metric(&served, "reposnap_trees_made_total"), 3);
}

#[test]
fn a_plain_index_comes_out_of_the_compressed_one_in_any_part() {
    let world = World::new();
    let served = world.serve(&["--compress", "gz,xz,zst"]);
    let path = "/stable/dists/stable/main/binary-amd64/Packages";
    let (status, head, whole) = served.get(path);
    assert_eq!(status, 200, "{head}");
    assert!(head.contains(&format!("Content-Length: {}\r\n", whole.len())) && head.contains(&sha256(&whole)), "{head}");
    let most = whole.len() - 1;
    for (range, part) in [
        ("bytes=0-0".to_owned(), &whole[..1]),
        ("bytes=100-199".to_owned(), &whole[100..200]),
        (format!("bytes={most}-"), &whole[most..]),
        ("bytes=-50".to_owned(), &whole[whole.len() - 50..]),
    ] {
        let (status, _, body) = served.request("GET", path, &[("Range", &range)], b"");
        assert_eq!((status, &body[..]), (206, part), "{range}");
    }
    assert_eq!(served.request("HEAD", path, &[], b"").2.len(), 0);
}

/// The statuses of `count` requests on one connection.
fn statuses(served: &Served, count: usize) -> Vec<(u16, String)> {
    let mut stream = served.connect();
    let request = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".repeat(count - 1);
    write!(stream, "{request}GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").expect("sending");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("answers");
    let heads = text.split("HTTP/1.1 ").skip(1);
    heads.map(|head| (head[..3].parse().expect("a status"), head.to_owned())).collect()
}

#[test]
fn who_asks_too_often_waits() {
    let world = World::new();
    let served = world.serve(&["--requests-per-client", "5"]);
    // Ten seconds' worth at once, and from then on five a second.
    let answers = statuses(&served, 80);
    let good = answers.iter().filter(|(status, _)| *status == 200).count();
    assert!((50..60).contains(&good), "{good} answers");
    let (status, head) = &answers[79];
    assert_eq!(*status, 429);
    assert!(head.contains("Retry-After: 1\r\n") && head.contains("\"limit\""), "{head}");
    // Another connection of the same client draws from the same bucket.
    let more = statuses(&served, 9);
    assert!(more.iter().filter(|(status, _)| *status == 429).count() >= 5, "{more:?}");
    std::thread::sleep(Duration::from_millis(1300));
    let (status, _, body) = served.get("/metrics");
    assert_eq!(status, 200);
    let limited = String::from_utf8(body).expect("UTF-8");
    let limited =
        limited.lines().find_map(|line| line.strip_prefix("reposnap_http_limited_total ")).expect("the counter");
    assert!(limited.parse::<usize>().expect("a number") >= 80 - good);
    wait_for("the log", || served.log().iter().any(|event| event["status"] == 429 && event["why"].is_string()));
    drop(served);
    // Without a limit nobody waits.
    let served = world.serve(&["--requests-per-client", "0"]);
    assert!(statuses(&served, 300).iter().all(|(status, _)| *status == 200));
}

/// nginx in front, as a load balancer: the limits and the log are those of its clients, as nginx tells who they are.
#[test]
fn behind_a_proxy_the_limits_are_those_of_its_clients() {
    let world = World::new();
    let limits = ["--requests-per-client", "5", "--connections-per-client", "1"];
    let served =
        world.serve(&[&limits[..], &["--trusted-proxy", "192.0.2.0/24", "--trusted-proxy", "127.0.0.1"]].concat());
    let nginx = Nginx::before(served.url());
    let ask = |count: usize, from: &str, fields: &[&str]| {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "--interface", from, "-w", "%{http_code}\n", "-o", "/dev/null"]);
        curl.args(fields.iter().flat_map(|field| ["-H", field]));
        // One request after another, over one connection.
        curl.arg(format!("{}/healthz?[1-{count}]", nginx.url()));
        let answers = succeed(&mut curl).text();
        answers.lines().filter(|status| *status == "200").count()
    };
    // Two clients, one of which asks for more than it may, and says that it is the other.
    let greedy = ask(80, "127.0.0.2", &["X-Forwarded-For: 127.0.0.3"]);
    assert!((50..70).contains(&greedy), "{greedy} answers");
    assert_eq!(ask(40, "127.0.0.3", &[]), 40);
    let logged = |client: &str, status: u64| {
        served.log().iter().any(|event| event["client"] == client && event["status"] == status)
    };
    wait_for("the log", || logged("127.0.0.2", 429) && logged("127.0.0.3", 200));
    assert!(!logged("127.0.0.3", 429) && !logged("127.0.0.1", 200));
    // Who is no proxy is not believed.
    let named = "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.7\r\nConnection: close\r\n\r\n";
    let direct = world.serve(&limits);
    assert!(direct.raw(named.as_bytes(), Duration::from_secs(5)).starts_with("HTTP/1.1 200"));
    wait_for("the log", || direct.log().iter().any(|event| event["client"] == "127.0.0.1"));
    let error = world.reposnap.fails(2, ["serve", "--listen", "127.0.0.1:0", "--trusted-proxy", "10.0.0.0/33"]);
    assert!(error.contains("10.0.0.0/33") && error.contains("fd00::/8"), "{error}");
}

fn hang_up(served: &Served) {
    succeed(Command::new("kill").args(["-HUP", &served.id().to_string()]));
}

#[test]
fn tokens_and_certificates_are_read_again() {
    let world = World::new();
    let tokens = world.token_file();
    let authority = Authority::new();
    let folder = world.directory.path().join("tls");
    std::fs::create_dir(&folder).expect("making a folder");
    authority.certify("DNS:localhost", &folder);
    let file = |name: &str| folder.join(name).display().to_string();
    let (certificate, key) = (file("tls.pem"), file("tls.key"));
    let served = world.serve(&["--tokens", &tokens, "--tls-cert", &certificate, "--tls-key", &key]);
    let port = served.url().rsplit_once(':').expect("a port").1.to_owned();
    let status = |token: &str| {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "-o", "/dev/null", "-w", "%{http_code}", "--cacert"]).arg(authority.file());
        curl.args(["-H", &format!("Authorization: Bearer {token}"), &format!("https://localhost:{port}/stable/")]);
        succeed(&mut curl).text()
    };
    let shown = || {
        let told = format!(
            "openssl s_client -connect localhost:{port} </dev/null 2>/dev/null | openssl x509 -noout -fingerprint"
        );
        succeed(Command::new("sh").args(["-c", &told])).text()
    };
    let events = |name: &str, what: &str| {
        served.log().iter().filter(|event| event["event"] == name && event["what"] == what).count()
    };
    let before = shown();
    assert_eq!((status("reader"), status("fresh")), ("200".into(), "401".into()));
    let digest = sha256(b"fresh");
    std::fs::write(&tokens, format!("read {digest} fresh-name\n")).expect("writing");
    authority.certify("DNS:localhost", &folder);
    // Nothing is read until somebody says so.
    assert_eq!((status("reader"), shown()), ("200".into(), before.clone()));
    hang_up(&served);
    wait_for("the tokens", || events("reloaded", "tokens") == 1 && events("reloaded", "certificate") == 1);
    assert_eq!((status("reader"), status("fresh")), ("401".into(), "200".into()));
    assert_ne!(shown(), before);
    // What is wrong leaves what was there, and the log tells why.
    let now = shown();
    std::fs::write(&tokens, "admin abc x\n").expect("writing");
    std::fs::write(&certificate, "nothing\n").expect("writing");
    hang_up(&served);
    wait_for("the refusal", || events("not-reloaded", "tokens") == 1 && events("not-reloaded", "certificate") == 1);
    assert_eq!((status("reader"), status("fresh"), shown()), ("401".into(), "200".into(), now));
    let log = served.log();
    let why =
        log.iter().find(|event| event["event"] == "not-reloaded" && event["what"] == "tokens").expect("it is told");
    assert!(why["why"].as_str().is_some_and(|why| why.contains("no role")), "{why}");
}

/// What an update does: what is signed, then each index that it names by its hash. Tells what does not fit.
fn update(served: &Served) -> Result<(), String> {
    let get = |path: &str| match served.get(path) {
        (200, _, body) => Ok(body),
        (status, head, _) => Err(format!("{path}: {status}\n{head}")),
    };
    let release = get("/stable/dists/stable/InRelease")?;
    let text = String::from_utf8_lossy(&release).into_owned();
    let entries = text.lines().filter_map(|line| line.strip_prefix(' '));
    let mut indexes = 0;
    for entry in entries {
        let [digest, size, path] = entry.split_whitespace().collect::<Vec<_>>()[..] else { continue };
        if digest.len() != 64 || !path.contains("binary-amd64/Packages") {
            continue;
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let body = get(&format!("/stable/dists/stable/{folder}/by-hash/SHA256/{digest}"))?;
        if sha256(&body) != digest || body.len().to_string() != size {
            return Err(format!("{path} is not what InRelease says: {} bytes\n{text}", body.len()));
        }
        indexes += 1;
    }
    if indexes == 0 { Err(format!("no index in\n{text}")) } else { Ok(()) }
}

/// A thousand updates by four clients, each index checked, while the environment moves as fast as it can.
#[test]
fn a_thousand_updates_fit_while_the_environment_moves() {
    let world = World::new();
    let served = world.serve(&["--requests-per-client", "0"]);
    let (left, over) = (AtomicUsize::new(UPDATES), AtomicBool::new(false));
    let moves = std::thread::scope(|scope| {
        let mover = scope.spawn(|| world.keep_moving(1, &over));
        let client = || {
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                update(&served)?;
            }
            Ok::<(), String>(())
        };
        let clients: Vec<_> = (0..4).map(|_| scope.spawn(client)).collect();
        let ends: Vec<_> = clients.into_iter().map(|client| client.join()).collect();
        over.store(true, Ordering::Relaxed);
        for end in ends {
            end.expect("a client").unwrap_or_else(|error| panic!("{error}"));
        }
        mover.join().expect("the mover")
    });
    println!("{UPDATES} updates while the environment moved {moves} times");
    assert!(moves > 3, "the environment hardly moved");
}

/// The same with real apt, whose word for it is `Hash Sum mismatch`.
#[test]
#[ignore = "takes minutes"]
fn a_thousand_updates_of_apt_fit_while_the_environment_moves() {
    let world = World::new();
    let served = world.serve(&["--requests-per-client", "0"]);
    let certificate = world.certificate(&served);
    let over = AtomicBool::new(false);
    let moves = std::thread::scope(|scope| {
        let mover = scope.spawn(|| world.keep_moving(1, &over));
        let apt = Apt::with_source(&source(&certificate, &format!("{}/stable", served.url()), "stable"));
        for number in 0..UPDATES {
            if number % 2 == 0 {
                apt.forget_lists();
            }
            let updated = apt.try_update();
            if updated.code() != 0 {
                over.store(true, Ordering::Relaxed);
                panic!("update {number}: {}", updated.transcript());
            }
        }
        over.store(true, Ordering::Relaxed);
        mover.join().expect("the mover")
    });
    println!("{UPDATES} updates of apt while the environment moved {moves} times");
}

//! `serve` as others meet it: real apt while environments move, curl, raw sockets, and many clients at once.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reposnap_tests::apt::Apt;
use reposnap_tests::cli::Reposnap;
use reposnap_tests::deb::sha256;
use reposnap_tests::process::{capture, succeed};
use reposnap_tests::serve::Served;
use reposnap_tests::world::{World, source};
use serde_json::{Value, json};

#[test]
fn apt_reads_any_moment_and_never_meets_a_mismatch() {
    let world = World::new();
    let served = world.serve(&[]);
    let certificate = world.certificate(&served);
    let apt = Apt::with_source(&source(&certificate, &format!("{}/stable", served.url()), "stable"));
    apt.update();
    assert_eq!(apt.candidate("hello").as_deref(), Some("1.0"));
    // The store has no package yet: each comes from upstream, verified.
    assert_eq!(apt.download(&["hello", "g++-x"]).len(), 3);
    world.promote(1);
    apt.update();
    assert_eq!(apt.candidate("hello").as_deref(), Some("2.0"));

    // A moment that is over, and a snapshot by its digest.
    let log = world.reposnap.json(["env", "log", "stable"]);
    let first = log.as_array().and_then(|log| log.last()).and_then(|entry| entry["time"].as_str()).expect("a time");
    for (base, suite) in
        [(format!("stable@{first}"), "stable"), (world.states[0].clone(), "snapshot"), ("stable~1".into(), "stable")]
    {
        let then = Apt::with_source(&source(&certificate, &format!("{}/{base}", served.url()), suite));
        then.update();
        assert_eq!(then.candidate("hello").as_deref(), Some("1.0"), "{base}");
    }

    // While the environment moves to and fro, as fast as it can.
    let over = Arc::new(AtomicBool::new(false));
    let (mut updates, mut moves) = (0, 0);
    std::thread::scope(|scope| {
        let mover = scope.spawn(|| world.keep_moving(0, &over));
        let began = Instant::now();
        while updates < 150 && (updates < 40 || began.elapsed() < Duration::from_secs(90)) {
            if updates % 2 == 0 {
                apt.forget_lists();
            }
            let updated = apt.try_update();
            if updated.code() != 0 {
                over.store(true, Ordering::Relaxed);
                panic!("update {updates}: {}", updated.transcript());
            }
            updates += 1;
        }
        over.store(true, Ordering::Relaxed);
        moves = mover.join().expect("the mover");
    });
    println!("{updates} updates while the environment moved {moves} times");
    assert!(moves > 10);
}

#[test]
fn upstreams_own_bytes_are_served_verbatim() {
    let world = World::new();
    let served = Served::start(&world.reposnap, ["--verbatim"]);
    let apt = Apt::with_source(&source(
        &world.directory.path().join("upstream.gpg"),
        &format!("{}/stable", served.url()),
        "testname",
    ));
    apt.update();
    assert_eq!(apt.candidate("hello").as_deref(), Some("1.0"));
    assert_eq!(apt.download(&["hello"]).len(), 2);
    world.promote(1);
    apt.update();
    assert_eq!(apt.candidate("hello").as_deref(), Some("2.0"));
    assert_eq!(served.get("/stable/dists/stable/InRelease").0, 404);
}

#[test]
fn an_old_index_is_found_by_its_hash_after_a_restart() {
    let world = World::new();
    let served = world.serve(&["--compress", "gz,xz"]);
    let path = |digest: &str| format!("/stable/dists/stable/main/binary-amd64/by-hash/SHA256/{digest}");
    let mut digests = Vec::new();
    for name in ["Packages", "Packages.gz", "Packages.xz"] {
        let (status, head, body) = served.get(&format!("/stable/dists/stable/main/binary-amd64/{name}"));
        assert_eq!(status, 200, "{head}");
        assert!(head.contains(&format!("ETag: \"{}\"", sha256(&body))));
        digests.push(sha256(&body));
    }
    // To the byte what a publication would have.
    let tree = world.directory.path().join("tree");
    let (to, key) = (tree.display().to_string(), world.key());
    let options = ["--suite", "stable", "--compress", "gz,xz", "--allow-missing"];
    world.reposnap.ok(["publish", "stable", "--to", &to, "--key", &key].iter().chain(&options));
    for (digest, name) in digests.iter().zip(["Packages", "Packages.gz", "Packages.xz"]).skip(1) {
        let path = tree.join("dists/stable/main/binary-amd64").join(name);
        assert_eq!(*digest, sha256(&std::fs::read(path).expect("published")), "{name}");
    }
    let (_, _, release) = served.get("/stable/dists/stable/Release");
    let release = String::from_utf8(release).expect("UTF-8");
    assert!(digests.iter().all(|digest| release.contains(digest.as_str())));
    drop(served);
    world.promote(1);
    let served = world.serve(&["--compress", "gz,xz"]);
    for digest in &digests {
        let (status, head, body) = served.get(&path(digest));
        assert_eq!((status, sha256(&body)), (200, digest.clone()));
        assert!(head.contains("immutable"), "{head}");
    }
    assert_eq!(served.get(&path(&"0".repeat(64))).0, 404);
    // Warm, it takes no time worth telling.
    let began = Instant::now();
    for _ in 0..20 {
        assert_eq!(served.get("/stable/dists/stable/InRelease").0, 200);
    }
    println!("InRelease in {:?}", began.elapsed() / 20);
}

#[test]
fn a_hundred_clients_cost_one_fetch() {
    let world = World::new();
    let served = world.serve(&[]);
    let path = world.package(&served, 0, "libhello");
    world.upstream.forget();
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..100).map(|_| scope.spawn(|| served.get(&format!("/stable/{path}")))).collect();
        for client in clients {
            let (status, head, body) = client.join().expect("a client");
            assert_eq!(status, 200, "{head}");
            assert!(path.contains(&sha256(&body)));
        }
    });
    let fetched = world.upstream.requests();
    assert_eq!(fetched.iter().filter(|request| request.path.contains("libhello")).count(), 1);
    let metrics = String::from_utf8(served.get("/metrics").2).expect("UTF-8");
    assert!(metrics.contains("reposnap_packages_fetched_total 1\n"), "{metrics}");
    // What upstream has turned into something else never comes through.
    let other = world.package(&served, 1, "libhello");
    let pool = world.directory.path().join("upstream/pool");
    let mut files = vec![pool];
    while let Some(at) = files.pop() {
        if at.is_dir() {
            files.extend(std::fs::read_dir(at).expect("a folder").flatten().map(|entry| entry.path()));
        } else if at.to_string_lossy().contains("libhello_2.0") {
            let mut bytes = std::fs::read(&at).expect("a package");
            *bytes.last_mut().expect("bytes") ^= 1;
            std::fs::write(&at, bytes).expect("writing");
        }
    }
    let (status, _, body) = served.get(&format!("/stable/{other}"));
    // `stable` never was that state, so its tree does not know the package; the snapshot's does.
    assert_eq!(status, 404);
    assert!(String::from_utf8_lossy(&body).contains("not-found"));
    let (status, _, body) = served.get(&format!("/{}/{other}", world.states[1]));
    assert_eq!(status, 502, "{}", String::from_utf8_lossy(&body));
    assert!(String::from_utf8_lossy(&body).contains("hash-mismatch"));
}

#[test]
fn ranges_conditions_and_heads() {
    let world = World::new();
    let served = world.serve(&[]);
    let path = format!("/stable/{}", world.package(&served, 0, "libhello"));
    let (status, _, whole) = served.get(&path);
    assert_eq!(status, 200);
    // In the second in which it came, its date is the one before, which nobody is told that it is still current by.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let (_, head, _) = served.get(&path);
    let etag = head.lines().find_map(|line| line.strip_prefix("ETag: ")).expect("an ETag").to_owned();
    let modified = head.lines().find_map(|line| line.strip_prefix("Last-Modified: ")).expect("a date").to_owned();
    let curl = |arguments: &[&str]| {
        let url = format!("{}{path}", served.url());
        let out = world.directory.path().join("out");
        let _ = std::fs::remove_file(&out);
        let done =
            succeed(Command::new("curl").args(["-sS", "-w", "%{http_code}", "-o"]).arg(&out).args(arguments).arg(url));
        (done.text(), std::fs::read(&out).unwrap_or_default())
    };
    assert_eq!(curl(&[]), ("200".into(), whole.clone()));
    assert_eq!(curl(&["-r", "0-0"]), ("206".into(), whole[..1].to_vec()));
    assert_eq!(curl(&["-r", "1000-1999"]), ("206".into(), whole[1000..2000].to_vec()));
    assert_eq!(curl(&["-r", "-100"]), ("206".into(), whole[whole.len() - 100..].to_vec()));
    assert_eq!(curl(&["-r", "100-"]), ("206".into(), whole[100..].to_vec()));
    assert_eq!(curl(&["-r", "0-1,5-6"]), ("200".into(), whole.clone()));
    assert_eq!(curl(&["-r", "999999999-"]).0, "416");
    let field = |name: &str, value: &str| curl(&["-H", &format!("{name}: {value}")]).0;
    assert_eq!(field("If-None-Match", &etag), "304");
    assert_eq!(field("If-None-Match", "\"other\""), "200");
    assert_eq!(field("If-Modified-Since", &modified), "304");
    assert_eq!(field("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"), "200");
    assert_eq!(field("If-Match", "\"other\""), "412");
    assert_eq!(curl(&["-r", "0-0", "-H", &format!("If-Range: {etag}")]).0, "206");
    assert_eq!(curl(&["-r", "0-0", "-H", "If-Range: \"other\""]).0, "200");
    let (status, head, body) = served.request("HEAD", &path, &[], b"");
    assert_eq!((status, body.len()), (200, 0));
    assert!(head.contains(&format!("Content-Length: {}\r\n", whole.len())), "{head}");
    assert!(head.contains("immutable"));
    // Several on one connection, sent ahead as apt does.
    let request = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    let last = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let answers = served.raw(format!("{}{last}", request.repeat(9)).as_bytes(), Duration::from_secs(5));
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 10);
}

#[test]
fn hostile_clients_are_refused_and_others_served() {
    let world = World::new();
    let served = world.serve(&["--connections-per-client", "20"]);
    let quick = Duration::from_secs(5);
    for (bytes, status) in [
        ("GET /healthz HTTP/1.1\nHost: a\n\n", "400"),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", "400"),
        ("GET http://elsewhere/healthz HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        (
            "POST /api/v1/env-list HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n",
            "400",
        ),
        ("POST /api/v1/env-list HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "411"),
        ("POST /api/v1/env-list HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "400"),
        ("POST /api/v1/env-list HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", "413"),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET /", "400"),
        ("GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET /stable/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET /stable/pool/%00 HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET //stable HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET /stable%2f..%2fx HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("\x16\x03\x01\x02\x00\x01\x00\x01\x7c\r\n\r\n", "400"),
    ] {
        let answer = served.raw(bytes.as_bytes(), quick);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{bytes:?} gave {answer:?}");
        assert!(answer.contains("Connection: close"), "{answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    }
    let long = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(8000));
    assert!(served.raw(long.as_bytes(), quick).starts_with("HTTP/1.1 414 "));
    let large = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n", "a".repeat(40_000));
    assert!(served.raw(large.as_bytes(), quick).starts_with("HTTP/1.1 431 "));
    // Those that were refused are waited for a moment, for them to read why.
    std::thread::sleep(Duration::from_secs(1));
    // Who says nothing, or hardly anything, holds a seat for ten seconds; no more seats than allowed, and then it is gone.
    let began = Instant::now();
    let mut slow: Vec<_> = (0..20).map(|_| served.connect()).collect();
    for stream in &mut slow {
        use std::io::Write as _;
        stream.write_all(b"GET / HTTP/1.1\r\nHo").expect("sending");
    }
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(served.raw(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", quick), "");
    for mut stream in slow {
        use std::io::Read as _;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }
    assert!(began.elapsed() < Duration::from_secs(18));
    // Their seats are free once the server has seen that they went.
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(served.get("/healthz").0, 200);
    let metrics = String::from_utf8(served.get("/metrics").2).expect("UTF-8");
    assert!(!metrics.contains("reposnap_connections_turned_away_total 0\n"), "{metrics}");
    assert!(served.log().iter().any(|event| event["status"] == 408));
}

#[test]
fn tokens_open_what_their_roles_allow() {
    let world = World::new();
    let tokens = world.token_file();
    let served = world.serve(&["--tokens", &tokens]);
    assert_eq!(served.get("/healthz").0, 200);
    assert_eq!(served.get("/").0, 200);
    for path in ["/metrics", "/stable/dists/stable/InRelease", "/api/v1/openapi.json"] {
        assert_eq!(served.get(path).0, 401, "{path}");
        assert_eq!(served.request("GET", path, &[("Authorization", "Bearer wrong")], b"").0, 401);
        assert_eq!(served.request("GET", path, &[("Authorization", "Bearer reader")], b"").0, 200);
    }
    let promote = json!({ "name": "stable", "rev": world.states[1] });
    let rehearse = json!({ "name": "stable", "rev": world.states[1], "dry_run": true });
    let (status, told) = served.call("env-promote", &rehearse, Some("reader"));
    assert_eq!((status, told["moved"].as_bool()), (200, Some(false)), "{told}");
    assert_eq!(served.call("env-promote", &promote, None).0, 401);
    assert_eq!(served.call("env-promote", &promote, Some("reader")).0, 403);
    assert_eq!(served.call("env-promote", &promote, Some("mirrorer")).0, 403);
    assert_eq!(served.call("mirror-update", &json!({ "name": "up" }), Some("promoter")).0, 403);
    assert_eq!(served.call("mirror-update", &json!({ "name": "up" }), Some("mirrorer")).0, 200);
    let (status, told) = served.call("env-promote", &promote, Some("promoter"));
    assert_eq!((status, told["moved"].as_bool()), (200, Some(true)), "{told}");
    let log = world.reposnap.json(["env", "log", "stable"]);
    assert_eq!(log[0]["actor"], "promoter-name");

    // apt sends what its auth.conf has.
    let certificate = world.directory.path().join("serve.asc");
    let (_, _, body) = served.request("GET", "/stable/stable.asc", &[("Authorization", "Bearer reader")], b"");
    std::fs::write(&certificate, body).expect("writing");
    let apt = Apt::with_source(&source(&certificate, &format!("{}/stable", served.url()), "stable"));
    assert_ne!(apt.try_update().code(), 0);
    let machine = format!("machine {} login apt password reader\n", served.url());
    std::fs::write(apt.root().join("etc/apt/auth.conf"), machine).expect("writing");
    apt.update();
    assert_eq!(apt.candidate("hello").as_deref(), Some("2.0"));

    let log = served.log();
    let beyond = log.iter().find(|event| event["status"] == 403).expect("it is logged");
    assert!(beyond["token"].as_str().is_some_and(|name| name.ends_with("-name")), "{beyond}");
    assert!(beyond["why"].as_str().is_some());
    for event in &log {
        for field in ["time", "client", "method", "path", "status", "bytes", "ms"] {
            assert!(event["event"] != "request" || !event[field].is_null(), "{field}: {event}");
        }
    }
    let text = Value::Array(log).to_string();
    assert!(!text.contains("\"reader\"") && !text.contains("Bearer"));
}

#[test]
fn nothing_is_written_where_nothing_may_be() {
    let world = World::new();
    let tokens = world.token_file();
    let served = world.serve(&["--tokens", &tokens, "--read-only", "--anonymous-read"]);
    let (status, told) =
        served.call("env-promote", &json!({ "name": "stable", "rev": world.states[1] }), Some("promoter"));
    assert_eq!((status, told["error"]["kind"].as_str()), (403, Some("read-only")));
    let path = world.package(&served, 0, "hello");
    assert_eq!(served.get(&format!("/stable/{path}")).0, 404);
    assert!(world.upstream.requests().is_empty());
    drop(served);
    // Without tokens nobody may change anything.
    let served = world.serve(&[]);
    assert_eq!(served.call("env-promote", &json!({ "name": "stable", "rev": world.states[1] }), None).0, 403);
    // And nothing of the server's own files can be asked for.
    for (operation, request) in [
        ("publish", json!({ "to": "/tmp/x", "suite": "a", "key": "/etc/shadow" })),
        ("key-generate", json!({ "user_id": "a", "output": "/tmp/x" })),
        ("deb-show", json!({ "file": "/etc/shadow" })),
        ("mirror-add-folder", json!({ "name": "a", "directory": "/" })),
    ] {
        assert_eq!(served.call(operation, &request, None).0, 404, "{operation}");
    }
    let keyring = json!({ "keyring": ["/etc/shadow"] });
    let (status, told) = served.call("keyring-show", &keyring, None);
    assert_eq!((status, told["error"]["field"].as_str()), (400, Some("keyring")));
    assert_eq!(
        served.call("resolve", &json!({ "rev": "stable", "names": ["hello"], "status": "/etc/shadow" }), None).0,
        400
    );
}

#[test]
fn every_endpoint_answers() {
    let world = World::new();
    let served = world.serve(&[]);
    for path in ["/", "/healthz", "/readyz", "/metrics", "/stable/", "/stable", "/api/v1/openapi.json", "/up/"] {
        assert_eq!(served.get(path).0, 200, "{path}");
    }
    for path in [
        "/nothing",
        "/stable/dists/other/InRelease",
        "/stable/dists/",
        "/api/",
        "/api/v1/nothing",
        "/api/v1/a/b",
        "/stable/pool/x",
    ] {
        assert_eq!(served.get(path).0, 404, "{path}");
    }
    assert_eq!(served.get("/api/v1/env-list").0, 405);
    assert_eq!(served.request("DELETE", "/stable/", &[], b"").0, 405);
    assert_eq!(served.request("POST", "/api/v1/env-list", &[("Content-Type", "text/plain")], b"{}").0, 415);
    let cross = [("Content-Type", "application/json"), ("Sec-Fetch-Site", "cross-site")];
    assert_eq!(served.request("POST", "/api/v1/env-list", &cross, b"{}").0, 403);
    let (_, head, _) = served.get("/");
    assert!(head.contains("Content-Security-Policy: default-src 'none'; script-src 'sha256-"), "{head}");
    for (operation, request) in [
        ("env-list", json!({})),
        ("env-log", json!({ "name": "stable" })),
        ("mirror-list", json!({})),
        ("snapshot-list", json!({})),
        ("snapshot-diff", json!({ "before": world.states[0], "after": world.states[1] })),
        ("search", json!({ "rev": "stable", "query": "hello" })),
        ("resolve", json!({ "rev": "stable", "names": ["hello"], "architecture": "amd64" })),
        ("fleet-stale", json!({ "rev": "stable" })),
        ("version-compare", json!({ "a": "1", "b": "2" })),
    ] {
        let (status, document) = served.call(operation, &request, None);
        assert_eq!(status, 200, "{operation}: {document}");
    }
    let same = world.reposnap.json(["search", "stable", "hello"]);
    assert_eq!(served.call("search", &json!({ "rev": "stable", "query": "hello" }), None).1, same);
    let (status, told) = served.call("search", &json!({ "rev": "nothing", "query": "hello" }), None);
    assert_eq!((status, told["error"]["kind"].as_str()), (404, Some("not-found")));
    let (_, _, body) = served.get("/api/v1/openapi.json");
    let document: Value = serde_json::from_slice(&body).expect("JSON");
    assert!(document["paths"]["/api/v1/env-promote"]["post"].is_object());
}

#[test]
fn it_stops_when_what_runs_is_done() {
    use std::io::{Read as _, Write as _};
    let world = World::new();
    let mut served = world.serve(&["--grace", "10"]);
    let path = world.package(&served, 0, "libhello");
    let (_, _, whole) = served.get(&format!("/stable/{path}"));
    let idle = served.connect();
    // A request that is under way: the second half of its head comes after the signal.
    let mut running = served.connect();
    write!(running, "GET /stable/{path} HTTP/1.1\r\n").expect("sending");
    std::thread::sleep(Duration::from_millis(300));
    succeed(Command::new("kill").args(["-TERM", &served.id().to_string()]));
    std::thread::sleep(Duration::from_millis(300));
    write!(running, "Host: a\r\n\r\n").expect("sending");
    let mut answer = Vec::new();
    running.read_to_end(&mut answer).expect("an answer");
    assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n") && answer.ends_with(&whole));
    assert_eq!(served.wait(Duration::from_secs(8)), 0);
    drop(idle);
    assert!(served.log().iter().any(|event| event["event"] == "stopped" && event["cut_off"] == false));
}

#[test]
fn tls_serves_the_same() {
    let world = World::new();
    let authority = reposnap_tests::authority::Authority::new();
    let folder = world.directory.path().join("tls");
    std::fs::create_dir(&folder).expect("making a folder");
    authority.certify("DNS:localhost", &folder);
    let file = |name: &str| folder.join(name).display().to_string();
    let (certificate, key) = (file("tls.pem"), file("tls.key"));
    let served = world.serve(&["--tls-cert", &certificate, "--tls-key", &key]);
    let port = served.url().rsplit_once(':').expect("a port").1.to_owned();
    let path = {
        let url = format!("https://localhost:{port}/{}/dists/snapshot/main/binary-amd64/Packages", world.states[0]);
        let text = succeed(Command::new("curl").args(["-sSf", "--cacert"]).arg(authority.file()).arg(url)).text();
        text.lines().filter_map(|line| line.strip_prefix("Filename: ")).next().expect("a place").to_owned()
    };
    let out = world.directory.path().join("out");
    let url = format!("https://localhost:{port}/stable/{path}");
    succeed(Command::new("curl").args(["-sSf", "--cacert"]).arg(authority.file()).arg("-o").arg(&out).arg(&url));
    assert!(path.contains(&sha256(&std::fs::read(&out).expect("the package"))));
    // In the clear, it says nothing.
    let plain = capture(Command::new("curl").args(["-sS", "-m", "5", &url.replace("https", "http")]));
    assert_ne!(plain.code(), 0);
}

#[test]
fn wrong_options_are_told() {
    let world = World::new();
    let tokens = world.directory.path().join("bad");
    std::fs::write(&tokens, "admin abc x\n").expect("writing");
    let tokens = tokens.display().to_string();
    let error = world.reposnap.fails(2, ["serve", "--listen", "127.0.0.1:0", "--tokens", &tokens]);
    assert!(error.contains(":1:") && error.contains("no role"), "{error}");
    let error = world.reposnap.fails(2, ["serve", "--listen", "127.0.0.1:0", "--key", "/nowhere"]);
    assert!(error.contains("/nowhere"), "{error}");
    let error =
        world.reposnap.fails(2, ["serve", "--listen", "127.0.0.1:0", "--tls-cert", &tokens, "--tls-key", &tokens]);
    assert!(error.contains("certificate"), "{error}");
    let nowhere = Reposnap::new(&world.directory.path().join("nowhere"));
    nowhere.fails(2, ["serve", "--listen", "127.0.0.1:0"]);
}

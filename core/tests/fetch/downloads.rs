//! `download`: many files into a store.

use std::collections::HashMap;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reposnap::progress::{Cancel, Event, Monitor, Progress};
use reposnap::source::fetch::{Job, MOST_IN_A_ROW, Totals, parse_url};
use reposnap::store::Objects;
use reposnap::{Digest, Kind};

use super::server::{Server, Then, answer, ok, send};
use super::{fetcher, noise, options, run};

/// Counts what it is told, and cancels after so many files.
#[derive(Default)]
struct Counter {
    items: AtomicU64,
    bytes: AtomicU64,
    phases: Mutex<Vec<String>>,
    cancel_after: Option<(u64, Cancel)>,
}

impl Progress for Counter {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Advance { phase: "packages", by } => {
                let items = self.items.fetch_add(by, Ordering::SeqCst) + by;
                if let Some((after, cancel)) = &self.cancel_after
                    && items >= *after
                {
                    cancel.cancel();
                }
            }
            Event::Advance { by, .. } => {
                self.bytes.fetch_add(by, Ordering::SeqCst);
            }
            Event::Start { phase, total, .. } => {
                self.phases.lock().unwrap().push(format!("{phase} {}", total.unwrap_or_default()));
            }
            Event::Finish { phase } => self.phases.lock().unwrap().push(format!("end of {phase}")),
            _ => {}
        }
    }
}

fn job(url: &str, bytes: &[u8]) -> Job {
    let sha256 = Digest::of(bytes);
    Job {
        url: parse_url(url).unwrap(),
        size: bytes.len() as u64,
        sha256,
        path: format!("pool/{sha256}.deb"),
        control: None,
    }
}

fn totals(jobs: &[Job]) -> Totals {
    Totals { items: jobs.len() as u64, bytes: jobs.iter().map(|job| job.size).sum() }
}

/// Files by path; each answer breaks after `most` bytes.
fn files(files: HashMap<String, Vec<u8>>, most: usize) -> Server {
    Server::start(move |request, stream| {
        let Some(bytes) = files.get(&request.target) else { return send(stream, &answer("404 Not Found", "", b"no")) };
        let start = request.start().unwrap_or(0);
        let end = bytes.len().min(start + most);
        let head = match request.start() {
            Some(_) => format!(
                "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {start}-{}/{}\r\nContent-Length: {}\r\n\r\n",
                bytes.len() - 1,
                bytes.len(),
                bytes.len() - start
            ),
            None => format!("HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: {}\r\n\r\n", bytes.len()),
        };
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(&bytes[start..end]);
        if end == bytes.len() { Then::Keep } else { Then::Close }
    })
}

#[test]
fn small_and_large_files_arrive_whole() {
    let mut content = HashMap::new();
    for size in [0, 1, 700, 65_536, 1 << 20, (1 << 20) + 1, 5_000_000] {
        content.insert(format!("/f{size}"), noise(size));
    }
    for number in 0..200 {
        content.insert(format!("/n{number}"), number.to_string().into_bytes());
    }
    let server = files(content.clone(), 3_000_000);
    let jobs: Vec<Job> = content.iter().map(|(path, bytes)| job(&server.url(path), bytes)).collect();
    let folder = tempfile::tempdir().unwrap();
    for objects in [Objects::memory(), Objects::local(folder.path()).unwrap()] {
        let counter = Arc::new(Counter::default());
        let monitor = Monitor::new(counter.clone(), Cancel::new());
        let expected = totals(&jobs);
        let done = run(fetcher(options()).download(jobs.clone(), expected, &objects, &monitor)).unwrap();
        assert_eq!((done.items, done.bytes), (expected.items, expected.bytes));
        assert_eq!(counter.items.load(Ordering::SeqCst), expected.items);
        // Each byte counts once, though one file broke and was resumed.
        assert_eq!(counter.bytes.load(Ordering::SeqCst), expected.bytes);
        let phases = counter.phases.lock().unwrap().clone();
        let starts = [format!("packages {}", expected.items), format!("package bytes {}", expected.bytes)];
        assert_eq!(phases, [&starts[0], &starts[1], "end of package bytes", "end of packages"]);
        run(async {
            for job in &jobs {
                assert_eq!(Digest::of(&objects.get(&job.path).await.unwrap()), job.sha256);
            }
            assert_eq!(objects.list("").await.unwrap().len(), jobs.len());
        });
    }
}

#[test]
fn what_fails_is_told_together_and_leaves_nothing() {
    let good = noise(2_000_000);
    let mut content = HashMap::from([("/good".to_owned(), good.clone()), ("/small".to_owned(), b"fine".to_vec())]);
    content.insert("/bad-large".to_owned(), noise(1_500_000));
    content.insert("/bad-small".to_owned(), b"other".to_vec());
    let server = files(content, usize::MAX);
    let mut jobs = vec![
        job(&server.url("/bad-large"), &vec![9; 1_500_000]),
        job(&server.url("/bad-small"), b"right"),
        job(&server.url("/good"), &good),
        job(&server.url("/small"), b"fine"),
    ];
    jobs.extend((0..40).map(|number| job(&server.url(&format!("/gone{number}")), format!("gone {number}").as_bytes())));
    let folder = tempfile::tempdir().unwrap();
    let objects = Objects::local(folder.path()).unwrap();
    let error =
        run(fetcher(options()).download(jobs.clone(), totals(&jobs), &objects, &Monitor::silent())).unwrap_err();
    let text = error.message();
    assert!(text.starts_with("42 files could not be fetched (2 could):"), "{text}");
    assert!(text.contains("and 32 more"), "{text}");
    assert_eq!(text.matches(&server.url("/")).count(), 10, "{text}");
    let paths: Vec<String> = run(objects.list("")).unwrap().into_iter().map(|meta| meta.path).collect();
    let mut expected = [jobs[2].path.clone(), jobs[3].path.clone()];
    expected.sort();
    assert_eq!(paths, expected);
    // No unfinished file stays behind either.
    let pool = std::fs::read_dir(folder.path().join("pool")).unwrap().count();
    assert_eq!(pool, 2);
    // One failure stands for itself.
    let error =
        run(fetcher(options()).download(vec![jobs[1].clone()], Totals::default(), &objects, &Monitor::silent()))
            .unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("hash-mismatch")));
}

#[test]
fn a_server_that_went_away_ends_it() {
    let server = Server::fixed(answer("503 Busy", "", b""));
    let mut once = options();
    once.retries = 0;
    once.parallel = 4;
    let jobs: Vec<Job> = (0..1000).map(|number| job(&server.url(&format!("/{number}")), b"x")).collect();
    let objects = Objects::memory();
    let error = run(fetcher(once).download(jobs, Totals::default(), &objects, &Monitor::silent())).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("http-status")));
    assert!(error.message().contains("the rest was given up"), "{error}");
    assert!(server.count() < MOST_IN_A_ROW + 4);
}

#[test]
fn cancelling_ends_even_a_wait() {
    let server = Server::start(|request, stream| {
        if request.target == "/stall" {
            std::thread::sleep(Duration::from_secs(20));
            return Then::Close;
        }
        send(stream, &ok("", request.target.as_bytes()))
    });
    let mut jobs: Vec<Job> = (0..100).map(|n| job(&server.url(&format!("/{n}")), format!("/{n}").as_bytes())).collect();
    jobs.push(job(&server.url("/stall"), b"never"));
    let cancel = Cancel::new();
    let counter = Arc::new(Counter { cancel_after: Some((100, cancel.clone())), ..Counter::default() });
    let objects = Objects::memory();
    let mut patient = options();
    patient.idle_timeout = Duration::from_secs(3600);
    let work = async {
        let error =
            fetcher(patient).download(jobs, Totals::default(), &objects, &Monitor::new(counter, cancel.clone())).await;
        assert_eq!(error.unwrap_err().kind(), Kind::Cancelled);
        assert_eq!(objects.list("").await.unwrap().len(), 100);
    };
    run(work);
}

#[test]
fn a_store_that_fails_ends_it_with_its_own_error() {
    let server = Server::fixed(ok("", b"x"));
    let folder = tempfile::tempdir().unwrap();
    let objects = Objects::local(folder.path()).unwrap();
    // A file where a folder has to be.
    std::fs::write(folder.path().join("pool"), "").unwrap();
    let jobs: Vec<Job> = (0..100).map(|_| job(&server.url("/"), b"x")).collect();
    let mut few = options();
    few.parallel = 2;
    let error = run(fetcher(few).download(jobs, Totals::default(), &objects, &Monitor::silent())).unwrap_err();
    assert_ne!(error.kind(), Kind::Network);
    assert!(error.at_path().unwrap().contains("pool/"), "{error}");
    assert!(server.count() < 10);
}

#[test]
fn packages_from_a_folder_of_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    let (large, small) = (noise(2_500_000), noise(100));
    std::fs::write(folder.path().join("large"), &large).unwrap();
    std::fs::write(folder.path().join("small"), &small).unwrap();
    let url = |name: &str| format!("file://{}/{name}", folder.path().display());
    let jobs = vec![job(&url("large"), &large), job(&url("small"), &small)];
    let objects = Objects::memory();
    let done = run(fetcher(options()).download(jobs.clone(), Totals::default(), &objects, &Monitor::silent())).unwrap();
    assert_eq!((done.items, done.bytes), (2, 2_500_100));
    assert_eq!(run(objects.get(&jobs[0].path)).unwrap(), large);
}

#[test]
fn no_more_requests_at_once_than_allowed() {
    let (now, most) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let (current, peak) = (now.clone(), most.clone());
    let server = Server::start(move |request, stream| {
        let running = current.fetch_add(1, Ordering::SeqCst) + 1;
        peak.fetch_max(running, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(5));
        current.fetch_sub(1, Ordering::SeqCst);
        send(stream, &ok("", request.target.as_bytes()))
    });
    let mut few = options();
    few.parallel = 3;
    let jobs: Vec<Job> = (0..40).map(|n| job(&server.url(&format!("/{n}")), format!("/{n}").as_bytes())).collect();
    run(fetcher(few).download(jobs, Totals::default(), &Objects::memory(), &Monitor::silent())).unwrap();
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

/// What a runtime with several threads asks of a task.
#[test]
fn work_may_move_between_threads() {
    fn movable<T: Send>(work: T) {
        drop(work);
    }
    let (fetcher, objects, monitor) = (fetcher(options()), Objects::memory(), Monitor::silent());
    let url = parse_url("http://127.0.0.1:1/").unwrap();
    let expected = reposnap::source::fetch::Expected::new(0, Digest::of(b""));
    movable(fetcher.get(&url, 1, None));
    movable(fetcher.get_verified(std::slice::from_ref(&url), &expected));
    movable(fetcher.download(Vec::new(), Totals::default(), &objects, &monitor));
}

//! What a store in a bucket costs a month, from requests that are counted here and prices that stand in the document.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use reposnap_tests::cli::Reposnap;
use reposnap_tests::deb::Package;
use reposnap_tests::gnupg::GnuPg;
use reposnap_tests::nginx::Nginx;
use reposnap_tests::s3::S3;
use reposnap_tests::serve::Served;
use reposnap_tests::upstream::{Suite, Upstream};

/// List prices of S3 Standard in us-east-1, in dollars: what the document shows them as, and per one.
const PRICES: [(&str, f64); 4] = [
    ("$0.005 for 1,000 PUT, COPY, POST or LIST", 0.005 / 1000.0),
    ("$0.0004 for 1,000 GET or HEAD", 0.0004 / 1000.0),
    ("$0.023 for a GB kept for a month", 0.023),
    ("$0.09 for a GB sent out", 0.09),
];

/// Packages of the upstream that is counted.
const PACKAGES: usize = 200;

/// Debian 12 main, amd64: packages, and GB of them.
const DEBIAN: (u64, f64) = (63_440, 95.3);
/// Of these, packages that change with an update that brings something: one in a hundred.
const CHANGED: u64 = DEBIAN.0 / 100;
/// MB of its Packages.gz, and of a package on the average.
const INDEX: f64 = 13.0;
const PACKAGE: f64 = DEBIAN.1 * 1000.0 / DEBIAN.0 as f64;
/// A month: updates that bring nothing and something, promotions, a machine's updates, and the packages that it installs.
const QUIET: u64 = 90;
const BUSY: u64 = 30;
const PROMOTIONS: u64 = 4;
const UPDATES: u64 = 60;
const INSTALLED: u64 = 40;
/// How many machines there are.
const MACHINES: [u64; 3] = [10, 1_000, 100_000];
/// Servers of the layout with `serve`, each of which makes each tree and fetches each package once.
const SERVERS: [u64; 3] = [1, 2, 4];

/// Requests by what they cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Requests {
    /// PUT, POST and listings.
    writes: u64,
    /// GET and HEAD.
    reads: u64,
    /// DELETE, which costs nothing.
    free: u64,
}

impl Requests {
    fn count(server: &S3) -> Self {
        let mut counted = Self::default();
        for line in server.requests() {
            let is_listing = line.starts_with("GET") && (line.contains("list-type=") || line.contains("?uploads"));
            match line.split(' ').next().unwrap_or_default() {
                "PUT" | "POST" => counted.writes += 1,
                "GET" if is_listing => counted.writes += 1,
                "GET" | "HEAD" => counted.reads += 1,
                "DELETE" => counted.free += 1,
                other => panic!("{other}: what does that cost?"),
            }
        }
        counted
    }

    fn cost(self) -> f64 {
        self.writes as f64 * PRICES[0].1 + self.reads as f64 * PRICES[1].1
    }

    fn times(self, count: u64) -> Self {
        Self { writes: self.writes * count, reads: self.reads * count, free: self.free * count }
    }

    fn plus(self, other: Self) -> Self {
        Self { writes: self.writes + other.writes, reads: self.reads + other.reads, free: self.free + other.free }
    }
}

/// What was counted.
struct Counted {
    quiet: Requests,
    /// Of an update that brings this many packages.
    busy: [(u64, Requests); 2],
    promotion: Requests,
    /// The first update of a client through `serve`, further ones, and a package, which comes through it each time.
    first: Requests,
    again: Requests,
    package: Requests,
}

fn packages(changed: usize) -> Vec<Package> {
    let version = |number: usize| if number < changed { "2.0" } else { "1.0" };
    (0..PACKAGES).map(|number| Package::new(&format!("package{number}"), version(number))).collect()
}

fn count() -> Counted {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let gpg = GnuPg::new();
    let key = gpg.generate("Upstream <u@example.org>");
    let keyring = gpg.write_keyring(&key, &directory.path().join("upstream.gpg")).display().to_string();
    let root = directory.path().join("upstream");
    let mut archive = Upstream::new(&root, &gpg, &key);
    archive.publish(&Suite::new(packages(0)));
    let upstream = Nginx::serve(&root);
    let bucket = S3::serve();
    let reposnap = Reposnap::new(bucket.url("store").as_ref()).with_variables(bucket.variables());
    let counted = |arguments: &[&str]| {
        bucket.forget();
        reposnap.ok(arguments);
        Requests::count(&bucket)
    };
    let url = format!("{}/", upstream.url());
    counted(&[
        "mirror",
        "add",
        "up",
        &url,
        "testname",
        "--signed-by",
        &keyring,
        "--arch",
        "amd64",
        "--packages",
        "all",
    ]);
    let update = ["mirror", "update", "up"];
    counted(&update);
    counted(&["env", "create", "stable", "up"]);
    let quiet = counted(&update);
    archive.publish(&Suite::new(packages(2)));
    let two = counted(&update);
    archive.publish(&Suite::new(packages(6)));
    let six = counted(&update);
    let promotion = counted(&["env", "promote", "stable", "up"]);

    let signer = directory.path().join("key.asc").display().to_string();
    counted(&["key", "generate", "Serve <s@example.org>", "--output", &signer]);
    let trees = directory.path().join("trees").display().to_string();
    let served = Served::start(&reposnap, ["--key", &signer, "--trees", &trees, "--ahead", "none"]);
    let asked = |path: &str| {
        let (status, head, body) = served.get(path);
        assert_eq!(status, 200, "{path}: {head}");
        body
    };
    let update = || {
        bucket.forget();
        asked("/stable/dists/stable/InRelease");
        asked("/stable/dists/stable/main/binary-amd64/Packages.gz");
        Requests::count(&bucket)
    };
    let first = update();
    // Beyond the time for which it knows what a name means.
    std::thread::sleep(std::time::Duration::from_secs(6));
    let again = update();
    let index = String::from_utf8(asked("/stable/dists/stable/main/binary-amd64/Packages")).expect("UTF-8");
    let place = index.lines().find_map(|line| line.strip_prefix("Filename: ")).expect("a place");
    bucket.forget();
    asked(&format!("/stable/{place}"));
    let package = Requests::count(&bucket);
    // Of the six, two were there before.
    Counted { quiet, busy: [(2, two), (4, six)], promotion, first, again, package }
}

impl Counted {
    /// Requests of an update that brings `packages`: so many as counted, and for each further one what the difference comes to,
    /// rounded up.
    fn bringing(&self, packages: u64) -> Requests {
        let [(few, low), (more, high)] = self.busy;
        let each = |low: u64, high: u64| low + (high - low).div_ceil(more - few) * (packages - few);
        assert_eq!(high.writes - low.writes, more - few, "a package is more than one PUT: {:?}", self.busy);
        Requests {
            writes: each(low.writes, high.writes),
            reads: each(low.reads, high.reads),
            free: each(low.free, high.free),
        }
    }
}

fn dollars(value: f64) -> String {
    if value < 0.005 { "$0.00".to_owned() } else { format!("${value:.2}") }
}

/// The part of the document that is computed.
fn tables(counted: &Counted) -> String {
    let mut out = String::from("| what | PUT, POST, LIST | GET, HEAD | costs |\n|---|---|---|---|\n");
    let busy = counted.bringing(CHANGED);
    for (what, requests) in [
        ("a mirror's update without news".to_owned(), counted.quiet),
        (format!("a mirror's update with {CHANGED} new packages (1 %)"), busy),
        ("a promotion".to_owned(), counted.promotion),
        ("`serve`: the first update of a state".to_owned(), counted.first),
        ("`serve`: a further one".to_owned(), counted.again),
        ("`serve`: a package".to_owned(), counted.package),
    ] {
        let cost = requests.cost();
        let _ = writeln!(out, "| {what} | {} | {} | ${cost:.6} |", requests.writes, requests.reads);
    }
    out.push_str("\n| a month | 10 machines | 1,000 machines | 100,000 machines |\n|---|---|---|---|\n");
    let store = counted.quiet.times(QUIET).plus(busy.times(BUSY)).plus(counted.promotion.times(PROMOTIONS)).cost();
    let kept = (DEBIAN.1 + BUSY as f64 * CHANGED as f64 * PACKAGE / 1000.0) * PRICES[2].1;
    let mut line = |what: &str, value: &dyn Fn(usize) -> f64| {
        let cells: Vec<String> = (0..MACHINES.len()).map(|at| dollars(value(at))).collect();
        let _ = writeln!(out, "| {what} | {} |", cells.join(" | "));
    };
    line("mirror and promotions: requests", &|_| store);
    line("mirror: what is kept, after a month", &|_| kept);
    // Every update asks for InRelease, through a cache of names of five seconds; a server is never asked more often than that.
    let looks = |at: usize| (MACHINES[at] * UPDATES).min(SERVERS[at] * 30 * 86_400 / 5);
    let through = |at: usize| {
        counted.first.times(PROMOTIONS * SERVERS[at]).cost()
            + counted.again.cost() * looks(at) as f64
            + counted.package.cost() * (MACHINES[at] * INSTALLED) as f64
    };
    line("through `serve` on the bucket: requests", &through);
    let direct = |at: usize| {
        let gets = MACHINES[at] * (UPDATES + PROMOTIONS + INSTALLED);
        Requests { reads: gets, ..Requests::default() }.cost()
    };
    line("published in the bucket: requests", &direct);
    let sent = |at: usize| {
        let each = PROMOTIONS as f64 * INDEX + INSTALLED as f64 * PACKAGE + UPDATES as f64 * 0.001;
        MACHINES[at] as f64 * each / 1000.0 * PRICES[3].1
    };
    line("either: what is sent out to machines elsewhere", &sent);
    out
}

#[test]
fn the_document_has_what_is_counted() {
    let page: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("docs").join("DEPLOY.md");
    let text = fs::read_to_string(&page).expect("the document");
    for (price, _) in PRICES {
        assert!(text.contains(price), "the document does not say {price:?}");
    }
    let (begin, end) = ("<!-- counted by tests/tests/deploy -->\n", "<!-- end -->\n");
    let start = text.find(begin).expect("the beginning of the tables") + begin.len();
    let stop = text.find(end).expect("their end");
    let tables = tables(&count());
    if text[start..stop] != tables && std::env::var_os("UPDATE").is_some() {
        fs::write(&page, format!("{}{tables}{}", &text[..start], &text[stop..])).expect("writing the document");
        return;
    }
    assert_eq!(&text[start..stop], tables, "docs/DEPLOY.md: UPDATE=1 cargo test -p reposnap-tests --test deploy");
}

//! Reading a whole package index: MB per second of processor time.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;

use reposnap::deb::stanza::{Selection, Stanzas};
use reposnap_tests::apt::Apt;
use reposnap_tests::process::succeed;

use crate::measure::{self, user_time};
use crate::race::{Outcome, version};
use crate::synthetic::Upstream;

/// Passes over the index that are timed together.
const PASSES: usize = 10;

/// Reads the index of state 0 with each reader.
pub(crate) fn race(upstream: &Upstream) -> Vec<Outcome> {
    let path = upstream.index(0);
    let bytes = fs::read(&path).expect("the index that was made");
    let text = std::str::from_utf8(&bytes).expect("the index is UTF-8");
    let ours = format!("reposnap {}", env!("CARGO_PKG_VERSION"));
    let mut outcomes = Vec::new();
    let mut add = |row: &str, tool: &str, seconds: f64| {
        let rate = bytes.len() as f64 / 1e6 / seconds;
        eprintln!("  {tool:<22} {row:<16} {rate:>8.0} MB/s");
        outcomes.push(Outcome { row: row.to_owned(), tool: tool.to_owned(), rate: Some(rate), ..Outcome::default() });
    };

    add("parse", &ours, time(|| count(&bytes)));
    add("parse-fields", &ours, time(|| all_fields(&bytes)));
    add("parse-select", &ours, time(|| selected(&bytes)));
    let borrowed = || deb822_fast::borrowed::BorrowedParser::new(text).parse_all().map(|all| all.len());
    add("parse-fields", "deb822-fast 0.2.3, borrowed", time(borrowed));
    let owned = || text.parse::<deb822_fast::Deb822>().map(|all| all.iter().count());
    add("parse-fields", "deb822-fast 0.2.3, owned", time(owned));
    add("parse-select", &format!("python-apt TagFile {}", apt_version()), tag_file(&path));
    match gencaches(upstream) {
        Ok(seconds) => add("parse", &format!("apt-cache gencaches {}", apt_version()), seconds),
        Err(error) => eprintln!("apt-cache gencaches: {error}"),
    }
    outcomes
}

/// Seconds of processor time of one pass.
fn time<T>(mut pass: impl FnMut() -> T) -> f64 {
    black_box(pass());
    let begin = user_time();
    for _ in 0..PASSES {
        black_box(pass());
    }
    (user_time() - begin) / PASSES as f64
}

fn count(bytes: &[u8]) -> usize {
    Stanzas::new(bytes).map(|stanza| stanza.expect("the index is well-formed").raw().len()).sum()
}

fn all_fields(bytes: &[u8]) -> usize {
    let stanzas = Stanzas::new(bytes).map(|stanza| stanza.expect("the index is well-formed"));
    stanzas.map(|stanza| stanza.fields().map(|field| field.value.len()).sum::<usize>()).sum()
}

fn selected(bytes: &[u8]) -> usize {
    let selection = Selection::new(["Package", "Version", "Architecture", "Filename", "Size", "SHA256"]);
    let rows = Stanzas::new(bytes).select(&selection).map(|row| row.expect("the index is well-formed"));
    rows.map(|(_, values)| values.iter().flatten().map(|value| value.len()).sum::<usize>()).sum()
}

fn tag_file(path: &Path) -> f64 {
    let script = format!(
        "import apt_pkg, sys, time
names = ('Package', 'Version', 'Architecture', 'Filename', 'Size', 'SHA256')
def once():
    with open(sys.argv[1], 'rb') as file:
        for section in apt_pkg.TagFile(file):
            for name in names:
                section.get(name)
once()
begin = time.process_time()
for _ in range({PASSES}): once()
print((time.process_time() - begin) / {PASSES})"
    );
    // Debian's own interpreter is the one that has python-apt.
    let output = succeed(Command::new("/usr/bin/python3").args(["-c", &script]).arg(path));
    output.text().trim().parse().expect("seconds")
}

/// User seconds of one `apt-cache gencaches` over the upstream.
fn gencaches(upstream: &Upstream) -> Result<f64, String> {
    upstream.show(0);
    let (keyring, root) = (upstream.keyring(), upstream.root());
    let source = format!("deb [signed-by={}] file:{} bookworm main\n", keyring.display(), root.display());
    let apt = Apt::with_source(&source);
    apt.update();
    let cache = apt.root().join("var/cache/apt");
    for name in ["pkgcache.bin", "srcpkgcache.bin"] {
        drop(fs::remove_file(cache.join(name)));
    }
    measure::measure(apt.command("apt-cache").arg("gencaches")).map(|run| run.cost.user)
}

fn apt_version() -> String {
    let line = version("apt-get", "--version").unwrap_or_default();
    line.split(' ').nth(1).unwrap_or_default().to_owned()
}

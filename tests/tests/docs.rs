//! What the documents say, done: every session on a console, every command of installation, every link.
//!
//! A block marked `console` is a session in an empty folder, one for each page, from its top to its end. Sessions that begin in
//! a clone of this repository copy what they need out of its `tests/vectors`, which is there for reading. A line that
//! begins with `$ ` is a command; what follows is what it prints, where `...` stands for any text within a line, and a
//! line of `...` for any lines; `[exit 1]` is the exit code, 0 where nothing is said. Commands whose output is not shown
//! may print anything.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reposnap::environment::gate;
use reposnap::openpgp::Rule;
use reposnap::source::acceptance::{PackageRule, ReleaseRule};
use reposnap_tests::cli::program;
use reposnap_tests::process::{Finished, capture, cargo, succeed};

/// The commands of installation. The tests can't install, so each is known by heart and proved in another way.
const SHELL: &[&str] = &[
    "sudo apt-get install build-essential curl",
    "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh",
    RUN,
    "scripts/test",
    "cargo install --locked --path cli",
    // bindings-c/check does both, into another root.
    "make",
    "sudo make install",
    // bindings-uniffi/check does both where it finds a compiler of Kotlin.
    "kotlinc -nowarn -classpath jna.jar -include-runtime -d example.jar reposnap_uniffi.kt example.kt",
    "java -Djna.library.path=. -cp example.jar:jna.jar ExampleKt packages",
];

/// The one command of the README.
const RUN: &str = "cargo run --release -p reposnap-cli -- quickstart";

#[test]
fn every_session_runs_as_shown() {
    for page in pages() {
        let commands: Vec<Step> =
            blocks(&page).iter().filter(|block| block.language == "console").flat_map(steps).collect();
        if commands.is_empty() {
            continue;
        }
        let console = Console::new();
        for step in commands {
            let finished = console.run(&step.command);
            let place = format!("{}:{}: {}", page.display(), step.line, step.command);
            assert_eq!(finished.code(), step.code, "{place}\n{}", finished.transcript());
            let printed = finished.transcript();
            assert!(step.expected.is_empty() || fits(&step.expected, &printed), "{place}\n--- printed\n{printed}");
        }
    }
}

#[test]
fn commands_of_installation_are_the_known_ones() {
    let mut seen = Vec::new();
    for page in pages() {
        for block in blocks(&page).iter().filter(|block| block.language == "sh") {
            for line in block.text.lines() {
                assert!(SHELL.contains(&line), "{}:{}: {line:?} is not tested", page.display(), block.line);
                seen.push(line.to_owned());
            }
        }
    }
    for command in SHELL {
        assert!(seen.iter().any(|line| line == command), "no document says {command:?} any more");
    }
}

/// The README's command, but for the profile, and for the package, which would have other features than these tests have been
/// built with: another build of all dependencies would take minutes.
#[test]
fn the_one_command_runs() {
    let command = RUN.replace(" --release", "").replace("-p reposnap-cli", "--bin reposnap");
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let (arguments, own) = words.split_at(words.iter().position(|word| *word == "--").expect("arguments of its own"));
    let test = std::env::current_exe().expect("this test's own path");
    let target = test.ancestors().nth(3).expect("tests are built in target/PROFILE/deps");
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut run = cargo();
    run.args(arguments).args(["--quiet", "--locked", "--target-dir"]).arg(target).args(own).current_dir(root());
    run.env("REPOSNAP_STORE", directory.path().join("store")).env("XDG_DATA_HOME", directory.path().join("data"));
    let text = succeed(&mut run).text();
    for part in ["snapshot ", "environments nightly, testing, stable are at it", "have apt use it:", "signed-by="] {
        assert!(text.contains(part), "{part:?} is missing\n{text}");
    }
}

#[test]
fn continuous_integration_runs_what_the_readme_says() {
    let script = fs::read_to_string(root().join(".ci/run")).expect(".ci/run");
    assert!(script.lines().any(|line| line.trim() == "exec scripts/test"), "{script}");
    let script = fs::read_to_string(root().join("scripts/test")).expect("scripts/test");
    assert!(script.contains("scripts/setup") && script.contains("step scripts/run-tests"), "{script}");
}

#[test]
fn links_lead_somewhere() {
    let mut pages = pages();
    pages.extend(["ARCHITECTURE.md", "CHANGELOG.md", "SHORTCOMINGS.md"].map(|name| root().join(name)));
    for page in pages {
        let text = fs::read_to_string(&page).expect("a page");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target) {
            if target.contains("://") || target.contains(' ') {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let linked = if file.is_empty() { page.clone() } else { page.parent().expect("a folder").join(file) };
            assert!(linked.exists(), "{}: there is no {target}", page.display());
            if !anchor.is_empty() {
                let text = fs::read_to_string(&linked).expect("a page");
                assert!(anchors(&text).any(|known| known == anchor), "{}: there is no {target}", page.display());
            }
        }
    }
}

#[test]
fn every_rule_is_told_and_no_other() {
    let text = fs::read_to_string(root().join("docs/JSON.md")).expect("the page is there");
    let table = |heading: &str| -> Vec<(String, bool)> {
        let (_, section) = text.split_once(heading).unwrap_or_else(|| panic!("no {heading}"));
        let section = section.split_once("\n#").map_or(section, |(section, _)| section);
        let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
        rows.map(|row| (row.split('`').next().unwrap_or_default().to_owned(), !row.ends_with("| no |"))).collect()
    };
    let signatures = Rule::ALL.iter().map(|rule| (rule.to_string(), rule.is_relaxable()));
    assert_eq!(table("### Of signatures"), signatures.collect::<Vec<_>>());
    let releases = ReleaseRule::ALL.iter().map(|rule| (rule.to_string(), true));
    assert_eq!(table("### Of Release files"), releases.collect::<Vec<_>>());
    let packages = PackageRule::ALL.iter().map(|rule| (rule.to_string(), true));
    assert_eq!(table("### Of packages"), packages.collect::<Vec<_>>());
    let gates = gate::Rule::ALL.iter().map(|rule| (rule.to_string(), true));
    assert_eq!(table("### Of gates"), gates.collect::<Vec<_>>());
}

#[test]
fn the_readme_tells_the_rust_version_that_is_needed() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).expect("a version");
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    assert!(readme.contains(&format!("Rust {} or later", version.trim_matches('"'))), "{version}");
}

/// An empty folder with `reposnap` at hand. What is at `tests/vectors` of this repository is there under the same path.
struct Console {
    folder: tempfile::TempDir,
    programs: tempfile::TempDir,
}

impl Console {
    fn new() -> Self {
        let programs = tempfile::tempdir().expect("a temporary directory");
        let folder = tempfile::tempdir().expect("a temporary directory");
        std::os::unix::fs::symlink(program(), programs.path().join("reposnap")).expect("a link");
        fs::create_dir(folder.path().join("tests")).expect("a folder");
        std::os::unix::fs::symlink(root().join("tests/vectors"), folder.path().join("tests/vectors")).expect("a link");
        Self { folder, programs }
    }

    fn run(&self, command: &str) -> Finished {
        let path = std::env::var("PATH").unwrap_or_default();
        let mut bash = Command::new("bash");
        bash.args(["-c", command]).current_dir(self.folder.path()).env_clear();
        bash.env("PATH", format!("{}:{path}", self.programs.path().display())).env("HOME", self.folder.path());
        bash.env("USER", "ana").env("LC_ALL", "C.UTF-8");
        capture(&mut bash)
    }
}

/// A fenced block.
struct Block {
    language: String,
    text: String,
    /// The line of the page on which its text begins.
    line: usize,
}

fn blocks(page: &Path) -> Vec<Block> {
    let text = fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in (1..).zip(text.lines()) {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(language), None) => {
                open = Some(Block { language: language.to_owned(), text: String::new(), line: number + 1 });
            }
            (None, Some(block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{}: a block is not closed", page.display());
    blocks
}

/// A command with what it is to print.
struct Step {
    command: String,
    expected: Vec<String>,
    code: i32,
    line: usize,
}

fn steps(block: &Block) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (line, text) in (block.line..).zip(block.text.lines()) {
        if let Some(command) = text.strip_prefix("$ ") {
            steps.push(Step { command: command.to_owned(), expected: Vec::new(), code: 0, line });
            continue;
        }
        let step = steps.last_mut().unwrap_or_else(|| panic!("line {line}: output without a command"));
        match text.strip_prefix("[exit ").and_then(|rest| rest.strip_suffix(']')) {
            Some(code) => step.code = code.parse().expect("an exit code"),
            None => step.expected.push(text.to_owned()),
        }
    }
    steps
}

/// Whether `printed` is what `expected` shows.
fn fits(expected: &[String], printed: &str) -> bool {
    let lines: Vec<&str> = printed.lines().collect();
    fits_lines(expected, &lines)
}

fn fits_lines(expected: &[String], lines: &[&str]) -> bool {
    match (expected.split_first(), lines.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first == "..." => {
            (0..=lines.len()).any(|skipped| fits_lines(rest, &lines[skipped..]))
        }
        (Some((pattern, rest)), Some((line, others))) => fits_line(pattern, line) && fits_lines(rest, others),
        _ => false,
    }
}

fn fits_line(pattern: &str, line: &str) -> bool {
    match pattern.split_once("...") {
        None => pattern == line,
        Some((before, after)) => {
            let Some(rest) = line.strip_prefix(before) else { return false };
            (0..=rest.len()).filter(|at| rest.is_char_boundary(*at)).any(|at| fits_line(after, &rest[at..]))
        }
    }
}

/// The anchors of a page's headings, as forges make them.
fn anchors(text: &str) -> impl Iterator<Item = String> + '_ {
    text.lines().filter(|line| line.starts_with('#')).map(|line| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>().replace(' ', "-")
    })
}

/// The README and the pages of `docs`.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = fs::read_dir(root().join("docs"))
        .expect("docs")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.push(root().join("README.md"));
    pages.sort();
    pages
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

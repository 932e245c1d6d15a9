//! The peers' side of the races: aptly and reprepro do the same work on the same upstream.

use std::fs;
use std::process::Command;

use crate::race::{Course, Outcome, disk_usage, version};
use crate::synthetic::Upstream;

/// Runs aptly over all rows that it can do.
pub(crate) fn aptly(upstream: &Upstream) -> Vec<Outcome> {
    let Some(version) = version("aptly", "version") else { return Vec::new() };
    let mut course = Course::new(upstream, format!("aptly {}", version.replace("aptly version: ", "")));
    if let Err(error) = race_aptly(&mut course) {
        eprintln!("aptly: {error}");
    }
    course.outcomes
}

fn race_aptly(course: &mut Course<'_>) -> Result<(), String> {
    let root = course.path("aptly");
    let configuration = course.path("aptly.conf");
    let text = serde_json::json!({
        "rootDir": root,
        "downloadConcurrency": 4,
        "architectures": ["amd64"],
        "gpgProvider": "gpg",
        "skipContentsPublishing": true,
    });
    fs::write(&configuration, text.to_string()).map_err(|error| error.to_string())?;
    let keyring = format!("-keyring={}", course.upstream.keyring().display());
    let aptly = |course: &Course<'_>, arguments: &[&str]| -> Command {
        let mut command = course.command("aptly");
        command.arg(format!("-config={}", configuration.display())).args(arguments);
        command
    };
    let sign = format!("-gpg-key={}", course.publisher_key);
    let url = format!("{}/", course.server.url());

    let create = aptly(course, &["mirror", "create", &keyring, "synth", &url, "bookworm", "main"]);
    crate::measure::measure(&create)?;
    let update = aptly(course, &["mirror", "update", &keyring, "synth"]);
    course.run("mirror-first", &update)?;
    course.amend(|outcome| outcome.bytes = Some(disk_usage(&root)));
    course.run_often("mirror-unchanged", &update)?;
    let snapshot = aptly(course, &["snapshot", "create", "s0", "from", "mirror", "synth"]);
    course.run("snapshot", &snapshot)?;

    let before = disk_usage(&root.join("db"));
    course.upstream.show(1);
    course.run("mirror-changed", &update)?;
    crate::measure::measure(&aptly(course, &["snapshot", "create", "s1", "from", "mirror", "synth"]))?;
    let grown = disk_usage(&root.join("db")).saturating_sub(before);
    course.record(Outcome { row: "snapshot-disk".to_owned(), bytes: Some(grown), ..Outcome::default() });

    let diff = aptly(course, &["snapshot", "diff", "s0", "s1"]);
    course.run_often("diff", &diff)?;
    let search = aptly(course, &["snapshot", "search", "s1", "Name (~ ^lib.*ssl)"]);
    course.run_often("search", &search)?;
    let filter = aptly(course, &["snapshot", "filter", "-with-deps", "s1", "filtered", "nginx"]);
    course.run("filter", &filter)?;
    let pull = aptly(course, &["snapshot", "pull", "s0", "s1", "pulled", "libssl3"]);
    course.run("pull", &pull)?;
    let verify = aptly(course, &["snapshot", "verify", "s0"]);
    course.run("verify", &verify)?;

    let publish =
        aptly(course, &["publish", "snapshot", "-batch", "-skip-contents", "-distribution=bookworm", &sign, "s0"]);
    course.run("publish-first", &publish)?;
    let client = fs::metadata(root.join("public/dists/bookworm/main/binary-amd64/Packages.gz"));
    let bytes = client.ok().map(|data| data.len());
    let note = Some("Packages.gz; aptly writes no xz".to_owned());
    course.record(Outcome { row: "client".to_owned(), bytes, note, ..Outcome::default() });
    let switch = aptly(course, &["publish", "switch", "-batch", "-skip-contents", &sign, "bookworm", "s1"]);
    course.run("publish-changed", &switch)?;
    Ok(())
}

/// Runs reprepro over all rows that it can do.
pub(crate) fn reprepro(upstream: &Upstream) -> Vec<Outcome> {
    let Some(version) = version("reprepro", "--version") else { return Vec::new() };
    let version = version.split(' ').next_back().unwrap_or_default().to_owned();
    let mut course = Course::new(upstream, format!("reprepro {version}"));
    if let Err(error) = race_reprepro(&mut course) {
        eprintln!("reprepro: {error}");
    }
    course.outcomes
}

fn race_reprepro(course: &mut Course<'_>) -> Result<(), String> {
    let base = course.path("reprepro");
    let conf = base.join("conf");
    let distributions = format!(
        "Origin: Synth\nLabel: Synth\nSuite: stable\nCodename: bookworm\nArchitectures: amd64\nComponents: main\n\
         Update: synth\nSignWith: {}\n",
        course.publisher_key
    );
    let updates = format!(
        "Name: synth\nMethod: {}/\nSuite: bookworm\nComponents: main\nArchitectures: amd64\nVerifyRelease: {}\n",
        course.server.url(),
        &course.archive_key[course.archive_key.len() - 16..]
    );
    fs::create_dir_all(&conf)
        .and_then(|()| fs::write(conf.join("distributions"), distributions))
        .and_then(|()| fs::write(conf.join("updates"), updates))
        .map_err(|error| error.to_string())?;
    let reprepro = |course: &Course<'_>, arguments: &[&str]| -> Command {
        let mut command = course.command("reprepro");
        command.arg("--silent").arg("--basedir").arg(&base).args(arguments);
        command
    };

    let update = reprepro(course, &["--export=silent-never", "update", "bookworm"]);
    course.run("mirror-first", &update)?;
    course.amend(|outcome| outcome.bytes = Some(disk_usage(&base)));
    course.run_often("mirror-unchanged", &update)?;
    let export = reprepro(course, &["export", "bookworm"]);
    course.run("publish-first", &export)?;
    let client = fs::metadata(base.join("dists/bookworm/main/binary-amd64/Packages.gz"));
    let bytes = client.ok().map(|data| data.len());
    let note = Some("Packages.gz; xz is not among its defaults".to_owned());
    course.record(Outcome { row: "client".to_owned(), bytes, note, ..Outcome::default() });
    let snapshot = reprepro(course, &["gensnapshot", "bookworm", "s0"]);
    course.run("snapshot", &snapshot)?;

    course.upstream.show(1);
    course.run("mirror-changed", &update)?;
    course.run("publish-changed", &export)?;
    let before = disk_usage(&base.join("dists")) + disk_usage(&base.join("db"));
    crate::measure::measure(&reprepro(course, &["gensnapshot", "bookworm", "s1"]))?;
    let grown = (disk_usage(&base.join("dists")) + disk_usage(&base.join("db"))).saturating_sub(before);
    course.record(Outcome { row: "snapshot-disk".to_owned(), bytes: Some(grown), ..Outcome::default() });
    let search = reprepro(course, &["listfilter", "bookworm", "$Package (% lib*ssl*)"]);
    course.run_often("search", &search)?;
    Ok(())
}

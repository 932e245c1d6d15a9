//! The units of examples/serve, as systemd reads them.

use std::fs;
use std::path::Path;
use std::process::Command;

use reposnap_tests::cli::program;
use reposnap_tests::process::capture;

#[test]
fn units_are_what_systemd_takes() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("examples/serve");
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut units = Vec::new();
    for entry in fs::read_dir(&examples).expect("the examples").flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "service" && extension != "timer") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a unit");
        // systemd looks whether the program is there, which is installed elsewhere here.
        let text = text.replace("/usr/bin/reposnap", &program().display().to_string());
        let unit = directory.path().join(entry.file_name());
        fs::write(&unit, text).expect("writing");
        units.push(unit);
    }
    assert_eq!(units.len(), 3);
    let mut verify = Command::new("systemd-analyze");
    let finished = capture(verify.args(["verify", "--man=no"]).args(&units));
    let said = finished.transcript();
    assert!(finished.code() == 0 && said.trim().is_empty(), "{said}");

    // A word that systemd does not know would only be passed over when the unit is started.
    let serve = units.iter().find(|unit| unit.ends_with("reposnap-serve.service")).expect("the service");
    let text = fs::read_to_string(serve).expect("a unit").replace("ProtectHome=", "ProtectHouse=");
    fs::write(serve, text).expect("writing");
    let said = capture(Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(serve)).transcript();
    assert!(said.contains("ProtectHouse"), "{said}");
}

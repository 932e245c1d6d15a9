//! Stanzas against apt's own reader (python3-apt), over this machine's indexes and files made for the edges.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use reposnap::deb::stanza::{Selection, Stanza, Stanzas};

/// Prints, for each file, each stanza as a line with the number of its fields, then the name and the value of each,
/// each behind its length.
const APT: &str = r#"
import sys, apt_pkg
out = sys.stdout.buffer
for path in sys.argv[1:]:
    for section in apt_pkg.TagFile(path, bytes=True):
        keys = section.keys()
        if not keys:
            continue
        out.write(b"%d\n" % len(keys))
        for key in keys:
            name, value = key.encode(), section[key]
            out.write(b"%d %d\n%b%b\n" % (len(name), len(value), name, value))
"#;

#[test]
fn reads_this_machines_indexes_as_apt_does() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("indexes");
    // What dpkg knows is there on every machine; indexes only behind an `apt-get update`.
    let mut data = std::fs::read("/var/lib/dpkg/status").expect("dpkg's status");
    let targets =
        output(Command::new("apt-get").args(["indextargets", "--format", "$(FILENAME)", "Created-By: Packages"]));
    for index in targets.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let index = String::from_utf8_lossy(index).into_owned();
        data.push(b'\n');
        data.extend(output(Command::new("/usr/lib/apt/apt-helper").args(["cat-file", &index])));
    }
    std::fs::write(&path, &data).expect("the file is written");
    let stanzas = compare(&path);
    assert!(stanzas > 50, "only {stanzas} stanzas");
}

#[test]
fn reads_edges_as_apt_does() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (number, data) in [
        &b"A: 1\nB: 2\n\nC: 3\n"[..],
        b"\n\n\nA: 1\n\n\n\nB: 2",
        b"A: 1\n  \nB: 2\n",
        b"A: 1\n\t\nB: 2\n",
        b"A: 1\n \n\nB: 2\n",
        b"A: 1\n\r\r\nB: 2\n",
        b"A: 1\n\n\r\n\r\nB: 2\n",
        b"A: 1\nB: 2\r\nC: 3\n",
        b"A: x\rB: y\n",
        b"A:\n x\n y\n\nB: 3\n",
        b"A:   x  \n\tfoo  \n .\n bar \t\n",
        b"A: \x0b\x0cx\x0b\n",
        b"A: \xe9\xff\n",
        b"A:\n",
        b"A:\n\nB:\n",
        b"a-rather-long-name-of-a-field: 1\nb: 2\n",
        b"A:b:c\nD!$%&'()*+,./;<=>?@[]^_`{|}~:1\n",
    ]
    .into_iter()
    .enumerate()
    {
        let path = folder.path().join(number.to_string());
        std::fs::File::create(&path).and_then(|mut file| file.write_all(data)).expect("the file is written");
        compare(&path);
    }
}

#[test]
fn control_files_are_one_stanza() {
    let status = std::fs::read("/var/lib/dpkg/status").expect("dpkg's status");
    for stanza in Stanzas::new(&status) {
        let raw = stanza.expect("dpkg's status is well-formed").raw();
        assert_eq!(Stanza::parse(raw).expect("one stanza").raw(), raw);
    }
}

/// Compares every way to the fields with what apt finds in the file, and tells how many stanzas that were.
fn compare(path: &Path) -> usize {
    let data = std::fs::read(path).expect("the file");
    let apt = output(Command::new("/usr/bin/python3").args(["-c", APT]).arg(path));
    let mut apt = Answer(&apt);
    let names = ["Package", "version", "SHA256", "Depends", "A", "Description"];
    let selection = Selection::new(names);
    let mut selected = Stanzas::new(&data).select(&selection);
    let mut lent = Stanzas::new(&data);
    let (mut fields, mut whole, mut count) = (Vec::new(), Vec::new(), 0);
    for stanza in Stanzas::new(&data) {
        let stanza = stanza.unwrap_or_else(|error| panic!("{error}"));
        stanza.refuse_duplicates().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(lent.next_with_fields(&mut fields).expect("a stanza").expect("well-formed"), stanza);
        assert!(stanza.fields().eq(fields.iter().copied()));
        assert_eq!(apt.number(b'\n'), fields.len(), "fields of {stanza:?}");
        for field in &fields {
            let (name, value) = (apt.number(b' '), apt.number(b'\n'));
            assert_eq!(apt.take(name), field.name, "in {stanza:?}");
            assert_eq!(apt.take(value), field.value, "in {stanza:?}");
            assert_eq!(apt.take(1), b"\n");
        }
        let (same, values) = selected.next().expect("a stanza").expect("well-formed");
        assert_eq!(same, stanza);
        for (name, value) in names.iter().zip(values) {
            assert_eq!(fields.iter().find(|field| field.is(name)).map(|field| field.value), value);
        }
        whole.extend_from_slice(&data[whole.len()..stanza.offset()]);
        whole.extend_from_slice(stanza.raw());
        count += 1;
    }
    assert!(apt.0.is_empty(), "apt sees more stanzas than {count}");
    assert!(selected.next().is_none() && lent.next_with_fields(&mut fields).is_none());
    whole.extend_from_slice(&data[whole.len()..]);
    assert!(whole == data, "the pieces do not make up the file");
    count
}

fn output(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

struct Answer<'a>(&'a [u8]);

impl<'a> Answer<'a> {
    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    fn number(&mut self, end: u8) -> usize {
        let length = self.0.iter().position(|byte| *byte == end).expect("apt sees more stanzas");
        let digits = self.take(length);
        self.take(1);
        std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).expect("a number")
    }
}

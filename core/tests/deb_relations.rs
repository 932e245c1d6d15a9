//! Relations against dpkg's own reader (Dpkg::Deps, Dpkg::Arch): this machine's packages, and fields made for the edges.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use reposnap::deb::relation::{Relation, architecture_is, parse};
use reposnap::deb::stanza::{Selection, Stanzas};

const FIELDS: [&str; 9] =
    ["Depends", "Pre-Depends", "Recommends", "Suggests", "Enhances", "Breaks", "Conflicts", "Replaces", "Provides"];

/// Answers each line, a field, with the field as dpkg writes it, or `!` where dpkg refuses it.
const READ: &str = r#"
use Dpkg::Deps;
use Dpkg::ErrorHandling;
report_options(quiet_warnings => 1);
while (my $line = <STDIN>) {
    chomp $line;
    my $deps = eval { deps_parse($line, build_dep => 1, reduce_arch => 0, reduce_profiles => 0) };
    print defined $deps ? $deps->output : '!', "\n";
}
"#;

#[test]
fn reads_this_machines_packages_as_dpkg_does() {
    // Each group of alternatives counts once.
    let mut groups = BTreeSet::new();
    let mut data = std::fs::read("/var/lib/dpkg/status").expect("dpkg's status");
    data.push(b'\n');
    data.extend(Command::new("apt-cache").arg("dumpavail").output().expect("apt-cache runs (package apt)").stdout);
    let selection = Selection::new(FIELDS);
    for item in Stanzas::new(&data).select(&selection) {
        let (stanza, values) = item.unwrap_or_else(|error| panic!("{error}"));
        for value in values.into_iter().flatten() {
            parse(value).unwrap_or_else(|error| panic!("{stanza:?}: {error}"));
            let value = std::str::from_utf8(value).expect("relations are text");
            groups.extend(value.split(',').map(|group| group.replace('\n', " ").trim().to_owned()));
        }
    }
    let fields: Vec<String> = groups.into_iter().filter(|group| !group.is_empty()).collect();
    for (field, answer) in fields.iter().zip(ask(READ, &[], &fields)) {
        assert_eq!(shown(field), answer, "{field:?}");
    }
}

#[test]
fn reads_edges_as_dpkg_does() {
    let mut dice = Dice(0x5eed);
    let fields: Vec<String> = (0..20_000).map(|_| edge_field(&mut dice)).collect();
    let (mut taken, mut refused) = (0, 0);
    for (field, answer) in fields.iter().zip(ask(READ, &[], &fields)) {
        if lenient(field) {
            continue;
        }
        let ours = match parse(field.as_bytes()) {
            Ok(_) => shown(field),
            Err(_) => "!".to_owned(),
        };
        // dpkg's writer leaves the space out between two lists of profiles that were written without one.
        assert_eq!(ours, answer.replace("><", "> <"), "{field:?}");
        if ours == "!" { refused += 1 } else { taken += 1 }
    }
    assert!(taken > 2_000 && refused > 2_000, "one-sided: {taken} taken, {refused} refused");
}

/// Where the difference is meant: dpkg's perl tools skip empty elements, and take brackets as parts of a version.
fn lenient(field: &str) -> bool {
    let squeezed: String = field.split_whitespace().collect();
    let brackets = squeezed.split('(').skip(1).any(|inside| match inside.split_once(')') {
        Some((version, _)) => version.trim_start_matches(['<', '>', '=']).contains(['[', ']', '<', '>']),
        None => true,
    });
    brackets
        || squeezed.starts_with(',')
        || squeezed.contains(",,")
        || squeezed.contains("|,")
        || squeezed.ends_with('|')
}

/// Answers each line, one relation, with a 0 or 1 for each pair of an argument (an architecture) and a set of profiles.
const CONCERNED: &str = r#"
use Dpkg::Deps;
while (my $line = <STDIN>) {
    chomp $line;
    my $dep = Dpkg::Deps::Simple->new($line, build_dep => 1) or die "dpkg refuses $line";
    for my $host (@ARGV) {
        for my $profiles ([], ['nocheck'], ['stage1', 'cross']) {
            print $dep->arch_is_concerned($host) && $dep->profile_is_concerned($profiles) ? 1 : 0;
        }
    }
    print "\n";
}
"#;

#[test]
fn restrictions_hold_as_in_dpkg() {
    let mut dice = Dice(0xface);
    let mut relations = Vec::new();
    for _ in 0..3_000 {
        let mut relation = "a".to_owned();
        for (open, close, names) in [
            (" [", ']', ["amd64", "linux-any", "any-amd64", "armhf", "any", "hurd-any", "any-arm"]),
            (" <", '>', ["nocheck", "stage1", "cross", "nodoc", "nocheck", "stage1", "cross"]),
            (" <", '>', ["nocheck", "stage1", "cross", "nodoc", "nocheck", "stage1", "cross"]),
        ] {
            if dice.below(3) > 0 {
                let words: Vec<String> = (0..=dice.below(3))
                    .map(|_| format!("{}{}", ["", "!"][dice.below(2)], names[dice.below(names.len())]))
                    .collect();
                write!(relation, "{open}{}{close}", words.join(" ")).expect("written");
            }
        }
        relations.push(relation);
    }
    let hosts = ["amd64", "x32", "armhf", "arm64", "hurd-i386", "kfreebsd-amd64", "musl-linux-amd64"];
    for (text, answer) in relations.iter().zip(ask(CONCERNED, &hosts, &relations)) {
        let relation = parse(text.as_bytes()).expect(text)[0][0];
        let mut ours = String::new();
        for host in hosts {
            for profiles in [&[][..], &["nocheck"], &["stage1", "cross"]] {
                ours.push(if relation.applies(host, profiles) { '1' } else { '0' });
            }
        }
        assert_eq!(ours, answer, "{text}");
    }
}

/// Answers each line, an architecture or wildcard, with a 0 or 1 for each architecture among the arguments.
const MATCHES: &str = r#"
use Dpkg::Arch qw(debarch_is);
while (my $line = <STDIN>) {
    chomp $line;
    print join('', map { debarch_is($_, $line) ? 1 : 0 } @ARGV), "\n";
}
"#;

#[test]
fn wildcards_match_as_in_dpkg() {
    let list = Command::new("dpkg-architecture").arg("-L").output().expect("dpkg-architecture runs (package dpkg-dev)");
    let list = String::from_utf8(list.stdout).expect("names are text");
    let mut hosts: Vec<&str> = list.lines().collect();
    assert!(hosts.len() > 100);
    let mut wildcards: Vec<String> = hosts.iter().step_by(7).map(|host| (*host).to_owned()).collect();
    for system in ["linux", "hurd", "kfreebsd", "musl", "gnu-linux", "musl-linux", "musl-any", "bsd-any", "any", "x"] {
        for cpu in ["any", "amd64", "arm", "mips64", "x32", "armhf"] {
            wildcards.push(format!("{system}-{cpu}"));
            wildcards.push(format!("base-{system}-{cpu}"));
            wildcards.push(format!("eabihf-{system}-{cpu}"));
        }
    }
    wildcards.extend(
        ["any", "linux-any-any-any-any", "all", "linux-amd64", "linux-armhf", "any-", "-any"].map(String::from),
    );
    hosts.extend(["all", "unknown", "linux-amd64"]);
    for (wildcard, answer) in wildcards.iter().zip(ask(MATCHES, &hosts, &wildcards)) {
        for (host, answer) in hosts.iter().zip(answer.bytes()) {
            assert_eq!(architecture_is(host, wildcard), answer == b'1', "{host} {wildcard}");
        }
    }
}

fn shown(field: &str) -> String {
    let groups = parse(field.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    let group = |group: &Vec<Relation<'_>>| group.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ");
    groups.iter().map(group).collect::<Vec<_>>().join(", ")
}

/// The answer of a perl program to each line.
fn ask(program: &str, arguments: &[&str], lines: &[String]) -> Vec<String> {
    let mut child = Command::new("perl")
        .args(["-e", program, "--"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("perl starts (package perl, with libdpkg-perl)");
    let mut stdin = child.stdin.take().expect("a pipe");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || {
            let text = lines.join("\n") + "\n";
            stdin.write_all(text.as_bytes()).expect("perl reads");
        });
        child.wait_with_output().expect("perl answers")
    });
    assert!(output.status.success());
    let answers: Vec<String> =
        String::from_utf8(output.stdout).expect("answers are text").lines().map(String::from).collect();
    assert_eq!(answers.len(), lines.len());
    answers
}

fn edge_field(dice: &mut Dice) -> String {
    const PIECES: [&str; 28] = [
        "a",
        "libfoo-dev",
        "1a+b.c",
        "B",
        ":any",
        ":native",
        " (>= 1.0)",
        "(<<1:1~-1)",
        " ( > 1 ) ",
        "(1)",
        "(= )",
        "(=1",
        " [amd64]",
        "[ !any-i386  linux-any ]",
        "[]",
        "[!]",
        " <x>",
        "< !x y >",
        "<>",
        ", ",
        ",",
        " | ",
        "|",
        " ",
        "+",
        "~",
        "[a,b]",
        " [amd64] <!nocheck> <x>",
    ];
    let mut field = String::new();
    for _ in 0..=dice.below(4) {
        if dice.below(4) > 0 {
            // Mostly well-formed: a relation in the right order, then a separator.
            field.push_str(PIECES[dice.below(4)]);
            for range in [4..6, 6..9, 12..14, 16..18] {
                if dice.below(2) == 0 {
                    field.push_str(PIECES[range.start + dice.below(range.len())]);
                }
            }
            field.push_str(PIECES[19 + dice.below(4)]);
        } else {
            field.push_str(PIECES[dice.below(PIECES.len())]);
        }
    }
    field.trim_end_matches([' ', ',', '|']).to_owned()
}

/// The xorshift64* generator: the same fields in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }
}

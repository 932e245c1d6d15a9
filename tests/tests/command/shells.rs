//! Completions that shells load, and a manual page that formatters render.

use std::process::Command;

use reposnap_tests::process::succeed_with_input;

use crate::world::World;

#[test]
fn bash_completes() {
    let world = World::new();
    let script = world.ok(&["completions", "bash"]);
    succeed_with_input(Command::new("bash").arg("-n"), script.as_bytes());
    let complete = |words: &str| {
        let last = words.split(' ').count() - 1;
        let asked = format!(
            "{script}\nCOMP_WORDS=({words}); [[ '{words}' == *' ' ]] && COMP_WORDS+=('')\n\
             COMP_CWORD={last}; _reposnap reposnap \"${{COMP_WORDS[{last}]}}\" \"${{COMP_WORDS[{last}-1]}}\"\n\
             printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        succeed_with_input(Command::new("bash").args(["--norc", "-s"]), asked.as_bytes()).text()
    };
    assert_eq!(complete("reposnap quick"), "quickstart\n");
    assert_eq!(complete("reposnap mirror add-"), "add-system\nadd-folder\n");
    assert_eq!(complete("reposnap env promote --dry"), "--dry-run\n");
}

#[test]
fn zsh_and_fish_complete() {
    let world = World::new();
    let zsh = world.ok(&["completions", "zsh"]);
    succeed_with_input(Command::new("zsh").args(["-f", "-n"]), zsh.as_bytes());
    let load = format!("autoload -Uz compinit && compinit -D -u\n{zsh}\nprint ${{_comps[reposnap]}}\n");
    let loaded =
        succeed_with_input(Command::new("zsh").args(["-f", "-s"]).env("HOME", world.folder()), load.as_bytes());
    assert_eq!(loaded.text(), "_reposnap\n", "{}", loaded.stderr);

    let fish = world.ok(&["completions", "fish"]);
    let asked = format!("{fish}\ncomplete -C 'reposnap snapshot me'\ncomplete -C 'reposnap quick'\n");
    let mut command = Command::new("fish");
    command.arg("--no-config").env("HOME", world.folder());
    let told = succeed_with_input(&mut command, asked.as_bytes()).text();
    let words: Vec<&str> = told.lines().filter_map(|line| line.split('\t').next()).collect();
    assert_eq!(words, ["merge", "quickstart"]);
}

#[test]
fn the_manual_page_renders_whole() {
    let world = World::new();
    let page = world.ok(&["man"]);
    let mut groff = Command::new("groff");
    // -z would hide the text, which is wanted too; warnings go to standard error.
    groff.args(["-man", "-Tutf8", "-ww", "-rLL=100n", "-P-cbou"]);
    let rendered = succeed_with_input(&mut groff, page.as_bytes());
    assert_eq!(rendered.stderr, "", "groff warns");
    let text = rendered.text();
    for heading in [
        "NAME",
        "SYNOPSIS",
        "REPOSNAP QUICKSTART",
        "REPOSNAP MIRROR ADD",
        "REPOSNAP SNAPSHOT PULL",
        "REPOSNAP ENV ROLLBACK",
        "REPOSNAP VERSION COMPARE",
        "EXIT STATUS",
    ] {
        assert!(text.lines().any(|line| line == heading), "{heading} is missing\n{text}");
    }
    for option in ["--signed-by", "--but-automatic-upgrades", "valid-until"] {
        assert!(text.contains(option), "{option} is missing");
    }
}

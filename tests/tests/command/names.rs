//! How snapshots are named, and what an unknown name gets.

use serde_json::{Value, json};

use crate::schema::Schema;
use crate::world::World;

#[test]
fn every_form_names_the_same_snapshot() {
    let world = World::with_two_states();
    let old = shown(&world, "stable");
    let new = shown(&world, "inhouse");
    assert_ne!(old, new);
    world.ok(&["env", "promote", "stable", "inhouse"]);
    world.ok(&["snapshot", "filter", "stable", "greet", "--name", "greetings"]);
    let log = world.json(&["env", "log", "stable"]);
    let time = |entry: usize| log[entry]["time"].as_str().expect("a time").to_owned();
    for (rev, expected) in [
        ("stable", &new),
        ("stable~0", &new),
        ("stable~1", &old),
        ("stable~", &old),
        ("env/stable~1", &old),
        ("inhouse", &new),
        ("mirror/inhouse", &new),
        ("inhouse~1", &old),
        (&format!("stable@{}", time(0)), &new),
        (&format!("stable@{}", time(1)), &old),
        ("stable@2100-01-01", &new),
        ("stable@2100-01-01T00:00Z", &new),
        (&old, &old),
        (&old[..12], &old),
        (&old[..6].to_uppercase(), &old),
    ] {
        assert_eq!(&shown(&world, rev), expected, "{rev}");
    }
    assert_eq!(shown(&world, "greetings"), shown(&world, "snapshot/greetings"));
}

#[test]
fn names_that_lead_nowhere() {
    let (schema, world) = (Schema::read(), World::with_two_states());
    world.ok(&["env", "create", "inhouse", "inhouse"]);
    for (rev, kind) in [
        ("nothing", "not-found"),
        ("env/nothing", "not-found"),
        ("stable~1", "not-found"),
        ("stable~99", "not-found"),
        ("inhouse", "usage"),
        ("stable@2001-01-01", "not-found"),
        ("stable@yesterday", "usage"),
        ("stable~x", "usage"),
        ("a b", "usage"),
        ("", "usage"),
        ("../stable", "usage"),
        ("abcdef0", "not-found"),
        (&"0".repeat(64), "not-found"),
    ] {
        let document = world.json_with(2, &["snapshot", "show", rev]);
        schema.check("error document", &document);
        assert_eq!((&document["error"]["kind"], &document["error"]["path"]), (&json!(kind), &json!(rev)), "{document}");
    }
    let unknown = world.error(&["search", "nothing", "greet"]);
    assert!(help(&unknown).contains("env/stable") && help(&unknown).contains("mirror/inhouse"), "{unknown}");
    let several = world.error(&["snapshot", "show", "inhouse"]);
    assert!(help(&several).contains("env/inhouse or mirror/inhouse"), "{several}");
}

#[test]
fn a_name_is_taken_once() {
    let world = World::with_two_states();
    world.ok(&["snapshot", "filter", "inhouse", "greet", "--name", "one"]);
    world.ok(&["snapshot", "filter", "inhouse", "greet", "--name", "one"]);
    assert_eq!(world.error(&["snapshot", "filter", "inhouse", "extra", "--name", "one"])["kind"], "already-exists");
    assert_eq!(world.error(&["env", "create", "stable", "inhouse"])["kind"], "already-exists");
    assert_eq!(world.error(&["env", "create", "a/b", "inhouse"])["rule"], "name");
    let other = world.path("");
    assert_eq!(world.error(&["mirror", "add-folder", "inhouse", &other])["kind"], "already-exists");
    assert_eq!(world.error(&["env", "rollback", "stable", "--to", "inhouse"])["kind"], "usage", "it never was that");
    assert_eq!(world.error(&["env", "rollback", "stable"])["kind"], "not-found", "there is nothing before it");
}

fn shown(world: &World, rev: &str) -> String {
    world.json(&["snapshot", "show", rev])["snapshot"].as_str().expect("a digest").to_owned()
}

fn help(error: &Value) -> &str {
    error["help"].as_str().unwrap_or_default()
}

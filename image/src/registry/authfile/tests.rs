use std::os::unix::fs::PermissionsExt as _;

use super::*;

fn repository(name: &str) -> Repository {
    name.parse::<crate::registry::Name>().unwrap().repository().clone()
}

fn base64(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn find(file: &serde_json::Value, name: &str) -> Result<Option<Login>> {
    parse(&serde_json::to_vec(file).unwrap())?.find(&repository(name), Duration::from_secs(5))
}

fn user(file: &serde_json::Value, name: &str) -> Option<String> {
    match find(file, name).unwrap() {
        Some(Login::Password { user, .. }) => Some(user),
        None => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_closest_namespace_counts() {
    // The example of containers-auth.json(5).
    let file = serde_json::json!({"auths": {
        "my-registry.local/foo/bar/image": {"auth": base64("image:x")},
        "my-registry.local/foo": {"auth": base64("foo:x")},
        "my-registry.local": {"auth": base64("all:x")},
        "other.local": {},
    }});
    for (name, expected) in [
        ("my-registry.local/foo/bar/image:latest", Some("image")),
        ("my-registry.local/foo/bar/other", Some("foo")),
        ("my-registry.local/foobar/image", Some("all")),
        ("other.local/foo", None),
        ("my-registry.local:5000/foo", None),
        ("my-registry.local.evil/foo", None),
    ] {
        assert_eq!(user(&file, name).as_deref(), expected, "{name}");
    }
}

#[test]
fn docker_hub_has_several_names() {
    for key in ["https://index.docker.io/v1/", "docker.io", "index.docker.io", "registry-1.docker.io"] {
        let file = serde_json::json!({"auths": {key: {"auth": base64("me:pass:word\0\0")}}});
        let expected = Login::Password { user: "me".into(), password: Secret::new("pass:word") };
        assert_eq!(find(&file, "alpine").unwrap(), Some(expected), "{key}");
        assert_eq!(user(&file, "quay.io/alpine"), None);
    }
    let file = serde_json::json!({"auths": {"https://r.example/v2/": {"auth": base64("me:x")}}});
    assert_eq!(user(&file, "r.example/a").as_deref(), Some("me"));
}

#[test]
fn tokens_of_both_kinds() {
    let file = serde_json::json!({"auths": {
        "a.example": {"auth": base64("<token>:"), "identitytoken": "i"},
        "b.example": {"registrytoken": "r"},
    }});
    assert_eq!(find(&file, "a.example/x").unwrap(), Some(Login::Identity(Secret::new("i"))));
    assert_eq!(find(&file, "b.example/x").unwrap(), Some(Login::Token(Secret::new("r"))));
}

#[test]
fn errors_show_no_secret() {
    for text in [
        r#"{"auths": {"a.example": {"auth": ["hunter2"]}}}"#,
        r#"{"auths": {"a.example": "hunter2"}}"#,
        r#"{"auths": {"a.example": {"auth": "hunter2!"}}}"#,
        r#"{"auths": {"a.example": {"auth": "aHVudGVyMg=="}}}"#,
        r#"hunter2"#,
    ] {
        let found = parse(text.as_bytes()).and_then(|file| file.find(&repository("a.example/x"), Duration::ZERO));
        let error = found.unwrap_err();
        assert_eq!(error.kind(), Kind::Malformed, "{text}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("aHVudGVyMg"), "{error:?}");
    }
    let login = Login::Password { user: "me".into(), password: Secret::new("hunter2") };
    assert!(!format!("{login:?}").contains("hunter2"));
}

#[test]
fn files_are_looked_for_where_others_do() {
    let set = |pairs: &'static [(&str, &str)]| {
        usual_files(&mut |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| PathBuf::from(value)))
            .into_iter()
            .map(|path| path.display().to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        set(&[("HOME", "/home/me"), ("XDG_RUNTIME_DIR", "/run/user/1")]),
        ["/run/user/1/containers/auth.json", "/home/me/.config/containers/auth.json", "/home/me/.docker/config.json"]
    );
    let all = set(&[("HOME", "/h"), ("XDG_RUNTIME_DIR", "/r"), ("XDG_CONFIG_HOME", "/c"), ("DOCKER_CONFIG", "/d")]);
    assert_eq!(all, ["/r/containers/auth.json", "/c/containers/auth.json", "/d/config.json"]);
    assert!(set(&[])[0].starts_with("/run/containers/"), "{:?}", set(&[]));
}

#[test]
fn a_named_file_has_to_be_there_and_small() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.json");
    let named = || Credentials::File(path.clone()).find(&repository("a.example/x"));
    assert_eq!(named().unwrap_err().kind(), Kind::NotFound);
    std::fs::write(&path, "{}").unwrap();
    assert_eq!(named().unwrap(), None);
    std::fs::write(&path, vec![b' '; LARGEST_AUTH_FILE as usize + 1]).unwrap();
    assert_eq!(named().unwrap_err().kind(), Kind::Limit);
    assert_eq!(
        Credentials::File(folder.path().into()).find(&repository("a.example/x")).unwrap_err().kind(),
        Kind::Usage
    );
}

/// Helpers are found by `PATH`, so the test of a whole one runs itself again with another.
#[test]
fn helpers_are_asked_and_bounded() {
    const MARK: &str = "REPOSNAP_TEST_HELPERS";
    if std::env::var_os(MARK).is_some() {
        return with_helpers();
    }
    let folder = tempfile::tempdir().unwrap();
    let helper = |name: &str, script: &str| {
        let path = folder.path().join(format!("docker-credential-{name}"));
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    helper("good", r#"read server; echo "{\"ServerURL\":\"$server\",\"Username\":\"$1 $server\",\"Secret\":\"s\"}""#);
    helper("token", r#"echo '{"Username":"<token>","Secret":"t"}'"#);
    helper("none", "echo credentials not found in native keychain; exit 1");
    helper("broken", "echo hunter2; exit 1");
    helper("chatty", "while echo hunter2hunter2hunter2hunter2hunter2hunter2; do :; done 2>/dev/null");
    helper("slow", "exec sleep 1000");
    helper("holder", "sleep 5 & echo '{}'");
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "registry::authfile::tests::helpers_are_asked_and_bounded"])
        .env("PATH", path)
        .env(MARK, "1")
        .status()
        .unwrap();
    assert!(status.success());
}

fn with_helpers() {
    let by = |helper: &str, host: &str, time: u64| {
        let file = serde_json::json!({"credHelpers": {host: helper}, "auths": {host: {"auth": base64("not:this")}}});
        let repository = repository(&format!("{host}/x/y"));
        parse(&serde_json::to_vec(&file).unwrap()).unwrap().find(&repository, Duration::from_millis(time))
    };
    let password = |user: &str| Some(Login::Password { user: user.into(), password: Secret::new("s") });
    assert_eq!(by("good", "r.example:5000", 10_000).unwrap(), password("get r.example:5000"));
    assert_eq!(by("good", "docker.io", 10_000).unwrap(), password("get https://index.docker.io/v1/"));
    assert_eq!(by("token", "r.example", 10_000).unwrap(), Some(Login::Identity(Secret::new("t"))));
    assert_eq!(by("none", "r.example", 10_000).unwrap(), None);
    for (helper, kind, time) in [
        ("broken", Kind::Io, 10_000),
        ("chatty", Kind::Limit, 10_000),
        ("slow", Kind::Io, 100),
        ("holder", Kind::Io, 100),
        ("missing", Kind::NotFound, 10_000),
        ("../good", Kind::Malformed, 10_000),
        ("", Kind::Malformed, 10_000),
    ] {
        let error = by(helper, "r.example", time).unwrap_err();
        assert_eq!(error.kind(), kind, "{helper}: {error}");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
    // The store of all passwords is asked last.
    let file =
        serde_json::json!({"credsStore": "good", "auths": {"a.example": {}, "b.example": {"auth": base64("b:x")}}});
    assert_eq!(user(&file, "a.example/x").as_deref(), Some("get a.example"));
    assert_eq!(user(&file, "b.example/x").as_deref(), Some("b"));
}

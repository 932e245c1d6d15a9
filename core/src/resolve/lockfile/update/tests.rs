//! What moves, and why.

use super::super::testing::{lock, moves, packages, try_lock, universe, update, with_base};
use super::*;

#[test]
fn a_fix_moves_its_source_and_nothing_else() {
    let old = universe(
        "git 1 Depends=libssl3 (>= 1), zlib\nopenssl 1 Depends=libssl3 (>= 1), libc6 (>= 1)\n\
         libssl3 1 Source=openssl; Depends=libc6 (>= 1)\nlibc6 1 Source=glibc\nlibc-bin 1 Source=glibc\nzlib 1\nvim 1 Depends=libc-bin",
    );
    // All of it is newer, and nothing of the old is there any more.
    let new = universe(
        "git 2 Depends=libssl3 (>= 2), zlib (>= 2)\nopenssl 2 Depends=libssl3 (>= 2), libc6 (>= 1)\n\
         libssl3 2 Source=openssl; Depends=libc6 (>= 1)\nlibc6 2 Source=glibc\nlibc-bin 2 Source=glibc\nzlib 2\nvim 2 Depends=libc-bin",
    );
    let locked = lock(&old, &["git", "openssl", "vim"]);
    for only in [&["openssl"][..], &["libssl3"], &["src:openssl"], &["openssl", "libssl3"]] {
        let updated = update(&locked, &[&old], &new, only).unwrap();
        assert_eq!(moves(&updated), ["libssl3 1 -> 2: asked for", "openssl 1 -> 2: asked for"]);
        assert_eq!(
            packages(&updated.lock),
            ["git=1", "libc-bin=1", "libc6=1", "libssl3=2", "openssl=2", "vim=1", "zlib=1"]
        );
        let snapshot = |name: &str| updated.lock.package(name, "amd64").unwrap().snapshot;
        assert_eq!((snapshot("openssl"), snapshot("git")), (None, Some(Digest::of(b"old"))));
        assert_eq!(updated.lock.head().snapshot, Digest::of(b"new"));
        // Each package is where the lock says, and the next update begins from there.
        let universes = [(Digest::of(b"new"), &new), (Digest::of(b"old"), &old)];
        assert!(updated.lock.verify_all(&universes).is_empty() && updated.lock.verify(&new).is_empty());
        let next = update(&updated.lock, &[&new, &old], &new, &["git"]).unwrap();
        let git = ["git 1 -> 2: asked for", "zlib 1 -> 2: Depends zlib (>= 2) of git"];
        assert_eq!(moves(&next), git);
        assert_eq!(Lock::parse(&next.lock.to_string()).unwrap(), next.lock);
    }
}

#[test]
fn what_a_relation_asks_for_moves_and_its_source_does_not() {
    let old = universe(
        "a 1 Depends=libc6 (>= 1), libc-bin\nlibc6 1 Source=glibc\nlibc-bin 1 Source=glibc; Depends=libc6 (>= 1)\nb 1 Depends=libc-bin",
    );
    let new = universe(
        "a 2 Depends=libc6 (>= 2), libc-bin, new\nlibc6 2 Source=glibc\nlibc-bin 2 Source=glibc; Depends=libc6 (>= 2)\nb 2 Depends=libc-bin\nnew 7 Depends=newer\nnewer 7",
    );
    let updated = update(&lock(&old, &["a", "b"]), &[&old], &new, &["a"]).unwrap();
    let expected = [
        "a 1 -> 2: asked for",
        "libc6 1 -> 2: Depends libc6 (>= 2) of a",
        "new none -> 7: Depends new of a",
        "newer none -> 7: Depends newer of new",
    ];
    assert_eq!(moves(&updated), expected);
    assert_eq!(
        updated.lock.package("newer", "amd64").unwrap().reason.as_ref().unwrap().to_string(),
        "Depends newer of new"
    );
    assert!(updated.lock.package("newer", "amd64").unwrap().automatic);
}

#[test]
fn packages_of_exactly_one_version_move_together() {
    let old = universe("a 1 Depends=x (>= 1)\nx 1 Source=s; Depends=y (= 1)\ny 1 Source=s; Depends=x (= 1)");
    let new = universe("a 2 Depends=x (>= 2)\nx 2 Source=s; Depends=y (= 2)\ny 2 Source=s; Depends=x (= 2)");
    let updated = update(&lock(&old, &["a"]), &[&old], &new, &["a"]).unwrap();
    assert_eq!(
        moves(&updated),
        ["a 1 -> 2: asked for", "x 1 -> 2: Depends x (>= 2) of a", "y 1 -> 2: Depends y (= 2) of x"]
    );
    // And stay together where nothing asks for them.
    let new =
        universe("a 2 Depends=x (>= 1), t\nt 2 Source=s\nx 2 Source=s; Depends=y (= 2)\ny 2 Source=s; Depends=x (= 2)");
    let updated = update(&lock(&old, &["a"]), &[&old], &new, &["a"]).unwrap();
    assert_eq!(moves(&updated), ["a 1 -> 2: asked for", "t none -> 2: Depends t of a"]);
}

#[test]
fn what_breaks_the_fix_moves_as_well() {
    let old = universe("a 1\nb 1 Depends=a");
    let new = universe("a 2 Breaks=b (<< 2)\nb 2 Depends=a");
    let updated = update(&lock(&old, &["a", "b"]), &[&old], &new, &["a"]).unwrap();
    assert_eq!(moves(&updated), ["a 1 -> 2: asked for", "b 1 -> 2: Breaks b (<< 2) of a"]);
}

#[test]
fn what_nothing_needs_any_more_goes() {
    let old = universe(
        "a 1 Depends=libx1 | libx\nlibx1 1 Source=x; Depends=libx-data\nlibx-data 1 Source=x\nstale 1\nb 1 Depends=stale",
    );
    let new = universe("a 2 Depends=libx2\nlibx2 2 Source=x; Depends=libx-data\nlibx-data 2 Source=x");
    let mut locked = lock(&old, &["a", "b"]);
    // Something that nothing needed before either is not what the update is about.
    locked.packages.retain(|package| package.name != "b");
    let updated = update(&locked, &[&old], &new, &["a"]).unwrap();
    let expected =
        ["a 1 -> 2: asked for", "libx1 1 -> none: nothing needs it any more", "libx2 none -> 2: Depends libx2 of a"];
    assert_eq!(moves(&updated), expected);
    assert_eq!(packages(&updated.lock), ["a=2", "libx-data=1", "libx2=2", "stale=1"]);
}

#[test]
fn a_package_of_two_architectures_has_one_version() {
    let lines = "a V Depends=l (>= V)\na V Architecture=i386; Depends=l\nl V Multi-Arch=same\nl V Architecture=i386; Multi-Arch=same\nc V\nc V Architecture=i386; Depends=l";
    let (old, new) = (universe(&lines.replace('V', "1")), universe(&lines.replace('V', "2")));
    let updated = update(&lock(&old, &["a", "c:i386"]), &[&old], &new, &["a"]).unwrap();
    let expected = ["a 1 -> 2: asked for", "l 1 -> 2: Depends l (>= 2) of a", "l:i386 1 -> 2: the version of l"];
    assert_eq!(moves(&updated), expected);
}

#[test]
fn a_virtual_package_keeps_who_provides_it() {
    let old = universe("a 1 Depends=mta\nm1 1 Provides=mta\n");
    let new = universe("a 2 Depends=mta, n\nm0 1 Provides=mta\nm1 2 Provides=mta\nn 1");
    let updated = update(&lock(&old, &["a"]), &[&old], &new, &["a"]).unwrap();
    assert_eq!(moves(&updated), ["a 1 -> 2: asked for", "n none -> 1: Depends n of a"]);
}

#[test]
fn recommended_packages_come_with_nothing() {
    let old = universe("a 1 Recommends=r\nr 1");
    let new = universe("a 2 Depends=n; Recommends=s\nn 1 Recommends=t\nr 2\ns 1\nt 1");
    let locked = try_lock(&old, &["a"], true).unwrap();
    let updated = update(&locked, &[&old], &new, &["a"]).unwrap();
    let expected = ["a 1 -> 2: asked for", "n none -> 1: Depends n of a", "r 1 -> none: nothing needs it any more"];
    assert_eq!(moves(&updated), expected);
}

#[test]
fn nothing_goes_back() {
    let old = universe("a 2 Depends=b\nb 1");
    let new = universe("a 1 Depends=b\nb 2");
    let updated = update(&lock(&old, &["a"]), &[&old], &new, &["a"]).unwrap();
    assert_eq!((updated.moves.len(), packages(&updated.lock)), (0, vec!["a=2".to_owned(), "b=1".to_owned()]));
}

#[test]
fn a_rebuilt_package_is_not_the_locked_one() {
    let old = universe("a 1 Depends=b\nb 1\nc 1");
    let new = {
        let text = super::super::testing::index("a 1 Depends=b\nb 1\nc 2")
            .replace(&Digest::of(b"b 1 amd64").to_string(), &Digest::of(b"rebuilt").to_string());
        let mut builder = Builder::new("amd64", &["i386"]).unwrap();
        builder.index(crate::resolve::Origin::default(), text.as_bytes()).unwrap();
        builder.finish().unwrap()
    };
    let updated = update(&lock(&old, &["a", "c"]), &[&old], &new, &["c"]).unwrap();
    let b = updated.lock.package("b", "amd64").unwrap();
    assert_eq!((b.sha256, b.snapshot), (Digest::of(b"b 1 amd64"), Some(Digest::of(b"old"))));
    assert_eq!(updated.lock.package("a", "amd64").unwrap().snapshot, None);
}

#[test]
fn a_base_moves_only_where_it_has_to() {
    let base = "libc6 1\nbash 1 Depends=libc6";
    let old = with_base(base, "a 1 Depends=libc6, b\nb 1\nlibc6 1");
    let new = with_base(base, "a 2 Depends=libc6 (>= 2), b\nb 2\nlibc6 2\nbash 2 Depends=libc6");
    let locked = lock(&old, &["a"]);
    assert_eq!(packages(&locked), ["a=1", "b=1"]);
    let updated = update(&locked, &[&old], &new, &["a"]).unwrap();
    assert_eq!(moves(&updated), ["a 1 -> 2: asked for", "libc6 1 -> 2: Depends libc6 (>= 2) of a"]);
    assert_eq!(packages(&updated.lock), ["a=2", "b=1", "libc6=2"]);
}

#[test]
fn what_the_base_had_stays_though_nothing_needs_it() {
    let old = with_base("b 1", "a 1 Depends=b (>= 2)\nb 2\n");
    let new = with_base("b 1", "a 2\nb 3");
    let locked = lock(&old, &["a"]);
    assert_eq!(packages(&locked), ["a=1", "b=2"]);
    let updated = update(&locked, &[&old], &new, &["a"]).unwrap();
    assert_eq!(
        (moves(&updated), packages(&updated.lock)),
        (vec!["a 1 -> 2: asked for".into()], vec!["a=2".into(), "b=2".into()])
    );
}

#[test]
fn refusals() {
    let old = universe("a 1 Depends=b\nb 1\nc 1 Depends=d (= 1)\nd 1");
    let locked = lock(&old, &["a", "c"]);
    let message = |new: &str, only: &[&str]| update(&locked, &[&old], &universe(new), only).unwrap_err().to_string();
    assert_eq!(message("a 2", &["x"]), "x: nothing of it is locked");
    assert_eq!(message("a 2 Depends=n", &["a"]), "Depends: a 2 needs n, which can't be had");
    // What was asked for is not given up for a fix.
    let both = message("d 2", &["d"]);
    assert_eq!(both, "c 1: it was asked for, and can't stay with what is to be updated");
    let none = update(&locked, &[], &universe("a 2"), &["a"]).unwrap_err();
    assert!(none.to_string().contains("what is locked is in none of the universes"), "{none}");
    let foreign = Builder::new("i386", &[]).unwrap().finish().unwrap();
    assert_eq!(update(&locked, &[&old], &foreign, &["a"]).unwrap_err().kind(), Kind::Usage);
    let mut exact = locked.clone();
    exact.head.requested = vec!["a=1".into(), "c".into()];
    let error = update(&exact, &[&old], &universe("a 2\nb 2"), &["a"]).unwrap_err();
    assert_eq!(error.message(), "a=1 was asked for, and it would become 2");
    assert_eq!(moves(&update(&exact, &[&old], &universe("a 2\nb 2"), &["b"]).unwrap()), ["b 1 -> 2: asked for"]);
}

//! Exact texts; what others make of them is for the tests with their programs.

use super::super::testing::{lock, try_lock, universe, with_base};
use super::*;
use crate::digest::Digest;

const LINES: &str = "
    g++ 4:12.2.0-3 Depends=libc6 (>= 2); Recommends=doc
    libc6 2.36-9~x Source=glibc; Multi-Arch=same
    libc6 2.36-9~x Architecture=i386; Multi-Arch=same
    wine 8 Architecture=i386; Depends=libc6
    doc 1 Architecture=all
";

fn made() -> Lock {
    try_lock(&universe(LINES), &["g++", "wine:i386"], true).unwrap()
}

#[test]
fn pins() {
    let lock = made();
    let pins = lock.export(Format::AptPins, &Options::default()).unwrap();
    let record = |name: &str, version: &str| format!("Package: {name}\nPin: version {version}\nPin-Priority: 1001\n");
    let records = [
        record("doc:amd64", "1"),
        record("g++:amd64", "4:12.2.0-3"),
        record("libc6:amd64", "2.36-9~x"),
        record("libc6:i386", "2.36-9~x"),
        record("wine:i386", "8"),
    ];
    assert_eq!(pins, format!("Explanation: the packages of the lock {}\n{}", lock.digest(), records.join("\n")));
    let only = lock.export(Format::AptPins, &Options { exclusive: true, ..Options::default() }).unwrap();
    assert_eq!(only, pins + "\nPackage: *:any\nPin: release *\nPin-Priority: -1\n");
}

#[test]
fn arguments() {
    let text = made().export(Format::AptInstall, &Options::default()).unwrap();
    assert_eq!(
        text,
        "apt-get install --no-install-recommends doc=1 g++=4:12.2.0-3 libc6=2.36-9~x libc6:i386=2.36-9~x wine:i386=8\n\
         apt-mark auto doc libc6 libc6:i386\n"
    );
    let over = lock(&with_base("c 1", "a 1 Conflicts=c"), &["a"]);
    assert_eq!(
        over.export(Format::AptInstall, &Options::default()).unwrap(),
        "apt-get install --no-install-recommends a=1 c-\n"
    );
}

#[test]
fn files() {
    let lock = lock(&universe(LINES), &["g++"]);
    let sha256 = |text: &str| Digest::of(text.as_bytes());
    let (gxx, libc) = (sha256("g++ 4:12.2.0-3 amd64"), sha256("libc6 2.36-9~x amd64"));
    let mut options = Options { base: Some("https://deb.example.org/debian/".into()), ..Options::default() };
    assert_eq!(
        lock.export(Format::Uris, &options).unwrap(),
        format!(
            "'https://deb.example.org/debian/pool/g%2b%2b_12.2.0-3_amd64.deb' g++_4%3a12.2.0-3_amd64.deb 3 SHA256:{gxx}\n\
             'https://deb.example.org/debian/pool/libc6_2.36-9%7ex_amd64.deb' libc6_2.36-9~x_amd64.deb 5 SHA256:{libc}\n"
        )
    );
    options.layout = Layout::Published;
    assert_eq!(
        lock.export(Format::Curl, &options).unwrap().lines().next().unwrap(),
        format!("url = \"https://deb.example.org/debian/pool/{}/{gxx}.deb\"", &gxx.to_string()[..2])
    );
    assert_eq!(
        lock.export(Format::Sha256Sums, &Options::default()).unwrap(),
        format!("{gxx}  g++_4%3a12.2.0-3_amd64.deb\n{libc}  libc6_2.36-9~x_amd64.deb\n")
    );
}

#[test]
fn bills_of_materials_tell_who_needs_whom() {
    let lock = made();
    let graph = Graph::of(&lock, &[&universe(LINES)]).unwrap();
    assert_eq!(graph, Graph::of_reasons(&lock));
    let options = Options {
        created: Some("2024-01-02T03:04:05.678Z".parse().unwrap()),
        distro: Some("bookworm".into()),
        graph: Some(graph),
        ..Options::default()
    };
    let value =
        |format| -> serde_json::Value { serde_json::from_str(&lock.export(format, &options).unwrap()).unwrap() };
    let bom = value(Format::CycloneDx);
    assert_eq!(bom["metadata"]["timestamp"], "2024-01-02T03:04:05Z");
    let gxx = "pkg:deb/debian/g%2B%2B@4:12.2.0-3?arch=amd64&distro=bookworm";
    let purl = |text: &str| format!("pkg:deb/debian/{text}&distro=bookworm");
    let wine = purl("wine@8?arch=i386");
    assert_eq!(bom["dependencies"][0], serde_json::json!({"ref": "environment", "dependsOn": [gxx, wine]}));
    let needs = [purl("doc@1?arch=all"), purl("libc6@2.36-9~x?arch=amd64")];
    assert_eq!(bom["dependencies"][2], serde_json::json!({"ref": gxx, "dependsOn": needs}));
    let spdx = value(Format::Spdx);
    assert_eq!(spdx["creationInfo"]["created"], "2024-01-02T03:04:05Z");
    assert_eq!(bom["serialNumber"], spdx["documentNamespace"]);
    let relations: Vec<String> = spdx["relationships"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            ["spdxElementId", "relationshipType", "relatedSpdxElement"].map(|key| it[key].as_str().unwrap()).join(" ")
        })
        .map(|text| text.replace("SPDXRef-Package-", ""))
        .collect();
    assert_eq!(
        relations,
        [
            "SPDXRef-DOCUMENT DESCRIBES SPDXRef-Environment",
            "SPDXRef-Environment DEPENDS_ON g.p.p..amd64",
            "SPDXRef-Environment DEPENDS_ON wine..i386",
            "doc..amd64 OPTIONAL_DEPENDENCY_OF g.p.p..amd64",
            "g.p.p..amd64 DEPENDS_ON libc6..amd64",
            "wine..i386 DEPENDS_ON libc6..i386",
        ]
    );
}

#[test]
fn all_that_is_locked_hangs_on_the_root() {
    let mut lock = made();
    for package in &mut lock.packages {
        (package.automatic, package.reason) = (true, None);
    }
    let bom: serde_json::Value =
        serde_json::from_str(&lock.export(Format::CycloneDx, &Options::default()).unwrap()).unwrap();
    assert_eq!(bom["dependencies"][0]["dependsOn"].as_array().unwrap().len(), lock.packages().len());
}

#[test]
fn the_same_in_the_same_bytes() {
    let lock = made();
    let options = Options::default();
    assert_eq!(lock.export(Format::CycloneDx, &options).unwrap(), made().export(Format::CycloneDx, &options).unwrap());
}

#[test]
fn what_is_missing_is_told() {
    let lock = made();
    let error = |format, options: &Options| lock.export(format, options).unwrap_err();
    assert_eq!(
        error(Format::Uris, &Options::default()).to_string(),
        "base: a list of URLs needs the URL that the files lie below"
    );
    assert_eq!(error(Format::Spdx, &Options::default()).at_field(), Some("created"));
    for options in [
        Options { base: Some("no'url".into()), ..Options::default() },
        Options { base: Some("https://x'".into()), ..Options::default() },
        Options { name: String::new(), ..Options::default() },
        Options { vendor: "a/b".into(), ..Options::default() },
        Options { distro: Some("a b".into()), ..Options::default() },
    ] {
        assert_eq!(error(Format::Sha256Sums, &options).kind(), Kind::Usage, "{options:?}");
    }
    for format in Format::ALL {
        assert_eq!(format.to_string().parse::<Format>().unwrap(), format);
    }
    assert!(
        "pdf"
            .parse::<Format>()
            .unwrap_err()
            .to_string()
            .ends_with("(it can be: apt-pins, apt-install, uris, curl, sha256sums, cyclonedx, spdx)")
    );
}

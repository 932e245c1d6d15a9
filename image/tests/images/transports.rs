//! One image in every form in which tools write it.

use std::fs;
use std::sync::Arc;

use reposnap::Kind;
use reposnap_image::cache::MemoryCache;
use reposnap_image::inspect::Options;

use crate::support::*;

/// A layout with the image `x` of two layers: a base, and a package.
fn two_layers(folder: &std::path::Path) -> Layout {
    let layout = Layout::empty(folder);
    layout.new_image("x");
    for (index, names) in [&["a"][..], &["a", "b"]].into_iter().enumerate() {
        let root = folder.join(format!("tree{index}"));
        fs::create_dir_all(root.join("var/lib/dpkg")).unwrap();
        let stanza =
            |name: &&str| format!("Package: {name}\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\n");
        fs::write(root.join("var/lib/dpkg/status"), names.iter().map(stanza).collect::<String>()).unwrap();
        layout.add_folder("x", &root);
    }
    run("umoci", &["config", "--image", &layout.image("x"), "--config.label", "made.by=me", "--author", "me"]);
    layout
}

fn brief(reference: &str) -> String {
    let read = look(reference);
    let packages: Vec<_> = read.inventory.packages.iter().map(|p| format!("{} {}", p.name, p.layer.unwrap())).collect();
    format!("{}; {}", packages.join(", "), read.inventory.labels["made.by"])
}

#[test]
fn skopeos_copies() {
    let folder = tempfile::tempdir().unwrap();
    let layout = two_layers(folder.path());
    let at = |name: &str| text(&folder.path().join(name)).to_owned();
    let source = layout.reference("x");
    let expected = "a 0, b 1; me";
    assert_eq!(brief(&source), expected);
    let read = look(&source);
    assert_eq!(read.inventory.layers.len(), 2);
    assert!(read.inventory.layers[0].created_by.as_ref().unwrap().contains("umoci"));
    assert!(read.inventory.created.is_some() && read.inventory.platform.is_some());
    let manifest = format!("sha256:{}", read.inventory.digest.unwrap());
    assert!(run("skopeo", &["inspect", "--format", "{{.Digest}}", &source]).contains(&manifest));
    // By digest, and as the only one.
    assert_eq!(brief(&format!("oci:{}@{manifest}", text(&layout.path))), expected);
    assert_eq!(brief(&format!("oci:{}", text(&layout.path))), expected);

    let archive = format!("docker-archive:{}:example.org/x:1", at("docker.tar"));
    run("skopeo", &["copy", "-q", "--additional-tag", "example.org/y:2", &source, &archive]);
    for reference in [archive.as_str(), &format!("docker-archive:{}", at("docker.tar")), &archive.replace("x:1", "y:2")]
    {
        assert_eq!(brief(reference), expected, "{reference}");
    }
    assert_eq!(look(&archive).inventory.digest, None);
    let error = try_look(&archive.replace("x:1", "x:9"), &Options::default()).unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    assert!(error.advice().unwrap().contains("example.org/x:1"), "{error}");

    let archive = format!("oci-archive:{}:x", at("oci.tar"));
    run("skopeo", &["copy", "-q", &source, &archive]);
    assert_eq!(brief(&archive), expected);

    let zstd = format!("oci:{}:z", at("zstd"));
    run("skopeo", &["copy", "-q", "--dest-compress-format", "zstd", "--dest-compress", &source, &zstd]);
    assert_eq!(brief(&zstd), expected);
    let layer = fs::read_dir(folder.path().join("zstd/blobs/sha256"))
        .unwrap()
        .any(|entry| fs::read(entry.unwrap().path()).unwrap().starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
    assert!(layer, "skopeo compressed by zstd");
    assert_eq!(read.inventory.layers[0].diff_id, look(&zstd).inventory.layers[0].diff_id);

    let schema2 = format!("docker-archive:{}", at("docker.tar"));
    let docker = format!("oci:{}:d", at("again"));
    run("skopeo", &["copy", "-q", &schema2, &docker]);
    assert_eq!(brief(&docker), expected);
}

#[test]
fn an_archive_that_is_a_layout_besides() {
    let folder = tempfile::tempdir().unwrap();
    let layout = two_layers(folder.path());
    let manifest = layout.manifest("x");
    let path = |digest: &serde_json::Value| format!("blobs/sha256/{}", &digest.as_str().unwrap()["sha256:".len()..]);
    let layers: Vec<_> = manifest["layers"].as_array().unwrap().iter().map(|layer| path(&layer["digest"])).collect();
    let item = |layers: &[String]| {
        serde_json::json!([{"Config": path(&manifest["config"]["digest"]), "RepoTags": ["x:1"], "Layers": layers}])
            .to_string()
    };
    let archive = folder.path().join("save.tar");
    let pack = |item: String| {
        fs::write(layout.path.join("manifest.json"), item).unwrap();
        run("tar", &["-C", text(&layout.path), "-cf", text(&archive), "."]);
        format!("docker-archive:{}", text(&archive))
    };
    let reference = pack(item(&layers));
    assert_eq!(brief(&reference), "a 0, b 1; me");
    assert_eq!(look(&reference).inventory.digest, look(&layout.reference("x")).inventory.digest);
    // One that says two things.
    let swapped: Vec<String> = layers.iter().rev().cloned().collect();
    let error = try_look(&pack(item(&swapped)), &Options::default()).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("two-images")));
    let error = try_look(&pack(item(&["../../etc/passwd".to_owned(), layers[1].clone()])), &Options::default());
    assert_eq!(error.unwrap_err().kind(), Kind::Malformed);
    // Nor is it any other thing.
    let error = try_look(&format!("oci:{}", text(folder.path())), &Options::default()).unwrap_err();
    assert!(error.to_string().contains("it is no OCI layout"), "{error}");
    run("gzip", &["-1", text(&archive)]);
    let error = try_look(&format!("docker-archive:{}.gz", text(&archive)), &Options::default()).unwrap_err();
    assert!(error.to_string().contains("compressed as a whole"), "{error}");
}

#[test]
fn archives_of_old() {
    let folder = tempfile::tempdir().unwrap();
    let layout = two_layers(folder.path());
    let manifest = layout.manifest("x");
    let blob = |descriptor: &serde_json::Value| fs::read(layout.blob(descriptor["digest"].as_str().unwrap())).unwrap();
    let layers: Vec<Vec<u8>> = manifest["layers"].as_array().unwrap().iter().map(blob).collect();
    let mut config: serde_json::Value = serde_json::from_slice(&blob(&manifest["config"])).unwrap();
    // The base once more on top, by a link, as docker saved it; compressed layers, as others wrote them.
    let ids = config["rootfs"]["diff_ids"].as_array_mut().unwrap();
    ids.push(ids[0].clone());
    let tree = folder.path().join("old");
    for name in ["a", "b", "c"] {
        fs::create_dir_all(tree.join(name)).unwrap();
    }
    let unpacked = folder.path().join("layer.tar.gz");
    fs::write(&unpacked, &layers[0]).unwrap();
    run("sh", &["-c", "gzip -dc \"$0\" > \"$1\"", text(&unpacked), text(&tree.join("a/layer.tar"))]);
    fs::write(tree.join("b/layer.tar"), &layers[1]).unwrap();
    std::os::unix::fs::symlink("../a/layer.tar", tree.join("c/layer.tar")).unwrap();
    fs::write(tree.join("config.json"), config.to_string()).unwrap();
    let list = ["a/layer.tar", "b/layer.tar", "c/layer.tar"];
    let item = serde_json::json!([{"Config": "config.json", "RepoTags": null, "Layers": list}]);
    fs::write(tree.join("manifest.json"), item.to_string()).unwrap();
    let archive = folder.path().join("old.tar");
    run("tar", &["-C", text(&tree), "-cf", text(&archive), "."]);
    let read = look(&format!("docker-archive:{}", text(&archive)));
    let packages: Vec<_> = read.inventory.packages.iter().map(|p| (p.name.as_str(), p.layer)).collect();
    assert_eq!(packages, [("a", Some(0))]);
    assert_eq!(read.inventory.layers[2].removed, ["b:all"]);
    // A link out of the archive leads nowhere.
    fs::remove_file(tree.join("c/layer.tar")).unwrap();
    std::os::unix::fs::symlink(tree.join("a/layer.tar"), tree.join("c/layer.tar")).unwrap();
    run("tar", &["-C", text(&tree), "-cf", text(&archive), "."]);
    let error = try_look(&format!("docker-archive:{}", text(&archive)), &Options::default()).unwrap_err();
    assert!(error.to_string().contains("does not have it"), "{error}");
}

#[test]
fn several_platforms() {
    let folder = tempfile::tempdir().unwrap();
    let layout = two_layers(folder.path());
    let manifest = layout.manifest("x");
    let entry = |platform: &str| {
        let (os, architecture) = platform.split_once('/').unwrap();
        let mut config = json(&layout.blob(manifest["config"]["digest"].as_str().unwrap()));
        config["architecture"] = architecture.into();
        config["config"]["Labels"]["made.by"] = platform.into();
        let mut other = manifest.clone();
        other["config"] = layout.write_blob("application/vnd.oci.image.config.v1+json", config.to_string().as_bytes());
        let mut entry = layout.write_blob("application/vnd.oci.image.manifest.v1+json", other.to_string().as_bytes());
        entry["platform"] = serde_json::json!({"os": os, "architecture": architecture});
        entry
    };
    let manifests: Vec<_> = ["unknown/unknown", "linux/riscv64", "linux/amd64", "linux/arm64"].map(entry).to_vec();
    let index = serde_json::json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": manifests});
    let mut entry = layout.write_blob("application/vnd.oci.image.index.v1+json", index.to_string().as_bytes());
    entry["annotations"] = serde_json::json!({"org.opencontainers.image.ref.name": "all"});
    let mut top = json(&layout.path.join("index.json"));
    top["manifests"].as_array_mut().unwrap().push(entry);
    fs::write(layout.path.join("index.json"), top.to_string()).unwrap();

    let of = |platform: &str| Options { platform: Some(platform.parse().unwrap()), ..Options::default() };
    for platform in ["linux/riscv64", "linux/amd64", "linux/arm64"] {
        let read = try_look(&layout.reference("all"), &of(platform)).unwrap();
        assert_eq!(read.inventory.labels["made.by"], platform);
        assert_eq!(read.inventory.platform.unwrap().to_string(), platform);
    }
    let error = try_look(&layout.reference("all"), &of("linux/s390x")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no image for linux/s390x (there is linux/riscv64, linux/amd64, linux/arm64)"
    );
    let error = try_look(&layout.reference("x"), &of("linux/s390x")).unwrap_err();
    assert!(error.to_string().starts_with("there is no image for linux/s390x (there is linux/"), "{error}");
    // Several images, and none named.
    let error = try_look(&format!("oci:{}", text(&layout.path)), &Options::default()).unwrap_err();
    assert_eq!(error.kind(), Kind::Usage);
    assert!(error.advice().unwrap().contains("x, all"), "{error}");
    let error = try_look(&layout.reference("none"), &Options::default()).unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
}

#[test]
fn what_is_attached_is_no_image() {
    let folder = tempfile::tempdir().unwrap();
    let layout = two_layers(folder.path());
    let mut top = json(&layout.path.join("index.json"));
    let artifact = serde_json::json!({"schemaVersion": 2, "manifests": []}).to_string();
    let entry = layout.write_blob("application/vnd.oci.image.index.v1+json", artifact.as_bytes());
    let with = |key: &str, value: serde_json::Value| {
        let mut entry = entry.clone();
        entry[key] = value;
        entry
    };
    let tag = format!("sha256-{}", reposnap::Digest::of(b"x"));
    let entries = top["manifests"].as_array_mut().unwrap();
    entries.insert(0, with("artifactType", "application/vnd.dev.cosign.signature".into()));
    entries.push(with("annotations", serde_json::json!({"org.opencontainers.image.ref.name": tag})));
    entries.push(entry.clone());
    fs::write(layout.path.join("index.json"), top.to_string()).unwrap();
    assert_eq!(brief(&format!("oci:{}", text(&layout.path))), "a 0, b 1; me");
}

#[test]
fn layers_of_the_cache_are_verified_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let layout = two_layers(folder.path());
    let cache = Arc::new(MemoryCache::new());
    let read = try_look(&layout.reference("x"), &caching(&cache)).unwrap();
    assert_eq!(cache.len(), 2);
    let layer = fs::read(layout.blob(&read.inventory.layers[1].digest.to_string())).unwrap();
    // The configuration of another image lies of what is in the layer.
    layout.write_image("lie", &[(GZIP, &layer, digest(b"something else"))]);
    let error = try_look(&layout.reference("lie"), &caching(&cache)).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("diff-id")));
}

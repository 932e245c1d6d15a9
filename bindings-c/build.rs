//! Gives the shared library the name that programs ask the loader for.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=hidden.map");
    let target = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    // A crate that the library uses has C functions of its own, which are nobody else's business. The linker that Rust brings
    // for these machines takes the list beside its own; others take one alone.
    if target == "linux" && std::env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("x86_64") {
        let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        println!("cargo::rustc-cdylib-link-arg=-Wl,--version-script={folder}/hidden.map");
    }
    if target == "linux" {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libreposnap.so.0");
    } else if target == "macos" {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libreposnap.0.dylib");
    }
}

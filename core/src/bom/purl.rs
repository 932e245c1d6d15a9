//! Package URLs (ECMA-427).

/// The purl of a Debian package: `pkg:deb/debian/g%2B%2B@4:12.2.0-3?arch=amd64&distro=bookworm`.
///
/// Vendor and name are in lower case, as the type `deb` asks. Letters, digits, `.`, `-`, `_`, `~` and `:` stand as they
/// are, all else is percent-encoded (ECMA-427, 5.4): so `+` is and the `:` of an epoch is not.
///
/// ```
/// use reposnap::bom::purl;
/// assert_eq!(
///     purl("Debian", "libstdc++6", "1:12.2.0-14+deb12u1~x", "amd64", Some("bookworm")),
///     "pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14%2Bdeb12u1~x?arch=amd64&distro=bookworm"
/// );
/// ```
pub fn purl(vendor: &str, name: &str, version: &str, architecture: &str, distro: Option<&str>) -> String {
    let mut purl = format!(
        "pkg:deb/{}/{}@{}?arch={}",
        encoded(&vendor.to_ascii_lowercase()),
        encoded(&name.to_ascii_lowercase()),
        encoded(version),
        encoded(architecture)
    );
    if let Some(distro) = distro {
        purl.push_str("&distro=");
        purl.push_str(&encoded(distro));
    }
    purl
}

/// The purl of an rpm: `pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&distro=fedora-25&epoch=1`.
///
/// The vendor is in lower case, the name as it is, and an epoch other than 0 is a qualifier, as the type `rpm` asks.
///
/// ```
/// use reposnap::bom::rpm_purl;
/// assert_eq!(
///     rpm_purl("Fedora", "curl", "1:7.50.3-1.fc25", "i386", Some("fedora-25")),
///     "pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&distro=fedora-25&epoch=1"
/// );
/// ```
pub fn rpm_purl(vendor: &str, name: &str, version: &str, architecture: &str, distro: Option<&str>) -> String {
    let (epoch, rest) = version.split_once(':').unwrap_or(("0", version));
    let mut purl = format!(
        "pkg:rpm/{}/{}@{}?arch={}",
        encoded(&vendor.to_ascii_lowercase()),
        encoded(name),
        encoded(rest),
        encoded(architecture)
    );
    if let Some(distro) = distro {
        purl.push_str("&distro=");
        purl.push_str(&encoded(distro));
    }
    if epoch != "0" {
        purl.push_str("&epoch=");
        purl.push_str(&encoded(epoch));
    }
    purl
}

/// A part of a purl: letters, digits, `.`, `-`, `_`, `~` and `:` as they are, all else percent-encoded.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b':' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

//! Where a store is, in words: a directory, or the URL of a bucket.
//!
//! | form | where |
//! |---|---|
//! | `DIRECTORY` | a directory; any text without `://` |
//! | `file:///DIRECTORY` | the same, from the root |
//! | `s3://BUCKET/PREFIX` | Amazon S3, and whatever speaks its protocol at `AWS_ENDPOINT_URL`; `s3a://` too |
//! | `gs://BUCKET/PREFIX` | Google Cloud Storage |
//! | `az://CONTAINER/PREFIX` | Azure Blob Storage, in the account that `AZURE_STORAGE_ACCOUNT_NAME` names |
//! | `abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/PREFIX` | the same, with the account; `abfs://` too |
//!
//! A prefix may be left out. Nothing else is in a URL: who we are and how the server is reached is told by
//! [`Variables`](super::Variables), so that no password comes into a history, a log or a list of processes.

use std::path::{Path, PathBuf};

use object_store::path::Path as Location;
use url::Url;

use crate::error::{Error, Kind, Result};

/// The longest prefix of a store in a bucket, in bytes: with the longest path of an object it makes a key of S3's 1,024.
pub const LONGEST_PREFIX: usize = 120;
/// The longest URL that is looked at, in bytes.
const LONGEST_URL: usize = 2048;
/// The lengths that a name of a bucket or a container may have, in bytes (Google's with dots have up to 222).
const BUCKET: std::ops::RangeInclusive<usize> = 3..=222;
/// What follows the account in the name of a server of Azure.
const AZURE_SERVERS: [&str; 2] = ["dfs.core.windows.net", "blob.core.windows.net"];
/// What a URL may begin with, for messages.
const FORMS: &str = "say a directory, or s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, az://CONTAINER/PREFIX, \
                     abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/PREFIX or file:///DIRECTORY";

/// Where a store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    Directory(PathBuf),
    Bucket(Bucket),
}

/// A part of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bucket {
    pub(super) cloud: Cloud,
    pub(super) name: String,
    /// Empty where the store is all of the bucket.
    pub(super) prefix: Location,
    /// As it is told in messages.
    pub(super) url: String,
}

/// Whose protocol a bucket speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cloud {
    Amazon,
    Google,
    Azure { account: Option<String> },
}

/// Whether a text that names a store is a URL. A directory whose name has `://` can be called `./NAME`.
///
/// ```
/// use std::path::Path;
/// use reposnap::store::is_url;
/// assert!(is_url(Path::new("s3://bucket/prefix")));
/// assert!(!is_url(Path::new("/var/lib/reposnap")));
/// assert!(!is_url(Path::new("./s3://a-folder")));
/// ```
pub fn is_url(place: &Path) -> bool {
    let Some((scheme, _)) = place.to_str().and_then(|text| text.split_once("://")) else { return false };
    !scheme.contains(['/', '.'])
}

impl Address {
    /// A directory, or what a URL says.
    pub(super) fn of(place: &Path) -> Result<Self> {
        match place.to_str().filter(|_| is_url(place)) {
            Some(url) => Self::parse(url),
            None => Ok(Self::Directory(place.to_owned())),
        }
    }

    /// What a URL says. What it refuses is named as far as it can't be a password.
    pub(super) fn parse(text: &str) -> Result<Self> {
        // What was advised before stays.
        Self::read(text).map_err(|error| error.help(FORMS))
    }

    fn read(text: &str) -> Result<Self> {
        if text.len() > LONGEST_URL {
            return Err(Error::new(Kind::Usage, format!("the URL has more than {LONGEST_URL} bytes")));
        }
        let url = Url::parse(text).map_err(|error| unusable("…", &format!("it is no URL ({error})")))?;
        let scheme = url.scheme();
        let told = format!("{scheme}://{}{}", url.host_str().unwrap_or_default(), url.path());
        let azure_user = matches!(scheme, "abfs" | "abfss") && url.password().is_none();
        if url.password().is_some() || !url.username().is_empty() && !azure_user {
            return Err(unusable(&told, "it has a name or a password in it")
                .help("credentials are given by variables, such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(unusable(&told, "it has a '?' or a '#'")
                .help("endpoints, regions and tokens are given by variables, such as AWS_ENDPOINT_URL"));
        }
        if url.port().is_some() {
            return Err(unusable(&told, "it has a port").help("name the server with AWS_ENDPOINT_URL"));
        }
        let host = url.host_str().unwrap_or_default();
        let (cloud, name) = match scheme {
            "file" => return directory(&url, &told),
            "s3" | "s3a" => (Cloud::Amazon, host),
            "gs" => (Cloud::Google, host),
            "az" => (Cloud::Azure { account: None }, host),
            "abfs" | "abfss" if url.username().is_empty() => (Cloud::Azure { account: None }, host),
            "abfs" | "abfss" => (Cloud::Azure { account: Some(account(host, &told)?) }, url.username()),
            "http" | "https" => {
                return Err(unusable(
                    &told,
                    "a web server's address does not tell which protocol and bucket are meant",
                )
                .help("say s3://BUCKET/PREFIX, and name the server with AWS_ENDPOINT_URL"));
            }
            _ => return Err(unusable(&told, &format!("nothing is known of {scheme}://"))),
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-$".contains(&byte);
        if !BUCKET.contains(&name.len()) || !name.bytes().all(plain) {
            return Err(unusable(&told, "it has no good name of a bucket")
                .help("such names have 3 to 222 letters, digits, dots, hyphens and underscores"));
        }
        let prefix = Location::from_url_path(url.path().trim_matches('/'))
            .map_err(|error| unusable(&told, &format!("its prefix can't be used ({error})")))?;
        if prefix.as_ref().len() > LONGEST_PREFIX {
            return Err(unusable(&told, &format!("its prefix has more than {LONGEST_PREFIX} bytes")));
        }
        let url = match url.username() {
            "" => told,
            user => format!("{scheme}://{user}@{host}{}", url.path()),
        };
        Ok(Self::Bucket(Bucket { cloud, name: name.to_owned(), prefix, url: url.trim_end_matches('/').to_owned() }))
    }
}

fn directory(url: &Url, told: &str) -> Result<Address> {
    match url.to_file_path() {
        Ok(path) => Ok(Address::Directory(path)),
        Err(()) => Err(unusable(told, "it names a machine").help("say file:///DIRECTORY, with three slashes")),
    }
}

fn account(host: &str, told: &str) -> Result<String> {
    let parts = host.split_once('.').filter(|(account, server)| !account.is_empty() && AZURE_SERVERS.contains(server));
    parts.map(|(account, _)| account.to_owned()).ok_or_else(|| {
        unusable(told, "its server is none of Azure's").help(
            "say abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/PREFIX, or az://CONTAINER and AZURE_STORAGE_ENDPOINT",
        )
    })
}

fn unusable(told: &str, why: &str) -> Error {
    Error::new(Kind::Usage, format!("the URL can't be used: {why}")).path(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(text: &str) -> Bucket {
        match Address::of(Path::new(text)).unwrap() {
            Address::Bucket(bucket) => bucket,
            Address::Directory(path) => panic!("{text} became {path:?}"),
        }
    }

    #[test]
    fn every_form_of_a_url() {
        for (text, name, prefix) in [
            ("s3://bucket", "bucket", ""),
            ("s3://bucket/", "bucket", ""),
            ("s3a://my.bucket/a/b/", "my.bucket", "a/b"),
            ("gs://bucket_1/deb%20ian", "bucket_1", "deb ian"),
            ("az://container/x", "container", "x"),
            ("abfs://container/x", "container", "x"),
            ("abfss://container@account.dfs.core.windows.net/x/y", "container", "x/y"),
        ] {
            let bucket = bucket(text);
            assert_eq!((bucket.name.as_str(), bucket.prefix.as_ref()), (name, prefix), "{text}");
            assert_eq!(bucket.url, text.trim_end_matches('/'));
        }
        let azure = bucket("abfss://container@account.dfs.core.windows.net/x");
        assert_eq!(azure.cloud, Cloud::Azure { account: Some("account".into()) });
        for text in ["store", "./s3://x", "/a/b", "", "a:b"] {
            assert_eq!(Address::of(Path::new(text)).unwrap(), Address::Directory(text.into()));
        }
        if cfg!(unix) {
            let folder = Address::of(Path::new("file:///var/lib/my%20store")).unwrap();
            assert_eq!(folder, Address::Directory("/var/lib/my store".into()));
        }
    }

    #[test]
    fn a_bad_url_is_named_and_no_password_is_told() {
        for text in [
            "s3://",
            "s3:///prefix",
            "s3://ab/x",
            "s3://bucket:9000/x",
            "s3://bucket/a//b",
            "s3://bucket/%00",
            "s3://b%20cket/x",
            "gs://user@bucket/x",
            "s3://AKIA:hunter2@bucket/x",
            "az://container/x?sv=1&sig=hunter2",
            "s3://bucket/x#hunter2",
            "abfss://container@account.example.org/x",
            "abfss://container:hunter2@account.dfs.core.windows.net/x",
            "http://server/bucket",
            "ftp://server/x",
            "://x",
            &format!("s3://bucket/{}", "x".repeat(LONGEST_PREFIX + 1)),
            &format!("s3://bucket/{}", "x".repeat(LONGEST_URL)),
        ] {
            let error = Address::of(Path::new(text)).expect_err(text);
            assert_eq!(error.kind(), Kind::Usage, "{text}: {error}");
            assert!(!format!("{error:?} {error}").contains("hunter2"), "{error}");
            assert!(error.to_string().contains("URL"), "{error}");
        }
        assert!(Address::of(Path::new("file://server/x")).is_err());
    }
}

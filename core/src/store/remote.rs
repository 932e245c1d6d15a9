//! Buckets: the object store behind a URL, with the limits that its requests obey.
//!
//! | what | limit |
//! |---|---|
//! | a connection comes about | [`CONNECT_TIMEOUT`] |
//! | the server says nothing | [`IDLE_TIMEOUT`] |
//! | a request is tried again, after a failure that may pass | [`MOST_RETRIES`] times, within [`RETRY_TIMEOUT`] |
//! | requests whose answer has not begun | [`MOST_REQUESTS`] |
//!
//! A request that creates an object is tried again, too, although nobody knows then whose answer came first:
//! [`Objects::create`](super::Objects::create) reads back what is there.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::StreamExt;
use object_store::aws::{AmazonS3Builder, S3ConditionalPut};
use object_store::azure::MicrosoftAzureBuilder;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientConfigKey, ClientOptions, ObjectStore, RetryConfig};
use reqwest::redirect::Policy;
use rustls::RootCertStore;
use tokio::sync::Semaphore;

use super::profile;
use super::url::{Bucket, Cloud};
use super::variables::Variables;
use crate::digest::{Digest, Hasher};
use crate::error::{Error, Kind, Result};
use crate::tls;

/// How long a connection may take to come about.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a server may say nothing; a part of an upload has to be through by then, too.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// How often a request is tried again after a failure that may pass.
pub const MOST_RETRIES: usize = 8;
/// How long a request is tried again.
pub const RETRY_TIMEOUT: Duration = Duration::from_secs(120);
/// How many requests are under way until their answers begin.
pub const MOST_REQUESTS: usize = 64;

/// The most bytes of a page of a listing: a thousand objects take 400 KB.
const LARGEST_PAGE: usize = 64 << 20;
/// The first wait before another try, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(8));
/// How long a connection nobody uses stays open: servers close theirs after a few seconds more.
const IDLE_CONNECTION: Duration = Duration::from_secs(20);
/// A file of further certificate authorities, as the tools of Amazon name it.
const AUTHORITIES: &str = "AWS_CA_BUNDLE";

/// The variables that say which server, or which account, a URL means.
const WHERE: [&str; 8] = [
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT",
    "GOOGLE_BASE_URL",
    "AZURE_STORAGE_ENDPOINT",
    "AZURE_ENDPOINT",
    "AZURE_STORAGE_ACCOUNT_NAME",
    "AZURE_STORAGE_USE_EMULATOR",
];

/// The variables, and what else is known of where a bucket is and who we are there.
pub(super) fn known(bucket: &Bucket, variables: Variables) -> Result<Variables> {
    match &bucket.cloud {
        Cloud::Amazon => profile::complete(&variables),
        Cloud::Google | Cloud::Azure { .. } => Ok(variables),
    }
}

/// A name for the bucket, which no other on any server has. Who asks is no part of it.
pub(super) fn identity(bucket: &Bucket, variables: &Variables) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(bucket.url.as_bytes());
    for name in WHERE {
        hasher.update(format!("\0{}", variables.get(name).unwrap_or_default()).as_bytes());
    }
    hasher.finish()
}

/// The object store of a bucket. Nothing is asked of its server yet.
pub(super) fn connect(bucket: &Bucket, variables: &Variables) -> Result<Arc<dyn ObjectStore>> {
    connect_counted(bucket, variables, Arc::default())
}

/// The same, with every request counted that is sent, those for credentials and those that are sent again among them.
pub(super) fn connect_counted(
    bucket: &Bucket,
    variables: &Variables,
    requests: Arc<AtomicU64>,
) -> Result<Arc<dyn ObjectStore>> {
    let connector = Connector::new(variables, requests)?;
    let store = match &bucket.cloud {
        Cloud::Amazon => amazon(bucket, variables, connector)?,
        Cloud::Google => google(bucket, variables, connector)?,
        Cloud::Azure { account } => azure(bucket, account.as_deref(), variables, connector)?,
    };
    Ok(if bucket.prefix.as_ref().is_empty() { store } else { Arc::new(PrefixStore::new(store, bucket.prefix.clone())) })
}

fn amazon(bucket: &Bucket, variables: &Variables, connector: Connector) -> Result<Arc<dyn ObjectStore>> {
    for name in ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"] {
        check_endpoint(name, "AWS_ALLOW_HTTP", variables)?;
    }
    let mut builder = AmazonS3Builder::new();
    for (name, value) in variables.with_prefix("AWS_") {
        if let Ok(key) = name.to_ascii_lowercase().parse() {
            builder = builder.with_config(key, value);
        }
    }
    builder
        .with_bucket_name(&bucket.name)
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        .with_retry(retries())
        .with_http_connector(connector)
        .build()
        .map(|store| Arc::new(store) as _)
        .map_err(|error| unfit(bucket, variables, error))
}

fn google(bucket: &Bucket, variables: &Variables, connector: Connector) -> Result<Arc<dyn ObjectStore>> {
    check_endpoint("GOOGLE_BASE_URL", "GOOGLE_ALLOW_HTTP", variables)?;
    let allow_http = ClientOptions::new().with_allow_http(variables.is_on("GOOGLE_ALLOW_HTTP")?);
    let mut builder = GoogleCloudStorageBuilder::new().with_client_options(allow_http);
    if let Some(file) = variables.get("SERVICE_ACCOUNT") {
        builder = builder.with_service_account_path(file);
    }
    for (name, value) in variables.with_prefix("GOOGLE_") {
        if let Ok(key) = name.to_ascii_lowercase().parse() {
            builder = builder.with_config(key, value);
        }
    }
    builder
        .with_bucket_name(&bucket.name)
        .with_retry(retries())
        .with_http_connector(connector)
        .build()
        .map(|store| Arc::new(store) as _)
        .map_err(|error| unfit(bucket, variables, error))
}

fn azure(
    bucket: &Bucket,
    account: Option<&str>,
    variables: &Variables,
    connector: Connector,
) -> Result<Arc<dyn ObjectStore>> {
    check_endpoint("AZURE_STORAGE_ENDPOINT", "AZURE_ALLOW_HTTP", variables)?;
    let mut builder = MicrosoftAzureBuilder::new();
    for (name, value) in variables.with_prefix("AZURE_") {
        if let Ok(key) = name.to_ascii_lowercase().parse() {
            builder = builder.with_config(key, value);
        }
    }
    if let Some(endpoint) = variables.get("IDENTITY_ENDPOINT") {
        builder = builder.with_msi_endpoint(endpoint);
    }
    if let Some(account) = account {
        builder = builder.with_account(account);
    }
    builder
        .with_container_name(&bucket.name)
        .with_retry(retries())
        .with_http_connector(connector)
        .build()
        .map(|store| Arc::new(store) as _)
        .map_err(|error| unfit(bucket, variables, error))
}

fn retries() -> RetryConfig {
    let backoff = BackoffConfig { init_backoff: WAITS.0, max_backoff: WAITS.1, base: 2.0 };
    RetryConfig { backoff, max_retries: MOST_RETRIES, retry_timeout: RETRY_TIMEOUT }
}

/// Refuses a server without TLS that nobody has allowed, and what is no address of a server.
fn check_endpoint(name: &str, permission: &str, variables: &Variables) -> Result<()> {
    let Some(value) = variables.get(name) else { return Ok(()) };
    let refuse = |why: &str| Error::new(Kind::Usage, why).field(name);
    match url::Url::parse(value).as_ref().map(url::Url::scheme) {
        Ok("https") => Ok(()),
        Ok("http") if variables.is_on(permission)? => Ok(()),
        Ok("http") => Err(refuse("the server would be spoken to without TLS")
            .help(format!("name it with https://, or set {permission}=true for a network that you trust"))),
        _ => Err(refuse("this is no address of a server").help("say https://HOST or https://HOST:PORT")),
    }
}

fn unfit(bucket: &Bucket, variables: &Variables, error: object_store::Error) -> Error {
    Error::new(Kind::Usage, variables.hide(error.to_string()))
        .path(&bucket.url)
        .help("look at the variables that begin with AWS_, GOOGLE_ or AZURE_")
}

/// Makes HTTP clients that trust whom the rest of the program trusts.
#[derive(Debug)]
struct Connector {
    authorities: Option<String>,
    running: Arc<Semaphore>,
    requests: Arc<AtomicU64>,
}

impl Connector {
    fn new(variables: &Variables, requests: Arc<AtomicU64>) -> Result<Self> {
        let authorities = variables.get(AUTHORITIES).map(str::to_owned);
        if let Some(file) = &authorities {
            tls::certificates(Path::new(file)).map_err(|error| error.field(AUTHORITIES))?;
        }
        Ok(Self { authorities, running: Arc::new(Semaphore::new(MOST_REQUESTS)), requests })
    }

    fn client(&self, options: &ClientOptions) -> Result<reqwest::Client> {
        let allow_http = options.get_config_value(&ClientConfigKey::AllowHttp).as_deref() == Some("true");
        let extra = match &self.authorities {
            Some(file) => tls::certificates(Path::new(file))?,
            None => Vec::new(),
        };
        let mut config = match tls::platform(extra) {
            Ok(config) => config.with_no_client_auth(),
            // A machine without certificate authorities can still speak to a server next to it.
            Err(_) if allow_http => tls::config()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth(),
            Err(error) => return Err(error),
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .http1_only()
            .https_only(!allow_http)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(concat!("reposnap/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(IDLE_TIMEOUT)
            .pool_idle_timeout(IDLE_CONNECTION)
            .pool_max_idle_per_host(MOST_REQUESTS)
            .build()
            .map_err(|error| Error::new(Kind::Internal, "the HTTP client can't be made").source(error))
    }
}

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = self
            .client(options)
            .map_err(|error| object_store::Error::Generic { store: "HTTP", source: Box::new(error) })?;
        Ok(HttpClient::new(Bounded { client, running: self.running.clone(), requests: self.requests.clone() }))
    }
}

/// A client with at most so many requests under way. A permit is held until the answer begins, so that whoever reads one
/// object and writes it to another does not wait for itself.
#[derive(Debug)]
struct Bounded {
    client: reqwest::Client,
    running: Arc<Semaphore>,
    requests: Arc<AtomicU64>,
}

// Written out as `async_trait` would.
impl HttpService for Bounded {
    fn call<'a, 'b>(
        &'a self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = std::result::Result<HttpResponse, HttpError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(async move {
            let permit = self.running.acquire().await.map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?;
            self.requests.fetch_add(1, Ordering::Relaxed);
            let is_listing = request.uri().query().is_some_and(is_listing);
            let answer = HttpService::call(&self.client, request).await;
            drop(permit);
            match answer {
                Ok(answer) if is_listing => whole(answer).await,
                answer => answer,
            }
        })
    }
}

/// Whether a query asks for a page of a listing, of Amazon's and Google's kind or of Azure's.
fn is_listing(query: &str) -> bool {
    query.split('&').any(|part| matches!(part, "list-type=2" | "comp=list"))
}

/// A page that has come to its end. One that breaks off is a failure of the request, which is then asked again; of what is read
/// piece by piece, nobody asks again.
async fn whole(answer: HttpResponse) -> std::result::Result<HttpResponse, HttpError> {
    let (head, body) = answer.into_parts();
    let (mut pieces, mut page) = (body.bytes_stream(), Vec::new());
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| HttpError::new(HttpErrorKind::Interrupted, error))?;
        if page.len() + piece.len() > LARGEST_PAGE {
            let error = Error::new(Kind::Limit, "a page of a listing is too large")
                .mismatch(format!("at most {LARGEST_PAGE} bytes"), "more");
            return Err(HttpError::new(HttpErrorKind::Decode, error));
        }
        page.extend_from_slice(&piece);
    }
    Ok(HttpResponse::from_parts(head, page.into()))
}

#[cfg(test)]
mod tests {
    use super::super::url::Address;
    use super::*;

    fn open(url: &str, variables: &[(&str, &str)]) -> Result<Arc<dyn ObjectStore>> {
        let Address::Bucket(bucket) = Address::of(Path::new(url))? else { panic!("{url} is no bucket") };
        connect(&bucket, &Variables::new(variables.iter().copied()))
    }

    #[test]
    fn every_cloud_is_reached_by_its_variables() {
        let amazon = [("AWS_ACCESS_KEY_ID", "me"), ("AWS_SECRET_ACCESS_KEY", "hunter2")];
        open("s3://bucket/a", &amazon).unwrap();
        let azure = [("AZURE_STORAGE_ACCOUNT_KEY", "aHVudGVyMg==")];
        open("abfss://container@account.dfs.core.windows.net", &azure).unwrap();
        open("az://container", &[azure[0], ("AZURE_STORAGE_ACCOUNT_NAME", "account")]).unwrap();
        open("gs://bucket/a", &[("GOOGLE_SKIP_SIGNATURE", "true")]).unwrap();
    }

    #[test]
    fn bad_variables_are_named_and_secrets_are_not() {
        let key = ("AWS_ACCESS_KEY_ID", "me");
        let secret = ("AWS_SECRET_ACCESS_KEY", "hunter2");
        for (url, variables, word) in [
            ("s3://bucket", vec![key], "SecretAccessKey"),
            ("s3://bucket", vec![key, secret, ("AWS_ENDPOINT_URL", "http://server")], "AWS_ALLOW_HTTP"),
            ("s3://bucket", vec![key, secret, ("AWS_ENDPOINT_URL", "server:9000")], "AWS_ENDPOINT_URL"),
            ("s3://bucket", vec![key, secret, ("AWS_CA_BUNDLE", "/nonexistent")], "AWS_CA_BUNDLE"),
            ("s3://bucket", vec![key, secret, ("AWS_SKIP_SIGNATURE", "hunter2")], "s3://bucket"),
            ("gs://bucket", vec![("GOOGLE_APPLICATION_CREDENTIALS", "/nonexistent")], "gs://bucket"),
            ("gs://bucket", vec![("GOOGLE_SERVICE_ACCOUNT_KEY", "{hunter2")], "gs://bucket"),
            ("az://container", vec![], "az://container"),
            (
                "az://container",
                vec![("AZURE_STORAGE_ACCOUNT_NAME", "a"), ("AZURE_STORAGE_ACCOUNT_KEY", "hunter2!")],
                "az",
            ),
        ] {
            let error = open(url, &variables).map(|_| ()).expect_err(word);
            let told = format!("{error} {} {:?}", error.advice().unwrap_or_default(), error.at_field());
            let spelled = told.replace(' ', "");
            assert!(told.contains(word) || spelled.contains(word), "{word}: {told}");
            assert!(!format!("{error:?} {told}").contains("hunter2"), "{told}");
        }
    }
}

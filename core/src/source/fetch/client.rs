//! The HTTP clients: one without TLS, which costs next to nothing to make, and one with it, made when it is first needed.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use super::options::{FetchOptions, Trust};
use super::proxy::ProxyHosts;
use crate::error::{Error, Kind, Result};
use crate::tls::{certificates, config, platform, unusable};

/// How long a connection nobody uses stays open.
const IDLE_CONNECTION: Duration = Duration::from_secs(30);

/// Makes clients, and keeps them.
pub(super) struct Clients {
    plain: reqwest::Client,
    tls: OnceLock<reqwest::Client>,
    proxies: ProxyHosts,
    tls_for_http: bool,
}

impl Clients {
    pub(super) fn new(options: &FetchOptions) -> Result<Self> {
        let proxies = options.proxy.hosts();
        let tls_for_http = proxies.build(&options.credentials)?.tls_for_http;
        // Trusts nobody: reading the system's certificates takes tens of milliseconds, and http needs none.
        let nobody = config()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
        let plain = client(options, &proxies, nobody)?;
        Ok(Self { plain, tls: OnceLock::new(), proxies, tls_for_http })
    }

    /// The client for `url`.
    pub(super) fn client(&self, url: &Url, options: &FetchOptions) -> Result<&reqwest::Client> {
        if url.scheme() != "https" && !self.tls_for_http {
            return Ok(&self.plain);
        }
        if let Some(client) = self.tls.get() {
            return Ok(client);
        }
        let made = client(options, &self.proxies, trusting(&options.trust)?)?;
        Ok(self.tls.get_or_init(|| made))
    }
}

fn client(options: &FetchOptions, proxies: &ProxyHosts, tls: ClientConfig) -> Result<reqwest::Client> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    // Digests are of the bytes as they lie on the server.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let agent = HeaderValue::from_str(&options.user_agent)
        .map_err(|_| Error::new(Kind::Usage, "is not fit for a header").field("user_agent"))?;
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        .no_proxy()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .user_agent(agent)
        .default_headers(headers)
        .connect_timeout(options.connect_timeout)
        .pool_idle_timeout(IDLE_CONNECTION)
        .pool_max_idle_per_host(options.parallel);
    for rule in proxies.build(&options.credentials)?.rules {
        builder = builder.proxy(rule);
    }
    builder.build().map_err(|error| Error::new(Kind::Internal, "the HTTP client can't be made").source(error))
}

/// Whom a client trusts, and as whom it shows itself, beside what [`FetchOptions::trust`] says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// Files of PEM certificates whose word is taken, too.
    pub authorities: Vec<PathBuf>,
    /// What the client proves its own identity with: PEM files of its certificate chain and of its key.
    pub identity: Option<(PathBuf, PathBuf)>,
}

/// A client with the timeouts, the proxies, the user agent and the trust of `options`, which follows no redirect, tries
/// nothing twice and decompresses nothing. Without `tls` it can do http alone, and costs next to nothing to make; with it
/// the system's certificates are read, which takes tens of milliseconds.
///
/// [`Kind::Malformed`] where a file has no usable certificate or key, [`Kind::Verification`] where the system has no
/// certificates.
pub fn http_client(options: &FetchOptions, tls: Option<&Tls>) -> Result<reqwest::Client> {
    options.check()?;
    let proxies = options.proxy.hosts();
    let nothing = Tls::default();
    let config = match tls {
        Some(tls) => showing(&options.trust, tls)?,
        None if proxies.build(&options.credentials)?.tls_for_http => showing(&options.trust, &nothing)?,
        None => config()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth(),
    };
    client(options, &proxies, config)
}

fn trusting(trust: &Trust) -> Result<ClientConfig> {
    showing(trust, &Tls::default())
}

fn showing(trust: &Trust, tls: &Tls) -> Result<ClientConfig> {
    let mut extra = Vec::new();
    for file in &tls.authorities {
        extra.append(&mut certificates(file)?);
    }
    let builder = match trust {
        Trust::System => platform(extra)?,
        Trust::SystemAnd(file) => {
            extra.append(&mut certificates(file)?);
            platform(extra)?
        }
        Trust::Only(file) => {
            let mut roots = RootCertStore::empty();
            extra.append(&mut certificates(file)?);
            for certificate in extra {
                roots.add(certificate).map_err(|error| unusable(file).source(error))?;
            }
            config()?.with_root_certificates(roots)
        }
    };
    let mut config = match &tls.identity {
        None => builder.with_no_client_auth(),
        Some((chain, key)) => {
            let bytes = std::fs::read(key).map_err(|error| Error::io(key.display(), error))?;
            // Neither error is kept: they might tell of the key.
            let secret = PrivateKeyDer::from_pem_slice(&bytes).map_err(|_| no_key(key))?;
            builder.with_client_auth_cert(certificates(chain)?, secret).map_err(|_| no_key(key))?
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn no_key(file: &Path) -> Error {
    Error::new(Kind::Malformed, "the file has no usable private key for the client's certificate")
        .path(file.display().to_string())
        .help("it has to be PEM, not encrypted, and fit the certificate")
}

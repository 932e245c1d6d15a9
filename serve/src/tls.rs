//! TLS by rustls.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use reposnap::error::{Error, Kind, Result};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// What accepts TLS; it may be replaced by one with a newer certificate.
pub struct Tls(RwLock<TlsAcceptor>);

impl Tls {
    /// One that begins with `acceptor`.
    pub fn new(acceptor: TlsAcceptor) -> Self {
        Self(RwLock::new(acceptor))
    }

    /// The one of now.
    pub fn acceptor(&self) -> TlsAcceptor {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on, it is this one.
    pub fn replace(&self, acceptor: TlsAcceptor) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = acceptor;
    }
}

/// What accepts TLS with a certificate, behind which those that lead to its authority may stand, and its key, both PEM.
///
/// # Errors
/// [`Kind::Usage`] for files that are not that, or don't belong together.
pub fn acceptor(certificates: &Path, key: &Path) -> Result<TlsAcceptor> {
    let wrong = |path: &Path, what: &str| Error::new(Kind::Usage, what).path(path.display().to_string());
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_file_iter(certificates)
            .and_then(Iterator::collect)
            .map_err(|error| wrong(certificates, &format!("the certificates can't be read: {error}")))?;
    if chain.is_empty() {
        return Err(wrong(certificates, "there is no certificate in the file").help("give it in PEM"));
    }
    let secret = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| wrong(key, &format!("the private key can't be read: {error}")).help("give it in PEM"))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(Kind::Internal, "TLS can't be set up").source(error))?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|error| wrong(key, &format!("certificate and key don't fit: {error}")))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

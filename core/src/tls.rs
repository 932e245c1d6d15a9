//! Whom connections trust: rustls on the cryptography of ring, or on what the program around us has chosen.

use std::path::Path;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;

use crate::error::{Error, Kind, Result};

pub(crate) type ConfigBuilder = rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>;
pub(crate) type Trusting = rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>;

/// TLS without trust yet.
pub(crate) fn config() -> Result<ConfigBuilder> {
    ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(Kind::Internal, "TLS can't be set up").source(error))
}

/// The cryptography of the program around us, where it has chosen one.
fn provider() -> Arc<CryptoProvider> {
    CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()))
}

/// Trusts the certificate authorities of the system, and `extra`.
pub(crate) fn platform(extra: Vec<CertificateDer<'static>>) -> Result<Trusting> {
    let verifier = Verifier::new_with_extra_roots(extra, provider()).map_err(|error| {
        Error::new(Kind::Verification, format!("the system's certificate authorities can't be read: {error}"))
            .rule("tls-trust")
            .help("install the package ca-certificates, or name a file of certificates")
    })?;
    Ok(config()?.dangerous().with_custom_certificate_verifier(Arc::new(verifier)))
}

/// The certificates of a PEM file; at least one.
pub(crate) fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let bytes = std::fs::read(file).map_err(|error| Error::io(file.display(), error))?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&bytes)
        .collect::<Result<_, _>>()
        .map_err(|error| unusable(file).source(error))?;
    if certificates.is_empty() {
        return Err(unusable(file));
    }
    Ok(certificates)
}

pub(crate) fn unusable(file: &Path) -> Error {
    Error::new(Kind::Malformed, "the file has no usable certificate of a certificate authority")
        .path(file.display().to_string())
        .help("it has to be PEM, with lines that say BEGIN CERTIFICATE")
}

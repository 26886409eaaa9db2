//! TLS with the configured certificate.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file is not there, not readable, or holds nothing of the kind.
    #[error("`{}` is no readable PEM file with a {what}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// Why it does not.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The certificate or the key is not valid, or they do not belong together.
    #[error("the certificate and the key do not fit together")]
    Pair(#[source] rustls::Error),
}

/// The TLS of the server, version 1.2 or later, from PEM files.
///
/// # Errors
///
/// If a file is not valid, or the two do not belong together.
pub fn server_config(certificate: &Path, key: &Path) -> Result<ServerConfig, TlsError> {
    let unreadable = |path: &Path, what| {
        let path = path.to_path_buf();
        move |source: pem::Error| TlsError::File {
            path,
            what,
            source: source.into(),
        }
    };
    let no_certificate = || unreadable(certificate, "certificate");
    let chain = CertificateDer::pem_file_iter(certificate).map_err(no_certificate())?;
    let chain: Vec<_> = chain.collect::<Result<_, _>>().map_err(no_certificate())?;
    if chain.is_empty() {
        return Err(no_certificate()(pem::Error::NoItemsFound));
    }
    let key = PrivateKeyDer::from_pem_file(key).map_err(unreadable(key, "private key"))?;
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(TlsError::Pair)
}

//! TLS from PEM files.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};

/// An error from setting up TLS.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file does not exist, cannot be read, or does not hold a certificate or a private key.
    #[non_exhaustive]
    #[error("`{}` is not a readable PEM file with a {what}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the file should hold: `certificate` or `private key`.
        what: &'static str,
        /// The cause.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The certificate or the key is not valid, or the key is not that of the certificate.
    #[error("the certificate and the key do not fit together")]
    Pair(#[source] rustls::Error),
}

/// Builds a TLS configuration for a server from a PEM file with the certificate chain and one with its private key.
///
/// TLS 1.2 and 1.3 are enabled, with the cryptography of ring and without client certificates. No ALPN protocols are set:
/// `HttpServer` and [`Application`](crate::Application) set those for HTTP/1.1 and HTTP/2.
///
/// # Errors
///
/// - [`TlsError::File`] if a file cannot be read or does not hold what it should;
/// - [`TlsError::Pair`] if the key is not that of the certificate, or one of them is not valid.
///
/// # Examples
///
/// ```no_run
/// use std::path::Path;
/// use std::sync::Arc;
///
/// use actix_web::{App, HttpServer};
/// use scim_server::{Scim, mount, tls};
///
/// async fn serve(scim: Arc<Scim>) -> Result<(), Box<dyn std::error::Error>> {
///     let tls = tls::server_config(Path::new("certificate.pem"), Path::new("key.pem"))?;
///     let app = move || App::new().configure(mount(&scim));
///     Ok(HttpServer::new(app).bind_rustls_0_23("0.0.0.0:8443", tls)?.run().await?)
/// }
/// ```
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

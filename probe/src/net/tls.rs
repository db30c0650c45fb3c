//! TLS of the client's side: whom it trusts, and in words why it does not.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::{
    CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, InvalidMessage, RootCertStore,
    SignatureScheme,
};

use super::ConnectError;

/// Whom to trust.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TlsOptions {
    /// A file with the certificates of authorities (PEM) that are trusted instead of the system's: `--cafile`.
    pub cafile: Option<PathBuf>,
    /// Trust everybody: `--insecure`.
    pub insecure: bool,
}

impl TlsOptions {
    /// What the two options of the command say.
    #[must_use]
    pub const fn new(cafile: Option<PathBuf>, insecure: bool) -> Self {
        Self { cafile, insecure }
    }
}

/// A connector that trusts as `options` say.
pub(super) fn connector(options: &TlsOptions) -> Result<TlsConnector, ConnectError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| ConnectError::Setup(error.to_string()))?;
    let config = match options.insecure {
        true => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(TrustEverybody(provider)))
            .with_no_client_auth(),
        false => {
            let roots = match &options.cafile {
                Some(file) => roots_of_file(file)?,
                None => roots_of_system()?,
            };
            builder.with_root_certificates(roots).with_no_client_auth()
        }
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

/// The name that the certificate has to be for.
pub(super) fn server_name(host: &str) -> Result<ServerName<'static>, ConnectError> {
    ServerName::try_from(host.to_owned())
        .map_err(|_| ConnectError::Setup(format!("{host:?} is no name that a certificate is for")))
}

fn roots_of_file(file: &Path) -> Result<RootCertStore, ConnectError> {
    let failed =
        |why: String| ConnectError::Setup(format!("cannot read {}: {why}", file.display()));
    let pem = std::fs::read(file).map_err(|error| failed(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| failed(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| failed(error.to_string()))?;
    }
    match roots.is_empty() {
        true => Err(failed("no certificate (PEM) stands in it".to_owned())),
        false => Ok(roots),
    }
}

fn roots_of_system() -> Result<RootCertStore, ConnectError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // Some systems carry certificates that no strict parser takes; the others do.
    roots.add_parsable_certificates(found.certs);
    match roots.is_empty() {
        true => Err(ConnectError::Setup(
            "this system trusts no authority; name a file with --cafile, or use --insecure"
                .to_owned(),
        )),
        false => Ok(roots),
    }
}

/// Says of a failed handshake what a person can do about it.
pub(super) fn explain(error: &io::Error) -> String {
    let cause = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>());
    let mut text = format!("TLS: {error}");
    let advice = match cause {
        Some(Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        )) => {
            "the certificate is by nobody whom this system trusts; name the authority with --cafile, or use --insecure"
        }
        Some(Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => "the certificate is for another name; use that name as HOST, or --insecure",
        Some(Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        )) => "the certificate has expired; --insecure connects all the same",
        Some(Error::InvalidCertificate(_)) => "--insecure connects all the same",
        Some(Error::InvalidMessage(
            InvalidMessage::InvalidContentType
            | InvalidMessage::UnknownProtocolVersion
            | InvalidMessage::MessageTooLarge
            | InvalidMessage::InvalidEmptyPayload,
        )) => "the server does not speak TLS on this port; mqtt:// connects without",
        None if error.kind() == io::ErrorKind::UnexpectedEof
            || error.kind() == io::ErrorKind::ConnectionReset =>
        {
            "the server closed during the handshake; it may not speak TLS on this port"
        }
        _ => return text,
    };
    let _ = write!(text, " ({advice})");
    text
}

/// What `--insecure` asks for: whatever certificate there is, it is taken.
#[derive(Debug)]
struct TrustEverybody(Arc<CryptoProvider>);

impl ServerCertVerifier for TrustEverybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

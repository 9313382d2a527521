//! A certificate and its key out of their files, or why they are not good.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, Error, RootCertStore};
use zeroize::Zeroizing;

use super::choices::TlsFiles;
use super::environment;
use crate::error::Problem;
use crate::parts::UnixSeconds;
use crate::settings::places;

/// The log says so long before a certificate ends.
const WARNING: UnixSeconds = 7 * 24 * 3600;

/// Reads both files; the clock shows `now`.
pub(super) fn load(names: &TlsFiles, now: UnixSeconds) -> Result<CertifiedKey, Problem> {
    let (certificate, key) = (&names.certificate, &names.key);
    let chain = CertificateDer::pem_slice_iter(&read(certificate)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| no_pem(certificate, "certificate"))?;
    let Some(leaf) = chain.first() else {
        return Err(no_pem(certificate, "certificate"));
    };
    let read = Zeroizing::new(read(key)?);
    let private = PrivateKeyDer::from_pem_slice(&read).map_err(|_| no_pem(key, "private key"))?;
    environment::warn_if_exposed(&key.display().to_string());
    check_time(leaf, now, certificate)?;
    let provider = aws_lc_rs::default_provider();
    CertifiedKey::from_der(chain, private, &provider).map_err(|error| unfit(&error))
}

/// What the two files hold that is no good together.
pub(super) fn unfit(error: &Error) -> Problem {
    let (fault, help) = match error {
        Error::InconsistentKeys(_) => (
            "the key is not that of the certificate".to_owned(),
            "name the key that the certificate was made for; in its file the server's own \
             certificate comes first, and those of its issuers after it",
        ),
        error => (
            format!("certificate and key cannot be used: {error}"),
            "make new ones, with an ECDSA (P-256) or RSA key",
        ),
    };
    Problem::new("FM0962", fault, help).at(places("tls"))
}

fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    fs::read(path).map_err(|error| {
        Problem::new(
            "FM0960",
            format!("`{}` cannot be read: {error}", path.display()),
            "name a file that this process may read",
        )
        .at(places("tls"))
    })
}

fn no_pem(path: &Path, wanted: &str) -> Problem {
    Problem::new(
        "FM0961",
        format!("there is no {wanted} in `{}`", path.display()),
        "name a file in PEM, of lines like `-----BEGIN …-----`",
    )
    .at(places("tls"))
}

/// Refuses a certificate that no client would take now.
fn check_time(
    leaf: &CertificateDer<'static>,
    now: UnixSeconds,
    path: &Path,
) -> Result<(), Problem> {
    let path = path.display();
    let problem = |fault, help| Err(Problem::new("FM0963", fault, help).at(places("tls")));
    match standing(leaf, now) {
        Standing::Good if standing(leaf, now + WARNING) == Standing::Over => {
            tracing::warn!(%path, "the certificate ends within a week");
            Ok(())
        }
        Standing::Good => Ok(()),
        Standing::Over => problem(
            format!("the certificate in `{path}` has expired"),
            "renew it",
        ),
        Standing::Early => problem(
            format!("the certificate in `{path}` is not valid yet"),
            "check the clock of this machine",
        ),
    }
}

#[derive(PartialEq, Eq)]
enum Standing {
    Good,
    Over,
    Early,
}

/// How the certificate stands at a time. It is asked of a client's verifier that trusts this one
/// certificate: whatever else that may find, time comes first.
fn standing(leaf: &CertificateDer<'static>, at: UnixSeconds) -> Standing {
    let mut roots = RootCertStore::empty();
    let verifier = roots.add(leaf.clone()).ok().and_then(|()| {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider);
        verifier.build().ok()
    });
    let Some((verifier, name)) = verifier.zip(ServerName::try_from("localhost").ok()) else {
        return Standing::Good;
    };
    let at = UnixTime::since_unix_epoch(Duration::from_secs(at));
    match verifier.verify_server_cert(leaf, &[], &name, &[], at) {
        Err(Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        )) => Standing::Over,
        Err(Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        )) => Standing::Early,
        _ => Standing::Good,
    }
}

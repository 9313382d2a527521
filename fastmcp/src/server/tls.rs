//! TLS on the listening socket (feature `tls`).
//!
//! Certificate and key are PEM files, looked at every few seconds and at once upon SIGHUP. When they
//! changed and are good, new connections get them; otherwise the ones in use stay, and the log says
//! why. Two files never change at once, so one that does not fit the other is not the end: the next
//! look finds both. HTTP/2 and HTTP/1.1 are agreed on by ALPN (RFC 7301). A handshake is part of the
//! time that a connection has for its first request, and takes one of the places.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::graceful::Watcher;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;

use super::certificate;
use super::choices::TlsFiles;
use super::listen::{Broken, HEAD, over_http1};
use crate::error::Problem;
use crate::parts::Clock;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(10);
const H2: &[u8] = b"h2";

/// TLS for connections that are accepted. Clones are the same.
#[derive(Clone)]
pub(super) struct Tls {
    acceptor: TlsAcceptor,
    files: Arc<Files>,
}

/// The files, and what was last read from them.
#[derive(Debug)]
struct Files {
    names: TlsFiles,
    clock: Clock,
    current: RwLock<Arc<CertifiedKey>>,
    seen: Mutex<Seen>,
}

/// What tells that a file changed: when it was written, and how long it is.
type Seen = [Option<(SystemTime, u64)>; 2];

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// One cannot be read, or they do not make a certificate that a client would take.
    pub(super) fn open(names: TlsFiles, clock: Clock) -> Result<Self, Problem> {
        let seen = seen(&names);
        let current = certificate::load(&names, clock.now())?;
        let files = Arc::new(Files {
            names,
            clock,
            current: RwLock::new(Arc::new(current)),
            seen: Mutex::new(seen),
        });
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions();
        let mut config = config
            .map_err(|error| certificate::unfit(&error))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&files) as Arc<_>);
        config.alpn_protocols = vec![H2.to_vec(), b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Ok(Self { acceptor, files })
    }

    /// Looks at the files from time to time, for as long as it is polled.
    pub(super) async fn watch(self) {
        let mut hang_up = HangUp::new();
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = hang_up.heard() => tracing::info!("told by SIGHUP to look at the certificate"),
            }
            let files = Arc::clone(&self.files);
            // A look that panicked is over; the next one comes.
            let _ = tokio::task::spawn_blocking(move || files.look()).await;
        }
    }

    /// Shakes hands, and answers requests.
    pub(super) async fn serve<I, S>(
        self,
        stream: I,
        service: S,
        watcher: Watcher,
    ) -> Result<(), Broken>
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        S: hyper::service::Service<
                Request<Incoming>,
                Response = Response,
                Error = std::convert::Infallible,
            > + Send
            + 'static,
        S::Future: Send + 'static,
    {
        let stream = self.acceptor.accept(stream).await?;
        if stream.get_ref().1.alpn_protocol() != Some(H2) {
            return over_http1(stream, service, watcher).await;
        }
        let connection = http2::Builder::new(TokioExecutor::new())
            .max_header_list_size(u32::try_from(HEAD).unwrap_or(u32::MAX))
            .serve_connection(TokioIo::new(stream), service);
        Ok(watcher.watch(connection).await?)
    }
}

impl Files {
    /// Takes what is new, if it is good; tells whether it did.
    fn look(&self) -> bool {
        let now = seen(&self.names);
        let before = {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *seen, now)
        };
        if before == now {
            return false;
        }
        match certificate::load(&self.names, self.clock.now()) {
            Ok(new) => {
                let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
                *current = Arc::new(new);
                tracing::info!("new connections get the new certificate");
                true
            }
            Err(problem) => {
                let problem = problem.fault();
                tracing::error!(
                    problem,
                    "the certificate changed and is not good: the old one stays"
                );
                false
            }
        }
    }
}

impl ResolvesServerCert for Files {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&current))
    }
}

fn seen(names: &TlsFiles) -> Seen {
    let of = |path: &Path| -> io::Result<_> {
        let file = fs::metadata(path)?;
        Ok((file.modified()?, file.len()))
    };
    [&names.certificate, &names.key].map(|path| of(path).ok())
}

/// The signal by which a daemon is told to read its files again.
struct HangUp {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl HangUp {
    #[cfg(unix)]
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let signal = signal(SignalKind::hangup()).ok();
        Self { signal }
    }

    #[cfg(not(unix))]
    fn new() -> Self {
        Self {}
    }

    async fn heard(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
#[path = "tls_tests.rs"]
mod tests;

//! A bound socket, served until the process is told to stop.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use super::connections::{Connections, Patience, Place};
use super::front::Front;
use super::progress::Progress;
use super::tls::Tls;
use crate::error::Problem;
use crate::settings::places;

/// The longest head of a request, and so the longest address in it: more is 431 or 414.
pub(super) const HEAD: usize = 64 * 1024;
/// How long to wait when the machine has no room for another connection.
const FULL: Duration = Duration::from_millis(50);
/// How long what was ended at the deadline of a stop may take to say so.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How a server stops.
pub(super) struct Ending<S, L, C> {
    /// Done when it is told to.
    pub(super) stop: S,
    /// How long what is under way may take then.
    pub(super) patience: Duration,
    /// Ends what is still under way.
    pub(super) cut: C,
    /// Done when it is told to stop again.
    pub(super) leave: L,
}

/// Binds `address`.
pub(super) async fn bind(address: &str) -> Result<TcpListener, Problem> {
    TcpListener::bind(address).await.map_err(|error| {
        Problem::new(
            "FM0914",
            format!("cannot listen on `{address}`: {error}"),
            "name a free `host:port`",
        )
        .at(places("bind"))
    })
}

/// Serves `front`, over `tls` if there is some, until it is told to stop and what is under way is
/// answered, or as long as its end allows.
pub(super) async fn serve(
    listener: TcpListener,
    front: Front,
    patience: Patience,
    tls: Option<Tls>,
    ending: Ending<impl Future<Output = ()>, impl Future<Output = ()>, impl FnOnce()>,
) {
    let connections = Arc::new(Connections::new(patience));
    let graceful = GracefulShutdown::new();
    let mut ticks = tokio::time::interval(connections.tick());
    let mut stop = pin!(ending.stop);
    let mut is_full = false;
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            _ = ticks.tick() => {
                connections.ticked();
                continue;
            }
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                is_full = false;
                // Dropped where there is no place: nobody is waited for in vain.
                if let Some(place) = connections.enter() {
                    let watcher = graceful.watcher();
                    let (front, tls) = (front.clone(), tls.clone());
                    tokio::spawn(connection((stream, peer), front, tls, place, watcher));
                }
            }
            // The one that was accepted is gone again.
            Err(error) if is_the_peers(&error) => {}
            Err(error) => {
                if !is_full {
                    tracing::error!(%error, "no connection can be accepted for the moment");
                }
                is_full = true;
                connections.make_room();
                tokio::time::sleep(FULL).await;
            }
        }
    }
    drop(listener);
    let answering = graceful.shutdown();
    let (mut answering, mut leave) = (pin!(answering), pin!(ending.leave));
    let mut deadline = pin!(tokio::time::sleep(ending.patience));
    let mut cut = Some(ending.cut);
    loop {
        tokio::select! {
            () = &mut answering => return,
            () = &mut leave => {
                tracing::warn!("told to stop again: what is under way is left unanswered");
                return;
            }
            () = &mut deadline => {
                let Some(cut) = cut.take() else {
                    return;
                };
                tracing::warn!("the time to stop is over: what is under way is ended");
                cut();
                deadline.as_mut().reset(Instant::now() + LAST_WORDS);
            }
            _ = ticks.tick() => connections.ticked(),
        }
    }
}

fn is_the_peers(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

async fn connection(
    (stream, peer): (TcpStream, SocketAddr),
    front: Front,
    tls: Option<Tls>,
    place: Place,
    watcher: Watcher,
) {
    // Without it a streamed answer waits for the client's delayed acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps Nagle's algorithm");
    }
    let watch = Arc::clone(&place.watch);
    let answer = move |request: Request<Incoming>| {
        let (under_way, response) = (watch.begins(), front.answer(request, peer));
        async move { Ok::<_, Infallible>(under_way.answered(response.await)) }
    };
    let stream = Progress {
        stream,
        watch: Arc::clone(&place.watch),
    };
    let served = async {
        let served = match tls {
            None => over_http1(stream, service_fn(answer), watcher).await,
            Some(tls) => tls.serve(stream, service_fn(answer), watcher).await,
        };
        if let Err(error) = served {
            tracing::trace!(%error, "a connection broke");
        }
    };
    tokio::select! {
        () = served => {}
        () = place.watch.gone() => {}
    }
}

/// Why a connection broke.
pub(super) type Broken = Box<dyn std::error::Error + Send + Sync>;

/// Answers requests of HTTP/1.1.
pub(super) async fn over_http1<I, S>(stream: I, service: S, watcher: Watcher) -> Result<(), Broken>
where
    I: AsyncRead + AsyncWrite + Unpin + 'static,
    S: hyper::service::Service<Request<Incoming>, Response = Response, Error = Infallible>,
{
    let connection = http1::Builder::new()
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), service);
    Ok(watcher.watch(connection).await?)
}

/// Done when the process gets Ctrl-C or SIGTERM.
pub(super) async fn told_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

#[cfg(test)]
#[path = "listen_tests.rs"]
pub(super) mod tests;

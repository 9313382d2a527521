//! A bound socket, served until the process is told to stop.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tower::Service as _;

use super::connections::{Connections, Patience, Place};
use crate::error::Problem;
use crate::settings::places;

/// The longest head of a request, and so the longest address in it: more is 431 or 414.
const HEAD: usize = 64 * 1024;
/// How long to wait when the machine has no room for another connection.
const FULL: Duration = Duration::from_millis(50);

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

/// Serves `router` until `stop` is done and the requests in flight are answered.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Patience,
    stop: impl Future<Output = ()>,
) {
    let connections = Arc::new(Connections::new(patience));
    let graceful = GracefulShutdown::new();
    let mut ticks = tokio::time::interval(connections.tick());
    let mut stop = pin!(stop);
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
                // Dropped where there is no place: nobody is waited for in vain.
                if let Some(place) = connections.enter() {
                    let watcher = graceful.watcher();
                    tokio::spawn(connection(stream, peer, router.clone(), place, watcher));
                }
            }
            // The one that was accepted is gone again.
            Err(error) if is_the_peers(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted for the moment");
                tokio::time::sleep(FULL).await;
            }
        }
    }
    drop(listener);
    let answering = graceful.shutdown();
    let mut answering = pin!(answering);
    loop {
        tokio::select! {
            () = &mut answering => return,
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
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    place: Place,
    watcher: Watcher,
) {
    // Without it a streamed answer waits for the client's delayed acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps Nagle's algorithm");
    }
    let watch = &place.watch;
    let answer = |mut request: Request<Incoming>| {
        let (mut router, watch) = (router.clone(), Arc::clone(watch));
        watch.begins();
        request.extensions_mut().insert(ConnectInfo(peer));
        async move {
            let response = router.call(request).await?;
            Ok::<_, std::convert::Infallible>(watch.answered(response))
        }
    };
    let connection = http1::Builder::new()
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), service_fn(answer));
    tokio::select! {
        served = watcher.watch(connection) => {
            if let Err(error) = served {
                tracing::trace!(%error, "a connection broke");
            }
        }
        () = watch.gone() => {}
    }
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
mod tests;

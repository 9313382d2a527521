//! A bound socket, served until the process is told to stop.

use std::future::Future;
use std::net::SocketAddr;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use crate::error::Problem;
use crate::settings::places;

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

/// Serves `router` until `stop` is done and the requests in flight are answered. Each request
/// carries its peer's address if `with_peers`, which costs something in every call.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    with_peers: bool,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Problem> {
    // Without it a streamed answer waits for the client's delayed acknowledgement.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps Nagle's algorithm");
        }
    });
    let served = if with_peers {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service);
        serving.with_graceful_shutdown(stop).await
    } else {
        let serving = axum::serve(listener, router);
        serving.with_graceful_shutdown(stop).await
    };
    served.map_err(|error| {
        Problem::new(
            "FM0952",
            format!("the listening socket failed: {error}"),
            "start the server again",
        )
    })
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

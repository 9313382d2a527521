//! The yardstick: an axum handler that answers with the same bytes whatever it is asked.
//!
//! `BENCH_BIND` is where it listens, `BENCH_BODY` the file with the bytes.
#![allow(
    clippy::expect_used,
    reason = "a program of the bench speaks to nobody else"
)]

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::routing::post;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() {
    let variable = |name: &str| std::env::var(name).expect("the bench sets it");
    let body = std::fs::read(variable("BENCH_BODY")).expect("a file");
    let body = axum::body::Bytes::from(body);
    let handler = move || {
        let headers = [
            (CONTENT_TYPE, "application/json"),
            (CACHE_CONTROL, "no-store"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        let answer = (headers, body.clone());
        async move { answer }
    };
    let listener = TcpListener::bind(variable("BENCH_BIND")).await;
    let listener = listener.expect("the address is free").tap_io(|stream| {
        // It is slower without, and still an answer.
        let _ = stream.set_nodelay(true);
    });
    let router = Router::new().route("/mcp", post(handler));
    axum::serve(listener, router).await.expect("it serves");
}

//! The tests' identity provider as a process: prints `listening on <url>` and serves.
//!
//! `TEST_IDP_BIND` sets the address (default: a free port on loopback).
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a test program speaks to its parent"
)]

#[tokio::main]
async fn main() {
    let address = std::env::var("TEST_IDP_BIND").unwrap_or_else(|_| "127.0.0.1:0".into());
    let listener = tokio::net::TcpListener::bind(address).await;
    let listener = listener.expect("the address is free");
    let address = listener
        .local_addr()
        .expect("a bound socket has an address");
    let url = format!("http://{address}");
    println!("listening on {url}");
    tests::idp::serve(listener, url).await;
}

//! Support for the tests in `it/`: they see the product from outside, as processes over HTTP.
//!
//! | module | what |
//! |---|---|
//! | [`idp`] | an upstream identity provider of our own, as a process that can misbehave |
//! | [`server`] | an example of this workspace as a process: start, `kill -9`, start again |
//! | [`browser`] | a person's browser: cookies, redirects by hand, forms |
//! | [`client`], [`mcp`] | an OAuth client and an MCP client in both protocol eras |
//! | [`pipe`] | a server on standard input and output |
//! | [`stream`] | an answer that is read while it comes |
//! | [`proxy`] | judges what a server says to clients that are not ours |
//! | [`node`] | the published clients and Chromium, as scripts |
//! | [`database`], [`own`] | the Redis and PostgreSQL of this machine, and those of a test's own |
//! | [`balancer`], [`nodes`], [`link`] | what stands before several nodes and behind each |
//! | [`world`] | all of it together, ready to log in |
//! | [`canary`] | looks for secrets where none may be |
//! | [`shrinking`] | what a store holds that is killed while its file becomes shorter |
//! | [`schema`] | every message of a server against the schema of its revision |
//! | [`tally`] | counts rounds, answers and violations of what is repeated |
#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "support code fails a test by panicking; nothing here serves anybody"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "the tests live outside the product: they have a clock and an HTTP client of their own"
)]

pub mod balancer;
pub mod browser;
pub mod canary;
pub mod client;
pub mod conformance;
pub mod database;
pub mod http;
pub mod idp;
pub mod link;
pub mod mcp;
pub mod node;
pub mod nodes;
pub mod own;
pub mod pipe;
pub mod process;
pub mod proxy;
pub mod schema;
pub mod server;
pub mod shrinking;
pub mod stream;
pub mod tally;
pub mod world;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
pub use fastmcp::testing::form;
use sha2::{Digest as _, Sha256};

/// 256 random bits, as base64url.
pub fn random_token() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    base64url(&bytes)
}

/// Base64url without padding.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The PKCE challenge of a verifier.
pub fn base64url_sha256(text: &str) -> String {
    base64url(&Sha256::digest(text.as_bytes()))
}

/// Seconds since 1970.
pub fn now() -> u64 {
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

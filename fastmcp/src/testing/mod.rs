//! A test kit: your server as its clients see it, without a deployment.
//!
//! | | |
//! |---|---|
//! | [`Client`] | a server in process, whose callers are whoever the test says |
//! | [`TestServer`] | a server on a free port, beside an identity provider that does as it is told |
//! | [`Connection`] | a client of either: calls, lists, reads, and answers what tools ask |
//! | [`Clock`] | a clock to turn |
//!
//! It needs the feature `test-util`, so write it among the dev-dependencies only: a build without
//! it can forge no session, because the code that does so is not there.
//!
//! ```toml
//! [dev-dependencies]
//! fastmcp = { path = "../fastmcp/fastmcp", features = ["test-util"] }
//! ```

#![allow(
    clippy::expect_used,
    reason = "a test kit fails a test by panicking; nothing here serves anybody"
)]

mod answer;
mod browser;
mod caller;
mod client;
mod clock;
mod connection;
mod conversation;
mod declared;
mod error;
mod events;
mod forged;
#[doc(hidden)]
pub mod form;
mod line;
mod login;
mod provider;
mod questions;
mod refusal;
mod revision;
mod server;

pub use self::answer::{Answer, Listing, Logged, Progress};
pub use self::caller::Caller;
pub use self::client::Client;
pub use self::clock::Clock;
pub use self::connection::Connection;
pub use self::error::{Error, Refused};
pub use self::login::{Login, LoginError};
pub use self::provider::{Call, FakeProvider, Fault, IdToken, Knobs, RefreshTokens};
pub use self::questions::{Asked, Reply};
pub use self::revision::Revision;
pub use self::server::TestServer;

//! The world as a value: clock, randomness, outgoing HTTP, and who is told of decisions.
//!
//! Nothing else in this crate reads the time, draws a random byte or opens a connection; tests
//! replace any of them and so decide what happens.

mod foreign;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzz;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub use self::foreign::{Document, Failure, Foreign};
use crate::audit::{AuditEvent, AuditLog};

/// Seconds since the Unix epoch, the resolution of every expiry in OAuth.
pub type UnixSeconds = u64;

/// Clock, randomness, outgoing HTTP and audit log of one server.
#[derive(Clone, Debug)]
pub struct Parts {
    /// What time it is.
    pub clock: Clock,
    /// Where unguessable bytes come from.
    pub random: Random,
    /// The client that talks to identity providers. It follows no redirects.
    pub http: reqwest::Client,
    /// What fetches from addresses that strangers name.
    pub foreign: Foreign,
    /// Who is told of every decision.
    pub audit: AuditLog,
}

impl Parts {
    /// The real world: system time, the operating system's randomness, a TLS client that follows
    /// no redirects and gives up after `timeout`.
    ///
    /// # Errors
    /// The TLS backend could not be set up.
    pub fn system(timeout: Duration) -> Result<Self, reqwest::Error> {
        Ok(Self {
            clock: Clock::system(),
            random: Random::system(),
            http: http_client(timeout)?,
            foreign: Foreign::system(),
            audit: AuditLog::default(),
        })
    }

    /// Tells that `event` happened now.
    pub(crate) fn tell(&self, event: AuditEvent) {
        self.audit.record(self.clock.now(), event);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where an HTTP client is made"
)]
fn http_client(timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(timeout)
        .connect_timeout(timeout)
        .no_proxy()
        .user_agent(concat!("fastmcp/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// What time it is; a test hands in its own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    /// The system's clock.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the system clock is read"
    )]
    pub fn system() -> Self {
        Self(Arc::new(SystemTime::now))
    }

    /// A clock that tells what `tell` says.
    pub fn new(tell: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// Seconds since the Unix epoch; zero for a clock set before it.
    pub fn now(&self) -> UnixSeconds {
        self.since_epoch().as_secs()
    }

    /// Time since the Unix epoch, as finely as the clock tells it; zero for a clock set before it.
    pub fn since_epoch(&self) -> Duration {
        (self.0)().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Where unguessable bytes come from; a test hands in its own.
#[derive(Clone)]
pub struct Random(Arc<Fill>);

type Fill = dyn Fn(&mut [u8]) + Send + Sync;

impl Random {
    /// The operating system's generator.
    ///
    /// # Panics
    /// Drawing panics if the operating system has no randomness to give: nothing that the server
    /// could answer without it would be safe.
    #[expect(
        clippy::expect_used,
        reason = "without randomness no answer would be safe"
    )]
    pub fn system() -> Self {
        Self(Arc::new(|bytes| {
            getrandom::fill(bytes).expect("the operating system has no randomness to give");
        }))
    }

    /// A generator that fills the buffer as `fill` does.
    pub fn new(fill: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }

    /// `N` fresh bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0)(&mut bytes);
        bytes
    }

    /// A fresh 256-bit text in base64url, 43 characters long.
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random")
    }
}

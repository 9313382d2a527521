//! One event for each decision, for whoever has to find out later what happened.
//!
//! Every [`AuditEvent`] goes to the `tracing` target `fastmcp::audit`, and to the server's own code
//! where it asked for them (`Server::on_audit`). An event cannot carry a secret: users, clients and
//! grants appear as an [`AuditId`], which is made by a hash, and all its words are constants of
//! this crate.
//!
//! ```no_run
//! # fn configure(server: fastmcp::server::Server) -> fastmcp::server::Server {
//! use fastmcp::audit::AuditEvent;
//!
//! server.on_audit(|entry| {
//!     if let AuditEvent::RefreshReused { client, .. } = &entry.event {
//!         eprintln!("{}: client {client} used a refresh token twice", entry.time);
//!     }
//! })
//! # }
//! ```

mod event;
mod log;
mod request;

use std::fmt;
use std::net::IpAddr;

use sha2::{Digest, Sha256};

pub use self::event::{AuditEvent, Ended};
pub use self::log::AuditLog;
pub(crate) use self::request::{caller, continued, is_news, on_behalf_of};

/// An event, when it happened, and on whose request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditEntry {
    /// Seconds since the Unix epoch.
    pub time: u64,
    /// The address of whoever sent the request, where it is known: behind a proxy only if that is
    /// among `trusted_proxies`.
    pub address: Option<IpAddr>,
    /// What happened.
    pub event: AuditEvent,
}

/// A user, client or grant as an event names it: the first eight hex digits of the SHA-256 of its
/// id. Enough to follow one through a log, nothing to use.
///
/// ```
/// use fastmcp::audit::AuditId;
///
/// // SHA-256 of "abc" begins with ba7816bf.
/// assert_eq!(AuditId::of("abc").to_string(), "ba7816bf");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuditId([u8; 4]);

impl AuditId {
    /// That of the user, client or grant whose id is `id`.
    pub fn of(id: &str) -> Self {
        let hash = Sha256::digest(id.as_bytes());
        Self([hash[0], hash[1], hash[2], hash[3]])
    }
}

impl fmt::Display for AuditId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for AuditId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

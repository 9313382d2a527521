//! How much anyone may ask for: quotas by address and by client, and whose address that is.
//!
//! | file | what |
//! |---|---|
//! | `quota` | the options: so many in so long, each of them changed or switched off alone |
//! | `table` | one bucket for each key, in bounded memory |
//! | `address` | who is at the other end, also behind proxies that are trusted |
//!
//! Everything is counted in this process. Of several nodes each has its own tables, so a client
//! that reaches all of them may ask as often as there are nodes; a table in the store would cost
//! every request a write. What is forgotten when the process ends is at most a minute's counting.

mod address;
#[cfg(any(fuzzing, test))]
#[allow(
    clippy::missing_panics_doc,
    reason = "a target panics where a promise is not kept"
)]
pub(crate) mod fuzz;
mod quota;
mod table;

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

pub use self::address::{BadNetwork, TrustedProxies};
pub use self::quota::{BadLimit, Quota, RateLimits};
use self::table::Table;
use crate::parts::Clock;

/// Too much: come again after this long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exceeded {
    pub(crate) wait: Duration,
}

/// What is counted by address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// A registration.
    Registration,
    /// A step of a browser's way through a login.
    Authorization,
    /// A login that begins, and becomes a record.
    Approval,
    /// A document of a client, fetched because nobody has it yet.
    Document,
    /// Any request at all.
    Request,
}

impl Counted {
    /// The name of its quota.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registrations",
            Self::Authorization => "authorizations",
            Self::Approval => "approvals",
            Self::Document => "documents",
            Self::Request => "requests",
        }
    }
}

/// The tables of one server.
pub(crate) struct Limits {
    registrations: Table<IpAddr>,
    authorizations: Table<IpAddr>,
    approvals: Table<IpAddr>,
    all_approvals: Table<()>,
    documents: Table<IpAddr>,
    requests: Table<IpAddr>,
    failures: Table<IpAddr>,
    client_failures: Table<u64>,
    /// Clients are remembered by a keyed hash: their ids are as long as strangers like.
    hasher: RandomState,
    /// Turns of requests under way; none where their number is not limited.
    turns: Option<Semaphore>,
}

impl Limits {
    pub(crate) fn new(limits: &RateLimits, clock: &Clock) -> Self {
        Self {
            registrations: Table::new(limits.registrations, clock),
            authorizations: Table::new(limits.authorizations, clock),
            approvals: Table::new(limits.approvals, clock),
            all_approvals: Table::new(limits.all_approvals, clock),
            documents: Table::new(limits.documents, clock),
            requests: Table::new(limits.requests, clock),
            failures: Table::new(limits.failures, clock),
            client_failures: Table::new(limits.client_failures, clock),
            hasher: RandomState::new(),
            turns: limits.in_flight.map(Semaphore::new),
        }
    }

    /// A turn for one request, to be held until it is answered; `None` if none is free.
    pub(crate) fn turn(&self) -> Option<Turn<'_>> {
        match &self.turns {
            None => Some(Turn(None)),
            Some(turns) => turns.try_acquire().ok().map(|turn| Turn(Some(turn))),
        }
    }

    /// Counts one; without an address there is nobody to count it to.
    pub(crate) fn count(&self, what: Counted, by: Option<IpAddr>) -> Result<(), Exceeded> {
        let table = match what {
            Counted::Registration => &self.registrations,
            Counted::Authorization => &self.authorizations,
            Counted::Approval => &self.approvals,
            Counted::Document => &self.documents,
            Counted::Request => &self.requests,
        };
        by.map_or(Ok(()), |address| table.take(address::group(address)))?;
        match what {
            Counted::Approval => self.all_approvals.take(()),
            _ => Ok(()),
        }
    }

    /// Whether `by` has failed too often to be heard now; counts nothing.
    pub(crate) fn may_try(&self, by: Option<IpAddr>) -> Result<(), Exceeded> {
        by.map_or(Ok(()), |address| {
            self.failures.is_open(&address::group(address))
        })
    }

    /// Counts a failure of `by`, who said to be `client`.
    ///
    /// A client's quota never keeps its good requests out, or a stranger could lock it out by
    /// failing in its name: what exceeds it is told to wait instead of being told why it failed.
    pub(crate) fn failed(&self, by: Option<IpAddr>, client: Option<&str>) -> Result<(), Exceeded> {
        let of_address = by.map_or(Ok(()), |address| {
            self.failures.take(address::group(address))
        });
        let of_client = client.map_or(Ok(()), |client| {
            self.client_failures.take(self.hasher.hash_one(client))
        });
        of_address.and(of_client)
    }
}

/// The right to be answered now.
pub(crate) struct Turn<'a>(#[expect(dead_code, reason = "held")] Option<SemaphorePermit<'a>>);

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Limits")
    }
}

//! Records in Redis or Valkey: for one node or several, fast, and as durable as the server is set
//! to be.
//!
//! ```text
//! get ──► GET ──────────────────────────┐
//! put, delete ──► a script: one record  ├──► one shared connection, made anew when it breaks
//! scan, sweep ──► SCAN, then one by one ┘
//! ```
//!
//! - **A record is one string** under one name, `<namespace>:<kind>:<id>`: version, expiry, value.
//!   Whatever a change has to compare and to write lies in that one key, so a change is one script,
//!   which Redis runs with nothing in between, and no change touches a second key that could lie on
//!   another node.
//! - **A version is 64 random bits**, drawn by the writer. A counter would have to live somewhere:
//!   in the record it is lost with the record, in a key of its own it is a second key, and in
//!   either a server that goes back in time (a restart from a snapshot, a failover to a replica
//!   that had not seen the last writes) counts the same numbers again. That a stale writer meets a
//!   drawn number again has a chance of 2⁻⁶⁴, whatever the server has forgotten.
//! - **Redis forgets by itself.** Whether a record is alive is decided by the clocks of the
//!   servers, not by Redis's, so Redis is told to drop it [`script::GRACE`] seconds after its end
//!   or after the write, whichever comes later: no node that is less than that wrong about the time
//!   ever misses a live record, and one that was already over when it was written can still be seen
//!   and changed, as the law of stores wants it. Records that never end get no expiry at all, so
//!   that they are not among those that a `volatile-*` policy throws away. The server therefore
//!   does not sweep; [`Store::sweep`] walks over the names and is for operators and tests (see `walk.rs`).
//! - **A write is sent once.** If its answer is lost or overdue, the caller is told that the store
//!   is unavailable: it may have been carried out or not. Reads are tried again, once. In a cluster
//!   that moves keys, a command that a node refuses is sent again, for a refusal changed nothing.
//! - **Every operation ends** within [`DEADLINE`], a sweep or a page of a walk step by step.
//!
//! # Durability
//! Redis answers before a write is safe unless `appendonly yes` and `appendfsync always` are set;
//! with `everysec` a crash of Redis loses the last second, with snapshots alone the last minutes.
//! What was lost then is a login or a rotation, and a code that had been spent may be good again
//! until it expires. Replication is asynchronous: a failover loses what the replica had not seen;
//! `min-replicas-to-write` bounds it and `WAIT`, which would hold up everybody on the shared
//! connection, would not end it. Connecting looks at the settings and warns. Where nothing may be
//! lost, use PostgreSQL.

mod line;
mod record;
mod script;
mod source;
mod survey;
mod walk;

use std::time::Duration;

use ::redis::{RedisError, cmd};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use self::line::{Line, breaks, within};
use self::script::{Change, GRACE};
use self::source::{Place, Source};
use super::{Cursor, Error, Expected, Key, NEVER, Page, Put, Record, Store, Version, address};
use crate::parts::{Random, UnixSeconds};

/// How long any operation may take, connecting included.
const DEADLINE: Duration = Duration::from_secs(5);

/// A store in Redis or Valkey, shared by all servers that connect to it with the same namespace.
pub struct RedisStore {
    line: Line,
    put: Change,
    delete: Change,
    namespace: String,
    random: Random,
}

impl RedisStore {
    /// Connects to `redis://[[user]:password@]host[:port][/db]`, to the master that sentinels know,
    /// `redis+sentinel://host[:port],…/master[/db]`, or to a cluster,
    /// `redis+cluster://host[:port],…`. With `rediss` instead of `redis` it speaks TLS and trusts
    /// the system's certificates (`SSL_CERT_FILE` names others).
    ///
    /// `?namespace=…` (default `fastmcp`) keeps servers with different secrets apart in one
    /// database; `?sentinel_password=…` is for sentinels that ask for one. Redis 5 or newer, or
    /// Valkey.
    ///
    /// # Errors
    /// The address is not one of these, or the server does not answer or refuses the password. No
    /// text repeats the address.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let (url, namespace) = address::namespace(url)?;
        let source = Source::parse(&url, line::ANSWER)?;
        // Where a user's dependencies bring several, the TLS library refuses to choose.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let store = Self {
            line: Line::new(source),
            put: Change::put(),
            delete: Change::delete(),
            namespace,
            random: Random::system(),
        };
        let hello = cmd("PING");
        let answer = store.line.send_to::<String>(&Place::Any, &hello);
        let answer = within(DEADLINE, answer).await;
        answer.map_err(|error| unavailable(&error))?;
        let looked = tokio::time::timeout(DEADLINE, survey::look(&store.line));
        // What it cannot find out in time it leaves.
        looked.await.unwrap_or(Ok(()))?;
        Ok(store)
    }

    async fn get_now(&self, key: &Key) -> Result<Option<Record>, Error> {
        let mut get = cmd("GET");
        get.arg(record::name(&self.namespace, key));
        let read = async {
            match self.line.send(&get).await {
                Err(error) if breaks(&error) => self.line.send(&get).await,
                found => found,
            }
        };
        let found: Option<Vec<u8>> = within(DEADLINE, read)
            .await
            .map_err(|error| unavailable(&error))?;
        let decoded = found.map(|bytes| record::decode(&bytes).ok_or(Error::Corrupt));
        decoded.transpose()
    }

    async fn put_now(
        &self,
        key: &Key,
        value: &[u8],
        expires_at: UnixSeconds,
        expected: Expected,
    ) -> Result<Put, Error> {
        let version = Version::new(u64::from_be_bytes(self.random.bytes()));
        let name = record::name(&self.namespace, key);
        let string = record::encode(version, expires_at, value);
        let expected = match expected {
            Expected::Absent => vec![],
            Expected::Version(version) => record::version_bytes(version).to_vec(),
        };
        let end = match expires_at {
            NEVER.. => String::new(),
            end => end.to_string(),
        };
        let grace = GRACE.to_string();
        let arguments: [&[u8]; 4] = [&expected, &string, end.as_bytes(), grace.as_bytes()];
        let done = within(DEADLINE, self.put.run(&self.line, &name, &arguments)).await;
        if done.map_err(|error| unavailable(&error))? {
            Ok(Put::Done(version))
        } else {
            Ok(Put::Conflict)
        }
    }

    async fn delete_now(&self, name: &str, expected: Version) -> Result<bool, Error> {
        let arguments: [&[u8]; 1] = [&record::version_bytes(expected)];
        let done = within(DEADLINE, self.delete.run(&self.line, name, &arguments)).await;
        done.map_err(|error| unavailable(&error))
    }
}

impl Store for RedisStore {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Record>, Error>> {
        self.get_now(key).boxed()
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Vec<u8>,
        expires_at: UnixSeconds,
        expected: Expected,
    ) -> BoxFuture<'a, Result<Put, Error>> {
        async move { self.put_now(key, &value, expires_at, expected).await }.boxed()
    }

    fn delete<'a>(&'a self, key: &'a Key, expected: Version) -> BoxFuture<'a, Result<bool, Error>> {
        let name = record::name(&self.namespace, key);
        async move { self.delete_now(&name, expected).await }.boxed()
    }

    fn sweep(&self, now: UnixSeconds, limit: usize) -> BoxFuture<'_, Result<usize, Error>> {
        self.sweep_now(now, limit).boxed()
    }

    fn scan<'a>(
        &'a self,
        after: Option<&'a Cursor>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page, Error>> {
        self.scan_now(after, limit).boxed()
    }

    fn estimate(&self) -> BoxFuture<'_, Result<Option<u64>, Error>> {
        self.estimate_now().boxed()
    }

    fn cleanup_interval(&self) -> Option<Duration> {
        None
    }
}

/// What the client says names addresses and causes. A server that does not know a command repeats
/// its arguments, and those of the greeting are a password.
fn unavailable(error: &RedisError) -> Error {
    if error.code() == Some("WRONGTYPE") {
        return Error::Corrupt;
    }
    let text = error.to_string();
    let said = text.split(", with args beginning with").next();
    Error::unavailable(format_args!("Redis: {}", said.unwrap_or_default()))
}

impl std::fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisStore")
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod outage_tests;
#[cfg(test)]
mod own;
#[cfg(test)]
mod several_tests;
#[cfg(test)]
mod tests;

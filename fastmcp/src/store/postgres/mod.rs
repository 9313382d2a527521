//! Records in PostgreSQL: for one node or several, when nothing that was acknowledged may be lost.
//!
//! - **One table**, `<namespace>_records`, made and migrated by whoever starts first (see
//!   `schema.rs`).
//! - **Each operation is one statement**, which is its own transaction: `INSERT … ON CONFLICT DO
//!   NOTHING`, `UPDATE … WHERE version = …`, `DELETE … WHERE version = …`. Of any number of writers
//!   that expect the same version, the database locks the row for one; the others wait for it,
//!   look again and find another version. That holds under read committed, which each connection
//!   asks for whatever the server's default is.
//! - **Versions come from a sequence**, which counts on whatever is deleted or rolled back and is
//!   written ahead with the record that uses it.
//! - **It is durable when it returns**: a connection turns `synchronous_commit = off` on. Where a
//!   replica may be promoted, name it in `synchronous_standby_names`, or the promotion forgets what
//!   the replica had not seen, and counts versions again from there.
//! - **A write is sent once.** If the connection is cut before its answer, the caller is told that
//!   the store is unavailable: it may have been carried out or not. Reads are tried again, once.
//! - **Every operation ends** within [`DEADLINE`], a sweep within one for each of its steps. The
//!   server itself gives up on a statement earlier, and is asked to when nobody waits any more.
//! - A walk goes along the primary key, each page a statement of its own, so that no old state is
//!   held for it.
//! - A sweep walks an index over the expiry, and passes over rows that somebody else is changing or
//!   sweeping.
//!
//! A pooler in between must pool sessions, not transactions: settings and prepared statements
//! belong to a connection.

mod pool;
mod schema;
mod stream;
mod target;
mod tls;

use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, ToSql};

use self::pool::{Connections, Fault, unavailable};
use self::target::Target;
use super::{Cursor, Error, Expected, Key, Page, Put, Record, Store, Version};
use crate::parts::UnixSeconds;

/// How long any operation may take, connecting included.
const DEADLINE: Duration = Duration::from_secs(5);
/// Most records that one statement of a sweep removes, so that it stays short.
const SWEEP: usize = 500;

/// Most rows of one page of a walk.
const PAGE: usize = 500;

/// A store in PostgreSQL, shared by all servers that connect to it with the same namespace.
pub struct PostgresStore {
    connections: Connections,
    statements: Statements,
}

/// The statements, for a namespace.
struct Statements {
    get: String,
    create: String,
    change: String,
    delete: String,
    sweep: String,
    scan: String,
    estimate: String,
}

impl Statements {
    fn new(namespace: &str) -> Self {
        let (table, sequence) = (
            format!("{namespace}_records"),
            format!("{namespace}_versions"),
        );
        Self {
            get: format!("SELECT version, expires_at, value FROM {table} WHERE key = $1"),
            create: format!(
                "INSERT INTO {table} (key, expires_at, value, version) \
                 VALUES ($1, $2, $3, nextval('{sequence}')) \
                 ON CONFLICT (key) DO NOTHING RETURNING version"
            ),
            change: format!(
                "UPDATE {table} SET expires_at = $2, value = $3, version = nextval('{sequence}') \
                 WHERE key = $1 AND version = $4 RETURNING version"
            ),
            delete: format!("DELETE FROM {table} WHERE key = $1 AND version = $2 RETURNING 1"),
            // As an array it is found once; a joined query may be run again for each row, and
            // then finds more than it was allowed.
            sweep: format!(
                "DELETE FROM {table} WHERE key = ANY (ARRAY( \
                     SELECT key FROM {table} WHERE expires_at <= $1 \
                     ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING 1"
            ),
            scan: format!(
                "SELECT version, expires_at, value, key FROM {table} WHERE key > $1 \
                 ORDER BY key LIMIT $2"
            ),
            // As the planner does it: the density that was last seen, and the size of today.
            estimate: format!(
                "SELECT (reltuples / relpages * (pg_relation_size(oid) \
                     / current_setting('block_size')::int))::bigint \
                 FROM pg_class WHERE oid = '{table}'::regclass AND relpages > 0 AND reltuples >= 0"
            ),
        }
    }
}

impl PostgresStore {
    /// Connects to `postgres://[user[:password]@]host[:port][/database]` and makes the table if it
    /// is missing.
    ///
    /// Parameters are those of `libpq`, among them `sslmode` (`disable`, `prefer`, `require`,
    /// `verify-ca`, `verify-full`), `sslrootcert` and `options` (for a schema of its own:
    /// `options=-csearch_path%3Dnotes`), and `?namespace=…` (default `fastmcp`), which keeps
    /// servers with different secrets apart in one database. Of several hosts,
    /// `postgres://a,b/notes`, the one that takes writes is used.
    ///
    /// # Errors
    /// The address is not one of these, the server does not answer, refuses the password or does
    /// not let us make the table. No text repeats the address.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let target = Target::parse(url)?;
        if target.unverified {
            tracing::warn!(
                event = "store_settings",
                "nothing proves that it is our PostgreSQL that answers; write \
                 `sslmode=verify-full` in its address"
            );
        }
        let namespace = target.namespace.clone();
        let connections = Connections::new(target)?;
        let client = tokio::time::timeout(DEADLINE, connections.acquire()).await;
        let client = client.unwrap_or_else(|_| Err(overdue()));
        let mut client = client.map_err(|fault| fault.error)?;
        schema::prepare(&mut client, &namespace).await?;
        drop(client);
        Ok(Self {
            connections,
            statements: Statements::new(&namespace),
        })
    }

    async fn once(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Error> {
        let rows = self.connections.rows(statement, parameters);
        let rows = tokio::time::timeout(DEADLINE, rows).await;
        let rows = rows.unwrap_or_else(|_| Err(overdue()));
        rows.map_err(|fault| fault.error)
    }

    async fn get_now(&self, key: &Key) -> Result<Option<Record>, Error> {
        let (statement, key) = (&self.statements.get, key.as_bytes());
        let read = async {
            match self.connections.rows(statement, &[&key]).await {
                Err(Fault { cut: true, .. }) => self.connections.rows(statement, &[&key]).await,
                found => found,
            }
        };
        let rows = tokio::time::timeout(DEADLINE, read).await;
        let rows = rows.unwrap_or_else(|_| Err(overdue()));
        match rows.map_err(|fault| fault.error)?.first() {
            None => Ok(None),
            Some(row) => record(row).map(Some),
        }
    }

    async fn put_now(
        &self,
        key: &Key,
        value: Vec<u8>,
        expires_at: UnixSeconds,
        expected: Expected,
    ) -> Result<Put, Error> {
        let key = key.as_bytes();
        let end = i64::try_from(expires_at).map_err(|_| unavailable("no record ends so late"))?;
        let rows = match expected {
            Expected::Absent => {
                let statement = &self.statements.create;
                self.once(statement, &[&key, &end, &value]).await?
            }
            Expected::Version(version) => {
                let Some(version) = known(version) else {
                    return Ok(Put::Conflict);
                };
                let statement = &self.statements.change;
                self.once(statement, &[&key, &end, &value, &version])
                    .await?
            }
        };
        match rows.first() {
            None => Ok(Put::Conflict),
            Some(row) => Ok(Put::Done(Version::new(unsigned(column(row, 0)?)?))),
        }
    }

    async fn delete_now(&self, key: &Key, expected: Version) -> Result<bool, Error> {
        let Some(version) = known(expected) else {
            return Ok(false);
        };
        let (statement, key) = (&self.statements.delete, key.as_bytes());
        let rows = self.once(statement, &[&key, &version]).await?;
        Ok(!rows.is_empty())
    }

    async fn sweep_now(&self, now: UnixSeconds, limit: usize) -> Result<usize, Error> {
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        let mut swept = 0;
        while swept < limit {
            let batch = SWEEP.min(limit - swept);
            let most = i64::try_from(batch).unwrap_or(i64::MAX);
            let rows = self.once(&self.statements.sweep, &[&now, &most]).await?;
            swept += rows.len();
            if rows.len() < batch {
                break;
            }
        }
        Ok(swept)
    }

    async fn scan_now(&self, after: Option<&Cursor>, limit: usize) -> Result<Page, Error> {
        let after = after.map_or(&[][..], Cursor::as_bytes);
        let limit = limit.clamp(1, PAGE);
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.once(&self.statements.scan, &[&after, &most]).await?;
        let mut records = Vec::with_capacity(rows.len());
        let mut last = Vec::new();
        for row in &rows {
            last = column(row, 3)?;
            // What others have put into the table is no record.
            if let (Some(key), Ok(record)) = (Key::from_bytes(last.clone()), record(row)) {
                records.push((key, record));
            }
        }
        let next = (rows.len() == limit).then(|| Cursor::new(last));
        Ok(Page { records, next })
    }

    async fn estimate_now(&self) -> Result<Option<u64>, Error> {
        let rows = self.once(&self.statements.estimate, &[]).await?;
        let count = rows.first().map(|row| unsigned(column(row, 0)?));
        count.transpose()
    }
}

impl Store for PostgresStore {
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
        self.put_now(key, value, expires_at, expected).boxed()
    }

    fn delete<'a>(&'a self, key: &'a Key, expected: Version) -> BoxFuture<'a, Result<bool, Error>> {
        self.delete_now(key, expected).boxed()
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
}

/// The version as the database counts it; `None` for one that it never gave.
fn known(version: Version) -> Option<i64> {
    i64::try_from(version.number()).ok()
}

/// The record in a row that begins with version, expiry and value.
fn record(row: &Row) -> Result<Record, Error> {
    Ok(Record {
        value: column(row, 2)?,
        version: Version::new(unsigned(column(row, 0)?)?),
        expires_at: unsigned(column(row, 1)?)?,
    })
}

fn column<'a, T: FromSql<'a>>(row: &'a Row, index: usize) -> Result<T, Error> {
    row.try_get(index).map_err(|_| Error::Corrupt)
}

fn unsigned(number: i64) -> Result<u64, Error> {
    u64::try_from(number).map_err(|_| Error::Corrupt)
}

fn overdue() -> Fault {
    Fault {
        error: unavailable(format_args!("no answer within {DEADLINE:?}")),
        cut: false,
    }
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod outage_tests;
#[cfg(test)]
mod tests;

//! A bounded number of connections, and deadlines around everything that is asked of them.
//!
//! A connection that was cut, that belongs to a server that is going away, or whose answer is
//! overdue is thrown away, and with it those that lie idle: they most likely lead to the same
//! place. The next request makes a new one. One whose answer nobody waits for any more is thrown
//! away too, for whoever got it next would wait for that answer first; and the server is asked to
//! stop, also when it waits for a standby that is lost, so that it does not keep what nobody uses.

use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use deadpool_postgres::{
    Client, Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod,
    Runtime,
};
use tokio::runtime::Handle;
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

use super::super::Error;
use super::target::Target;
use super::tls::Tls;

/// Most connections of one node; a server allows a hundred by default.
const CONNECTIONS: usize = 10;
/// How long to wait for a free connection, or for a new one.
pub(super) const ACQUIRE: Duration = Duration::from_secs(2);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(3);
/// After this the server gives up by itself, so that a slow statement ends as one that did nothing
/// and not as one that nobody knows about. It does not cover a commit that waits for a standby.
const STATEMENT: Duration = Duration::from_millis(2500);

/// Settings that correctness rests upon, whatever the server's or the role's defaults are: the
/// loser of a race is told so under read committed only, and a commit is acknowledged when it is
/// on disk.
const SESSION: &str = "
    SET default_transaction_isolation = 'read committed';
    SET client_min_messages = 'warning';
    SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') = 'off';
";

/// Connections to one database.
pub(super) struct Connections {
    pool: Pool,
    tls: Tls,
}

/// A connection with a question on its way.
struct Asked<'a> {
    client: Option<Client>,
    tls: &'a Tls,
}

impl Asked<'_> {
    async fn rows(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        let Some(client) = &self.client else {
            return Ok(Vec::new());
        };
        let prepared = client.prepare_cached(statement).await?;
        client.query(&prepared, parameters).await
    }
}

impl Drop for Asked<'_> {
    /// Nobody waits for the answer: see above.
    fn drop(&mut self) {
        let (Some(client), Ok(runtime)) = (self.client.take(), Handle::try_current()) else {
            return;
        };
        let (cancel, tls) = (client.cancel_token(), self.tls.clone());
        drop(Object::take(client));
        runtime.spawn(async move {
            // It is asked over a connection of its own, and whether it hears is its affair.
            let _ = tokio::time::timeout(ANSWER, cancel.cancel_query(tls)).await;
        });
    }
}

/// Why there is no answer, and whether another connection may give one.
pub(super) struct Fault {
    pub(super) error: Error,
    pub(super) cut: bool,
}

impl Connections {
    pub(super) fn new(target: Target) -> Result<Self, Error> {
        let tls = target.tls.clone();
        let recycling_method = RecyclingMethod::Fast;
        let manager = Manager::from_config(
            target.config,
            target.tls,
            ManagerConfig { recycling_method },
        );
        let session = format!(
            "SET statement_timeout = {}; {SESSION}",
            STATEMENT.as_millis()
        );
        let prepare = Hook::async_fn(move |client, _| {
            let session = session.clone();
            Box::pin(async move {
                let set = client.batch_execute(&session).await;
                set.map_err(HookError::Backend)
            })
        });
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(ACQUIRE))
            .create_timeout(Some(ACQUIRE))
            .recycle_timeout(Some(ACQUIRE))
            .post_create(prepare)
            .build();
        let pool = pool.map_err(unavailable)?;
        Ok(Self { pool, tls })
    }

    /// A connection, an idle one or a new one.
    pub(super) async fn acquire(&self) -> Result<Client, Fault> {
        // Settings are made after the time for connecting has been taken.
        let acquired = tokio::time::timeout(ACQUIRE * 2, self.pool.get()).await;
        let error = match acquired {
            Ok(Ok(client)) => return Ok(client),
            Ok(Err(
                PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)),
            )) => failed(&error),
            Ok(Err(_)) | Err(_) => unavailable("no connection could be had in time"),
        };
        Err(Fault { error, cut: false })
    }

    /// What one statement gives.
    pub(super) async fn rows(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Fault> {
        let mut asked = Asked {
            client: Some(self.acquire().await?),
            tls: &self.tls,
        };
        let answer = tokio::time::timeout(ANSWER, asked.rows(statement, parameters)).await;
        let (fault, breaks) = match answer {
            Ok(Ok(rows)) => {
                // Back to the others.
                drop(asked.client.take());
                return Ok(rows);
            }
            Ok(Err(error)) => {
                let cut = breaks(&error);
                if !cut {
                    drop(asked.client.take());
                }
                let error = failed(&error);
                (Fault { error, cut }, cut)
            }
            Err(_) => {
                let error = unavailable(format_args!("no answer within {ANSWER:?}"));
                (Fault { error, cut: false }, true)
            }
        };
        drop(asked);
        if breaks {
            self.pool.retain(|_, _| false);
        }
        Err(fault)
    }
}

/// Whether the connection is of no use after this error.
fn breaks(error: &tokio_postgres::Error) -> bool {
    match error.code() {
        // The server said something about the statement.
        Some(code) => [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            // After a failover the address may lead to a new primary, but not on this connection.
            SqlState::READ_ONLY_SQL_TRANSACTION,
        ]
        .contains(code),
        None => true,
    }
}

/// What the client says names statements, roles and causes, and never a password or a value.
pub(super) fn failed(error: &tokio_postgres::Error) -> Error {
    if let Some(said) = error.as_db_error() {
        return unavailable(format_args!("{} ({})", said.message(), said.code().code()));
    }
    match error.source() {
        Some(cause) => unavailable(format_args!("{error}: {cause}")),
        None => unavailable(error),
    }
}

pub(super) fn unavailable(cause: impl fmt::Display) -> Error {
    Error::unavailable(format_args!("PostgreSQL: {cause}"))
}

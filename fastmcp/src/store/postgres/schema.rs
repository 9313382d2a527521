//! The table, made and changed by whoever comes first.
//!
//! Which migrations a table has been through is written in its comment, so that there is one table
//! and no second one about it. A server that finds nothing to do sends no change and so needs no
//! right to. One that does holds an advisory lock, so that of several that start together one
//! works and the others find the work done. A table that a newer version has changed is left.

use std::time::Duration;

use deadpool_postgres::{Client, GenericClient};

use super::super::Error;
use super::pool::{failed, unavailable};

/// Each is run once, in order, and never changed after it was released.
const MIGRATIONS: [&str; 1] = ["
    CREATE TABLE {ns}_records (
        key bytea PRIMARY KEY,
        version bigint NOT NULL,
        expires_at bigint NOT NULL,
        value bytea NOT NULL
    );
    -- Sealed bytes do not shrink.
    ALTER TABLE {ns}_records ALTER COLUMN value SET STORAGE EXTERNAL;
    CREATE INDEX {ns}_records_expires_at ON {ns}_records (expires_at);
    CREATE SEQUENCE {ns}_versions;
"];
/// What a comment begins with.
const COMMENT: &str = "fastmcp records, schema ";
/// Any number that nobody else is likely to use.
const LOCK: i64 = 0x666d_6370_7363_6865;
/// How long all migrations may take, waiting for others included.
const DEADLINE: Duration = Duration::from_secs(30);

/// Brings the table to the newest schema.
pub(super) async fn prepare(client: &mut Client, namespace: &str) -> Result<(), Error> {
    let prepared = tokio::time::timeout(DEADLINE, migrate(client, namespace));
    prepared
        .await
        .unwrap_or_else(|_| Err(unavailable("the table was not made in time")))
}

async fn migrate(client: &mut Client, namespace: &str) -> Result<(), Error> {
    if current(client, namespace).await? == MIGRATIONS.len() {
        return Ok(());
    }
    let transaction = client.transaction().await.map_err(|it| failed(&it))?;
    let patient = format!(
        "SET LOCAL statement_timeout = {}; SELECT pg_advisory_xact_lock({LOCK})",
        DEADLINE.as_millis()
    );
    let locked = transaction.batch_execute(&patient).await;
    locked.map_err(|error| failed(&error))?;
    // Whoever had the lock before us may have done it.
    for migration in &MIGRATIONS[current(&transaction, namespace).await?..] {
        let changes = migration.replace("{ns}", namespace);
        let done = transaction.batch_execute(&changes).await;
        done.map_err(|error| failed(&error))?;
    }
    let comment = format!(
        "COMMENT ON TABLE {namespace}_records IS '{COMMENT}{}'",
        MIGRATIONS.len()
    );
    let commented = transaction.batch_execute(&comment).await;
    commented.map_err(|error| failed(&error))?;
    transaction.commit().await.map_err(|error| failed(&error))
}

/// How many migrations the table has been through.
async fn current(client: &impl GenericClient, namespace: &str) -> Result<usize, Error> {
    let table = format!("{namespace}_records");
    // Not by `to_regclass`, which answers from a cache that does not notice what was committed
    // while we waited for the lock.
    let comment = "SELECT obj_description(oid, 'pg_class') FROM pg_class \
                   WHERE relname = $1 AND pg_table_is_visible(oid)";
    let rows = client.query(comment, &[&table]).await;
    let rows = rows.map_err(|error| failed(&error))?;
    let comment = rows.first().and_then(|row| row.try_get::<_, &str>(0).ok());
    let number = comment.and_then(|text| text.strip_prefix(COMMENT));
    let number = number.and_then(|number| number.parse().ok()).unwrap_or(0);
    if number > MIGRATIONS.len() {
        return Err(unavailable(format_args!(
            "the table `{table}` was changed by a newer version of this program; update this one, \
             or choose another `namespace`"
        )));
    }
    Ok(number)
}

//! Over the PostgreSQL at `TEST_POSTGRES_URL`.

use std::sync::Arc;

use tokio_postgres::NoTls;
use url::Url;

use super::super::{servers, suite};
use super::*;

const FAR: UnixSeconds = 4_000_000_000;

/// A namespace of this test's own in the machine's PostgreSQL; its tables go with [`Place::clean`].
pub(super) struct Place {
    pub(super) url: Url,
    namespace: String,
}

impl Place {
    pub(super) fn find() -> Option<Self> {
        let usual = "postgres://postgres@127.0.0.1:5432/test";
        let url = servers::address("TEST_POSTGRES_URL", usual)?;
        let namespace = servers::namespace();
        Some(Self { url, namespace })
    }

    pub(super) fn address(&self) -> String {
        servers::within(&self.url, &self.namespace)
    }

    pub(super) async fn store(&self) -> PostgresStore {
        PostgresStore::connect(&self.address()).await.unwrap()
    }

    /// Runs statements over a connection of the test's own; `{ns}` is the namespace.
    pub(super) async fn run(&self, statements: &str) {
        let (client, connection) = tokio_postgres::connect(self.url.as_str(), NoTls)
            .await
            .unwrap();
        tokio::spawn(connection);
        let statements = statements.replace("{ns}", &self.namespace);
        client.batch_execute(&statements).await.unwrap();
    }

    pub(super) async fn clean(&self) {
        self.run("DROP TABLE IF EXISTS {ns}_records; DROP SEQUENCE IF EXISTS {ns}_versions")
            .await;
    }
}

fn key(n: u8) -> Key {
    Key::new("test", [n; 32])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn keeps_the_law() {
    let Some(place) = Place::find() else { return };
    suite::check(Arc::new(place.store().await)).await;
    place.clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_keep_the_law() {
    let Some(place) = Place::find() else { return };
    let (first, second) = (place.store().await, place.store().await);
    suite::check_nodes(&[Arc::new(first), Arc::new(second)]).await;
    place.clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_that_start_together_make_one_table() {
    let Some(place) = Place::find() else { return };
    let stores = (0..8).map(|_| place.store());
    let stores = futures_util::future::join_all(stores).await;
    let put = stores[0].put(&key(1), vec![1], FAR, Expected::Absent).await;
    assert!(matches!(put, Ok(Put::Done(_))));
    for store in &stores {
        assert!(store.get(&key(1)).await.unwrap().is_some());
    }
    place.clean().await;
}

#[tokio::test]
async fn a_table_of_a_newer_version_is_left_alone() {
    let Some(place) = Place::find() else { return };
    drop(place.store().await);
    place
        .run("COMMENT ON TABLE {ns}_records IS 'fastmcp records, schema 99'")
        .await;
    let error = PostgresStore::connect(&place.address()).await.unwrap_err();
    assert!(error.to_string().contains("newer version"), "{error}");
    place.clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_sweep_together_and_count_each_record_once() {
    let Some(place) = Place::find() else { return };
    let (one, other) = (place.store().await, place.store().await);
    place
        .run(
            "INSERT INTO {ns}_records SELECT int4send(n), n, 1000 + n % 2, ''
             FROM generate_series(1, 4000) AS n",
        )
        .await;
    assert_eq!(one.sweep(999, 5000).await, Ok(0));
    assert_eq!(one.sweep(1000, 300).await, Ok(300));
    let (first, second) = futures_util::join!(one.sweep(1000, 5000), other.sweep(1000, 5000));
    let rest = one.sweep(1000, 5000).await.unwrap();
    assert_eq!(first.unwrap() + second.unwrap() + rest, 1700);
    assert_eq!(other.sweep(u64::MAX, 5000).await, Ok(2000));
    place.clean().await;
}

#[tokio::test]
async fn what_correctness_rests_upon_does_not_depend_on_defaults() {
    let Some(place) = Place::find() else { return };
    let mut url = Url::parse(&place.address()).unwrap();
    let options = "-cdefault_transaction_isolation=serializable -csynchronous_commit=off";
    url.query_pairs_mut().append_pair("options", options);
    // The client does not read `+` as a space.
    let url = url.as_str().replace('+', "%20");
    let store = PostgresStore::connect(&url).await.unwrap();
    for (setting, wanted) in [
        ("transaction_isolation", "read committed"),
        ("synchronous_commit", "on"),
        ("statement_timeout", "2500ms"),
    ] {
        let rows = store.once(&format!("SHOW {setting}"), &[]).await.unwrap();
        assert_eq!(column::<String>(&rows[0], 0).unwrap(), wanted, "{setting}");
    }
    place.clean().await;
}

#[tokio::test]
async fn numbers_that_the_database_cannot_hold_are_told_apart() {
    let Some(place) = Place::find() else { return };
    let store = place.store().await;
    let late = store.put(&key(1), vec![], u64::MAX, Expected::Absent).await;
    assert!(matches!(late, Err(Error::Unavailable(_))), "{late:?}");
    let never_given = Version::new(u64::MAX);
    let expected = Expected::Version(never_given);
    let put = store.put(&key(1), vec![], 1, expected).await;
    assert_eq!(put, Ok(Put::Conflict));
    assert_eq!(store.delete(&key(1), never_given).await, Ok(false));
    place.clean().await;
}

#[tokio::test]
async fn encrypted_connections_work_and_a_stranger_is_refused() {
    let Some(place) = Place::find() else { return };
    let with = |sslmode: &str| format!("{}&sslmode={sslmode}", place.address());
    // Not every test server speaks TLS.
    match PostgresStore::connect(&with("require")).await {
        Err(error) => assert!(error.to_string().contains("TLS"), "{error}"),
        Ok(store) => {
            let put = store.put(&key(1), vec![1], FAR, Expected::Absent).await;
            assert!(matches!(put, Ok(Put::Done(_))));
            let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
            let rows = store.once(sql, &[]).await.unwrap();
            assert!(column::<bool>(&rows[0], 0).unwrap());
        }
    }
    let error = PostgresStore::connect(&with("verify-full"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error}");
    place.clean().await;
}

#[tokio::test]
async fn no_error_repeats_the_address() {
    for url in [
        "postgres://user:hunter2@127.0.0.1:1/x",
        "postgres://user:hunter2/@127.0.0.1:1/x",
        "postgres://user:hunter2?x@127.0.0.1:1/x",
        "postgres://u:p@127.0.0.1:hunter2/x",
        "postgres://u:p@127.0.0.1:1/x?sslmode=hunter2",
        "postgres://u:p@127.0.0.1:1/x?sslmode=verify-ca&sslrootcert=hunter2",
        "postgres://u:p@127.0.0.1:1/x?namespace=Hunter2-hunter2",
        "password=hunter2 host=127.0.0.1 port=1",
        "",
    ] {
        let error = PostgresStore::connect(url).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}

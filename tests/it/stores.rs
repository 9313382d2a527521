//! The law of stores, over all of them, as somebody else's store would be held to it.

use std::sync::Arc;

use fastmcp::store::{DiskStore, MemoryStore, PostgresStore, RedisStore, Store, suite};
use tests::database::{Database, Engine};

#[tokio::test(flavor = "multi_thread")]
async fn memory_keeps_the_law() {
    suite::check(Arc::new(MemoryStore::new())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disk_keeps_the_law() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let open = async || {
        let store = DiskStore::open(directory.path().join("store"));
        Arc::new(store.expect("a store")) as Arc<dyn Store>
    };
    suite::check(open().await).await;
    suite::check_reopened(open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn databases_keep_the_law_with_one_node_and_with_two() {
    for engine in [Engine::Redis, Engine::Postgres] {
        if !engine.is_there() {
            continue;
        }
        let database = Database::new(engine);
        let nodes = [open(&database, engine).await, open(&database, engine).await];
        suite::check_nodes(&nodes[..1]).await;
        suite::check_nodes(&nodes).await;
        suite::check_reopened(async || open(&database, engine).await).await;
    }
}

async fn open(database: &Database, engine: Engine) -> Arc<dyn Store> {
    let address = database.address();
    match engine {
        Engine::Redis => Arc::new(RedisStore::connect(&address).await.expect("Redis")),
        Engine::Postgres => {
            let store = PostgresStore::connect(&address).await;
            Arc::new(store.expect("PostgreSQL"))
        }
    }
}

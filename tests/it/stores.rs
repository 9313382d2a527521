//! The law of stores, over all of them, as somebody else's store would be held to it.

use std::sync::Arc;

use fastmcp::store::{DiskStore, MemoryStore, PostgresStore, RedisStore, Store, contract};
use tests::database::{Database, Engine};

#[tokio::test(flavor = "multi_thread")]
async fn memory_keeps_the_law() {
    contract::check(Arc::new(MemoryStore::new())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disk_keeps_the_law() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let store = DiskStore::open(directory.path().join("store")).expect("a new store");
    contract::check(Arc::new(store)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn databases_keep_the_law_with_one_node_and_with_two() {
    for engine in [Engine::Redis, Engine::Postgres] {
        if !engine.is_there() {
            continue;
        }
        let database = Database::new(engine);
        let nodes = [open(&database, engine).await, open(&database, engine).await];
        contract::check_nodes(&nodes[..1]).await;
        contract::check_nodes(&nodes).await;
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

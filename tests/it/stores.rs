//! The law of stores, over both of them, as somebody else's store would be held to it.

use std::sync::Arc;

use fastmcp::store::{DiskStore, MemoryStore, contract};

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

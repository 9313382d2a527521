//! The law of stores as tests, for every store: ours, and yours.
//!
//! | law | |
//! |---|---|
//! | values | what was put is got, whatever bytes it has, however many, and whatever the key is called |
//! | expectations | a write or a delete whose expectation is wrong changes nothing |
//! | versions | none comes back for a key: not after a delete, not after a sweep, not after a restart |
//! | sweeps | exactly what has expired goes, and never more of it than was allowed |
//! | walks | no record that was there all the time is missed, whatever happens beside; a walk ends |
//! | races | of 64 writers at once one wins, on every node; no interleaving breaks the chain of versions |
//! | abandoned writes | one that its caller gave up is done in full or not at all |
//! | durability | what was acknowledged is there when the store is opened again |
//!
//! ```
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
//! use std::sync::Arc;
//! use fastmcp::store::{MemoryStore, suite};
//!
//! // In your test, with your store, on a runtime of several threads:
//! suite::check(Arc::new(MemoryStore::new())).await;
//! # });
//! ```
//!
//! Keys are drawn at random, so a shared or used store is not disturbed, but for one thing: the
//! suite sweeps, with a time of 1970, and so nothing that is alive. It leaves some hundred records,
//! which all expire before the year 2100. A broken law is a panic that names it.

mod abandoned;
#[cfg(test)]
mod broken;
mod durability;
mod history;
#[cfg(test)]
mod meta_tests;
mod races;
mod single;
mod sweeps;
mod walks;

use std::sync::Arc;

use super::{Error, Expected, Key, Put, Record, Store, Version};
use crate::parts::Random;

/// An end that the suite does not see, in the year 2096.
const FAR: u64 = 4_000_000_000;

/// Checks every law but durability over one store.
///
/// # Panics
/// The store broke a law.
pub async fn check(store: Arc<dyn Store>) {
    check_nodes(&[store]).await;
}

/// The same over several stores that share their records, as the nodes of one server do. What one
/// of them writes the others must see at once.
///
/// # Panics
/// The stores broke a law, or there are none.
pub async fn check_nodes(nodes: &[Arc<dyn Store>]) {
    assert!(!nodes.is_empty(), "there is no store to check");
    let (first, last) = (&nodes[0], &nodes[nodes.len() - 1]);
    single::check(&**first).await;
    sweeps::check(&**first).await;
    walks::check(first, last).await;
    races::check(nodes).await;
    history::check(nodes).await;
    abandoned::check(first, last).await;
}

/// Checks durability: `open` is called again and again, each time when the store that it gave
/// before was dropped. Only for a store that outlives its process.
///
/// ```
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
/// # #[cfg(feature = "disk")] {
/// use std::sync::Arc;
/// use fastmcp::store::{DiskStore, Store, suite};
///
/// # let directory = std::env::temp_dir().join(format!("suite-{}", std::process::id()));
/// suite::check_reopened(async || {
///     Arc::new(DiskStore::open(&directory).unwrap()) as Arc<dyn Store>
/// })
/// .await;
/// # std::fs::remove_dir_all(&directory).unwrap();
/// # }
/// # });
/// ```
///
/// # Panics
/// The store broke the law.
pub async fn check_reopened(open: impl AsyncFn() -> Arc<dyn Store>) {
    durability::check(open).await;
}

fn fresh_key() -> Key {
    Key::new("suite", Random::system().bytes())
}

fn done(put: Result<Put, Error>) -> Version {
    match put {
        Ok(Put::Done(version)) => version,
        other => panic!("a write that had to be done gave {other:?}"),
    }
}

/// The error is told; a store that is checked must not fail.
fn answer<T>(what: &str, result: Result<T, Error>) -> T {
    result.unwrap_or_else(|error| panic!("{what} failed: {error}"))
}

async fn read(store: &dyn Store, key: &Key) -> Option<Record> {
    answer("reading", store.get(key).await)
}

async fn create(store: &dyn Store, key: &Key, value: &[u8]) -> Version {
    done(store.put(key, value.to_vec(), FAR, Expected::Absent).await)
}

async fn create_until(store: &dyn Store, key: &Key, expires_at: u64) -> Version {
    done(store.put(key, vec![1], expires_at, Expected::Absent).await)
}

async fn change(store: &dyn Store, key: &Key, value: &[u8], version: Version) -> Version {
    let expected = Expected::Version(version);
    done(store.put(key, value.to_vec(), FAR, expected).await)
}

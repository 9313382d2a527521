//! The suite that every store must pass, also for stores of your own:
//!
//! ```ignore
//! #[tokio::test(flavor = "multi_thread")]
//! async fn keeps_the_contract() {
//!     fastmcp::store::contract::check(Arc::new(MyStore::open())).await;
//! }
//! ```
//!
//! Keys are drawn at random, so a shared or used store does not disturb it; it leaves a few
//! hundred records that expire at once.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Error, Expected, Key, Put, Record, Store, Version};
use crate::parts::Random;

/// How many writers race for one version.
const RACERS: usize = 64;
const ROUNDS: usize = 20;
const FAR: u64 = 4_000_000_000;

/// Runs the whole suite over one store.
///
/// # Panics
/// The store broke the contract.
pub async fn check(store: Arc<dyn Store>) {
    check_nodes(&[store]).await;
}

/// Runs the whole suite over several stores that share their data, as nodes of one server do.
///
/// # Panics
/// The stores broke the contract.
pub async fn check_nodes(nodes: &[Arc<dyn Store>]) {
    assert!(!nodes.is_empty(), "there is no store to check");
    let first = &*nodes[0];
    puts_what_it_gets(first).await;
    puts_only_what_is_expected(first).await;
    deletes_only_what_is_expected(first).await;
    never_repeats_a_version(first).await;
    keeps_keys_apart(first).await;
    sweeps_only_what_expired(first).await;
    walks_over_all_that_stays(&nodes[0], &nodes[nodes.len() - 1]).await;
    for _ in 0..ROUNDS {
        one_writer_creates(nodes).await;
        one_writer_changes(nodes).await;
        one_caller_deletes(nodes).await;
    }
    counts_every_change(nodes).await;
    every_node_sees_a_write(nodes).await;
}

fn fresh_key() -> Key {
    Key::new("contract", Random::system().bytes())
}

fn done(put: Result<Put, Error>) -> Version {
    match put {
        Ok(Put::Done(version)) => version,
        other => panic!("expected the write to be done, got {other:?}"),
    }
}

fn conflict(put: &Result<Put, Error>) {
    assert_eq!(*put, Ok(Put::Conflict), "expected a conflict");
}

async fn read(store: &dyn Store, key: &Key) -> Option<Record> {
    match store.get(key).await {
        Ok(record) => record,
        Err(error) => panic!("reading failed: {error}"),
    }
}

async fn create(store: &dyn Store, key: &Key, value: &[u8]) -> Version {
    done(store.put(key, value.to_vec(), FAR, Expected::Absent).await)
}

async fn puts_what_it_gets(store: &dyn Store) {
    let large: Vec<u8> = (0..100_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    for value in [vec![], vec![0], vec![0, 255, 10, 13, 0], large] {
        let key = fresh_key();
        assert_eq!(read(store, &key).await, None);
        let version = create(store, &key, &value).await;
        assert_eq!(
            read(store, &key).await,
            Some(Record {
                value,
                version,
                expires_at: FAR
            })
        );
    }
}

async fn puts_only_what_is_expected(store: &dyn Store) {
    let key = fresh_key();
    let phantom = Expected::Version(Version::new(1));
    conflict(&store.put(&key, vec![9], FAR, phantom).await);
    assert_eq!(read(store, &key).await, None, "a conflict wrote something");
    let first = create(store, &key, &[1]).await;
    conflict(&store.put(&key, vec![9], FAR, Expected::Absent).await);
    let second = done(
        store
            .put(&key, vec![2], FAR + 1, Expected::Version(first))
            .await,
    );
    assert_ne!(first, second);
    conflict(
        &store
            .put(&key, vec![9], FAR, Expected::Version(first))
            .await,
    );
    let record = Record {
        value: vec![2],
        version: second,
        expires_at: FAR + 1,
    };
    assert_eq!(read(store, &key).await, Some(record));
}

async fn deletes_only_what_is_expected(store: &dyn Store) {
    let key = fresh_key();
    assert_eq!(store.delete(&key, Version::new(1)).await, Ok(false));
    let first = create(store, &key, &[1]).await;
    let second = done(
        store
            .put(&key, vec![2], FAR, Expected::Version(first))
            .await,
    );
    assert_eq!(store.delete(&key, first).await, Ok(false));
    assert!(read(store, &key).await.is_some());
    assert_eq!(store.delete(&key, second).await, Ok(true));
    assert_eq!(store.delete(&key, second).await, Ok(false));
    assert_eq!(read(store, &key).await, None);
}

/// A stale writer must not mistake a new life of a key for the one it knew.
async fn never_repeats_a_version(store: &dyn Store) {
    let key = fresh_key();
    let mut seen = Vec::new();
    for _ in 0..10 {
        let version = create(store, &key, &[1]).await;
        assert!(
            !seen.contains(&version),
            "a version came back after a delete"
        );
        for stale in &seen {
            conflict(
                &store
                    .put(&key, vec![9], FAR, Expected::Version(*stale))
                    .await,
            );
        }
        seen.push(version);
        assert_eq!(store.delete(&key, version).await, Ok(true));
    }
}

async fn keeps_keys_apart(store: &dyn Store) {
    let id: [u8; 32] = Random::system().bytes();
    let mut other = id;
    other[31] ^= 1;
    let keys = [
        Key::new("contract", id),
        Key::new("contract2", id),
        Key::new("contract", other),
    ];
    for (value, key) in (0_u8..).zip(&keys) {
        create(store, key, &[value]).await;
    }
    for (value, key) in (0_u8..).zip(&keys) {
        assert_eq!(
            read(store, key).await.map(|record| record.value),
            Some(vec![value])
        );
    }
}

async fn sweeps_only_what_expired(store: &dyn Store) {
    let (dead, alive, moved) = (fresh_key(), fresh_key(), fresh_key());
    for _ in 0..3 {
        create_until(store, &fresh_key(), 1000).await;
    }
    create_until(store, &dead, 1000).await;
    create_until(store, &alive, 1001).await;
    let version = create_until(store, &moved, 999).await;
    let moved_to = store
        .put(&moved, vec![2], 2_000, Expected::Version(version))
        .await;
    done(moved_to);
    match store.sweep(1000, 2).await {
        Ok(swept) => assert!(swept <= 2, "swept {swept} of 2 allowed"),
        Err(error) => panic!("sweeping failed: {error}"),
    }
    while store.sweep(1000, 100).await.is_ok_and(|swept| swept > 0) {}
    assert_eq!(
        read(store, &dead).await,
        None,
        "an expired record outlived the sweep"
    );
    assert!(
        read(store, &alive).await.is_some(),
        "a live record was swept"
    );
    assert!(
        read(store, &moved).await.is_some(),
        "a prolonged record was swept"
    );
    while store.sweep(3000, 100).await.is_ok_and(|swept| swept > 0) {}
    assert_eq!(read(store, &moved).await, None);
    create_until(store, &dead, FAR).await;
}

async fn create_until(store: &dyn Store, key: &Key, expires_at: u64) -> Version {
    done(store.put(key, vec![1], expires_at, Expected::Absent).await)
}

/// While others come, go and change, and those that stay get new values and ends.
async fn walks_over_all_that_stays(store: &Arc<dyn Store>, other: &Arc<dyn Store>) {
    let mut staying = Vec::new();
    for end in 0..200 {
        let key = fresh_key();
        create_until(&**store, &key, FAR + end).await;
        staying.push(key);
    }
    let (churning, other) = (staying.clone(), other.clone());
    let churn = tokio::spawn(async move {
        for (n, key) in (0..).zip(churning.iter().cycle()) {
            let passing = fresh_key();
            let version = create(&*other, &passing, &[1]).await;
            if let Some(record) = read(&*other, key).await {
                let expected = Expected::Version(record.version);
                done(other.put(key, vec![2], FAR - n, expected).await);
            }
            assert_eq!(other.delete(&passing, version).await, Ok(true));
            // Not every store ever waits.
            tokio::task::yield_now().await;
        }
    });
    let seen = walk(store, &staying).await;
    churn.abort();
    let missed = staying.iter().filter(|key| !seen.contains(*key)).count();
    assert_eq!(
        missed, 0,
        "a walk missed records that were there all the time"
    );
}

async fn walk(store: &Arc<dyn Store>, known: &[Key]) -> HashSet<Key> {
    let (mut seen, mut cursor) = (HashSet::new(), None);
    for _ in 0..100_000 {
        let page = match store.scan(cursor.as_ref(), 7).await {
            Ok(page) => page,
            Err(error) => panic!("walking failed: {error}"),
        };
        let size = page.records.len();
        assert!(size < 100, "{size} records in a page of 7");
        for (key, record) in page.records {
            let ours = !known.contains(&key) || [[1], [2]].contains(&[record.value[0]]);
            assert!(ours, "a walk shows what was never written");
            seen.insert(key);
        }
        cursor = page.next;
        if cursor.is_none() {
            return seen;
        }
        tokio::task::yield_now().await;
    }
    panic!("a walk does not end");
}

/// Runs `RACERS` tasks at once, spread over the nodes, and gives their results.
async fn race<T, F, R>(nodes: &[Arc<dyn Store>], act: F) -> Vec<T>
where
    T: Send + 'static,
    F: Fn(usize, Arc<dyn Store>) -> R,
    R: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(tokio::sync::Barrier::new(RACERS));
    let tasks: Vec<_> = (0..RACERS)
        .map(|racer| {
            let (start, run) = (
                start.clone(),
                act(racer, nodes[racer % nodes.len()].clone()),
            );
            tokio::spawn(async move {
                start.wait().await;
                run.await
            })
        })
        .collect();
    let mut results = Vec::new();
    for task in tasks {
        match task.await {
            Ok(result) => results.push(result),
            Err(error) => panic!("a racer failed: {error}"),
        }
    }
    results
}

async fn race_to_put(nodes: &[Arc<dyn Store>], key: &Key, expected: Expected) -> (usize, Version) {
    let results = race(nodes, |racer, store| {
        let key = key.clone();
        async move {
            let value = racer.to_le_bytes().to_vec();
            store.put(&key, value, FAR, expected).await
        }
    })
    .await;
    let mut winners = Vec::new();
    for (racer, result) in results.into_iter().enumerate() {
        match result {
            Ok(Put::Done(version)) => winners.push((racer, version)),
            Ok(Put::Conflict) => {}
            Err(error) => panic!("a racing write failed: {error}"),
        }
    }
    assert_eq!(winners.len(), 1, "{} writers won one race", winners.len());
    winners[0]
}

async fn one_writer_creates(nodes: &[Arc<dyn Store>]) {
    let key = fresh_key();
    let (winner, version) = race_to_put(nodes, &key, Expected::Absent).await;
    let record = read(&*nodes[0], &key).await;
    let value = winner.to_le_bytes().to_vec();
    assert_eq!(
        record,
        Some(Record {
            value,
            version,
            expires_at: FAR
        }),
        "a loser wrote"
    );
}

async fn one_writer_changes(nodes: &[Arc<dyn Store>]) {
    let key = fresh_key();
    let first = create(&*nodes[0], &key, &[]).await;
    let (winner, version) = race_to_put(nodes, &key, Expected::Version(first)).await;
    let record = read(&*nodes[0], &key).await;
    let value = winner.to_le_bytes().to_vec();
    assert_eq!(
        record,
        Some(Record {
            value,
            version,
            expires_at: FAR
        }),
        "a loser wrote"
    );
}

async fn one_caller_deletes(nodes: &[Arc<dyn Store>]) {
    let key = fresh_key();
    let version = create(&*nodes[0], &key, &[]).await;
    let results = race(nodes, |_, store| {
        let key = key.clone();
        async move { store.delete(&key, version).await }
    })
    .await;
    let winners = results.iter().filter(|result| **result == Ok(true)).count();
    assert_eq!(winners, 1, "{winners} callers deleted one record");
    assert!(results.iter().all(Result::is_ok), "a racing delete failed");
}

/// Every racer adds one by read, compare and set until it succeeds: no addition may be lost.
async fn counts_every_change(nodes: &[Arc<dyn Store>]) {
    let key = fresh_key();
    create(&*nodes[0], &key, &0_u64.to_le_bytes()).await;
    race(nodes, |_, store| {
        let key = key.clone();
        async move { add_one(&*store, &key).await }
    })
    .await;
    let value = read(&*nodes[0], &key).await.map(|record| record.value);
    assert_eq!(
        value,
        Some((RACERS as u64).to_le_bytes().to_vec()),
        "additions were lost"
    );
}

async fn add_one(store: &dyn Store, key: &Key) {
    loop {
        let Some(record) = read(store, key).await else {
            panic!("the counter is gone")
        };
        let Ok(bytes) = record.value.try_into() else {
            panic!("the counter is torn")
        };
        let value = (u64::from_le_bytes(bytes) + 1).to_le_bytes().to_vec();
        match store
            .put(key, value, FAR, Expected::Version(record.version))
            .await
        {
            Ok(Put::Done(_)) => return,
            Ok(Put::Conflict) => tokio::task::yield_now().await,
            Err(error) => panic!("counting failed: {error}"),
        }
    }
}

async fn every_node_sees_a_write(nodes: &[Arc<dyn Store>]) {
    for writer in nodes {
        let key = fresh_key();
        create(&**writer, &key, &[7]).await;
        for reader in nodes {
            assert!(
                read(&**reader, &key).await.is_some(),
                "a node does not see a write"
            );
        }
    }
}

//! Many at once, over all nodes: exactly one wins.

use std::sync::Arc;

use super::super::{Expected, Key, Put, Record, Store, Version};
use super::{FAR, create, fresh_key, read};

/// How many race for one version.
const RACERS: usize = 64;
const ROUNDS: usize = 20;

pub(super) async fn check(nodes: &[Arc<dyn Store>]) {
    for _ in 0..ROUNDS {
        let key = fresh_key();
        one_writer_wins(nodes, &key, Expected::Absent).await;
        let key = fresh_key();
        let version = create(&*nodes[0], &key, &[]).await;
        one_writer_wins(nodes, &key, Expected::Version(version)).await;
        one_caller_deletes(nodes).await;
    }
    every_addition_counts(nodes).await;
    every_node_sees_a_write(nodes).await;
}

/// Runs `RACERS` tasks at once, spread over the nodes, and gives their results.
async fn race<T, F, R>(nodes: &[Arc<dyn Store>], act: F) -> Vec<T>
where
    T: Send + 'static,
    F: Fn(usize, Arc<dyn Store>) -> R,
    R: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(tokio::sync::Barrier::new(RACERS));
    let tasks = (0..RACERS).map(|racer| {
        let (start, run) = (
            start.clone(),
            act(racer, nodes[racer % nodes.len()].clone()),
        );
        tokio::spawn(async move {
            start.wait().await;
            run.await
        })
    });
    let mut results = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        match task.await {
            Ok(result) => results.push(result),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(error) => panic!("a racer has ended: {error}"),
            },
        }
    }
    results
}

async fn one_writer_wins(nodes: &[Arc<dyn Store>], key: &Key, expected: Expected) {
    let results = race(nodes, |racer, store| {
        let key = key.clone();
        async move {
            let value = racer.to_le_bytes().to_vec();
            store.put(&key, value, FAR, expected).await
        }
    });
    let mut winners = Vec::new();
    for (racer, result) in results.await.into_iter().enumerate() {
        match result {
            Ok(Put::Done(version)) => winners.push((racer, version)),
            Ok(Put::Conflict) => {}
            Err(error) => panic!("a racing write failed: {error}"),
        }
    }
    assert_eq!(winners.len(), 1, "races: {} writers won one", winners.len());
    let (winner, version) = winners[0];
    let wanted = Record {
        value: winner.to_le_bytes().to_vec(),
        version,
        expires_at: FAR,
    };
    let record = read(&*nodes[0], key).await;
    assert_eq!(record, Some(wanted), "races: a loser wrote");
}

async fn one_caller_deletes(nodes: &[Arc<dyn Store>]) {
    let key = fresh_key();
    let version = create(&*nodes[0], &key, &[]).await;
    let results = race(nodes, |_, store| {
        let key = key.clone();
        async move { store.delete(&key, version).await }
    });
    let results = results.await;
    assert!(results.iter().all(Result::is_ok), "a racing delete failed");
    let winners = results.iter().filter(|result| **result == Ok(true)).count();
    assert_eq!(winners, 1, "races: {winners} callers deleted one record");
}

/// Every racer adds one by read, compare and set until it succeeds: no addition may be lost.
async fn every_addition_counts(nodes: &[Arc<dyn Store>]) {
    let key = fresh_key();
    create(&*nodes[0], &key, &0_u64.to_le_bytes()).await;
    race(nodes, |_, store| {
        let key = key.clone();
        async move { add_one(&*store, &key).await }
    })
    .await;
    let value = read(&*nodes[0], &key).await.map(|record| record.value);
    let wanted = (RACERS as u64).to_le_bytes().to_vec();
    assert_eq!(value, Some(wanted), "races: additions were lost");
}

async fn add_one(store: &dyn Store, key: &Key) -> Version {
    loop {
        let record = read(store, key).await;
        let count = record
            .as_ref()
            .and_then(|it| it.value.as_slice().try_into().ok());
        let (Some(record), Some(count)) = (&record, count) else {
            panic!("races: the counter is gone or torn")
        };
        let next = (u64::from_le_bytes(count) + 1).to_le_bytes().to_vec();
        let expected = Expected::Version(record.version);
        match store.put(key, next, FAR, expected).await {
            Ok(Put::Done(version)) => return version,
            Ok(Put::Conflict) => tokio::task::yield_now().await,
            Err(error) => panic!("counting failed: {error}"),
        }
    }
}

async fn every_node_sees_a_write(nodes: &[Arc<dyn Store>]) {
    for writer in nodes {
        let key = fresh_key();
        let version = create(&**writer, &key, &[7]).await;
        for reader in nodes {
            let seen = read(&**reader, &key).await.map(|record| record.version);
            assert_eq!(seen, Some(version), "races: a node does not see a write");
        }
    }
}

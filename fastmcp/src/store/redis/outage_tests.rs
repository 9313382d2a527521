//! A Redis of the tests' own, stopped and killed in the middle.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::own::{Own, PASSWORD};
use super::*;
use crate::store::outage::{FAR, create, heals, is_unavailable, key};

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_server_is_unavailable_in_time_and_works_again() {
    let Some(server) = Own::start(&[]) else {
        return;
    };
    let store = server.store().await;
    let version = create(&store, 1).await;
    server.signal("-STOP");
    is_unavailable(&store, DEADLINE, PASSWORD).await;
    // Also for those that come when there is no connection left.
    is_unavailable(&store, DEADLINE, PASSWORD).await;
    server.signal("-CONT");
    heals(&store).await;
    let record = store.get(&key(1)).await.unwrap().unwrap();
    assert_eq!((record.version, record.value), (version, vec![1]));
    create(&store, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_is_unavailable_and_what_was_acknowledged_comes_back_with_it() {
    let Some(mut server) = Own::start(&[]) else {
        return;
    };
    let store = server.store().await;
    let version = create(&store, 1).await;
    server.kill();
    is_unavailable(&store, DEADLINE, PASSWORD).await;
    server.restart();
    heals(&store).await;
    let record = store.get(&key(1)).await.unwrap().unwrap();
    assert_eq!((record.version, record.value), (version, vec![1]));
    // The new process does not know the scripts.
    create(&store, 2).await;
    assert_eq!(store.delete(&key(1), version).await, Ok(true));
}

/// Adds one again and again. Every addition that was acknowledged is there at the end, and no
/// more than those that were not come on top.
#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_write_is_lost_when_the_server_is_killed_under_load() {
    let Some(mut server) = Own::start(&[]) else {
        return;
    };
    let store = Arc::new(server.store().await);
    create(&*store, 1).await;
    let counts = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
    let writers: Vec<_> = (0..8)
        .map(|_| tokio::spawn(add(store.clone(), counts.clone())))
        .collect();
    for round in 0..3 {
        tokio::time::sleep(Duration::from_millis(150 + 70 * round)).await;
        server.kill();
        tokio::time::sleep(Duration::from_millis(100)).await;
        server.restart();
        heals(&*store).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    for writer in writers {
        writer.abort();
        let _ = writer.await;
    }
    let record = store.get(&key(1)).await.unwrap().unwrap();
    let found = value(&record);
    let [done, unknown] = [0, 1].map(|n| counts[n].load(Ordering::SeqCst));
    // A writer that is ended in the middle knows as little.
    let unknown = unknown + 8;
    assert!(done > 10, "{done} additions");
    assert!(
        (done..=done + unknown).contains(&found),
        "{done} acknowledged, {unknown} unknown, {found} found"
    );
}

/// The count in a record; the one byte it begins with counts nothing.
fn value(record: &Record) -> u64 {
    let bytes = record.value.as_slice().try_into();
    bytes.map_or(0, u64::from_le_bytes)
}

async fn add(store: Arc<RedisStore>, counts: Arc<[AtomicU64; 2]>) {
    loop {
        let Ok(Some(record)) = store.get(&key(1)).await else {
            continue;
        };
        let next = (value(&record) + 1).to_le_bytes().to_vec();
        let expected = Expected::Version(record.version);
        match store.put(&key(1), next, FAR, expected).await {
            Ok(Put::Done(_)) => counts[0].fetch_add(1, Ordering::SeqCst),
            Ok(Put::Conflict) => continue,
            Err(_) => counts[1].fetch_add(1, Ordering::SeqCst),
        };
    }
}

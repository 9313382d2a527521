//! A file that is made shorter while it is in use.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use futures_util::future::join_all;

use super::faults::{Disk, FAR, Power, key};
use super::*;

/// Records of a peak, and those of them that stay.
const PEAK: u64 = 18_000;
const STAY: u64 = 300;

fn length(directory: &Path) -> u64 {
    file::length(directory).unwrap()
}

/// A store after a peak: nearly all of it has expired, and is not swept yet.
async fn after_a_peak(directory: &Path) -> DiskStore {
    let store = DiskStore::open(directory).unwrap();
    let puts = (0..PEAK).map(async |n| {
        let end = if n < STAY { FAR } else { 1000 };
        store
            .put(&key(n), vec![7; 1000], end, Expected::Absent)
            .await
    });
    assert!(join_all(puts).await.iter().all(Result::is_ok));
    store
}

async fn sweep(store: &DiskStore) {
    while store.sweep(1000, 5000).await.unwrap() == 5000 {}
}

#[tokio::test(flavor = "multi_thread")]
async fn it_shrinks_under_load_and_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = after_a_peak(directory.path()).await;
    let before = length(directory.path());
    sweep(&store).await;

    // Eight writers, each with keys of its own: those that stay, and new ones.
    let short = async || {
        let last = tokio::time::Instant::now() + Duration::from_mins(2);
        while length(directory.path()) > before / 4 {
            assert!(tokio::time::Instant::now() < last, "it stayed long");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let done = std::sync::atomic::AtomicBool::new(false);
    let write = async |writer: u64| {
        let mut known = BTreeMap::new();
        let mut round = 0_u64;
        while !done.load(std::sync::atomic::Ordering::Relaxed) {
            round += 1;
            let n = (round * 8 + writer) % (STAY * 2);
            let current = store.get(&key(n)).await.unwrap().map(|it| it.version);
            if let (0, Some(version)) = (round % 3, current) {
                assert_eq!(store.delete(&key(n), version).await, Ok(true));
                known.insert(n, None);
                continue;
            }
            let expected = current.map_or(Expected::Absent, Expected::Version);
            // Sometimes with an end that a later write takes back.
            let end = if round.is_multiple_of(5) {
                FAR - 1
            } else {
                FAR
            };
            let value = round.to_be_bytes().to_vec();
            let put = store.put(&key(n), value.clone(), end, expected).await;
            let Ok(Put::Done(version)) = put else {
                panic!("{put:?}")
            };
            known.insert(n, Some((value, version, end)));
        }
        known
    };
    let stop = async {
        short().await;
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    };
    let (known, ()) = tokio::join!(join_all((0..8).map(write)), stop);
    let known: BTreeMap<_, _> = known.into_iter().flatten().collect();
    assert!(!known.is_empty());

    let hold = async |store: &DiskStore| {
        for n in 0..STAY * 2 {
            let found = store.get(&key(n)).await.unwrap();
            let found = found.map(|it| (it.value, it.version, it.expires_at));
            match known.get(&n) {
                Some(value) => assert_eq!(found, *value, "{n}"),
                None => assert_eq!(found.is_some(), n < STAY, "{n}"),
            }
        }
    };
    hold(&store).await;
    drop(store);
    assert!(!directory.path().join("fastmcp.redb.new").exists());
    let store = DiskStore::open(directory.path()).unwrap();
    hold(&store).await;
    // The order of expiry came along, and versions go on.
    let last = known.values().flatten().map(|it| it.1).max();
    let put = store.put(&key(9999), vec![], FAR, Expected::Absent).await;
    assert!(matches!(put, Ok(Put::Done(version)) if Some(version) > last));
    assert_eq!(store.sweep(FAR - 2, 5000).await, Ok(0));
    let soon = known.values().flatten().filter(|it| it.2 < FAR).count();
    assert_eq!(store.sweep(FAR - 1, 5000).await, Ok(soon));
}

#[tokio::test]
async fn a_store_that_is_closed_while_it_shrinks_is_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let store = after_a_peak(directory.path()).await;
    sweep(&store).await;
    drop(store);
    let beside = directory.path().join("fastmcp.redb.new");
    assert!(!beside.exists());
    let store = DiskStore::open(directory.path()).unwrap();
    for n in 0..STAY {
        assert!(store.get(&key(n)).await.unwrap().is_some(), "{n}");
    }
    drop(store);

    // What a crash leaves is removed by the first sweep, and by nothing before.
    std::fs::write(&beside, "half").unwrap();
    let store = DiskStore::open(directory.path()).unwrap();
    assert!(beside.exists());
    sweep(&store).await;
    drop(store);
    assert!(!beside.exists());
}

#[test]
fn a_copy_is_given_up_when_a_write_may_or_may_not_have_been_done() {
    let disk = Disk::new(Vec::new(), u64::MAX);
    let slot = disk.slot().ok().unwrap();
    let put = |n| Change::Put {
        key: key(n).as_bytes().to_vec(),
        value: vec![1],
        expires_at: FAR,
        expected: Expected::Absent,
    };
    slot.touched.follow();
    slot.write(&[put(1), put(2)]).unwrap();
    assert_eq!(slot.touched.take().map(|keys| keys.len()), Some(2));
    disk.set(Power::Full);
    assert!(slot.write(&[put(3)]).is_err());
    assert_eq!(slot.touched.take(), None);
}

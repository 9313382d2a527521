use super::*;
use crate::store::suite;

fn key(n: u64) -> Key {
    let mut id = [0; 32];
    id[..8].copy_from_slice(&n.to_be_bytes());
    Key::new("test", id)
}

async fn create(store: &DiskStore, n: u64, expires_at: u64) -> Version {
    match store
        .put(
            &key(n),
            n.to_be_bytes().to_vec(),
            expires_at,
            Expected::Absent,
        )
        .await
    {
        Ok(Put::Done(version)) => version,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn keeps_the_law() {
    let directory = tempfile::tempdir().unwrap();
    suite::check(Arc::new(DiskStore::open(directory.path()).unwrap())).await;
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let mut versions = Vec::new();
    for round in 0..5 {
        let store = DiskStore::open(directory.path()).unwrap();
        for (n, version) in (0..).zip(&versions) {
            let record = store.get(&key(n)).await.unwrap().unwrap();
            assert_eq!(
                (record.version, record.value),
                (*version, n.to_be_bytes().to_vec())
            );
        }
        let version = create(&store, round, 4_000_000_000).await;
        assert!(
            versions.iter().all(|older| *older < version),
            "a version came back"
        );
        versions.push(version);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_writes_share_commits_and_all_survive() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(DiskStore::open(directory.path()).unwrap());
    let tasks: Vec<_> = (0..2000)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { create(&store, n, 4_000_000_000).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    drop(store);
    let store = DiskStore::open(directory.path()).unwrap();
    for n in 0..2000 {
        assert!(store.get(&key(n)).await.unwrap().is_some(), "{n} is lost");
    }
}

#[tokio::test]
async fn a_large_sweep_takes_all_that_expired_and_no_more() {
    let directory = tempfile::tempdir().unwrap();
    let store = DiskStore::open(directory.path()).unwrap();
    let puts = (0..1000).map(|n| create(&store, n, if n % 10 == 0 { 2000 } else { 1000 }));
    futures_util::future::join_all(puts).await;
    assert_eq!(store.sweep(999, 5000).await, Ok(0));
    assert_eq!(store.sweep(1000, 300).await, Ok(300));
    assert_eq!(store.sweep(1000, 5000).await, Ok(600));
    assert_eq!(store.sweep(1000, 5000).await, Ok(0));
    assert!(store.get(&key(10)).await.unwrap().is_some());
    assert_eq!(store.sweep(UnixSeconds::MAX, 5000).await, Ok(100));
}

#[tokio::test]
async fn a_compacted_file_is_smaller_and_keeps_its_records() {
    let directory = tempfile::tempdir().unwrap();
    let store = DiskStore::open(directory.path()).unwrap();
    let puts = (0..4000).map(async |n| {
        let end = if n < 2000 { 1000 } else { 4_000_000_000 };
        let (key, value) = (key(n), vec![7; 1000]);
        store.put(&key, value, end, Expected::Absent).await
    });
    futures_util::future::join_all(puts).await;
    assert_eq!(store.sweep(1000, 5000).await, Ok(2000));
    let version = create(&store, 5000, 4_000_000_000).await;
    drop(store);
    let (before, after) = DiskStore::compact(directory.path()).unwrap();
    let length = std::fs::metadata(directory.path().join("fastmcp.redb"));
    assert_eq!(length.unwrap().len(), after);
    assert!(after < before * 3 / 4, "{before} before, {after} after");
    let store = DiskStore::open(directory.path()).unwrap();
    for n in 2000..4000 {
        let record = store.get(&key(n)).await.unwrap();
        assert!(record.is_some_and(|it| it.value == [7; 1000]), "{n}");
    }
    assert!(create(&store, 5001, 4_000_000_000).await > version);
    assert!(
        DiskStore::compact(directory.path()).is_err(),
        "it is in use"
    );
}

#[tokio::test]
async fn a_second_opener_is_told_who_holds_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let first = DiskStore::open(directory.path()).unwrap();
    let error = DiskStore::open(directory.path()).unwrap_err().to_string();
    assert!(error.contains("in use by another process"), "{error}");
    if cfg!(target_os = "linux") {
        assert!(
            error.contains(&format!("(pid {})", std::process::id())),
            "{error}"
        );
    }
    drop(first);
    DiskStore::open(directory.path()).unwrap();
}

#[tokio::test]
async fn what_changes_nothing_leaves_the_file_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let store = DiskStore::open(directory.path()).unwrap();
    create(&store, 1, 4_000_000_000).await;
    let path = directory.path().join("fastmcp.redb");
    // As `kill -9` leaves it, and as a proper end leaves it.
    let killed = std::fs::read(&path).unwrap();
    drop(store);
    let closed = std::fs::read(&path).unwrap();
    assert!(killed != closed);
    for before in [killed, closed] {
        std::fs::write(&path, &before).unwrap();
        let store = DiskStore::open(directory.path()).unwrap();
        assert!(store.get(&key(1)).await.unwrap().is_some());
        let put = store
            .put(&key(1), vec![], 4_000_000_000, Expected::Absent)
            .await;
        assert_eq!(put, Ok(Put::Conflict));
        assert_eq!(store.sweep(1, 100).await, Ok(0));
        drop(store);
        assert!(before == std::fs::read(&path).unwrap(), "the file changed");
        let store = DiskStore::open(directory.path()).unwrap();
        create(&store, 2, 4_000_000_000).await;
        drop(store);
        let store = DiskStore::open(directory.path()).unwrap();
        assert!(store.get(&key(1)).await.unwrap().is_some());
        assert!(store.get(&key(2)).await.unwrap().is_some());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("a/b");
    drop(DiskStore::open(&directory).unwrap());
    let path = directory.join("fastmcp.redb");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&directory), mode(&path)), (0o700, 0o600));
    std::fs::set_permissions(&directory, PermissionsExt::from_mode(0o755)).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    drop(DiskStore::open(&directory).unwrap());
    assert_eq!((mode(&directory), mode(&path)), (0o700, 0o600));
}

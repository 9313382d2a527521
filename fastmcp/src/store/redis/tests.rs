//! Over the Redis at `TEST_REDIS_URL`.

use std::sync::Arc;

use super::super::{servers, suite};
use super::*;
use crate::parts::Clock;

const FAR: UnixSeconds = 4_000_000_000;

fn key(n: u8) -> Key {
    Key::new("test", [n; 32])
}

/// The address of the machine's Redis, in a namespace that nobody else uses.
fn address() -> Option<String> {
    let url = servers::address("TEST_REDIS_URL", "redis://127.0.0.1:6379")?;
    Some(servers::within(&url, &servers::namespace()))
}

/// Removes whatever the tests have left.
async fn clean(store: &RedisStore) {
    store.sweep(u64::MAX, usize::MAX).await.unwrap();
}

async fn write(store: &RedisStore, key: &Key, end: UnixSeconds, expected: Expected) -> Version {
    match store.put(key, vec![1], end, expected).await {
        Ok(Put::Done(version)) => version,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn keeps_the_law() {
    let Some(address) = address() else { return };
    let store = Arc::new(RedisStore::connect(&address).await.unwrap());
    suite::check(store.clone()).await;
    clean(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_keep_the_law() {
    let Some(address) = address() else { return };
    let first = Arc::new(RedisStore::connect(&address).await.unwrap());
    let second = Arc::new(RedisStore::connect(&address).await.unwrap());
    suite::check_nodes(&[first.clone(), second]).await;
    clean(&first).await;
}

#[tokio::test]
async fn redis_forgets_by_itself_but_not_before_every_clock_agrees() {
    let Some(address) = address() else { return };
    let store = RedisStore::connect(&address).await.unwrap();
    assert_eq!(store.cleanup_interval(), None);
    let now = Clock::system().now();
    let left = async |key: &Key| {
        let mut ttl = cmd("TTL");
        ttl.arg(record::name(&store.namespace, key));
        store.line.send::<i64>(&ttl).await.unwrap()
    };
    // An end in an hour, one in the past, none, and none that had one.
    for (n, end, wanted) in [(1, now + 3600, 3900), (2, 1000, 300)] {
        write(&store, &key(n), end, Expected::Absent).await;
        let left = left(&key(n)).await;
        assert!((wanted - 5..=wanted + 5).contains(&left), "{n}: {left}");
    }
    write(&store, &key(3), NEVER, Expected::Absent).await;
    assert_eq!(left(&key(3)).await, -1);
    let version = write(&store, &key(4), now, Expected::Absent).await;
    write(&store, &key(4), NEVER, Expected::Version(version)).await;
    assert_eq!(left(&key(4)).await, -1);
    clean(&store).await;
}

#[tokio::test]
async fn namespaces_do_not_meet() {
    let Some(url) = servers::address("TEST_REDIS_URL", "redis://127.0.0.1:6379") else {
        return;
    };
    let namespaces = [servers::namespace(), servers::namespace()];
    let [one, other] = namespaces.map(|name| servers::within(&url, &name));
    let one = RedisStore::connect(&one).await.unwrap();
    let other = RedisStore::connect(&other).await.unwrap();
    write(&one, &key(1), FAR, Expected::Absent).await;
    assert_eq!(other.get(&key(1)).await, Ok(None));
    assert_eq!(other.sweep(u64::MAX, 100).await, Ok(0));
    assert_eq!(one.sweep(u64::MAX, 100).await, Ok(1));
}

#[tokio::test]
async fn what_others_have_written_is_corrupt_and_is_left() {
    let Some(address) = address() else { return };
    let store = RedisStore::connect(&address).await.unwrap();
    let name = record::name(&store.namespace, &key(1));
    let mut set = cmd("SET");
    set.arg(&name).arg("stump");
    store.line.send::<String>(&set).await.unwrap();
    assert_eq!(store.get(&key(1)).await, Err(Error::Corrupt));
    let put = store.put(&key(1), vec![], FAR, Expected::Absent).await;
    assert_eq!(put, Ok(Put::Conflict));
    assert_eq!(store.sweep(u64::MAX, 100).await, Ok(0));
    let mut del = cmd("DEL");
    del.arg(name);
    store.line.send::<i64>(&del).await.unwrap();
}

/// A list under a name of ours, a name that is no text, one that is no key, and another's.
#[tokio::test]
async fn walks_and_sweeps_pass_over_what_is_no_record() {
    let Some(address) = address() else { return };
    let store = RedisStore::connect(&address).await.unwrap();
    let ours = record::name(&store.namespace, &key(2));
    let named = |end: &[u8]| [store.namespace.as_bytes(), end].concat();
    let foreign = [
        ours.into_bytes(),
        named(b":test:\xff"),
        named(b":test:short"),
        named(b"x:y"),
    ];
    for name in &foreign {
        let mut push = cmd("RPUSH");
        push.arg(name).arg("not ours");
        store.line.send::<i64>(&push).await.unwrap();
    }
    write(&store, &key(1), 1000, Expected::Absent).await;
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = store.scan(cursor.as_ref(), 100).await.unwrap();
        seen.extend(page.records.into_iter().map(|(key, _)| key));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, [key(1)]);
    assert_eq!(store.sweep(1000, 100).await, Ok(1));
    for name in &foreign {
        let mut del = cmd("DEL");
        del.arg(name);
        assert_eq!(store.line.send::<i64>(&del).await, Ok(1));
    }
    let strange = Cursor::new(vec![1]);
    assert!(store.scan(Some(&strange), 1).await.is_err());
}

#[tokio::test]
async fn no_error_repeats_the_address() {
    for url in [
        "redis://user:hunter2@127.0.0.1:1",
        "rediss://:hunter2@127.0.0.1:1/0",
        "redis://:hunter2@127.0.0.1:1/database",
        "redis://:hunter2/@host",
        "redis://:x@127.0.0.1:hunter2",
        "redis://:x@h?protocol=hunter2",
        "redis://:x@h?namespace=-hunter2",
        "hunter2",
        "",
    ] {
        let error = RedisStore::connect(url).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}

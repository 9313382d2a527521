//! What one caller alone may rely on.

use super::super::{Expected, Key, NEVER, Put, Record, Store, Version};
use super::{FAR, answer, change, create, done, fresh_key, read};
use crate::parts::Random;

const LARGE: usize = 1024 * 1024;

pub(super) async fn check(store: &dyn Store) {
    values_come_back(store).await;
    keys_are_kept_apart(store).await;
    writes_need_their_expectation(store).await;
    deletes_need_their_expectation(store).await;
    versions_do_not_come_back(store).await;
}

async fn values_come_back(store: &dyn Store) {
    let large: Vec<u8> = (0..LARGE).map(|n| n.to_le_bytes()[0] ^ 0x5a).collect();
    for value in [vec![], vec![0], b"\0\xff\r\n\0'\"\\%".to_vec(), large] {
        for expires_at in [0, 1, FAR, NEVER] {
            let key = fresh_key();
            assert_eq!(
                read(store, &key).await,
                None,
                "values: there before a write"
            );
            let put = store.put(&key, value.clone(), expires_at, Expected::Absent);
            let version = done(put.await);
            let wanted = Record {
                value: value.clone(),
                version,
                expires_at,
            };
            // Not by `assert_eq`, which would print a million numbers.
            let same = read(store, &key).await.as_ref() == Some(&wanted);
            assert!(
                same,
                "values: {} bytes until {expires_at} came back changed",
                value.len()
            );
            assert_eq!(store.delete(&key, version).await, Ok(true));
        }
    }
}

async fn keys_are_kept_apart(store: &dyn Store) {
    let id: [u8; 32] = Random::system().bytes();
    let mut other = id;
    other[31] ^= 1;
    let long = "long".repeat(100);
    let kinds = [
        "suite",
        "suite2",
        "Suite",
        "",
        "a:b",
        "a:b:",
        "*?[a]%_",
        "größe\n'\"\\",
        &long,
    ];
    let ids = [id, other, [0; 32], [0xff; 32]];
    let ids = ids.iter().flat_map(|id| kinds.map(|kind| (kind, *id)));
    let keys: Vec<_> = ids.map(|(kind, id)| Key::new(kind, id)).collect();
    for (value, key) in (0_u8..).zip(&keys) {
        // Another run may have been ended before it removed those that are not drawn.
        if let Some(record) = read(store, key).await {
            answer("deleting", store.delete(key, record.version).await);
        }
        create(store, key, &[value]).await;
    }
    for (value, key) in (0_u8..).zip(&keys) {
        let record = read(store, key).await;
        let found = record.as_ref().map(|record| &record.value[..]);
        assert_eq!(
            found,
            Some(&[value][..]),
            "values: two keys meet, one is {key:?}"
        );
        if let Some(record) = record {
            assert_eq!(store.delete(key, record.version).await, Ok(true));
        }
    }
}

/// The put is a conflict, and the record is as it was.
async fn refuses(store: &dyn Store, key: &Key, expected: Expected) {
    let before = read(store, key).await;
    let put = store.put(key, vec![9], FAR + 9, expected).await;
    assert_eq!(
        put,
        Ok(Put::Conflict),
        "expectations: {expected:?} over {before:?}"
    );
    let after = read(store, key).await;
    assert_eq!(after, before, "expectations: a conflict changed something");
}

async fn writes_need_their_expectation(store: &dyn Store) {
    let key = fresh_key();
    refuses(store, &key, Expected::Version(Version::new(1))).await;
    let first = create(store, &key, &[1]).await;
    refuses(store, &key, Expected::Absent).await;
    let put = store.put(&key, vec![2], FAR + 1, Expected::Version(first));
    let second = done(put.await);
    assert_ne!(first, second, "versions: a change kept the version");
    refuses(store, &key, Expected::Version(first)).await;
    for number in [0, u64::MAX, second.number() ^ 1] {
        refuses(store, &key, Expected::Version(Version::new(number))).await;
    }
    let wanted = Record {
        value: vec![2],
        version: second,
        expires_at: FAR + 1,
    };
    assert_eq!(
        read(store, &key).await,
        Some(wanted),
        "values: a change is not seen"
    );
    // One that is over but was not swept is still there for a writer.
    let expired = store.put(&key, vec![3], 1, Expected::Version(second));
    done(expired.await);
    refuses(store, &key, Expected::Absent).await;
}

async fn deletes_need_their_expectation(store: &dyn Store) {
    let key = fresh_key();
    let wrong = "expectations: a delete with a wrong version told that it removed something";
    assert_eq!(
        store.delete(&key, Version::new(1)).await,
        Ok(false),
        "{wrong}"
    );
    let first = create(store, &key, &[1]).await;
    let second = change(store, &key, &[2], first).await;
    assert_eq!(store.delete(&key, first).await, Ok(false), "{wrong}");
    assert!(
        read(store, &key).await.is_some(),
        "expectations: a delete with a wrong version removed the record"
    );
    assert_eq!(
        store.delete(&key, second).await,
        Ok(true),
        "a delete did nothing"
    );
    assert_eq!(store.delete(&key, second).await, Ok(false), "{wrong}");
    assert_eq!(
        read(store, &key).await,
        None,
        "a deleted record is still there"
    );
}

/// A stale writer must not mistake a new life of a key for the one it knew.
async fn versions_do_not_come_back(store: &dyn Store) {
    let key = fresh_key();
    let mut seen = Vec::new();
    for life in 0..10 {
        let version = create(store, &key, &[1]).await;
        assert!(
            !seen.contains(&version),
            "versions: one came back after a delete"
        );
        for stale in &seen {
            refuses(store, &key, Expected::Version(*stale)).await;
        }
        seen.push(version);
        let version = change(store, &key, &[2], version).await;
        assert!(
            !seen.contains(&version),
            "versions: one came back in life {life}"
        );
        seen.push(version);
        assert_eq!(store.delete(&key, version).await, Ok(true));
    }
}

//! What is there when a store is opened again.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::{Expected, Key, Record, Store, Version};
use super::{FAR, change, create, done, fresh_key, read};

const ROUNDS: usize = 5;
const AT_ONCE: usize = 50;

pub(super) async fn check(open: impl AsyncFn() -> Arc<dyn Store>) {
    let mut wanted: Vec<(Key, Record)> = Vec::new();
    let (gone, mut given) = (fresh_key(), HashSet::new());
    for round in 0..ROUNDS {
        let store = open().await;
        assert!(store.outlives_process(), "this store forgets, and says so");
        for (key, record) in &wanted {
            let found = read(&*store, key).await;
            assert_eq!(
                found.as_ref(),
                Some(record),
                "durability: lost when opened again"
            );
        }
        let found = read(&*store, &gone).await;
        assert_eq!(found, None, "durability: a deleted record came back");
        let first = create(&*store, &gone, &[1]).await;
        let second = change(&*store, &gone, &[2], first).await;
        for version in [first, second] {
            assert!(
                given.insert(version),
                "versions: one came back when opened again"
            );
        }
        assert_eq!(store.delete(&gone, second).await, Ok(true));
        // Some at once, and what was there before changes.
        let writes = (0..AT_ONCE).map(|_| write(&*store, round));
        let written = futures_util::future::join_all(writes).await;
        for (key, record) in &mut wanted {
            let value = vec![0xff; round];
            let version = change(&*store, key, &value, record.version).await;
            *record = stored(value, version);
        }
        wanted.extend(written);
        wanted.truncate(2 * AT_ONCE);
    }
}

async fn write(store: &dyn Store, round: usize) -> (Key, Record) {
    let (key, value) = (fresh_key(), vec![7; 100 * round]);
    let put = store.put(&key, value.clone(), FAR, Expected::Absent).await;
    (key, stored(value, done(put)))
}

fn stored(value: Vec<u8>, version: Version) -> Record {
    Record {
        value,
        version,
        expires_at: FAR,
    }
}
